"""Services as dependencies: on a reader for reads, in a unit of work for writes."""

from typing import Annotated

from fastapi import Depends, Request

from app.dependencies import Auth, Data, Reads, Writes
from app.repositories.articles import ArticleRepository
from app.repositories.auth import AccountRepository
from app.repositories.campaigns import CampaignRepository
from app.repositories.comments import CommentRepository
from app.repositories.milestones import MilestoneRepository
from app.repositories.tags import TagRepository
from app.services.articles import ArticleService
from app.services.campaigns import CampaignService
from app.services.comments import CommentService
from app.services.milestones import MilestoneService
from app.services.recovery import RecoveryService
from app.services.tags import TagService
from app.services.users import UserService


async def read_users(db: Reads, auth: Auth) -> UserService:
    return UserService(AccountRepository(db), auth)


async def write_users(db: Writes, auth: Auth) -> UserService:
    return UserService(AccountRepository(db), auth)


ReadUsers = Annotated[UserService, Depends(read_users)]
WriteUsers = Annotated[UserService, Depends(write_users)]


async def read_tags(db: Reads) -> TagService:
    return TagService(TagRepository(db))


async def write_tags(db: Writes) -> TagService:
    return TagService(TagRepository(db))


ReadTags = Annotated[TagService, Depends(read_tags)]
WriteTags = Annotated[TagService, Depends(write_tags)]


async def read_articles(db: Reads) -> ArticleService:
    return ArticleService(ArticleRepository(db))


async def write_articles(db: Writes) -> ArticleService:
    return ArticleService(ArticleRepository(db))


ReadArticles = Annotated[ArticleService, Depends(read_articles)]
WriteArticles = Annotated[ArticleService, Depends(write_articles)]


async def read_comments(db: Reads) -> CommentService:
    return CommentService(CommentRepository(db), ArticleRepository(db))


async def write_comments(db: Writes) -> CommentService:
    return CommentService(CommentRepository(db), ArticleRepository(db))


ReadComments = Annotated[CommentService, Depends(read_comments)]
WriteComments = Annotated[CommentService, Depends(write_comments)]


async def read_milestones(db: Reads) -> MilestoneService:
    return MilestoneService(MilestoneRepository(db), ArticleRepository(db))


async def write_milestones(db: Writes) -> MilestoneService:
    return MilestoneService(MilestoneRepository(db), ArticleRepository(db))


ReadMilestones = Annotated[MilestoneService, Depends(read_milestones)]
WriteMilestones = Annotated[MilestoneService, Depends(write_milestones)]


async def read_campaigns(db: Reads) -> CampaignService:
    return CampaignService(CampaignRepository(db))


async def write_campaigns(db: Writes) -> CampaignService:
    return CampaignService(CampaignRepository(db))


ReadCampaigns = Annotated[CampaignService, Depends(read_campaigns)]
WriteCampaigns = Annotated[CampaignService, Depends(write_campaigns)]


async def get_recovery(request: Request, database: Data) -> RecoveryService:
    return RecoveryService(database, request.app.state.settings)


Recovery = Annotated[RecoveryService, Depends(get_recovery)]
