"""What apismith runs on and what it finds, for a look and for bug reports."""

import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from apismith.contract.errors import ContractNotFound
from apismith.project import find_contract

_LIBRARIES = ("pydantic", "typer", "ruff")
_TOOLS = ("git", "uv")


@dataclass(frozen=True, slots=True)
class Doctor:
    """What was found.

    Args:
        libraries: versions by name; None for one that is not installed.
        tools: paths of programs by name; None for one that is not there.
        contract: of the project, or None outside of one.
    """

    apismith: str
    python: str
    interpreter: str
    system: str
    libraries: dict[str, str | None]
    tools: dict[str, str | None]
    contract: str | None

    def text(self) -> str:
        """One line a fact, aligned."""
        facts = {
            "apismith": self.apismith,
            "python": f"{self.python} ({self.interpreter})",
            "system": self.system,
            **{name: found or "not installed" for name, found in (self.libraries | self.tools).items()},
            "contract": self.contract or "none here: apismith new NAME makes a project",
        }
        return "\n".join(f"{name:10}{fact}" for name, fact in facts.items())

    def json(self) -> dict[str, object]:
        """The same as data."""
        return {"schema_version": 1, **asdict(self)}


def examine(project: Path) -> Doctor:
    """Look at the installation and at the project that `project` lies in."""
    try:
        contract = str(find_contract(project))
    except ContractNotFound:
        contract = None
    return Doctor(
        apismith=installed("apismith") or "0",
        python=platform.python_version(),
        interpreter=sys.executable,
        system=platform.platform(),
        libraries={name: installed(name) for name in _LIBRARIES},
        tools={name: shutil.which(name) for name in _TOOLS},
        contract=contract,
    )


def installed(name: str) -> str | None:
    """Version of an installed distribution."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
