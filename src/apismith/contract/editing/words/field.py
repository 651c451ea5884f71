"""`add field Book pages:int?` and `add relation Book author:Author`."""

from dataclasses import replace
from typing import TYPE_CHECKING

from apismith.contract.editing.errors import AlreadyDeclared, WrongValue
from apismith.contract.editing.word import Given, Option, Word
from apismith.contract.shorthand import ACCOUNT, BadSketch, SketchedEntity, SketchedField, sketched_field
from apismith.contract.sketch import field_line

if TYPE_CHECKING:
    from apismith.contract.editing.editor import Editor
    from apismith.contract.model import Entity


def refuse_twice(entity: "Entity", name: str) -> None:
    """Refuse to declare something that an entity has.

    Raises:
        AlreadyDeclared: at its place.
    """
    declared = {
        **{one.name: one.span for one in entity.fields},
        **{one.name: one.span for one in entity.relations},
        **{one.name: one.span for one in entity.computed},
        **{one.name: one.span for one in entity.actions},
    }
    if name in declared:
        message = f"'{entity.name}' has '{name}' already, so nothing was changed."
        raise AlreadyDeclared(message, at=declared[name] or entity.span, hint="Edit it there, or choose another name.")


def _edit(editor: "Editor", given: Given) -> None:
    name, *words = given.words
    entity = editor.entity(name)
    fields = [sketched_field(name, word) for word in words]
    for number, field in enumerate(fields):
        refuse_twice(entity, field.name)
        if field.name in [one.name for one in fields[:number]]:
            raise BadSketch(f"'{name}' would have the field '{field.name}' twice.")
        _add(editor, entity, field, fields)


def _add(editor: "Editor", entity: "Entity", field: SketchedField, fields: list[SketchedField]) -> None:
    account = editor.account or ACCOUNT
    target = account if field.type == "owner" else field.target
    if target is not None:
        editor.entity(target)
    texts = [SketchedField(one.name) for one in entity.fields if one.type.scalar == "str" and not one.secret]
    whole = SketchedEntity(entity.name, (*texts, *fields))
    if field.type == "slug" and all(one.type != "str" for one in whole.fields):
        raise BadSketch(f"'{entity.name}' has nothing to make its slug from.", hint="Add a field of type str first.")
    defined = editor.defined(editor.home(entity.name), above=entity.name)
    editor.add_field(entity.name, field_line(whole, field, defined, account), [target] if target else [])
    if field.mark == "key":
        if entity.key != "id":
            message = f"'{entity.name}' has the key '{entity.key}' already, and its paths can name only one."
            raise AlreadyDeclared(message, at=entity.span, hint=f"Add it unmarked: {field.name}:{field.type}:unique.")
        editor.set_option(entity.name, "key", f'"{field.name}"')


def _relate(editor: "Editor", given: Given) -> None:
    name, word = given.words
    field = sketched_field(name, word)
    if field.target is None:
        hint = f"Relations name an entity: {field.name}:Author. A plain value is 'apismith add field {name} {word}'."
        raise WrongValue(f"'{word}' is no relation: '{field.type}' is no entity.", hint=hint)
    _edit(editor, replace(given, options={}))
    back = given.text("reverse")
    if back is None:
        return
    target = editor.entity(editor.account or ACCOUNT if field.type == "owner" else field.target)
    sketched_field(target.name, back)
    refuse_twice(target, back)
    single = field.mark == "unique"
    reverse = f'Reverse["{name} | None"]' if single else f'Reverse[set["{name}"]]'
    also = [one for one in editor.entity(name).relations if one.target == target.name and not one.reverse_of]
    which = f' = reverse_of("{field.name}")' if also else ""
    editor.add_field(target.name, f"{back}: {reverse}{which}", [name])


WORDS = (
    Word(
        "field",
        "ENTITY FIELD...",
        "Add fields to an entity, each name, name:type or name:type:mark.",
        ("apismith add field Book pages:int? isbn:str:unique",),
        _edit,
        least=2,
    ),
    Word(
        "relation",
        "ENTITY NAME:TARGET",
        "Add a relation: Author, Author? (one or none), 'set[Author]' (several).",
        ("apismith add relation Book sequel:Book?", "apismith add relation Book 'similar:set[Book]'"),
        _relate,
        (Option("reverse", "What the other side is called in TARGET.", "NAME"),),
        least=2,
        most=2,
    ),
)
