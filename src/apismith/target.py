"""The folder that a new backend goes into: what it may be called, and what is in the way."""

import re
from collections.abc import Iterable
from pathlib import Path

from apismith.errors import ApismithError

_RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
_SHOWN = 15


class BadName(ApismithError):
    """The name of a new backend cannot be the name of a folder and of a Python distribution."""


class FolderMissing(ApismithError):
    """The folder that something should be made in does not exist."""


class FolderNotEmpty(ApismithError):
    """The folder of a new backend holds files already."""


def check_name(name: str) -> str:
    """Return `name` if a folder and a distribution can have it.

    Raises:
        BadName: with the nearest name that would do.
    """
    if re.fullmatch(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*", name) and len(name) <= 63 and name not in _RESERVED:
        return name
    near = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower())
    near = re.sub(r"^[^a-z]+", "", near)[:63].strip("-")
    raise BadName(
        f"'{name}' cannot name a backend: use lower-case letters, digits, '-' and '_', beginning with a letter.",
        hint=f"Did you mean '{near}'?" if near and near not in _RESERVED else "For example 'shop' or 'my-shop'.",
    )


def present_in(folder: Path) -> list[str]:
    """What a folder holds besides `.git`: a fresh clone counts as empty."""
    return sorted(entry.name for entry in folder.iterdir() if entry.name != ".git") if folder.is_dir() else []


def require_folder(folder: Path) -> Path:
    """Return `folder` if it is there.

    Raises:
        FolderMissing: it is not.
    """
    if not folder.is_dir():
        raise FolderMissing(f"There is no folder {folder}, so nothing can be made in it.", hint="Create it first.")
    return folder


def check_folder(folder: Path, paths: Iterable[str], *, may_exist: bool) -> Path:
    """Return `folder` if `paths` can be written there.

    Raises:
        FolderMissing: its parent does not exist.
        FolderNotEmpty: it is a file, or holds something and `may_exist` is false.
    """
    require_folder(folder.parent)
    if folder.exists() and not folder.is_dir():
        raise FolderNotEmpty(f"{folder} is a file, so no folder can be made there.", hint="Choose another name.")
    present = present_in(folder)
    if not present or may_exist:
        return folder
    colliding = [path for path in sorted(paths) if (folder / path).exists()]
    listed = colliding or present
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    relation = "in the way" if colliding else "there already"
    raise FolderNotEmpty(
        f"Folder '{folder}' is not empty; {relation}: {', '.join(listed[:_SHOWN])}{more}. Nothing was written.",
        hint="'--existing keep' writes beside them and leaves them as they are, '--existing replace' replaces "
        "those in the way; or choose another name.",
    )
