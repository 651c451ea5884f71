"""`app/services/<module>.py`: who may do what with one entity, and what follows from it."""

from apismith.contract.access import holds_for_anonymous as is_open, is_closed
from apismith.contract.model import Relation, Rule
from apismith.generate.access import list_rule, mentions_owner, rule_source, service_rules
from apismith.generate.code import Module, literal
from apismith.generate.emit.repository_reads import key_type
from apismith.generate.emit.service_account import confirm, end_sessions, new_password, repository
from apismith.generate.emit.service_operations import ServiceOperations, other_entities
from apismith.generate.emitters import emits
from apismith.generate.view import View


@emits("app/services/{module}.py", each="entity")
def service(view: View) -> Module:
    """The rules as constants, then a class whose methods apply them."""
    module = Module(f"Rules about {view.nouns}: who may do what, and what follows from it.")
    return Service(module, view).write()


class Service:
    """Writes one service.

    Args:
        module: the module that is being written; imports go there.
        view: its entity.
    """

    def __init__(self, module: Module, view: View) -> None:
        self.module = module
        self.view = view
        access = view.entity.access
        self.creates, self.updates, self.deletes = (
            not is_closed(rule) for rule in (access.create, access.update, access.delete)
        )
        self.read = module.use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Read")
        self.repository = f"self._{view.module}"
        self.operations = ServiceOperations(module, view, self.repository, self.refusal)

    def write(self) -> Module:
        """The whole module."""
        rules = [f"{name} = {self._rule(rule)}" for name, rule in service_rules(self.view).items()]
        methods = [self._init()]
        methods += [] if is_closed(self.view.entity.access.read) else [self._get()]
        if not is_closed(list_rule(self.view)):
            methods.append(self._page())
        methods += [self._create()] if self.creates else []
        methods += [self._bulk_create()] if self.view.is_bulk else []
        methods += [self._update()] if self.updates else []
        methods += [self._delete()] if self.deletes else []
        methods += [method for relation in self.view.listed_sets for method in self._listed_set(relation)]
        methods += self.operations.methods()
        methods += self._helpers(methods)
        if self.view.credentials:
            rules.append(f"CREDENTIALS = {{{', '.join(map(literal, self.view.credentials))}}}")
        self.module.add("\n".join(rules))
        self.module.add(
            f"class {self.view.cls}Service:\n"
            f'    """What may be done with {self.view.nouns}."""\n\n' + "\n\n".join(methods)
        )
        return self.module

    def _rule(self, rule: Rule) -> str:
        names: set[str] = set()
        text = rule_source(rule, names)
        for name in names:
            self.module.use("app.core.access", name)
        return text

    # Pieces

    def caller(self, *rules: Rule) -> str:
        """The parameter `me`, where one of the rules looks at the caller."""
        if all(is_open(rule) for rule in rules):
            return ""
        return f", me: {self.module.use('app.core.access', 'Caller')}"

    def owner(self, name: str, rule: Rule, view: View | None = None) -> str:
        """The keyword argument that confines a statement to the caller's rows; empty where nothing is owned."""
        if is_open(rule) or not (view or self.view).is_owned or not mentions_owner(rule):
            return ""
        return f", owner_id={name}.authorize(me)"

    def check(self, name: str, rule: Rule, *, confined: bool = True) -> list[str]:
        """The line that asks a rule which does not confine a statement."""
        if is_open(rule) or (confined and mentions_owner(rule) and self.view.is_owned):
            return []
        return [f"        {name}.authorize(me)"]

    def not_found(self, key: str) -> str:
        """The error for a row that is not there."""
        return f'{self.module.use("app.exceptions", "NotFound")}("{self.view.noun}", {key}={key})'

    def _init(self) -> str:
        lines = [
            (other.module, self.module.use(*repository(self.view, other))) for other in service_repositories(self.view)
        ]
        if self.view.credentials:
            lines.append(("auth", self.module.use("app.services.auth", "AuthService")))
        parameters = ", ".join(f"{name}: {cls}" for name, cls in lines)
        body = "\n".join(f"        self._{name} = {name}" for name, _ in lines)
        return f"    def __init__(self, {parameters}) -> None:\n{body}"

    def _get(self) -> str:
        rule, key = self.view.entity.access.read, self.view.key
        lines = [
            f"    async def get(self, {key}: {key_type(self.module, self.view)}{self.caller(rule)}) -> {self.read}:",
            *self.check("READ", rule),
            f"        {self.view.one} = await {self.repository}.get({key}{self.owner('READ', rule)})",
            f"        if {self.view.one} is None:",
            f"            raise {self.not_found(key)}",
            f"        return {self.view.one}",
        ]
        return "\n".join(lines)

    def _page(self) -> str:
        view, rule = self.view, list_rule(self.view)
        use = self.module.use
        name = "READ" if view.entity.listing.allow in (None, view.entity.access.read) else "LIST"
        query = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Query")
        page = use("app.core.pagination", "Page")
        rules, key, passed = [rule], "", ""
        lines: list[str] = []
        if view.parent is not None and view.entity.parent is not None:
            rules.append(view.parent.entity.access.read)
            key = f"{view.parent.key}: {key_type(self.module, view.parent)}, "
            parent = f"{view.entity.parent.name}_id"
            lines = [f"        {parent} = await self._parent_id({view.parent.key}{self._parent_me()})"]
            passed = f", {parent}={parent}"
        return "\n".join(
            [
                f"    async def page(self, {key}query: {query}{self.caller(*rules)}) -> {page}[{self.read}]:",
                *self.check(name, rule),
                *lines,
                f"        return await {self.repository}.page(query{passed}{self.owner(name, rule)})",
            ]
        )

    def _parent_me(self) -> str:
        assert self.view.parent is not None
        return "" if is_open(self.view.parent.entity.access.read) else ", me"

    def _create(self) -> str:
        view, use = self.view, self.module.use
        body = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Create")
        key, me, lines, passed = self._created_by()
        if view.is_account:
            lines += new_password(self.module, view)
            passed += ", password_hash=password_hash"
        return "\n".join(
            [
                f"    async def create(self, {key}body: {body}{me}) -> {self.read}:",
                *lines,
                *self.operations.finish("created", f"await self._stored(await {self.repository}.create(body{passed}))"),
            ]
        )

    def _bulk_create(self) -> str:
        view, use = self.view, self.module.use
        body = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Create")
        key, me, lines, passed = self._created_by()
        return "\n".join(
            [
                f"    async def bulk_create(self, {key}items: list[{body}]{me}) -> list[{self.read}]:",
                *lines,
                f"        row_ids = await {self.repository}.bulk_create(items{passed})",
                *self.operations.finish_each("created", f"await {self.repository}.stored(row_ids)"),
            ]
        )

    def _created_by(self) -> tuple[str, str, list[str], str]:
        """What creating asks before: its key of the row above, its caller, the lines, the ids that they pass on."""
        view, rule, use = self.view, self.view.entity.access.create, self.module.use
        rules = [rule]
        key = ""
        lines: list[str] = []
        given: list[str] = []
        if view.parent is not None and view.entity.parent is not None:
            rules.append(view.parent.entity.access.read)
            key = f"{view.parent.key}: {key_type(self.module, view.parent)}, "
            parent = f"{view.entity.parent.name}_id"
            lines = [f"        {parent} = await self._parent_id({view.parent.key}{self._parent_me()})"]
            if self.confined_by_parent(rule):
                lines = self._owned_parent(parent, "CREATE")
            given.append(f"{parent}={parent}")
        if view.owner:
            given.append(f"{view.owner.name}_id=me.account_id")
        me = self.caller(*rules) or (f", me: {use('app.core.access', 'Caller')}" if view.owner else "")
        checked = [] if self.confined_by_parent(rule) else self.check("CREATE", rule, confined=False)
        return key, me, [*checked, *lines], "".join(f", {argument}" for argument in given)

    def confined_by_parent(self, rule: Rule) -> bool:
        """Whether `owner` in a rule means the parent's: then the parent is looked up among the caller's own."""
        return bool(self.view.parent and not self.view.owner and self.view.parent.is_owned and mentions_owner(rule))

    def _owned_parent(self, name: str, rule: str) -> list[str]:
        parent = self.view.parent
        assert parent is not None
        find, key = f"self._{parent.module}.find", parent.key
        return [
            f"        {name} = await {find}({key}, owner_id={rule}.authorize(me))",
            f"        if {name} is None:",
            f"            await self._parent_id({key}{self._parent_me()})",
            f"            raise {self.module.use('app.exceptions', 'Forbidden')}",
        ]

    def _update(self) -> str:
        view, rule, key = self.view, self.view.entity.access.update, self.view.key
        body = self.module.use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Update")
        if_match, known = self._precondition()
        signature = f"{key}: {key_type(self.module, view)}, body: {body}{self.caller(rule)}{if_match}"
        owner, confirmed, ended = self.owner("UPDATE", rule), self.check("UPDATE", rule), list[str]()
        if view.credentials:
            confirmed, ended = (
                confirm(self.module, view, confined=bool(owner)),
                end_sessions(self.module, view, self.repository),
            )
            owner = f"{', owner_id=owner_id' if owner else ''}, password_hash=password_hash"
        return "\n".join(
            [
                f"    async def update(self, {signature}) -> {self.read}:",
                *confirmed,
                f"        row_id = await {self.repository}.update({key}, body{known}{owner})",
                "        if row_id is None:",
                f"            raise {self.refusal(key, rule)}",
                *ended,
                *self.operations.finish("updated", "await self._stored(row_id)"),
            ]
        )

    def _delete(self) -> str:
        view, rule, key = self.view, self.view.entity.access.delete, self.view.key
        if_match, known = self._precondition()
        handled = self.operations.handlers("deleted")
        result = "None"
        before: list[str] = []
        after: list[str] = []
        if handled:
            row = f"await {self.repository}.get({key})"
            before = [f"        {view.one} = {row}"]
            result, after = self.read, self.operations.finish("deleted", view.one)
        missing = f" or {view.one} is None" if handled else ""
        signature = f"{key}: {key_type(self.module, view)}{self.caller(rule)}{if_match}"
        return "\n".join(
            [
                f"    async def delete(self, {signature}) -> {result}:",
                *self.check("DELETE", rule),
                *before,
                f"        if not await {self.repository}.delete({key}{known}{self.owner('DELETE', rule)}){missing}:",
                f"            raise {self.refusal(key, rule)}",
                *after,
            ]
        )

    def _precondition(self) -> tuple[str, str]:
        """Parameter and argument for the version that the client knows, where rows count theirs."""
        if not self.view.entity.versioned:
            return "", ""
        return f", if_match: {self.module.use('app.core.preconditions', 'Precondition')}", ", if_match"

    def refusal(self, key: str, rule: Rule) -> str:
        """Why a row was not found under a rule: it is not there for this caller, or it is not theirs."""
        if not mentions_owner(rule) or not self.view.is_owned or is_closed(self.view.entity.access.read):
            return self.not_found(key)
        suffix = "" if key == self.view.key else f"_by_{key}"
        return f"await self._refusal{suffix}({key}{self._reader_me()})"

    def _reader_me(self) -> str:
        return "" if is_open(self.view.entity.access.read) else ", me"

    def _listed_set(self, relation: Relation) -> list[str]:
        view, target = self.view, self.view.target(relation)
        use, key = self.module.use, self.view.key
        read = use(f"app.api.v1.schemas.{target.module}", f"{target.cls}Read")
        condition = use(f"app.repositories.{view.module}", f"IN_{relation.name.upper()}")
        query, page = use("app.core.pagination", "PageQuery"), use("app.core.pagination", "Page")
        rules = (view.entity.access.read, target.entity.access.read)
        rule_name = f"READ_{relation.name.upper()}"
        owner = self.owner(rule_name, rules[1], target)
        check = [] if is_open(rules[1]) or owner else [f"        {rule_name}.authorize(me)"]
        methods = [
            "\n".join(
                [
                    f"    async def page_{relation.name}(self, {key}: {key_type(self.module, view)}, query: {query}"
                    f"{self.caller(*rules)}) -> {page}[{read}]:",
                    *check,
                    f"        row_id = await self._find({key}{self._reader_me()})",
                    f"        return await self._{target.module}.page_where("
                    f'{condition}, query, {{"row_id": row_id}}{owner})',
                ]
            )
        ]
        if relation.reverse_of is None and self.updates:
            methods += [self._link(relation, verb) for verb in ("link", "unlink")]
        return methods

    def _link(self, relation: Relation, verb: str) -> str:
        view, target, rule = self.view, self.view.target(relation), self.view.entity.access.update
        key, other = view.key, f"{relation.name}_{target.key}"
        unknown = self.module.use("app.exceptions", "NotFound")
        return "\n".join(
            [
                f"    async def {verb}_{relation.name}(self, {key}: {key_type(self.module, view)}, "
                f"{other}: {key_type(self.module, target)}{self.caller(rule)}) -> None:",
                *self.check("UPDATE", rule),
                f"        row_id = await {self.repository}.find({key}{self.owner('UPDATE', rule)})",
                "        if row_id is None:",
                f"            raise {self.refusal(key, rule)}",
                f"        other_id = await self._{target.module}.find({other})",
                "        if other_id is None:",
                f'            raise {unknown}("{target.noun}", {target.key}={other})',
                f"        await {self.repository}.{verb}_{relation.name}(row_id, other_id)",
            ]
        )

    # Helpers that other methods call

    def _helpers(self, methods: list[str]) -> list[str]:
        written = "\n".join(methods)
        helpers: list[str] = []
        if "self._stored(" in written:
            helpers.append(self._stored())
        if "self._find(" in written:
            helpers.append(self._find())
        if "self._parent_id(" in written:
            helpers.append(self._parent_id())
        for key in self.operations.keys:
            suffix = "" if key == self.view.key else f"_by_{key}"
            if f"self._refusal{suffix}(" in written:
                helpers.append(self._refusal(key, suffix))
        return helpers

    def _stored(self) -> str:
        id_type, key = self.module.use("app.core.ids", "Id"), self.view.key
        get = "get" if key == "id" else "get_by_id"
        return (
            f"    async def _stored(self, id: {id_type}) -> {self.read}:\n"
            f"        {self.view.one} = await {self.repository}.{get}(id)\n"
            f"        if {self.view.one} is None:\n"
            f"            raise {self.not_found('id')}\n"
            f"        return {self.view.one}"
        )

    def _find(self) -> str:
        rule, key = self.view.entity.access.read, self.view.key
        id_type, kind = self.module.use("app.core.ids", "Id"), key_type(self.module, self.view)
        return "\n".join(
            [
                f"    async def _find(self, {key}: {kind}{self.caller(rule)}) -> {id_type}:",
                *self.check("READ", rule),
                f"        row_id = await {self.repository}.find({key}{self.owner('READ', rule)})",
                "        if row_id is None:",
                f"            raise {self.not_found(key)}",
                "        return row_id",
            ]
        )

    def _parent_id(self) -> str:
        parent, relation = self.view.parent, self.view.entity.parent
        assert parent is not None and relation is not None
        rule, key = parent.entity.access.read, parent.key
        id_type, not_found = self.module.use("app.core.ids", "Id"), self.module.use("app.exceptions", "NotFound")
        rule_name = "READ" if self.view.is_self_parent else "READ_PARENT"
        kind = key_type(self.module, parent)
        owner = self.owner(rule_name, rule, parent)
        check = [] if is_open(rule) or owner else [f"        {rule_name}.authorize(me)"]
        return "\n".join(
            [
                f"    async def _parent_id(self, {key}: {kind}{self.caller(rule)}) -> {id_type}:",
                *check,
                f"        {relation.name}_id = await self._{parent.module}.find({key}{owner})",
                f"        if {relation.name}_id is None:",
                f'            raise {not_found}("{parent.noun}", {key}={key})',
                f"        return {relation.name}_id",
            ]
        )

    def _refusal(self, key: str, suffix: str) -> str:
        rule = self.view.entity.access.read
        use = self.module.use
        error, forbidden = use("app.exceptions", "AppError"), use("app.exceptions", "Forbidden")
        kind = key_type(self.module, self.view) if key == self.view.key else "str"
        find = "find" if key == self.view.key else f"find_by_{key}"
        return "\n".join(
            [
                f"    async def _refusal{suffix}(self, {key}: {kind}{self.caller(rule)}) -> {error}:",
                '        """Why a row cannot be changed: it is not there for this caller, or it is not theirs."""',
                *self.check("READ", rule),
                f"        readable = await {self.repository}.{find}({key}{self.owner('READ', rule)})",
                f"        return {self.not_found(key)} if readable is None else {forbidden}()",
            ]
        )


def service_repositories(view: View) -> list[View]:
    """The entities whose repositories a service works with, its own first."""
    others = {view.parent.cls} if view.parent else set[str]()
    others |= {relation.target for relation in view.listed_sets} | other_entities(view)
    return [view, *(view.other(name) for name in sorted(others - {view.cls}))]
