"""The contract as data: complete, valid, frozen.

`load.py` makes it from Python, `Contract.model_dump_json()` and `model_validate_json()` carry it as JSON, and every job
reads it. Names are as the user wrote them; nothing here is about files or code that will be generated.
"""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field as PydanticField, JsonValue

from apismith.contract.choices import (
    Auth as Auth,
    Cache as Cache,
    Cors as Cors,
    Database as Database,
    Deploy as Deploy,
    Limits as Limits,
    Tasks as Tasks,
)
from apismith.contract.expressions import (
    Arithmetic as Arithmetic,
    Assign as Assign,
    Compare as Compare,
    Constant as Constant,
    Count as Count,
    EnumMember as EnumMember,
    Expression as Expression,
    Link as Link,
    Logic as Logic,
    Now as Now,
    Path as Path,
    Return as Return,
    Select as Select,
    Statement as Statement,
)
from apismith.contract.node import Node as Node
from apismith.contract.rules import (
    Access as Access,
    AllOf as AllOf,
    AnyOf as AnyOf,
    Atom as Atom,
    HasRole as HasRole,
    Rule as Rule,
)
from apismith.contract.types import (
    Constraints as Constraints,
    Default as Default,
    Scalar as Scalar,
    Type as Type,
)
from apismith.findings import Span

# Never part of the JSON: it is of one machine, and what a contract says does not depend on it.
Where = Annotated[Span | None, PydanticField(exclude=True)]

# Fields and relations -------------------------------------------------------------------------------------------------


class Field(Node):
    """One column of an entity that is not a relation.

    Args:
        default: None when the client must send the field.
        secret: stored hashed, never returned; marks the account entity.
        exclude: in the database, not in answers.
        slug_of: server-owned; made from this field of the same entity when the row is created, and unique.
        was: former name of the field, for `evolve`.
        external: `service.Entity` whose key this value is, in another service.
    """

    name: str
    type: Type
    constraints: Constraints = Constraints()
    default: Default | None = None
    unique: bool = False
    indexed: bool = False
    secret: bool = False
    exclude: bool = False
    slug_of: str | None = None
    was: str | None = None
    external: str | None = None
    title: str | None = None
    description: str | None = None
    examples: tuple[JsonValue, ...] = ()
    span: Where = None

    @property
    def required(self) -> bool:
        """Whether a client must send it on creation."""
        return self.default is None and self.slug_of is None


class Relation(Node):
    """A field whose type is an entity.

    Args:
        target: name of the entity.
        many: a set (n-n, or the reverse side of a relation); else one row or, when nullable, none.
        reverse_of: name of the relation of `target` whose other side this is (`Reverse`); None for one stored here.
        owner: the account that owns the row; set by the server.
        parent: the row lives below its parent: nested routes, deleted with it.
        tenant: the row is only visible to accounts of the same tenant; set by the server.
        unique: one-to-one.
        max_items: most items of a set; one with a bound is embedded in answers and written with the row, one
            without has routes of its own.
        exclude: in the database, not in answers.
    """

    name: str
    target: str
    many: bool = False
    nullable: bool = False
    reverse_of: str | None = None
    owner: bool = False
    parent: bool = False
    tenant: bool = False
    unique: bool = False
    max_items: int | None = None
    exclude: bool = False
    was: str | None = None
    description: str | None = None
    span: Where = None


# Operations, events ---------------------------------------------------------------------------------------------------


class Deprecated(Node):
    """Headers of RFC 9745 and RFC 8594: ISO dates, and where to read more."""

    since: str
    sunset: str | None = None
    link: str | None = None


class Computed(Node):
    """A value of the answer that is not stored: its type and the expression over `self`."""

    name: str
    type: Type
    value: Expression
    description: str | None = None
    span: Where = None


class Parameter(Node):
    """A parameter of an action or query, besides `self` and `me`.

    Args:
        place: where a client sends it: in the path, in the query (GET, DELETE), or as a member of the JSON body.
        entity: an entity, sent as its key; else `type`.
    """

    name: str
    place: Literal["path", "query", "body"]
    type: Type | None = None
    entity: str | None = None
    constraints: Constraints = Constraints()
    default: Default | None = None
    title: str | None = None
    description: str | None = None
    examples: tuple[JsonValue, ...] = ()


class Result(Node):
    """What an operation answers: nothing (204), a value, one entity, a list or a page of an entity."""

    shape: Literal["nothing", "value", "entity", "list", "page"]
    entity: str | None = None
    type: Type | None = None


class Operation(Node):
    """An action (a method of an entity) or a query (a function).

    Args:
        entity: the entity of an action, whose row the path's keys find.
        key: of an action: the unique field that the path names (`{slug}`), e.g. `slug`, `username`, `id`.
        uses_me: it has the parameter `me`.
        body: the statements, or None for `...`: to be written by the user, 501 until then.
    """

    name: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    allow: Rule
    entity: str | None = None
    key: str | None = None
    uses_me: bool = False
    parameters: tuple[Parameter, ...] = ()
    result: Result
    body: tuple[Statement, ...] | None = None
    description: str | None = None
    deprecated: Deprecated | None = None
    span: Where = None


class Handler(Node):
    """What happens after a row was created, updated or deleted (in the background, or before the answer)."""

    name: str
    event: Literal["created", "updated", "deleted"]
    entity: str
    background: bool = False
    publish: str | None = None
    description: str | None = None
    span: Where = None


# Entities -------------------------------------------------------------------------------------------------------------


class Listing(Node):
    """How an entity is listed.

    Args:
        allow: who may list it, when that differs from who may read one.
        filters: field paths, e.g. `author.username`, `tags`, `status`.
        order: field names that a client may order by; the first is the default, `-` means descending.
    """

    allow: Rule | None = None
    filters: tuple[str, ...] = ()
    order: tuple[str, ...] = ("-id",)


class Check(Node):
    """A row check: a name for the constraint and the condition over `self`."""

    name: str
    where: Expression
    source: str


class Rules(Node):
    """What the database enforces over several columns; names are of fields and relations."""

    unique: tuple[tuple[str, ...], ...] = ()
    index: tuple[tuple[str, ...], ...] = ()
    check: tuple[Check, ...] = ()


class Entity(Node):
    """One kind of thing.

    Args:
        key: name of the field in its paths: `id`, or a unique field such as `slug`.
        timestamps: has `created_at` and `updated_at`, owned by the server.
        soft_delete: deleting sets `deleted_at`; such rows are invisible.
        audited: changes are written to the audit log.
        versioned: optimistic lock: a `version` that counts up.
        bulk: most rows that one request may create; None where each is created by itself.
    """

    name: str
    description: str | None = None
    key: str = "id"
    fields: tuple[Field, ...] = ()
    relations: tuple[Relation, ...] = ()
    computed: tuple[Computed, ...] = ()
    actions: tuple[Operation, ...] = ()
    access: Access
    listing: Listing = Listing()
    rules: Rules = Rules()
    timestamps: bool = False
    soft_delete: bool = False
    audited: bool = False
    versioned: bool = False
    bulk: int | None = None
    was: str | None = None
    deprecated: Deprecated | None = None
    span: Where = None

    def field(self, name: str) -> Field | None:
        """The field of this name, if it is one of the entity's own."""
        return next((field for field in self.fields if field.name == name), None)

    def relation(self, name: str) -> Relation | None:
        """The relation of this name."""
        return next((relation for relation in self.relations if relation.name == name), None)

    @property
    def owner(self) -> Relation | None:
        """The relation to the account that owns a row."""
        return next((relation for relation in self.relations if relation.owner), None)

    @property
    def parent(self) -> Relation | None:
        """The relation to the row that this one lives below."""
        return next((relation for relation in self.relations if relation.parent), None)

    @property
    def is_account(self) -> bool:
        """Whether its rows are the ones that log in."""
        return any(field.secret for field in self.fields)


class EnumMemberType(Node):
    """Name and stored value of one member."""

    name: str
    value: str


class EnumType(Node):
    """A closed set of texts: an `Enum` of the contract, or a `Literal[...]` of one field."""

    name: str
    members: tuple[EnumMemberType, ...]
    description: str | None = None


# The whole -----------------------------------------------------------------------------------------------------------


class Contract(Node):
    """One backend, complete and valid.

    Args:
        auth: None when the contract says `auth=None`: then every rule is `anyone` or `nobody`.
        roles: custom roles, besides `member` and `admin`.
    """

    schema_version: Literal[1] = 1
    name: str
    description: str | None = None
    version: str = "v1"
    entities: tuple[Entity, ...]
    enums: tuple[EnumType, ...] = ()
    queries: tuple[Operation, ...] = ()
    handlers: tuple[Handler, ...] = ()
    roles: tuple[str, ...] = ()
    database: Database = Database()
    cache: Cache | None = None
    tasks: Tasks | None = None
    auth: Auth | None = None
    limits: Limits = Limits()
    cors: Cors = Cors()
    deploy: Deploy = Deploy()
    deprecated: Deprecated | None = None

    @cached_property
    def by_name(self) -> dict[str, Entity]:
        """Entities by their names."""
        return {entity.name: entity for entity in self.entities}

    @property
    def audited(self) -> bool:
        """Whether changes of some entity are written to an audit log."""
        return any(entity.audited for entity in self.entities)

    @property
    def account(self) -> Entity | None:
        """The entity whose rows log in."""
        return self.by_name[self.auth.account] if self.auth else None
