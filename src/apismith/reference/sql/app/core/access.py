"""Who may do what: the access rules of the contract, in its own words.

A service states its rules as constants (`DELETE = owner | role("admin")`) and asks them with `authorize`. What a rule
says about ownership becomes part of the SQL statement, so that no code path can forget it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from uuid import UUID

from app.core.ids import Id
from app.exceptions import Forbidden, Unauthorized


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent the request: an account, or nobody.

    `session_id` is the session in which it logged in. Programs have none: they come with an API key, and `scopes` are
    what it is for.
    """

    id: Id | None
    role: str | None
    session_id: UUID | None = None
    scopes: frozenset[str] | None = None

    @property
    def account_id(self) -> Id:
        """The account's id, where a rule has made sure that there is one."""
        if self.id is None:
            raise Unauthorized
        return self.id


ANONYMOUS = Caller(id=None, role=None)


class Rule(ABC):
    """A condition on the caller and, for `owner`, on the row."""

    @abstractmethod
    def holds(self, caller: Caller, *, owns: bool) -> bool:
        """Whether the caller may, given that they own the row or not."""

    def __or__(self, other: "Rule") -> "Rule":
        return _AnyOf(self, other)

    def __and__(self, other: "Rule") -> "Rule":
        return _AllOf(self, other)

    def authorize(self, caller: Caller) -> Id | None:
        """The owner to whose rows the caller is confined: their own id, or None for no restriction.

        Raises `Unauthorized` when logging in could help, `Forbidden` when it could not.
        """
        if self.holds(caller, owns=False):
            return None
        if caller.id is None:
            raise Unauthorized
        if self.holds(caller, owns=True):
            return caller.id
        raise Forbidden


@dataclass(frozen=True, slots=True)
class _Anyone(Rule):
    def holds(self, caller: Caller, *, owns: bool) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class _Nobody(Rule):
    def holds(self, caller: Caller, *, owns: bool) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class _Member(Rule):
    def holds(self, caller: Caller, *, owns: bool) -> bool:
        return caller.id is not None


@dataclass(frozen=True, slots=True)
class _Owner(Rule):
    def holds(self, caller: Caller, *, owns: bool) -> bool:
        return caller.id is not None and owns


@dataclass(frozen=True, slots=True)
class _Role(Rule):
    name: str

    def holds(self, caller: Caller, *, owns: bool) -> bool:
        return caller.role == self.name


@dataclass(frozen=True, slots=True)
class _Scope(Rule):
    name: str

    def holds(self, caller: Caller, *, owns: bool) -> bool:
        return caller.id is not None and (caller.scopes is None or self.name in caller.scopes)


@dataclass(frozen=True, slots=True)
class _AnyOf(Rule):
    left: Rule
    right: Rule

    def holds(self, caller: Caller, *, owns: bool) -> bool:
        return self.left.holds(caller, owns=owns) or self.right.holds(caller, owns=owns)


@dataclass(frozen=True, slots=True)
class _AllOf(Rule):
    left: Rule
    right: Rule

    def holds(self, caller: Caller, *, owns: bool) -> bool:
        return self.left.holds(caller, owns=owns) and self.right.holds(caller, owns=owns)


anyone: Rule = _Anyone()
nobody: Rule = _Nobody()
member: Rule = _Member()
owner: Rule = _Owner()


def scope(name: str) -> Rule:
    """Whoever has logged in, and programs whose API key is for this.

    It is joined with others as they are: `PUBLISH = owner & scope("publish")`.
    """
    return _Scope(name)


def role(name: str) -> Rule:
    """Accounts with this role."""
    return _Role(name)
