"""`app/models/`: the tables as SQLAlchemy classes."""

from apismith.contract.model import Contract, EnumType, Relation, Scalar
from apismith.generate.code import Module, block, call, docstring, literal
from apismith.generate.emitters import emits
from apismith.generate.fields import ENUMS, member_name
from apismith.generate.relational import ID, TIMESTAMP, Column, Table
from apismith.generate.server_tables import server_models
from apismith.generate.tables import tables
from apismith.generate.view import View, views

BASE = "app.models.base"
_INFERRED = frozenset({"Boolean()", "Date()", "Time()", "Interval()", "Uuid()"})
"""Types that SQLAlchemy derives from the annotation alone."""


@emits("app/models/{module}.py", each="entity")
def model(view: View) -> Module:
    """The class of one entity, and the tables of its sets."""
    own = {table.name: table for table in tables(view.contract)}
    table = own[view.module]
    members = [column.name for column in table.columns] + [relation.name for relation in view.entity.relations]
    associations = [own[view.association(relation).table] for relation in view.stored_sets]
    module = Module(f"The `{table.name}` table.", taken={view.cls, *members, *(t.name for t in associations)})
    for relation in view.entity.relations:
        if relation.target != view.cls:
            module.use(f"app.models.{view.target(relation).module}", relation.target, typing_only=True)
    lines = [docstring(view.entity.description or f"One {view.noun}.", indent=4), ""]
    lines += [f'__tablename__ = "{table.name}"', *_table_args(module, table), ""]
    mixed_in = {"created_at", "updated_at", "deleted_at", "version"}
    lines += [_column(module, column) for column in table.columns if column.made_by or column.name not in mixed_in]
    if view.entity.relations:
        lines += ["", *(_relationship(module, view, relation) for relation in view.entity.relations)]
    module.add(block(f"class {view.cls}({', '.join(_bases(module, view))}):", lines))
    module.add(*(_association(module, association) for association in associations))
    return module


@emits("app/models/__init__.py")
def registry(contract: Contract) -> Module:
    """The package: every table imported, so that metadata is complete."""
    module = Module("Every table. Importing this package is what makes SQLAlchemy and Alembic see them all.")
    names = [module.use(BASE, "Base")]
    for view in views(contract):
        names.append(module.export(f"app.models.{view.module}", view.cls))
        names += [
            module.export(f"app.models.{view.module}", view.association(relation).table)
            for relation in view.stored_sets
        ]
    names += [module.use(*model) for model in server_models(contract)]
    module.add("__all__ = [" + ", ".join(literal(name) for name in sorted(names, key=_as_ruff_sorts)) + "]")
    return module


@emits("app/models/enums.py")
def enums(contract: Contract) -> Module | None:
    """Closed sets of texts, and how they are stored."""
    if not contract.enums:
        return None
    module = Module("Closed sets of texts, and how they are stored.", taken={e.name for e in contract.enums})
    module.use("enum", "StrEnum")
    module.use("sqlalchemy", "Enum")
    for enum in contract.enums:
        module.add(_enum(module, enum))
    column_type, base = module.use("sqlalchemy", "Enum"), module.use("enum", "StrEnum")
    module.add(
        f'''def stored_as_text(kind: type[{base}], name: str) -> {column_type}:
    """The type of a column that holds the values of an enum, and a constraint that refuses all others."""
    return {column_type}(
        kind, name=name, native_enum=False, create_constraint=True, values_callable=lambda _: [str(m) for m in kind]
    )'''
    )
    return module


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def _enum(module: Module, enum: EnumType) -> str:
    lines = [docstring(enum.description or "One of the texts below.", indent=4), ""]
    lines += [f"{member_name(member.name)} = {literal(member.value)}" for member in enum.members]
    return block(f"class {enum.name}({module.use('enum', 'StrEnum')}):", lines)


def _bases(module: Module, view: View) -> list[str]:
    mixins = [
        name
        for name, wanted in (
            ("Timestamps", view.entity.timestamps),
            ("SoftDelete", view.entity.soft_delete),
            ("Versioned", view.entity.versioned),
        )
        if wanted
    ]
    return [module.use(BASE, name) for name in [*mixins, "Base"]]


def _table_args(module: Module, table: Table) -> list[str]:
    args = [
        call(module.use("sqlalchemy", "Index"), *map(literal, (index.name, *index.columns))) for index in table.indexes
    ]
    args += [
        call(
            module.use("sqlalchemy", "UniqueConstraint"), *map(literal, unique.columns), f"name={literal(unique.name)}"
        )
        for unique in table.uniques
    ]
    args += [
        call(module.use("sqlalchemy", "CheckConstraint"), literal(check.sql), f"name={literal(check.name)}")
        for check in table.checks
    ]
    return [f"__table_args__ = ({', '.join(args)},)"] if args else []


def _column(module: Module, column: Column) -> str:
    arguments = [_type(module, column)]
    if column.references is not None:
        target = column.references
        arguments.append(
            call(
                module.use("sqlalchemy", "ForeignKey"),
                literal(f"{target.table}.id"),
                f"ondelete={literal(target.on_delete)}",
                "use_alter=True" if target.deferred else "",
            )
        )
    arguments += [f"{flag}=True" for flag, wanted in _flags(column) if wanted]
    if column.server_default is not None:
        arguments.append(f"server_default={literal(column.server_default)}")
    annotation = f"{column.name}: {module.use('sqlalchemy.orm', 'Mapped')}[{_python_type(module, column)}]"
    if not any(arguments):
        return annotation
    return f"{annotation} = {call(module.use('sqlalchemy.orm', 'mapped_column'), *arguments)}"


def _flags(column: Column) -> list[tuple[str, bool]]:
    return [("unique", column.unique), ("index", column.indexed)]


def _type(module: Module, column: Column) -> str:
    if column.type.enum is not None:
        enum = module.use(ENUMS, column.type.enum)
        return f"{module.use(ENUMS, 'stored_as_text')}({enum}, {literal(column.name)})"
    if column.primary_key or column.type in (ID, TIMESTAMP) or column.type.source in _INFERRED:
        return ""
    if column.type.source == "JSON()":
        jsonb = module.use("sqlalchemy.dialects.postgresql", "JSONB")
        return f'{module.use("sqlalchemy", "JSON")}().with_variant({jsonb}(), "postgresql")'
    source = column.type.source.removesuffix("()")
    for name in column.type.names:
        source = source.replace(name, module.use("sqlalchemy", name), 1)
    return source


_PYTHON = {
    Scalar.STR: ("builtins", "str"),
    Scalar.INT: ("builtins", "int"),
    Scalar.FLOAT: ("builtins", "float"),
    Scalar.BOOL: ("builtins", "bool"),
    Scalar.DECIMAL: ("decimal", "Decimal"),
    Scalar.DATE: ("datetime", "date"),
    Scalar.DATETIME: ("datetime", "datetime"),
    Scalar.TIME: ("datetime", "time"),
    Scalar.DURATION: ("datetime", "timedelta"),
    Scalar.UUID: ("uuid", "UUID"),
    Scalar.EMAIL: ("builtins", "str"),
    Scalar.URL: ("builtins", "str"),
    Scalar.JSON: ("typing", "Any"),
}


def _python_type(module: Module, column: Column) -> str:
    source = column.made_by
    if column.primary_key:
        name = module.use("app.core.ids", "PrimaryKey")
    elif isinstance(source, Relation):
        name = module.use("app.core.ids", "Id")
    elif column.type == TIMESTAMP:
        name = module.use("datetime", "datetime")
    elif source is None or source.secret:
        name = module.use("builtins", "str")
    elif source.type.scalar is Scalar.ENUM and not source.type.many:
        assert source.type.enum is not None
        name = module.use(ENUMS, source.type.enum)
    elif source.type.many:
        name = f"{module.use('builtins', 'list')}[{module.use('typing', 'Any')}]"
    else:
        name = module.use(*_PYTHON[source.type.scalar])
    return f"{name} | None" if column.nullable else name


# Relationships --------------------------------------------------------------------------------------------------------


def _relationship(module: Module, view: View, relation: Relation) -> str:
    target = literal(relation.target)
    if relation.many:
        target = f"{module.use('builtins', 'set')}[{target}]"
    elif relation.nullable:
        target = literal(f"{relation.target} | None")
    arguments = _join(view, relation)
    pair = _other_side(view, relation)
    arguments += [f"back_populates={literal(pair)}"] if pair else []
    arguments += ['lazy="raise"']
    if relation.many and _stored_as_column(view, relation):
        arguments.append('passive_deletes="all"')
    mapped = module.use("sqlalchemy.orm", "Mapped")
    return f"{relation.name}: {mapped}[{target}] = {call(module.use('sqlalchemy.orm', 'relationship'), *arguments)}"


def _join(view: View, relation: Relation) -> list[str]:
    """What SQLAlchemy cannot see by itself: the association table, or which of several foreign keys is meant."""
    stored = _stored_as_column(view, relation)
    target = view.target(relation)
    if stored is not None:
        holder, column = (view, relation) if stored is relation else (target, stored)
        arguments = [f'foreign_keys="{holder.cls}.{column.name}_id"'] if _is_ambiguous(view, target) else []
        if target.cls == view.cls and not relation.many:
            arguments.append(f'remote_side="{view.cls}.id"')
        return arguments
    link = view.association(relation)
    arguments = [f'secondary="{link.table}"']
    if target.cls == view.cls:
        arguments.append(f'primaryjoin="{view.cls}.id == {link.table}.c.{link.near}"')
        arguments.append(f'secondaryjoin="{view.cls}.id == {link.table}.c.{link.far}"')
    return arguments


def _stored_as_column(view: View, relation: Relation) -> Relation | None:
    """The to-one relation behind this one: itself, or the one that it is the other side of."""
    if relation.reverse_of is not None:
        other = view.target(relation).entity.relation(relation.reverse_of)
        return other if other is not None and not other.many else None
    return None if relation.many else relation


def _is_ambiguous(view: View, target: View) -> bool:
    """Whether several foreign keys lie between the two tables."""
    there = sum(r.target == target.cls and r.reverse_of is None for r in view.to_one)
    back = sum(r.target == view.cls and r.reverse_of is None for r in target.to_one)
    return (there if target.cls == view.cls else there + back) > 1


def _other_side(view: View, relation: Relation) -> str | None:
    if relation.reverse_of is not None:
        return relation.reverse_of
    others = view.target(relation).entity.relations
    return next((r.name for r in others if r.target == view.cls and r.reverse_of == relation.name), None)


def _association(module: Module, table: Table) -> str:
    columns = [
        call(
            module.use("sqlalchemy", "Column"),
            literal(column.name),
            call(
                module.use("sqlalchemy", "ForeignKey"), literal(f"{column.references.table}.id"), 'ondelete="CASCADE"'
            ),
            "primary_key=True",
            "index=True" if column.indexed else "",
        )
        for column in table.columns
        if column.references is not None
    ]
    metadata = f"{module.use(BASE, 'Base')}.metadata"
    return f"{table.name} = {call(module.use('sqlalchemy', 'Table'), literal(table.name), metadata, *columns)}"
