"""Whether an edited contract is still one: read as always, before it is written."""

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from apismith.contract.load import load
from apismith.contract.model import Contract
from apismith.errors import ApismithError

_LEFT_OUT = frozenset({"__pycache__", ".git"})


def load_edited(file: Path, files: Mapping[Path, bytes], *, name: str | None = None) -> Contract:
    """Read a contract as it would be.

    Args:
        file: its file, or the `__init__.py` of its package.
        files: the new content of those of its files that change.
        name: as `load` takes it.

    Raises:
        ContractError: it would hold a mistake; `text` is what the file would be.
    """
    folder = file.parent.parent if file.name == "__init__.py" else file.parent
    edited = {Path(os.path.relpath(path.resolve(), folder.resolve())): content for path, content in files.items()}
    with TemporaryDirectory(prefix="apismith-add-") as made:
        # Under the same name, since a contract that says none is called like its folder.
        mirror = Path(made) / (folder.resolve().name or "project")
        _mirror(folder.resolve(), mirror, edited)
        inside = mirror / file.resolve().relative_to(folder.resolve())
        try:
            return load(inside, name=name, shown=file.parent)
        except ApismithError as error:
            for one in error.each:
                one.text = _text(one, files)
            raise


def _mirror(folder: Path, mirror: Path, edited: Mapping[Path, bytes]) -> None:
    """Make a folder with everything that another one has, and other content in some files."""
    mirror.mkdir()
    inside = {path.parts[0] for path in edited}
    for entry in folder.iterdir():
        if entry.name not in inside and entry.name not in _LEFT_OUT:
            (mirror / entry.name).symlink_to(entry)
    for name in sorted(inside):
        below = {path.relative_to(name): content for path, content in edited.items() if path.parts[0] == name}
        if Path() in below:
            (mirror / name).write_bytes(below[Path()])
        else:
            _mirror(folder / name, mirror / name, below)


def _text(error: ApismithError, files: Mapping[Path, bytes]) -> str | None:
    for path, content in files.items():
        if error.at is not None and Path(error.at.file).resolve() == path.resolve():
            return content.decode(errors="replace")
    return None
