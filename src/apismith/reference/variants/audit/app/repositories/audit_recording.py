"""Writes every change of an audited row into the audit log, in the transaction that makes it.

The repositories run their statements through a `Recorder`. It looks at the rows that a statement is about before and
after it runs, so that no method can forget to write down what it changes, and rows that go with another are seen too.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeVar, cast

from pydantic_core import to_jsonable_python
from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Delete,
    Executable,
    Insert,
    RowMapping,
    Table,
    Update,
    insert,
    select,
    true,
)

from app.core.auditing import current_origin
from app.core.database import Executor, Params
from app.core.ids import Id
from app.core.trails import Members, Trail
from app.models import AuditEntry
from app.models.base import Base
from app.repositories.audit_trails import TRAILS
from app.repositories.base import Repository

Read = TypeVar("Read")
Values = dict[str, Any]
Rows = dict[Id, RowMapping]
Pairs = dict[str, list[tuple[Any, Any]]]

MASK: Final = "***"
"""Stands for a secret: that it changed is written down, what it was is not."""
AT_ONCE: Final = 1000
"""Values that one statement binds at most."""

WRITE: Final = insert(AuditEntry)
BY_TABLE: Final = {trail.table.name: trail for trail in TRAILS}
SETS: Final[Mapping[str, tuple[Trail, Members]]] = {
    members.table.name: (trail, members) for trail in TRAILS for members in trail.sets
}


class Recorder:
    """Runs statements, and writes down what they change of audited rows."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def execute(self, statement: Executable, params: Params = None, /) -> CursorResult[Any]:
        """Run one statement."""
        if not isinstance(statement, Insert | Update | Delete):
            return await self._db.execute(statement, params)
        table = cast("Table", statement.table)
        if isinstance(statement, Insert):
            if table.name in BY_TABLE:
                return await self._insert(BY_TABLE[table.name], statement, params)
            if table.name in SETS:
                return await self._add(*SETS[table.name], statement, params)
        elif table.name in SETS:
            return await self._remove(*SETS[table.name], statement, params)
        elif table.name in BY_TABLE or (isinstance(statement, Delete) and reaches_trail(table.name)):
            return await self._change(table, statement, params)
        return await self._db.execute(statement, params)

    async def _insert(self, trail: Trail, statement: Insert, params: Params) -> CursorResult[Any]:
        if "id" not in statement.exported_columns:
            statement = statement.returning(trail.table.c.id)
        kept = (await self._db.execute(statement, params)).freeze()
        rows = await self._rows(trail, [row.id for row in kept()])
        await self._write([created(trail, row) for row in rows.values()])
        return cast("CursorResult[Any]", kept())

    async def _change(self, table: Table, statement: Update | Delete, params: Params) -> CursorResult[Any]:
        where = statement.whereclause if statement.whereclause is not None else true()
        before: dict[str, Rows] = {}
        removed: Pairs = {}
        for bound in each(params):
            found = await self._db.execute(select(table.c.id).where(where).with_for_update(), bound)
            row_ids = list(found.scalars())
            if table.name in BY_TABLE:
                before.setdefault(table.name, {}).update(await self._rows(BY_TABLE[table.name], row_ids))
            if isinstance(statement, Delete):
                await self._follow(table, row_ids, before, removed, {(table.name, row_id) for row_id in row_ids})
        result = await self._db.execute(statement, params)
        for name, rows in before.items():
            after = await self._rows(BY_TABLE[name], list(rows))
            compared = [(row, after.get(row_id)) for row_id, row in rows.items()]
            await self._write([changed(BY_TABLE[name], *both) for both in compared if is_change(BY_TABLE[name], *both)])
        for name, gone in removed.items():
            await self._write_members(*SETS[name], gone, "removed")
        return result

    async def _follow(
        self, table: Table, row_ids: Sequence[Id], before: dict[str, Rows], removed: Pairs, seen: set[tuple[str, Id]]
    ) -> None:
        """Find the rows that the database deletes or changes together with these."""
        for column, cascades in referring(table.name):
            child = column.table
            if child.name in SETS and column.name == SETS[child.name][1].far:
                members = SETS[child.name][1]
                removed.setdefault(child.name, []).extend(await self._pairs(members, column, row_ids))
            if "id" not in child.c or not (child.name in BY_TABLE or reaches_trail(child.name)):
                continue
            found: list[Id] = []
            for some in in_parts(row_ids):
                found += (await self._db.execute(select(child.c.id).where(column.in_(some)))).scalars()
            new = [row_id for row_id in found if (child.name, row_id) not in seen]
            if child.name in BY_TABLE:
                before.setdefault(child.name, {}).update(await self._rows(BY_TABLE[child.name], new))
            if cascades and new:
                seen |= {(child.name, row_id) for row_id in new}
                await self._follow(child, new, before, removed, seen)

    async def _add(self, trail: Trail, members: Members, statement: Insert, params: Params) -> CursorResult[Any]:
        near, far = members.table.c[members.near], members.table.c[members.far]
        pairs: list[tuple[Any, Any]] = []
        for bound in each(params):
            if statement.select is not None:
                pairs += [pair(row) for row in await self._db.execute(cast("Any", statement.select), bound)]
            else:
                pairs.append((bound[members.near], bound[members.far]))
        known: set[tuple[Any, Any]] = set()
        for some in in_parts({row_id for row_id, _ in pairs}):
            for others in in_parts({other for _, other in pairs}):
                there = select(near, far).where(near.in_(some), far.in_(others))
                known |= {pair(row) for row in await self._db.execute(there)}
        result = await self._db.execute(statement, params)
        await self._write_members(trail, members, [new for new in pairs if new not in known], "added")
        return result

    async def _remove(
        self, trail: Trail, members: Members, statement: Update | Delete, params: Params
    ) -> CursorResult[Any]:
        where = statement.whereclause if statement.whereclause is not None else true()
        near, far = members.table.c[members.near], members.table.c[members.far]
        pairs: list[tuple[Any, Any]] = []
        for bound in each(params):
            pairs += [pair(row) for row in await self._db.execute(select(near, far).where(where), bound)]
        result = await self._db.execute(statement, params)
        await self._write_members(trail, members, pairs, "removed")
        return result

    async def _pairs(
        self, members: Members, column: ColumnElement[Any], row_ids: Sequence[Id]
    ) -> list[tuple[Any, Any]]:
        near, far = members.table.c[members.near], members.table.c[members.far]
        found: list[tuple[Any, Any]] = []
        for some in in_parts(row_ids):
            rows = await self._db.execute(select(near, far).where(column.in_(some)))
            found += [pair(row) for row in rows]
        return found

    async def _rows(self, trail: Trail, row_ids: Sequence[Id]) -> Rows:
        """What the log looks at of these rows."""
        columns = [trail.table.c[name] for name in trail.looked_at]
        rows: Rows = {}
        for some in in_parts(row_ids):
            found = await self._db.execute(select(*columns).where(trail.table.c.id.in_(some)))
            rows |= {row["id"]: row for row in found.mappings()}
        return rows

    async def _write_members(self, trail: Trail, members: Members, pairs: Sequence[tuple[Any, Any]], verb: str) -> None:
        others: dict[Any, list[Any]] = {}
        for row_id, other in pairs:
            others.setdefault(row_id, []).append(other)
        rows = await self._rows(trail, list(others))
        entries = [
            named(trail, row) | {"change": "update", "members": {members.name: {verb: jsonable(others[row_id])}}}
            for row_id, row in rows.items()
        ]
        await self._write(entries)

    async def _write(self, entries: Sequence[Values]) -> None:
        if not entries:
            return
        origin = current_origin()
        of_request = {
            "operation": origin.operation,
            "actor": origin.actor,
            "api_key": origin.api_key,
            "request_id": origin.request_id,
            "address": origin.address,
        }
        nothing: Values = {"before": None, "after": None, "members": None}
        await self._db.execute(WRITE, [nothing | entry | of_request for entry in entries])


class RecordedRepository(Repository[Read]):
    """A repository whose changes of audited rows are written down."""

    def __init__(self, db: Executor) -> None:
        super().__init__(Recorder(db))


def created(trail: Trail, row: RowMapping) -> Values:
    """The entry of a new row."""
    return named(trail, row) | {"change": "create", "after": shown(trail, row)}


def changed(trail: Trail, before: RowMapping, after: RowMapping | None) -> Values:
    """The entry of a row that is another now; one that is kept but marked as deleted is a deleted one."""
    if after is None or (is_deleted(after) and not is_deleted(before)):
        return named(trail, before) | {"change": "delete", "before": shown(trail, before)}
    differing = {name for name in (*trail.columns, *trail.secrets) if before[name] != after[name]}
    old, new = (
        {name: value for name, value in shown(trail, row).items() if name in differing} for row in (before, after)
    )
    return named(trail, after) | {"change": "update", "before": old, "after": new}


def is_change(trail: Trail, before: RowMapping, after: RowMapping | None) -> bool:
    """Whether a row is another now, as far as the log shows it."""
    if after is None:
        return True
    return any(before[name] != after[name] for name in trail.looked_at)


def is_deleted(row: RowMapping) -> bool:
    """Whether a row is marked as deleted."""
    return row.get("deleted_at") is not None


def named(trail: Trail, row: RowMapping) -> Values:
    """Which row an entry is about."""
    return {"entity": trail.entity, "row_id": str(row["id"]), "key": str(row[trail.key])}


def shown(trail: Trail, row: RowMapping) -> Values:
    """What the log shows of a row."""
    return {name: jsonable(row[name]) for name in trail.columns} | dict.fromkeys(trail.secrets, MASK)


def in_parts(values: Collection[Any]) -> Iterator[list[Any]]:
    """The values, as many at a time as one statement may bind."""
    known = list(values)
    for start in range(0, len(known), AT_ONCE):
        yield known[start : start + AT_ONCE]


def jsonable(value: object) -> Any:
    """A value as JSON knows it: times, decimals and UUIDs become texts."""
    return to_jsonable_python(value)


def pair(row: Any) -> tuple[Any, Any]:
    """The two values of a row of a set."""
    return row[0], row[1]


def each(params: Params) -> Iterator[Mapping[str, Any]]:
    """What a statement binds, each time that it runs."""
    if params is None:
        yield {}
    elif isinstance(params, Mapping):
        yield params
    else:
        yield from params


@cache
def referring(name: str) -> tuple[tuple[Any, bool], ...]:
    """The columns that refer to a table and change when its rows are deleted, and whether their rows go too."""
    return tuple(
        (key.parent, key.ondelete == "CASCADE")
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == name and key.ondelete in ("CASCADE", "SET NULL")
    )


@cache
def reaches_trail(name: str) -> bool:
    """Whether audited rows, or members of their sets, change when a row of this table is deleted."""
    seen: set[str] = set()
    left = [name]
    while left:
        current = left.pop()
        seen.add(current)
        for column, cascades in referring(current):
            child = column.table.name
            if child in BY_TABLE or child in SETS:
                return True
            if cascades and child not in seen:
                left.append(child)
    return False
