"""Bodies of the contract as SQLAlchemy expressions.

A body is a small tree (`apismith.contract.expressions`); here it becomes the text of an expression over the models,
with `bindparam` for everything that is known only when a request comes.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, count

from apismith.contract.model import (
    Arithmetic,
    Compare,
    Constant,
    Constraints,
    Count,
    EnumMember,
    Expression,
    Logic,
    Now,
    Path,
    Relation,
    Scalar,
    Select,
    Type,
)
from apismith.generate.code import Module, literal
from apismith.generate.fields import decimal_digits, enum_member
from apismith.generate.tables import column_type
from apismith.generate.view import View


@dataclass(frozen=True)
class Row:
    """A row that an expression speaks of.

    Args:
        id: the text of its id.
        cls: the class, or its alias, whose columns are in scope.
        outer: the other classes that `id` mentions.
        nullable: there may be no such row.
    """

    view: View
    id: str
    cls: str | None = None
    outer: frozenset[str] = frozenset()
    nullable: bool = False

    @property
    def mentions(self) -> frozenset[str]:
        """The classes of the statement around, which a subquery about this row must not hide."""
        return self.outer | ({self.cls} if self.cls else set[str]())


@dataclass(frozen=True)
class Value:
    """A plain value, such as a parameter.

    Args:
        text: its expression.
        type: what it is, where the expression does not tell a database.
        limits: its constraints.
        nullable: it may be null.
    """

    text: str
    type: Type | None = None
    limits: Constraints | None = None
    nullable: bool = False


@dataclass(frozen=True)
class Rows:
    """The rows of a set, seen from the row that has it."""

    view: View
    near: Row
    relation: Relation

    @property
    def target(self) -> View:
        return self.view.target(self.relation)


Term = Row | Value | Rows

ARGUMENT = "arg_"
QUOTIENT_PLACES = 6
"""Decimal places of what is divided, which may have no end."""

MOST_PLACES = 12


def may_be_null(term: Term) -> bool:
    """Whether what a path stands for may be missing."""
    return not isinstance(term, Rows) and term.nullable


def arguments(text: str) -> list[str]:
    """The names that a compiled expression binds, in order of appearance."""
    return list(dict.fromkeys(re.findall(rf'bindparam\("{ARGUMENT}(\w+)"', text)))


@dataclass
class Compiler:
    """Writes expressions for one module.

    Args:
        module: where the imports go.
        view: the entity in whose module we are.
        roots: what the names in the body stand for.
        exact: conditions are false where a database would call them null, as in Python.
    """

    module: Module
    view: View
    roots: dict[str, Term]
    exact: bool = False

    def bind(self, name: str) -> str:
        """The text of a bound parameter, under a name that no column has."""
        return f'{self.module.use("sqlalchemy", "bindparam")}("{ARGUMENT}{name}")'

    def value(self, node: Expression, type: Type | None = None) -> str:
        """The text of an expression whose value is stored or answered: conditions in it are true or false, never null.

        Where a row is meant, it is the text of its id.

        Args:
            node: the expression.
            type: what is answered with it; None where it is stored, which a column has a type for.
        """
        exact = Compiler(self.module, self.view, self.roots, exact=True)
        text = exact.typed(node)
        if not isinstance(node, Arithmetic):
            return text
        if type is not None and type.scalar is Scalar.DECIMAL:
            # What is multiplied or divided has more decimal places than the columns whose type it would get.
            return f"{self._use('cast')}({text[1:-1]}, {self._use('Numeric')}(38, {self._places(node)}))"
        return text[1:-1]

    def _places(self, node: Expression) -> int:
        """How many decimal places the value of an expression has."""
        match node:
            case Arithmetic(op="/"):
                return QUOTIENT_PLACES
            case Arithmetic(op=op, left=left, right=right):
                sides = self._places(left), self._places(right)
                return min(sum(sides) if op == "*" else max(sides), MOST_PLACES)
            case Constant(value=float() as value):
                return max(0, -int(Decimal(str(value)).as_tuple().exponent))
            case Path():
                term = self.term(node)
                is_decimal = isinstance(term, Value) and term.type is not None and term.type.scalar is Scalar.DECIMAL
                if isinstance(term, Value) and is_decimal:
                    return decimal_digits(self.view.contract, term.limits or Constraints())[1]
                return 0
            case _:
                return 0

    def typed(self, node: Expression) -> str:
        """The text of an expression of which a database must know the type, because nothing beside it has one."""
        term = self._bound(node)
        text = self.expression(node)
        return text if term is None else f"{text[:-1]}, type_={self._type(term)})"

    def _bound(self, node: Expression) -> Row | Value | None:
        """What a bound parameter stands for; None for anything else."""
        term = self.term(node) if isinstance(node, Path) else None
        return (
            term if isinstance(term, Row | Value) and re.fullmatch(r'bindparam\("\w+"\)', self._scalar(term)) else None
        )

    def _type(self, term: Row | Value) -> str:
        if isinstance(term, Row):
            return self.module.use("app.core.ids", "ID_TYPE")
        assert term.type is not None, "what is bound has a type"
        if term.type.scalar is Scalar.DATETIME:
            return self.module.use("app.models.base", "MOMENT")
        limits = term.limits if term.type.scalar is Scalar.DECIMAL else None
        sql = column_type(self.view.contract, term.type, limits or Constraints())
        for name in sql.names:
            self.module.use("sqlalchemy", name)
        return sql.source.removesuffix("()")

    def expression(self, node: Expression) -> str:
        """The text of an expression; where a row is meant, of its id."""
        match node:
            case Constant(value=None):
                self.module.use("sqlalchemy", "null")
                return "null()"
            case Constant(value=bool() as value):
                self.module.use("sqlalchemy", "true" if value else "false")
                return "true()" if value else "false()"
            case Constant(value=value):
                return literal(value)
            case EnumMember(enum=enum, member=member):
                return enum_member(self.module, enum, member)
            case Now():
                return self.module.use("app.models.base", "NOW")
            case Path():
                return self._scalar(self.term(node))
            case Compare():
                return self._compare(node)
            case Logic(op="not", operands=operands):
                exact = Compiler(self.module, self.view, self.roots, exact=True)
                return f"{self.module.use('sqlalchemy', 'not_')}({exact.condition(operands[0])})"
            case Logic(op=op, operands=operands):
                name = self.module.use("sqlalchemy", f"{op}_")
                return f"{name}({', '.join(self.condition(operand) for operand in operands)})"
            case Arithmetic(op="/", left=left, right=right) if self.may_be_null(node):
                # PostgreSQL fails where something is divided by nothing.
                divisor = f"{self._use('func')}.nullif({self.typed(right)}, 0)"
                return f"({self.typed(left)} / {divisor})"
            case Arithmetic(op=op, left=left, right=right):
                return f"({self.typed(left)} {op} {self._side(right, beside=left)})"
            case Count():
                return self._count(node)
            case Select():
                return self.rows_of(node)

    def condition(self, node: Expression) -> str:
        """The text of an expression that is true or false."""
        text = self.typed(node)
        if self.exact and isinstance(node, Path) and self.may_be_null(node):
            return f"{text}.is_(True)"
        return text

    def may_be_null(self, node: Expression) -> bool:
        """Whether an expression may be null for some row."""
        match node:
            case Constant(value=value):
                return value is None
            case Path():
                return may_be_null(self.term(node))
            case Arithmetic(op=op, left=left, right=right):
                divides = op == "/" and not (isinstance(right, Constant) and right.value)
                return divides or self.may_be_null(left) or self.may_be_null(right)
            case _:
                return False

    def conditions(self, node: Expression) -> str:
        """Arguments for `.where(...)`: the parts of a top-level `and` apart."""
        if isinstance(node, Logic) and node.op == "and":
            return ", ".join(self.condition(operand) for operand in node.operands)
        return self.condition(node)

    def term(self, path: Path) -> Term:
        """What a path stands for."""
        term = self.roots[path.root]
        for step in path.steps:
            term = self._step(term, step)
        return term

    def rows_of(self, node: Select) -> str:
        """The ids of the rows of a comprehension, as a subquery."""
        view = self.view.other(node.entity)
        cls = self._model(view)
        where = self._inner(node.variable, Row(view, f"{cls}.id", cls)).conditions(node.where) if node.where else ""
        return f"{self.module.use('sqlalchemy', 'select')}({cls}.id)" + (f".where({where})" if where else "")

    def ids(self, rows: Rows) -> str:
        """The ids of the rows of a set, as a subquery."""
        select = self.module.use("sqlalchemy", "select")
        relation, near = rows.relation, rows.near
        foreign_key = self._foreign_key(rows)
        if foreign_key is not None:
            cls = self._apart(rows.target, near)
            return f"{select}({cls}.id).where({cls}.{foreign_key} == {near.id})"
        link = rows.view.association(relation)
        table = self.module.use("app.models", link.table)
        return f"{select}({table}.c.{link.far}).where({table}.c.{link.near} == {near.id})"

    def _inner(self, variable: str, row: Row) -> "Compiler":
        return Compiler(self.module, self.view, {**self.roots, variable: row})  # what is not true is left out anyway

    def _model(self, view: View) -> str:
        return self.module.use("app.models", view.cls)

    def _apart(self, view: View, near: Row) -> str:
        """The class of an entity in a subquery about a row: an alias where the statement around has the class."""
        cls = self._model(view)
        around = near.mentions
        if not around:
            return cls
        around |= {root.cls for root in self.roots.values() if isinstance(root, Row) and root.cls}
        around |= {relation.target for relation in self.view.refs}
        names = (f"Other{cls}{n if n > 1 else ''}" for n in count(1))
        name = next(name for name in chain([cls], names) if name not in around)
        if name != cls:
            self.module.preface(f"{name} = {self.module.use('sqlalchemy.orm', 'aliased')}({cls})")
        return name

    def _foreign_key(self, rows: Rows) -> str | None:
        """Column of the target that leads here, where the set is the other side of a to-one relation."""
        if rows.relation.reverse_of is None:
            return None
        stored = rows.target.entity.relation(rows.relation.reverse_of)
        return f"{rows.relation.reverse_of}_id" if stored and not stored.many else None

    def _column(self, row: Row, column: str) -> str:
        if row.cls is not None:
            return f"{row.cls}.{column}"
        if column == "id":
            return row.id
        cls = self._apart(row.view, row)
        select = self.module.use("sqlalchemy", "select")
        return f"{select}({cls}.{column}).where({cls}.id == {row.id}).scalar_subquery()"

    def _step(self, term: Term, step: str) -> Term:
        assert isinstance(term, Row), "the loader has checked the path"
        relation, field = term.view.entity.relation(step), term.view.entity.field(step)
        if relation is None:
            nullable = step == "deleted_at" if field is None else field.type.nullable
            type, limits = (field.type, field.constraints) if field is not None else (None, None)
            return Value(self._column(term, step), type, limits, nullable=term.nullable or nullable)
        if relation.many:
            return Rows(term.view, term, relation)
        outer = term.mentions if term.cls else term.outer | {self._apart(term.view, term)}
        nullable = term.nullable or relation.nullable
        return Row(term.view.target(relation), self._column(term, f"{step}_id"), outer=outer, nullable=nullable)

    def _scalar(self, term: Term) -> str:
        match term:
            case Row(id=text) | Value(text=text):
                return text
            case Rows():
                return self.ids(term)

    def _compare(self, node: Compare) -> str:
        if isinstance(node.left, Constant) and node.left.value is None:
            node = node.model_copy(update={"left": node.right, "right": node.left})
        left = self._side(node.left)
        if isinstance(node.right, Constant) and node.right.value is None:
            return f"{left}.is_(None)" if node.op in ("==", "is") else f"{left}.is_not(None)"
        right = self._side(node.right, beside=node.left)
        nullable = [side for side in (node.left, node.right) if self.may_be_null(side)]
        if node.op in ("in", "not in"):
            if not nullable or (node.op == "in" and not self.exact):
                return f"{left}.{'in_' if node.op == 'in' else 'not_in'}({right})"
            found = f"{self._use('func')}.coalesce({left}.in_({right}), {self._use('false')}())"
            return found if node.op == "in" else f"{self._use('not_')}({found})"
        if node.op == "!=" and nullable:
            return f"{left}.is_distinct_from({right})"
        if node.op == "==" and (len(nullable) == 2 or (nullable and self.exact)):
            return f"{left}.is_not_distinct_from({right})"
        compared = f"{left} {node.op} {right}"
        if nullable and self.exact:
            return f"{self._use('func')}.coalesce({compared}, {self._use('false')}())"
        return compared

    def _side(self, node: Expression, beside: Expression | None = None) -> str:
        """One side of a comparison; of a type that the database sees, unless what is beside it tells that."""
        alone = beside is None or self._bound(beside) is not None
        text = self.typed(node) if alone else self.expression(node)
        return f"({text})" if isinstance(node, Compare) else text

    def _use(self, name: str) -> str:
        return self.module.use("sqlalchemy", name)

    def _count(self, node: Count) -> str:
        select = self.module.use("sqlalchemy", "select")
        counted = f"{select}({self.module.use('sqlalchemy', 'func')}.count())"
        rows = self.term(node.of)
        assert isinstance(rows, Rows), "the loader has checked what is counted"
        link = None if self._foreign_key(rows) else rows.view.association(rows.relation)
        target = rows.target
        conditions: list[str] = []
        joined = link is None or target.entity.soft_delete or node.where is not None
        cls = self._apart(target, rows.near) if joined else ""
        if link is None:
            source = f".select_from({cls})"
            conditions.append(f"{cls}.{self._foreign_key(rows)} == {rows.near.id}")
        else:
            table = self.module.use("app.models", link.table)
            source = f".select_from({table})"
            conditions.append(f"{table}.c.{link.near} == {rows.near.id}")
            if joined:
                source += f".join({cls}, {cls}.id == {table}.c.{link.far})"
        if target.entity.soft_delete:
            conditions.append(f"{cls}.deleted_at.is_(None)")
        if node.where is not None and node.variable is not None:
            conditions.append(self._inner(node.variable, Row(target, f"{cls}.id", cls)).conditions(node.where))
        return f"{counted}{source}.where({', '.join(conditions)}).scalar_subquery()"
