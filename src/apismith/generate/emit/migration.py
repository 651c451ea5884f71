"""`migrations/versions/0001_initial.py`: the first migration, which creates every table."""

from apismith.contract.model import Contract
from apismith.generate.check_sql import quoted
from apismith.generate.code import Module, block, call, literal
from apismith.generate.emitters import emits
from apismith.generate.relational import ID, Column, Table
from apismith.generate.tables import tables


@emits("migrations/versions/0001_initial.py")
def initial(contract: Contract) -> Module:
    """All tables of the contract, in an order in which they can be created."""
    planned = tables(contract)
    module = Module("Create every table.")
    op = module.use("alembic", "op")
    module.use_module("sqlalchemy as sa")
    module.add('revision: str = "0001"\ndown_revision: str | None = None\nbranch_labels = None\ndepends_on = None')
    types: list[str] = []
    if any(column.type.source == "JSON()" for table in planned for column in table.columns):
        jsonb = module.use("sqlalchemy.dialects.postgresql", "JSONB")
        types.append(f'JSON = sa.JSON().with_variant({jsonb}(), "postgresql")')
    identifier = "sa.Uuid()"
    if contract.database.ids == "int":
        types.append('ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")')
        identifier = "ID"
    module.add("\n".join(types))
    deferred = [(table, column) for table in planned for column in table.columns if _is_deferred(column)]
    up = [statement for table in planned for statement in _created(contract, table, identifier)]
    down = [f"{op}.drop_table({literal(table.name)})" for table in reversed(planned)]
    if deferred:
        why = "# SQLite has taken these already: it minds no foreign key to a table that comes later."
        up += [why, block(f"if {op}.get_context().dialect.supports_alter:", [_added(*pair) for pair in deferred])]
        down = [
            block(f"if {op}.get_context().dialect.supports_alter:", [_dropped(*pair) for pair in reversed(deferred)]),
            *down,
        ]
    module.add(block("def upgrade() -> None:", up or ["pass"]), block("def downgrade() -> None:", down or ["pass"]))
    return module


def _created(contract: Contract, table: Table, identifier: str) -> list[str]:
    columns = [_column(contract, column, identifier) for column in table.columns]
    primary = [column.name for column in table.columns if column.primary_key]
    constraints = [call("sa.PrimaryKeyConstraint", *map(literal, primary), _named(f"pk_{table.name}"))]
    constraints += [_foreign_key(table, column) for column in table.columns if column.references]
    uniques: list[tuple[str, tuple[str, ...]]]
    uniques = [(f"uq_{table.name}_{column.name}", (column.name,)) for column in table.columns if column.unique]
    uniques += [(unique.name, unique.columns) for unique in table.uniques]
    constraints += [call("sa.UniqueConstraint", *map(literal, columns), _named(name)) for name, columns in uniques]
    constraints += [
        call("sa.CheckConstraint", literal(_member_check(contract, column)), _named(f"ck_{table.name}_{column.name}"))
        for column in table.columns
        if column.type.enum
    ]
    constraints += [
        call("sa.CheckConstraint", literal(check.sql), _named(f"ck_{table.name}_{check.name}"))
        for check in table.checks
    ]
    indexes: list[tuple[str, tuple[str, ...]]]
    indexes = [(f"ix_{table.name}_{column.name}", (column.name,)) for column in table.columns if column.indexed]
    indexes += [(index.name, index.columns) for index in table.indexes]
    return [
        call("op.create_table", literal(table.name), *columns, *constraints),
        *(
            call("op.create_index", f"op.f({literal(name)})", literal(table.name), literal(list(columns)))
            for name, columns in indexes
        ),
    ]


def _column(contract: Contract, column: Column, identifier: str) -> str:
    kind = identifier if column.type == ID else f"sa.{column.type.source}"
    if column.type.source == "JSON()":
        kind = "JSON"
    default = f"server_default={literal(column.server_default)}" if column.server_default is not None else ""
    return call("sa.Column", literal(column.name), kind, f"nullable={column.nullable}", default)


def _foreign_key(table: Table, column: Column) -> str:
    assert column.references is not None
    return call(
        "sa.ForeignKeyConstraint",
        literal([column.name]),
        literal([f"{column.references.table}.id"]),
        _named(_foreign_key_name(table, column)),
        f"ondelete={literal(column.references.on_delete)}",
        "use_alter=True" if column.references.deferred else "",
    )


def _is_deferred(column: Column) -> bool:
    return column.references is not None and column.references.deferred


def _foreign_key_name(table: Table, column: Column) -> str:
    assert column.references is not None
    return f"fk_{table.name}_{column.name}_{column.references.table}"


def _added(table: Table, column: Column) -> str:
    assert column.references is not None
    return call(
        "op.create_foreign_key",
        f"op.f({literal(_foreign_key_name(table, column))})",
        literal(table.name),
        literal(column.references.table),
        literal([column.name]),
        '["id"]',
        f"ondelete={literal(column.references.on_delete)}",
    )


def _dropped(table: Table, column: Column) -> str:
    name = f"op.f({literal(_foreign_key_name(table, column))})"
    return call("op.drop_constraint", name, literal(table.name), 'type_="foreignkey"')


def _named(name: str) -> str:
    return f"name=op.f({literal(name)})"


def _member_check(contract: Contract, column: Column) -> str:
    enum = next(enum for enum in contract.enums if enum.name == column.type.enum)
    values = ", ".join("'" + member.value.replace("'", "''").replace(":", "\\:") + "'" for member in enum.members)
    return f"{quoted(column.name)} IN ({values})"
