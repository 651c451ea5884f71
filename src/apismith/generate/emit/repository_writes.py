"""The writing half of a repository: find, create, update, delete, and the rows of stored sets."""

from apismith.contract.access import is_closed
from apismith.contract.inputs import input_name
from apismith.contract.model import Field, Relation
from apismith.generate.code import Module, literal
from apismith.generate.emit.repository_reads import key_type
from apismith.generate.fields import CURRENT_PASSWORD
from apismith.generate.operations import linked_sets
from apismith.generate.tables import PASSWORD_HASH, VERIFIED_AT
from apismith.generate.view import View


class Writes:
    """Writes the statements and methods that find and write rows.

    Args:
        module: the module that is being written; imports go there.
        view: its entity.
    """

    def __init__(self, module: Module, view: View) -> None:
        self.module = module
        self.view = view
        self.cls = module.use("app.models", view.cls)
        access = view.entity.access
        self.creates = not is_closed(access.create)
        self.updates = not is_closed(access.update)
        self.deletes = not is_closed(access.delete)
        self.slugs = [field for field in view.entity.fields if field.slug_of]

    @property
    def find_keys(self) -> list[str]:
        """The unique fields by which rows are looked up: the key, and those that actions name."""
        keys = [self.view.key, *(action.key for action in self.view.entity.actions if action.key)]
        return list(dict.fromkeys(keys))

    # Statements

    def statements(self) -> list[str]:
        """The constants of the writing half."""
        view, cls = self.view, self.cls
        lines = [self._find_statement(key) for key in self.find_keys]
        if self.creates and view.reserved_keys and any(field.name == view.key for field in self.slugs):
            lines.append(f"RESERVED = {literal(view.reserved_keys)}")
        lines += [self._lookup_statement(relation) for relation in self._looked_up()]
        if self.creates:
            insert = self.module.use("sqlalchemy", "insert")
            lines.append(f"INSERT = {insert}({cls}){self._found_values()}.returning({cls}.id)")
        if self.creates and self.slugs:
            if_absent = self.module.use("app.core.statements", "insert_if_absent")
            lines.append(f"INSERT_IF_ABSENT = {if_absent}({cls}){self._found_values()}.returning({cls}.id)")
        if view.entity.versioned and (self.updates or self.deletes):
            select = self.module.use("sqlalchemy", "select")
            lines.append(f'VERSION = {select}({cls}.version).where({cls}.id == bindparam("row_id")).with_for_update()')
        if self.updates:
            update, bound = self.module.use("sqlalchemy", "update"), view.bound("row_id")
            lines.append(f'UPDATE = {update}({cls}).where({cls}.id == bindparam("{bound}"))')
            lines += [self._unverify_statement()] if self.view.writes_mails else []
        if self.deletes:
            lines.append(f"DELETE = {self._delete_statement()}")
        for relation in view.written_sets:
            lines += self._written_set_statements(relation)
        for relation in self._linked_sets():
            lines += self._link_statements(relation)
        return lines

    @property
    def _address(self) -> str:
        assert self.view.contract.auth is not None, "asked for only of accounts"
        return self.view.contract.auth.login

    def _unverify_statement(self) -> str:
        update, bound = self.module.use("sqlalchemy", "update"), self.view.bound("row_id")
        new = self.view.bound("new_address")
        where = f'{self.cls}.id == bindparam("{bound}"), {self.cls}.{self._address} != bindparam("{new}")'
        return f"UNVERIFY = {update}({self.cls}).where({where}).values({VERIFIED_AT}=None)"

    def _alive(self) -> str:
        return f", {self.cls}.deleted_at.is_(None)" if self.view.entity.soft_delete else ""

    def _find_statement(self, key: str) -> str:
        name = "FIND" if key == self.view.key else f"FIND_BY_{key.upper()}"
        select, cls = self.module.use("sqlalchemy", "select"), self.cls
        return f'{name} = {select}({cls}.id).where({cls}.{key} == bindparam("{key}"){self._alive()})'

    def _delete_statement(self) -> str:
        bound = self.view.bound(f"row_{self.view.key}")
        where = f'.where({self.cls}.{self.view.key} == bindparam("{bound}"){self._alive()})'
        if self.view.entity.soft_delete:
            update, now = self.module.use("sqlalchemy", "update"), self.view.bound("now")
            return f'{update}({self.cls}){where}.values(deleted_at=bindparam("{now}"))'
        return f"{self.module.use('sqlalchemy', 'delete')}({self.cls}){where}"

    def _looked_up(self) -> list[Relation]:
        return list(self.view.references) if self.creates or self.updates else []

    def _lookup_statement(self, relation: Relation) -> str:
        target = self.view.target(relation)
        cls, select = self.module.use("app.models", target.cls), self.module.use("sqlalchemy", "select")
        alive = f", {cls}.deleted_at.is_(None)" if target.entity.soft_delete else ""
        where = f'{cls}.{target.key} == bindparam("{self._bound_reference(relation)}"){alive}'
        return f"FIND_{relation.name.upper()} = {select}({cls}.id).where({where})"

    def _bound_reference(self, relation: Relation) -> str:
        """The parameter for what a reference names."""
        return self.view.bound(relation.name)

    def _found_by_insert(self, relation: Relation) -> bool:
        """Whether the INSERT looks its reference up itself: where there is none, the column refuses the row."""
        return not relation.nullable and self.view.target(relation).key == "id"

    def _found_values(self) -> str:
        """The columns whose values the statement that adds a row looks up."""
        found = [r for r in self.view.references if self._found_by_insert(r)]
        values = ", ".join(f"{r.name}_id=FIND_{r.name.upper()}.scalar_subquery()" for r in found)
        return f".values({values})" if values else ""

    def _written_set_statements(self, relation: Relation) -> list[str]:
        link, target = self.view.association(relation), self.view.target(relation)
        use = self.module.use
        table, cls = use("app.models", link.table), use("app.models", target.cls)
        alive = f", {cls}.deleted_at.is_(None)" if target.entity.soft_delete else ""
        insert, select = use("sqlalchemy", "insert"), use("sqlalchemy", "select")
        lines = [
            f"ADD_{relation.name.upper()} = {insert}({table}).from_select("
            f'["{link.near}", "{link.far}"], {select}(bindparam("row_id", type_={self.cls}.id.type), {cls}.id)'
            f'.where({cls}.{target.key}.in_(bindparam("keys", expanding=True)){alive}))'
        ]
        if self.updates:
            delete = use("sqlalchemy", "delete")
            clear = f'{delete}({table}).where({table}.c.{link.near} == bindparam("row_id"))'
            lines.append(f"CLEAR_{relation.name.upper()} = {clear}")
        return lines

    def _linked_sets(self) -> list[Relation]:
        """Stored sets to which single rows are added: by their own routes, or by an action of any entity."""
        return [relation for relation in self.view.stored_sets if links(self.view, relation)]

    def _link_statements(self, relation: Relation) -> list[str]:
        link = self.view.association(relation)
        use = self.module.use
        table, delete = use("app.models", link.table), use("sqlalchemy", "delete")
        insert = use("app.core.statements", "insert_if_absent")
        return [
            f"LINK_{relation.name.upper()} = {insert}({table})",
            f"UNLINK_{relation.name.upper()} = {delete}({table}).where("
            f'{table}.c.{link.near} == bindparam("{link.near}"), {table}.c.{link.far} == bindparam("{link.far}"))',
        ]

    # Methods

    def methods(self) -> list[str]:
        """The writing methods of the class."""
        methods = [self._find_method(key) for key in self.find_keys]
        if self.creates:
            methods.append(self._create())
        if self.updates:
            methods.append(self._update())
        if self.deletes:
            methods.append(self._delete())
        methods += [self._lookup(r) for r in self._looked_up() if self.updates or not self._found_by_insert(r)]
        for relation in self.view.written_sets:
            methods += self._written_set_methods(relation)
        for relation in self._linked_sets():
            methods += self._link_methods(relation)
        return methods

    def _find_method(self, key: str) -> str:
        is_key = key == self.view.key
        name, statement = ("find", "FIND") if is_key else (f"find_by_{key}", f"FIND_BY_{key.upper()}")
        kind = key_type(self.module, self.view) if is_key else self._field_type(key)
        id_type = self.module.use("app.core.ids", "Id")
        owner, passed = self._owner()
        return (
            f"    async def {name}(self, {key}: {kind}{owner}) -> {id_type} | None:\n"
            f'        """The id of the row, None where there is none."""\n'
            f'        return await self._id({statement}, {{"{key}": {key}}}{passed})'
        )

    def _owner(self) -> tuple[str, str]:
        """The parameter for the owner, and how it is passed on."""
        if not self.view.is_owned:
            return "", ""
        return f", *, owner_id: {self.module.use('app.core.ids', 'Id')} | None = None", ", owner_id"

    def _field_type(self, key: str) -> str:
        return "Id" if key == "id" else "str"

    def _create(self) -> str:
        view, use = self.view, self.module.use
        create = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Create")
        id_type = use("app.core.ids", "Id")
        given = [f"{name}: {id_type}" for name in self._given_ids()]
        if view.is_account:
            given.append("password_hash: str")
        arguments = f", *, {', '.join(given)}" if given else ""
        values = plain_values(view) if not view.is_bulk else ["**to_values(body)"] if view.written_fields else []
        values += [f'"{f.name}": {slug_of(self.module, view, f, "body")}' for f in self.slugs]
        values += [
            f'"{self._bound_reference(r)}": body.{input_name(view.contract, r)}'
            if self._found_by_insert(r)
            else f'"{r.name}_id": await self._{r.name}_id(body.{input_name(view.contract, r)})'
            for r in view.references
        ]
        values += [f'"{name}": {name}' for name in self._given_ids()]
        values += ['"password_hash": password_hash'] if view.is_account else []
        new = "new_id" if "row_id" in self._given_ids() else "row_id"
        lines = [f"    async def create(self, body: {create}{arguments}) -> {id_type}:"]
        lines += [f"        values = {row_values(values)}"] if values else []
        lines += self._insert(f"{new}: {id_type}", "values" if values else "{}")
        for relation in view.written_sets:
            lines.append(f"        await self._add_{relation.name}({new}, body.{input_name(view.contract, relation)})")
        lines.append(f"        return {new}")
        return "\n".join(lines)

    def _insert(self, new: str, values: str) -> list[str]:
        """The row goes in under its plain slugs, or under others where one of them is taken."""
        if not self.slugs:
            return [f"        {new} = (await self._db.execute(INSERT, {values})).scalar_one()"]
        another = self.module.use("app.core.slugs", "another_slug")
        others = ", ".join(f'"{field.name}": {another}(body.{field.slug_of})' for field in self.slugs)
        return [
            "        row = (await self._db.execute(INSERT_IF_ABSENT, values)).one_or_none()",
            "        if row is None:  # the slug is taken; where it is something else, this fails and says so",
            f"            row = (await self._db.execute(INSERT, {{**values, {others}}})).one()",
            f"        {new} = row.id",
        ]

    def _given_ids(self) -> list[str]:
        """Columns that the server sets: the owner's and the parent's."""
        return [f"{r.name}_id" for r in self.view.to_one if r.owner or r.parent]

    def _update(self) -> str:
        view, use = self.view, self.module.use
        update = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Update")
        apart = [input_name(view.contract, r) for r in (*view.references, *view.written_sets)]
        apart += [view.credentials[1], CURRENT_PASSWORD] if view.credentials else []
        exclude = f"exclude={{{', '.join(repr(name) for name in apart)}}}" if apart else ""
        id_type = use("app.core.ids", "Id")
        owner, _ = self._owner()
        key = f"{view.key}: {key_type(self.module, view)}"
        passed, bound = ", owner_id=owner_id" if view.is_owned else "", view.bound("row_id")
        if_match, check = self._precondition()
        owner += f", {PASSWORD_HASH}: str | None = None" if view.credentials else ""
        lines = [
            f"    async def update(self, {key}, body: {update}{if_match}{owner}) -> {id_type} | None:",
            '        """The id of the changed row, None where there is no such row."""',
            f"        row_id = await self.find({view.key}{passed})",
            "        if row_id is None:",
            "            return None",
            *check,
            f"        changes = body.model_dump({exclude})",
        ]
        if view.credentials:
            lines += [
                f"        if {PASSWORD_HASH} is not None:",
                f'            changes["{PASSWORD_HASH}"] = {PASSWORD_HASH}',
            ]
        for relation in view.references:
            name = input_name(view.contract, relation)
            lines += [
                f"        if body.{name} is not {use('pydantic', 'MISSING')}:",
                f'            changes["{relation.name}_id"] = await self._{relation.name}_id(body.{name})',
            ]
        if view.writes_mails:
            address, new = self._address, view.bound("new_address")
            lines += [
                f'        if "{address}" in changes:',
                f'            await self._db.execute(UNVERIFY, {{"{bound}": row_id, "{new}": changes["{address}"]}})',
            ]
        update_row = f'await self._db.execute(UPDATE, {{"{bound}": row_id, **changes}})'
        # Rows that count their versions count every change, also one of a set only.
        lines += [f"        {update_row}"] if check else ["        if changes:", f"            {update_row}"]
        for relation in view.written_sets:
            name = input_name(view.contract, relation)
            missing = use("pydantic", "MISSING")
            lines += [
                f"        if body.{name} is not {missing}:",
                f'            await self._db.execute(CLEAR_{relation.name.upper()}, {{"row_id": row_id}})',
                f"            await self._add_{relation.name}(row_id, body.{name})",
            ]
        lines.append("        return row_id")
        return "\n".join(lines)

    def _delete(self) -> str:
        view, key = self.view, self.view.key
        bound, now = view.bound(f"row_{key}"), view.bound("now")
        values = [f'"{bound}": {key}']
        if view.entity.soft_delete:
            values.append(f'"{now}": {self.module.use("app.core.clock", "utcnow")}()')
        owner, passed = self._owner()
        if_match, check = self._precondition()
        found = [
            f"        row_id = await self.find({key}{', owner_id=owner_id' if view.is_owned else ''})",
            "        if row_id is None:",
            "            return False",
            *check,
        ]
        return "\n".join(
            [
                f"    async def delete(self, {key}: {key_type(self.module, view)}{if_match}{owner}) -> bool:",
                '        """Whether there was such a row."""',
                *(found if check else []),
                f"        return await self._changed(DELETE, {{{', '.join(values)}}}{passed})",
            ]
        )

    def _precondition(self) -> tuple[str, list[str]]:
        """The parameter for the version that the client knows, and the line that checks it."""
        if not self.view.entity.versioned:
            return "", []
        kind = self.module.use("app.core.preconditions", "Precondition")
        return f", if_match: {kind}", ["        await self._check(VERSION, row_id, if_match)"]

    def _lookup(self, relation: Relation) -> str:
        target = self.view.target(relation)
        kind = key_type(self.module, target)
        unknown = self.module.use("app.exceptions", "UnknownReference")
        none = " | None" if relation.nullable else ""
        early = f"        if {target.key} is None:\n            return None\n" if relation.nullable else ""
        return (
            f"    async def _{relation.name}_id(self, {target.key}: {kind}{none}) -> Id{none}:\n{early}"
            f"        found = await self._id(FIND_{relation.name.upper()}, "
            f'{{"{self._bound_reference(relation)}": {target.key}}})\n'
            "        if found is None:\n"
            f'            raise {unknown}("{input_name(self.view.contract, relation)}")\n'
            "        return found"
        )

    def _written_set_methods(self, relation: Relation) -> list[str]:
        target = self.view.target(relation)
        unknown = self.module.use("app.exceptions", "UnknownReference")
        kind = key_type(self.module, target)
        return [
            f"    async def _add_{relation.name}(self, row_id: Id, keys: list[{kind}]) -> None:\n"
            "        wanted = list(dict.fromkeys(keys))\n"
            "        if not wanted:\n"
            "            return\n"
            f"        added = await self._db.execute(ADD_{relation.name.upper()}, "
            '{"row_id": row_id, "keys": wanted})\n'
            "        if added.rowcount != len(wanted):\n"
            f'            raise {unknown}("{input_name(self.view.contract, relation)}")'
        ]

    def _link_methods(self, relation: Relation) -> list[str]:
        link = self.view.association(relation)
        params = f'{{"{link.near}": {link.near}, "{link.far}": {link.far}}}'
        id_type = self.module.use("app.core.ids", "Id")
        return [
            f"    async def {verb}_{relation.name}(self, {link.near}: {id_type}, {link.far}: {id_type}) -> None:\n"
            f'        """{doc}"""\n'
            f"        await self._db.execute({verb.upper()}_{relation.name.upper()}, {params})"
            for verb, doc in (
                ("link", f"Add a row to {relation.name}; nothing happens where it is there already."),
                ("unlink", f"Take a row out of {relation.name}; nothing happens where it is not there."),
            )
        ]


def plain_values(view: View) -> list[str]:
    """The members of a row's values that are as a client sends them."""
    return [f'"{field.name}": body.{field.name}' for field in view.written_fields]


def row_values(members: list[str]) -> str:
    """The mapping with these members."""
    if len(members) == 1 and members[0].startswith("**"):
        return members[0].removeprefix("**")
    return f"{{{', '.join(members)}}}"


def slug_of(module: Module, view: View, field: Field, body: str) -> str:
    """The expression of a new row's slug."""
    reserved = ", RESERVED" if field.name == view.key and view.reserved_keys else ""
    return f"{module.use('app.core.slugs', 'slugify')}({body}.{field.slug_of}{reserved})"


def links(view: View, relation: Relation) -> bool:
    """Whether single rows are added to a stored set: through routes of its own, or by an action of any entity."""
    if relation in view.listed_sets and not is_closed(view.entity.access.update):
        return True
    return (view.cls, relation.name) in linked_sets(view.contract)
