"""The `comments` table."""

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.ids import Id, PrimaryKey
from app.models.base import Base, Timestamps

if TYPE_CHECKING:
    from app.models.articles import Article
    from app.models.users import User


class Comment(Timestamps, Base):
    """What somebody says about an article."""

    __tablename__ = "comments"
    __table_args__ = (Index("ix_comments_article_id_created_at_id", "article_id", "created_at", "id"),)

    id: Mapped[PrimaryKey]
    body: Mapped[str] = mapped_column(String(1000))
    article_id: Mapped[Id] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    author_id: Mapped[Id] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)

    article: Mapped["Article"] = relationship(lazy="raise")
    author: Mapped["User"] = relationship(lazy="raise")
