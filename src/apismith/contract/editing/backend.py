"""The `Backend(...)` of a contract, as text."""

import dataclasses
from typing import Final

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from apismith.contract.editing.listed import INDENT, closed, exploded, more_arguments
from apismith.contract.editing.module import Module
from apismith.contract.editing.syntax import definitions
from apismith.contract.language import Backend
from apismith.findings import Span

_ORDER: Final = tuple(field.name for field in dataclasses.fields(Backend))


class BackendText:
    """The call that says what the backend is.

    Args:
        module: the file that it stands in.
        call: where it stands there.
    """

    def __init__(self, module: Module, call: cst.Call) -> None:
        self.module = module
        self.call = call

    def argument(self, name: str) -> cst.BaseExpression | None:
        """What is said of one thing; None where nothing is."""
        found = self._argument(name)
        return found.value if found else None

    def literal(self, name: str) -> cst.List | cst.Tuple | None:
        """A list that is said, there or under a name of its own; None where it is no plain list."""
        said = self.argument(name)
        if isinstance(said, cst.Name):
            variable = said.value
            for defined, node, _ in definitions(self.module.tree):
                if defined == variable and isinstance(node, cst.Assign | cst.AnnAssign):
                    said = node.value
        return said if isinstance(said, cst.List | cst.Tuple) else None

    def set(self, name: str, value: cst.BaseExpression) -> None:
        """Say one thing, or say it anew."""
        found = self._argument(name)
        if found is not None:
            self._replace(found, found.with_changes(value=value))
            return
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        new = more_arguments(self.call, cst.Arg(value, keyword=cst.Name(name), equal=equal))
        text = self.module.tree.code_for_node(new)
        if "\n" not in text and self._too_long(new):
            args, brackets = exploded(new.args)
            args = [arg.with_changes(whitespace_after_arg=cst.SimpleWhitespace("")) for arg in args]
            new = new.with_changes(whitespace_before_args=brackets.opening, args=closed(args, brackets.closing))
        self._replace(self.call, new)

    def put(self, old: cst.List | cst.Tuple, new: cst.List | cst.Tuple) -> None:
        """Replace a list that it names, with a line for each item where one line is too short."""
        text = self.module.tree.code_for_node(new)
        before = self.module.tree
        self._replace(old, new)
        lines = self.module.tree.code.splitlines()
        long = "\n" not in text and any(text in line and len(line) > self.module.width for line in lines)
        elements = [one for one in new.elements if isinstance(one, cst.Element)]
        if not long or not isinstance(new, cst.List) or len(elements) < len(new.elements):
            return
        opening = self.call.whitespace_before_args
        outer = opening.last_line.value if isinstance(opening, cst.ParenthesizedWhitespace) else ""
        inner = outer if any(arg.value is old for arg in self.call.args) else ""
        rows, _ = exploded(elements)
        space = cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(inner + INDENT))
        rows = [
            row.with_changes(comma=row.comma.with_changes(whitespace_after=space))
            if isinstance(row.comma, cst.Comma) and number < len(rows) - 1
            else row
            for number, row in enumerate(rows)
        ]
        end = cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(inner))
        self.module.tree = before
        self._replace(
            old,
            new.with_changes(
                elements=rows,
                lbracket=new.lbracket.with_changes(whitespace_after=space),
                rbracket=new.rbracket.with_changes(whitespace_before=end),
            ),
        )

    def span(self) -> Span | None:
        """Where it stands."""
        wrapper = MetadataWrapper(self.module.tree, unsafe_skip_copy=True)
        place = wrapper.resolve(PositionProvider).get(self.call)
        if place is None:
            return None
        start, end = place.start, place.end
        return Span(str(self.module.path), start.line, start.column + 1, end.line, end.column + 1)

    def _argument(self, name: str) -> cst.Arg | None:
        for position, arg in enumerate(self.call.args):
            called = arg.keyword.value if arg.keyword else _ORDER[position] if position < len(_ORDER) else ""
            if called == name and not arg.star:
                return arg
        return None

    def _replace(self, old: cst.CSTNode, new: cst.CSTNode) -> None:
        tree = self.module.tree.deep_replace(old, new)
        assert isinstance(tree, cst.Module)
        self.module.tree = tree

    def _too_long(self, new: cst.Call) -> bool:
        tree = self.module.tree.deep_replace(self.call, new)
        assert isinstance(tree, cst.Module)
        text = tree.code_for_node(new)
        return any(text in line and len(line) > self.module.width for line in tree.code.splitlines())
