"""The migration between two contracts, as one Alembic revision."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final

from apismith.contract.model import Contract
from apismith.errors import ApismithError
from apismith.generate.code import Module, block, literal
from apismith.generate.ddl import Ddl
from apismith.generate.migrating.history import VERSIONS
from apismith.generate.migrating.matching import Matching, matching
from apismith.generate.migrating.plan import Plan
from apismith.layout import lay_out
from apismith.migration import Migration

LONGEST_SUMMARY: Final = 40


class KeysChanged(ApismithError):
    """The ids of all rows would become values of another kind, which no migration can do for what refers to them."""


def migration(
    old: Contract, new: Contract, heads: Sequence[str], configuration: Mapping[str, bytes]
) -> Migration | None:
    """The migration from the tables of one contract to those of another; None where there is nothing to do.

    Args:
        old: the contract that the database is of.
        new: the one that it should be of.
        heads: the migrations that it follows; where there are several, it joins them.
        configuration: the files of the project whose ruff settings rule.

    Raises:
        KeysChanged: ids would be of another kind.
    """
    if old.database.ids != new.database.ids:
        raise KeysChanged(
            f"Ids would be {new.database.ids} instead of {old.database.ids}: every row and all that refers to it would "
            "get another key, which no migration does.",
            hint="Keep the ids as they are, or generate a new backend and copy the rows.",
        )
    same = matching(old, new)
    up, steps, plan = _direction(old, new, same, Module(""), back=False)
    if not plan.texts and up == ["pass"] and len(heads) < 2:
        return None
    joined = f"Join {' and '.join(heads)}"
    summary = _summary(steps) if steps else joined
    name = _id(heads, up)
    module = Module(summary)
    module.use("alembic", "op")
    module.use_module("sqlalchemy as sa")
    follows = literal(heads[0] if len(heads) == 1 else tuple(heads)) if heads else "None"
    kind = "str | None" if len(heads) < 2 else "tuple[str, ...]"
    module.add(
        f"revision: str = {literal(name)}\ndown_revision: {kind} = {follows}\nbranch_labels = None\ndepends_on = None"
    )
    up, steps, plan = _direction(old, new, same, module, back=False)
    down, _, back = _direction(new, old, same.inverted(), module, back=True)
    module.add("\n".join(sorted({*plan.ddl.types.splitlines(), *back.ddl.types.splitlines()}, reverse=True)))
    module.add(block("def upgrade() -> None:", up), block("def downgrade() -> None:", down))
    path = f"{VERSIONS}{name}_{_slug(steps[0] if steps else joined)}.py"
    text = lay_out({path: module.text().encode()}, configuration, unused_imports=True)[path].decode()
    return Migration(name, path, text, steps, tuple(plan.losses), tuple(plan.questions))


def _direction(
    old: Contract, new: Contract, same: Matching, module: Module, *, back: bool
) -> tuple[list[str], tuple[str, ...], Plan]:
    plan = Plan(old, new, same, module, Ddl(new, module), back=back)
    lines = plan.lines()
    return lines, tuple(plan.texts), plan


def _id(heads: Sequence[str], up: Sequence[str]) -> str:
    """A name that is another one on another branch, and the same one each time."""
    return hashlib.sha256("\0".join([*heads, *up]).encode()).hexdigest()[:12]


def _summary(steps: Sequence[str]) -> str:
    first = steps[0][:1].upper() + steps[0][1:]
    return f"{first}." if len(steps) == 1 else f"{first}, and {len(steps) - 1} more."


def _slug(summary: str) -> str:
    slug = ""
    for word in re.findall(r"[a-z0-9]+", summary.lower()):
        if len(slug) + len(word) > LONGEST_SUMMARY:
            break
        slug += f"_{word}"
    return slug.strip("_")
