"""The reading half of a repository: the base statement, one row, pages."""

from apismith.contract import naming
from apismith.contract.exchanges import ref_fields
from apismith.contract.inputs import filter_name
from apismith.contract.model import Computed, Entity, Relation
from apismith.generate.code import Module
from apismith.generate.fields import python_type
from apismith.generate.sql import Compiler, Row, Rows
from apismith.generate.view import View


class Reads:
    """Writes the statements and methods that read.

    Args:
        module: the module that is being written; imports go there.
        view: its entity.
    """

    def __init__(self, module: Module, view: View) -> None:
        self.module = module
        self.view = view
        self.cls = module.use("app.models", view.cls)
        self.id_type = module.use("app.core.ids", "Id")
        self.read = module.use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Read")
        self.aliases: dict[str, str] = {}

    # Statements

    def statements(self) -> list[str]:
        """The constants at the top of the module."""
        view, use = self.view, self.module.use
        select, bind = use("sqlalchemy", "select"), use("sqlalchemy", "bindparam")
        aliases = [self._alias(relation) for relation in view.refs]
        lines = [alias for alias in aliases if alias]
        lines += [f"{computed.name.upper()} = {self._computed(computed)}" for computed in view.entity.computed]
        lines.append(
            f"{view.constant} = (\n    {select}({', '.join(self._columns())}){self._joins()}{self._visible()}\n)"
        )
        if view.is_owned:
            lines.append(f"OWNED = {self._owned()}")
        lines.append(f'GET = {view.constant}.where({self.cls}.{view.key} == {bind}("{view.key}"))')
        if view.key != "id":
            lines.append(f'GET_BY_ID = {view.constant}.where({self.cls}.id == {bind}("id"))')
        lines += [self._set_statement(relation) for relation in view.written_sets]
        lines += [self._listed_set(relation) for relation in view.listed_sets]
        if view.entity.parent is not None:
            column = f"{view.entity.parent.name}_id"
            lines.append(f'OF_PARENT = {view.constant}.where({self.cls}.{column} == {bind}("{column}"))')
        lines.append(self._orders())
        if view.entity.listing.filters:
            lines.append(self._filters())
        return lines

    def _alias(self, relation: Relation) -> str | None:
        """A name of its own for a target that is joined more than once, or to itself."""
        target = self.view.target(relation)
        same = [other for other in self.view.refs if other.target == relation.target]
        if len(same) == 1 and relation.target != self.view.cls:
            self.aliases[relation.name] = self.module.use("app.models", target.cls)
            return None
        name = "".join(part.capitalize() for part in relation.name.split("_"))
        name = f"{name}{target.cls}" if not name.endswith(target.cls) else f"Joined{name}"
        self.aliases[relation.name] = name
        aliased = self.module.use("sqlalchemy.orm", "aliased")
        return f'{name} = {aliased}({self.module.use("app.models", target.cls)}, name="{relation.name}_row")'

    def _columns(self) -> list[str]:
        view, cls = self.view, self.cls
        columns = [f"{cls}.id"]
        columns += [f"{cls}.{field.name}" for field in view.read_fields]
        columns += [f"{cls}.{name}" for name in server_columns(view.entity)]
        ordered = (order.lstrip("-") for order in view.entity.listing.order)
        columns += [f"{cls}.{name}" for name in ordered if f"{cls}.{name}" not in columns]
        for relation in view.refs:
            target, alias = self.view.target(relation), self.aliases[relation.name]
            columns += [
                f'{alias}.{name}.label("{ref_label(view, relation, name)}")' for name in ref_fields(target.entity)
            ]
        columns += [f'{computed.name.upper()}.label("{computed.name}")' for computed in view.entity.computed]
        return columns

    def _joins(self) -> str:
        text = ""
        for relation in self.view.refs:
            alias, join = self.aliases[relation.name], "outerjoin" if relation.nullable else "join"
            text += f".{join}({alias}, {self.cls}.{relation.name}_id == {alias}.id)"
        return text

    def _visible(self) -> str:
        """Rows that were deleted softly, or whose parent was, are not there."""
        conditions = [f"{self.cls}.deleted_at.is_(None)"] if self.view.entity.soft_delete else []
        parent = self.view.entity.parent
        if parent and self.view.target(parent).entity.soft_delete and parent.name in self.aliases:
            conditions.append(f"{self.aliases[parent.name]}.deleted_at.is_(None)")
        return f".where({', '.join(conditions)})" if conditions else ""

    def _owned(self) -> str:
        return owned_condition(self.module, self.view)

    def _computed(self, computed: Computed) -> str:
        compiler = Compiler(self.module, self.view, {"self": Row(self.view, f"{self.cls}.id", self.cls)})
        return compiler.value(computed.value, computed.type)

    def _set_statement(self, relation: Relation) -> str:
        """The embedded rows of a set, for all rows of a page at once."""
        link, target = self.view.association(relation), self.view.target(relation)
        use = self.module.use
        table, other = use("app.models", link.table), use("app.models", target.cls)
        columns = ", ".join(f"{other}.{name}" for name in ref_fields(target.entity))
        hidden = f", {other}.deleted_at.is_(None)" if target.entity.soft_delete else ""
        return (
            f"EMBEDDED_{relation.name.upper()} = (\n"
            f'    select({table}.c.{link.near}.label("row_id"), {columns})'
            f".join({other}, {other}.id == {table}.c.{link.far})"
            f'.where({table}.c.{link.near}.in_(bindparam("row_ids", expanding=True)){hidden})'
            f".order_by({other}.id)\n)"
        )

    def _listed_set(self, relation: Relation) -> str:
        """The condition that a row is in the set of the row bound as `row_id`."""
        target = self.module.use("app.models", self.view.target(relation).cls)
        near = Row(self.view, 'bindparam("row_id")')
        compiler = Compiler(self.module, self.view, {"self": near})
        return f"IN_{relation.name.upper()} = {target}.id.in_({compiler.ids(Rows(self.view, near, relation))})"

    def _orders(self) -> str:
        order = self.module.use("app.core.pagination", "Order")
        entries = [f'"{name}": {self._order(order, name)},' for name in order_names(self.view.entity)]
        return "ORDERINGS = {\n" + "\n".join(entries) + "\n}"

    def _filters(self) -> str:
        """The conditions of the filters, by their names. What lies behind a relation is looked up in a subquery."""
        entries = ""
        for path in self.view.entity.listing.filters:
            name = filter_name(self.view.contract, self.view.entity, path)
            entries += f'    "{name}": {filter_condition(self.module, self.view, path.split("."), name)},\n'
        return f"FILTERING = {{\n{entries}}}"

    def _order(self, order: str, name: str) -> str:
        column = name.lstrip("-")
        descending = ", descending=True" if name.startswith("-") else ""
        field = self.view.entity.field(column)
        nullable = ", nullable=True" if field is not None and field.type.nullable else ""
        kind = self._kind(column).removesuffix(" | None")
        return f'{order}("{name}", {self.cls}.{column}, {self.cls}.id, {kind}{descending}{nullable})'

    def _kind(self, column: str) -> str:
        if column == "id":
            return self.module.use("app.core.ids", "Id")
        if column in ("created_at", "updated_at"):
            return self.module.use("datetime", "datetime")
        if column == "version":
            return "int"
        field = self.view.entity.field(column)
        assert field is not None, "the loader has checked the orders"
        return python_type(self.module, field.type)

    # Methods

    def attributes(self) -> str:
        """What the base class wants to know."""
        lines = [f"    rows = {self.view.constant}", f'    order = ORDERINGS["{self.view.entity.listing.order[0]}"]']
        lines += ["    filters = FILTERING"] if self.view.entity.listing.filters else []
        lines += ["    owned = OWNED"] if self.view.is_owned else []
        return "\n".join(lines)

    def methods(self) -> list[str]:
        """The reading methods of the class."""
        view = self.view
        methods = [self._get(view.key, "GET")]
        if view.key != "id":
            methods.append(self._get("id", "GET_BY_ID"))
        methods.append(self._listing())
        methods += [self._set_method(relation) for relation in view.written_sets]
        methods.append(self._read())
        return methods

    def _get(self, key: str, statement: str) -> str:
        name = "get" if statement == "GET" else "get_by_id"
        kind = key_type(self.module, self.view) if key == self.view.key else self.id_type
        owner, passed = self._owner() if name == "get" else ("", "")
        return (
            f"    async def {name}(self, {key}: {kind}{owner}) -> {self.read} | None:\n"
            f'        return await self._one({statement}, {{"{key}": {key}}}{passed})'
        )

    def _owner(self) -> tuple[str, str]:
        """The parameter for the owner, and how it is passed on."""
        return (f", *, owner_id: {self.id_type} | None = None", ", owner_id") if self.view.is_owned else ("", "")

    def _listing(self) -> str:
        view, use = self.view, self.module.use
        query = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Query")
        page, params, rows = use("app.core.pagination", "Page"), "{}", view.constant
        owner, passed = self._owner()
        parent = view.entity.parent
        if parent is not None:
            owner = f", *, {parent.name}_id: {self.id_type}" + owner.replace(", *", "")
            params, rows = f'{{"{parent.name}_id": {parent.name}_id}}', "OF_PARENT"
        return (
            f"    async def page(self, query: {query}{owner}) -> {page}[{self.read}]:\n"
            f"        return await self._page({rows}, query, ORDERINGS[query.order], {params}{passed})"
        )

    def _set_method(self, relation: Relation) -> str:
        use = self.module.use
        target = self.view.target(relation)
        ref = use("app.api.v1.schemas.refs", f"{target.cls}Ref")
        id_type = self.id_type
        grouped, found = use("collections", "defaultdict"), set_variable(relation)
        fields = ", ".join(f'{name}=row["{name}"]' for name in ref_fields(target.entity))
        return (
            f"    async def _{relation.name}_of(self, row_ids: list[{id_type}]) -> dict[{id_type}, list[{ref}]]:\n"
            f"        {found}: dict[{id_type}, list[{ref}]] = {grouped}(list)\n"
            f'        rows = await self._db.execute(EMBEDDED_{relation.name.upper()}, {{"row_ids": row_ids}})\n'
            "        for row in rows.mappings():\n"
            f'            {found}[row["row_id"]].append({ref}({fields}))\n'
            f"        return {found}"
        )

    def _read(self) -> str:
        use, sets = self.module.use, self.view.written_sets
        sequence, row = use("collections.abc", "Sequence"), use("sqlalchemy", "RowMapping")
        lines = [f"    async def _read(self, rows: {sequence}[{row}]) -> list[{self.read}]:"]
        if not sets:
            lines.append(f"        return [to_{self.view.snake}(row) for row in rows]")
            return "\n".join(lines)
        lines += ["        if not rows:", "            return []", '        row_ids = [row["id"] for row in rows]']
        lines += [f"        {set_variable(relation)} = await self._{relation.name}_of(row_ids)" for relation in sets]
        arguments = ", ".join(f'{set_variable(relation)}[row["id"]]' for relation in sets)
        lines.append(f"        return [to_{self.view.snake}(row, {arguments}) for row in rows]")
        return "\n".join(lines)

    def mapper(self) -> str:
        """The function that makes the answer's schema from a row."""
        view, use = self.view, self.module.use
        row = use("sqlalchemy", "RowMapping")
        parameters = "".join(
            f", {set_variable(relation)}: list[{view.target(relation).cls}Ref]" for relation in view.written_sets
        )
        names = ["id", *(field.name for field in view.read_fields), *server_columns(view.entity)]
        values = [f'{name}=row["{name}"]' for name in names]
        for relation in view.refs:
            target = view.target(relation)
            ref = use("app.api.v1.schemas.refs", f"{target.cls}Ref")
            given = ", ".join(f'{n}=row["{ref_label(view, relation, n)}"]' for n in ref_fields(target.entity))
            made = f"{ref}({given})"
            values.append(
                f"{relation.name}="
                + (
                    f'{made} if row["{ref_label(view, relation, "id")}"] is not None else None'
                    if relation.nullable
                    else made
                )
            )
        values += [f"{relation.name}={set_variable(relation)}" for relation in view.written_sets]
        values += [f'{computed.name}=row["{computed.name}"]' for computed in view.entity.computed]
        body = ",\n        ".join(values)
        header = f"def to_{view.snake}(row: {row}{parameters}) -> {self.read}:"
        return f"{header}\n    return {self.read}(\n        {body},\n    )"


def server_columns(entity: Entity) -> list[str]:
    """Columns of the mixins that answers carry."""
    columns = ["created_at", "updated_at"] if entity.timestamps else []
    return columns + (["version"] if entity.versioned else [])


def set_variable(relation: Relation) -> str:
    """The variable for the rows of a set: its name, unless a method has another use for that."""
    name = relation.name
    return f"{name}_found" if naming.safe(name) != name or name in ("self", "row", "rows", "row_ids") else name


def ref_label(view: View, relation: Relation, name: str) -> str:
    """What a field of an embedded row is called among the columns of the row around it."""
    label, entity = f"{relation.name}_{name}", view.entity
    members = {member.name for group in (entity.fields, entity.relations, entity.computed) for member in group}
    while label in members:
        label += "_"
    return label


def order_names(entity: Entity) -> list[str]:
    """The orders that a client may ask for."""
    return list(entity.listing.order)


def key_type(module: Module, view: View) -> str:
    """Python type of an entity's key in paths and signatures."""
    field = view.entity.field(view.key)
    return python_type(module, field.type) if field else module.use("app.core.ids", "Id")


def owned_condition(module: Module, view: View) -> str:
    """The condition that a row belongs to the account bound as `row_owner`."""
    cls, bind = module.use("app.models", view.cls), module.use("sqlalchemy", "bindparam")
    if view.is_account:
        return f'{cls}.id == {bind}("row_owner")'
    if view.owner:
        return f'{cls}.{view.owner.name}_id == {bind}("row_owner")'
    assert view.parent is not None and view.entity.parent is not None, "an owned entity has an owner or a parent"
    select, above = module.use("sqlalchemy", "select"), module.use("app.models", view.parent.cls)
    return f"{cls}.{view.entity.parent.name}_id.in_({select}({above}.id).where({owned_condition(module, view.parent)}))"


def filter_condition(module: Module, view: View, steps: list[str], name: str) -> str:
    """The condition that what lies at the end of a path equals the parameter `name`."""
    cls, bind = module.use("app.models", view.cls), module.use("sqlalchemy", "bindparam")
    relation = view.entity.relation(steps[0])
    if relation is None:
        return f'{cls}.{steps[0]} == {bind}("{name}")'
    target = view.target(relation)
    rest = steps[1:] or [target.key]
    select, other = module.use("sqlalchemy", "select"), module.use("app.models", target.cls)
    if not relation.many:
        if rest == ["id"]:
            return f'{cls}.{relation.name}_id == {bind}("{name}")'
        inner = filter_condition(module, target, rest, name)
        return f"{cls}.{relation.name}_id.in_({select}({other}.id).where({inner}))"
    inner = filter_condition(module, target, rest, name)
    if target.entity.soft_delete:  # a set does not show it any more
        inner += f", {other}.deleted_at.is_(None)"
    stored = target.entity.relation(relation.reverse_of) if relation.reverse_of else None
    if stored and not stored.many:
        return f"{cls}.id.in_({select}({other}.{stored.name}_id).where({inner}))"
    link = view.association(relation)
    table = module.use("app.models", link.table)
    return (
        f"{cls}.id.in_({select}({table}.c.{link.near})"
        f".join({other}, {other}.id == {table}.c.{link.far}).where({inner}))"
    )
