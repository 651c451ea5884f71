"""`add action Book lend`, `add query Book overdue` and `add event Book created`."""

import keyword
import re
from typing import TYPE_CHECKING, Final, get_args

from apismith.contract import naming
from apismith.contract.editing.errors import AlreadyDeclared, WrongValue
from apismith.contract.editing.word import Given, Option, Word
from apismith.contract.editing.words.entity import IN
from apismith.contract.editing.words.field import refuse_twice
from apismith.contract.language.operations import Event
from apismith.contract.shorthand import TYPES, sketched_field
from apismith.errors import did_you_mean

if TYPE_CHECKING:
    from apismith.contract.editing.editor import Editor

_EVENTS: Final[tuple[str, ...]] = get_args(Event.__annotations__["kind"])
_ALLOW: Final = Option("allow", "Who may, e.g. 'owner | admin'.", "RULE")


def _action(editor: "Editor", given: Given) -> None:
    name, function, *words = given.words
    entity = editor.entity(name)
    _check_name(function)
    refuse_twice(entity, function)
    path = f"/{naming.path_name(name)}/{{{entity.key}}}/{function.replace('_', '-')}"
    route = given.text("route") or f"POST {path}"
    me = [f"me: {_quoted(editor, editor.account, name)}"] if editor.account in editor.declared else []
    signature = ", ".join(["self", *me, *_parameters(name, words)])
    decorator = _decorator(editor, given, "action", route)
    editor.add_method(name, f'{decorator}\ndef {function}({signature}) -> "{name}": ...\n')


def _query(editor: "Editor", given: Given) -> None:
    name, function, *words = given.words
    entity = editor.entity(name)
    _check_function(editor, function)
    route = given.text("route") or f"GET /{naming.path_name(name)}/{function.replace('_', '-')}"
    module = editor.usual(given.text("in") or (editor.home(name).name or None))
    me = [f"me: {editor.account}"] if editor.account in editor.declared and given.text("allow") != "anyone" else []
    signature = ", ".join([*me, *_parameters(name, words)])
    decorator = _decorator(editor, given, "query", route)
    text = f"{decorator}\ndef {function}({signature}) -> Page[{entity.name}]: ...\n"
    editor.add_function(module, function, text)


def _event(editor: "Editor", given: Given) -> None:
    name, event, *named = given.words
    entity = editor.entity(name)
    if event not in _EVENTS:
        raise WrongValue(f"Nothing is '{event}' in a contract.", hint=did_you_mean(event, _EVENTS))
    function = named[0] if named else f"on_{naming.snake(name)}_{event}"
    _check_function(editor, function)
    options = [", background=True"] if given.options.get("background") else []
    options += [f", publish={_text(topic)}"] if (topic := given.text("publish")) else []
    module = editor.usual(given.text("in") or (editor.home(name).name or None))
    row = naming.variable_name(entity.name)
    text = f"@on({event}({name}){''.join(options)})\ndef {function}({row}: {name}) -> None: ...\n"
    editor.add_function(module, function, text)


def _decorator(editor: "Editor", given: Given, word: str, route: str) -> str:
    rule = given.text("allow")
    allow = f", allow={editor.rule(rule)}" if rule is not None else ""
    return f"@{word}({_text(route)}{allow})"


def _parameters(entity: str, words: list[str]) -> list[str]:
    """Parameters in the notation of fields; those that may be left out come last."""
    found: list[str] = []
    optional: list[str] = []
    for word in words:
        field = sketched_field(entity, word)
        texts = ", ".join(_text(text) for text in field.type.split("|"))
        kind = field.target or TYPES.get(field.type, (f"Literal[{texts}]", ""))[0]
        if field.many or field.mark or field.type in ("owner", "slug"):
            raise WrongValue(f"'{word}' is no parameter.", hint="A parameter is name:type, for example copies:int.")
        if field.optional:
            optional.append(f"{field.name}: {kind} | None = None")
        else:
            found.append(f"{field.name}: {kind}")
    return [*found, *optional]


def _quoted(editor: "Editor", account: str, entity: str) -> str:
    """The account in the signature of a method: in quotes where it stands further down."""
    return account if account in editor.defined(editor.home(entity), above=entity) else f'"{account}"'


def _check_function(editor: "Editor", name: str) -> None:
    _check_name(name)
    declared = {one.name: one.span for one in editor.contract.queries}
    declared |= {one.name: one.span for one in editor.contract.handlers}
    if name in declared:
        message = f"The contract has '{name}' already, so nothing was changed."
        raise AlreadyDeclared(message, at=declared[name], hint="Edit it there, or choose another name.")
    taken = {defined for module in editor.modules for defined in module.defined}
    if name in taken:
        raise AlreadyDeclared(f"The contract has something called '{name}' already.", hint="Choose another name.")


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        near = naming.snake(name)
        hint = f"Did you mean '{near}'?" if re.fullmatch(r"[a-z][a-z0-9_]*", near) and near != name else None
        message = f"'{name}' cannot name a function: use a-z, 0-9 and '_', no word of Python's own."
        raise WrongValue(message, hint=hint or "For example 'lend'.")


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


WORDS = (
    Word(
        "action",
        "ENTITY NAME [PARAMETER...]",
        "Add an action of a row, for you to write in its service.",
        ("apismith add action Book lend copies:int",),
        _action,
        (Option("route", "Method and path. [default: POST, below the row]", "ROUTE"), _ALLOW),
        least=2,
    ),
    Word(
        "query",
        "ENTITY NAME [PARAMETER...]",
        "Add a query that answers pages of rows, for you to write in its service.",
        ("apismith add query Book overdue since:date?",),
        _query,
        (Option("route", "Method and path. [default: GET, below the rows]", "ROUTE"), _ALLOW, IN),
        least=2,
    ),
    Word(
        "event",
        f"ENTITY {'|'.join(_EVENTS)} [NAME]",
        "Add a function that is called when something happened to a row.",
        ("apismith add event Book created --background",),
        _event,
        (
            Option("background", "After the answer was sent, instead of before."),
            Option("publish", "Topic under which it also goes to the broker.", "TOPIC"),
            IN,
        ),
        least=2,
        most=3,
    ),
)
