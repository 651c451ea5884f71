"""Every table. Importing this package is what makes SQLAlchemy and Alembic see them all."""

from app.models.api_keys import ApiKey
from app.models.articles import Article, article_favorited_by, article_tags
from app.models.base import Base
from app.models.campaigns import Campaign
from app.models.comments import Comment
from app.models.idempotency_keys import IdempotencyKey
from app.models.milestones import Milestone
from app.models.refresh_tokens import RefreshToken
from app.models.tags import Tag
from app.models.users import User, user_following

__all__ = [
    "ApiKey",
    "Article",
    "Base",
    "Campaign",
    "Comment",
    "IdempotencyKey",
    "Milestone",
    "RefreshToken",
    "Tag",
    "User",
    "article_favorited_by",
    "article_tags",
    "user_following",
]
