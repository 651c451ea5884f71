"""`migrations/versions/0001_initial.py`: the first migration, which creates every table."""

from apismith.contract.model import Contract
from apismith.generate.code import Module, block
from apismith.generate.ddl import Ddl, added_foreign_key, dropped, dropped_foreign_key, is_deferred
from apismith.generate.emitters import emits
from apismith.generate.tables import tables


@emits("migrations/versions/0001_initial.py")
def initial(contract: Contract) -> Module:
    """All tables of the contract, in an order in which they can be created."""
    planned = tables(contract)
    module = Module("Create every table.")
    op = module.use("alembic", "op")
    module.use_module("sqlalchemy as sa")
    module.add('revision: str = "0001"\ndown_revision: str | None = None\nbranch_labels = None\ndepends_on = None')
    ddl = Ddl(contract, module)
    deferred = [(table, column) for table in planned for column in table.columns if is_deferred(column)]
    up = [statement for table in planned for statement in ddl.created(table)]
    down = [statement for table in reversed(planned) for statement in dropped(table)]
    if deferred:
        why = "# SQLite has taken these already: it minds no foreign key to a table that comes later."
        can_alter = f"if {op}.get_context().dialect.supports_alter:"
        up += [why, block(can_alter, [added_foreign_key(*pair) for pair in deferred])]
        down = [block(can_alter, [dropped_foreign_key(*pair) for pair in reversed(deferred)]), *down]
    module.add(ddl.types)
    module.add(block("def upgrade() -> None:", up or ["pass"]), block("def downgrade() -> None:", down or ["pass"]))
    return module
