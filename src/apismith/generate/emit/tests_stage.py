"""Lines of tests that make the rows of a stage."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import to_jsonable_python

from apismith.contract.inputs import input_name
from apismith.contract.model import Contract, Scalar, Type
from apismith.generate.code import Module, literal
from apismith.generate.emit.tests_factories import key_value
from apismith.generate.emit.tests_writer import Writer, change, make_row, row_name
from apismith.generate.evaluate import Link, Row
from apismith.generate.stage import Made, Stage
from apismith.generate.view import View

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def ordinal(number: int) -> str:
    """The name of a row among others, counted from 0."""
    return ORDINALS[number] if number < len(ORDINALS) else f"row_{number + 1}"


class Script:
    """Writes what happens on a stage.

    Args:
        writer: of the test.
        stage: with the rows and links.
        known: variables of rows that the test makes before.
        kept: rows that the test looks at afterwards, with the variables that they get.
        others: rows that the test looks for in vain.
    """

    def __init__(
        self,
        writer: Writer,
        stage: Stage,
        known: Mapping[Row, str],
        kept: Mapping[Row, str],
        others: Iterable[Row] = (),
    ) -> None:
        self.writer = writer
        self.stage = stage
        self.names: dict[Row, str] = {**known, **kept}
        self.accounts: dict[Row, str] = {}
        self._others = set(others)

    @property
    def contract(self) -> Contract:
        """Whose rows these are."""
        return self.writer.view.contract

    def lines(self) -> list[str]:
        """One line for each row and each link, in their order."""
        self._name()
        lines = list[str]()
        for item in self.stage.script:
            if isinstance(item, Link):
                lines.append(self._link(item))
            elif item in self.names or not self._uses(item):
                if item in self.accounts:
                    lines.append(f"{self.accounts[item]} = await actors.make()")
                made = f"await {self._call(item)}"
                lines.append(f"{self.names[item]} = {made}" if item in self.names else made)
        return lines

    def _uses(self, row: Row) -> int:
        """How often another row is made with this one."""
        rows = [item for item in self.stage.script if isinstance(item, Made)]
        return sum((row is each.owner) + sum(row is given for given in each.given.values()) for each in rows)

    def _name(self) -> None:
        """Give names to the rows that are spoken of again."""
        linked = [row for item in self.stage.script if isinstance(item, Link) for row in (item.near, item.far)]
        made = [item for item in self.stage.script if isinstance(item, Made)]
        owners = {row.owner for row in made}
        counts = dict[str, int]()
        for item in self.stage.script:
            if isinstance(item, Link) or item in self.names:
                continue
            if item.is_actor or item in linked or item in owners or self._uses(item) > 1:
                noun = row_name(item.view) if item not in self._others else "other"
                number = counts.get(noun, 0)
                counts[noun] = number + 1
                self.names[item] = f"{ordinal(number)}_{noun}" if noun != "other" or number else noun
        for row in made:
            if row in owners and not row.is_actor:
                self.accounts[row] = f"{self.names[row]}_account"

    def _call(self, row: Made) -> str:
        if row.is_actor:
            return "actors.make()"
        view = row.view
        owner = self.accounts.get(row, "")
        if row.owner is not None:
            owner = self.accounts.get(row.owner) or self.names[row.owner]
        parent = view.entity.parent
        above = ""
        changes = [change(name, literal(value)) for name, value in row.pinned.items()]
        for name, given in row.given.items():
            relation = view.entity.relation(name)
            assert relation is not None
            if parent is not None and name == parent.name:
                above = self._row(given)
            else:
                changes.append(change(input_name(self.contract, relation), key_value(given.view, self._row(given))))
        return make_row(view, owner, above, *changes)

    def _row(self, row: Made) -> str:
        """The variable of a row, or what makes it on the spot."""
        return self.names[row] if row in self.names else f"(await {self._call(row)})"

    def _link(self, link: Link) -> str:
        view = link.near.view
        relation = view.entity.relation(link.relation)
        assert relation is not None
        found = view.association(relation)
        table = self.writer.module.use("app.models", found.table)
        near, far = self.names[link.near], self.names[link.far]
        helper = self.writer.support("link")
        return f"await {helper}(database, {table}, {found.near}={near}.id, {found.far}={far}.id)"


def expected(module: Module, type: Type, value: Any) -> str | None:
    """The expression of a value that an answer must give, for `compared`; None for kinds that are not compared."""
    if type.many or value is None:
        return None
    match type.scalar:
        case Scalar.DECIMAL:
            return f"{module.use('decimal', 'Decimal')}({literal(str(value))})"
        case Scalar.FLOAT:
            return repr(float(value))
        case Scalar.INT:
            return repr(value) if isinstance(value, int) else None
        case Scalar.JSON | Scalar.URL:
            return None
        case _:
            return literal(to_jsonable_python(value))


def compared(type: Type, seen: str, value: str) -> str:
    """The condition that an answer gives a value."""
    match type.scalar:
        case Scalar.DECIMAL:
            return f"Decimal({seen}) == {value}"
        case Scalar.FLOAT:
            return f"{seen} == pytest.approx({value})"
        case Scalar.BOOL:
            return f"{seen} is {value}"
        case _:
            return f"{seen} == {value}"


def ids(view: View, rows: Iterable[str]) -> str:
    """The list of the ids of rows as JSON has them."""
    plain = view.contract.database.ids == "int"
    return f"[{', '.join(f'{row}.id' if plain else f'str({row}.id)' for row in rows)}]"
