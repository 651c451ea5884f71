"""Bodies of actions, queries, computed values and checks: syntax trees → the model's expressions.

Bodies are never run. Every name in them is looked up among the entities, so that a misspelt field is found here.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from apismith.contract.errors import UnknownField, UnsupportedBody
from apismith.contract.language import fields, operations
from apismith.contract.model import (
    Arithmetic,
    Assign,
    Compare,
    Constant,
    Count,
    EnumMember,
    Expression,
    Link,
    Logic,
    Now,
    Path,
    Return,
    Select,
    Statement,
)
from apismith.contract.reading.sources import Positioned, SourceFile
from apismith.errors import did_you_mean

_COMPARED: Final[dict[type[ast.cmpop], Any]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
_COMPUTED: Final[dict[type[ast.operator], Any]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_SUPPORTED: Final = (
    "A body may link and unlink (`me.following.add(self)`), assign (`self.status = …`), compare, count, go through an "
    "entity in a comprehension, and return. For anything else write `...` and the service method."
)


@dataclass(frozen=True)
class Step:
    """What a name of an entity leads to: an entity, one or many, or (None) a value."""

    target: str | None = None
    many: bool = False


Shapes = Mapping[str, Mapping[str, Step]]
"""The fields and relations of every entity."""


class NotSupported(Exception):
    """Leaves a body at the first thing that cannot become SQL."""

    def __init__(self, mistake: UnsupportedBody | UnknownField) -> None:
        super().__init__(mistake.message)
        self.mistake = mistake


class BodyReader:
    """Reads the body of one function.

    Args:
        source: its file.
        shapes: all entities.
        names: what names mean in the file.
        roots: the names that stand for rows (with their entity) and for values (None).
    """

    def __init__(
        self, source: SourceFile, shapes: Shapes, names: Mapping[str, Any], roots: Mapping[str, str | None]
    ) -> None:
        self._source = source
        self._shapes = shapes
        self._names = names
        self._roots = dict(roots)

    def statements(self, body: Sequence[ast.stmt]) -> tuple[Statement, ...] | None:
        """The statements of a body; None where it is `...`, that is, still to be written.

        Below a docstring a type checker wants the value that is promised: `raise NotImplementedError` means the same.

        Raises:
            NotSupported: it says more than can become SQL.
        """
        meant = [statement for statement in body if not _says_nothing(statement)]
        if not meant or any(_is_unwritten(statement) for statement in meant):
            return None
        return tuple(self._statement(statement, last=statement is meant[-1]) for statement in meant)

    def returned(self, body: Sequence[ast.stmt]) -> Expression:
        """The expression that a body of a single `return` returns.

        Raises:
            NotSupported: it is something else, or says more than can become SQL.
        """
        read = self.statements(body)
        if read is not None and len(read) == 1 and isinstance(read[0], Return):
            return read[0].value
        raise self._refuse(body[-1], "This body has to be one `return` with an expression over `self`.")

    def expression(self, node: ast.expr) -> Expression:
        """One expression.

        Raises:
            NotSupported: it says more than can become SQL.
        """
        match node:
            case ast.Constant(value=str() | int() | float() | bool() | None as value):
                return Constant(value=value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return Constant(value=-value)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Logic(op="not", operands=(self.expression(operand),))
            case ast.Name() | ast.Attribute():
                return self._name(node)
            case ast.Compare():
                return self._compare(node)
            case ast.BoolOp(op=op, values=values):
                operands = tuple(self.expression(value) for value in values)
                return Logic(op="and" if isinstance(op, ast.And) else "or", operands=operands)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _COMPUTED:
                return Arithmetic(op=_COMPUTED[type(op)], left=self.expression(left), right=self.expression(right))
            case ast.Call(func=ast.Name(id=word), args=arguments, keywords=[]):
                return self._call(node, word, arguments)
            case ast.ListComp():
                return self._select(node)
            case _:
                raise self._refuse(node)

    # Statements

    def _statement(self, node: ast.stmt, *, last: bool) -> Statement:
        match node:
            case ast.Return(value=ast.expr() as value) if last:
                return Return(value=self.expression(value))
            case ast.Assign(targets=[target], value=value):
                return Assign(target=self._assigned(target), value=self.expression(value))
            case ast.AugAssign(target=target, op=ast.Add() | ast.Sub() as op, value=value):
                path = self._assigned(target)
                sum_ = Arithmetic(op=_COMPUTED[type(op)], left=path, right=self.expression(value))
                return Assign(target=path, value=sum_)
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=target, attr="add" | "discard" as word), args=[value])
            ):
                return self._link(word, target, value)
            case _:
                raise self._refuse(node)

    def _assigned(self, node: ast.expr) -> Path:
        path = self._path(node)
        if path is None or len(path.steps) != 1 or self._roots.get(path.root) is None:
            raise self._refuse(node, "Only the fields of `self` and `me` can be assigned.")
        if self._at_end(node, path).many:
            raise self._refuse(node, "A set is not assigned: use `.add(...)` and `.discard(...)`.")
        return path

    def _link(self, word: Any, target: ast.expr, value: ast.expr) -> Link:
        path, linked = self._path(target), self._path(value)
        if path is None or len(path.steps) != 1 or not self._at_end(target, path).many:
            raise self._refuse(target, f"`.{word}(...)` needs a set, such as `me.following`.")
        if linked is None or linked.steps or self._roots.get(linked.root) is None:
            raise self._refuse(value, "What is put into a set is `self`, `me` or a parameter that is a row.")
        wanted, given = self._at_end(target, path).target, self._roots[linked.root]
        if wanted != given:
            raise self._refuse(value, f"The set holds rows of {wanted}, and this is a row of {given}.")
        return Link(op=word, target=path, value=linked)

    # Expressions

    def _name(self, node: ast.Name | ast.Attribute) -> Expression:
        path = self._path(node)
        if path is not None:
            self._at_end(node, path)
            return path
        match node:
            case ast.Attribute(value=ast.Name(id=word), attr=member):
                enum = self._names.get(word)
                if isinstance(enum, type) and issubclass(enum, Enum):
                    if member not in enum.__members__:
                        hint = did_you_mean(member, enum.__members__)
                        raise NotSupported(
                            UnknownField(
                                f"{word} has no member '{member}', so nothing can be compared with it.",
                                at=self._source.span(node),
                                hint=hint,
                            )
                        )
                    return EnumMember(enum=word, member=member)
            case _:
                pass
        root = _root(node)
        hint = did_you_mean(root, self._roots) if root else None
        raise NotSupported(
            UnknownField(
                f"'{ast.unparse(node)}' stands for nothing in a body, so it cannot become SQL.",
                at=self._source.span(node),
                hint=hint or _SUPPORTED,
            )
        )

    def _path(self, node: ast.expr) -> Path | None:
        steps: list[str] = []
        while isinstance(node, ast.Attribute):
            steps.insert(0, node.attr)
            node = node.value
        if isinstance(node, ast.Name) and node.id in self._roots:
            return Path(root=node.id, steps=tuple(steps))
        return None

    def _at_end(self, node: ast.expr, path: Path) -> Step:
        """What the path leads to; every step must exist."""
        at = Step(self._roots[path.root])
        for step in path.steps:
            if at.many:
                raise self._refuse(node, f"Nothing comes behind a set: go through it in `count(...)`, not `.{step}`.")
            if at.target is None:
                raise self._refuse(node, f"'.{step}' comes behind a plain value, which has no fields.")
            known = self._shapes[at.target]
            if step not in known:
                raise NotSupported(
                    UnknownField(
                        f"{at.target} has no field '{step}', so this body cannot become SQL.",
                        at=self._last_word(node, step),
                        hint=did_you_mean(step, known),
                    )
                )
            at = known[step]
        return at

    def _last_word(self, node: ast.expr, word: str) -> Any:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Attribute) and inner.attr == word:
                end = inner.end_col_offset or 0
                line = inner.end_lineno or inner.lineno
                return self._source.of_bytes(line, end - len(word.encode()), line, end)
        return self._source.span(node)

    def _compare(self, node: ast.Compare) -> Expression:
        parts: list[Expression] = []
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            parts.append(self._compared(left, op, right))
            left = right
        return parts[0] if len(parts) == 1 else Logic(op="and", operands=tuple(parts))

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Expression:
        word = _COMPARED[type(op)]
        if word in ("in", "not in") and isinstance(right, ast.Tuple | ast.List | ast.Set):
            return self._one_of(left, right.elts, right, negated=word == "not in")
        if word in ("is", "is not") and not (isinstance(right, ast.Constant) and right.value is None):
            raise self._refuse(right, "`is` only asks for None; use `==`.")
        compared = Compare(op=word, left=self.expression(left), right=self.expression(right))
        if (
            word in ("in", "not in")
            and isinstance(compared.right, Path)
            and not self._at_end(right, compared.right).many
        ):
            raise self._refuse(right, "`in` asks whether a row is in a set, or a value among constants.")
        return compared

    def _one_of(self, left: ast.expr, among: Sequence[ast.expr], node: ast.expr, *, negated: bool) -> Expression:
        if not among:
            raise self._refuse(node, "Nothing is in an empty collection.")
        subject = self.expression(left)
        equal = tuple(Compare(op="!=" if negated else "==", left=subject, right=self.expression(e)) for e in among)
        return equal[0] if len(equal) == 1 else Logic(op="and" if negated else "or", operands=equal)

    def _call(self, node: ast.Call, word: str, arguments: Sequence[ast.expr]) -> Expression:
        meant = self._names.get(word)
        if meant is fields.now and not arguments:
            return Now()
        if meant is fields.count and len(arguments) == 1:
            return self._count(arguments[0])
        if (
            meant is operations.Page
            and len(arguments) == 1
            and isinstance(arguments[0], ast.GeneratorExp | ast.ListComp)
        ):
            return self._select(arguments[0])
        raise self._refuse(node)

    def _count(self, node: ast.expr) -> Expression:
        if isinstance(node, ast.GeneratorExp | ast.ListComp):
            generator, inner = self._going_through(node)
            of = self._path(generator.iter)
            if of is None or not self._at_end(generator.iter, of).many:
                raise self._refuse(generator.iter, "What is counted is a set of a row, such as `self.comments`.")
            variable = _target(generator)
            rows = inner(self._at_end(generator.iter, of).target)
            return Count(of=of, variable=variable, where=rows._conditions(generator.ifs))
        path = self._path(node)
        if path is None or not self._at_end(node, path).many:
            raise self._refuse(node, "What is counted is a set of a row, such as `self.comments`.")
        return Count(of=path)

    def _select(self, node: ast.GeneratorExp | ast.ListComp) -> Expression:
        generator, inner = self._going_through(node)
        word = generator.iter.id if isinstance(generator.iter, ast.Name) else ""
        entity = self._names.get(word)
        name = getattr(entity, "__name__", "")
        if name not in self._shapes:
            raise self._refuse(generator.iter, "A comprehension goes through an entity: `a for a in Article if …`.")
        rows = inner(name)
        return Select(entity=name, variable=_target(generator), where=rows._conditions(generator.ifs))

    def _going_through(self, node: ast.GeneratorExp | ast.ListComp) -> tuple[ast.comprehension, Any]:
        first = node.generators[0]
        if len(node.generators) != 1 or first.is_async or not isinstance(first.target, ast.Name):
            raise self._refuse(node, "A comprehension goes through one thing only.")
        generator = first
        variable = _target(generator)
        if not (isinstance(node.elt, ast.Name) and node.elt.id == variable):
            raise self._refuse(
                node.elt, f"A comprehension gives its rows as they are: `{variable} for {variable} in …`."
            )

        def inner(entity: str | None) -> "BodyReader":
            return BodyReader(self._source, self._shapes, self._names, {**self._roots, variable: entity})

        return generator, inner

    def _conditions(self, nodes: Sequence[ast.expr]) -> Expression | None:
        read = tuple(self.expression(node) for node in nodes)
        if len(read) < 2:
            return read[0] if read else None
        return Logic(op="and", operands=read)

    def _refuse(self, node: Positioned, hint: str = _SUPPORTED) -> NotSupported:
        text = ast.unparse(node).split("\n")[0]
        return NotSupported(UnsupportedBody(f"`{text}` cannot become SQL.", at=self._source.span(node), hint=hint))


def _target(generator: ast.comprehension) -> str:
    assert isinstance(generator.target, ast.Name)
    return generator.target.id


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _says_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant(value=str())):
            return True
        case _:
            return False


def _is_unwritten(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant(value=value)):
            return value is ...
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
        case _:
            return False
