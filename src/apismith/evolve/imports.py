"""Imports as sets: what a merged module needs and both, or one of its sides, knew where to find."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apismith.evolve.names import unresolved, used
from apismith.evolve.syntax import Source, first_line, last_line

WIDTH = 120


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name.

    Args:
        module: where it comes from, with the dots of a relative import; "" for `import name`.
        name: what is imported.
        alias: what it is called here, if it has another name.
        typing_only: whether it is imported for type checkers only.
    """

    module: str
    name: str
    alias: str | None = None
    typing_only: bool = False

    @property
    def bound(self) -> str:
        """The name that it gives the module."""
        return self.alias or (self.name if self.module else self.name.split(".")[0])

    @property
    def line(self) -> str:
        """The statement that imports it alone."""
        named = self.name if self.alias is None else f"{self.name} as {self.alias}"
        return f"from {self.module} import {named}\n" if self.module else f"import {named}\n"


def imports(tree: ast.Module) -> Iterator[tuple[Import, ast.stmt]]:
    """What a module imports at its top, with the statements."""
    for node in tree.body:
        guarded = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for statement in node.body if isinstance(node, ast.If) and guarded else [node]:
            if isinstance(statement, ast.ImportFrom):
                module = "." * statement.level + (statement.module or "")
                for alias in statement.names:
                    yield Import(module, alias.name, alias.asname, guarded), statement
            elif isinstance(statement, ast.Import):
                for alias in statement.names:
                    yield Import("", alias.name, alias.asname, guarded), statement


def needed_imports(text: str, base: Source, mine: Source, theirs: Source) -> str:
    """The merged module with the imports that it lacks, and without those that only the new render wanted."""
    try:
        missing = unresolved(text)
        merged = Source(text)
    except SyntaxError:
        return text
    for side in (theirs, mine, base):
        for one, _ in imports(side.tree):
            if one.bound in missing:
                missing.discard(one.bound)
                text = with_import(text, one)
    old = {one for side in (base, mine) for one, _ in imports(side.tree)}
    unused = {one for one, _ in imports(merged.tree) if one not in old and one.bound not in used(text)}
    if not unused or "__all__" in text:
        return text
    wanted = used(theirs.text)
    return without_imports(text, {one for one in unused if one.bound in wanted})


def with_import(text: str, wanted: Import) -> str:
    """A module with one import more, in the statement that has others of its module, else in one of its own."""
    source = Source(text)
    present = list(imports(source.tree))
    if wanted.module:
        beside = next(
            (node for one, node in present if one.module == wanted.module and one.typing_only == wanted.typing_only),
            None,
        )
        if isinstance(beside, ast.ImportFrom) and beside.names[0].name != "*":
            names = [(alias.name, alias.asname) for alias in beside.names]
            names = _inserted(names, (wanted.name, wanted.alias))
            return _with_lines(source, beside, import_text(_lines(source, beside), names))
    guarded = [node for one, node in present if one.typing_only]
    if wanted.typing_only and guarded:
        indent = " " * guarded[-1].col_offset
        return _inserted_after(source, last_line(guarded[-1]), indent + wanted.line)
    plain = [node for one, node in present if not one.typing_only and one.module != "__future__"]
    after = [node for node in plain if _module(node).split(".")[0] == (wanted.module or wanted.name).split(".")[0]]
    if after or plain:
        return _inserted_after(source, max(last_line(node) for node in after or plain), wanted.line)
    first = next(iter(source.tree.body), None)
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return _inserted_after(source, last_line(first), f"\n{wanted.line}")
    return wanted.line + ("\n" if text.strip() else "") + text


def without_imports(text: str, unwanted: set[Import]) -> str:
    """A module without some of its imports."""
    source = Source(text)
    for node in reversed(list(dict.fromkeys(node for _, node in imports(source.tree)))):
        mine = [one for one, where in imports(source.tree) if where is node]
        kept = [(one.name, one.alias) for one in mine if one not in unwanted]
        if len(kept) < len(mine):
            statement = import_text(_lines(source, node), kept)
            text = _with_lines(Source(text), node, statement)
    return text


def import_text(statement: str, names: Sequence[tuple[str, str | None]]) -> str:
    """An import statement with other names, and the comment that stood behind it."""
    if not names:
        return ""
    listed = [name if alias is None else f"{name} as {alias}" for name, alias in names]
    head, _, rest = statement.partition("import ")
    comment = rest[rest.index("#") :].rstrip() if "#" in rest and "\n" not in rest.strip() else ""
    line = f"{head}import {', '.join(listed)}" + (f"  {comment}" if comment else "")
    if len(line) <= WIDTH:
        return line + "\n"
    indent = statement[: len(statement) - len(statement.lstrip())]
    each = "".join(f"{indent}    {part},\n" for part in listed)
    return f"{head}import ({'  ' + comment if comment else ''}\n{each}{indent})\n"


def sort_key(name: tuple[str, str | None]) -> tuple[bool, bool, str]:
    """The order of names in a statement: constants, classes, functions."""
    return not name[0].isupper() or len(name[0]) == 1, not name[0][:1].isupper(), name[0]


def _inserted(names: Sequence[tuple[str, str | None]], new: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    ordered = sorted(names, key=sort_key) == list(names)
    return sorted([*names, new], key=sort_key) if ordered else [*names, new]


def _module(node: ast.stmt) -> str:
    if isinstance(node, ast.ImportFrom):
        return node.module or ""
    return node.names[0].name if isinstance(node, ast.Import) else ""


def _lines(source: Source, node: ast.stmt) -> str:
    return "".join(source.lines[first_line(node) - 1 : last_line(node)])


def _with_lines(source: Source, node: ast.stmt, lines: str) -> str:
    return "".join([*source.lines[: first_line(node) - 1], lines, *source.lines[last_line(node) :]])


def _inserted_after(source: Source, line: int, new: str) -> str:
    return "".join([*source.lines[:line], new, *source.lines[line:]])
