"""All calls of a project with the full names of what they call."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from apismith.check.app import App, shared
from apismith.findings import Span
from apismith.source.facts import Function, Module, own_nodes


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A call, wherever it stands: `function` is None where the import of the module or of a class makes it."""

    module: Module
    function: Function | None
    node: ast.Call
    target: str

    @property
    def at(self) -> Span:
        """Where it stands."""
        return self.module.file.span(self.node)

    def keyword(self, name: str) -> ast.expr | None:
        """The value of an argument that is given by its name."""
        return next((each.value for each in self.node.keywords if each.arg == name), None)

    def argument(self, position: int, name: str) -> ast.expr | None:
        """The value of an argument that may be given by place or by name."""
        return self.node.args[position] if len(self.node.args) > position else self.keyword(name)


@shared
def sites(app: App) -> list[Site]:
    """Every call whose target is known."""
    facts = app.facts
    found = [
        Site(each.module, each, call.node, call.target)
        for each in facts.functions.values()
        for call in each.calls
        if call.target
    ]
    for module in facts.modules.values():
        found += _resting(app, module, module.nodes)
    for cls in facts.classes.values():
        found += _resting(app, cls.module, own_nodes(cls.node.body))
    return found


def _resting(app: App, module: Module, nodes: "list[ast.AST] | Iterator[ast.AST]") -> Iterator[Site]:
    for node in nodes:
        if isinstance(node, ast.Call) and (name := app.facts.full_name(node.func, module, None)):
            yield Site(module, None, node, name)


def constant(node: ast.AST | None) -> object:
    """The value of a constant expression; None for any other, too."""
    return node.value if isinstance(node, ast.Constant) else None


def last(node: ast.AST | None) -> str:
    """The last part of a dotted name or of what a call calls; empty for anything else."""
    match node:
        case ast.Call(func=func):
            return last(func)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def names_in(node: ast.AST) -> set[str]:
    """All names and attributes that an expression mentions."""
    return {
        each.id if isinstance(each, ast.Name) else each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Name | ast.Attribute)
    }


def texts_in(node: ast.AST) -> Iterator[str]:
    """All constant texts in an expression."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value
