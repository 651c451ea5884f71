"""What a change of a contract means for those who call the backend.

A change breaks a client when a request that was right yesterday is refused today, or when an answer lacks what it had
or has what the client cannot know: of what is sent, less is permitted; of what is answered, less is promised.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from apismith.contract.access import allows, callers
from apismith.contract.exchanges import Exchange, Value, exchanges
from apismith.contract.former import former_entity
from apismith.contract.model import Contract, Entity, Rule
from apismith.contract.routes import list_rule

LOWER: Final = ("min_length", "gt", "ge")
UPPER: Final = ("max_length", "lt", "le", "max_digits", "decimal_places")
EXACT: Final = ("pattern", "multiple_of")
SHAPES: Final = {
    "nothing": "nothing",
    "value": "a value",
    "entity": "one row",
    "list": "a list of rows",
    "page": "a page of rows",
}
NAMED: Final = 3
"""Routes that are named where a change concerns many."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change as clients see it.

    Args:
        what: the change.
        breaks: whether a client that worked before fails now.
        routes: where.
    """

    what: str
    breaks: bool
    routes: tuple[str, ...]

    def __str__(self) -> str:
        named = ", ".join(self.routes[:NAMED])
        more = len(self.routes) - NAMED
        return f"{named}{f' and {more} more' if more > 0 else ''}: {self.what}"

    def json(self) -> dict[str, object]:
        """The same as data."""
        return {"what": self.what, "breaks": self.breaks, "routes": list(self.routes)}


@dataclass(frozen=True, slots=True)
class Permission:
    """A cell of the access matrix that is another now; `entity` is None of queries."""

    entity: str | None
    operation: str
    who: str
    before: bool
    after: bool

    def __str__(self) -> str:
        what = f"{self.entity}.{self.operation}" if self.entity else self.operation
        return f"{what}: {self.who} {'may now' if self.after else 'may not any more'}"

    def json(self) -> dict[str, object]:
        """The same as data."""
        return {
            "entity": self.entity,
            "operation": self.operation,
            "who": self.who,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a change of a contract means."""

    changes: tuple[Change, ...] = ()
    access: tuple[Permission, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def breaking(self) -> tuple[Change, ...]:
        """Changes by which a client that worked before fails."""
        return tuple(change for change in self.changes if change.breaks)

    @property
    def breaks(self) -> bool:
        """Whether some request that worked before fails now, for whoever sends it."""
        return bool(self.breaking or self.removed or any(not one.after for one in self.access))

    def lines(self) -> list[str]:
        """What to know before it is written; nothing where there is nothing."""
        found = [f"  breaks {change}" for change in self.breaking]
        found += [f"  gone   {route}" for route in self.removed]
        found += [f"  new    {route}" for route in self.added]
        found += [f"         {change}" for change in self.changes if not change.breaks]
        access = [f"  {'more' if one.after else 'less'}   {one}" for one in self.access]
        title = f"For clients{', of which some that work now will fail' if self.breaking or self.removed else ''}:"
        return [*([title, *found] if found else []), *(["Who may do what:", *access] if access else [])]

    def json(self) -> dict[str, object]:
        """The same as data."""
        return {
            "breaking": self.breaks,
            "changes": [change.json() for change in self.changes],
            "routes_added": list(self.added),
            "routes_removed": list(self.removed),
            "access": [one.json() for one in self.access],
        }


def meaning(old: Contract, new: Contract) -> Meaning:
    """What it means for clients that a backend is of another contract now."""
    before, after = exchanges(old), exchanges(new)
    found = _Found()
    renamed = {(field.was, field.name) for entity in new.entities for field in entity.fields if field.was}
    for key in before.keys() & after.keys():
        _compare(before[key], after[key], found)
        for was, now in zip(before[key].keys, after[key].keys, strict=True):
            if was != now and not any(was.removesuffix(old) + name == now for old, name in renamed):
                found.add(after[key].label, f"its path has {now} where it had {was}", breaks=True)
    return Meaning(
        tuple(sorted(found.changes(), key=lambda change: (not change.breaks, change.routes, change.what))),
        tuple(_permissions(old, new)),
        tuple(after[key].label for key in after if key not in before),
        tuple(before[key].label for key in before if key not in after),
    )


@dataclass(slots=True)
class _Found:
    """The same change of several routes is one change."""

    known: dict[tuple[str, bool], list[str]] = field(default_factory=dict[tuple[str, bool], list[str]])

    def add(self, route: str, what: str, *, breaks: bool) -> None:
        self.known.setdefault((what, breaks), []).append(route)

    def changes(self) -> Iterator[Change]:
        return (Change(what, breaks, tuple(sorted(routes))) for (what, breaks), routes in self.known.items())


def _compare(before: Exchange, after: Exchange, found: _Found) -> None:
    def say(what: str, *, breaks: bool = True) -> None:
        found.add(after.label, what, breaks=breaks)

    if before.route.status != after.route.status:
        say(f"answers {after.route.status} instead of {before.route.status}")
    for name in before.takes.keys() - after.takes.keys():
        say(f"{name} may not be sent any more")
    for name in after.takes.keys() - before.takes.keys():
        required = after.takes[name].required
        say(f"{name} {'must' if required else 'may'} be sent", breaks=required)
    for name in before.takes.keys() & after.takes.keys():
        for what in _narrowed(name, before.takes[name], after.takes[name]):
            say(what)
    for demand in after.demands - before.demands:
        say(demand)
    if before.shape != after.shape:
        if before.route.status == after.route.status:
            say(f"answers {SHAPES[after.shape]} instead of {SHAPES[before.shape]}")
        return
    for name in before.gives.keys() - after.gives.keys():
        say(f"{name} is not answered any more")
    for name in after.gives.keys() - before.gives.keys():
        say(f"{name} is answered, too", breaks=False)
    for name in before.gives.keys() & after.gives.keys():
        _compare_given(name, before.gives[name], after.gives[name], say)


def _narrowed(name: str, before: Value, after: Value) -> Iterator[str]:
    """What could be sent and cannot any more."""
    if before.kind != after.kind:
        yield f"{name} is {after.kind} instead of {before.kind}"
        return
    if after.required and not before.required:
        yield f"{name} must be sent"
    if before.nullable and not after.nullable:
        yield f"{name} may not be null any more"
    for member in sorted(before.members - after.members):
        yield f"{name} may not be {member} any more"
    for limit in (*LOWER, *UPPER, *EXACT):
        old, new = getattr(before.limits, limit), getattr(after.limits, limit)
        if new is not None and old != new and _is_narrower(limit, old, new):
            yield f"{name} has {limit} {new}{f' instead of {old}' if old is not None else ''}"


def _is_narrower(limit: str, old: float | str | None, new: float | str) -> bool:
    if old is None or limit in EXACT:
        return True
    return float(new) > float(old) if limit in LOWER else float(new) < float(old)


def _compare_given(name: str, before: Value, after: Value, say: Callable[..., None]) -> None:
    if before.kind != after.kind:
        say(f"{name} is answered as {after.kind} instead of {before.kind}")
        return
    if after.nullable and not before.nullable:
        say(f"{name} may be null in answers")
    for member in sorted(after.members - before.members):
        say(f"{name} may be {member} in answers", breaks=False)


# Access ---------------------------------------------------------------------------------------------------------------


def _permissions(old: Contract, new: Contract) -> Iterator[Permission]:
    yield from _allowed(None, _queries(old), _queries(new), old, new)
    for entity in new.entities:
        before = former_entity(old, entity)
        yield from _allowed(entity.name, _rules(before) if before else {}, _rules(entity), old, new)


def _allowed(
    entity: str | None, before: Mapping[str, Rule], after: Mapping[str, Rule], old: Contract, new: Contract
) -> Iterator[Permission]:
    known = set(callers(old))
    for operation in (name for name in after if name in before):
        for who in callers(new):
            was, now = allows(before[operation], who), allows(after[operation], who)
            if who in known and was != now:
                yield Permission(entity, operation, who.name, was, now)


def _queries(contract: Contract) -> dict[str, Rule]:
    return {query.name: query.allow for query in contract.queries}


def _rules(entity: Entity) -> dict[str, Rule]:
    access = entity.access
    found = {"read": access.read, "list": list_rule(entity), "create": access.create}
    found |= {"update": access.update, "delete": access.delete}
    return found | {action.name: action.allow for action in entity.actions}
