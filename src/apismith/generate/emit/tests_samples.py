"""`tests/samples.py`: a body of each entity, as clients send it."""

from apismith.contract.model import Contract
from apismith.generate.code import Module, literal
from apismith.generate.distinct import body_of
from apismith.generate.emitters import emits
from apismith.generate.examples import secret_sample
from apismith.generate.view import View, views


@emits("tests/samples.py")
def samples(contract: Contract) -> Module:
    """One function for each entity."""
    module = Module("Bodies that the contract accepts; the number tells them apart.")
    found = list(views(contract))
    module.define(*(view.one for view in found))
    if contract.auth is not None:
        final = module.use("typing", "Final")
        module.add(
            f"LOGIN: {final} = {literal(contract.auth.login)}\nSECRET: {final} = {literal(contract.auth.secret)}"
        )
    bodies = [(view, _body(module, view)) for view in found]
    anything = module.use("typing", "Any")
    for view, members in bodies:
        body = ", ".join(f"{literal(name)}: {value}" for name, value in members)
        module.add(f"def {view.one}(number: int) -> dict[str, {anything}]:\n    return {{{body}{',' if body else ''}}}")
    return module


def _body(module: Module, view: View) -> list[tuple[str, str]]:
    """Names and expressions; of an account only what it must have, since commands take it from options."""
    made = body_of(module, view, every=not view.is_account)
    for field in view.entity.fields:
        if field.secret:
            plain = field.constraints.max_length is None or field.constraints.max_length >= 40
            made[field.name] = 'f"correct horse battery staple {number}"' if plain else literal(secret_sample(field))
    in_order = [field.name for field in view.entity.fields if field.name in made]
    return [(name, made[name]) for name in in_order]
