"""`app/api/v1/endpoints/<module>.py`: one entity over HTTP."""

from apismith.contract.access import holds_for_anonymous as is_open, is_closed
from apismith.contract.failures import failures
from apismith.contract.model import Contract, Operation, Relation, Rule
from apismith.contract.routes import Route, prefix, routes
from apismith.generate.access import list_rule
from apismith.generate.code import Module, docstring, literal
from apismith.generate.emit.deprecation import announced
from apismith.generate.emit.repository_reads import key_type
from apismith.generate.emit.schemas import described, key_input
from apismith.generate.emit.service_operations import (
    description,
    input_module,
    needs_caller,
    parameters,
    query_class,
    result_type,
)
from apismith.generate.emitters import emits
from apismith.generate.fields import default, input_type
from apismith.generate.operations import OperationView
from apismith.generate.view import View


@emits("app/api/v1/endpoints/{module}.py", each="entity")
def endpoint(view: View) -> Module:
    """The routes of one entity, each a few lines that call its service."""
    elsewhere = f"Rules live in `services.{view.module}`, SQL in `repositories.{view.module}`."
    module = Module(f"{view.nouns.capitalize()} over HTTP. {elsewhere}")
    return Endpoint(module, view).write()


class Endpoint:
    """Writes one endpoint module.

    Args:
        module: the module that is being written; imports go there.
        view: its entity.
    """

    def __init__(self, module: Module, view: View) -> None:
        self.module = module
        self.view = view
        self.prefix = f"/{view.path}"
        self.served = {(str(route.method), route.path): route for route in routes(view.contract)}
        self.read = module.use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Read")

    def has_root(self) -> bool:
        """Whether some path lies outside of the prefix."""
        return any(route.startswith("@root.") for route in self.routes())

    def write(self) -> Module:
        """The whole module."""
        routes = self.routes()
        api_router, tag = self.module.use("app.core.routing", "Router"), literal(self.view.nouns)
        deprecated = "".join(f", {argument}" for argument in announced(self.module, self.view.entity.deprecated))
        made = f"tags=[{tag}], route_class={self.module.use('app.api.route', 'Route')}{deprecated}"
        routers = [f'router = {api_router}(prefix="{self.prefix}", {made})']
        if any(route.startswith("@root.") for route in routes):
            routers.append(f"root = {api_router}({made})  # paths outside of the prefix")
        self.module.add("\n".join(routers), *routes)
        return self.module

    def routes(self) -> list[str]:
        """The endpoints, in the order in which they are tried."""
        access, view = self.view.entity.access, self.view
        routes = [self._operation(OperationView(view.contract, o)) for o in fixed_first(view.operations)]
        routes += [self._list()] if not is_closed(list_rule(view)) else []
        routes += [self._create()] if not is_closed(access.create) else []
        routes += [self._bulk_create()] if view.is_bulk else []
        routes += [self._get()] if not is_closed(access.read) else []
        routes += [self._update()] if not is_closed(access.update) else []
        routes += [self._delete()] if not is_closed(access.delete) else []
        for relation in view.listed_sets:
            routes += self._listed_set(relation)
        return routes

    # Pieces

    def path(self, full: str) -> tuple[str, str]:
        """The router of a path, and the path on it."""
        if full == self.prefix or full.startswith(f"{self.prefix}/"):
            return "router", full.removeprefix(self.prefix)
        return "root", full

    def decorator(self, method: str, full: str, summary: str, *extra: str) -> str:
        """The line above an endpoint."""
        router, path = self.path(full)
        route = self.served[method.upper(), prefix(self.view.contract) + full]
        arguments = [literal(path), f"summary={literal(summary)}", *extra]
        arguments.append(responses(self.module, self.view.contract, route))
        return f"@{router}.{method.lower()}({', '.join(arguments)})"

    def reads(self) -> str:
        """The dependency that gives the service on a reader."""
        return f"{self.view.module}: {self.module.use('app.api.v1.providers', f'Read{service_name(self.view)}')}"

    def writes(self) -> str:
        """The dependency that gives the service in a unit of work."""
        return f"{self.view.module}: {self.module.use('app.api.v1.providers', f'Write{service_name(self.view)}')}"

    def key(self, view: View, name: str | None = None) -> str:
        """The path parameter that names a row."""
        return f"{name or view.key}: {self.path_type(view, view.key)}"

    def path_type(self, view: View, key: str) -> str:
        """Type of a key in a path."""
        use = self.module.use
        if key == "id":
            return use("app.core.ids", "PathId")
        field = view.entity.field(key)
        kind = key_type(self.module, view) if key == view.key else "str"
        if kind != "str":
            return kind
        use("app.api.v1.schemas.base", "Text")
        longest = field.constraints.max_length if field and field.constraints.max_length else 255
        return f"{use('typing', 'Annotated')}[Text, {use('fastapi', 'Path')}(max_length={longest})]"

    def caller(self, *rules: Rule, needed: bool = False) -> str:
        """The parameter for who is asking, where the service wants to know."""
        if needed or not all(is_open(rule) for rule in rules):
            return f", me: {self.module.use('app.dependencies', 'Member')}"
        return ""

    def background(self, event: str) -> tuple[str, list[str]]:
        """The parameter and the lines that start the handlers of an event in the background."""
        contract, view = self.view.contract, self.view
        handlers = [h for h in contract.handlers if h.entity == view.cls and h.event == event and h.background]
        mails = self._mails(event)
        if not handlers and not mails:
            return "", []
        recovery = f", recovery: {self.module.use('app.api.v1.providers', 'Recovery')}" if mails else ""
        tasks = self.module.use("fastapi", "BackgroundTasks")
        lines = [
            f"    tasks.add_task({self.module.use('app.services.handlers', h.name)}, {view.one})" for h in handlers
        ]
        return f"{recovery}, tasks: {tasks}", [*lines, *mails]

    def _mails(self, event: str) -> list[str]:
        """The lines that ask an account to verify a new address."""
        if not self.view.writes_mails or event == "deleted":
            return []
        auth = self.view.contract.auth
        assert auth is not None, "accounts that can be written to log in"
        write = f"    tasks.add_task(recovery.ask_to_verify, body.{auth.login})"
        if event == "created":
            return [write]
        return [f"    if body.{auth.login} is not {self.module.use('pydantic', 'MISSING')}:", f"    {write}"]

    def precondition(self) -> tuple[str, str]:
        """Parameter and argument for the version that the client knows, where rows count theirs."""
        if not self.view.entity.versioned:
            return "", ""
        return f", if_match: {self.module.use('app.core.preconditions', 'IfMatch')}", ", if_match"

    def tag(self) -> tuple[str, list[str]]:
        """The parameter and the line that give an answer the tag of its row's version."""
        if not self.view.entity.versioned:
            return "", []
        one, entity_tag = self.view.one, self.module.use("app.core.preconditions", "entity_tag")
        line = f'    response.headers["ETag"] = {entity_tag}({one}.version)'
        return f", response: {self.module.use('fastapi', 'Response')}", [line]

    def collection(self) -> tuple[str, str, str]:
        """Path of the list, its path parameter, and the argument for it."""
        parent = self.view.parent
        if parent is None:
            return self.prefix, "", ""
        path = f"/{parent.path}/{{{parent.key}}}/{self.view.path}"
        return path, f"{self.key(parent)}, ", f"{parent.key}, "

    def parent_rules(self) -> list[Rule]:
        """The rule that says who sees the parent."""
        return [self.view.parent.entity.access.read] if self.view.parent else []

    # Routes

    def _list(self) -> str:
        view, use = self.view, self.module.use
        rules = [list_rule(view), *self.parent_rules()]
        path, parameter, argument = self.collection()
        query = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Query")
        annotated, query_of, page = (
            use("typing", "Annotated"),
            use("fastapi", "Query"),
            use("app.core.pagination", "Page"),
        )
        me = self.caller(*rules)
        header = self.decorator("get", path, f"List {view.nouns}")
        return (
            f"{header}\nasync def list_{view.module}({parameter}query: {annotated}[{query}, {query_of}()], "
            f"{self.reads()}{me}, next_link: {use('app.core.pagination', 'NextLink')}) -> {page}[{self.read}]:\n"
            f"    return next_link.of(await {view.module}.page({argument}query{', me' if me else ''}))"
        )

    def _create(self) -> str:
        view, use = self.view, self.module.use
        rule = view.entity.access.create
        rules = [rule, *self.parent_rules()]
        path, parameter, argument = self.collection()
        if view.is_account:
            path, parameter, argument = "/auth/register", "", ""
        body = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Create")
        needed = view.owner is not None
        me = self.caller(*rules, needed=needed)
        tasks, started = self.background("created")
        created = f"status_code={use('fastapi', 'status')}.HTTP_201_CREATED"
        header = self.decorator("post", path, f"Create {view.article}", created)
        location = f"/api/{view.contract.version}{self.prefix}/{{{view.one}.{view.key}}}"
        name = "register" if view.is_account else f"create_{view.snake}"
        lines = [
            f"{header}\nasync def {name}({parameter}body: {body}, {self.writes()}{me}, "
            f"response: {use('fastapi', 'Response')}{tasks}, {once(self.module)}) -> {self.read}:",
            f"    {view.one} = await {view.module}.create({argument}body{', me' if me else ''})",
            f'    response.headers["Location"] = f"{location}"',
            *self.tag()[1],
            *started,
            f"    return {view.one}",
        ]
        return "\n".join(lines)

    def _bulk_create(self) -> str:
        view, use = self.view, self.module.use
        path, parameter, argument = self.collection()
        body = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}BulkCreate")
        me = self.caller(view.entity.access.create, *self.parent_rules(), needed=view.owner is not None)
        tasks, started = self.background("created")
        summary, status = f"Create several {view.nouns}, all of them or none", use("fastapi", "status")
        header = self.decorator("post", f"{path}/bulk", summary, f"status_code={status}.HTTP_201_CREATED")
        answer = f"{use('app.api.v1.schemas.bulk', 'Items')}[{self.read}]"
        signature = f"{parameter}body: {body}, {self.writes()}{me}{tasks}, {once(self.module)}"
        items = f"await {view.module}.bulk_create({argument}body.items{', me' if me else ''})"
        lines = [f"{header}\nasync def bulk_create_{view.module}({signature}) -> {answer}:"]
        if started:
            lines += [f"    items = {items}", f"    for {view.one} in items:", *(f"    {line}" for line in started)]
        return "\n".join([*lines, f"    return Items(items={'items' if started else items})"])

    def _get(self) -> str:
        view, rule = self.view, self.view.entity.access.read
        me = self.caller(rule)
        path = f"{self.prefix}/{{{view.key}}}"
        header = self.decorator("get", path, f"Read {view.article}")
        response, tagged = self.tag()
        call = f"await {view.module}.get({view.key}{', me' if me else ''})"
        lines = [f"    {view.one} = {call}", *tagged, f"    return {view.one}"] if tagged else [f"    return {call}"]
        signature = f"{self.key(view)}, {self.reads()}{me}{response}"
        return "\n".join([f"{header}\nasync def read_{view.snake}({signature}) -> {self.read}:", *lines])

    def _update(self) -> str:
        view, rule = self.view, self.view.entity.access.update
        me = self.caller(rule)
        body = self.module.use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Update")
        tasks, started = self.background("updated")
        path = f"{self.prefix}/{{{view.key}}}"
        header = self.decorator("patch", path, f"Change {view.article}")
        response, tagged = self.tag()
        if_match, known = self.precondition()
        signature = f"{self.key(view)}, body: {body}, {self.writes()}{me}{if_match}{response}{tasks}"
        call = f"await {view.module}.update({view.key}, body{', me' if me else ''}{known})"
        after = [*tagged, *started]
        lines = [f"    {view.one} = {call}", *after, f"    return {view.one}"] if after else [f"    return {call}"]
        return "\n".join([f"{header}\nasync def update_{view.snake}({signature}) -> {self.read}:", *lines])

    def _delete(self) -> str:
        view, rule = self.view, self.view.entity.access.delete
        me = self.caller(rule)
        tasks, started = self.background("deleted")
        path = f"{self.prefix}/{{{view.key}}}"
        no_content = f"status_code={self.module.use('fastapi', 'status')}.HTTP_204_NO_CONTENT"
        header = self.decorator("delete", path, f"Delete {view.article}", no_content)
        if_match, known = self.precondition()
        call = f"await {view.module}.delete({view.key}{', me' if me else ''}{known})"
        lines = [f"    {view.one} = {call}", *started] if started else [f"    {call}"]
        signature = f"{self.key(view)}, {self.writes()}{me}{if_match}{tasks}"
        return "\n".join([f"{header}\nasync def delete_{view.snake}({signature}) -> None:", *lines])

    def _listed_set(self, relation: Relation) -> list[str]:
        view, target, use = self.view, self.view.target(relation), self.module.use
        rules = (view.entity.access.read, target.entity.access.read)
        stored = target.entity.relation(relation.reverse_of) if relation.reverse_of else None
        if stored is not None and stored.parent:
            return []
        path = f"{self.prefix}/{{{view.key}}}/{relation.name.replace('_', '-')}"
        read = use(f"app.api.v1.schemas.{target.module}", f"{target.cls}Read")
        annotated, query_of, page = (
            use("typing", "Annotated"),
            use("fastapi", "Query"),
            use("app.core.pagination", "Page"),
        )
        query = use("app.core.pagination", "PageQuery")
        words = relation.name.replace("_", " ")
        me = self.caller(*rules)
        header = self.decorator("get", path, f"List {words} of {view.article}")
        call = f"{view.module}.page_{relation.name}({view.key}, query{', me' if me else ''})"
        routes = [
            f"{header}\nasync def list_{view.snake}_{relation.name}({self.key(view)}, "
            f"query: {annotated}[{query}, {query_of}()], {self.reads()}{me}, "
            f"next_link: {use('app.core.pagination', 'NextLink')}) -> {page}[{read}]:\n"
            f"    return next_link.of(await {call})"
        ]
        rule = view.entity.access.update
        if relation.reverse_of is None and not is_closed(rule):
            other, me = f"{relation.name}_{target.key}", self.caller(rule)
            for method, verb, does in (("put", "link", "Add to"), ("delete", "unlink", "Remove from")):
                no_content = f"status_code={use('fastapi', 'status')}.HTTP_204_NO_CONTENT"
                summary = f"{does} {words} of {view.article}"
                header = self.decorator(method, f"{path}/{{{other}}}", summary, no_content)
                routes.append(
                    f"{header}\nasync def {verb}_{view.snake}_{relation.name}({self.key(view)}, "
                    f"{self.key(target, other)}, {self.writes()}{me}) -> None:\n"
                    f"    await {view.module}.{verb}_{relation.name}({view.key}, {other}{', me' if me else ''})"
                )
        return routes

    def _operation(self, view: OperationView) -> str:
        return operation_route(self, view)


def operation_route(writer: Endpoint, view: OperationView) -> str:
    """The route of an action or query."""
    operation, module = view.operation, writer.module
    caller = needs_caller(view)
    given = parameters(module, view, caller)
    asked = {view.sent_name(parameter) for parameter in view.asked}
    signature = [endpoint_parameter(module, view, name, kind) for name, kind in given if name not in asked]
    if operation.key is not None and view.view is not None:
        signature[0] = f"{operation.key}: {writer.path_type(view.view, operation.key)}"
    service = writer.writes() if view.writes else writer.reads()
    extra: list[str] = []
    if operation.result.shape == "nothing":
        extra.append(f"status_code={module.use('fastapi', 'status')}.HTTP_204_NO_CONTENT")
    extra += announced(module, operation.deprecated)
    summary = description(operation).split("\n")[0].rstrip(".")
    header = writer.decorator(operation.method, operation.path, summary, *extra)
    doc = docstring(description(operation), indent=4).replace("\n", "\n    ")
    at = len(signature) - 1 if caller else len(signature)
    is_page = operation.result.shape == "page"
    linked = [f"next_link: {module.use('app.core.pagination', 'NextLink')}"] if is_page else []
    repeatable = [once(module)] if operation.method == "POST" and view.writes else []
    arguments = ", ".join(defaults_last([*signature[:at], service, *signature[at:], *linked, *repeatable]))
    passed = ", ".join(f"query.{name}" if name in asked else name for name, _ in given)
    call = f"await {writer.view.module}.{operation.name}({passed})"
    call = f"next_link.of({call})" if is_page else call
    name = f"{operation.name}_{view.view.snake}" if view.view else operation.name
    return (
        f"{header}\nasync def {name}({arguments}) -> {result_type(module, view)}:\n    {doc}\n"
        f"    {'' if operation.result.shape == 'nothing' else 'return '}{call}"
    )


def once(module: Module) -> str:
    """The parameter of a POST that a client may repeat."""
    return f"_: {module.use('app.api.idempotency', 'Once')}"


def endpoint_parameter(module: Module, view: OperationView, name: str, kind: str) -> str:
    """One parameter of an endpoint: as the service has it, with what a client's value must satisfy."""
    if name == "me":
        return f"me: {module.use('app.dependencies', 'Member')}"
    if name == "query" and view.asked:
        kind = module.use(input_module(view), query_class(view))
    if name == "query" and view.operation.result.shape == "page":
        return f"query: {module.use('typing', 'Annotated')}[{kind}, {module.use('fastapi', 'Query')}()]"
    sent = next((p for p in view.plain if view.sent_name(p) == name), None)
    if sent is not None and sent.entity is not None:
        target = View(view.contract, view.contract.by_name[sent.entity])
        if sent.place == "path" and target.key == "id":
            return f"{name}: {module.use('app.core.ids', 'PathId')}"
        return f"{name}: {key_input(module, target, description=sent.description, strict=False)}"
    if sent is None or sent.type is None:
        return f"{name}: {kind}"
    text = input_type(module, view.contract, sent.type, sent.constraints, *described(sent), strict=False)
    if sent.type.many:
        text = f"{module.use('typing', 'Annotated')}[{text}, {module.use('fastapi', 'Query')}()]"
    text += " | None" if sent.type.nullable else ""
    if sent.default is None:
        return f"{name}: {text}"
    return f"{name}: {text} = {default(module, view.contract, sent.type, sent.default)}"


def defaults_last(parameters: list[str]) -> list[str]:
    """The parameters, those with a default behind the others, as Python wants them."""
    return sorted(parameters, key=lambda parameter: " = " in parameter)


def fixed_first(operations: tuple[Operation, ...]) -> list[Operation]:
    """Paths with fewer parameters first, so that `/articles/feed` is not taken for a slug."""
    return sorted(operations, key=lambda operation: operation.path.count("{"))


def responses(module: Module, contract: Contract, route: Route) -> str:
    """The failures that a route declares."""
    statuses = ", ".join(map(str, failures(contract, route)))
    return f"responses={module.use('app.exceptions', 'errors')}({statuses})"


def service_name(view: View) -> str:
    """The plural class-like name in dependencies: `Articles` in `ReadArticles`."""
    return "".join(part.capitalize() for part in view.module.split("_"))
