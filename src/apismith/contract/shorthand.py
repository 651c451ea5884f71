"""Entities sketched in one line each, as `apismith new --entity` takes them.

    Article title body:text author:owner tags:Tag* status:draft|published
    Tag name:str:unique

A line is the entity's name and its fields. A field is `name`, `name:type` or `name:type:mark`:

    title               a short text; the same as `title:str`
    price:decimal?      any type of `TYPES`; `?` means that it may be left out
    slug:slug:key       made from the first `str`, e.g. `the-first-day`
    status:draft|sent   one of these texts, the first being the default
    category:Category   a row of another entity; `Category?` one or none, `Category*` or `set[Category]` a set
    author:owner        the account that made it, set by the server
    name:str:unique     marks: `unique`, `index`, `key` (its paths name it), `parent` (it lives below that row)
"""

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apismith.errors import ApismithError, did_you_mean

TYPES = {
    "str": ("str", "min_length=1, max_length=200"),
    "text": ("str", "max_length=10_000"),
    "int": ("int", ""),
    "float": ("float", ""),
    "decimal": ("Decimal", "max_digits=12, decimal_places=2"),
    "bool": ("bool", ""),
    "date": ("date", ""),
    "datetime": ("datetime", ""),
    "time": ("time", ""),
    "uuid": ("UUID", ""),
    "email": ("EmailStr", ""),
    "url": ("HttpUrl", ""),
}
MARKS = ("unique", "index", "key", "parent")
ACCOUNT = "User"


class BadSketch(ApismithError):
    """An entity was sketched in words that are not understood."""


@dataclass(frozen=True, slots=True)
class SketchedField:
    """One word of a sketch after the entity's name.

    Args:
        type: a word of `TYPES`, `owner`, the name of an entity, or texts joined by `|`.
        many: `*` was written after it.
        optional: `?` was written after it.
        mark: a word of `MARKS`, or nothing.
    """

    name: str
    type: str = "str"
    many: bool = False
    optional: bool = False
    mark: str = ""

    @property
    def target(self) -> str | None:
        """The entity that it refers to."""
        if self.type == "owner":
            return ACCOUNT
        return self.type if self.type[:1].isupper() and "|" not in self.type else None


@dataclass(frozen=True, slots=True)
class SketchedEntity:
    """One entity with its fields, in the order written."""

    name: str
    fields: tuple[SketchedField, ...] = ()

    @property
    def key(self) -> str | None:
        """The field that is marked `key`."""
        return next((field.name for field in self.fields if field.mark == "key"), None)


def parse(lines: Sequence[str], *, accounts: bool) -> list[SketchedEntity]:
    """Read the sketches, and check that they fit together.

    Args:
        lines: one entity each.
        accounts: whether there will be accounts; with them an entity `User` with `email` and `password` is there even
            when nobody sketched it.

    Returns:
        The entities, each after those that it refers to as far as that is possible.

    Raises:
        BadSketch: naming the word that is wrong.
    """
    entities = {entity.name: entity for entity in map(sketched_entity, lines)}
    if len(entities) < len(lines):
        names = [line.split()[0] for line in lines]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadSketch(f"The entity '{twice}' is sketched twice.", hint="Put all its fields into one sketch.")
    if accounts:
        entities = {ACCOUNT: with_login(entities.get(ACCOUNT, SketchedEntity(ACCOUNT)))} | {
            name: entity for name, entity in entities.items() if name != ACCOUNT
        }
    for entity in entities.values():
        for field in entity.fields:
            _check_target(entity, field, list(entities), accounts)
    return _ordered(entities)


def sketched_entity(line: str) -> SketchedEntity:
    """One entity, whatever others there are.

    Raises:
        BadSketch: naming the word that is wrong.
    """
    name, *words = line.split() or [""]
    if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name) or keyword.iskeyword(name):
        near = re.sub(r"\W|_", "", name.title() if "_" in name or name.islower() else name[:1].upper() + name[1:])
        raise BadSketch(
            f"'{name}' cannot name an entity: it begins with a capital and has only letters and digits.",
            hint=f"Did you mean '{near}'?" if re.match("[A-Z]", near) else 'For example "Article title body:text".',
        )
    fields = tuple(sketched_field(name, word) for word in words)
    names = [field.name for field in fields]
    if twice := next((field for field in names if names.count(field) > 1), None):
        raise BadSketch(f"'{name}' has the field '{twice}' twice.")
    if any(field.type == "slug" for field in fields) and all(field.type != "str" for field in fields):
        raise BadSketch(f"'{name}' has nothing to make its slug from.", hint="Add a field of type str, e.g. title.")
    if len([field for field in fields if field.mark == "key"]) > 1:
        raise BadSketch(f"'{name}' has two fields marked 'key', but its paths can name only one.")
    return SketchedEntity(name, fields)


def sketched_field(entity: str, word: str) -> SketchedField:
    """One field of an entity.

    Raises:
        BadSketch: it is not understood.
    """
    name, _, rest = word.partition(":")
    # A set may be written as in Python, too.
    rest = re.sub(r"^(?:set|list)\[(\w+)\]", r"\1*", rest)
    kind, _, mark = rest.partition(":")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise BadSketch(
            f"'{name}' cannot name a field of {entity}: use a-z, 0-9 and '_', no word of Python's own.",
            hint="A field is written name, name:type or name:type:mark.",
        )
    if mark and mark not in MARKS:
        raise BadSketch(f"'{mark}' in '{word}' of {entity} is no mark.", hint=did_you_mean(mark, MARKS))
    found = SketchedField(name, kind.rstrip("?*") or "str", "*" in kind, kind.endswith("?"), mark)
    texts = found.type.split("|")
    if len(texts) > 1 and not all(re.fullmatch(r"[A-Za-z0-9_-]+", text) for text in texts):
        raise BadSketch(f"'{word}' of {entity} lists an empty or unusual text.", hint="For example status:draft|sent.")
    if len(texts) == 1 and found.target is None and found.type not in (*TYPES, "slug"):
        hint = did_you_mean(found.type, [*TYPES, "owner", "slug"])
        raise BadSketch(f"'{found.type}' in '{word}' of {entity} is no type.", hint=hint)
    if found.many and (found.target is None or found.type == "owner"):
        raise BadSketch(f"'{word}' of {entity}: only entities come in sets.", hint="For example tags:Tag*.")
    if found.optional and found.name == found.type and found.type in TYPES:
        # In a class body the name would then stand for its default, not for the type, in every later annotation.
        raise BadSketch(f"'{word}' of {entity} hides the type '{name}'.", hint=f"Call it '{entity.lower()}_{name}'.")
    if not _mark_fits(found):
        raise BadSketch(f"'{word}' of {entity}: the mark '{mark}' does not fit '{kind}'.", hint=_FITS[mark])
    return found


_FITS = {
    "parent": "A parent is exactly one entity, for example article:Article:parent.",
    "key": "A key is a plain value that is always there, for example slug:str:key.",
    "unique": "Only a single value can be unique, for example name:str:unique.",
    "": "A slug is always there, for example slug:slug.",
    "index": "Only a plain value needs an index, for example due:date:index.",
}


def _mark_fits(field: SketchedField) -> bool:
    plain = field.target is None
    fits = {
        "parent": not plain and field.type != "owner" and not field.many and not field.optional,
        "key": plain and not field.optional and field.type in ("str", "slug", "email", "uuid", "int"),
        "unique": not field.many and "|" not in field.type and field.type != "slug",
        "index": plain and field.type != "slug",
    }
    return fits.get(field.mark, field.type != "slug" or not field.optional)


def with_login(sketched: SketchedEntity) -> SketchedEntity:
    """An entity with what an account needs."""
    needed = (SketchedField("email", "email", mark="unique"), SketchedField("password", "secret"))
    others = (field for field in sketched.fields if field.name not in ("email", "password"))
    return replace(sketched, fields=(*needed, *others))


def _check_target(entity: SketchedEntity, field: SketchedField, known: list[str], accounts: bool) -> None:
    if field.type == "owner" and not accounts:
        raise BadSketch(
            f"'{field.name}:owner' of {entity.name} needs accounts, but there is no log-in.",
            hint="Choose --auth jwt, or leave the field out.",
        )
    if field.target is not None and field.target not in known:
        near = did_you_mean(field.target, known) or ""
        hint = near if near.startswith("Did") else f'Sketch it as well: --entity "{field.target} name:str:unique".'
        raise BadSketch(
            f"'{field.name}:{field.type}' of {entity.name}: there is no entity '{field.target}'.", hint=hint
        )


def _ordered(entities: dict[str, SketchedEntity]) -> list[SketchedEntity]:
    done: dict[str, SketchedEntity] = {}
    entered: set[str] = set()

    def visit(name: str) -> None:
        if name in entered:
            return
        entered.add(name)
        for field in entities[name].fields:
            if field.target is not None:
                visit(field.target)
        done[name] = entities[name]

    for name in entities:
        visit(name)
    return list(done.values())
