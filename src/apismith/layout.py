"""How Python code is laid out: ruff, with the settings of the project that the code is for."""

import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from apismith.errors import ApismithError


class FormattingFailed(ApismithError):
    """ruff could not read what was generated: a mistake of ours."""

    exit_code = 70


@cache
def ruff() -> str:
    """The ruff binary that is installed beside apismith."""
    name = "ruff" + (sysconfig.get_config_var("EXE") or "")
    for folder in (sysconfig.get_path("scripts"), str(Path(sys.executable).parent)):
        if (found := Path(folder) / name).is_file():
            return str(found)
    return name


def lay_out(
    files: Mapping[str, bytes], configuration: Mapping[str, bytes], *, unused_imports: bool = False
) -> dict[str, bytes]:
    """The files with their imports sorted and their code laid out.

    Args:
        files: Python modules by their paths in the project.
        configuration: the files of the project whose ruff settings rule, such as `pyproject.toml`.
        unused_imports: whether imports that nothing uses are removed.

    Raises:
        FormattingFailed: a file is not valid Python, or the settings are not valid.
    """
    if not files:
        return {}
    with tempfile.TemporaryDirectory(prefix="apismith-") as name:
        root = Path(name)
        for path, content in {**configuration, **files}.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        packages = sorted({path.split("/")[0] for path in files if "/" in path} | {"app", "tests"})
        ours = f"lint.isort.known-first-party={packages}"
        rules = "I,F401" if unused_imports else "I"
        _run(root, "check", "--no-cache", "--select", rules, "--config", ours, "--fix", "--exit-zero", ".")
        _run(root, "format", "--no-cache", ".")
        return {path: (root / path).read_bytes() for path in sorted(files)}


def _run(root: Path, *arguments: str) -> None:
    done = subprocess.run([ruff(), *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FormattingFailed(
            f"What was generated cannot be laid out, so nothing is written. ruff says: {done.stderr.strip()}",
            hint="This is a mistake of apismith: please report it with your contract.",
        )
