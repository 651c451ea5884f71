"""A contract in a file → `Contract`.

A Python file is run in a process of its own, with limits on time and memory: a contract that loops, prints, raises or
wants too much is reported, and never hangs or fools whoever reads it.
"""

from pathlib import Path
from typing import Final

from apismith.contract import errors
from apismith.contract.document import read_document
from apismith.contract.errors import ContractErrors, ContractNotFound, NotAContract
from apismith.contract.inherited import with_limits_of_fields
from apismith.contract.model import Contract, Entity
from apismith.contract.naming import backend_name, default_backend_name
from apismith.contract.places import Places
from apismith.contract.running import run
from apismith.contract.validate import validate
from apismith.errors import ApismithError, did_you_mean

SECONDS: Final = 10.0
MEMORY: Final = 1024**3
# After these, parts are missing from the contract, and whatever refers to them would be called a mistake, too.
_LEAVE_HOLES: Final = (
    errors.UnsupportedAnnotation,
    errors.UnknownTarget,
    errors.NotInBackend,
    errors.MissingAnnotation,
    errors.MissingReverse,
    errors.AmbiguousReverse,
    errors.SeveralBackends,
    errors.WrongArguments,
)


def load(
    path: str | Path,
    *,
    name: str | None = None,
    shown: Path | None = None,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Contract:
    """Read a contract.

    Args:
        path: a Python file, a package (its folder or `__init__.py`), or a JSON file (`apismith contract --json`).
        name: what the backend is called if the contract does not say it; by default like its file or folder.
        shown: the folder that mistakes name as that of the file; by default where it is.
        seconds: how long the contract may run.
        memory: how many bytes its process may have.

    Raises:
        ContractError: it holds a mistake.
        ContractErrors: it holds several.
    """
    given = Path(path)
    file = given / "__init__.py" if given.is_dir() else given
    if given.is_dir() and not file.is_file():
        message = f"The folder {given} has no __init__.py, so it is no contract."
        raise NotAContract(message, hint=_inside(given))
    if not file.is_file():
        raise ContractNotFound(f"There is no contract at {given}.", hint=_beside(given))
    if file.suffix == ".json":
        contract, places, mistakes = read_document(file)
    elif file.suffix == ".py":
        contract, places, mistakes = run(file, seconds, memory, shown)
    else:
        hint = "A contract is a Python file, or JSON with the ending .json."
        raise NotAContract(f"{given} is no contract.", hint=hint)
    if contract is not None and name and not places.says("name") and contract.name == default_backend_name(file):
        contract = contract.model_copy(update={"name": backend_name(name)})
    if contract is not None and not any(isinstance(mistake, _LEAVE_HOLES) for mistake in mistakes):
        contract = with_limits_of_fields(_with_spans(contract, places))
        mistakes += validate(contract, places)
    if contract is None or mistakes:
        raise _together(mistakes)
    return contract


def _beside(path: Path) -> str | None:
    folder = path.parent
    near = sorted(p.name for p in folder.iterdir() if p.suffix in (".py", ".json")) if folder.is_dir() else []
    return did_you_mean(path.name, near)


def _inside(folder: Path) -> str:
    files = sorted(path for path in folder.glob("*.py"))
    hint = "Add an __init__.py that imports the entities"
    return f"{hint}, or name one file: {files[0]}." if files else f"{hint}."


def _together(mistakes: list[ApismithError]) -> ApismithError:
    if len(mistakes) == 1:
        return mistakes[0]
    return ContractErrors(sorted(mistakes, key=_position))


def _position(mistake: ApismithError) -> tuple[str, int, int]:
    return (mistake.at.file, mistake.at.line, mistake.at.column) if mistake.at else ("", 0, 0)


def _with_spans(contract: Contract, places: Places) -> Contract:
    """The contract with the places of its parts, which its JSON does not have."""

    def entity(one: Entity) -> Entity:
        parts = {
            kind: tuple(
                part.model_copy(update={"span": places.at("entities", one.name, kind, part.name)}) for part in said
            )
            for kind, said in (
                ("fields", one.fields),
                ("relations", one.relations),
                ("computed", one.computed),
                ("actions", one.actions),
            )
        }
        return one.model_copy(update={"span": places.at("entities", one.name), **parts})

    queries = tuple(q.model_copy(update={"span": places.at("queries", q.name)}) for q in contract.queries)
    handlers = tuple(h.model_copy(update={"span": places.at("handlers", h.name)}) for h in contract.handlers)
    entities = tuple(entity(one) for one in contract.entities)
    return contract.model_copy(update={"entities": entities, "queries": queries, "handlers": handlers})
