"""Who may do what: `read=anyone, update=owner | admin`."""

from dataclasses import dataclass
from typing import Literal

from apismith.contract.language.said import REGISTRY, Said


class Rule(Said):
    """Who may. Rules are joined with `|` (either) and `&` (both)."""

    def __or__(self, other: "Rule") -> "Rule":
        return Joined("any", (self, other))

    def __and__(self, other: "Rule") -> "Rule":
        return Joined("all", (self, other))

    # What stands on the left and is no rule is refused like what stands on the right.
    def __ror__(self, other: "Rule") -> "Rule":
        return Joined("any", (other, self))

    def __rand__(self, other: "Rule") -> "Rule":
        return Joined("all", (other, self))


@dataclass(frozen=True)
class Word(Rule):
    """One of the rules that every contract has."""

    word: Literal["anyone", "member", "nobody", "owner", "you"]


@dataclass(frozen=True)
class Joined(Rule):
    """Two rules joined with `|` or `&`."""

    how: Literal["any", "all"]
    parts: tuple[Rule, Rule]


@dataclass(frozen=True)
class Role(Rule):
    """A role of accounts: `doctor = Role("doctor")`, used like `admin`.

    Args:
        name: how it is stored, in lower case.
    """

    name: str

    def __post_init__(self) -> None:
        REGISTRY.roles.append(self)


anyone: Rule = Word("anyone")
"""Everybody, logged in or not."""

member: Rule = Word("member")
"""Everybody who is logged in."""

nobody: Rule = Word("nobody")
"""Nobody: the operation has no route."""

owner: Rule = Word("owner")
"""The account that owns the row: its `Owner`, else its parent's."""

you: Rule = Word("you")
"""Of the account entity: the account itself."""

admin: Rule = Role("admin")
"""Accounts with the role `admin`."""


@dataclass(frozen=True)
class Access(Said):
    """Who may do the basic operations of an entity; what is left out gets the safe rule.

    The safe rule: read, update and delete by the owner, creation by any account; without an owner, reading by any
    account and everything else by admins.
    """

    read: Rule | None = None
    create: Rule | None = None
    update: Rule | None = None
    delete: Rule | None = None
