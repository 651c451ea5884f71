"""What repositories do whose rows clients create together: all of them or none, in as few statements as it takes."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Insert, text
from sqlalchemy.exc import IntegrityError

from app.core.ids import Id
from app.core.integrity import explain
from app.core.slugs import extended
from app.core.statements import Selection
from app.exceptions import UnknownReference
from app.repositories.base import Repository

Read = TypeVar("Read")
Values = dict[str, Any]

# Of savepoints with one name, the latest is meant: what came before it stays when that is rolled back.
SAVEPOINT: Final = text("SAVEPOINT together")
ROLLBACK_TO_SAVEPOINT: Final = text("ROLLBACK TO SAVEPOINT together")


class BulkRepository(Repository[Read]):
    """Creates rows from the `items` of a request, and names the item in what goes wrong: `items.3.title`."""

    async def _stored(self, statement: Selection, row_ids: Sequence[Id]) -> list[Read]:
        """The rows with these ids, in their order."""
        rows = (await self._db.execute(statement, {"row_ids": row_ids})).mappings().all()
        place = {row_id: number for number, row_id in enumerate(row_ids)}
        return await self._read(sorted(rows, key=lambda row: place[row["id"]]))

    async def _insert_all(
        self, statement: Insert, rows: Sequence[Values], *, slugs: Sequence[str] = (), first: int = 0
    ) -> list[Id]:
        """The ids of the new rows, in the order of their values.

        A database that refuses some of them does not say which. So the halves are tried by themselves, down to the one
        row that is refused, which takes few statements even for many rows.

        Args:
            statement: inserts them and returns their ids in order.
            rows: their values; at least one.
            slugs: columns with slugs, which somebody else may have taken since they were chosen.
            first: the number of the first row among the items.
        """
        await self._db.execute(SAVEPOINT)
        try:
            return list((await self._db.execute(statement, rows)).scalars())
        except IntegrityError as error:
            await self._db.execute(ROLLBACK_TO_SAVEPOINT)
            if len(rows) == 1 and not slugs:
                raise explain(error, item=first) from error
        if len(rows) == 1:
            another = rows[0] | {name: extended(rows[0][name]) for name in slugs}
            return await self._insert_all(statement, [another], first=first)
        half = len(rows) // 2
        row_ids = await self._insert_all(statement, rows[:half], slugs=slugs, first=first)
        return row_ids + await self._insert_all(statement, rows[half:], slugs=slugs, first=first + half)

    async def _free_slugs(self, taken: Selection, slugs: Sequence[str]) -> list[str]:
        """The slugs, with a random end where a row or another item has the same."""
        known = set((await self._db.execute(taken, {"slugs": list(dict.fromkeys(slugs))})).scalars())
        free: list[str] = []
        for slug in slugs:
            free.append(extended(slug) if slug in known else slug)
            known.add(slug)
        return free

    async def _ids_of(self, statement: Selection, field: str, keys: Sequence[Hashable]) -> list[Id | None]:
        """The id of the row that each item refers to by its key, None where it refers to none."""
        each = await self._ids_of_each(statement, field, [[] if key is None else [key] for key in keys])
        return [row_ids[0] if row_ids else None for row_ids in each]

    async def _ids_of_each(
        self, statement: Selection, field: str, keys: Sequence[Iterable[Hashable]]
    ) -> list[list[Id]]:
        """The ids of the rows that each item refers to by their keys; each once."""
        wanted = list(dict.fromkeys(key for several in keys for key in several))
        found = {row.key: row.id for row in await self._db.execute(statement, {"keys": wanted})} if wanted else {}
        for number, several in enumerate(keys):
            if any(key not in found for key in several):
                raise UnknownReference(f"items.{number}.{field}")
        return [[found[key] for key in dict.fromkeys(several)] for several in keys]
