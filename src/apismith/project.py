"""Where the contract of a project is."""

from pathlib import Path

from apismith.changes import STATE
from apismith.config import read_config
from apismith.contract.errors import ContractNotFound
from apismith.errors import did_you_mean

_NAMES = ("contract.py", "contract/__init__.py", "contract.json")


def contract_file(path: Path) -> Path:
    """The file of a contract that the user named: a Python file, or a folder that is a package.

    Raises:
        ContractNotFound: there is no such file.
    """
    file = path / "__init__.py" if path.is_dir() and (path / "__init__.py").is_file() else path
    if file.is_file():
        return file
    if path.is_dir():
        return find_contract(path)
    near = sorted(str(found) for found in path.parent.glob("*.py")) if path.parent.is_dir() else []
    hint = did_you_mean(str(path), near) or ""
    raise ContractNotFound(
        f"There is no file '{path}'.", hint=hint if hint.startswith("Did") else "Name the file of a contract."
    )


def find_contract(start: Path) -> Path:
    """The contract of the project that `start` lies in: the nearest one in it or above it.

    A project's `[tool.apismith] contract` says where it is, if it is not in its usual place.

    Raises:
        ContractNotFound: there is none, so `start` is in no project.
    """
    for folder in [start, *start.resolve().parents]:
        if (said := read_config(folder).contract) is not None:
            return contract_file(folder / said)
        for name in _NAMES:
            if (folder / name).is_file():
                return folder / name
    raise ContractNotFound(
        f"'{start}' is not in a project: there is no {', '.join(_NAMES[:-1])} or {_NAMES[-1]} in it or above it.",
        hint="Make a project with 'apismith new NAME', or name the file of a contract.",
    )


def find_project(start: Path) -> Path:
    """The folder of the generated project that `start` lies in: the nearest one that remembers its generation.

    Without one it is that of the nearest contract, so that what is missing can be named.

    Raises:
        ContractNotFound: there is no contract either, so `start` is in no project.
    """
    for folder in [start, *start.resolve().parents]:
        if (folder / STATE).is_dir():
            return folder
    file = find_contract(start)
    return file.parent.parent if file.name == "__init__.py" else file.parent
