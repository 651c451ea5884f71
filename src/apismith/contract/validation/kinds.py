"""Kinds of expressions: what is compared, added and assigned is of one kind, so that a database can do it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import Final

from apismith.contract.errors import CannotCompare, MayBeNone, UnknownField
from apismith.contract.model import (
    Arithmetic,
    Assign,
    Compare,
    Constant,
    Constraints,
    Contract,
    Count,
    Entity,
    EnumMember,
    Expression,
    Logic,
    Now,
    Operation,
    Path,
    Return,
    Scalar,
    Select,
    Type,
)
from apismith.contract.places import Key, Places
from apismith.contract.validation.operations import operations
from apismith.errors import ApismithError, did_you_mean
from apismith.findings import Span

_KINDS: Final = {
    Scalar.STR: "text",
    Scalar.EMAIL: "text",
    Scalar.URL: "text",
    Scalar.INT: "number",
    Scalar.FLOAT: "number",
    Scalar.DECIMAL: "number",
    Scalar.BOOL: "truth value",
}
_SERVER: Final = {
    "created_at": Type(scalar=Scalar.DATETIME),
    "updated_at": Type(scalar=Scalar.DATETIME),
    "deleted_at": Type(scalar=Scalar.DATETIME, nullable=True),
    "version": Type(scalar=Scalar.INT),
}
_UNORDERED: Final = ("truth value", "json", "list", "row", "set", "enum", "uuid")


@dataclass(frozen=True)
class Kind:
    """What an expression is.

    Args:
        word: `text`, `number`, `truth value`, `row`, `set`, `list`, `None`, or the name of another scalar.
        of: the entity of rows and sets, the enum of members.
        nullable: it may be None.
    """

    word: str
    of: str | None = None
    nullable: bool = False

    def __str__(self) -> str:
        words = {"row": f"a row of {self.of}", "set": f"a set of {self.of}", "enum": f"a member of {self.of}"}
        words |= {"now": "the time", "None": "None"}
        return words.get(self.word) or f"{'an' if self.word[0] in 'aeiou' else 'a'} {self.word}"


_NOTHING: Final = Kind("None")
_NUMBER: Final = Kind("number")
_TRUTH: Final = Kind("truth value")
_NOW: Final = Kind("now")

Names = Mapping[str, Kind]


def check(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """Everything in every body and rule is of the kind that is needed there."""
    key: Key
    for key, operation in operations(contract):
        yield from _operation(contract, operation, places, key)
    for entity in contract.entities:
        for computed in entity.computed:
            key = ("entities", entity.name, "computed", computed.name)
            asked = _Asked(contract, places.at(*key))
            found = asked.kind(computed.value, {"self": Kind("row", entity.name)})
            asked.give(computed.name, kind_of(computed.type), computed.value, found)
            yield from asked.mistakes
        for rule in entity.rules.check:
            key = ("entities", entity.name, "rules", "check", rule.name)
            asked = _Asked(contract, places.at(*key), texts=True)
            asked.truth(rule.where, {"self": Kind("row", entity.name)})
            yield from asked.mistakes


def kind_of(type: Type) -> Kind:
    """The kind of a value."""
    if type.many:
        return Kind("list", nullable=type.nullable)
    return Kind(_KINDS.get(type.scalar, type.scalar.value), type.enum, type.nullable)


def _operation(contract: Contract, operation: Operation, places: Places, key: Key) -> Iterator[ApismithError]:
    names = {p.name: Kind("row", p.entity) if p.type is None else kind_of(p.type) for p in operation.parameters}
    names |= {"self": Kind("row", operation.entity)} if operation.entity else {}
    names |= {"me": Kind("row", contract.auth.account)} if contract.auth else {}
    for statement in operation.body or ():
        asked = _Asked(contract, places.at(*key))
        match statement:
            case Return(value=value):
                found = asked.kind(value, names)
                if operation.result.type is not None:
                    asked.give(operation.name, kind_of(operation.result.type), value, found)
            case Assign(target=target, value=value):
                asked.give(
                    ".".join((target.root, *target.steps)), asked.kind(target, names), value, asked.kind(value, names)
                )
            case _:
                pass
        yield from asked.mistakes


class _Asked:
    """The kinds of the expressions in one place, and what is wrong with them."""

    def __init__(self, contract: Contract, at: Span | None, *, texts: bool = False) -> None:
        self._contract = contract
        # A row check is SQL itself, where a day is written as a text.
        self._texts = texts
        self._at = at
        self._limits = dict[Path, Constraints]()
        self.mistakes: list[ApismithError] = []

    def kind(self, node: Expression, names: Names) -> Kind | None:
        """The kind of an expression; None where that is not known."""
        match node:
            case Constant(value=None):
                return _NOTHING
            case Constant(value=bool()):
                return _TRUTH
            case Constant(value=str()):
                return Kind("text")
            case Constant() | Count():
                if isinstance(node, Count) and node.where is not None and node.variable is not None:
                    of = self.kind(node.of, names)
                    self.truth(node.where, {**names, node.variable: Kind("row", of.of if of else None)})
                return _NUMBER
            case Now():
                return _NOW
            case EnumMember(enum=enum):
                return Kind("enum", enum)
            case Path():
                return self._path(node, names)
            case Arithmetic(left=left, right=right):
                return self._computed(node, self.kind(left, names), self.kind(right, names))
            case Compare():
                self._compare(node, names)
                return _TRUTH
            case Logic(operands=operands):
                for operand in operands:
                    self.truth(operand, names)
                return _TRUTH
            case Select(entity=entity, variable=variable, where=where):
                if where is not None:
                    self.truth(where, {**names, variable: Kind("row", entity)})
                return Kind("set", entity)

    def truth(self, node: Expression, names: Names) -> None:
        """Ask for a condition."""
        found = self.kind(node, names)
        if found is not None and found.word != "truth value":
            self._refuse(f"A condition is true or false, and this is {found}.", "Compare it with something.")

    def give(self, name: str, wanted: Kind | None, value: Expression, found: Kind | None) -> None:
        """Ask that a value fits what it is given to."""
        if wanted is None or found is None or (wanted.word == "set" and found.word == "set"):
            return
        if found.word == "None":
            if not wanted.nullable:
                self._refuse(f"'{name}' is never None.", "Write '| None' behind its type.")
        elif not self._agree(wanted, found, value):
            self._refuse(f"'{name}' is {wanted}, and what it is given is {found}.", "Make them agree.")
        elif found.nullable and not wanted.nullable:
            message = f"'{name}' is never None, and what it is given may be None{_why(value)}."
            self.mistakes.append(MayBeNone(message, at=self._at, hint="Write '| None' behind its type."))

    def _computed(self, node: Arithmetic, *sides: Kind | None) -> Kind | None:
        known = [side for side in sides if side is not None]
        nullable = any(side.nullable for side in known)
        if node.op == "+" and known and all(side.word == "text" for side in known):
            return replace(known[0], nullable=nullable)
        for side in known:
            if side.word != "number":
                self._refuse(f"'{node.op}' is for numbers, and this is {side}.", "Compute with numbers only.")
                return None
        return replace(_NUMBER, nullable=nullable or (node.op == "/" and not self._differs_from_zero(node.right)))

    def _differs_from_zero(self, node: Expression) -> bool:
        if isinstance(node, Constant):
            return bool(node.value)
        limits = self._limits.get(node) if isinstance(node, Path) else None
        if limits is None:
            return False
        return _above_zero(limits.gt, or_at=True) or _above_zero(limits.ge)

    def _compare(self, node: Compare, names: Names) -> None:
        left, right = self.kind(node.left, names), self.kind(node.right, names)
        if left is None or right is None:
            return
        if node.op in ("in", "not in"):
            if right.word != "set" or left.word != "row" or left.of != right.of:
                self._refuse(f"'in' asks for a row in a set, and this is {left} in {right}.", "Use `==`.")
        elif node.op in ("is", "is not"):
            if right.word != "None":
                self._refuse("'is' only asks for None.", "Use `==`.")
        elif "set" in (left.word, right.word):
            self._refuse("A set cannot be compared.", "Use `in` or `count`.")
        elif "None" in (left.word, right.word):
            if node.op not in ("==", "!="):
                self._refuse(f"None is neither more nor less than {left}.", "Use `==`.")
        elif not self._agree(left, right, node.left, node.right):
            message = f"One side is {left} and the other is {right}, so the answer would always be the same."
            self._refuse(message, "Compare what is of one kind.")
        elif node.op not in ("==", "!=") and left.word in _UNORDERED:
            self._refuse(f"{node.op} needs an order, and there is none for {left}.", "Use `==`.")

    def _agree(self, one: Kind, other: Kind, *said: Expression) -> bool:
        """Whether a database can treat both alike; a text that is said stands for a member of an enum."""
        if "json" in (one.word, other.word) or (one.word, one.of) == (other.word, other.of):
            return True
        if "now" in (one.word, other.word):
            return {one.word, other.word} <= {"now", "date", "datetime"}
        if one.word == other.word == "enum":
            return self._values(one) == self._values(other)
        text = next((node.value for node in said if isinstance(node, Constant)), None)
        if self._texts and isinstance(text, str) and {one.word, other.word} in ({"date", "text"}, {"time", "text"}):
            return _is_day_or_time(text)
        enum = next((kind.of for kind in (one, other) if kind.word == "enum"), None)
        if enum is None or not isinstance(text, str):
            return False
        members = self._values(Kind("enum", enum))
        if text not in members:
            message = f"{enum} has no value '{text}', so nothing is ever equal to it."
            self.mistakes.append(UnknownField(message, at=self._at, hint=did_you_mean(text, members)))
        return True

    def _values(self, kind: Kind) -> list[str]:
        """The values of an enum; two `Literal[...]` of the same texts are the same to people."""
        return [member.value for found in self._contract.enums if found.name == kind.of for member in found.members]

    def _path(self, node: Path, names: Names) -> Kind | None:
        found = names.get(node.root)
        for step in node.steps:
            entity = self._contract.by_name.get(found.of or "") if found and found.word == "row" else None
            nullable = found is not None and found.nullable
            found = self._step(entity, step) if entity else None
            field = entity.field(step) if entity else None
            if field is not None:
                self._limits[node] = field.constraints
            found = replace(found, nullable=True) if found is not None and nullable else found
        return found

    def _step(self, entity: Entity, step: str) -> Kind | None:
        field, relation = entity.field(step), entity.relation(step)
        if relation is not None:
            return Kind("set" if relation.many else "row", relation.target, relation.nullable)
        if field is not None:
            return kind_of(field.type)
        if step == "id":
            return _NUMBER if self._contract.database.ids == "int" else Kind("uuid")
        return kind_of(_SERVER[step]) if step in _SERVER else None

    def _refuse(self, message: str, hint: str) -> None:
        self.mistakes.append(CannotCompare(message, at=self._at, hint=hint))


def _above_zero(bound: float | str | None, *, or_at: bool = False) -> bool:
    return bound is not None and (Decimal(str(bound)) > 0 or (or_at and Decimal(str(bound)) == 0))


def _why(value: Expression) -> str:
    return ": dividing by zero gives nothing" if isinstance(value, Arithmetic) and value.op == "/" else ""


def _is_day_or_time(text: str) -> bool:
    for kind in (date, time):
        try:
            return text == kind.fromisoformat(text).isoformat()
        except ValueError:
            continue
    return False
