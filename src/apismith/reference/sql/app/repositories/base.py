"""What all repositories do alike: read rows into schemas, page through them, keep to an owner's rows."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import Delete, RowMapping, Update

from app.core.database import Executor
from app.core.ids import Id
from app.core.pagination import Order, Page, PageQuery
from app.core.preconditions import Precondition
from app.core.statements import Condition, Selection, counted, narrowed

Read = TypeVar("Read")
Params = Mapping[str, Any]


class Repository(ABC, Generic[Read]):
    """Runs the statements of one entity on a reader or in a unit of work.

    `rows` selects what an answer shows, `order` is the order of its lists, `filters` are the conditions that a query
    asks for by their names, and `owned` the condition that a row belongs to the account bound as `row_owner` (none for
    entities without an owner). Where a method takes an `owner_id`, rows of other owners do not exist for it.
    """

    rows: ClassVar[Selection]
    order: ClassVar[Order]
    filters: ClassVar[Mapping[str, Condition]] = {}
    owned: ClassVar[Condition | None] = None

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def page_where(
        self, condition: Condition, query: PageQuery, params: Params, *, owner_id: Id | None = None
    ) -> Page[Read]:
        """The rows that meet a condition, in pages."""
        return await self._page(narrowed(self.rows, condition), query, self.order, params, owner_id)

    @abstractmethod
    async def _read(self, rows: Sequence[RowMapping]) -> list[Read]:
        """The rows as schemas, with the sets that answers embed."""

    async def _one(self, statement: Selection, params: Params, owner_id: Id | None = None) -> Read | None:
        statement, params = self._confine(statement, params, owner_id)
        rows = (await self._db.execute(statement, params)).mappings().all()
        return (await self._read(rows))[0] if rows else None

    async def _page(
        self, statement: Selection, query: PageQuery, order: Order, params: Params, owner_id: Id | None = None
    ) -> Page[Read]:
        asked = vars(query)  # its fields alone: a filter may be called like a method
        used = {name: asked[name] for name in self.filters if asked.get(name) is not None}
        statement = narrowed(statement, *(self.filters[name] for name in used))
        statement, params = self._confine(statement, {**params, **used}, owner_id)
        total = await self._total(statement, params) if query.with_total else None
        statement, params = order.page(statement, query, params)
        rows = (await self._db.execute(statement, params)).mappings().all()
        items = await self._read(rows[: query.limit])
        return Page(items=items, next_cursor=order.next_cursor(rows, query.limit), total=total)

    async def _total(self, statement: Selection, params: Params) -> int:
        total: int = (await self._db.execute(counted(statement), params)).scalar_one()
        return total

    async def _check(self, versions: Selection, id: Id, known: Precondition) -> None:
        """Lock the row, and raise unless the client knows the version that it has now."""
        version: int = (await self._db.execute(versions, {"row_id": id})).scalar_one()
        known.check(version)

    async def _id(self, statement: Selection, params: Params, owner_id: Id | None = None) -> Id | None:
        statement, params = self._confine(statement, params, owner_id)
        found: Id | None = (await self._db.execute(statement, params)).scalar_one_or_none()
        return found

    async def _changed(self, statement: Update | Delete, params: Params, owner_id: Id | None = None) -> bool:
        if owner_id is not None and self.owned is not None:
            statement, params = statement.where(self.owned), {**params, "row_owner": owner_id}
        return (await self._db.execute(statement, params)).rowcount > 0

    def _confine(self, statement: Selection, params: Params, owner_id: Id | None) -> tuple[Selection, Params]:
        if owner_id is None or self.owned is None:
            return statement, params
        return narrowed(statement, self.owned), {**params, "row_owner": owner_id}
