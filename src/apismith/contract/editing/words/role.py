"""`add role editor`."""

import re
from typing import TYPE_CHECKING

from apismith.contract.editing.errors import AlreadyDeclared, WrongValue
from apismith.contract.editing.word import Given, Word
from apismith.contract.editing.words.entity import IN

if TYPE_CHECKING:
    from apismith.contract.editing.editor import Editor


def _edit(editor: "Editor", given: Given) -> None:
    (name,) = given.words
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        near = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        hint = f"Did you mean '{near}'?" if re.match("[a-z]", near) else "For example 'editor'."
        raise WrongValue(f"'{name}' cannot name a role: use a-z, 0-9 and '_'.", hint=hint)
    beside = next((home for _, home in editor.roles()), None) if "in" not in given.options else None
    module = beside or editor.usual(given.text("in"))
    if name in editor.contract.roles or name in module.defined:
        message = f"The contract has '{name}' already, so nothing was changed."
        raise AlreadyDeclared(message, hint=f"Use it in rules, for example --read 'owner | {name}'.")
    editor.add_role(module, f'{name} = Role("{name}")')


WORDS = (
    Word(
        "role",
        "NAME",
        "Add a role that accounts can have, to be used in rules like 'admin'.",
        ("apismith add role librarian",),
        _edit,
        (IN,),
        most=1,
    ),
)
