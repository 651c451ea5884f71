"""The files of a project as they are now."""

import os
from collections.abc import Collection
from pathlib import Path

from apismith.changes import STATE, locate
from apismith.git import listed

_SKIPPED = frozenset(
    {".git", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
    | {".hypothesis", "htmlcov", "build", "dist", ".tox", ".idea", ".vscode", STATE}
)
_SECRETS = ".env"
"""The user's own settings, with secrets in them: nothing that is generated, and nothing to copy anywhere."""


def read_tree(root: Path, known: Collection[str]) -> dict[str, bytes]:
    """The files of a project that matter for its evolution, by their paths.

    Args:
        root: the project.
        known: paths that are read wherever they are, even if git ignores them. Of the others only those are read that
            could be known files in another place.
    """
    paths = {path for path in known if _is_file(root, path)}
    kinds = {Path(path).suffix for path in known}
    largest = 1_000_000
    for path in _paths(root):
        if path not in paths and Path(path).name != _SECRETS and Path(path).suffix in kinds and _is_file(root, path):
            paths |= {path} if (root / path).stat().st_size <= largest else set()
    return {path: locate(root, path).read_bytes() for path in sorted(paths)}


def _is_file(root: Path, path: str) -> bool:
    place = root / path
    return place.is_file() and place.resolve().is_relative_to(root.resolve())


def _paths(root: Path) -> list[str]:
    if (tracked := listed(root)) is not None:
        return [path for path in tracked if not _SKIPPED.intersection(path.split("/"))]
    found: list[str] = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        below = Path(folder).relative_to(root)
        found += [(below / name).as_posix() for name in files]
    return found
