"""`add entity Book title:str:unique author:Author`."""

import dataclasses
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from apismith.contract.editing.errors import AlreadyDeclared, WrongValue
from apismith.contract.editing.word import Given, Option, Word
from apismith.contract.language import Access
from apismith.contract.language.entities import Audited, SoftDelete, Timestamps, Versioned
from apismith.contract.shorthand import ACCOUNT, SketchedEntity, sketched_entity, with_login
from apismith.contract.sketch import described, field_line

if TYPE_CHECKING:
    from apismith.contract.editing.editor import Editor

_MIXINS: Final = {mixin.__name__: mixin for mixin in (Timestamps, SoftDelete, Audited, Versioned)}
_ACCESS: Final = tuple(field.name for field in dataclasses.fields(Access))

IN: Final = Option("in", "Module of a contract that is a package; made where it is missing.", "MODULE")


def _edit(editor: "Editor", given: Given) -> None:
    entity = sketched_entity(" ".join(given.words))
    if entity.name in editor.declared:
        at = editor.entity(entity.name).span
        message = f"The contract has an entity '{entity.name}' already, so nothing was changed."
        raise AlreadyDeclared(message, at=at, hint=f"Add to it: apismith add field {entity.name} name:type.")
    if entity.name == (editor.account or ACCOUNT) and editor.accounts:
        entity = with_login(entity)
    entity = _owned(entity, given.text("owned-by"))
    targets = [editor.account if one.type == "owner" else one.target for one in entity.fields if one.target]
    for target in targets:
        if target != entity.name:
            editor.entity(target)
    module = editor.usual(given.text("in"))
    editor.add_entity(module, entity.name, _text(editor, entity, given, editor.defined(module)), targets)


def _owned(entity: SketchedEntity, field: str | None) -> SketchedEntity:
    if field is None:
        return entity
    named = sketched_entity(f"{entity.name} {field}:owner")
    others = tuple(one for one in entity.fields if one.name != field)
    if len(others) < len(entity.fields):
        message = f"'{entity.name}' has a field '{field}' already, so it cannot be the owner, too."
        raise WrongValue(message, hint="Name another one with --owned-by.")
    return replace(entity, fields=(*entity.fields, *named.fields))


def _text(editor: "Editor", entity: SketchedEntity, given: Given, defined: set[str]) -> str:
    bases = ["Entity", *dict.fromkeys(["Timestamps", *given.texts("with")])]
    options = [f'key="{entity.key}"'] if entity.key else []
    if (bulk := given.text("bulk")) is not None:
        if not bulk.isdigit():
            raise WrongValue(f"--bulk is a number of rows, and not '{bulk}'.", hint="For example --bulk 50.")
        options.append(f"bulk={bulk}")
    lines = [f"class {entity.name}({', '.join([*bases, *options])}):", f'    """{described(entity.name)}"""']
    fields = [field_line(entity, field, defined, editor.account or ACCOUNT) for field in entity.fields]
    lines += ["", *(f"    {line}" for line in fields)] if fields else []
    rules = [f"{name}={editor.rule(rule)}" for name in _ACCESS if (rule := given.text(name)) is not None]
    lines += ["", f"    access = Access({', '.join(rules)})"] if rules else []
    return "\n".join(lines) + "\n"


WORDS = (
    Word(
        "entity",
        "NAME [FIELD...]",
        "Add an entity, with its fields as 'apismith new --entity' takes them.",
        (
            "apismith add entity Shelf name:str:unique room:str?",
            "apismith add entity Review text:text book:Book:parent --read anyone",
        ),
        _edit,
        (
            Option("owned-by", "Field that holds the account that made a row.", "FIELD"),
            Option("with", "More that it can; may be repeated.", "MIXIN", tuple(_MIXINS), several=True),
            Option("bulk", "How many rows one request may create together.", "ROWS"),
            *(Option(name, f"Who may {name} its rows, e.g. 'owner | admin'.", "RULE") for name in _ACCESS),
            IN,
        ),
    ),
)
