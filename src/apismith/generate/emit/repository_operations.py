"""The part of a repository that actions and queries need: one statement and one method for each thing they do."""

from functools import cached_property
from typing import NamedTuple

from apismith.contract.model import Assign, Operation
from apismith.generate.code import Module
from apismith.generate.emit.repository_reads import Reads
from apismith.generate.emit.repository_writes import Writes
from apismith.generate.fields import python_type
from apismith.generate.operations import OperationView
from apismith.generate.sql import ARGUMENT, Compiler, Row, Term, Value, arguments
from apismith.generate.view import View


class Part(NamedTuple):
    """One statement: the name of its constant, its text, and the method that runs it."""

    name: str
    text: str
    method: str


class Operations:
    """Writes the statements and methods behind an entity's actions, and the queries that answer with it.

    Args:
        module: the module that is being written; imports go there.
        view: its entity.
    """

    def __init__(self, module: Module, view: View) -> None:
        self.module = module
        self.view = view
        self.operations = [OperationView(view.contract, o) for o in view.operations if o.body is not None]

    def statements(self) -> list[str]:
        """The constants of the operations."""
        return [f"{part.name} = {part.text}" for part in self._parts()]

    def methods(self) -> list[str]:
        """The methods of the operations."""
        return [part.method for part in self._parts()]

    @cached_property
    def _taken(self) -> set[str]:
        """The constants of the statements that every repository has."""
        lines = [*Reads(Module(""), self.view).statements(), *Writes(Module(""), self.view).statements()]
        return {line.split(" = ")[0] for line in lines}

    def _constant(self, name: str) -> str:
        """The constant of an operation's statement: `FEED`; `ARTICLES_STATEMENT` where `ARTICLES` is another's."""
        constant = name.upper()
        return f"{constant}_STATEMENT" if constant in self._taken else constant

    def _parts(self) -> list[Part]:
        parts: list[Part] = []
        for view in self.operations:
            if view.selection is not None:
                parts.append(self.selection(view))
                continue
            parts += [self.assignment(view, root) for root in assigned_roots(view.operation)]
            if returns_value(view):
                parts.append(self.value(view))
        return parts

    def selection(self, view: OperationView) -> Part:
        """The statement of a query that returns rows."""
        operation, selection = view.operation, view.selection
        assert selection is not None
        use, constant = self.module.use, self._constant(view.operation.name)
        cls = use("app.models", self.view.cls)
        compiler = self._compiler(view, {selection.variable: Row(self.view, f"{cls}.id", cls)})
        where = f".where({compiler.conditions(selection.where)})" if selection.where else ""
        order = 'ORDERINGS["' + self.view.entity.listing.order[0] + '"]'
        in_order = "" if operation.result.shape == "page" else f".order_by(*{order}.columns)"
        text = f"{self.view.constant}{where}{in_order}"
        signature, params = self._signature(view, text)
        read = f"{self.view.cls}Read"
        if operation.result.shape == "page":
            query = use("app.core.pagination", "PageQuery")
            page = use("app.core.pagination", "Page")
            method = (
                f"    async def {operation.name}(self, query: {query}{signature}) -> {page}[{read}]:\n"
                f"        return await self._page({constant}, query, {order}, {params})"
            )
        else:
            method = (
                f"    async def {operation.name}(self{signature}) -> list[{read}]:\n"
                f"        return await self._read((await self._db.execute({constant}, {params})).mappings().all())"
            )
        return Part(constant, text, method)

    def assignment(self, view: OperationView, root: str) -> Part:
        """The statement of the assignments to one row."""
        operation = view.operation
        target = View(view.contract, view.entity_of(root))
        cls = self.module.use("app.models", target.cls)
        compiler = self._compiler(view, {root: Row(target, f"{cls}.id", cls)})
        values = [
            f"{column_of(target, assign)}={compiler.value(assign.value)}"
            for assign in view.assigns
            if assign.target.root == root
        ]
        update = self.module.use("sqlalchemy", "update")
        bound = target.bound("row_id")
        text = f'{update}({cls}).where({cls}.id == bindparam("{bound}")).values({", ".join(values)})'
        name = method_name(operation, root)
        signature, params = self._signature(view, text, row_id=bound)
        method = (
            f"    async def {name}(self, row_id: Id{signature}) -> None:\n"
            f"        await self._db.execute({self._constant(name)}, {params})"
        )
        return Part(self._constant(name), text, method)

    def value(self, view: OperationView) -> Part:
        """The statement that reads the returned value."""
        operation, returned = view.operation, view.returned
        assert returned is not None and operation.result.type is not None
        cls = self.module.use("app.models", self.view.cls)
        compiler = self._compiler(view, {"self": Row(self.view, f"{cls}.id", cls)})
        select = self.module.use("sqlalchemy", "select")
        text = (
            f'{select}({compiler.value(returned.value, operation.result.type)}).where({cls}.id == bindparam("row_id"))'
        )
        signature, params = self._signature(view, text, row_id="row_id")
        kind = python_type(self.module, operation.result.type)
        name = f"{operation.name}_result"
        local = result_variable(text)
        method = (
            f"    async def {name}(self, row_id: Id{signature}) -> {kind}:\n"
            f"        {local}: {kind} = (await self._db.execute({self._constant(name)}, {params})).scalar_one()\n"
            f"        return {local}"
        )
        return Part(self._constant(name), text, method)

    def _compiler(self, view: OperationView, roots: dict[str, Term]) -> Compiler:
        return Compiler(self.module, self.view, {**outer_roots(self.module, view), **roots})

    def _signature(self, view: OperationView, text: str, *, row_id: str = "") -> tuple[str, str]:
        """Keyword arguments for what the statement binds, and the mapping that binds it."""
        given: list[str] = []
        params = [f'"{row_id}": row_id'] if row_id else []
        for name in arguments(text):
            given.append(f"{name}: {argument_type(self.module, view, name)}")
            params.append(f'"{ARGUMENT}{name}": {name}')
        signature = f", *, {', '.join(given)}" if given else ""
        return signature, "{" + ", ".join(params) + "}"


def outer_roots(module: Module, view: OperationView) -> dict[str, Term]:
    """What `self`, `me` and the parameters stand for, before a statement brings a row of them into scope."""
    bind = module.use("sqlalchemy", "bindparam")
    roots: dict[str, Term] = {}
    if view.view is not None:
        roots["self"] = Row(view.view, f'{bind}("row_id")')
    if view.operation.uses_me:
        roots["me"] = Row(View(view.contract, view.entity_of("me")), f'{bind}("{ARGUMENT}me_id")')
    for parameter in view.operation.parameters:
        if parameter.entity is not None:
            target = View(view.contract, view.contract.by_name[parameter.entity])
            roots[parameter.name] = Row(target, f'{bind}("{ARGUMENT}{parameter.name}_id")')
        else:
            assert parameter.type is not None, "a parameter is an entity or a value"
            roots[parameter.name] = Value(
                f'{bind}("{ARGUMENT}{parameter.name}")',
                parameter.type,
                parameter.constraints,
                nullable=parameter.type.nullable,
            )
    return roots


def argument_type(module: Module, view: OperationView, name: str) -> str:
    """Python type of what is bound under this name."""
    for parameter in view.operation.parameters:
        if parameter.name == name and parameter.type is not None:
            return python_type(module, parameter.type)
    return module.use("app.core.ids", "Id")


def result_variable(text: str) -> str:
    """A variable for what a statement finds, beside those of what it binds."""
    bound = arguments(text)
    return next(name for name in ("value", "result", "found", *(f"value_{n}" for n in range(99))) if name not in bound)


def assigned_roots(operation: Operation) -> list[str]:
    """The rows whose attributes a body assigns, each once."""
    targets = (statement.target.root for statement in operation.body or () if isinstance(statement, Assign))
    return list(dict.fromkeys(targets))


def method_name(operation: Operation, root: str) -> str:
    """Name of the repository method for the assignments to one row."""
    return operation.name if root == "self" else f"{operation.name}_{root}"


def column_of(view: View, assign: Assign) -> str:
    """The column that an assignment sets."""
    name = assign.target.steps[-1]
    return f"{name}_id" if view.entity.relation(name) else name


def returns_value(view: OperationView) -> bool:
    """Whether the body returns a plain value that has to be read."""
    return view.operation.result.shape == "value" and view.view is not None and view.returned is not None
