"""The `second_factors` and `recovery_codes` tables."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utcnow
from app.core.ids import Id
from app.models.base import Base
from app.models.users import User


class SecondFactor(Base):
    """One row is the app of an account: its encrypted secret, and the last step in time of which a code was used."""

    __tablename__ = "second_factors"

    account_id: Mapped[Id] = mapped_column(
        ForeignKey(User.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    secret: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class RecoveryCode(Base):
    """One row is a code that was not used yet; only its hash is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    account_id: Mapped[Id] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
