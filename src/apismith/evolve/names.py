"""The names that a module uses, and those that it has."""

import ast
import builtins
import symtable
from collections.abc import Iterator

_ALWAYS = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "__spec__", "__path__", "__package__"}


def unresolved(text: str) -> set[str]:
    """Names that a module refers to, in code or in quoted annotations, and nobody gives it.

    Raises:
        SyntaxError: it is no Python.
    """
    table = symtable.symtable(text, "module", "exec")
    own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    own |= {child.get_name() for child in table.get_children()}
    if "*" in own or "import *" in text:
        return set()
    declared = {
        symbol.get_name()
        for scope in _scopes(table)
        for symbol in scope.get_symbols()
        if symbol.is_declared_global() and symbol.is_assigned()
    }
    return used(text, table) - own - declared - _ALWAYS


def used(text: str, table: symtable.SymbolTable | None = None) -> set[str]:
    """The global names that a module refers to, in code, in quoted annotations and in `__all__`."""
    table = table or symtable.symtable(text, "module", "exec")
    found: set[str] = set()
    for scope in _scopes(table):
        for symbol in scope.get_symbols():
            is_global = symbol.is_global() or (scope.get_type() == "module")
            if symbol.is_referenced() and is_global:
                found.add(symbol.get_name())
    return found | set(quoted(ast.parse(text)))


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _scopes(child)


def quoted(tree: ast.AST) -> Iterator[str]:
    """Names in quoted annotations: `author: Mapped["User"]`."""
    for string in quoted_annotations(tree):
        yield from (
            node.id for node in ast.walk(ast.parse(str(string.value), mode="eval")) if isinstance(node, ast.Name)
        )


def quoted_annotations(tree: ast.AST) -> Iterator[ast.Constant]:
    """The strings in annotations that are expressions themselves."""
    for node in ast.walk(tree):
        annotation = getattr(
            node, "returns" if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else "annotation", None
        )
        if isinstance(annotation, ast.expr):
            yield from _strings(annotation)


def _strings(annotation: ast.expr) -> Iterator[ast.Constant]:
    if isinstance(annotation, ast.Call):
        return
    if isinstance(annotation, ast.Subscript):
        called = annotation.value.id if isinstance(annotation.value, ast.Name) else ""
        if called == "Literal":
            return
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        for part in parts[:1] if called == "Annotated" else parts:
            yield from _strings(part)
    elif isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            ast.parse(annotation.value, mode="eval")
        except SyntaxError:
            return
        yield annotation
    else:
        for child in ast.iter_child_nodes(annotation):
            if isinstance(child, ast.expr):
                yield from _strings(child)
