"""Generated backends: made from a contract, and commands that are run in them as their users would."""

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from apismith import api
from apismith.contract.model import Contract

CONTRACTS = Path(__file__).parent.parent / "contracts"
EXAMPLES = CONTRACTS.parent.parent / "examples"
REFERENCE = CONTRACTS.parent.parent / "src" / "apismith" / "reference" / "sql"
_KEPT = ("HOME", "LANG", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")


def names() -> list[str]:
    """Names of all contracts of `tests/contracts/`: files and packages."""
    files = {path.stem for path in CONTRACTS.glob("*.py") if not path.name.startswith("test_")}
    return sorted(files | {path.parent.name for path in CONTRACTS.glob("*/__init__.py")})


@cache
def source(name: str) -> api.Source:
    """A contract of `tests/contracts/`, Conduit or that of the reference app, and its files.

    They are read as `apismith new --contract` reads them.
    """
    if name == "reference":
        return api.read(REFERENCE / "contract.py")
    folder = EXAMPLES if name == "conduit" else CONTRACTS
    folder /= name
    return api.read(folder if folder.is_dir() else folder.with_suffix(".py"))


@dataclass(frozen=True)
class Project:
    """A generated backend in a folder of its own, and the Python that runs it."""

    contract: Contract
    folder: Path
    python: Path = Path(sys.executable)

    def run(self, module: str, *words: str, **variables: str) -> str:
        """Run `python -m MODULE WORDS` in the backend; its output.

        Args:
            variables: of the environment, besides what a plain shell has.

        Raises:
            AssertionError: it failed; with all that it printed.
        """
        done = subprocess.run(
            [self.python, "-m", module, *words],
            cwd=self.folder,
            env=environment() | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=1800,
            check=False,
        )
        assert done.returncode == 0, f"{module} {' '.join(words)} failed in {self.folder}:\n{done.stdout[-12_000:]}"
        return done.stdout


@cache
def generated(name: str) -> Project:
    """The backend of a contract, generated once in each process and removed when that ends."""
    return _written(source(name), Path(_scratch().name) / name)


def _written(made: api.Source, folder: Path) -> Project:
    api.new(made, folder, commit=False).write()
    return Project(made.contract, folder)


def environment() -> dict[str, str]:
    """What a plain shell has: no setting of a backend, none of the tests around it."""
    return {name: value for name, value in os.environ.items() if name in _KEPT}


@cache
def _scratch() -> "TemporaryDirectory[str]":
    return TemporaryDirectory(prefix="apismith-backends-")
