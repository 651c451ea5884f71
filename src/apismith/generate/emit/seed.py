"""`app/seed.py`: a few rows of everything, to try things out with."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from apismith.contract.access import is_closed
from apismith.contract.inputs import input_name
from apismith.contract.model import Contract, Relation, Scalar
from apismith.generate.code import Module, block, literal
from apismith.generate.emitters import emits
from apismith.generate.examples import secret_sample
from apismith.generate.samples import key_sample, row
from apismith.generate.tables import tables
from apismith.generate.view import View

ROWS = 3
PHRASE = "correct horse battery staple"


@emits("app/seed.py")
def seed(contract: Contract) -> Module:
    """Rows as data, and the function that stores them."""
    return Seed(contract).write()


@dataclass
class Rows:
    """What is stored of one entity.

    Args:
        view: the entity.
        values: the rows' members that are known beforehand.
        later: members and arguments that hold ids of rows stored before, as source text.
    """

    view: View
    values: list[dict[str, JsonValue]]
    later: dict[str, str] = field(default_factory=dict[str, str])
    arguments: list[str] = field(default_factory=list[str])


class Seed:
    """Writes the module."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.module = Module("A few rows to try things out with.")
        self.stored: dict[str, Rows] = {}
        self.referred: set[str] = set()

    def write(self) -> Module:
        """The whole module."""
        use = self.module.use
        for table in tables(self.contract):
            if table.entity is not None:
                self._plan(View(self.contract, table.entity))
        final, anything = use("typing", "Final"), use("typing", "Any")
        auth = self.contract.auth
        if auth is not None:
            self.module.add(
                f"PASSWORD: {final} = {literal(self._password())}"
                "  # noqa: S105  # of a demo account, which production refuses to make"
            )
        constants = [
            f"{rows.view.constant}: {final}[list[dict[str, {anything}]]] = {literal(rows.values)}"
            for rows in self.stored.values()
            if not rows.view.is_account
        ]
        self.module.add("\n".join(constants))
        lines = [line for rows in self.stored.values() for line in self._stored(rows)]
        executor = use("app.core.database", "Executor")
        doc = '"""Store the rows; nothing happens where they are stored already."""'
        if auth is None:
            lines = [*self._unless_stored("return"), *lines]
            self.module.add(block(f"async def seed(db: {executor}) -> None:", [doc, *lines]))
            return self.module
        named_tuple = use("typing", "NamedTuple")
        self.module.add(
            f'class Demo({named_tuple}):\n    """The account to log in with."""\n\n    login: str\n    password: str'
        )
        demo = f"Demo({literal(self._login())}, PASSWORD)"
        lines = [*self._unless_stored(f"return {demo}"), *lines, f"return {demo}"]
        self.module.add(block(f"async def seed(db: {executor}) -> Demo:", [doc, *lines]))
        return self.module

    def _unless_stored(self, leave: str) -> list[str]:
        """Leave where there is the demo account already or, without accounts, a row of the first entity."""
        if not self.stored:
            return []
        select, auth = self.module.use("sqlalchemy", "select"), self.contract.auth
        cls = self.module.use("app.models", auth.account if auth else next(iter(self.stored)))
        chosen = f".where({cls}.{auth.login} == {literal(self._login())})" if auth else ".limit(1)"
        return [f"if (await db.execute({select}({cls}.id){chosen})).first() is not None:\n    {leave}"]

    def _login(self) -> JsonValue:
        auth = self.contract.auth
        assert auth is not None, "asked for only where accounts are"
        return self.stored[auth.account].values[0][auth.login]

    def _password(self) -> str:
        auth = self.contract.auth
        assert auth is not None, "asked for only where accounts are"
        secret = self.contract.by_name[auth.account].field(auth.secret)
        assert secret is not None, "the loader has checked that the account has its secret"
        limits = secret.constraints
        fits = (limits.min_length or 0) <= len(PHRASE) <= (limits.max_length or len(PHRASE))
        return PHRASE if fits else secret_sample(secret)

    # Which rows

    def _plan(self, view: View) -> None:
        """Note the rows of an entity, unless nobody may create one or what it must refer to is not there."""
        if is_closed(view.entity.access.create) and not view.is_account:
            return
        rows = Rows(view, [row(view, n) for n in range(1 if view.is_account else ROWS)])
        if view.is_account:
            self._name_demo(rows)
        if all(self._given(rows, r) for r in view.to_one if r.owner or r.parent) and all(
            self._referred(rows, r) for r in (*view.references, *view.written_sets)
        ):
            rows.values = _distinct(view, rows.values)
            self.stored[view.cls] = rows

    def _name_demo(self, rows: Rows) -> None:
        auth = self.contract.auth
        assert auth is not None, "an account is there because people log in"
        login = rows.view.entity.field(auth.login)
        if login is not None and login.type.scalar is Scalar.EMAIL:
            rows.values[0][auth.login] = "demo@example.com"

    def _given(self, rows: Rows, relation: Relation) -> bool:
        """Pass the id of the owner or the parent; False where there is none yet."""
        if relation.target not in self.stored:
            return False
        self.referred.add(relation.target)
        rows.arguments.append(f"{relation.name}_id={self._first(relation)}")
        return True

    def _referred(self, rows: Rows, relation: Relation) -> bool:
        """Send the key of a row that a relation leads to; False where there must be one and is none yet."""
        optional = relation.nullable or relation.many
        if relation.target not in self.stored or relation.unique:
            return optional
        name, target = input_name(self.contract, relation), rows.view.target(relation)
        if target.key == "id":
            self.referred.add(relation.target)
            first = self._first(relation)
            rows.later[name] = f"[{first}]" if relation.many else first
            return True
        key = self._key(target)
        for values in rows.values:
            values[name] = [key] if relation.many else key
        return True

    def _first(self, relation: Relation) -> str:
        target = View(self.contract, self.contract.by_name[relation.target])
        return f"{target.snake}_id" if target.is_account else f"{target.snake}_ids[0]"

    def _key(self, target: View) -> JsonValue:
        return self.stored[target.cls].values[0].get(target.key, key_sample(target))

    # Their code

    def _stored(self, rows: Rows) -> list[str]:
        view, use = rows.view, self.module.use
        create = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Create")
        repository = use(f"app.repositories.{view.module}", f"{view.cls}Repository")
        later = ", ".join(f"{literal(name)}: {value}" for name, value in rows.later.items())
        if view.is_account:
            return self._account(rows, create, repository, later)
        body = f"row | {{{later}}}" if later else "row"
        call = f"await {view.module}.create({', '.join([f'{create}.model_validate({body})', *rows.arguments])})"
        made = f"{view.module} = {repository}(db)"
        if view.cls in self.referred:
            return [made, f"{view.snake}_ids = [{call} for row in {view.constant}]"]
        return [made, f"for row in {view.constant}:\n    {call}"]

    def _account(self, rows: Rows, create: str, repository: str, later: str) -> list[str]:
        auth = self.contract.auth
        assert auth is not None, "an account is there because people log in"
        members = ", ".join(f"{literal(name)}: {literal(value)}" for name, value in rows.values[0].items())
        known = ", ".join(part for part in (members, f"{literal(auth.secret)}: PASSWORD", later) if part)
        hashed = f"password_hash=await {self.module.use('app.core.security', 'hash_password')}(PASSWORD)"
        call = f"await {repository}(db).create({', '.join(['body', *rows.arguments, hashed])})"
        target = f"{rows.view.snake}_id = " if rows.view.cls in self.referred else ""
        return [f"body = {create}.model_validate({{{known}}})", f"{target}{call}"]


def _distinct(view: View, rows: list[dict[str, JsonValue]]) -> list[dict[str, JsonValue]]:
    """The rows that can stand beside each other; all of them refer to the same rows."""
    for group in view.entity.rules.unique:
        names = [name for name in group if view.entity.field(name) is not None]
        rows = list({repr([row.get(name) for name in names]): row for row in reversed(rows)}.values())[::-1]
    return rows
