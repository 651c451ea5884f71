"""The classes of a contract and their syntax trees."""

import ast
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apismith.contract.reading.reading import Reading
from apismith.contract.reading.sources import SourceFile
from apismith.findings import Span


@dataclass(frozen=True)
class ClassSource:
    """A class and where it is written."""

    cls: type[Any]
    source: SourceFile
    node: ast.ClassDef

    def annotations(self) -> dict[str, Any]:
        """Its own annotations, as they are written."""
        if sys.version_info >= (3, 14):
            from annotationlib import Format, get_annotations

            return get_annotations(self.cls, format=Format.FORWARDREF)
        return inspect.get_annotations(self.cls)

    def field(self, name: str) -> ast.AnnAssign | None:
        """The statement that declares an annotated attribute: the last one, as Python has it."""
        found = [s for s in self.node.body if isinstance(s, ast.AnnAssign) and _is_name(s.target, name)]
        return found[-1] if found else None

    def attribute(self, name: str) -> Span:
        """Where an attribute is set; the whole class where it is not found."""
        for statement in reversed(self.node.body):
            if isinstance(statement, ast.AnnAssign) and _is_name(statement.target, name):
                return self.source.span(statement.target)
            if isinstance(statement, ast.Assign) and any(_is_name(target, name) for target in statement.targets):
                return self.source.span(statement.targets[0])
            if isinstance(statement, ast.FunctionDef | ast.ClassDef) and statement.name == name:
                return self.source.word(statement)
        return self.source.word(self.node)

    def option(self, name: str) -> Span:
        """Where a class option such as `key="slug"` is said; else the name of the class."""
        for keyword in self.node.keywords:
            if keyword.arg == name:
                return self.source.span(keyword.value)
        return self.source.word(self.node)

    def twice(self, name: str) -> bool:
        """Whether a field is declared more than once."""
        return len([s for s in self.node.body if isinstance(s, ast.AnnAssign) and _is_name(s.target, name)]) > 1

    def base(self, name: str) -> Span:
        """Where a class that it is made from is named; else its own name."""
        for base in self.node.bases:
            if ast.unparse(base).split(".")[-1] == name:
                return self.source.span(base)
        return self.source.word(self.node)

    def described(self, name: str) -> str | None:
        """The text that stands below a field, as attribute docstrings do."""
        for statement, following in zip(self.node.body, self.node.body[1:], strict=False):
            if isinstance(statement, ast.AnnAssign) and _is_name(statement.target, name):
                match following:
                    case ast.Expr(value=ast.Constant(value=str() as text)):
                        return inspect.cleandoc(text)
                    case _:
                        return None
        return None


def class_source(reading: Reading, cls: type[Any]) -> ClassSource | None:
    """Where a class is written, if that is in the contract."""
    file = getattr(sys.modules.get(cls.__module__), "__file__", None)
    source = reading.sources.file(file) if file else None
    if source is None:
        return None
    nodes = [node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef) and node.name == cls.__name__]
    place = cls.__dict__.get("said_at")
    exact = [node for node in nodes if place is not None and node.lineno <= place.line <= (node.end_lineno or 0)]
    chosen = exact or nodes
    return ClassSource(cls, source, chosen[-1]) if chosen else None


def line_of_classes(reading: Reading, cls: type[Any]) -> Iterator[ClassSource]:
    """The class and those of the contract that it is made from, the most basic one first."""
    for base in reversed(cls.__mro__):
        found = class_source(reading, base)
        if found is not None:
            yield found


def docstring(thing: Any) -> str | None:
    """The docstring of a class or function, without the indentation; None where there is none of its own."""
    text = vars(thing).get("__doc__") if isinstance(thing, type) else thing.__doc__
    return inspect.cleandoc(text) if isinstance(text, str) and text.strip() else None


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
