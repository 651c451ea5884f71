"""`tests/secrets.py`: the secrets that production does not start without."""

from apismith.contract.model import Contract
from apismith.generate.code import Module
from apismith.generate.emitters import emits
from apismith.generate.plan import wanted


@emits("tests/secrets.py")
def secrets(contract: Contract) -> Module:
    """A value for each secret of the settings."""
    module = Module("Secrets of the tests: everything that production does not start without.")
    given = ['"secret_key": "k" * 40']
    for part in wanted(contract):
        given += [f'"{name}": {module.use(*maker)}()' for name, maker in part.secrets.items()]
    final, any_ = module.use("typing", "Final"), module.use("typing", "Any")
    module.add(f"SECRETS: {final}[dict[str, {any_}]] = {{{', '.join(given)}}}")
    return module
