"""The `users` table."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.ids import PrimaryKey
from app.models.base import Base, Timestamps


class User(Timestamps, Base):
    """Somebody who writes, follows and favorites."""

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_created_at_id", "created_at", "id"),)

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(320), unique=True)
    username: Mapped[str] = mapped_column(String(30), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    bio: Mapped[str] = mapped_column(String(500))
    image: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(32), server_default="member")
    email_verified_at: Mapped[datetime | None]

    following: Mapped[set["User"]] = relationship(
        secondary="user_following",
        primaryjoin="User.id == user_following.c.user_id",
        secondaryjoin="User.id == user_following.c.following_id",
        back_populates="followers",
        lazy="raise",
    )
    followers: Mapped[set["User"]] = relationship(
        secondary="user_following",
        primaryjoin="User.id == user_following.c.following_id",
        secondaryjoin="User.id == user_following.c.user_id",
        back_populates="following",
        lazy="raise",
    )


user_following = Table(
    "user_following",
    Base.metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("following_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
)
