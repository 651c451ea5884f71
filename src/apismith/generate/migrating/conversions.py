"""Columns whose type changes: which values stay what they are, and how the others become what they should be."""

import re
from typing import Final

from apismith.contract.model import Field
from apismith.generate.check_sql import quoted
from apismith.generate.code import Module
from apismith.generate.migrating.values import HELPERS
from apismith.generate.relational import Column

TEXTS: Final = ("String", "Text")
NUMBERS: Final = ("BigInteger", "Integer", "SmallInteger")

# Types that a database changes by itself without a change of values.
DIRECT: Final = {
    *((one, other) for one in TEXTS for other in TEXTS),
    *((one, other) for one in NUMBERS for other in (*NUMBERS, "Numeric", "Double")),
    ("Numeric", "Numeric"),
    ("Numeric", "Double"),
}
# Other types: module and name of what makes one value of the other.
CONVERTERS: Final = {
    ("Boolean", "BigInteger"): ("builtins", "int"),
    ("BigInteger", "Boolean"): (HELPERS, "truth"),
    ("Date", "DateTime"): (HELPERS, "midnight"),
    ("Double", "BigInteger"): (HELPERS, "whole"),
    ("Double", "Numeric"): (HELPERS, "exact"),
    ("Numeric", "BigInteger"): (HELPERS, "whole"),
    ("text", "BigInteger"): ("builtins", "int"),
    ("text", "Boolean"): (HELPERS, "truth"),
    ("text", "Date"): ("datetime", "date.fromisoformat"),
    ("text", "DateTime"): (HELPERS, "moment"),
    ("text", "Double"): ("builtins", "float"),
    ("text", "Numeric"): ("decimal", "Decimal"),
    ("text", "Time"): ("datetime", "time.fromisoformat"),
    ("text", "Uuid"): ("uuid", "UUID"),
    **{(kind, "text"): ("builtins", "str") for kind in ("BigInteger", "Double", "Numeric", "Date", "Time", "Uuid")},
    ("Boolean", "text"): (HELPERS, "word"),
    ("DateTime", "text"): (HELPERS, "iso"),
}


def kind_of(column: Column) -> str:
    """The type of a column without its size."""
    return column.type.source.partition("(")[0]


def is_direct(old: Column, new: Column) -> bool:
    """Whether the database itself makes values of one type those of the other."""
    return (kind_of(old), kind_of(new)) in DIRECT and _scale(new) >= _scale(old)


def converter(module: Module, old: Column, new: Column) -> str | None:
    """The function that makes one value of the other, None where there is none that means the same."""
    if _is_list(new) and not _is_list(old):
        one, other = old.made_by, new.made_by
        same = isinstance(one, Field) and isinstance(other, Field) and one.type.scalar is other.type.scalar
        return "lambda value: [value]" if same and kind_of(old) in (*TEXTS, *NUMBERS, "Boolean", "Double") else None
    if (kind_of(old), kind_of(new)) == ("Numeric", "Numeric"):
        return module.use(HELPERS, "exact") + f"({_scale(new)})"
    found = CONVERTERS.get((_family(old), _family(new)))
    if found is None:
        return None
    name, _, method = found[1].partition(".")
    used = module.use(found[0], name) + (f".{method}" if method else "")
    return f"{used}({_scale(new)})" if name == "exact" else used


def misfit(old: Column, new: Column) -> tuple[str, str] | None:
    """The SQL condition of rows whose values the new type has no room for, and what to say of them."""
    longest = _size(new) if kind_of(new) == "String" else None
    if longest is not None and (kind_of(old) != "String" or _size(old) > longest):
        return f"length({quoted(new.name)}) > {longest}", f"have more than {longest} characters in {new.name}"
    if kind_of(new) == "Numeric":
        room = _size(new) - _scale(new)
        if kind_of(old) != "Numeric" or _size(old) - _scale(old) > room:
            return f"abs({quoted(new.name)}) >= 1{'0' * room}", f"have a {new.name} of more than {room} digits"
    return None


def _family(column: Column) -> str:
    return "text" if kind_of(column) in TEXTS else kind_of(column)


def _is_list(column: Column) -> bool:
    return isinstance(column.made_by, Field) and column.made_by.type.many


def _size(column: Column) -> int:
    found = re.search(r"\((\d+)", column.type.source)
    return int(found[1]) if found else 0


def _scale(column: Column) -> int:
    found = re.search(r", (\d+)\)", column.type.source)
    return int(found[1]) if found else 0
