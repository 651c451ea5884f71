"""The part of a service that runs actions, queries and event handlers."""

from collections.abc import Callable

from apismith.contract.access import holds_for_anonymous as is_open
from apismith.contract.model import Handler, Link, Operation, Path, Rule, Statement
from apismith.errors import ApismithError
from apismith.generate.access import mentions_owner, rule_name
from apismith.generate.code import Module, docstring
from apismith.generate.emit.repository_operations import Operations, assigned_roots, method_name, returns_value
from apismith.generate.emit.repository_reads import key_type
from apismith.generate.fields import python_type
from apismith.generate.operations import OperationView
from apismith.generate.sql import arguments
from apismith.generate.view import View


class NoStatementYet(ApismithError):
    """A body that the contract language allows, and that has no SQL yet."""


class ServiceOperations:
    """Writes the methods of an entity's actions and of the queries that answer with it.

    Args:
        module: the module that is being written; imports go there.
        view: its entity.
        repository: the expression of its repository.
        refusal: writes the error for a row that a key and a rule do not find.
    """

    def __init__(self, module: Module, view: View, repository: str, refusal: Callable[[str, Rule], str]) -> None:
        self.module = module
        self.view = view
        self.repository = repository
        self.refusal = refusal

    @property
    def keys(self) -> list[str]:
        """The fields by which rows are looked up."""
        return list(dict.fromkeys([self.view.key, *(a.key for a in self.view.entity.actions if a.key)]))

    # Events

    def handlers(self, event: str) -> list[Handler]:
        """All handlers of an event of this entity."""
        return [h for h in self.view.contract.handlers if h.entity == self.view.cls and h.event == event]

    def finish(self, event: str, row: str) -> list[str]:
        """The last lines of a method that wrote a row: its handlers in the foreground, then the answer."""
        called = [handler for handler in self.handlers(event) if not handler.background]
        if not called:
            return [f"        return {row}"]
        name = self.view.one
        lines = [] if row == name else [f"        {name} = {row}"]
        lines += [f"        await {self.module.use('app.services.handlers', h.name)}({name})" for h in called]
        return [*lines, f"        return {name}"]

    def finish_each(self, event: str, rows: str) -> list[str]:
        """The same for a method that wrote several rows."""
        called = [handler for handler in self.handlers(event) if not handler.background]
        if not called:
            return [f"        return {rows}"]
        name = self.view.one
        lines = [f"        created = {rows}", f"        for {name} in created:"]
        lines += [f"            await {self.module.use('app.services.handlers', h.name)}({name})" for h in called]
        return [*lines, "        return created"]

    # Operations

    def methods(self) -> list[str]:
        """One method for each operation."""
        return [self._method(OperationView(self.view.contract, o)) for o in self.view.operations]

    def _method(self, view: OperationView) -> str:
        operation = view.operation
        header = f"    async def {operation.name}(self{self._signature(view)}) -> {result_type(self.module, view)}:"
        lines = [header, "        " + docstring(description(operation), indent=8).replace("\n", "\n        ")]
        lines += self._authorize(view)
        if view.is_stub:
            stub = self.module.use("app.exceptions", "NotImplementedYet")
            lines.append(f'        raise {stub}("{operation.name}")')
            return "\n".join(lines)
        lines += entity_lines(self.module, view)
        lines += self._statements(view)
        return "\n".join(lines)

    def _signature(self, view: OperationView) -> str:
        return "".join(f", {name}: {kind}" for name, kind in parameters(self.module, view, needs_caller(view)))

    def _authorize(self, view: OperationView) -> list[str]:
        operation, name = view.operation, rule_name(view.operation)
        if operation.entity is None or operation.key is None:
            return [] if is_open(operation.allow) else [f"        {name}.authorize(me)"]
        key = operation.key
        find = "find" if key == self.view.key else f"find_by_{key}"
        confined = self.view.is_owned and mentions_owner(operation.allow)
        lines = [] if is_open(operation.allow) or confined else [f"        {name}.authorize(me)"]
        owner = f", owner_id={name}.authorize(me)" if confined else ""
        call = f"await {self.repository}.{find}({key}{owner})"
        used = returns_value(view) or any(self._names_self(s) for s in operation.body or ())
        if used:
            return [
                *lines,
                f"        row_id = {call}",
                "        if row_id is None:",
                f"            raise {self.refusal(key, operation.allow)}",
            ]
        return [*lines, f"        if {call} is None:", f"            raise {self.refusal(key, operation.allow)}"]

    def _names_self(self, statement: Statement) -> bool:
        return '"root":"self"' in statement.model_dump_json()

    def _statements(self, view: OperationView) -> list[str]:
        operation = view.operation
        lines = [self._link(view, s) for s in operation.body or () if isinstance(s, Link)]
        for root in assigned_roots(operation):
            row = self._id(view, Path(root=root))
            call = f"{self.repository}.{method_name(operation, root)}({row}{self._passed(view, root)})"
            lines.append(f"        await {call}")
        return lines + self._answer(view)

    def _link(self, view: OperationView, statement: Link) -> str:
        target = view.set_target(statement.target)
        near, far = self._id(view, Path(root=statement.target.root)), self._id(view, statement.value)
        if target.mirrored:
            near, far = far, near
        verb = "link" if statement.op == "add" else "unlink"
        return f"        await self._{target.view.module}.{verb}_{target.relation.name}({near}, {far})"

    def _id(self, view: OperationView, path: Path) -> str:
        """The id of the row that a name stands for."""
        if path.steps:
            raise NoStatementYet(
                f"'{path.root}.{'.'.join(path.steps)}' in {view.operation.name} names a row behind another one, "
                "which cannot be written as one statement yet.",
                at=view.operation.span,
                hint="Use `self`, `me` or a parameter there, or write `...` and the service method yourself.",
            )
        return {"self": "row_id", "me": "me.account_id"}.get(path.root, f"{path.root}_row_id")

    def _passed(self, view: OperationView, root: str) -> str:
        return self._keywords(view, Operations(Module(""), self.view).assignment(view, root).text)

    def _keywords(self, view: OperationView, text: str) -> str:
        return "".join(f", {argument}" for argument in passed(view, text))

    def _answer(self, view: OperationView) -> list[str]:
        operation, returned = view.operation, view.returned
        if returned is None or operation.result.shape == "nothing":
            return []
        writer = Operations(Module(""), self.view)
        if view.selection is not None:
            text = writer.selection(view).text
            first = "query" if operation.result.shape == "page" else ""
            keywords = self._keywords(view, text)
            call = f"{operation.name}({first}{keywords if first else keywords.removeprefix(', ')})"
            return [f"        return await {self.repository}.{call}"]
        if returns_value(view):
            text = writer.value(view).text
            call = f"{operation.name}_result(row_id{self._keywords(view, text)})"
            return [f"        return await {self.repository}.{call}"]
        assert isinstance(returned.value, Path), "the loader has checked that an entity is returned"
        row = self._id(view, returned.value)
        target = View(view.contract, view.entity_of(returned.value.root))
        if target.cls == self.view.cls:
            return [f"        return await self._stored({row})"]
        get = "get" if target.key == "id" else "get_by_id"
        not_found = self.module.use("app.exceptions", "NotFound")
        return [
            f"        {target.one} = await self._{target.module}.{get}({row})",
            f"        if {target.one} is None:",
            f'            raise {not_found}("{target.noun}", id={row})',
            f"        return {target.one}",
        ]


def entity_lines(module: Module, view: OperationView) -> list[str]:
    """The lines of a method that look up the ids of rows that the client names by their keys."""
    lines: list[str] = []
    for parameter in view.operation.parameters:
        if parameter.entity is None:
            continue
        target = View(view.contract, view.contract.by_name[parameter.entity])
        name = view.sent_name(parameter)
        sent = f"body.{name}" if parameter.place == "body" else name
        unknown = module.use("app.exceptions", "UnknownReference")
        lines += [
            f"        {parameter.name}_row_id = await self._{target.module}.find({sent})",
            f"        if {parameter.name}_row_id is None:",
            f'            raise {unknown}("{name}")',
        ]
    return lines


def passed(view: OperationView, text: str) -> list[str]:
    """The keyword arguments of the method that runs a statement: what it binds, as the service knows it."""
    values = {"me_id": "me.account_id"}
    values |= {f"{p.name}_id": f"{p.name}_row_id" for p in view.operation.parameters if p.entity}
    values |= {p.name: f"body.{p.name}" for p in view.sent}
    return [f"{name}={values.get(name, name)}" for name in arguments(text)]


def needs_caller(view: OperationView) -> bool:
    """Whether the service method is told who is asking."""
    return not is_open(view.operation.allow) or view.operation.uses_me


def parameters(module: Module, view: OperationView, caller: bool) -> list[tuple[str, str]]:
    """What the service method takes, besides `self`: names and types."""
    operation = view.operation
    found: list[tuple[str, str]] = []
    if operation.key is not None and view.view is not None:
        kind = key_type(module, view.view) if operation.key == view.view.key else argument_of_key(module, operation.key)
        found.append((operation.key, kind))
    for parameter in view.plain:
        if parameter.entity is not None:
            target = View(view.contract, view.contract.by_name[parameter.entity])
            found.append((view.sent_name(parameter), key_type(module, target)))
        elif parameter.type is not None:
            found.append((parameter.name, python_type(module, parameter.type)))
    if view.sent:
        found.append(("body", module.use(input_module(view), input_class(view))))
    if operation.result.shape == "page":
        found.append(("query", module.use("app.core.pagination", "PageQuery")))
    if caller:
        found.append(("me", module.use("app.core.access", "Caller")))
    return found


def argument_of_key(module: Module, key: str) -> str:
    """Python type of a unique field that is not the entity's key."""
    return module.use("app.core.ids", "Id") if key == "id" else "str"


def input_class(view: OperationView) -> str:
    """Schema of an operation's JSON body: `ArticleReportInput`."""
    words = "".join(part.capitalize() for part in view.operation.name.split("_"))
    return f"{view.view.cls if view.view else ''}{words}Input"


def query_class(view: OperationView) -> str:
    """Schema of the query of an operation that answers a page and has parameters: `HighStationsPageQuery`."""
    return f"{input_class(view).removesuffix('Input')}PageQuery"


def input_module(view: OperationView) -> str:
    """Where that schema is: with its entity, else with the queries."""
    entity = view.view or (
        View(view.contract, view.contract.by_name[view.operation.result.entity])
        if view.operation.result.entity
        else None
    )
    return f"app.api.v1.schemas.{entity.module if entity else 'queries'}"


def result_type(module: Module, view: OperationView) -> str:
    """Python type of what the service method returns."""
    result = view.operation.result
    if result.shape == "nothing":
        return "None"
    if result.shape == "value":
        assert result.type is not None
        return python_type(module, result.type)
    assert result.entity is not None
    target = View(view.contract, view.contract.by_name[result.entity])
    read = module.use(f"app.api.v1.schemas.{target.module}", f"{target.cls}Read")
    if result.shape == "entity":
        return read
    return f"{module.use('app.core.pagination', 'Page')}[{read}]" if result.shape == "page" else f"list[{read}]"


def description(operation: Operation) -> str:
    """What the operation does: the contract's words, or its name."""
    return operation.description or f"{operation.name.replace('_', ' ').capitalize()}."


def other_entities(view: View) -> set[str]:
    """The entities, besides its own, whose repositories the operations of an entity call."""
    found: set[str] = set()
    for operation in view.operations:
        of = OperationView(view.contract, operation)
        if of.is_stub:
            continue
        found |= {parameter.entity for parameter in operation.parameters if parameter.entity}
        for statement in operation.body or ():
            if isinstance(statement, Link):
                found.add(of.set_target(statement.target).view.cls)
        returned = of.returned
        if returned is not None and isinstance(returned.value, Path) and operation.result.shape == "entity":
            found.add(of.entity_of(returned.value.root).name)
    return found
