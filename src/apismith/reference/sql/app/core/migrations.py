"""What migrations do besides Alembic's operations: the same on every database, and no row is lost in silence."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

Column = sa.ColumnClause[Any]

# Where SQLite counts the rows of its tables: https://www.sqlite.org/autoinc.html
COUNTERS = sa.table("sqlite_sequence", sa.column("name", sa.Text()), sa.column("seq", sa.Integer()))


class RowsInTheWay(Exception):
    """Rows do not fit what a migration would make of their table. All is as it was."""


@contextmanager
def altered(name: str, *, anew: bool = False) -> Iterator[BatchOperations]:
    """Change a table.

    SQLite makes it anew for that; then it gets its checks again, which Alembic alone would leave out.
    """
    connection = op.get_bind()
    whole, last = None, None
    if connection.dialect.name == "sqlite":
        last = _last_number(name)
        counts = last is not None
        whole = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False, sqlite_autoincrement=counts)
        whole.primary_key.name = f"pk_{name}"  # it may have been renamed
        for check in sa.inspect(connection).get_check_constraints(name):
            condition = sa.text(check["sqltext"].replace(":", r"\:"))
            whole.append_constraint(sa.CheckConstraint(condition, name=check["name"]))
    with op.batch_alter_table(name, copy_from=whole, recreate="always" if anew else "auto") as table:
        yield table
    if last is not None:
        op.execute(COUNTERS.delete().where(COUNTERS.c.name == name))
        op.execute(COUNTERS.insert().values(name=name, seq=last))


def rename_table(old: str, new: str) -> None:
    """Give a table another name, and its primary key that of the table."""
    op.rename_table(old, new)
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f'ALTER TABLE "{new}" RENAME CONSTRAINT "pk_{old}" TO "pk_{new}"')
        return
    with altered(new, anew=True):
        pass


def fill(name: str, column: Column, value: object) -> None:
    """Give all rows that have nothing in a column this value."""
    table = sa.table(name, column)
    op.execute(table.update().where(column.is_(sa.null())).values({column: value}))


def fill_each(name: str, column: Column, make: Callable[..., object], *given: Column) -> None:
    """Give each row that has nothing in a column what `make` says of its values in the `given` columns."""
    _write(name, column, make, given, column.is_(sa.null()))


def convert(name: str, old: Column, new: Column, to: Callable[[Any], object]) -> None:
    """Write the values of one column into another, converted.

    Raises:
        RowsInTheWay: a value cannot be converted.
    """
    try:
        _write(name, new, to, (old,), old.is_not(sa.null()))
    except (ArithmeticError, KeyError, TypeError, ValueError) as error:
        raise RowsInTheWay(f"{name}.{new.name}: {error}") from error


def truth(value: int | str) -> bool:
    """A number or word as a truth value, where it is one."""
    return {"0": False, "1": True, "false": False, "true": True}[str(value).lower()]


def word(value: bool) -> str:
    """A truth value as JSON writes it."""
    return "true" if value else "false"


def whole(value: float | Decimal) -> int:
    """A number as an integer, where it is one."""
    if value != int(value):
        raise ValueError(f"{value} is not a whole number")
    return int(value)


def exact(places: int) -> Callable[[float | Decimal], Decimal]:
    """What makes a decimal of a number that has no more places than it keeps."""

    def to_decimal(value: float | Decimal) -> Decimal:
        number = Decimal(str(value))
        if round(number, places) != number:
            raise ValueError(f"{value} has more than {places} decimal places")
        return number

    return to_decimal


def moment(value: str) -> datetime:
    """A time as ISO 8601 writes it; in UTC where it does not say."""
    read = datetime.fromisoformat(value)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def iso(value: datetime) -> str:
    """A time in UTC, as ISO 8601 writes it."""
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def midnight(value: date) -> datetime:
    """The beginning of a day, in UTC."""
    return datetime.combine(value, time(), UTC)


def _last_number(name: str) -> int | None:
    """The last number that SQLite gave to a row of a table; nothing where it gives those of deleted rows again."""
    tables = sa.table("sqlite_master", sa.column("name"), sa.column("sql"))
    sql: str = op.get_bind().execute(sa.select(tables.c.sql).where(tables.c.name == name)).scalar_one()
    if "AUTOINCREMENT" not in sql:
        return None
    last = op.get_bind().execute(sa.select(COUNTERS.c.seq).where(COUNTERS.c.name == name))
    return last.scalar() or 0


def _write(
    name: str, column: Column, make: Callable[..., object], given: tuple[Column, ...], condition: sa.ColumnElement[bool]
) -> None:
    key: Column = sa.column("id")
    table = sa.table(name, key, column, *given)
    rows = op.get_bind().execute(sa.select(key, *given).select_from(table).where(condition)).all()
    if rows:
        update = (
            table.update()
            .where(key == sa.bindparam("row_id"))
            .values({column: sa.bindparam("value", type_=column.type)})
        )
        op.get_bind().execute(update, [{"row_id": row[0], "value": make(*row[1:])} for row in rows])


def refuse(name: str, condition: str, what: str) -> None:
    """Stop where there are rows that meet a condition.

    Raises:
        RowsInTheWay: with their number.
    """
    rows = sa.select(sa.func.count()).select_from(sa.table(name)).where(sa.text(condition))
    found: int = op.get_bind().execute(rows).scalar_one()
    if found:
        raise RowsInTheWay(f"{found} {'row' if found == 1 else 'rows'} of {name} {what}.")


def refuse_duplicates(name: str, *columns: str) -> None:
    """Stop where rows are alike in all of these columns.

    Raises:
        RowsInTheWay: with the number of values that occur more than once.
    """
    keys: list[Column] = [sa.column(column) for column in columns]
    alike = sa.select(*keys).select_from(sa.table(name)).where(*(key.is_not(sa.null()) for key in keys))
    groups = alike.group_by(*keys).having(sa.func.count() > 1).subquery()
    found: int = op.get_bind().execute(sa.select(sa.func.count()).select_from(groups)).scalar_one()
    if found:
        raise RowsInTheWay(f"{' and '.join(columns)} of {name}: {found} occur more than once.")
