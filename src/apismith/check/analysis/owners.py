"""Tables whose rows belong to somebody, and the columns that say to whom."""

import ast
import re
from dataclasses import dataclass

from apismith.check.analysis.calls import constant, last
from apismith.check.app import App, shared
from apismith.source.facts import Class

OWNER = re.compile(
    r"^(user|owner|author|creator|created_by|account|customer|tenant|organi[sz]ation|org|workspace|team|company|client|member|"
    r"household|group|seller|buyer|patient|student|employee|uploader|sender|uploaded_by|owned_by)(_?id|_?uuid|_?pk)?$",
    re.IGNORECASE,
)
_COLUMNS = {"mapped_column", "Column", "relationship", "Field", "ForeignKey", "ForeignKeyField", "Relationship"}


@dataclass(frozen=True, slots=True)
class Owned:
    """A table, and the names of its columns that say whom a row belongs to."""

    cls: Class
    owners: tuple[str, ...]


@shared
def tables(app: App) -> dict[str, Class]:
    """The classes of rows: full name → class."""
    return {cls.name: cls for cls in app.facts.classes.values() if _is_table(app, cls)}


def _is_table(app: App, cls: Class) -> bool:
    if any(keyword.arg == "table" and constant(keyword.value) is True for keyword in cls.node.keywords):
        return True
    if "__tablename__" in cls.values:
        return True
    lines = [*cls.values.values()]
    made = {last(value) for value in lines if isinstance(value, ast.Call)}
    if made & {"mapped_column", "Column", "relationship"}:
        return bool(cls.bases)
    ancestors = app.facts.ancestors(cls.name)
    return any(
        name.endswith((".DeclarativeBase", "tortoise.models.Model", "beanie.Document")) for name in ancestors[1:]
    ) and bool(cls.annotations or cls.values)


@shared
def owned(app: App) -> dict[str, Owned]:
    """The tables whose rows belong to somebody."""
    found: dict[str, Owned] = {}
    for cls in tables(app).values():
        names: list[str] = []
        for each in app.facts.ancestors(cls.name):
            if known := app.facts.classes.get(each):
                names += [name for name in {**known.annotations, **known.values} if OWNER.match(name)]
        if names:
            found[cls.name] = Owned(cls, tuple(names))
    return found
