"""How the user lays out code, where that is not how it is generated."""

import ast
from collections.abc import Mapping
from typing import Final

from apismith.layout import FormattingFailed, lay_out

CONFIGURATION: Final = ("pyproject.toml", "ruff.toml", ".ruff.toml")
_TABLES: Final = (b"[tool.ruff", b"[tool.black", b"[tool.isort")
_ENOUGH = 3
_USUAL: Final = tuple(
    f'line-length = {width}\n[format]\nquote-style = "{quotes}"\n'.encode()
    for quotes in ("double", "single")
    for width in (88, 79, 100, 120)
)
"""What people use who say nothing of it in the project."""


def learn_layout(base: Mapping[str, bytes], mine: Mapping[str, bytes]) -> dict[str, bytes] | None:
    """The files that say how the user lays out code; None where that is how it is generated.

    Args:
        base: what was generated, at the paths and with the names that the user has given.
        mine: the user's project.
    """
    own = {path: mine[path] for path in CONFIGURATION if path in mine}
    generated = {path: base[path] for path in CONFIGURATION if path in base}
    if _settings(own) != _settings(generated):
        return own
    other = [
        path
        for path, content in base.items()
        if path.endswith(".py") and mine.get(path, content) != content and _means_the_same(content, mine[path])
    ]
    if len(other) < _ENOUGH:
        return None
    sample = {path: base[path] for path in other[:10]}
    for settings in _USUAL:
        found = laid_out(sample, {"ruff.toml": settings})
        if sum(found[path] == mine[path] for path in sample) * 2 > len(sample):
            return {"ruff.toml": settings}
    return None


def laid_out(files: Mapping[str, bytes], configuration: Mapping[str, bytes]) -> dict[str, bytes]:
    """The tree with its Python files laid out; as it is where the user's settings cannot be read."""
    code = {path: content for path, content in files.items() if path.endswith(".py") and _is_python(content)}
    try:
        return {**files, **lay_out(code, configuration)}
    except FormattingFailed:
        return dict(files)


def _settings(files: Mapping[str, bytes]) -> list[bytes]:
    """The lines of the tables that formatters read."""
    lines: list[bytes] = []
    for path in sorted(files):
        relevant = path != "pyproject.toml"
        for line in files[path].splitlines():
            if line.startswith(b"["):
                relevant = path != "pyproject.toml" or line.startswith(_TABLES)
            lines += [line.strip()] if relevant and line.strip() else []
    return lines


def _is_python(content: bytes) -> bool:
    try:
        ast.parse(content)
    except (SyntaxError, ValueError):
        return False
    return True


def _means_the_same(one: bytes, other: bytes) -> bool:
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except (SyntaxError, ValueError):
        return False
