"""`app/api/v1/schemas/`: what clients send and get, as Pydantic models."""

from pydantic import JsonValue

from apismith.contract.access import is_closed
from apismith.contract.exchanges import ref_fields
from apismith.contract.inputs import filter_name, input_name
from apismith.contract.model import Constraints, Contract, Entity, Field, Parameter, Relation, Type
from apismith.generate.code import Module, block, call, docstring, literal
from apismith.generate.emit.service_operations import input_class, input_module, query_class
from apismith.generate.emitters import emits
from apismith.generate.examples import create_example, input_example, read_example, update_example
from apismith.generate.fields import (
    CURRENT_PASSWORD,
    SCHEMAS,
    default,
    filter_field,
    input_type,
    needs_python_regex,
    python_type,
)
from apismith.generate.names import secret_class
from apismith.generate.operations import OperationView
from apismith.generate.samples import is_valid
from apismith.generate.view import View, views

_SCHEMAS = ("Create", "BulkCreate", "Update", "Read", "Query", "Ref")
"""What the schemas of an entity are called, after its own name."""

REFS = "app.api.v1.schemas.refs"
LONGEST_SECRET = 1024


@emits("app/api/v1/schemas/{module}.py", each="entity")
def schemas(view: View) -> Module:
    """The schemas of one entity: to create, change, read and list it, and the bodies of its operations."""
    module = Module(f"What clients send and get about {view.nouns}.")
    return Schemas(module, view).write()


@emits("app/api/v1/schemas/refs.py")
def refs(contract: Contract) -> Module | None:
    """What answers tell of the rows that they refer to: one module, because entities refer to each other."""
    wanted = {r.target for view in views(contract) for r in (*view.refs, *view.written_sets)}
    if not wanted:
        return None
    module = Module("What answers tell of the rows that they refer to.")
    module.define(*(f"{name}Ref" for name in wanted))
    base = module.use(SCHEMAS, "Schema")
    for view in views(contract):
        if view.cls in wanted:
            fields = [f"{name}: {_ref_type(module, view.entity, name)}" for name in ref_fields(view.entity)]
            doc = docstring(f"{view.article.capitalize()} that something else refers to.", indent=4)
            module.add(block(f"class {view.cls}Ref({base}):", [doc, "", *fields]))
    return module


@emits("app/api/v1/schemas/queries.py")
def query_inputs(contract: Contract) -> Module | None:
    """The JSON bodies of queries that answer with no entity."""
    found = [OperationView(contract, query) for query in contract.queries if query.result.entity is None]
    sent = [view for view in found if view.sent]
    if not sent:
        return None
    module = Module("What clients send with queries.")
    module.add(*(operation_input(module, view) for view in sent))
    return module


def _ref_type(module: Module, entity: Entity, name: str) -> str:
    field = entity.field(name)
    return python_type(module, field.type) if field else module.use("app.core.ids", "Id")


class Schemas:
    """Writes the schemas of one entity.

    Args:
        module: the module that is being written; imports go there.
        view: its entity.
    """

    def __init__(self, module: Module, view: View) -> None:
        self.module = module
        self.view = view
        self.contract = view.contract
        names = [view.cls + suffix for suffix in _SCHEMAS]
        entity = view.entity
        members = [m.name for group in (entity.fields, entity.relations, entity.computed) for m in group]
        module.define(*names, *members)
        self.aliases: dict[str, str] = {}

    def write(self) -> Module:
        """The whole module."""
        aliases = [self._alias(field) for field in self.view.written_fields]
        if self.view.is_account:
            aliases += [self._secret_alias(field) for field in self.view.entity.fields if field.secret]
        self.module.add("\n".join(alias for alias in aliases if alias))
        access = self.view.entity.access
        if self.view.is_account or not is_closed(access.create):
            self.module.add(self._create())
        if self.view.is_bulk:
            self.module.add(self._bulk_create())
        if not is_closed(access.update):
            self.module.add(self._update())
        self.module.add(self._read(), self._query())
        for operation in self.view.operations:
            view = OperationView(self.contract, operation)
            if view.sent and input_module(view).endswith(f".{self.view.module}"):
                self.module.add(operation_input(self.module, view))
            if view.asked:
                self.module.add(operation_query(self.module, view))
        return self.module

    # Types that creating and changing share

    def _alias(self, field: Field) -> str:
        """The definition of a field's type where it has a name of its own, because it is more than a word."""
        kind = self._kind(field)
        what = "".join(part.capitalize() for part in field.name.split("_"))
        name = f"{self.view.cls}{what}Value" if what in _SCHEMAS else f"{self.view.cls}{what}"
        if "Annotated" not in kind:
            self.aliases[field.name] = kind
            return ""
        self.module.define(name)
        self.aliases[field.name] = name
        return f"{name} = {kind}"

    def _kind(self, field: Field) -> str:
        """The type of what a client sends for a field; keys are none of the words that paths need."""
        view = self.view
        kind = input_type(self.module, self.contract, field.type, field.constraints, *described(field))
        words = [word for word in view.reserved_keys if is_key(view, field, word)]
        if not words:
            return kind
        annotated = self.module.use("typing", "Annotated")
        inner = kind.removeprefix(f"{annotated}[").removesuffix("]") if kind.startswith(f"{annotated}[") else kind
        return f"{annotated}[{inner}, {self._use('NoneOf')}({', '.join(map(literal, words))})]"

    def _secret_alias(self, field: Field) -> str:
        name = secret_class(self.view)
        self.module.define(name)
        text = f"{name} = {self._secret(field)}"
        self.aliases[field.name] = name
        return text

    def _input(self, field: Field) -> str:
        kind = self.aliases[field.name]
        return f"{kind} | None" if field.type.nullable else kind

    def _reference(self, relation: Relation) -> tuple[str, str]:
        """Name and type of what a client sends for a relation."""
        kind = key_input(self.module, self.view.target(relation), description=relation.description)
        if relation.many:
            listed = f"{self.module.use('builtins', 'list')}[{kind}]"
            bound = f"{self.module.use('pydantic', 'Field')}(max_length={relation.max_items})"
            kind = f"{self.module.use('typing', 'Annotated')}[{listed}, {bound}]"
        elif relation.nullable:
            kind = f"{kind} | None"
        return input_name(self.contract, relation), kind

    # Schemas

    def _create(self) -> str:
        view = self.view
        required: list[str] = []
        optional: list[str] = []
        for field in view.entity.fields:
            if field.secret:
                required.append(f"{field.name}: {self._secret(field)}")
            elif field.slug_of is None and field.default is None:
                required.append(f"{field.name}: {self._input(field)}")
            elif field.slug_of is None and field.default is not None:
                value = default(self.module, self.contract, field.type, field.default)
                optional.append(f"{field.name}: {self._input(field)} = {value}")
        for relation in view.references:
            name, kind = self._reference(relation)
            if relation.nullable:
                optional.append(f"{name}: {kind} = None")
            else:
                required.append(f"{name}: {kind}")
        for relation in view.written_sets:
            name, kind = self._reference(relation)
            optional.append(f"{name}: {kind} = []")
        doc = f"What a client sends to create {view.article}."
        return self._class("Create", self._use("Input"), doc, [*required, *optional], create_example(view))

    def _bulk_create(self) -> str:
        view, use = self.view, self.module.use
        bounds = f"{use('pydantic', 'Field')}(min_length=1, max_length={view.entity.bulk})"
        kind = f"{use('typing', 'Annotated')}[{use('builtins', 'list')}[{view.cls}Create], {bounds}]"
        doc = f"What a client sends to create several {view.nouns}: all of them or none."
        return self._class("BulkCreate", self._use("Input"), doc, [f"items: {kind}"], {"items": [create_example(view)]})

    def _update(self) -> str:
        view = self.view
        pairs = [(field.name, self._input(field)) for field in view.written_fields]
        pairs += [self._reference(relation) for relation in (*view.references, *view.written_sets)]
        for field in view.entity.fields:
            if field.secret and view.credentials:
                pairs += [(field.name, self._secret(field)), (CURRENT_PASSWORD, self._current_password())]
        missing = self.module.use("pydantic", "MISSING") if pairs else ""
        lines = [f"{name}: {kind} | {missing} = {missing}" for name, kind in pairs]
        doc = f"What a client sends to change {view.article}: what is left out stays as it is."
        return self._class("Update", self._use("Input"), doc, lines, update_example(view))

    def _read(self) -> str:
        view, use = self.view, self.module.use
        lines = [f"id: {use('app.core.ids', 'Id')}"]
        lines += [f"{field.name}: {self._answered(field.type, *described(field))}" for field in view.read_fields]
        for relation in view.refs:
            name = use(REFS, f"{relation.target}Ref")
            lines.append(f"{relation.name}: {name}{' | None' if relation.nullable else ''}")
        lines += [
            f"{relation.name}: {use('builtins', 'list')}[{use(REFS, f'{relation.target}Ref')}]"
            for relation in view.written_sets
        ]
        lines += [
            f"{computed.name}: {self._answered(computed.type, *_text_argument('description', computed.description))}"
            for computed in view.entity.computed
        ]
        if view.entity.timestamps:
            lines += [f"{name}: {use('datetime', 'datetime')}" for name in ("created_at", "updated_at")]
        if view.entity.versioned:
            lines.append(f"version: {use('builtins', 'int')}")
        doc = view.entity.description or f"{view.article.capitalize()}, as clients get it."
        return self._class("Read", self._use("Schema"), doc, lines, read_example(view))

    def _query(self) -> str:
        view, use = self.view, self.module.use
        orders = view.entity.listing.order
        choices = f"{use('typing', 'Literal')}[{', '.join(map(literal, orders))}]"
        lines = [f"order: {choices} = {literal(orders[0])}"]
        for path in view.entity.listing.filters:
            field = filter_field(self.contract, view.entity, path)
            if field is None:
                kind = use("app.core.ids", "QueryId")
            else:
                limits = Constraints(max_length=field.constraints.max_length)
                kind = input_type(self.module, self.contract, field.type, limits, strict=False)
            lines.append(f"{filter_name(self.contract, view.entity, path)}: {kind} | None = None")
        base = use("app.core.pagination", "PageQuery")
        return block(
            f"class {view.cls}Query({base}):",
            [docstring(f"Which {view.nouns} to list, and in which order."), "", *lines],
        )

    # Pieces

    def _use(self, name: str) -> str:
        return self.module.use(SCHEMAS, name)

    def _secret(self, field: Field) -> str:
        if field.name in self.aliases:
            return self.aliases[field.name]
        limits = field.constraints
        lengths = [f"min_length={limits.min_length}"] if limits.min_length else []
        lengths.append(f"max_length={limits.max_length or LONGEST_SECRET}")
        constraints = f"{self.module.use('pydantic', 'Field')}({', '.join([*lengths, *described(field)])})"
        secret = self.module.use("pydantic", "SecretStr")
        uncommon = f"{self.module.use('app.core.passwords', 'Uncommon')}()"
        return f"{self.module.use('typing', 'Annotated')}[{secret}, {constraints}, {uncommon}]"

    def _current_password(self) -> str:
        login, secret = self.view.credentials
        told = f"Needed to change the {login} or the {secret} of one's own account."
        secret_str, field = self.module.use("pydantic", "SecretStr"), self.module.use("pydantic", "Field")
        limits = f"min_length=1, max_length={LONGEST_SECRET}, description={literal(told)}"
        return f"{self.module.use('typing', 'Annotated')}[{secret_str}, {field}({limits})]"

    def _answered(self, type: Type, *arguments: str) -> str:
        kind = python_type(self.module, type)
        if not arguments:
            return kind
        field = f"{self.module.use('pydantic', 'Field')}({', '.join(arguments)})"
        return f"{self.module.use('typing', 'Annotated')}[{kind}, {field}]"

    def _class(self, suffix: str, base: str, doc: str, lines: list[str], example: dict[str, JsonValue]) -> str:
        odd = suffix in ("Create", "Update") and any(
            needs_python_regex(field.constraints) for field in self.view.written_fields
        )
        name = f"{self.view.cls}{suffix}"
        return schema_class(self.module, name, base, doc, lines, example, needs_python_regex=odd)


def is_key(view: View, field: Field, word: str) -> bool:
    """Whether a client can send this word as the key of a row."""
    return field.name == view.key and is_valid(view.contract, field.type, field.constraints, word)


def operation_input(module: Module, view: OperationView) -> str:
    """The schema of an operation's JSON body."""
    lines = [_parameter(module, view, parameter) for parameter in view.sent]
    words = view.operation.name.replace("_", " ")
    target = f" with {view.view.article}" if view.view else ""
    doc = f"What a client sends to `{words}`{target}."
    base, odd = module.use(SCHEMAS, "Input"), any(needs_python_regex(parameter.constraints) for parameter in view.sent)
    return schema_class(module, input_class(view), base, doc, lines, input_example(view), needs_python_regex=odd)


def operation_query(module: Module, view: OperationView) -> str:
    """The schema of the query parameters of an operation that answers a page."""
    lines = [_parameter(module, view, parameter, strict=False) for parameter in view.asked]
    doc = f"What a client may ask of `{view.operation.name.replace('_', ' ')}`, and which page."
    base = module.use("app.core.pagination", "PageQuery")
    return schema_class(module, query_class(view), base, doc, lines, {})


def _parameter(module: Module, view: OperationView, parameter: Parameter, *, strict: bool = True) -> str:
    if parameter.entity is not None:
        target = View(view.contract, view.contract.by_name[parameter.entity])
        kind = key_input(module, target, description=parameter.description, strict=strict)
        return f"{view.sent_name(parameter)}: {kind}"
    assert parameter.type is not None, "a parameter is an entity or a value"
    told = described(parameter)
    kind = input_type(module, view.contract, parameter.type, parameter.constraints, *told, strict=strict)
    kind = f"{kind} | None" if parameter.type.nullable else kind
    if parameter.default is None:
        return f"{parameter.name}: {kind}"
    return f"{parameter.name}: {kind} = {default(module, view.contract, parameter.type, parameter.default)}"


def key_input(module: Module, view: View, *, description: str | None = None, strict: bool = True) -> str:
    """The type of an entity's key in a body or, when not strict, in a query."""
    field = view.entity.field(view.key)
    if field is None:
        return module.use("app.core.ids", "JsonId" if strict else "QueryId")
    limits = Constraints(max_length=field.constraints.max_length)
    return input_type(
        module, view.contract, field.type, limits, *_text_argument("description", description), strict=strict
    )


def schema_class(
    module: Module,
    name: str,
    base: str,
    doc: str,
    lines: list[str],
    example: dict[str, JsonValue],
    *,
    needs_python_regex: bool = False,
) -> str:
    """A Pydantic model with an example for the documentation.

    Args:
        module: where the imports go.
        name: of the class.
        base: of the class.
        doc: its docstring.
        lines: its fields.
        example: a valid body or answer.
        needs_python_regex: a pattern says something that Pydantic's own engine does not know, such as lookahead.
    """
    body = [docstring(doc, indent=4)]
    settings = [f"json_schema_extra={literal({'examples': [example]})}"] if example else []
    settings += ['regex_engine="python-re"'] if needs_python_regex else []
    if settings:
        body += ["", f"model_config = {call(module.use('pydantic', 'ConfigDict'), *settings)}"]
    return block(f"class {name}({base}):", [*body, *([""] if lines else []), *lines])


def described(field: Field | Parameter) -> list[str]:
    """Arguments of `Field` with what people are told of a value."""
    found = [*_text_argument("title", field.title), *_text_argument("description", field.description)]
    is_secret = isinstance(field, Field) and field.secret
    return found + ([f"examples={literal(list(field.examples))}"] if field.examples and not is_secret else [])


def _text_argument(name: str, text: str | None) -> list[str]:
    return [f"{name}={literal(text)}"] if text else []
