"""Tables, columns and constraints as the source text of migrations."""

from dataclasses import dataclass
from typing import Literal

from apismith.contract.model import Contract
from apismith.generate.append_only import guarded, unguarded
from apismith.generate.check_sql import quoted
from apismith.generate.code import Module, call, literal
from apismith.generate.relational import ID, Column, Table

JSON = "JSON()"

Kind = Literal["foreignkey", "unique", "check", "index"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a table has beside its columns and its primary key.

    Args:
        columns: of the table; none for a check.
        detail: of a foreign key the table that it points to and what deleting does, of a check its SQL.
    """

    kind: Kind
    name: str
    columns: tuple[str, ...] = ()
    detail: tuple[str, ...] = ()


class Ddl:
    """Writes a contract's tables into a migration.

    Args:
        contract: what the tables are of.
        module: the migration; what its source needs goes there.
    """

    def __init__(self, contract: Contract, module: Module) -> None:
        self.contract = contract
        self._module = module
        self._used: set[str] = set()

    @property
    def types(self) -> str:
        """The definitions of the types that were written until now."""
        types: list[str] = []
        if "JSON" in self._used:
            jsonb = self._module.use("sqlalchemy.dialects.postgresql", "JSONB")
            types.append(f'JSON = sa.JSON().with_variant({jsonb}(), "postgresql")')
        if "ID" in self._used:
            types.append('ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")')
        return "\n".join(types)

    def type(self, column: Column) -> str:
        """The type of a column."""
        if column.type == ID and self.contract.database.ids == "int":
            self._used.add("ID")
            return "ID"
        if column.type.source == JSON:
            self._used.add("JSON")
            return "JSON"
        return "sa.Uuid()" if column.type == ID else f"sa.{column.type.source}"

    def column(self, column: Column, *, nullable: bool | None = None) -> str:
        """A column, nullable as it says unless told otherwise."""
        wanted = column.nullable if nullable is None else nullable
        default = f"server_default={literal(column.server_default)}" if column.server_default is not None else ""
        return call("sa.Column", literal(column.name), self.type(column), f"nullable={wanted}", default)

    def created(self, table: Table) -> list[str]:
        """The statements that create a table and its indexes."""
        columns = [self.column(column) for column in table.columns]
        primary = [column.name for column in table.columns if column.primary_key]
        inside = [call("sa.PrimaryKeyConstraint", *map(literal, primary), named(f"pk_{table.name}"))]
        late = {foreign_key_name(table, column) for column in table.columns if is_deferred(column)}
        found = constraints(self.contract, table)
        inside += [_inside(one, late=one.name in late) for one in found if one.kind != "index"]
        indexes = [added_index(table.name, one) for one in found if one.kind == "index"]
        guards = [guarded(table.name)] if table.append_only else []
        counted = "sqlite_autoincrement=True" if self._counts(table) else ""
        return [call("op.create_table", literal(table.name), *columns, *inside, counted), *indexes, *guards]

    def _counts(self, table: Table) -> bool:
        """Whether the database counts the rows of a table; SQLite would give the number of a deleted one again."""
        key = next(column for column in table.columns if column.primary_key)
        return key.type == ID and key.references is None and self.contract.database.ids == "int"


def constraints(contract: Contract, table: Table) -> list[Constraint]:
    """Everything that a table has beside columns and primary key, in the order in which it is created."""
    found: list[Constraint] = []
    for column in table.columns:
        if column.references:
            target = (column.references.table, column.references.on_delete)
            found.append(Constraint("foreignkey", foreign_key_name(table, column), (column.name,), target))
    singles = [column.name for column in table.columns if column.unique]
    found += [Constraint("unique", f"uq_{table.name}_{name}", (name,)) for name in singles]
    found += [Constraint("unique", unique.name, unique.columns) for unique in table.uniques]
    enums = [column for column in table.columns if column.type.enum]
    found += [
        Constraint("check", f"ck_{table.name}_{column.name}", (), (_member_check(contract, column),))
        for column in enums
    ]
    found += [Constraint("check", f"ck_{table.name}_{check.name}", (), (check.sql,)) for check in table.checks]
    indexed = [column.name for column in table.columns if column.indexed]
    found += [Constraint("index", f"ix_{table.name}_{name}", (name,)) for name in indexed]
    found += [Constraint("index", index.name, index.columns) for index in table.indexes]
    return found


def _inside(one: Constraint, *, late: bool) -> str:
    """A constraint as an argument of `create_table`."""
    match one.kind:
        case "foreignkey":
            table, on_delete = one.detail
            deferred = "use_alter=True" if late else ""
            there = literal([f"{table}.id"])
            rest = (named(one.name), f"ondelete={literal(on_delete)}", deferred)
            return call("sa.ForeignKeyConstraint", literal(list(one.columns)), there, *rest)
        case "unique":
            return call("sa.UniqueConstraint", *map(literal, one.columns), named(one.name))
        case _:
            return call("sa.CheckConstraint", literal(one.detail[0]), named(one.name))


def dropped(table: Table) -> list[str]:
    """The statements that take a table away."""
    return [call("op.drop_table", literal(table.name)), *([unguarded()] if table.append_only else [])]


def added_index(table: str, one: Constraint) -> str:
    """The statement that creates an index."""
    return call("op.create_index", f"op.f({literal(one.name)})", literal(table), literal(list(one.columns)))


def added_foreign_key(table: Table, column: Column) -> str:
    """The statement that adds a foreign key to a table that is there."""
    assert column.references is not None
    return call(
        "op.create_foreign_key",
        f"op.f({literal(foreign_key_name(table, column))})",
        literal(table.name),
        literal(column.references.table),
        literal([column.name]),
        '["id"]',
        f"ondelete={literal(column.references.on_delete)}",
    )


def dropped_foreign_key(table: Table, column: Column) -> str:
    """The statement that takes it away again."""
    name = f"op.f({literal(foreign_key_name(table, column))})"
    return call("op.drop_constraint", name, literal(table.name), 'type_="foreignkey"')


def is_deferred(column: Column) -> bool:
    """Whether the foreign key of a column points to a table that is created later."""
    return column.references is not None and column.references.deferred


def foreign_key_name(table: Table, column: Column) -> str:
    """The name of a column's foreign key."""
    assert column.references is not None
    return f"fk_{table.name}_{column.name}_{column.references.table}"


def named(name: str) -> str:
    """The argument for a name that is whole: no convention adds to it."""
    return f"name=op.f({literal(name)})"


def _member_check(contract: Contract, column: Column) -> str:
    enum = next(enum for enum in contract.enums if enum.name == column.type.enum)
    values = ", ".join("'" + member.value.replace("'", "''").replace(":", "\\:") + "'" for member in enum.members)
    return f"{quoted(column.name)} IN ({values})"
