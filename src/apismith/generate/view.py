"""An entity as the emitters see it: its names in the code, and what its layers need to know of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from apismith.contract import naming
from apismith.contract.access import holds_for_anonymous, is_closed
from apismith.contract.model import Contract, Entity, Field, Operation, Relation
from apismith.contract.routes import fixed_segments, writes_mails


@dataclass(frozen=True)
class Association:
    """The table of a stored set, seen from one side.

    Args:
        table: name of the table, and of its variable in `app.models`.
        near: column of the row that is looked from.
        far: column of the row that is looked at.
    """

    table: str
    near: str
    far: str


@dataclass(frozen=True)
class View:
    """One entity of a contract, with everything derived from its name and its relations."""

    contract: Contract
    entity: Entity

    @property
    def cls(self) -> str:
        """Class of the model: `Article`."""
        return self.entity.name

    @cached_property
    def module(self) -> str:
        """Module in every layer: `articles`."""
        return naming.module_name(self.entity.name)

    @cached_property
    def one(self) -> str:
        """Variable for one row: `article`."""
        name = naming.variable_name(self.entity.name)
        return f"{name}_item" if name == self.module else name

    @cached_property
    def noun(self) -> str:
        """What people call one: `order item`."""
        return naming.snake(self.entity.name).replace("_", " ")

    @cached_property
    def nouns(self) -> str:
        """What people call several: `order items`."""
        return naming.plural(self.noun)

    @cached_property
    def snake(self) -> str:
        """Prefix of columns that refer to it: `article` in `article_id`."""
        return naming.snake(self.entity.name)

    @cached_property
    def constant(self) -> str:
        """Name of its base statement: `ARTICLES`."""
        return naming.plural(self.snake).upper()

    @cached_property
    def path(self) -> str:
        """Segment of its URLs: `order-items`."""
        return naming.path_name(self.entity.name)

    @property
    def key(self) -> str:
        """Field that its paths name."""
        return self.entity.key

    @property
    def article(self) -> str:
        """The indefinite article of the noun: `an article`, `a comment`."""
        return naming.indefinite(self.noun)

    @cached_property
    def owner(self) -> Relation | None:
        """Its own relation to the owning account."""
        return self.entity.owner

    @cached_property
    def parent(self) -> "View | None":
        """The entity that it lives below."""
        relation = self.entity.parent
        return self.other(relation.target) if relation else None

    @cached_property
    def is_owned(self) -> bool:
        """Whether a row belongs to an account: itself, by its owner, or by its parent's."""
        return bool(self.is_account or self.owner or (self.parent and not self.is_self_parent and self.parent.is_owned))

    @property
    def is_self_parent(self) -> bool:
        """Whether it lives below a row of its own kind."""
        return self.entity.parent is not None and self.entity.parent.target == self.entity.name

    @property
    def is_account(self) -> bool:
        """Whether its rows log in."""
        return self.contract.auth is not None and self.contract.auth.account == self.entity.name

    @cached_property
    def credentials(self) -> tuple[str, ...]:
        """Fields of an account that its owner only changes with the current password: the login and the secret.

        Where anybody may change any account, nobody is asked, and secrets cannot be changed at all.
        """
        auth = self.contract.auth
        if auth is None or not self.is_account or is_closed(self.entity.access.update):
            return ()
        return () if holds_for_anonymous(self.entity.access.update) else (auth.login, auth.secret)

    @property
    def is_bulk(self) -> bool:
        """Whether clients create several rows together."""
        return self.entity.bulk is not None

    @cached_property
    def reserved_keys(self) -> tuple[str, ...]:
        """Words that no row may have as its key, because paths have them for something else."""
        return fixed_segments(self.contract, self.entity)

    @property
    def writes_mails(self) -> bool:
        """Whether it is an account that can be written to."""
        return self.is_account and writes_mails(self.contract)

    @cached_property
    def account(self) -> "View | None":
        """The account entity."""
        return self.other(self.contract.auth.account) if self.contract.auth else None

    def other(self, name: str) -> "View":
        """Another entity of the same contract."""
        return View(self.contract, self.contract.by_name[name])

    def target(self, relation: Relation) -> "View":
        """The entity that a relation leads to."""
        return self.other(relation.target)

    @cached_property
    def refs(self) -> tuple[Relation, ...]:
        """To-one relations that answers embed."""
        return tuple(r for r in self.entity.relations if not r.many and not r.exclude)

    @cached_property
    def to_one(self) -> tuple[Relation, ...]:
        """All relations that are a column here."""
        return tuple(r for r in self.entity.relations if not r.many)

    @cached_property
    def references(self) -> tuple[Relation, ...]:
        """To-one relations that a client sends."""
        return tuple(r for r in self.to_one if not (r.owner or r.parent or r.tenant))

    @cached_property
    def written_sets(self) -> tuple[Relation, ...]:
        """Stored sets with a bound: sent with the row."""
        return tuple(r for r in self.stored_sets if r.max_items is not None and not r.exclude)

    @cached_property
    def stored_sets(self) -> tuple[Relation, ...]:
        """Sets that have a table of their own, on this side."""
        return tuple(r for r in self.entity.relations if r.many and r.reverse_of is None)

    @cached_property
    def listed_sets(self) -> tuple[Relation, ...]:
        """Sets with routes of their own: without a bound, and not excluded."""
        return tuple(r for r in self.entity.relations if r.many and r.max_items is None and not r.exclude)

    @cached_property
    def read_fields(self) -> tuple[Field, ...]:
        """Fields that answers carry."""
        return tuple(f for f in self.entity.fields if not (f.secret or f.exclude))

    @cached_property
    def written_fields(self) -> tuple[Field, ...]:
        """Fields that a client may send, the secret apart."""
        return tuple(f for f in self.entity.fields if not (f.secret or f.slug_of))

    def bound(self, name: str) -> str:
        """Name of a bound parameter of a statement that changes rows: SQLAlchemy keeps those of columns for itself."""
        columns = {field.name for field in self.entity.fields} | {f"{relation.name}_id" for relation in self.to_one}
        while name in columns:
            name = f"this_{name}"
        return name

    def association(self, relation: Relation) -> Association:
        """The table behind a set, seen from this entity; for a reverse set, the stored one mirrored."""
        if relation.reverse_of is not None:
            target = self.target(relation)
            stored = target.entity.relation(relation.reverse_of)
            assert stored is not None
            there = target.association(stored)
            return Association(there.table, there.far, there.near)
        far = naming.singular(relation.name) if relation.target == self.entity.name else self.target(relation).snake
        return Association(f"{self.snake}_{relation.name}", f"{self.snake}_id", f"{far}_id")

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Its actions, and the queries that answer with it."""
        queries = tuple(q for q in self.contract.queries if q.result.entity == self.entity.name)
        return self.entity.actions + queries


def views(contract: Contract) -> Iterator[View]:
    """All entities of a contract."""
    return (View(contract, entity) for entity in contract.entities)
