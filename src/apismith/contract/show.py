"""A contract as people read it: plain text, at most 100 columns wide."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from apismith.contract.access import MEMBER, OWNER, Who, allows, callers, rule_text
from apismith.contract.failures import failures
from apismith.contract.model import Contract, Entity, Handler, Rule
from apismith.contract.routes import Route, item_path, list_rule, routes
from apismith.contract.words import field_notes, relation_notes, relation_words, traits, type_words

WIDTH = 100
_BASIC = ("read", "list", "create", "update", "delete")


def show(contract: Contract) -> str:
    """The whole contract: choices, entities, routes, who may do what, events."""
    sections = [
        _heading(contract),
        _section("Choices", _table(_choices(contract))),
        *(_section("Enums", _table(_enums(contract))) for _ in contract.enums[:1]),
        _section("Entities", _blank_between(_entity(contract, entity) for entity in contract.entities)),
        _section("Routes", _routes(contract)),
        _section("Access", [*_blank_between(_matrix(contract, entity) for entity in contract.entities), *_legend()]),
        *(_section("Events", _table(map(_handler, contract.handlers))) for _ in contract.handlers[:1]),
    ]
    return "\n\n".join("\n".join(section) for section in sections)


# Sections -------------------------------------------------------------------------------------------------------------


def _heading(contract: Contract) -> list[str]:
    described = _wrapped(contract.description, "") if contract.description else []
    return [f"{contract.name} {contract.version}", *described]


def _choices(contract: Contract) -> Iterator[tuple[str, str]]:
    yield "database", f"{contract.database.kind}, ids are {_IDS[contract.database.ids]}"
    if contract.auth is None:
        yield "log-in", "none: everybody may do everything that there is"
    else:
        auth = contract.auth
        lives = f"access {auth.access_minutes} minutes, refresh {auth.refresh_days} days"
        lives += f", signed by {auth.algorithm}" if auth.algorithm != "HS256" else ""
        lives += ", with a second factor for who wants one" if auth.second_factor else ""
        yield "log-in", f"{auth.kind.upper()}, {auth.account} by {auth.login}; {lives}"
        yield "roles", ", ".join(("member", "admin", *contract.roles))
    if contract.cache is not None:
        yield "cache", contract.cache.kind
    if contract.tasks is not None:
        yield "tasks", f"{contract.tasks.kind} over {contract.tasks.broker}"
    limits = contract.limits
    yield "limits", f"{limits.default}, log-in {limits.login}, body {_bytes(limits.body)}"
    if contract.cors.origins:
        yield "browsers", ", ".join(contract.cors.origins)
    if places := [name for name, wanted in contract.deploy if wanted]:
        yield "deploy", ", ".join(places)
    if contract.deprecated is not None:
        yield "deprecated", f"since {contract.deprecated.since}"


_IDS = {"int": "counted integers", "uuid": "UUIDv7"}


def _enums(contract: Contract) -> Iterator[tuple[str, str]]:
    for enum in contract.enums:
        yield enum.name, ", ".join(member.value for member in enum.members)


def _entity(contract: Contract, entity: Entity) -> list[str]:
    about = ", ".join(traits(entity))
    heading = f"{entity.name}: {item_path(contract, entity)}{f' ({about})' if about else ''}"
    lines = _wrapped(heading, "  ", "    ")
    lines += _wrapped(entity.description, "    ") if entity.description else []
    rows = [(field.name, type_words(field.type), ", ".join(field_notes(field))) for field in entity.fields]
    rows += [(rel.name, relation_words(rel), ", ".join(relation_notes(rel))) for rel in entity.relations]
    rows += [(value.name, type_words(value.type), "computed") for value in entity.computed]
    return [*lines, *_table(rows, indent="    "), *_wrapped_all(_rules(entity), "    ")]


def _rules(entity: Entity) -> Iterator[str]:
    yield from (f"unique together: {', '.join(names)}" for names in entity.rules.unique)
    yield from (f"indexed together: {', '.join(names)}" for names in entity.rules.index)
    yield from (f"always true: {check.source}" for check in entity.rules.check)
    if entity.listing.filters:
        yield f"filters: {', '.join(entity.listing.filters)}"
    if entity.listing.order != ("-id",):
        yield f"order: {', '.join(entity.listing.order)}"


def _routes(contract: Contract) -> list[str]:
    rows = [("METHOD", "PATH", "WHO MAY", "ANSWERS")]
    rows += [(route.method, route.path, rule_text(route.rule), _answers(contract, route)) for route in routes(contract)]
    return _table(rows, widest=(6, 54, 20))


def _answers(contract: Contract, route: Route) -> str:
    return " ".join(map(str, (route.status, *failures(contract, route))))


def _matrix(contract: Contract, entity: Entity) -> list[str]:
    """Role × operation, in as many blocks as the width asks for."""
    columns = _operations(contract, entity)
    who = [caller for caller in callers(contract) if caller is not OWNER or _tells_owners_apart(columns)]
    first = max(len(entity.name), *(len(caller.name) + 2 for caller in who)) + 2
    lines: list[str] = []
    for block in _blocks(list(columns), WIDTH - 2 - first):
        lines.append(f"  {entity.name:{first}}" + "  ".join(block))
        for caller in who:
            cells = "  ".join(f"{_may(columns[name], caller, name):{len(name)}}" for name in block)
            lines.append(f"    {caller.name:{first - 2}}{cells}".rstrip())
    return lines


def _tells_owners_apart(rules: dict[str, Rule]) -> bool:
    return any(allows(rule, OWNER) != allows(rule, MEMBER) for rule in rules.values())


def _operations(contract: Contract, entity: Entity) -> dict[str, Rule]:
    access = entity.access
    rules = (access.read, list_rule(entity), access.create, access.update, access.delete)
    own = {action.name: action.allow for action in entity.actions}
    queries = {query.name: query.allow for query in contract.queries if query.result.entity == entity.name}
    return dict(zip(_BASIC, rules, strict=True)) | {
        f"{name}()" if name in _BASIC else name: rule for name, rule in (queries | own).items()
    }


def _may(rule: Rule, caller: Who, operation: str) -> str:
    if allows(rule, caller):
        return "yes"
    if operation == "list" and allows(rule, replace(caller, owns=True)):
        return "own"
    return "-"


def _legend() -> list[str]:
    return ["", *_wrapped("yes: may. own: sees only their own rows. -: is refused, or there is no such route.", "  ")]


def _handler(handler: Handler) -> tuple[str, str]:
    where = "in the background" if handler.background else "before the answer"
    published = f", published as {handler.publish}" if handler.publish else ""
    return f"{handler.event}({handler.entity})", f"{handler.name}, {where}{published}"


# Layout ---------------------------------------------------------------------------------------------------------------


def _section(title: str, lines: Iterable[str]) -> list[str]:
    return [title.upper(), *lines]


def _blank_between(blocks: Iterable[list[str]]) -> list[str]:
    lines = [line for block in blocks for line in ("", *block)]
    return lines[1:]


def _table(rows: Iterable[Sequence[str]], *, indent: str = "  ", widest: Sequence[int] = ()) -> list[str]:
    """Aligned columns; the last is wrapped, and what is wider than its column pushes the rest to the next line."""
    cells = [tuple(row) for row in rows]
    if not cells:
        return []
    count = len(cells[0])
    limits = (*widest, *[28] * count)[: count - 1]
    widths = [min(limit, max(len(row[i]) for row in cells)) for i, limit in enumerate(limits)]
    lines: list[str] = []
    for row in cells:
        line = indent
        for i, (cell, width) in enumerate(zip(row, widths, strict=False)):
            line += f"{cell:{width}}  "
            if len(cell) > width:
                lines.append(line.rstrip())
                line = indent + " " * (sum(widths[: i + 1]) + 2 * (i + 1))
        lines += _wrapped(row[-1], line, " " * len(line))
    return lines


def _wrapped(text: str, first: str, rest: str | None = None) -> list[str]:
    printable = "".join(char if char.isprintable() else " " for char in text)
    wrapped = textwrap.wrap(
        " ".join(printable.split()),
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_on_hyphens=False,
    )
    return [line.rstrip() for line in wrapped] or [first.rstrip()]


def _wrapped_all(texts: Iterable[str], indent: str) -> list[str]:
    return [line for text in texts for line in _wrapped(text, indent, f"{indent}  ")]


def _blocks(names: list[str], width: int) -> Iterator[list[str]]:
    block: list[str] = []
    for name in names:
        if block and len("  ".join([*block, name])) > width:
            yield block
            block = []
        block.append(name)
    yield block


def _bytes(count: int) -> str:
    for unit, size in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if count >= size and count % size == 0:
            return f"{count // size} {unit}"
    return f"{count:,} bytes"
