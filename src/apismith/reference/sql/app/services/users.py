"""Rules about users: who may do what, and what follows from it."""

from pydantic import MISSING

from app.api.v1.schemas.users import UserCreate, UserQuery, UserRead, UserUpdate
from app.core.access import Caller, member, owner, role
from app.core.ids import Id
from app.core.pagination import Page, PageQuery
from app.core.passwords import require_unlike
from app.core.security import hash_password
from app.exceptions import AppError, Forbidden, NotFound
from app.repositories.auth import AccountRepository
from app.repositories.users import IN_FOLLOWERS, IN_FOLLOWING
from app.services.auth import AuthService

LIST = role("admin")
UPDATE = owner
DELETE = role("admin")
FOLLOW = member
UNFOLLOW = member
CREDENTIALS = {"email", "password"}


class UserService:
    """What may be done with users."""

    def __init__(self, users: AccountRepository, auth: AuthService) -> None:
        self._users = users
        self._auth = auth

    async def get(self, id: Id) -> UserRead:
        user = await self._users.get(id)
        if user is None:
            raise NotFound("user", id=id)
        return user

    async def page(self, query: UserQuery, me: Caller) -> Page[UserRead]:
        LIST.authorize(me)
        return await self._users.page(query)

    async def create(self, body: UserCreate) -> UserRead:
        password = body.password.get_secret_value()
        require_unlike("password", password, body.email)
        password_hash = await hash_password(password)
        return await self._stored(await self._users.create(body, password_hash=password_hash))

    async def update(self, id: Id, body: UserUpdate, me: Caller) -> UserRead:
        owner_id = UPDATE.authorize(me)
        if CREDENTIALS & body.model_fields_set:
            await self._auth.confirm(me, body.current_password, own=me.id == id)
        password_hash = None
        if body.password is not MISSING:
            password_hash = await hash_password(body.password.get_secret_value())
        row_id = await self._users.update(id, body, owner_id=owner_id, password_hash=password_hash)
        if row_id is None:
            raise await self._refusal(id)
        if body.password is not MISSING:
            login = await self._users.login(row_id)
            require_unlike("password", body.password.get_secret_value(), login)
            await self._users.end_other_sessions(row_id, me)
        return await self._stored(row_id)

    async def delete(self, id: Id, me: Caller) -> None:
        DELETE.authorize(me)
        if not await self._users.delete(id):
            raise NotFound("user", id=id)

    async def page_following(self, id: Id, query: PageQuery) -> Page[UserRead]:
        row_id = await self._find(id)
        return await self._users.page_where(IN_FOLLOWING, query, {"row_id": row_id})

    async def link_following(self, id: Id, following_id: Id, me: Caller) -> None:
        row_id = await self._users.find(id, owner_id=UPDATE.authorize(me))
        if row_id is None:
            raise await self._refusal(id)
        other_id = await self._users.find(following_id)
        if other_id is None:
            raise NotFound("user", id=following_id)
        await self._users.link_following(row_id, other_id)

    async def unlink_following(self, id: Id, following_id: Id, me: Caller) -> None:
        row_id = await self._users.find(id, owner_id=UPDATE.authorize(me))
        if row_id is None:
            raise await self._refusal(id)
        other_id = await self._users.find(following_id)
        if other_id is None:
            raise NotFound("user", id=following_id)
        await self._users.unlink_following(row_id, other_id)

    async def page_followers(self, id: Id, query: PageQuery) -> Page[UserRead]:
        row_id = await self._find(id)
        return await self._users.page_where(IN_FOLLOWERS, query, {"row_id": row_id})

    async def follow(self, username: str, me: Caller) -> UserRead:
        """Follow an author."""
        FOLLOW.authorize(me)
        row_id = await self._users.find_by_username(username)
        if row_id is None:
            raise NotFound("user", username=username)
        await self._users.link_following(me.account_id, row_id)
        return await self._stored(row_id)

    async def unfollow(self, username: str, me: Caller) -> UserRead:
        """Stop following an author."""
        UNFOLLOW.authorize(me)
        row_id = await self._users.find_by_username(username)
        if row_id is None:
            raise NotFound("user", username=username)
        await self._users.unlink_following(me.account_id, row_id)
        return await self._stored(row_id)

    async def _stored(self, id: Id) -> UserRead:
        user = await self._users.get(id)
        if user is None:
            raise NotFound("user", id=id)
        return user

    async def _find(self, id: Id) -> Id:
        row_id = await self._users.find(id)
        if row_id is None:
            raise NotFound("user", id=id)
        return row_id

    async def _refusal(self, id: Id) -> AppError:
        """Why a row cannot be changed: it is not there for this caller, or it is not theirs."""
        readable = await self._users.find(id)
        return NotFound("user", id=id) if readable is None else Forbidden()
