"""Queries that answer with a plain value belong to no entity: they have modules of their own."""

from apismith.contract.access import holds_for_anonymous as is_open
from apismith.contract.model import Contract
from apismith.contract.routes import prefix, routes
from apismith.generate.access import rule_name, rule_source
from apismith.generate.code import Module, docstring, literal
from apismith.generate.emit.deprecation import announced
from apismith.generate.emit.endpoint import defaults_last, endpoint_parameter, fixed_first, responses
from apismith.generate.emit.repository_operations import outer_roots, result_variable
from apismith.generate.emit.service_operations import (
    description,
    entity_lines,
    needs_caller,
    parameters,
    passed,
    result_type,
)
from apismith.generate.emitters import emits
from apismith.generate.fields import python_type
from apismith.generate.operations import OperationView
from apismith.generate.sql import ARGUMENT, Compiler, arguments
from apismith.generate.view import View


def value_queries(contract: Contract) -> list[OperationView]:
    """The queries that answer with no entity."""
    return [OperationView(contract, query) for query in contract.queries if query.result.entity is None]


def statement(module: Module, view: OperationView) -> str | None:
    """The statement behind a query; None for one that is to be written."""
    returned = view.returned
    if returned is None:
        return None
    anchor = View(view.contract, view.contract.entities[0])
    compiler = Compiler(module, anchor, outer_roots(module, view))
    return f"{module.use('sqlalchemy', 'select')}({compiler.value(returned.value, view.operation.result.type)})"


@emits("app/repositories/queries.py")
def query_repository(contract: Contract) -> Module | None:
    """The statements of the queries that have a body."""
    written = [view for view in value_queries(contract) if view.returned is not None]
    if not written:
        return None
    module = Module("The SQL of queries that answer with a plain value.")
    executor = module.use("app.core.database", "Executor")
    statements: list[str] = []
    methods: list[str] = []
    for view in written:
        text, name = statement(module, view) or "", view.operation.name
        kind = result_type(module, view)
        statements.append(f"{name.upper()} = {text}")
        given, params = _binding(module, view, text)
        local = result_variable(text)
        methods.append(
            f"    async def {name}(self{given}) -> {kind}:\n"
            f"        {local}: {kind} = (await self._db.execute({name.upper()}, {params})).scalar_one()\n"
            f"        return {local}"
        )
    module.add("\n".join(statements))
    module.add(
        'class QueryRepository:\n    """Runs the queries."""\n\n'
        f"    def __init__(self, db: {executor}) -> None:\n        self._db = db\n\n" + "\n\n".join(methods)
    )
    return module


def _binding(module: Module, view: OperationView, text: str) -> tuple[str, str]:
    given: list[str] = []
    params: list[str] = []
    for name in arguments(text):
        kind = next((python_type(module, p.type) for p in view.operation.parameters if p.name == name and p.type), None)
        given.append(f"{name}: {kind or module.use('app.core.ids', 'Id')}")
        params.append(f'"{ARGUMENT}{name}": {name}')
    return (f", *, {', '.join(given)}" if given else ""), "{" + ", ".join(params) + "}"


@emits("app/services/queries.py")
def query_service(contract: Contract) -> Module | None:
    """Who may ask which query."""
    queries = value_queries(contract)
    if not queries:
        return None
    module = Module("Rules about queries that answer with a plain value.")
    rules: list[str] = []
    methods: list[str] = []
    for view in queries:
        operation, names = view.operation, set[str]()
        if not is_open(operation.allow):
            rules.append(f"{rule_name(operation)} = {rule_source(operation.allow, names)}")
        for name in names:
            module.use("app.core.access", name)
        caller = needs_caller(view)
        signature = "".join(f", {name}: {kind}" for name, kind in parameters(module, view, caller))
        doc = docstring(description(operation), indent=8).replace("\n", "\n        ")
        lines = [f"    async def {operation.name}(self{signature}) -> {result_type(module, view)}:", f"        {doc}"]
        lines += [] if is_open(operation.allow) else [f"        {rule_name(operation)}.authorize(me)"]
        lines += [] if view.is_stub else entity_lines(module, view)
        lines.append(_answer(module, view))
        methods.append("\n".join(lines))
    used = [(name, module.use(f"app.repositories.{name}", cls)) for name, cls in _repositories(contract)]
    start = ""
    if used:
        given = ", ".join(f"{name}: {cls}" for name, cls in used)
        kept = "\n".join(f"        self._{name} = {name}" for name, _ in used)
        start = f"    def __init__(self, {given}) -> None:\n{kept}\n\n"
    module.add("\n".join(rules))
    module.add('class QueryService:\n    """What may be asked."""\n\n' + start + "\n\n".join(methods))
    return module


def _repositories(contract: Contract) -> list[tuple[str, str]]:
    """Module and class of the repositories that the queries need: their own, and those of the rows they are told."""
    written = [view for view in value_queries(contract) if view.returned is not None]
    named = {p.entity for view in written for p in view.operation.parameters if p.entity}
    others = [View(contract, entity) for entity in contract.entities if entity.name in named]
    own = [("queries", "QueryRepository")] if written else []
    return own + [(view.module, f"{view.cls}Repository") for view in others]


def _answer(module: Module, view: OperationView) -> str:
    operation = view.operation
    text = statement(Module(""), view)
    if text is None:
        return f'        raise {module.use("app.exceptions", "NotImplementedYet")}("{operation.name}")'
    return f"        return await self._queries.{operation.name}({', '.join(passed(view, text))})"


@emits("app/api/v1/endpoints/queries.py")
def query_endpoint(contract: Contract) -> Module | None:
    """The routes of the queries."""
    queries = value_queries(contract)
    if not queries:
        return None
    module = Module("Queries over HTTP that answer with a plain value. Rules live in `services.queries`.")
    by_name = {view.operation.name: view for view in queries}
    routes = [_route(module, by_name[o.name]) for o in fixed_first(tuple(view.operation for view in queries))]
    api_router, route_class = module.use("app.core.routing", "Router"), module.use("app.api.route", "Route")
    router = f'router = {api_router}(tags=["queries"], route_class={route_class})'
    module.add(router, *_provider(module, queries), *routes)
    return module


def _provider(module: Module, queries: list[OperationView]) -> list[str]:
    service = module.use("app.services.queries", "QueryService")
    used = [module.use(f"app.repositories.{name}", cls) for name, cls in _repositories(queries[0].contract)]
    made = f"{service}({', '.join(f'{cls}(db)' for cls in used)})"
    parameter = f"db: {module.use('app.dependencies', 'Reads')}" if used else ""
    annotated, depends = module.use("typing", "Annotated"), module.use("fastapi", "Depends")
    return [
        f"async def get_queries({parameter}) -> {service}:\n    return {made}",
        f"Queries = {annotated}[{service}, {depends}(get_queries)]",
    ]


def _route(module: Module, view: OperationView) -> str:
    operation, caller = view.operation, needs_caller(view)
    given = parameters(module, view, caller)
    signature = [endpoint_parameter(module, view, name, kind) for name, kind in given]
    served = f"{prefix(view.contract)}{operation.path}"
    route = next(r for r in routes(view.contract) if (r.method, r.path) == (operation.method, served))
    extra = announced(module, operation.deprecated)
    if operation.result.shape == "nothing":
        extra.append(f"status_code={module.use('fastapi', 'status')}.HTTP_204_NO_CONTENT")
    summary = description(operation).split("\n")[0].rstrip(".")
    decorated = [literal(operation.path), f"summary={literal(summary)}", *extra]
    decorated.append(responses(module, view.contract, route))
    doc = docstring(description(operation), indent=4).replace("\n", "\n    ")
    call = f"await queries.{operation.name}({', '.join(name for name, _ in given)})"
    signature = defaults_last(["queries: Queries", *signature])
    return (
        f"@router.{operation.method.lower()}({', '.join(decorated)})\n"
        f"async def {operation.name}({', '.join(signature)}) -> {result_type(module, view)}:\n"
        f"    {doc}\n    {'' if operation.result.shape == 'nothing' else 'return '}{call}"
    )
