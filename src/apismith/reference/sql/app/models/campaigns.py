"""The `campaigns` table."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Double, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.ids import Id, PrimaryKey
from app.models.base import Base, Timestamps, Versioned

if TYPE_CHECKING:
    from app.models.articles import Article


class Campaign(Timestamps, Versioned, Base):
    """An effort to make articles known."""

    __tablename__ = "campaigns"
    __table_args__ = (
        Index("ix_campaigns_starts_id", "starts", "id"),
        Index("ix_campaigns_name_id", "name", "id"),
        UniqueConstraint("name", "starts", name="uq_campaigns_name_starts"),
        CheckConstraint("ends IS NULL OR ends >= starts", name="check_1"),
    )

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(120))
    code: Mapped[UUID] = mapped_column(index=True)
    budget: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    starts: Mapped[date]
    ends: Mapped[date | None]
    mailed_at: Mapped[time]
    cooldown: Mapped[timedelta | None]
    share: Mapped[float] = mapped_column(Double)
    reach: Mapped[int] = mapped_column(BigInteger)
    active: Mapped[bool] = mapped_column(index=True)
    channels: Mapped[list[Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    settings: Mapped[Any] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    article_id: Mapped[Id | None] = mapped_column(ForeignKey("articles.id", ondelete="SET NULL"), index=True)

    article: Mapped["Article | None"] = relationship(lazy="raise")
