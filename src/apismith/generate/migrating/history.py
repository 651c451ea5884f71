"""The migrations that a project has, read without running them."""

import ast
from collections.abc import Iterable, Mapping
from typing import Final

from apismith.errors import ApismithError
from apismith.findings import Span

VERSIONS: Final = "migrations/versions/"


class UnreadableMigration(ApismithError):
    """A migration does not say, in plain text, which one it is and which it follows."""


def heads(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The migrations of a project that no other follows.

    Args:
        files: the project's files, by path.

    Raises:
        UnreadableMigration: a file among the migrations cannot be read.
    """
    found: dict[str, tuple[str, ...]] = {}
    for path, content in files.items():
        if path.startswith(VERSIONS) and path.endswith(".py") and not path.endswith("/__init__.py"):
            revision, follows = _read(path, content)
            found[revision] = follows
    followed = {name for follows in found.values() for name in follows}
    return tuple(sorted(revision for revision in found if revision not in followed))


def _read(path: str, content: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise UnreadableMigration(
            f"{path} is no Python, so nobody can tell where a new migration belongs.",
            at=Span(path, line, 1, line, 1),
            hint="Repair it, or take it out of the folder.",
        ) from error
    values = dict(_assigned(tree.body))
    revision = _names(values.get("revision"))
    if len(revision) != 1:
        raise UnreadableMigration(
            f"{path} does not say `revision = …` in plain text, so nobody can tell where a new migration belongs.",
            at=Span(path, 1, 1, 1, 1),
            hint="Write it as Alembic does, or take the file out of the folder.",
        )
    return revision[0], _names(values.get("down_revision"))


def _assigned(body: Iterable[ast.stmt]) -> Iterable[tuple[str, ast.expr]]:
    for node in body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value


def _names(value: ast.expr | None) -> tuple[str, ...]:
    nodes = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    return tuple(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
