"""The rows that a test makes, with what its factories make for them, and the values that tell them apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from apismith.contract.access import is_closed
from apismith.contract.model import (
    Arithmetic,
    Compare,
    Contract,
    Count,
    Expression,
    Field,
    Logic,
    Now,
    Relation,
    Scalar,
    Type,
)
from apismith.generate.checks import constants_in
from apismith.generate.distinct import fixed_body
from apismith.generate.evaluate import Link, Row, World, typed
from apismith.generate.samples import alternatives, is_valid
from apismith.generate.view import View

_NEAR: Final[dict[Scalar, Any]] = {
    Scalar.INT: 1,
    Scalar.FLOAT: 1.0,
    Scalar.DECIMAL: Decimal(1),
    Scalar.DATE: timedelta(days=1),
    Scalar.DATETIME: timedelta(minutes=1),
    Scalar.DURATION: timedelta(minutes=1),
}
_SETTLED: Final = frozenset(Scalar) - {Scalar.JSON, Scalar.URL, Scalar.TIME}


@dataclass(eq=False)
class Made(Row):
    """A row that a test makes.

    Args:
        pinned: the fields that the test sets.
        given: the rows that the test sets for references.
        owner: the account for which it is made, where the test says so.
        is_actor: it is an account that is logged in.
    """

    pinned: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    given: "dict[str, Made]" = field(default_factory=lambda: dict[str, "Made"]())
    owner: "Made | None" = None
    is_actor: bool = False


class Stage(World):
    """The rows of one test; it makes what a row needs as the factories of the tests do.

    Args:
        contract: says what they are.
        fixed: what the rows of each entity have in common, as far as that is known by now.
    """

    def __init__(self, contract: Contract, fixed: dict[str, dict[str, JsonValue]]) -> None:
        super().__init__(contract)
        self._fixed = fixed
        self.script: list[Made | Link] = []

    def actor(self) -> Made:
        """An account that is logged in."""
        assert self.contract.account is not None, "only asked where there are accounts"
        made = self.make(View(self.contract, self.contract.account))
        made.is_actor = True
        return made

    def make(
        self,
        view: View,
        owner: Made | None = None,
        pinned: Mapping[str, JsonValue] | None = None,
        given: Mapping[str, Made] | None = None,
    ) -> Made:
        """A row of an entity; see `Made`."""
        pinned, given = dict(pinned or {}), dict(given or {})
        row = Made(view, {**self._fixed_body(view), **pinned}, {}, pinned, given, owner)
        actor = owner
        if view.owner is not None and not view.is_account:
            actor = owner or self.actor()
            row.refs[view.owner.name] = actor
        for relation in view.to_one:
            if relation.owner:
                continue
            if relation.name in given:
                row.refs[relation.name] = given[relation.name]
            elif relation.nullable or (relation.parent and view.is_self_parent):
                row.refs[relation.name] = None
            else:
                row.refs[relation.name] = self._needed(view.target(relation), None if view.is_account else actor)
        self.rows.append(row)
        return row

    def link(self, near: Made, relation: Relation, far: Made) -> None:
        """Put one row into a set of another; of a set that is the other side of a stored one, into that."""
        link = Link(relation.name, near, far) if relation.reverse_of is None else Link(relation.reverse_of, far, near)
        if link not in self.links:
            self.links.append(link)
            self.script.append(link)

    def _needed(self, target: View, actor: Made | None) -> Made:
        if target.is_account and actor is not None:
            return actor
        return self.make(target, actor if target.is_owned else None)

    def _fixed_body(self, view: View) -> dict[str, JsonValue]:
        if view.cls not in self._fixed:
            self._fixed[view.cls] = fixed_body(view)
        return self._fixed[view.cls]


def can_pin(view: View, name: str) -> bool:
    """Whether tests can choose the value of a field and know how it compares."""
    found = view.entity.field(name)
    return found in view.written_fields and found.type.scalar in _SETTLED and not found.type.many


def can_give(view: View, relation: Relation) -> bool:
    """Whether tests can choose the row of a reference."""
    if relation.owner or relation.tenant:
        return False
    return not is_closed(view.entity.access.create) or not (relation.nullable or view.is_self_parent)


def values_to_try(view: View, found: Field, condition: Expression, given: Iterable[Any]) -> list[JsonValue]:
    """Values of a field that may decide a condition: what it is compared with, what is beside that, then others.

    Args:
        view: its entity.
        found: the field.
        condition: what mentions constants.
        given: other values that it may be compared with, as `typed` gives them.
    """
    kind, wanted = found.type.scalar, list[JsonValue]()
    if kind is Scalar.DATETIME and mentions_now(condition):
        wanted += ["2000-01-01T12:00:00Z", "2100-01-01T12:00:00Z"]
    if kind is Scalar.ENUM:
        wanted += [m.value for enum in view.contract.enums if enum.name == found.type.enum for m in enum.members]
    if kind is Scalar.BOOL:
        wanted += [True, False]
    for value in (*given, *constants_in(condition)):
        if value is not None and not isinstance(value, bool | Row):
            wanted += _beside(kind, value)
    wanted += [None] if found.type.nullable else []
    wanted += alternatives(view, found, [condition])
    if kind is Scalar.DECIMAL:
        wanted = [value if value is None else str(value) for value in wanted]
    valid = (value for value in wanted if is_valid(view.contract, found.type, found.constraints, value))
    return list({repr(typed(found.type, value)): value for value in reversed(list(valid))}.values())[::-1]


def mentions_now(node: Expression | None) -> bool:
    """Whether an expression asks for the time of the request."""
    match node:
        case Now():
            return True
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return mentions_now(left) or mentions_now(right)
        case Logic(operands=operands):
            return any(map(mentions_now, operands))
        case Count(where=where):
            return mentions_now(where)
        case _:
            return False


def _beside(kind: Scalar, value: Any) -> list[JsonValue]:
    """A value and its neighbours, in their JSON form; none where it is of another kind."""
    step = _NEAR.get(kind)
    if step is None:
        return [value] if isinstance(value, str) else []
    if isinstance(step, timedelta) == isinstance(value, int | float | Decimal):
        return []
    try:
        at = typed(Type(scalar=kind), str(value) if kind is Scalar.DECIMAL else value)
        at = int(at) if kind is Scalar.INT and at == int(at) else at
        return [to_jsonable_python(each) for each in (at, at + step, at - step)]
    except (TypeError, ValueError, OverflowError):
        return []
