"""What rows that are there already get in a new column, as source text."""

from datetime import timedelta
from typing import Final

from pydantic import TypeAdapter

from apismith.contract.model import Default, Field, Scalar
from apismith.generate.code import Module, call, literal
from apismith.generate.relational import ID, TIMESTAMP, Column

HELPERS: Final = "app.core.migrations"


def filling(module: Module, table: str, column: Column, kind: str) -> str | None:
    """The statement that gives every row of a table a value in a new column; None where the contract says none.

    Args:
        module: the migration; what the source needs is imported there.
        table: the table.
        column: the new column.
        kind: the source of its type.
    """
    clause = f"sa.column({literal(column.name)}, {kind})"
    if column.made_by is None:
        value = _of_mixin(column)
        return call(module.use(HELPERS, "fill"), literal(table), clause, value) if value else None
    if not isinstance(column.made_by, Field) or column.made_by.secret:
        return None
    field = column.made_by
    if field.slug_of is not None:
        slugify = module.use("app.core.slugs", "slugify")
        make = f'lambda id, text: f"{{{slugify}(text)[:140]}}-{{id}}"'
        given = ('sa.column("id")', f"sa.column({literal(field.slug_of)})")
        return call(module.use(HELPERS, "fill_each"), literal(table), clause, make, *given)
    if field.default is None:
        return None
    if field.default.call == "uuid":
        make = f"lambda: {module.use('uuid', 'uuid4')}()"
        return call(module.use(HELPERS, "fill_each"), literal(table), clause, make)
    value = _constant(module, field, field.default)
    return call(module.use(HELPERS, "fill"), literal(table), clause, value) if value != "None" else None


def _of_mixin(column: Column) -> str | None:
    if column.type == TIMESTAMP:
        return "sa.func.now()"
    return "1" if column.name == "version" else None


def _constant(module: Module, field: Field, default: Default) -> str:
    match default.call:
        case "now":
            return "sa.func.now()"
        case "today":
            return "sa.func.current_date()"
        case "list":
            return "[]"
        case "dict":
            return "{}"
        case _:
            pass
    value = default.value
    if value is None or field.type.many or field.type.scalar is Scalar.JSON:
        return literal(value)
    match field.type.scalar:
        case Scalar.DECIMAL:
            return f"{module.use('decimal', 'Decimal')}({literal(str(value))})"
        case Scalar.DATE | Scalar.DATETIME | Scalar.TIME as scalar:
            return f"{module.use('datetime', scalar.value)}.fromisoformat({literal(value)})"
        case Scalar.DURATION:
            seconds = TypeAdapter(timedelta).validate_python(value).total_seconds()
            return f"{module.use('datetime', 'timedelta')}(seconds={seconds:g})"
        case Scalar.UUID:
            return f"{module.use('uuid', 'UUID')}({literal(value)})"
        case _:
            return literal(value)


def restoring(module: Module, table: str, column: Column, kind: str) -> str | None:
    """The statement that fills a column that had been dropped, when the drop is taken back; None where nothing can.

    What it held is gone: rows get an empty value, or where values must differ one made from their ids.
    """
    clause = f"sa.column({literal(column.name)}, {kind})"
    if column.unique and column.type.source.startswith(("String", "Text", "BigInteger")):
        number = "lambda id: id" if column.type.source.startswith("BigInteger") else "lambda id: str(id)"
        return call(module.use(HELPERS, "fill_each"), literal(table), clause, number, 'sa.column("id")')
    if column.type.source.startswith("Uuid"):
        make = f"lambda: {module.use('uuid', 'uuid4')}()"
        return call(module.use(HELPERS, "fill_each"), literal(table), clause, make)
    value = _empty(module, column)
    return call(module.use(HELPERS, "fill"), literal(table), clause, value) if value else None


def _empty(module: Module, column: Column) -> str | None:
    kind = column.type.source.partition("(")[0]
    if column.type == ID or column.type.enum:
        return None
    match kind:
        case "String" | "Text":
            return '""'
        case "BigInteger" | "Integer" | "SmallInteger" | "Numeric" | "Double":
            return "0"
        case "Boolean":
            return "False"
        case "JSON":
            return "[]" if isinstance(column.made_by, Field) and column.made_by.type.many else "{}"
        case "DateTime":
            return "sa.func.now()"
        case "Date":
            return "sa.func.current_date()"
        case "Time":
            return f"{module.use('datetime', 'time')}()"
        case "Interval":
            return f"{module.use('datetime', 'timedelta')}()"
        case _:
            return None
