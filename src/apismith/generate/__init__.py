"""Contract → the files of a backend.

`render` is a pure function: the same contract gives the same bytes, on every machine and in every process.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from apismith.contract.model import Contract
from apismith.generate.emitters import all_emitters
from apismith.generate.lock import LOCK, unlocked
from apismith.generate.migrating.history import heads
from apismith.generate.migrating.revision import migration as between
from apismith.generate.names import (
    PROJECT,
    account_names,
    with_account,
    with_project,
    with_requirements,
    with_settings,
    without,
)
from apismith.generate.plan import REFERENCE, claims, copies, distribution, requirements, unneeded, wanted
from apismith.generate.support import notes as notes, require_supported
from apismith.layout import lay_out
from apismith.migration import Migration


def _pyproject(text: str, contract: Contract) -> str:
    return with_requirements(without(text, unneeded(contract)), requirements(contract))


def _lock(text: str, contract: Contract) -> str:
    required = {distribution(requirement) for requirement in requirements(contract)}
    return unlocked(text, unneeded(contract), required, by=f"{PROJECT} (pyproject.toml)")


def _settings(text: str, contract: Contract) -> str:
    return with_settings(text, [part.settings for part in wanted(contract) if part.settings])


FITTED: Final[dict[str, Callable[[str, Contract], str]]] = {
    "pyproject.toml": _pyproject,
    LOCK: _lock,
    "app/config.py": _settings,
}
"""Copied files that name what the parts of a backend bring along, and what puts those names in."""


def render(contract: Contract) -> dict[str, bytes]:
    """Every file of the backend, by its path.

    Raises:
        NotSupportedYet: the contract asks for something that would be unsafe to leave out.
    """
    require_supported(contract)
    names = account_names(contract)
    copied: dict[str, bytes] = {}
    written: dict[str, bytes] = {}
    for path, copy in copies(contract).items():
        content = copy.source.read_bytes()
        if path in FITTED:
            content = FITTED[path](content.decode(), contract).encode()
        if copy.names == "account" and names:
            written[path] = with_account(content.decode(), names).encode()
        elif copy.names == "project":
            copied[path] = with_project(content.decode(), contract).encode()
        elif path in FITTED:
            written[path] = content
        else:
            copied[path] = content
    for emitter in all_emitters():
        for path, text in emitter.files(contract):
            (written if path.endswith(".py") else copied)[path] = text.encode()
    configuration = {"pyproject.toml": copied.get("pyproject.toml", b"")}
    return dict(sorted((copied | lay_out(written, configuration, unused_imports=True)).items()))


def migration(old: Contract, new: Contract, project: Mapping[str, bytes]) -> Migration | None:
    """The migration that makes the tables of one contract those of another; None where none is needed.

    Args:
        old: the contract that the project's last migration is of.
        new: the one that it should be of.
        project: the files of the project, by path: the migration follows those that are there, and is laid out by the
            project's settings.

    Raises:
        UnreadableMigration: a migration of the project cannot be read.
        KeysChanged: ids would be of another kind.
    """
    settings = {path: project[path] for path in ("pyproject.toml",) if path in project}
    return between(old, new, heads(project), settings)


def origin(path: str) -> str:
    """Where a file of the reference app is to be edited.

    Args:
        path: as in the backend, e.g. `app/models/articles.py`.
    """
    for claimed, emitter in claims():
        if claimed == path:
            return emitter.name
    return f"apismith/reference/sql/{path} (copied as it is)"


def stale(rendered: Iterable[str]) -> list[str]:
    """Files of the reference app that an emitter claims but does not write any more.

    Args:
        rendered: the paths of the reference app's render.
    """
    claimed = {path for path, _ in claims()}
    return sorted(path for path in claimed - set(rendered) if (REFERENCE / path).is_file())
