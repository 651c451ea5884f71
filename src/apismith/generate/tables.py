"""The tables of a contract: one plan, from which the models and the first migration are written.

Names follow the naming convention of `app/models/base.py`, so that the database's complaints can be traced to fields.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from apismith.contract.model import Check, Constraints, Contract, Entity, Field, Relation, Scalar, Type
from apismith.contract.routes import writes_mails
from apismith.errors import ApismithError
from apismith.generate.check_sql import check_sql, quoted
from apismith.generate.fields import decimal_digits
from apismith.generate.operations import assigned_fields
from apismith.generate.relational import (
    ID,
    INTEGER,
    LONGEST_NAME,
    TIMESTAMP,
    Column,
    ForeignKey,
    Index,
    OnDelete,
    RowCheck,
    SqlType,
    Table,
    Unique,
    plain,
    shortened,
)
from apismith.generate.server_tables import server_tables
from apismith.generate.view import View

LONGEST_STRING: Final = 10_485_760
"""PostgreSQL's limit for texts with a length."""

PASSWORD_HASH: Final = "password_hash"
VERIFIED_AT: Final = "email_verified_at"


class TableNameTaken(ApismithError):
    """Two entities, or an entity and a set, would be kept in tables of the same name."""


class NameTooLong(ApismithError):
    """A table or column would have a name that a database cuts off."""


_latest: list[tuple[Contract, tuple[Table, ...]]] = []


def tables(contract: Contract) -> tuple[Table, ...]:
    """Every table, in an order in which they can be created.

    Raises:
        TableNameTaken: two tables would have the same name.
        NameTooLong: a table or column would have a name that a database cuts off.
    """
    if not (_latest and _latest[0][0] is contract):
        _latest[:] = [(contract, _plan(contract))]
    return _latest[0][1]


def _plan(contract: Contract) -> tuple[Table, ...]:
    entities = [View(contract, entity) for entity in contract.entities]
    found = [_entity_table(view) for view in entities]
    found += [_association(view, relation) for view in entities for relation in view.stored_sets]
    found += server_tables(contract, accounts=View(contract, contract.account).module if contract.account else "")
    _require_distinct_names(found)
    return tuple(_sorted(found))


def _require_distinct_names(found: list[Table]) -> None:
    known: set[str] = set()
    for table in found:
        at = table.entity.span if table.entity else table.relation.span if table.relation else None
        if table.name in known:
            raise TableNameTaken(
                f"Two tables would be called {table.name}, so the database cannot be made.",
                at=at,
                hint="Rename the entity or the set.",
            )
        known.add(table.name)
        for name in (table.name, *(column.name for column in table.columns)):
            if len(name) > LONGEST_NAME:
                raise NameTooLong(
                    f"{name} has {len(name)} characters, and PostgreSQL keeps only {LONGEST_NAME} of a name.",
                    at=at,
                    hint="Shorten the name of the entity, field or relation.",
                )


# One table ------------------------------------------------------------------------------------------------------------


def _entity_table(view: View) -> Table:
    entity = view.entity
    columns = [Column("id", ID, primary_key=True)]
    columns += [_field_column(view, field) for field in entity.fields]
    columns += [_relation_column(view, relation) for relation in view.to_one]
    if view.is_account:
        columns.append(Column("role", SqlType("String(32)", ("String",)), server_default="member"))
        columns += [Column(VERIFIED_AT, TIMESTAMP, nullable=True)] if writes_mails(view.contract) else []
    if entity.timestamps:
        columns += [Column(name, TIMESTAMP) for name in ("created_at", "updated_at")]
    if entity.soft_delete:
        columns.append(Column("deleted_at", TIMESTAMP, nullable=True))
    if entity.versioned:
        columns.append(Column("version", INTEGER))
    indexes = _indexes(view, columns)
    single = {index[0] for index in indexes if len(index) == 1}
    leading = {index[0] for index in indexes if len(index) > 1}
    return Table(
        name=view.module,
        columns=tuple(
            replace(column, indexed=column.name in single - leading and not column.unique) for column in columns
        ),
        entity=entity,
        indexes=tuple(
            Index(shortened(f"ix_{view.module}_{'_'.join(names)}"), names) for names in indexes if len(names) > 1
        ),
        uniques=tuple(
            Unique(shortened(f"uq_{view.module}_{'_'.join(names)}"), names)
            for names in (tuple(column_name(entity, name) for name in group) for group in entity.rules.unique)
        ),
        checks=(*(_check(view, check) for check in entity.rules.check), *_bounds(view)),
    )


def _indexes(view: View, columns: Iterable[Column]) -> list[tuple[str, ...]]:
    """Column groups to index: foreign keys, filters, orders (told apart by the id) and what the rules ask for."""
    entity = view.entity
    by_name = {column.name: column for column in columns}
    groups: list[tuple[str, ...]] = []
    parent = f"{entity.parent.name}_id" if entity.parent else None
    for order in entity.listing.order:
        column = column_name(entity, order.lstrip("-"))
        keys = (column, "id") if column != "id" else ("id",)
        if parent is not None:
            groups.append((parent, *keys))
        elif column != "id" and not by_name[column].unique:
            groups.append(keys)
    groups += [(column.name,) for column in by_name.values() if column.references or _is_indexed(column)]
    for path in entity.listing.filters:
        first = path.split(".")[0]
        relation = entity.relation(first)
        if relation is None or not relation.many:
            groups.append((column_name(entity, first),))
    groups += [tuple(column_name(entity, name) for name in group) for group in entity.rules.index]
    return list(dict.fromkeys(groups))


def _is_indexed(column: Column) -> bool:
    return isinstance(column.made_by, Field) and column.made_by.indexed


def _field_column(view: View, field: Field) -> Column:
    if field.secret:
        return Column(PASSWORD_HASH, SqlType("String(255)", ("String",)), field)
    unique = field.unique or field.slug_of is not None
    return Column(field.name, sql_type(view.contract, field), field, field.type.nullable, unique=unique)


def _relation_column(view: View, relation: Relation) -> Column:
    on_delete: OnDelete = "SET NULL" if relation.nullable else "RESTRICT"
    if relation.owner or relation.parent:
        on_delete = "CASCADE"
    target = ForeignKey(view.target(relation).module, on_delete)
    return Column(f"{relation.name}_id", ID, relation, relation.nullable, unique=relation.unique, references=target)


def _association(view: View, relation: Relation) -> Table:
    link = view.association(relation)
    ends = ((link.near, view.module), (link.far, view.target(relation).module))
    return Table(
        name=link.table,
        columns=tuple(
            Column(name, ID, primary_key=True, references=ForeignKey(table, "CASCADE"), indexed=name == link.far)
            for name, table in ends
        ),
        relation=relation,
    )


def _check(view: View, check: Check) -> RowCheck:
    values = {(e.name, member.name): member.value for e in view.contract.enums for member in e.members}
    return RowCheck(
        check_name(view.module, check.name),
        check_sql(
            check.where,
            column=lambda name: column_name(view.entity, name),
            stored=lambda member: values[member.enum, member.member],
        ),
    )


def _bounds(view: View) -> Iterator[RowCheck]:
    """The bounds of numbers that actions set: requests at the same time could each be within them, and not together."""
    taken = {check.name for check in view.entity.rules.check}
    for field in view.entity.fields:
        limits = field.constraints
        if (view.cls, field.name) not in assigned_fields(view.contract) or field.type.scalar not in _COUNTED:
            continue
        bounds = [(sign, getattr(limits, name)) for name, sign in _SIGNS if getattr(limits, name) is not None]
        name = f"{field.name}_in_bounds"
        while name in taken:
            name += "_"
        if bounds and not field.type.many:
            sql = " AND ".join(f"{quoted(field.name)} {sign} {bound}" for sign, bound in bounds)
            yield RowCheck(check_name(view.module, name), sql)


_COUNTED: Final = (Scalar.INT, Scalar.FLOAT, Scalar.DECIMAL)
_SIGNS: Final = (("gt", ">"), ("ge", ">="), ("lt", "<"), ("le", "<="))


def check_name(table: str, name: str) -> str:
    """The short name of a check: whole, behind `ck_` and its table, it must be one that a database keeps."""
    room = LONGEST_NAME - len(f"ck_{table}_")
    return name if len(name) <= room else shortened(name, room)


def column_name(entity: Entity, name: str) -> str:
    """The column of a field, of a to-one relation, or of the server's own values such as `created_at`."""
    if entity.relation(name) is not None:
        return f"{name}_id"
    field = entity.field(name)
    return PASSWORD_HASH if field is not None and field.secret else name


# Types ----------------------------------------------------------------------------------------------------------------


def sql_type(contract: Contract, field: Field) -> SqlType:
    """The column type of a field."""
    return column_type(contract, field.type, field.constraints)


def column_type(contract: Contract, type: Type, limits: Constraints) -> SqlType:
    """The column type of values with these constraints."""
    if type.many or type.scalar is Scalar.JSON:
        return SqlType("JSON()", ("JSON",))
    match type.scalar:
        case Scalar.STR:
            short = limits.max_length is not None and limits.max_length <= LONGEST_STRING
            return SqlType(f"String({limits.max_length})", ("String",)) if short else plain("Text")
        case Scalar.INT:
            return plain("BigInteger")  # wide enough for whatever a request may compare with it
        case Scalar.DECIMAL:
            digits, places = decimal_digits(contract, limits)
            return SqlType(f"Numeric({digits}, {places})", ("Numeric",))
        case Scalar.EMAIL:
            return SqlType("String(320)", ("String",))
        case Scalar.URL:
            return plain("Text")  # an address may grow when it is written in its standard form
        case Scalar.ENUM:
            return _enum_type(contract, type)
        case Scalar.DATETIME:
            return TIMESTAMP
        case scalar:
            return plain(_PLAIN[scalar])


_PLAIN: Final = {
    Scalar.FLOAT: "Double",
    Scalar.BOOL: "Boolean",
    Scalar.DATE: "Date",
    Scalar.TIME: "Time",
    Scalar.DURATION: "Interval",
    Scalar.UUID: "Uuid",
}


def _enum_type(contract: Contract, type: Type) -> SqlType:
    enum = next(enum for enum in contract.enums if enum.name == type.enum)
    return SqlType(f"String({max(len(member.value) for member in enum.members)})", ("String",), enum.name)


# Order ----------------------------------------------------------------------------------------------------------------


def _sorted(unsorted: list[Table]) -> Iterator[Table]:
    """The tables, each after those that it points to; foreign keys of a cycle are marked as deferred."""
    left = list(unsorted)
    placed: set[str] = set()
    while left:
        ready = next((t for t in left if t.targets <= placed), None)
        table = ready or next((t for t in left if t.needed <= placed), left[0])
        left.remove(table)
        yield replace(table, columns=tuple(_deferred(column, placed | {table.name}) for column in table.columns))
        placed.add(table.name)


def _deferred(column: Column, placed: set[str]) -> Column:
    if column.references is None or column.references.table in placed:
        return column
    return replace(column, references=replace(column.references, deferred=True))
