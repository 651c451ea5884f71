"""Names, arguments and items between brackets: one more among them, laid out as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import libcst as cst

Item = TypeVar("Item", cst.ImportAlias, cst.Arg, cst.Element)
Space = cst.BaseParenthesizableWhitespace
INDENT = "    "
_NONE = cst.SimpleWhitespace("")


@dataclass(frozen=True, slots=True)
class Brackets:
    """The white space behind an opening bracket and before the closing one."""

    opening: Space
    closing: Space


def broken(more: str = "") -> cst.ParenthesizedWhitespace:
    """The end of a line within brackets; the next one is indented by `more` than the statement."""
    return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(more))


def inserted(items: Sequence[Item], new: Item, at: int, brackets: Brackets) -> tuple[list[Item], Brackets]:
    """The items with a new one at a position.

    Args:
        items: with the white space behind the last comma taken out of it, into `brackets.closing`.
        new: what comes.
        at: where.
        brackets: the white space around them.
    """
    if not items:
        return [new], brackets
    gap = _gap(items, brackets)
    if at < len(items):
        found = list(items)
        found.insert(at, new.with_changes(comma=cst.Comma(whitespace_after=gap)))
        return found, brackets
    last = items[-1]
    trailing = isinstance(last.comma, cst.Comma) and isinstance(brackets.opening, cst.ParenthesizedWhitespace)
    between = gap
    if isinstance(gap, cst.ParenthesizedWhitespace) and isinstance(brackets.closing, cst.ParenthesizedWhitespace):
        # What is said behind the last item stays behind it.
        between = brackets.closing.with_changes(indent=gap.indent, last_line=gap.last_line)
        fresh = cst.ParenthesizedWhitespace(indent=brackets.closing.indent, last_line=brackets.closing.last_line)
        brackets = Brackets(brackets.opening, fresh)
    comma = last.comma if isinstance(last.comma, cst.Comma) else cst.Comma()
    last = last.with_changes(comma=comma.with_changes(whitespace_after=between))
    new = new.with_changes(comma=cst.Comma(whitespace_after=_NONE) if trailing else cst.MaybeSentinel.DEFAULT)
    found = list(items[:-1])
    found += [last, new]
    return found, brackets


def exploded(items: Sequence[Item]) -> tuple[list[Item], Brackets]:
    """The items with a line for each."""
    rows = [item.with_changes(comma=cst.Comma(whitespace_after=broken(INDENT))) for item in items[:-1]]
    rows += [items[-1].with_changes(comma=cst.Comma(whitespace_after=_NONE))]
    return rows, Brackets(broken(INDENT), broken())


def _gap(items: Sequence[Item], brackets: Brackets) -> Space:
    """What stands between two items."""
    if isinstance(brackets.opening, cst.ParenthesizedWhitespace):
        spaces = [item.comma.whitespace_after for item in items[:-1] if isinstance(item.comma, cst.Comma)]
        if not spaces or any(isinstance(space, cst.ParenthesizedWhitespace) for space in spaces):
            return cst.ParenthesizedWhitespace(indent=brackets.opening.indent, last_line=brackets.opening.last_line)
    return cst.SimpleWhitespace(" ")


def without_last_space(items: Sequence[Item]) -> tuple[list[Item], Space | None]:
    """The items, and the white space behind the last comma apart from them; None where there is no such comma."""
    if not items or not isinstance(items[-1].comma, cst.Comma):
        return list(items), None
    comma = items[-1].comma
    last = items[-1].with_changes(comma=comma.with_changes(whitespace_after=_NONE))
    found = list(items)
    found[-1] = last
    return found, comma.whitespace_after


def more_elements(literal: cst.List | cst.Tuple, new: cst.BaseExpression) -> cst.List | cst.Tuple | None:
    """A list or tuple with one more item at its end; None where it has no brackets or cannot be added to."""
    if isinstance(literal, cst.Tuple) and not literal.lpar:
        return None
    elements = [one for one in literal.elements if isinstance(one, cst.Element)]
    if len(elements) < len(literal.elements):
        return literal.with_changes(elements=[*literal.elements, cst.Element(new)])
    elements, behind = without_last_space(elements)
    left = literal.lbracket if isinstance(literal, cst.List) else literal.lpar[0]
    right = literal.rbracket if isinstance(literal, cst.List) else literal.rpar[-1]
    closing = _joined(behind, right.whitespace_before)
    elements, brackets = inserted(elements, cst.Element(new), len(elements), Brackets(left.whitespace_after, closing))
    right = right.with_changes(whitespace_before=brackets.closing)
    if isinstance(literal, cst.List):
        return literal.with_changes(elements=elements, rbracket=right)
    return literal.with_changes(elements=elements, rpar=[*literal.rpar[:-1], right])


def more_arguments(call: cst.Call, new: cst.Arg) -> cst.Call:
    """A call with one more argument at its end."""
    args, behind = without_last_space(call.args)
    closing = behind if behind is not None else call.args[-1].whitespace_after_arg if call.args else _NONE
    args = [arg.with_changes(whitespace_after_arg=_NONE) for arg in args[-1:]] if behind is None else args[-1:]
    args = [*call.args[:-1], *args]
    args, brackets = inserted(args, new, len(args), Brackets(call.whitespace_before_args, closing))
    return call.with_changes(args=closed(args, brackets.closing))


def closed(args: Sequence[cst.Arg], closing: Space) -> list[cst.Arg]:
    """Arguments with white space before the closing bracket, which libcst keeps in the last of them."""
    last = args[-1]
    if isinstance(last.comma, cst.Comma):
        last = last.with_changes(comma=last.comma.with_changes(whitespace_after=closing))
    else:
        last = last.with_changes(whitespace_after_arg=closing)
    return [*args[:-1], last]


def _joined(first: Space | None, second: Space) -> Space:
    return second if first is None or (isinstance(first, cst.SimpleWhitespace) and not first.value) else first
