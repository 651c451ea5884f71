"""A few rows to try things out with."""

from typing import Any, Final, NamedTuple

from sqlalchemy import select

from app.api.v1.schemas.articles import ArticleCreate
from app.api.v1.schemas.campaigns import CampaignCreate
from app.api.v1.schemas.comments import CommentCreate
from app.api.v1.schemas.milestones import MilestoneCreate
from app.api.v1.schemas.tags import TagCreate
from app.api.v1.schemas.users import UserCreate
from app.core.database import Executor
from app.core.security import hash_password
from app.models import User
from app.repositories.articles import ArticleRepository
from app.repositories.campaigns import CampaignRepository
from app.repositories.comments import CommentRepository
from app.repositories.milestones import MilestoneRepository
from app.repositories.tags import TagRepository
from app.repositories.users import UserRepository

PASSWORD: Final = "correct horse battery staple"  # noqa: S105  # of a demo account, which production refuses to make


TAGS: Final[list[dict[str, Any]]] = [{"name": "name"}, {"name": "name2"}, {"name": "name3"}]
ARTICLES: Final[list[dict[str, Any]]] = [
    {"title": "Title", "body": "Body", "status": "draft", "tag_names": ["name"]},
    {"title": "Title 2", "body": "Body 2", "status": "published", "tag_names": ["name"]},
    {"title": "Title 3", "body": "Body 3", "status": "draft", "tag_names": ["name"]},
]
COMMENTS: Final[list[dict[str, Any]]] = [{"body": "Body"}, {"body": "Body 2"}, {"body": "Body 3"}]
MILESTONES: Final[list[dict[str, Any]]] = [
    {"title": "Title", "position": 1, "done": True},
    {"title": "Title 2", "position": 2, "done": False},
    {"title": "Title 3", "position": 3, "done": True},
]
CAMPAIGNS: Final[list[dict[str, Any]]] = [
    {
        "name": "Name",
        "code": "00000000-0000-4000-8000-000000000001",
        "budget": "1.00",
        "starts": "2026-01-01",
        "ends": "2026-01-01",
        "mailed_at": "08:00:00",
        "cooldown": "PT1H",
        "share": 1.0,
        "reach": 1,
        "active": True,
        "channels": ["Channels"],
        "settings": {"number": 1},
        "article_slug": "title",
    },
    {
        "name": "Name 2",
        "code": "00000000-0000-4000-8000-000000000002",
        "budget": "1.01",
        "starts": "2026-01-02",
        "ends": "2026-01-02",
        "mailed_at": "08:01:00",
        "cooldown": "PT1H1M",
        "share": 1.0,
        "reach": 2,
        "active": False,
        "channels": ["Channels 2"],
        "settings": {"number": 2},
        "article_slug": "title",
    },
    {
        "name": "Name 3",
        "code": "00000000-0000-4000-8000-000000000003",
        "budget": "1.02",
        "starts": "2026-01-03",
        "ends": "2026-01-03",
        "mailed_at": "08:02:00",
        "cooldown": "PT1H2M",
        "share": 1.0,
        "reach": 3,
        "active": True,
        "channels": ["Channels 3"],
        "settings": {"number": 3},
        "article_slug": "title",
    },
]


class Demo(NamedTuple):
    """The account to log in with."""

    login: str
    password: str


async def seed(db: Executor) -> Demo:
    """Store the rows; nothing happens where they are stored already."""
    if (await db.execute(select(User.id).where(User.email == "demo@example.com"))).first() is not None:
        return Demo("demo@example.com", PASSWORD)
    body = UserCreate.model_validate(
        {
            "email": "demo@example.com",
            "username": "username",
            "bio": "Bio",
            "image": "https://example.com/1",
            "password": PASSWORD,
        }
    )
    user_id = await UserRepository(db).create(body, password_hash=await hash_password(PASSWORD))
    tags = TagRepository(db)
    for row in TAGS:
        await tags.create(TagCreate.model_validate(row))
    articles = ArticleRepository(db)
    article_ids = [await articles.create(ArticleCreate.model_validate(row), author_id=user_id) for row in ARTICLES]
    comments = CommentRepository(db)
    for row in COMMENTS:
        await comments.create(CommentCreate.model_validate(row), article_id=article_ids[0], author_id=user_id)
    milestones = MilestoneRepository(db)
    for row in MILESTONES:
        await milestones.create(MilestoneCreate.model_validate(row), article_id=article_ids[0])
    campaigns = CampaignRepository(db)
    for row in CAMPAIGNS:
        await campaigns.create(CampaignCreate.model_validate(row))
    return Demo("demo@example.com", PASSWORD)
