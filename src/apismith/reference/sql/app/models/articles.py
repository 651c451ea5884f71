"""The `articles` table."""

from typing import TYPE_CHECKING

from sqlalchemy import Column, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.ids import Id, PrimaryKey
from app.models.base import Base, SoftDelete, Timestamps
from app.models.enums import ArticleStatus, stored_as_text

if TYPE_CHECKING:
    from app.models.tags import Tag
    from app.models.users import User


class Article(Timestamps, SoftDelete, Base):
    """A text that its author publishes."""

    __tablename__ = "articles"
    __table_args__ = (
        Index("ix_articles_created_at_id", "created_at", "id"),
        Index("ix_articles_title_id", "title", "id"),
    )

    id: Mapped[PrimaryKey]
    title: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    body: Mapped[str] = mapped_column(String(100000))
    status: Mapped[ArticleStatus] = mapped_column(stored_as_text(ArticleStatus, "status"), index=True)
    author_id: Mapped[Id] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)

    author: Mapped["User"] = relationship(lazy="raise")
    tags: Mapped[set["Tag"]] = relationship(secondary="article_tags", lazy="raise")
    favorited_by: Mapped[set["User"]] = relationship(secondary="article_favorited_by", lazy="raise")


article_tags = Table(
    "article_tags",
    Base.metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)


article_favorited_by = Table(
    "article_favorited_by",
    Base.metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
)
