"""Access rules, asked: who may do what under a rule, and the rule in the contract's own words."""

from dataclasses import dataclass

from apismith.contract.model import AllOf, AnyOf, Atom, Contract, HasRole, Rule


@dataclass(frozen=True, slots=True)
class Who:
    """A kind of caller.

    Args:
        name: what people call it: `anonymous`, `member`, `owner`, or a role.
        role: role of the account; None when nobody is logged in.
        owns: whether the row in question is theirs (for the account entity: is their own account).
    """

    name: str
    role: str | None = None
    owns: bool = False


ANONYMOUS = Who("anonymous")
MEMBER = Who("member", role="member")
OWNER = Who("owner", role="member", owns=True)
ADMIN = Who("admin", role="admin")


def callers(contract: Contract) -> tuple[Who, ...]:
    """Every kind of caller that the contract tells apart: only anonymous ones where there is no log-in."""
    if contract.auth is None:
        return (ANONYMOUS,)
    return (ANONYMOUS, MEMBER, OWNER, ADMIN, *(Who(role, role=role) for role in contract.roles))


def allows(rule: Rule, who: Who) -> bool:
    """Whether this caller may."""
    match rule:
        case Atom(rule="anyone"):
            return True
        case Atom(rule="nobody"):
            return False
        case Atom(rule="member"):
            return who.role is not None
        case Atom():
            return who.role is not None and who.owns
        case HasRole(role=role):
            return who.role == role
        case AnyOf(of=rules):
            return any(allows(part, who) for part in rules)
        case AllOf(of=rules):
            return all(allows(part, who) for part in rules)


def holds_for_anonymous(rule: Rule) -> bool:
    """Whether the rule never looks at the caller: everybody may, logged in or not."""
    return allows(rule, ANONYMOUS)


def is_closed(rule: Rule) -> bool:
    """Whether nobody may, whatever their role and whoever owns the row: the operation then has no route."""
    match rule:
        case Atom(rule=word):
            return word == "nobody"
        case HasRole():
            return False
        case AnyOf(of=rules):
            return all(is_closed(part) for part in rules)
        case AllOf(of=rules):
            return any(is_closed(part) for part in rules)


def rule_text(rule: Rule) -> str:
    """The rule as a contract says it: `owner | admin`, `member & (author | admin)`."""
    match rule:
        case Atom(rule=word):
            return word
        case HasRole(role=role):
            return role
        case AnyOf(of=rules):
            return " | ".join(rule_text(part) for part in rules)
        case AllOf(of=rules):
            return " & ".join(f"({rule_text(part)})" if isinstance(part, AnyOf) else rule_text(part) for part in rules)
