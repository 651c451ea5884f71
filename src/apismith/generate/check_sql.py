"""Row checks of the contract as SQL text that every database reads alike."""

from collections.abc import Callable
from typing import Final

from apismith.contract.model import Arithmetic, Compare, Constant, EnumMember, Expression, Logic, Path
from apismith.errors import ApismithError

_OPERATORS: Final = {"==": "=", "!=": "<>"}
_KEYWORDS: Final = frozenset(
    "all and as asc between by case check column constraint create current_date current_time current_timestamp "
    "default delete desc distinct do drop else end except exists false fetch for foreign from full grant group "
    "having in index inner insert intersect into is join key left like limit natural not null offset on only or "
    "order outer primary references returning right select session_user set some start table then to true union "
    "unique update user using values when where window with".split()
)


class UnsupportedCheck(ApismithError):
    """A row check says something that a database cannot check on one row."""


def check_sql(node: Expression, *, column: Callable[[str], str], stored: Callable[[EnumMember], str]) -> str:
    """The condition of a row check as SQL text.

    Args:
        node: the condition, over `self`.
        column: the column of a field or relation.
        stored: the stored value of an enum's member.

    Raises:
        UnsupportedCheck: it looks at more than the row's own fields.
    """

    def operand(node: Expression) -> str:
        return f"({write(node)})" if isinstance(node, Compare | Logic | Arithmetic) else write(node)

    def part(node: Expression) -> str:
        return f"({write(node)})" if isinstance(node, Logic) else write(node)

    def write(node: Expression) -> str:
        match node:
            case Constant(value=value):
                return _constant(value)
            case EnumMember():
                return _constant(stored(node))
            case Path(root="self", steps=(name,)):
                return quoted(column(name))
            case Compare(op="==" | "is", left=left, right=Constant(value=None)):
                return f"{operand(left)} IS NULL"
            case Compare(op="!=" | "is not", left=left, right=Constant(value=None)):
                return f"{operand(left)} IS NOT NULL"
            case Compare(op="==" | "!=" | "<" | "<=" | ">" | ">=", left=left, right=right):
                return f"{operand(left)} {_OPERATORS.get(node.op, node.op)} {operand(right)}"
            case Logic(op="not", operands=(only, *_)):
                return f"NOT ({write(only)})"
            case Logic(op=op, operands=operands):
                return f" {op.upper()} ".join(map(part, operands))
            case Arithmetic(op=op, left=left, right=right):
                return f"{operand(left)} {op} {operand(right)}"
            case _:
                raise UnsupportedCheck(
                    "A row check may only compare the row's own fields and constants, so this one cannot be enforced.",
                    hint="Say it in the service, or as a unique rule.",
                )

    return write(node)


def quoted(name: str) -> str:
    """The name of a column, in quotes where SQL has another use for it."""
    return f'"{name}"' if name in _KEYWORDS else name


def _constant(value: str | int | float | bool | None) -> str:
    """The constant; a colon is escaped because SQLAlchemy would take it for a parameter."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return "'" + value.replace("'", "''").replace(":", "\\:") + "'"
        case _:
            return repr(value)
