"""`app/repositories/<module>.py`: everything SQL about one entity."""

from apismith.generate.code import Module
from apismith.generate.emit.repository_bulk import BulkWrites
from apismith.generate.emit.repository_operations import Operations
from apismith.generate.emit.repository_reads import Reads
from apismith.generate.emit.repository_writes import Writes
from apismith.generate.emitters import emits
from apismith.generate.view import View


@emits("app/repositories/{module}.py", each="entity")
def repository(view: View) -> Module:
    """Statements as constants, then a class whose methods run them."""
    module = Module(
        f"Everything SQL about {view.nouns}. Statements are built once; each call only binds its parameters."
    )
    names = [*(computed.name for computed in view.entity.computed), *(each.name for each in view.operations)]
    module.define(*(name.upper() for name in names))
    kind = ("app.repositories.bulk", "BulkRepository") if view.is_bulk else ("app.repositories.base", "Repository")
    base = module.use(*kind)
    recorded = module.use("app.repositories.audit_recording", "RecordedRepository") if view.contract.audited else ""
    reads = Reads(module, view)
    writes = Writes(module, view)
    bulk = BulkWrites(module, view)
    operations = Operations(module, view)
    module.add("\n".join([*reads.statements(), *writes.statements(), *bulk.statements(), *operations.statements()]))
    methods = [*reads.methods(), *writes.methods(), *bulk.methods(), *operations.methods()]
    bases = [recorded] if recorded and not view.is_bulk else [recorded, base] if recorded else [base]
    bases = [f"{name}[{reads.read}]" for name in bases]
    module.add(
        f"class {view.cls}Repository({', '.join(bases)}):\n"
        f'    """Reads and writes {view.nouns}."""\n\n' + "\n\n".join([reads.attributes(), *methods])
    )
    module.add(reads.mapper(), *bulk.functions())
    return module
