"""Rows for tests: made straight in the database, with everything that they need."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from typing import Any

from app.api.v1.schemas.articles import ArticleCreate, ArticleRead
from app.api.v1.schemas.campaigns import CampaignCreate, CampaignRead
from app.api.v1.schemas.comments import CommentCreate, CommentRead
from app.api.v1.schemas.milestones import MilestoneCreate, MilestoneRead
from app.api.v1.schemas.tags import TagCreate, TagRead
from app.api.v1.schemas.users import UserCreate, UserRead
from app.config import Settings
from app.core.database import Database
from app.core.security import hash_password
from app.repositories.articles import ArticleRepository
from app.repositories.auth import AccountRepository
from app.repositories.campaigns import CampaignRepository
from app.repositories.comments import CommentRepository
from app.repositories.milestones import MilestoneRepository
from app.repositories.tags import TagRepository
from tests import samples
from tests.actors import Actor, Actors
from tests.support import found


class Factories:
    """Makes rows; what is not given is made up, and what a row needs is made too."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self.actors = Actors(database, settings, self.user_body)
        self._numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(11))

    async def user(self, owner: Actor | None = None, /, **changes: Any) -> UserRead:
        """A user: that of an actor, or a new one."""
        if owner is not None:
            return found(await AccountRepository(self._database.reader).get(owner.id))
        body = UserCreate.model_validate({**await self.user_body(next(self._numbers["user"])), **changes})
        password_hash = await hash_password(body.password.get_secret_value())
        async with self._database.unit_of_work() as db:
            repository = AccountRepository(db)
            row_id = await repository.create(body, password_hash=password_hash)
            return found(await repository.get(row_id))

    async def user_body(self, number: int) -> dict[str, Any]:
        """A body for the API that creates a user."""
        return samples.user(number)

    async def tag(self, **changes: Any) -> TagRead:
        """A tag."""
        body = TagCreate.model_validate({**samples.tag(next(self._numbers["tag"])), **changes})
        async with self._database.unit_of_work() as db:
            repository = TagRepository(db)
            row_id = await repository.create(body)
            return found(await repository.get_by_id(row_id))

    async def article(self, owner: Actor | None = None, /, **changes: Any) -> ArticleRead:
        """An article of this owner; made up where not given."""
        owner = owner or await self.actors.make()
        body = ArticleCreate.model_validate({**samples.article(next(self._numbers["article"])), **changes})
        async with self._database.unit_of_work() as db:
            repository = ArticleRepository(db)
            row_id = await repository.create(body, author_id=owner.id)
            return found(await repository.get_by_id(row_id))

    async def comment(
        self, owner: Actor | None = None, above: ArticleRead | None = None, /, **changes: Any
    ) -> CommentRead:
        """A comment of this owner, below this article; made up where not given."""
        owner = owner or await self.actors.make()
        above = above or await self.article(owner)
        body = CommentCreate.model_validate({**samples.comment(next(self._numbers["comment"])), **changes})
        async with self._database.unit_of_work() as db:
            repository = CommentRepository(db)
            row_id = await repository.create(body, author_id=owner.id, article_id=above.id)
            return found(await repository.get(row_id))

    async def milestone(
        self, owner: Actor | None = None, above: ArticleRead | None = None, /, **changes: Any
    ) -> MilestoneRead:
        """A milestone of this owner, below this article; made up where not given."""
        above = above or await self.article(owner)
        body = MilestoneCreate.model_validate({**samples.milestone(next(self._numbers["milestone"])), **changes})
        async with self._database.unit_of_work() as db:
            repository = MilestoneRepository(db)
            row_id = await repository.create(body, article_id=above.id)
            return found(await repository.get(row_id))

    async def campaign(self, **changes: Any) -> CampaignRead:
        """A campaign."""
        body = CampaignCreate.model_validate({**samples.campaign(next(self._numbers["campaign"])), **changes})
        async with self._database.unit_of_work() as db:
            repository = CampaignRepository(db)
            row_id = await repository.create(body)
            return found(await repository.get(row_id))
