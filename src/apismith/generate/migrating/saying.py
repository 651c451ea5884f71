"""What becomes of indexes, uniqueness and rules, for people."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from apismith.generate.ddl import Constraint

_COMES: Final = {"index": "the index of {} is new"}
_GOES: Final = {"index": "the index of {} goes", "unique": "{} need not be unique any more"}


def said(old: Collection[Constraint], new: Collection[Constraint], columns: Mapping[str, str]) -> Iterator[str]:
    """The changes of what a table has beside its columns, as far as its columns do not say them.

    What must be unique or keep to a rule from now on is said where its rows are counted.

    Args:
        old: what the table has.
        new: what it will have.
        columns: those of the table that stay, by their names before, with those after.
    """
    before, after = [_renamed(one, columns) for one in old], list(new)
    staying = set(columns.values())
    for ones, others, texts in ((before, after, _GOES), (after, before, _COMES)):
        known = {_meaning(one) for one in others}
        for one in ones:
            if one.kind in texts and _meaning(one) not in known and staying.issuperset(one.columns):
                yield texts[one.kind].format(" and ".join(one.columns))
    names, rules = {one.name for one in after}, {one.detail for one in after if one.kind == "check"}
    for one in old:
        words = set(re.findall(r"\w+", one.detail[0])) if one.kind == "check" else set[str]()
        if one.kind == "check" and one.name not in names and one.detail not in rules and words & columns.keys():
            yield f"rows need not keep the rule {one.name} any more"
    deleting = {one.columns: one.detail[1] for one in before if one.kind == "foreignkey"}
    for one in after:
        if one.kind == "foreignkey" and deleting.get(one.columns, one.detail[1]) != one.detail[1]:
            column = " and ".join(one.columns)
            yield f"deleting what {column} refers to is {one.detail[1]} instead of {deleting[one.columns]}"


def _renamed(one: Constraint, columns: Mapping[str, str]) -> Constraint:
    return Constraint(one.kind, one.name, tuple(columns.get(name, "") for name in one.columns), one.detail)


def _meaning(one: Constraint) -> tuple[str, tuple[str, ...]]:
    return one.kind, one.columns
