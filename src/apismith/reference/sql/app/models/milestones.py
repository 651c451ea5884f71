"""The `milestones` table."""

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.ids import Id, PrimaryKey
from app.models.base import Base

if TYPE_CHECKING:
    from app.models.articles import Article


class Milestone(Base):
    """A step on the way to a finished article; its author's business."""

    __tablename__ = "milestones"
    __table_args__ = (
        Index("ix_milestones_article_id_position_id", "article_id", "position", "id"),
        UniqueConstraint("article_id", "position", name="uq_milestones_article_id_position"),
    )

    id: Mapped[PrimaryKey]
    title: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(BigInteger)
    done: Mapped[bool]
    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))

    article: Mapped["Article"] = relationship(lazy="raise")
