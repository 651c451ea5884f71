"""Everything SQL about users. Statements are built once; each call only binds its parameters."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update

from app.api.v1.schemas.users import UserCreate, UserQuery, UserRead, UserUpdate
from app.core.ids import Id
from app.core.pagination import Order, Page
from app.core.statements import insert_if_absent
from app.models import User, user_following
from app.repositories.base import Repository

USERS = select(User.id, User.email, User.username, User.bio, User.image, User.created_at, User.updated_at)
OWNED = User.id == bindparam("row_owner")
GET = USERS.where(User.id == bindparam("id"))
IN_FOLLOWING = User.id.in_(select(user_following.c.following_id).where(user_following.c.user_id == bindparam("row_id")))
IN_FOLLOWERS = User.id.in_(select(user_following.c.user_id).where(user_following.c.following_id == bindparam("row_id")))
ORDERINGS = {
    "-created_at": Order("-created_at", User.created_at, User.id, datetime, descending=True),
}
FIND = select(User.id).where(User.id == bindparam("id"))
FIND_BY_USERNAME = select(User.id).where(User.username == bindparam("username"))
INSERT = insert(User).returning(User.id)
UPDATE = update(User).where(User.id == bindparam("row_id"))
UNVERIFY = (
    update(User)
    .where(User.id == bindparam("row_id"), User.email != bindparam("new_address"))
    .values(email_verified_at=None)
)
DELETE = delete(User).where(User.id == bindparam("row_id"))
LINK_FOLLOWING = insert_if_absent(user_following)
UNLINK_FOLLOWING = delete(user_following).where(
    user_following.c.user_id == bindparam("user_id"), user_following.c.following_id == bindparam("following_id")
)


class UserRepository(Repository[UserRead]):
    """Reads and writes users."""

    rows = USERS
    order = ORDERINGS["-created_at"]
    owned = OWNED

    async def get(self, id: Id, *, owner_id: Id | None = None) -> UserRead | None:
        return await self._one(GET, {"id": id}, owner_id)

    async def page(self, query: UserQuery, *, owner_id: Id | None = None) -> Page[UserRead]:
        return await self._page(USERS, query, ORDERINGS[query.order], {}, owner_id)

    async def _read(self, rows: Sequence[RowMapping]) -> list[UserRead]:
        return [to_user(row) for row in rows]

    async def find(self, id: Id, *, owner_id: Id | None = None) -> Id | None:
        """The id of the row, None where there is none."""
        return await self._id(FIND, {"id": id}, owner_id)

    async def find_by_username(self, username: str, *, owner_id: Id | None = None) -> Id | None:
        """The id of the row, None where there is none."""
        return await self._id(FIND_BY_USERNAME, {"username": username}, owner_id)

    async def create(self, body: UserCreate, *, password_hash: str) -> Id:
        values = {
            "email": body.email,
            "username": body.username,
            "bio": body.bio,
            "image": body.image,
            "password_hash": password_hash,
        }
        row_id: Id = (await self._db.execute(INSERT, values)).scalar_one()
        return row_id

    async def update(
        self, id: Id, body: UserUpdate, *, owner_id: Id | None = None, password_hash: str | None = None
    ) -> Id | None:
        """The id of the changed row, None where there is no such row."""
        row_id = await self.find(id, owner_id=owner_id)
        if row_id is None:
            return None
        changes = body.model_dump(exclude={"password", "current_password"})
        if password_hash is not None:
            changes["password_hash"] = password_hash
        if "email" in changes:
            await self._db.execute(UNVERIFY, {"row_id": row_id, "new_address": changes["email"]})
        if changes:
            await self._db.execute(UPDATE, {"row_id": row_id, **changes})
        return row_id

    async def delete(self, id: Id, *, owner_id: Id | None = None) -> bool:
        """Whether there was such a row."""
        return await self._changed(DELETE, {"row_id": id}, owner_id)

    async def link_following(self, user_id: Id, following_id: Id) -> None:
        """Add a row to following; nothing happens where it is there already."""
        await self._db.execute(LINK_FOLLOWING, {"user_id": user_id, "following_id": following_id})

    async def unlink_following(self, user_id: Id, following_id: Id) -> None:
        """Take a row out of following; nothing happens where it is not there."""
        await self._db.execute(UNLINK_FOLLOWING, {"user_id": user_id, "following_id": following_id})


def to_user(row: RowMapping) -> UserRead:
    return UserRead(
        id=row["id"],
        email=row["email"],
        username=row["username"],
        bio=row["bio"],
        image=row["image"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
