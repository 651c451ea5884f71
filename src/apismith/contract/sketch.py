"""A few answers → the text of a contract, as a person would write it."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from apismith.contract.shorthand import ACCOUNT, TYPES, SketchedEntity, SketchedField, parse
from apismith.errors import ApismithError, did_you_mean
from apismith.target import check_name

MODULES = {
    "datetime": ("date", "datetime", "time"),
    "decimal": ("Decimal",),
    "typing": ("Literal",),
    "uuid": ("UUID",),
    "apismith": (
        "JWT",
        "Backend",
        "Entity",
        "Indexed",
        "Owner",
        "Parent",
        "Postgres",
        "Secret",
        "SQLite",
        "Timestamps",
        "Unique",
        "slugify",
    ),
    "pydantic": ("EmailStr", "Field", "HttpUrl"),
}
_STANDARD = ("datetime", "decimal", "typing", "uuid")
_WIDTH = 120


class NotAChoice(ApismithError):
    """An answer is none of the possible ones."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the text of a contract is made from.

    Args:
        name: of the backend.
        database: `sqlite` or `postgres`.
        auth: `jwt` or `none`.
        ids: `int` or `uuid`.
        entities: one line each, in the notation of `shorthand`; none for an example.
    """

    name: str
    database: str = "sqlite"
    auth: str = "jwt"
    ids: str = "int"
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question that `apismith new` asks on a terminal.

    Args:
        answer: the attribute of `Answers` that it fills.
        flag: the word of the command line that answers it.
        text: the question.
        trade_off: what depends on it, in one line.
        default: the recommended answer, taken by Enter, with `--yes` and off a terminal.
        choices: the possible answers with what speaks for each; empty where any text will do.
    """

    answer: str
    flag: str
    text: str
    trade_off: str
    default: str
    choices: dict[str, str]

    def read(self, text: str, *, accounts: bool = True) -> str:
        """The answer in `text`; the default when that is empty.

        Args:
            text: what was typed.
            accounts: whether there will be accounts, which an `owner` needs.

        Raises:
            NotAChoice: it is none of `choices`.
            BadName, BadSketch: it cannot name a backend, or sketches no entities.
        """
        words = " ".join(text.split()) or self.default
        if words == self.default:
            return words
        if self.choices and words not in self.choices:
            raise NotAChoice(f"'{words}' is none of the answers.", hint=did_you_mean(words, self.choices))
        if self.answer == "name":
            check_name(words)
        if self.answer == "entities":
            parse(lines(words), accounts=accounts)
        return words


def lines(text: str) -> tuple[str, ...]:
    """Sketches that are written in one line, with `;` between them."""
    return tuple(line.strip() for line in text.split(";") if line.strip())


EXAMPLE = "Note title body:text author:owner"
QUESTIONS = (
    Question(
        "name", "NAME", "Name of the backend", "It names the folder and the API, e.g. shop or my-shop.", "backend", {}
    ),
    Question(
        "database",
        "--database",
        "Database",
        "The generated code runs on both, and changing it later is one word of the contract.",
        "sqlite",
        {"sqlite": "one file, nothing to install, one writer at a time", "postgres": "a server with many writers"},
    ),
    Question(
        "auth",
        "--auth",
        "Log-in",
        "Owners and roles need accounts; without them everybody may do everything.",
        "jwt",
        {"jwt": "accounts with passwords, access and refresh tokens", "none": "no accounts"},
    ),
    Question(
        "ids",
        "--ids",
        "Ids of rows",
        "Hard to change once other systems know them.",
        "int",
        {"int": "1, 2, 3: short, but they tell how many there are", "uuid": "UUIDv7: long, cannot be guessed"},
    ),
    Question(
        "entities",
        "--entity",
        "First entities, with ';' between them",
        "A name and its fields, e.g. Article title body:text author:owner tags:Tag*; Tag name:str:unique",
        EXAMPLE,
        {},
    ),
)


def sketch(answers: Answers) -> str:
    """The text of a contract.

    Raises:
        BadSketch: an entity is written in words that are not understood.
    """
    accounts = answers.auth == "jwt"
    example = EXAMPLE if accounts else EXAMPLE.removesuffix(" author:owner")
    entities = parse(answers.entities or (example,), accounts=accounts)
    body = "\n\n\n".join([*_classes(entities), _backend(answers, entities)])
    title = f'"""The contract of {answers.name}: what it stores, who may do what, and what it runs on."""'
    return f"{title}\n\n{_imports(body)}\n\n\n{body}\n"


def _classes(entities: list[SketchedEntity]) -> list[str]:
    defined: set[str] = set()
    classes: list[str] = []
    for entity in entities:
        defaults = f', key="{entity.key}"' if entity.key else ""
        lines = [f"class {entity.name}(Entity, Timestamps{defaults}):", f'    """{described(entity.name)}"""']
        fields = [f"    {field_line(entity, field, defined)}" for field in entity.fields]
        classes.append("\n".join([*lines, *([""] if fields else []), *fields]))
        defined.add(entity.name)
    return classes


def described(name: str) -> str:
    """The docstring of an entity of which nothing but its name is known."""
    if name == ACCOUNT:
        return "Somebody with an account."
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
    return f"{'An' if words[0] in 'aeiou' else 'A'} {words}."


def field_line(entity: SketchedEntity, field: SketchedField, defined: Collection[str], account: str = ACCOUNT) -> str:
    """A field as a contract declares it.

    Args:
        entity: what has it.
        field: the field.
        defined: entities that stand above it; others are named in quotes.
        account: the entity that an owner is.
    """
    if field.target is not None:
        return _relation(field, account if field.type == "owner" else field.target, defined)
    if field.type == "slug":
        source = next(other.name for other in entity.fields if other.type == "str")
        return f'{field.name}: str = slugify("{source}")'
    if field.type == "secret":
        return f"{field.name}: Secret[str] = Field(min_length=10, max_length=128)"
    annotation, constraints = TYPES.get(field.type, (_literal(field.type), ""))
    default = "None" if field.optional else _default(field)
    if field.optional:
        annotation += " | None"
    if mark := {"unique": "Unique", "key": "Unique", "index": "Indexed"}.get(field.mark):
        annotation = f"{mark}[{annotation}]"
    if constraints:
        arguments = f"default={default}, {constraints}" if default else constraints
        return f"{field.name}: {annotation} = Field({arguments})"
    return f"{field.name}: {annotation} = {default}" if default else f"{field.name}: {annotation}"


def _relation(field: SketchedField, entity: str, defined: Collection[str]) -> str:
    target = entity if entity in defined else f'"{entity}"'
    if field.type == "owner":
        return f"{field.name}: Owner[{target}]"
    if field.mark == "parent":
        return f"{field.name}: Parent[{target}]"
    if field.many:
        return f"{field.name}: set[{target}] = Field(max_length=20)"
    if field.mark == "unique":
        target = f"Unique[{target}]"
    if field.optional:
        text = f'"{entity} | None"' if target == f'"{entity}"' else f"{target} | None"
        return f"{field.name}: {text} = None"
    return f"{field.name}: {target}"


def _literal(texts: str) -> str:
    return "Literal[" + ", ".join(f'"{text}"' for text in texts.split("|")) + "]"


def _default(field: SketchedField) -> str:
    if field.type == "bool":
        return "False"
    first, *others = field.type.split("|")
    return f'"{first}"' if others else ""


def _backend(answers: Answers, entities: list[SketchedEntity]) -> str:
    database = {"sqlite": "SQLite", "postgres": "Postgres"}[answers.database]
    name = answers.name.replace("_", "-")
    ids = 'ids="uuid"' if answers.ids == "uuid" else ""
    auth = 'JWT(login="email")' if answers.auth == "jwt" else "None"
    lines = [
        f'    "{name}",',
        f"    entities=[{', '.join(entity.name for entity in entities)}],",
        f"    database={database}({ids}),",
        f"    auth={auth},",
    ]
    return "\n".join(["backend = Backend(", *lines, ")"])


def _imports(body: str) -> str:
    words = set(re.findall(r"\w+", re.sub(r'"""[^\n]*"""', "", body)))
    standard: list[str] = []
    others: list[str] = []
    for module, names in MODULES.items():
        used = [name for name in names if name in words]
        if not used:
            continue
        line = f"from {module} import {', '.join(used)}"
        if len(line) > _WIDTH:
            line = f"from {module} import (\n" + "".join(f"    {name},\n" for name in used) + ")"
        (standard if module in _STANDARD else others).append(line)
    return "\n\n".join("\n".join(group) for group in (standard, others) if group)
