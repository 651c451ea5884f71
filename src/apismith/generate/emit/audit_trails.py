"""`app/repositories/audit_trails.py`: what the audit log looks at."""

from apismith.contract.model import Contract
from apismith.generate.code import Module, call, literal
from apismith.generate.emitters import emits
from apismith.generate.tables import PASSWORD_HASH
from apismith.generate.view import View, views


@emits("app/repositories/audit_trails.py")
def trails(contract: Contract) -> Module | None:
    """One trail for each audited entity."""
    if not contract.audited:
        return None
    module = Module("What the audit log looks at. What is not named here, it never shows.")
    kind = module.use("app.core.trails", "Trail")
    found = [_trail(module, kind, view) for view in views(contract) if view.entity.audited]
    module.add(f"TRAILS: tuple[{kind}, ...] = ({', '.join(found)},)")
    return module


def _trail(module: Module, kind: str, view: View) -> str:
    entity = view.entity
    columns = [field.name for field in entity.fields if not (field.secret or field.exclude)]
    columns += [f"{relation.name}_id" for relation in view.to_one if not relation.exclude]
    columns += ["role"] if view.is_account else []
    secrets = [PASSWORD_HASH] if any(field.secret for field in entity.fields) else []
    given = [
        literal(view.snake),
        module.use("app.models", view.cls),
        f"key={literal(view.key)}",
        f"columns={literal(tuple(columns))}",
        f"secrets={literal(tuple(secrets))}" if secrets else "",
    ]
    sets = [_members(module, view, name) for name in (r.name for r in view.stored_sets if not r.exclude)]
    given += [f"sets=({', '.join(sets)},)"] if sets else []
    return call(kind, *given)


def _members(module: Module, view: View, name: str) -> str:
    relation = view.entity.relation(name)
    assert relation is not None
    link = view.association(relation)
    kind, table = module.use("app.core.trails", "Members"), module.use("app.models", link.table)
    return call(kind, literal(name), table, literal(link.near), literal(link.far))
