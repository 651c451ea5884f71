"""The files that list all entities: providers and routers."""

from apismith.contract.model import Contract
from apismith.contract.routes import has_key_set, has_second_factor, writes_mails
from apismith.generate.code import Module, docstring
from apismith.generate.emit.deprecation import announced
from apismith.generate.emit.endpoint import Endpoint, service_name
from apismith.generate.emit.queries import value_queries
from apismith.generate.emit.service import service_repositories
from apismith.generate.emit.service_account import repository
from apismith.generate.emitters import emits
from apismith.generate.view import View, views


@emits("app/api/v1/providers.py")
def providers(contract: Contract) -> Module:
    """Services as dependencies."""
    module = Module("Services as dependencies: on a reader for reads, in a unit of work for writes.")
    for view in views(contract):
        module.add(*provider(module, view))
    if writes_mails(contract):
        module.add(*_recovery(module))
    if has_second_factor(contract):
        module.add(*_second_factors(module))
    return module


def _recovery(module: Module) -> list[str]:
    """The dependency that sends mails about accounts."""
    service, data = module.use("app.services.recovery", "RecoveryService"), module.use("app.dependencies", "Data")
    request = module.use("fastapi", "Request")
    return [
        f"async def get_recovery(request: {request}, database: {data}) -> {service}:\n"
        f"    return {service}(database, request.app.state.settings)",
        f"Recovery = {module.use('typing', 'Annotated')}[{service}, {module.use('fastapi', 'Depends')}(get_recovery)]",
    ]


def _second_factors(module: Module) -> list[str]:
    """The dependency that asks accounts for their second factor."""
    service = module.use("app.services.second_factors", "SecondFactorService")
    attempts, network = (
        module.use("app.core.code_attempts", "CodeAttempts"),
        module.use("app.core.client", "client_network"),
    )
    request, data = module.use("fastapi", "Request"), module.use("app.dependencies", "Data")
    annotated, depends = module.use("typing", "Annotated"), module.use("fastapi", "Depends")
    return [
        f"async def get_second_factors(request: {request}, database: {data}) -> {service}:\n"
        "    state = request.app.state\n"
        f"    attempts = {attempts}(state.limiter, {network}(request.scope))\n"
        f"    return {service}(database, state.settings, attempts)",
        f"SecondFactors = {annotated}[{service}, {depends}(get_second_factors)]",
    ]


def provider(module: Module, view: View) -> list[str]:
    """The two dependencies of one entity, and their names."""
    service = module.use(f"app.services.{view.module}", f"{view.cls}Service")
    given = [f"{module.use(*repository(view, other))}(db)" for other in service_repositories(view)]
    auth = f", auth: {module.use('app.dependencies', 'Auth')}" if view.credentials else ""
    given += ["auth"] if auth else []
    annotated, depends = module.use("typing", "Annotated"), module.use("fastapi", "Depends")
    blocks: list[str] = []
    for verb, source in (("read", "Reads"), ("write", "Writes")):
        db = module.use("app.dependencies", source)
        blocks.append(
            f"async def {verb}_{view.module}(db: {db}{auth}) -> {service}:\n    return {service}({', '.join(given)})"
        )
    name = service_name(view)
    blocks.append(
        f"Read{name} = {annotated}[{service}, {depends}(read_{view.module})]\n"
        f"Write{name} = {annotated}[{service}, {depends}(write_{view.module})]"
    )
    return blocks


OF_ACCOUNTS = ("login", "auth", "browser", "api_keys")
"""Modules of endpoints that every backend with accounts has."""


@emits("app/api/v1/router.py")
def router(contract: Contract) -> Module:
    """All routers of the version. Paths outside of their entity's prefix come first: `/{key}` would take them."""
    module = Module(f"All routes of `/api/{contract.version}`.")
    use, app = module.use, module.use("fastapi", "FastAPI")
    names = {view.cls: use("app.api.v1.endpoints", view.module) for view in views(contract)}
    apart = [*(OF_ACCOUNTS if contract.auth else ()), *(["recovery"] if writes_mails(contract) else [])]
    apart += ["service_tokens"] if has_key_set(contract) else []
    apart += ["second_factors"] if has_second_factor(contract) else []
    apart += ["audit_log"] if contract.audited and contract.auth else []
    routers = [f"{use('app.api.v1.endpoints', name)}.router" for name in apart]
    routers += [f"{use('app.api.v1.endpoints', 'queries')}.router"] if value_queries(contract) else []
    routers += [f"{names[view.cls]}.root" for view in views(contract) if Endpoint(Module(""), view).has_root()]
    routers += [f"{names[view.cls]}.router" for view in views(contract)]
    listed = "".join(f"    {name},\n" for name in routers)
    responses = f"{use('builtins', 'dict')}[int | str, {use('builtins', 'dict')}[str, {use('typing', 'Any')}]]"
    options = ["router", f"prefix={use('app', 'defaults')}.API_PREFIX", "responses=responses"]
    noted = [f"{use('fastapi', 'Depends')}({use('app.core.auditing', 'note_request')})"] if contract.audited else []
    included = announced(module, contract.deprecated, *noted)
    module.add(
        f"ROUTERS = (\n{listed})",
        f"def include_routers(app: {app}, *, responses: {responses}) -> None:\n"
        '    """Include all routers in the app itself: each level of routers is looked through once more."""\n'
        "    for router in ROUTERS:\n"
        f"        app.include_router({', '.join([*options, *included])})"
        + (f"\n    app.include_router({use('app.api', 'key_set')}.router)" if has_key_set(contract) else ""),
    )
    return module


@emits("app/services/handlers.py")
def handlers(contract: Contract) -> Module | None:
    """What happens after a row was written: one function for each handler of the contract."""
    if not contract.handlers:
        return None
    module = Module(
        "What happens after something was created, updated or deleted.\n\n"
        "A handler in the foreground runs in the same transaction, and what it raises undoes the change; one in the "
        "background runs after the answer was sent."
    )
    log = module.use_module("structlog")
    module.add(f"log = {log}.get_logger(__name__)")
    for handler in contract.handlers:
        view = View(contract, contract.by_name[handler.entity])
        read = module.use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Read")
        doc = handler.description or f"What follows when {view.article} was {handler.event}."
        text = docstring(doc, indent=4).replace("\n", "\n    ")
        module.add(
            f"async def {handler.name}({view.one}: {read}) -> None:\n    {text}\n"
            f'    log.warning("handler.not_written", handler="{handler.name}", id=str({view.one}.id))'
        )
    return module
