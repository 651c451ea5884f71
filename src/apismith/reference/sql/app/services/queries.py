"""Rules about queries that answer with a plain value."""

from app.core.access import Caller, member
from app.repositories.queries import QueryRepository

FOLLOWING_COUNT = member


class QueryService:
    """What may be asked."""

    def __init__(self, queries: QueryRepository) -> None:
        self._queries = queries

    async def following_count(self, me: Caller) -> int:
        """How many authors one follows."""
        FOLLOWING_COUNT.authorize(me)
        return await self._queries.following_count(me_id=me.account_id)
