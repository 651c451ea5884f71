"""The SQL of queries that answer with a plain value."""

from sqlalchemy import bindparam, func, select

from app.core.database import Executor
from app.core.ids import Id
from app.models import user_following

FOLLOWING_COUNT = select(
    select(func.count())
    .select_from(user_following)
    .where(user_following.c.user_id == bindparam("arg_me_id"))
    .scalar_subquery()
)


class QueryRepository:
    """Runs the queries."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def following_count(self, *, me_id: Id) -> int:
        value: int = (await self._db.execute(FOLLOWING_COUNT, {"arg_me_id": me_id})).scalar_one()
        return value
