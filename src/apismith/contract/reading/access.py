"""Access rules → the model's, and the safe ones where nothing is said."""

from typing import Any, Final

from apismith.contract.errors import RuleIsNoRule
from apismith.contract.language import access as language
from apismith.contract.model import Access, AllOf, AnyOf, Atom, HasRole, Rule
from apismith.contract.places import Key
from apismith.contract.reading.reading import Reading
from apismith.errors import did_you_mean

ANYONE: Final = Atom(rule="anyone")
MEMBER: Final = Atom(rule="member")
OWNER: Final = Atom(rule="owner")
YOU: Final = Atom(rule="you")
ADMIN: Final = HasRole(role="admin")
NOBODY: Final = Atom(rule="nobody")
_WORDS: Final = ("anyone", "member", "nobody", "owner", "you", "admin")


def read_rule(reading: Reading, said: Any, key: Key) -> Rule:
    """A rule; what is none is noted, and means nobody."""
    match said:
        case language.Word(word=word):
            return Atom(rule=word)
        case language.Role(name=name):
            return HasRole(role=name)
        case language.Joined(how=how, parts=parts):
            read = tuple(read_rule(reading, part, key) for part in parts)
            return AnyOf(of=read) if how == "any" else AllOf(of=read)
        case _:
            message = f"{said!r} is no access rule, so it would protect nothing."
            hint = did_you_mean(said, _WORDS) if isinstance(said, str) else None
            hint = (hint or "Rules are anyone, member, nobody, owner, you, admin or a Role(...).").replace("'", "")
            reading.mistakes.append(RuleIsNoRule(message, at=reading.places.at(*key), hint=hint))
            return NOBODY


def safe_access(*, auth: bool, account: bool, owned: bool) -> Access:
    """What holds where a contract says nothing.

    Args:
        auth: people log in at all; without, everybody may do everything.
        account: it is the entity whose rows log in.
        owned: its rows, or those that they live below, belong to an account.
    """
    if not auth:
        return Access(read=ANYONE, create=ANYONE, update=ANYONE, delete=ANYONE)
    if account:
        return Access(read=YOU, create=ANYONE, update=YOU, delete=YOU)
    if owned:
        return Access(read=OWNER, create=MEMBER, update=OWNER, delete=OWNER)
    return Access(read=MEMBER, create=ADMIN, update=ADMIN, delete=ADMIN)


def read_access(reading: Reading, said: Any, safe: Access, entity: str) -> Access:
    """The rules of an entity; those that are not said are the safe ones."""
    if not isinstance(said, language.Access):
        return safe
    rules = {
        name: read_rule(reading, rule, ("entities", entity, "access", name))
        for name in ("read", "create", "update", "delete")
        if (rule := getattr(said, name, None)) is not None
    }
    return safe.model_copy(update=rules)
