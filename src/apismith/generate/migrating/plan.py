"""The statements that make the tables of one contract those of another."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from apismith.contract.model import Contract
from apismith.generate.check_sql import quoted
from apismith.generate.code import Module, block, call, comment, literal
from apismith.generate.ddl import (
    Constraint,
    Ddl,
    added_foreign_key,
    added_index,
    constraints,
    dropped,
    foreign_key_name,
    is_deferred,
)
from apismith.generate.migrating.conversions import converter, is_direct, misfit
from apismith.generate.migrating.matching import Matching, Pair, Spread
from apismith.generate.migrating.saying import said
from apismith.generate.migrating.script import Script
from apismith.generate.migrating.values import HELPERS, filling, restoring
from apismith.generate.relational import Column, Table
from apismith.generate.tables import tables
from apismith.migration import Loss

ADD: Final = {"unique": "create_unique_constraint", "check": "create_check_constraint"}


@dataclass(slots=True)
class Plan:
    """One direction of a migration.

    Args:
        old: the contract before, `new` the one after.
        matching: what of them is the same.
        module: the migration; what its source needs is imported there.
        ddl: writes tables of the contract after.
        back: whether this takes a migration back: what was dropped is filled again as well as can be.
    """

    old: Contract
    new: Contract
    matching: Matching
    module: Module
    ddl: Ddl
    back: bool = False
    texts: list[str] = field(default_factory=list[str])
    losses: list[Loss] = field(default_factory=list[Loss])
    questions: list[str] = field(default_factory=list[str])
    script: Script = field(init=False)

    def __post_init__(self) -> None:
        self.script = Script(self.module)

    def lines(self) -> list[str]:
        """The statements."""
        pairs = self.matching.pairs
        for pair in pairs:
            self._drop_constraints(pair)
        for pair in pairs:
            self._rename(pair)
        self._create_tables()
        for pair in pairs:
            self._add_columns(pair)
        for spread in self.matching.spreads:
            self._spread(spread)
        for gather in self.matching.gathers:
            self._gather(gather)
        for pair in pairs:
            self._change_columns(pair)
        for pair in pairs:
            self._drop_columns(pair)
        self._drop_tables()
        for pair in pairs:
            self._add_constraints(pair)
        return [line for line in self.script.lines() if line]

    # Constraints

    def _kept(self, pair: Pair) -> set[str]:
        """Names of what stays as it is."""
        tables_now = {one.old.name: one.new.name for one in self.matching.pairs}
        converted = {new.name for _, new in self._converted(pair)}
        after = {one.name: one for one in constraints(self.new, pair.new)}
        kept: set[str] = set()
        for one in constraints(self.old, pair.old):
            columns = tuple(pair.columns.get(name, "") for name in one.columns)
            detail = one.detail
            if one.kind == "foreignkey":
                detail = (tables_now.get(detail[0], ""), detail[1])
            same = replace(one, columns=columns, detail=detail) == after.get(one.name)
            if same and not converted & set(columns) and not (converted and one.kind == "check"):
                kept.add(one.name)
        return kept

    def _drop_constraints(self, pair: Pair) -> None:
        kept = self._kept(pair)
        for one in constraints(self.old, pair.old):
            if one.name in kept:
                continue
            name = f"op.f({literal(one.name)})"
            if one.kind == "index":
                self.script.run(call("op.drop_index", name, f"table_name={literal(pair.old.name)}"))
        for one in constraints(self.old, pair.old):
            if one.name not in kept and one.kind != "index":
                name = f"op.f({literal(one.name)})"
                self.script.alter(pair.old.name, "drop_constraint", name, f"type_={literal(one.kind)}")

    def _add_constraints(self, pair: Pair) -> None:
        kept, name = self._kept(pair), pair.new.name
        added = [one for one in constraints(self.new, pair.new) if one.name not in kept]
        old = {one.name: one for one in constraints(self.old, pair.old)}
        for one in added:
            self._guard(pair, one, old.get(one.name))
        for one in added:
            if one.kind == "foreignkey":
                table, on_delete = one.detail
                columns = (literal(list(one.columns)), '["id"]', f"ondelete={literal(on_delete)}")
                self.script.alter(name, "create_foreign_key", f"op.f({literal(one.name)})", literal(table), *columns)
            elif one.kind != "index":
                given = literal(list(one.columns)) if one.kind == "unique" else literal(one.detail[0])
                self.script.alter(name, ADD[one.kind], f"op.f({literal(one.name)})", given)
        for one in added:
            if one.kind == "index":
                self.script.run(added_index(name, one))
        words = said(constraints(self.old, pair.old), constraints(self.new, pair.new), pair.columns)
        self.texts.extend(f"{name}: {text}" for text in words)

    def _guard(self, pair: Pair, one: Constraint, before: Constraint | None) -> None:
        """Count the rows that a new rule would refuse, instead of the database's complaint about one of them."""
        olds = {new: old for old, new in pair.columns.items()}
        known = {(c.kind, c.columns) for c in constraints(self.old, pair.old)}
        name = literal(pair.new.name)
        if one.kind == "unique":
            if ("unique", tuple(olds.get(column, "") for column in one.columns)) not in known:
                columns = map(literal, one.columns)
                self.script.run(call(self.module.use(HELPERS, "refuse_duplicates"), name, *columns))
                self.texts.append(f"{pair.new.name}: {' and '.join(one.columns)} must be unique")
        elif one.kind == "check" and (before is None or before.detail != one.detail):
            what = f"break the rule {one.name}"
            condition = literal(f"NOT ({one.detail[0]})")
            self.script.run(call(self.module.use(HELPERS, "refuse"), name, condition, literal(what)))
            self.texts.append(f"{pair.new.name}: rows must keep the rule {one.name}")

    # Names

    def _rename(self, pair: Pair) -> None:
        if pair.old.name != pair.new.name:
            rename = self.module.use(HELPERS, "rename_table")
            self.script.run(call(rename, literal(pair.old.name), literal(pair.new.name)))
            self.texts.append(f"{pair.old.name} is called {pair.new.name}")
        for before, after in pair.columns.items():
            if before != after:
                self.script.alter(pair.new.name, "alter_column", literal(before), f"new_column_name={literal(after)}")
                self.texts.append(f"{pair.new.name}: {before} is called {after}")
        for _, new in self._converted(pair):
            hidden = literal(_hidden(new))
            self.script.alter(pair.new.name, "alter_column", literal(new.name), f"new_column_name={hidden}")
        self.script.apart()

    # Tables

    def _create_tables(self) -> None:
        known = {pair.new.name for pair in self.matching.pairs}
        created = [table for table in tables(self.new) if table.name not in known]
        for table in created:
            for statement in self.ddl.created(table):
                self.script.run(statement)
            self.texts.append(f"{table.name}: new")
        late = [(table, column) for table in created for column in table.columns if is_deferred(column)]
        if late:
            self.script.run("# SQLite has taken these already: it minds no foreign key to a table that comes later.")
            can_alter = "if op.get_context().dialect.supports_alter:"
            self.script.run(block(can_alter, [added_foreign_key(*pair) for pair in late]))

    def _drop_tables(self) -> None:
        known = {pair.old.name for pair in self.matching.pairs}
        moved = {spread.link for spread in self.matching.gathers}
        gone = [table for table in reversed(tables(self.old)) if table.name not in known]
        for table in gone:
            for column in filter(is_deferred, table.columns):
                name = f"op.f({literal(foreign_key_name(table, column))})"
                self.script.alter(table.name, "drop_constraint", name, 'type_="foreignkey"')
        for table in gone:
            for statement in dropped(table):
                self.script.run(statement)
            if table.name not in moved:
                self._lose(f"{table.name}: all of its rows are dropped", f"SELECT COUNT(*) FROM {quoted(table.name)}")

    # Columns

    def _added(self, pair: Pair) -> list[Column]:
        known = set(pair.columns.values())
        return [column for column in pair.new.columns if column.name not in known]

    def _matched(self, pair: Pair) -> Iterator[tuple[Column, Column]]:
        before, after = _by_name(pair.old), _by_name(pair.new)
        return ((before[old], after[new]) for old, new in pair.columns.items())

    def _converted(self, pair: Pair) -> list[tuple[Column, Column]]:
        """Columns whose values another type cannot hold as they are."""
        return [(old, new) for old, new in self._matched(pair) if old.type != new.type and not _stays(old, new)]

    def _add_columns(self, pair: Pair) -> None:
        converted = self._converted(pair)
        for column in [*self._added(pair), *(new for _, new in converted)]:
            later = not column.nullable and column.server_default is None
            self.script.alter(pair.new.name, "add_column", self.ddl.column(column, nullable=column.nullable or later))
        for column in self._added(pair):
            self.texts.append(f"{pair.new.name}: {column.name} is new")
        for old, new in converted:
            self._convert(pair, old, new)

    def _convert(self, pair: Pair, old: Column, new: Column) -> None:
        name, to = pair.new.name, converter(self.module, old, new)
        self.texts.append(f"{name}: {new.name} is {_said(new)} instead of {_said(old)}")
        if to is None:
            known = f"SELECT COUNT(*) FROM {quoted(pair.old.name)} WHERE {quoted(old.name)} IS NOT NULL"
            self._lose(f"{name}: the values of {old.name} are dropped: they are no {_said(new)}", known)
            return
        columns = [
            f"sa.column({literal(hidden)}, {self.ddl.type(column)})"
            for hidden, column in ((_hidden(new), old), (new.name, new))
        ]
        self.script.run(call(self.module.use(HELPERS, "convert"), literal(name), *columns, to))

    def _change_columns(self, pair: Pair) -> None:
        """Values first, then what the table says of them: so it is made anew only once."""
        name = pair.new.name
        gathered = {gather.column for gather in self.matching.gathers if gather.table == name}
        changed: list[tuple[Column, list[str]]] = []
        for column in self._added(pair):
            if not column.nullable and column.server_default is None:
                if column.name not in gathered:
                    self._fill(pair, column)
                changed.append((column, ["nullable=False"]))
        converted = self._converted(pair)
        for old, new in converted:
            self._refuse_misfits(name, old, new)
            if not new.nullable:
                if old.nullable or converter(self.module, old, new) is None:
                    self._fill(pair, new)
                changed.append((new, ["nullable=False"]))
        changed += [
            (new, self._changes(pair, old, new)) for old, new in self._matched(pair) if (old, new) not in converted
        ]
        for column, changes in changed:
            if changes:
                self.script.alter(name, "alter_column", literal(column.name), *changes)

    def _changes(self, pair: Pair, old: Column, new: Column) -> list[str]:
        name = pair.new.name
        changes: list[str] = []
        if old.type != new.type and self.ddl.type(old) != self.ddl.type(new):
            self._refuse_misfits(name, old, new)
            changes += [f"existing_type={self.ddl.type(old)}", f"type_={self.ddl.type(new)}"]
            self.texts.append(f"{name}: {new.name} is {_said(new)} instead of {_said(old)}")
        if old.nullable and not new.nullable:
            self._fill(pair, new)
            self.texts.append(f"{name}: {new.name} may not be missing any more")
        elif new.nullable and not old.nullable:
            self.texts.append(f"{name}: {new.name} may be missing")
        return changes if old.nullable == new.nullable else [*changes, f"nullable={new.nullable}"]

    def _refuse_misfits(self, name: str, old: Column, new: Column) -> None:
        found = misfit(old, new)
        if found:
            condition, what = found
            refuse = self.module.use(HELPERS, "refuse")
            self.script.run(call(refuse, literal(name), literal(condition), literal(what)))

    def _fill(self, pair: Pair, column: Column) -> None:
        name, kind = pair.new.name, self.ddl.type(column)
        statement = filling(self.module, name, column, kind)
        if statement is None and self.back:
            statement = restoring(self.module, name, column, kind)
        if statement is not None:
            self.script.run(statement)
            return
        if not self.back:
            self.script.run(
                comment(f"Rows that are there already need a value in `{column.name}`: give them one here.")
            )
            self.questions.append(f"{name}: what do rows that are there already get as {column.name}?")
        refuse = self.module.use(HELPERS, "refuse")
        condition = literal(f"{quoted(column.name)} IS NULL")
        self.script.run(call(refuse, literal(name), condition, literal(f"have no {column.name}")))

    def _drop_columns(self, pair: Pair) -> None:
        name = pair.new.name
        spread = {one.column for one in self.matching.spreads if one.table == pair.old.name}
        for column in pair.old.columns:
            if column.name not in pair.columns:
                self.script.alter(name, "drop_column", literal(column.name))
                if column.name not in spread:
                    rows = f"SELECT COUNT(*) FROM {quoted(pair.old.name)} WHERE {quoted(column.name)} IS NOT NULL"
                    self._lose(f"{name}: {column.name} is dropped with its values", rows)
        for _, new in self._converted(pair):
            self.script.alter(name, "drop_column", literal(_hidden(new)))
        self.script.apart()

    # Rows that move

    def _spread(self, one: Spread) -> None:
        """Every reference becomes a row of the table between the two."""
        table = self._name_now(one.table)
        link, near, far, column = map(quoted, (one.link, one.near, one.far, one.column))
        statement = (
            f"INSERT INTO {link} ({near}, {far}) SELECT id, {column} FROM {quoted(table)} WHERE {column} IS NOT NULL"
        )
        self.script.run(call("op.execute", _sql(statement)))
        self.texts.append(f"{one.link}: holds what {table}.{one.column} has said")

    def _gather(self, one: Spread) -> None:
        """The first of a set becomes the reference; of others, the rows between the two are lost."""
        link, near, far, column = map(quoted, (one.link, one.near, one.far, one.column))
        table = quoted(one.table)
        first = f"SELECT {far} FROM {link} WHERE {link}.{near} = {table}.id ORDER BY {far} LIMIT 1"
        self.script.run(call("op.execute", _sql(f"UPDATE {table} SET {column} = ({first})")))
        new = next(pair.new for pair in self.matching.pairs if pair.new.name == one.table)
        if not _by_name(new)[one.column].nullable:
            what = literal(f"have no {one.column}")
            missing = literal(f"{column} IS NULL")
            self.script.run(call(self.module.use(HELPERS, "refuse"), literal(one.table), missing, what))
        self.texts.append(f"{one.table}: {one.column} is the first that {one.link} has named")
        rows = f"SELECT COUNT(*) - COUNT(DISTINCT {near}) FROM {link}"
        self._lose(f"{one.table}: of several in {one.link}, all but the first are dropped", rows)

    def _name_now(self, table: str) -> str:
        return next(pair.new.name for pair in self.matching.pairs if pair.old.name == table)

    def _lose(self, text: str, rows: str) -> None:
        self.texts.append(text)
        self.losses.append(Loss(text, rows))


def _sql(statement: str) -> str:
    """A statement as an argument, which may be several literals without parentheses of their own."""
    return (
        literal(statement).removeprefix("(").removesuffix(")")
        if literal(statement).startswith("(")
        else literal(statement)
    )


def _by_name(table: Table) -> dict[str, Column]:
    return {column.name: column for column in table.columns}


def _stays(old: Column, new: Column) -> bool:
    return old.type.source == new.type.source or is_direct(old, new)


def _hidden(column: Column) -> str:
    """What a column is called while its values are converted."""
    return f"{column.name}_before"


_SAID: Final = {
    "BigInteger": "a whole number",
    "Boolean": "a truth value",
    "Date": "a date",
    "DateTime": "a time",
    "Double": "a number",
    "Interval": "a duration",
    "JSON": "JSON",
    "Text": "a text",
    "Time": "a time of day",
    "Uuid": "a UUID",
}


def _said(column: Column) -> str:
    """A column's type, for people."""
    kind, _, size = column.type.source.rstrip(")").partition("(")
    if kind == "String":
        return f"a text of {size}"
    if kind == "Numeric":
        return f"a decimal of {size.replace(', ', ' digits, ')} behind the point"
    return _SAID.get(kind, kind)
