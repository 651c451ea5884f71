"""Bodies of actions, queries, computed values and checks: the subset of Python that becomes SQL, as a tree."""

from typing import Annotated, Literal

from pydantic import Field as PydanticField

from apismith.contract.node import Node


class Constant(Node):
    """A literal: text, number, truth value, None."""

    node: Literal["constant"] = "constant"
    value: str | int | float | bool | None


class EnumMember(Node):
    """`Status.published`: the member's name and the enum it belongs to."""

    node: Literal["member"] = "member"
    enum: str
    member: str


class Now(Node):
    """`now()`: the time of the request, in UTC."""

    node: Literal["now"] = "now"


class Path(Node):
    """A name and the attributes after it: `self`, `me.following`, `a.author.username`, a parameter.

    `root` is `self`, `me`, a parameter, or the variable of the comprehension around it; `steps` are names of
    fields and relations.
    """

    node: Literal["path"] = "path"
    root: str
    steps: tuple[str, ...] = ()


class Compare(Node):
    """`left op right`; `in` tests membership of a relation or a list, `is` only None."""

    node: Literal["compare"] = "compare"
    op: Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"]
    left: "Expression"
    right: "Expression"


class Logic(Node):
    """`and`, `or`, `not` over its operands (`not` has one)."""

    node: Literal["logic"] = "logic"
    op: Literal["and", "or", "not"]
    operands: tuple["Expression", ...]


class Arithmetic(Node):
    """`left op right` on numbers."""

    node: Literal["arithmetic"] = "arithmetic"
    op: Literal["+", "-", "*", "/"]
    left: "Expression"
    right: "Expression"


class Count(Node):
    """`count(self.comments)`, or `count(c for c in self.comments if …)` with `variable` and `where`."""

    node: Literal["count"] = "count"
    of: Path
    variable: str | None = None
    where: "Expression | None" = None


class Select(Node):
    """`Page(a for a in Article if …)`: rows of an entity, as a page or (`[…]`) a list."""

    node: Literal["select"] = "select"
    entity: str
    variable: str
    where: "Expression | None" = None


Expression = Annotated[
    Constant | EnumMember | Now | Path | Compare | Logic | Arithmetic | Count | Select,
    PydanticField(discriminator="node"),
]


class Link(Node):
    """`me.following.add(self)` and `me.following.discard(self)`."""

    node: Literal["link"] = "link"
    op: Literal["add", "discard"]
    target: Path
    value: Path


class Assign(Node):
    """`self.status = …` (also `+=` and `-=`, as arithmetic)."""

    node: Literal["assign"] = "assign"
    target: Path
    value: Expression


class Return(Node):
    """`return …`; always the last statement where there is one."""

    node: Literal["return"] = "return"
    value: Expression


Statement = Annotated[Link | Assign | Return, PydanticField(discriminator="node")]
