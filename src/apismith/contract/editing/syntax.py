"""Pieces of contract text: parsed, found, renamed, put where they belong."""

from collections.abc import Callable, Iterator, Sequence

import libcst as cst
from libcst import matchers as m
from libcst.helpers import get_full_name_for_node

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
# What a class of a contract says of itself, and no field.
PARTS = ("access", "listing", "rules")


class Renaming(cst.CSTTransformer):
    """Says names of a snippet as the module around it calls them."""

    def __init__(self, called: Callable[[str], str]) -> None:
        super().__init__()
        self._called = called
        self._kept: set[cst.CSTNode] = set()

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:  # noqa: N802 - names of libcst
        self._kept.add(node.target)

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:  # noqa: N802
        self._kept.add(node.target)

    def visit_Arg(self, node: cst.Arg) -> None:  # noqa: N802
        self._kept |= {node.keyword} if node.keyword else set()

    def visit_Param(self, node: cst.Param) -> None:  # noqa: N802
        self._kept.add(node.name)

    def visit_Attribute(self, node: cst.Attribute) -> None:  # noqa: N802
        self._kept.add(node.attr)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:  # noqa: N802
        self._kept.add(node.name)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802
        self._kept.add(node.name)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:  # noqa: N802
        if original_node in self._kept:
            return updated_node
        called = self._called(original_node.value)
        return updated_node if called == original_node.value else cst.parse_expression(called)


def class_named(tree: cst.Module, name: str) -> cst.ClassDef | None:
    """The class of this name: the last one, as Python has it."""
    found = [node for node in m.findall(tree, m.ClassDef(name=m.Name(name))) if isinstance(node, cst.ClassDef)]
    return found[-1] if found else None


def calls_of(tree: cst.Module, called: Sequence[str]) -> Iterator[cst.Call]:
    """The calls of what has one of these names."""
    for node in m.findall(tree, m.Call()):
        if isinstance(node, cst.Call) and get_full_name_for_node(node.func) in called:
            yield node


def definitions(tree: cst.Module) -> Iterator[tuple[str, cst.CSTNode, int]]:
    """What a module defines at its top: name, node, position."""
    for number, statement in enumerate(tree.body):
        if isinstance(statement, cst.ClassDef | cst.FunctionDef):
            yield statement.name.value, statement, number
        elif isinstance(statement, cst.SimpleStatementLine):
            for small in statement.body:
                targets = [one.target for one in small.targets] if isinstance(small, cst.Assign) else []
                targets += [small.target] if isinstance(small, cst.AnnAssign) else []
                for target in targets:
                    if isinstance(target, cst.Name):
                        yield target.value, small, number


def with_field(node: cst.ClassDef, new: cst.SimpleStatementLine) -> cst.ClassDef:
    """A class with one field more, below those that it has."""
    block, placeholder = _block(node)
    body = list(block.body)
    at = 1 if _is_text(body, 0) else 0
    for number, statement in enumerate(body):
        if _is_field(statement):
            at = number + (2 if _is_text(body, number + 1) else 1)
    first = at == 1 and _is_text(body, 0)
    new = new.with_changes(leading_lines=[*placeholder, *([_blank()] if first and not placeholder else [])])
    if at < len(body):
        following = body[at]
        if isinstance(following, cst.FunctionDef | cst.ClassDef) and not following.leading_lines:
            body[at] = following.with_changes(leading_lines=[_blank()])
    body.insert(at, new)
    return node.with_changes(body=block.with_changes(body=body))


def with_method(node: cst.ClassDef, new: cst.FunctionDef) -> cst.ClassDef:
    """A class with one method more, at its end."""
    block, placeholder = _block(node)
    blank = [_blank()] if block.body and not placeholder else []
    body = [*block.body, new.with_changes(leading_lines=[*placeholder, *blank])]
    return node.with_changes(body=block.with_changes(body=body))


def apart(body: Sequence[Statement], at: int, new: Statement, lines: int = 2) -> list[Statement]:
    """The statements of a module with a new one at a position, and so many empty lines around it at least."""
    blanks = [_blank()] * lines if at else []
    found = [*body[:at], new.with_changes(leading_lines=blanks)]
    if at < len(body):
        following = body[at]
        leading = getattr(following, "leading_lines", ())
        empty = next((n for n, line in enumerate(leading) if line.comment is not None), len(leading))
        more = [_blank()] * max(0, lines - empty)
        found += [following.with_changes(leading_lines=[*more, *leading]), *body[at + 1 :]]
    return found


def _blank() -> cst.EmptyLine:
    return cst.EmptyLine(indent=False)


def _block(node: cst.ClassDef) -> tuple[cst.IndentedBlock, Sequence[cst.EmptyLine]]:
    """The body of a class without a `...` that stands for it, and the comments that stood above that."""
    if isinstance(node.body, cst.IndentedBlock):
        block = node.body
    else:
        # `class Book(Entity): ...`: what stood behind the colon gets a line of its own.
        suite = node.body
        assert isinstance(suite, cst.SimpleStatementSuite)
        line = cst.SimpleStatementLine(suite.body)
        block = cst.IndentedBlock([line], header=suite.trailing_whitespace)
    comments: list[cst.EmptyLine] = []
    kept: list[cst.BaseStatement] = []
    for statement in block.body:
        if _is_placeholder(statement):
            assert isinstance(statement, cst.SimpleStatementLine)
            comments += statement.leading_lines
            behind = statement.trailing_whitespace.comment
            comments += [cst.EmptyLine(comment=behind)] if behind else []
        else:
            kept.append(statement)
    return block.with_changes(body=kept), comments


def _is_placeholder(statement: cst.BaseStatement) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    only = statement.body[0]
    return isinstance(only, cst.Pass) or (isinstance(only, cst.Expr) and isinstance(only.value, cst.Ellipsis))


def _is_text(body: Sequence[cst.BaseStatement], number: int) -> bool:
    """Whether there is a statement that is only a text: a docstring, or what is said of the field above."""
    statement = body[number] if number < len(body) else None
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    only = statement.body[0]
    texts = (cst.SimpleString, cst.ConcatenatedString)
    return isinstance(only, cst.Expr) and isinstance(only.value, texts)


def _is_field(statement: cst.BaseStatement) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    return any(
        isinstance(small, cst.AnnAssign) and isinstance(small.target, cst.Name) and small.target.value not in PARTS
        for small in statement.body
    )
