"""`tests/factories.py`: rows for tests, straight into the database, with everything that they need."""

from apismith.contract import naming
from apismith.contract.access import is_closed
from apismith.contract.inputs import input_name
from apismith.contract.model import Contract, Field, Relation, Scalar, Type
from apismith.generate.code import Module, docstring, literal
from apismith.generate.emitters import emits
from apismith.generate.fields import python_type
from apismith.generate.names import ACCOUNTS, account_names
from apismith.generate.view import View, views


@emits("tests/factories.py")
def factories(contract: Contract) -> Module:
    """A class with one method for each entity."""
    module = Module("Rows for tests: made straight in the database, with everything that they need.")
    module.define("Factories")
    return Factories(module, contract).write()


def body_call(view: View, number: str) -> str:
    """The expression of a valid body for the API, as tests write it."""
    if required_references(view):
        return f"await make.{view.one}_body({number})"
    return f"samples.{view.one}({number})"


def required_references(view: View) -> list[Relation]:
    """References without which no row can be made."""
    return [relation for relation in view.references if not relation.nullable]


def is_needed_by_account(view: View) -> bool:
    """Whether no account can be made without a row of this entity."""
    account = view.account
    return account is not None and view.entity.name in _needed_by(account)


def _needed_by(view: View) -> set[str]:
    above = {view.entity.parent.target} if view.entity.parent else set[str]()
    found = {relation.target for relation in required_references(view)} | above
    found.discard(view.entity.name)
    return found.union(*(_needed_by(view.other(name)) for name in found))


def key_value(view: View, row: str) -> str:
    """The key of a row as JSON has it."""
    return json_value(view, view.key, row)


def json_value(view: View, name: str, row: str) -> str:
    """A field of a row that was read, as JSON has it."""
    field = view.entity.field(name)
    if field is None:
        return f"{row}.{name}" if view.contract.database.ids == "int" else f"str({row}.{name})"
    plain = (Scalar.STR, Scalar.INT, Scalar.FLOAT, Scalar.BOOL, Scalar.EMAIL, Scalar.URL, Scalar.ENUM)
    if field.type.scalar in plain:
        return f"{row}.{name}"
    told_by_str = field.type.scalar in (Scalar.UUID, Scalar.DECIMAL, Scalar.DATE)
    if told_by_str and not (field.type.many or field.type.nullable):
        return f"str({row}.{name})"
    return f'{row}.model_dump(mode="json")["{name}"]'


class Factories:
    """Writes the module.

    Args:
        module: the module that is being written; imports go there.
        contract: whose entities there are.
    """

    def __init__(self, module: Module, contract: Contract) -> None:
        self.module = module
        self.contract = contract

    def write(self) -> Module:
        """The whole module."""
        use = self.module.use
        database, count = use("app.core.database", "Database"), use("itertools", "count")
        grouped, iterator = use("collections", "defaultdict"), use("collections.abc", "Iterator")
        account = next((view for view in views(self.contract) if view.is_account), None)
        settings = f", settings: {use('app.config', 'Settings')}" if account else ""
        lines = [
            "class Factories:",
            '    """Makes rows; what is not given is made up, and what a row needs is made too."""',
            "",
            f"    def __init__(self, database: {database}{settings}) -> None:",
            "        self._database = database",
            *([self._actors(account)] if account else []),
            f"        self._numbers: {grouped}[str, {iterator}[int]] = {grouped}(lambda: {count}(11))",
        ]
        for view in views(self.contract):
            lines += ["", *self._row(view)]
            if required_references(view) or view.is_account:
                lines += ["", *self._body(view)]
        self.module.add("\n".join(lines))
        return self.module

    def _actors(self, account: View) -> str:
        actors = self.module.use("tests.actors", "Actors")
        return f"        self.actors = {actors}(database, settings, self.{account.one}_body)"

    def _row(self, view: View) -> list[str]:
        read = self.module.use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Read")
        anything = self.module.use("typing", "Any")
        signature = "".join(f"{name}: {kind} | None = None, " for name, kind in self._given(view))
        positional = "/, " if signature else ""
        header = f"    async def {view.one}(self, {signature}{positional}**changes: {anything}) -> {read}:"
        if view.is_account:
            lines = self._account(view)
        elif is_closed(view.entity.access.create):
            lines = self._inserted(view)
        elif view.is_self_parent:
            lines = [
                "        if above is None:",
                *(f"    {line}" for line in self._inserted(view)),
                *self._created(view),
            ]
        else:
            lines = self._created(view)
        return [header, f"        {docstring(self._doc(view), indent=8)}", *lines]

    def _given(self, view: View) -> list[tuple[str, str]]:
        """The rows that a caller may give: names and types."""
        found: list[tuple[str, str]] = []
        if view.is_owned:
            found.append(("owner", self.module.use("tests.actors", "Actor")))
        if view.parent is not None:
            parent = view.parent
            found.append(("above", self.module.use(f"app.api.v1.schemas.{parent.module}", f"{parent.cls}Read")))
        return found

    def _doc(self, view: View) -> str:
        what = naming.indefinite(view.noun).capitalize()
        if view.is_account:
            return f"{what}: that of an actor, or a new one."
        words = list[str]()
        if view.is_owned:
            words.append("of this owner")
        if view.parent is not None:
            words.append(f"below this {view.parent.noun}")
        return f"{what}{' ' if words else ''}{', '.join(words)}; made up where not given." if words else f"{what}."

    def _body(self, view: View) -> list[str]:
        anything = self.module.use("typing", "Any")
        samples = self._samples()
        sample = f"{samples}.{view.one}(number)"
        members = [f"**{sample}"]
        for relation in required_references(view):
            members.append(f'"{input_name(self.contract, relation)}": {self._reference(view, relation)}')
        return [
            f"    async def {view.one}_body(self, number: int) -> dict[str, {anything}]:",
            f'        """A body for the API that creates {view.article}."""',
            f"        return {{{', '.join(members)}}}" if len(members) > 1 else f"        return {sample}",
        ]

    def _samples(self) -> str:
        return self.module.use("tests", "samples")

    def _sample(self, view: View) -> str:
        """The next body of an entity."""
        return f'{self._samples()}.{view.one}(next(self._numbers["{view.noun}"]))'

    def _reference(self, view: View, relation: Relation, owner: str = "") -> str:
        target = view.target(relation)
        return key_value(target, f"(await self.{target.one}({owner if target.is_owned else ''}))")

    # Ways to make one

    def _account(self, view: View) -> list[str]:
        use = self.module.use
        auth = self.contract.auth
        assert auth is not None
        create = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Create")
        accounts = use("app.repositories.auth", account_names(self.contract).get(ACCOUNTS, ACCOUNTS))
        found, hash_password = use("tests.support", "found"), use("app.core.security", "hash_password")
        body = f'await self.{view.one}_body(next(self._numbers["{view.noun}"]))'
        return [
            "        if owner is not None:",
            f"            return {found}(await {accounts}(self._database.reader).{_get(view)}(owner.id))",
            f"        body = {create}.model_validate({{**{body}, **changes}})",
            f"        password_hash = await {hash_password}(body.{auth.secret}.get_secret_value())",
            "        async with self._database.unit_of_work() as db:",
            f"            repository = {accounts}(db)",
            "            row_id = await repository.create(body, password_hash=password_hash)",
            f"            return {found}(await repository.{_get(view)}(row_id))",
        ]

    def _created(self, view: View) -> list[str]:
        use = self.module.use
        create = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Create")
        lines, ids = self._needed(view)
        body = f"{{**{self._sample(view)}, **changes}}"
        return [
            *lines,
            f"        body = {create}.model_validate({body})",
            "        async with self._database.unit_of_work() as db:",
            f"            repository = {self._repository(view)}(db)",
            f"            row_id = await repository.create(body{ids})",
            f"            return {use('tests.support', 'found')}(await repository.{_get(view)}(row_id))",
        ]

    def _needed(self, view: View) -> tuple[list[str], str]:
        """The lines that make what a row needs, and the ids to pass on."""
        lines: list[str] = []
        ids = ""
        owner = "owner" if view.is_owned else ""
        if view.owner is not None:
            lines.append("        owner = owner or await self.actors.make()")
            ids += f", {view.owner.name}_id=owner.id"
        if view.entity.parent is not None and view.parent is not None:
            if not view.is_self_parent:
                made = f"self.{view.parent.one}({owner if view.parent.is_owned else ''})"
                lines.append(f"        above = above or await {made}")
            ids += f", {view.entity.parent.name}_id=above.id"
        for relation in required_references(view):
            name = input_name(self.contract, relation)
            lines.append(f'        if "{name}" not in changes:')
            lines.append(f'            changes["{name}"] = {self._reference(view, relation, owner)}')
        return lines, ids

    def _inserted(self, view: View) -> list[str]:
        """Where clients cannot create such rows, neither can the repository."""
        use = self.module.use
        lines, _ = self._needed(view)
        model, insert = use("app.models", view.cls), use("sqlalchemy", "insert")
        values = [f"{field.name}={self._stored(field)}" for field in view.written_fields]
        values += [self._slug(field) for field in view.entity.fields if field.slug_of]
        if view.owner is not None:
            values.append(f"{view.owner.name}_id=owner.id")
        if view.entity.parent is not None and not view.is_self_parent:
            values.append(f"{view.entity.parent.name}_id=above.id")
        for relation in required_references(view):
            target = view.target(relation)
            cls, select = use("app.models", target.cls), use("sqlalchemy", "select")
            key = self._parsed(target, f'body["{input_name(self.contract, relation)}"]')
            values.append(f"{relation.name}_id={select}({cls}.id).where({cls}.{target.key} == {key}).scalar_subquery()")
        return [
            *lines,
            f"        body = {{**{self._sample(view)}, **changes}}",
            "        async with self._database.unit_of_work() as db:",
            f"            values = {{{', '.join(_as_member(value) for value in values)}}}",
            f"            statement = {insert}({model}).values(values).returning({model}.id)",
            "            row_id = (await db.execute(statement)).scalar_one()",
            f"            repository = {self._repository(view)}(db)",
            f"            return {use('tests.support', 'found')}(await repository.{_get(view)}(row_id))",
        ]

    def _slug(self, field: Field) -> str:
        return f'{field.name}={self.module.use("app.core.slugs", "another_slug")}(body["{field.slug_of}"])'

    def _parsed(self, view: View, text: str) -> str:
        field = view.entity.field(view.key)
        if field is None:
            adapter, id_type = self.module.use("pydantic", "TypeAdapter"), self.module.use("app.core.ids", "Id")
            return f"{adapter}[{id_type}]({id_type}).validate_python({text})"
        return self._value(field.type, text)

    def _stored(self, field: Field) -> str:
        return self._value(field.type, f'body["{field.name}"]')

    def _value(self, type: Type, text: str) -> str:
        """The expression of a JSON value as the model keeps it."""
        as_they_are = (Scalar.STR, Scalar.INT, Scalar.FLOAT, Scalar.BOOL, Scalar.EMAIL, Scalar.URL, Scalar.JSON)
        if type.scalar in as_they_are:
            return text
        kind = python_type(self.module, type)
        adapter = self.module.use("pydantic", "TypeAdapter")
        return f"{adapter}[{kind}]({kind}).validate_python({text})"

    def _repository(self, view: View) -> str:
        return self.module.use(f"app.repositories.{view.module}", f"{view.cls}Repository")


def _as_member(value: str) -> str:
    name, _, expression = value.partition("=")
    return f"{literal(name)}: {expression}"


def _get(view: View) -> str:
    return "get" if view.key == "id" else "get_by_id"
