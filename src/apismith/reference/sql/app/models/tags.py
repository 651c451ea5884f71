"""The `tags` table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import PrimaryKey
from app.models.base import Base


class Tag(Base):
    """A word that articles are found by."""

    __tablename__ = "tags"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(40), unique=True)
