"""Accounts and access rules."""

from collections.abc import Iterator

from apismith.contract.errors import (
    InvalidLogin,
    NoAccount,
    OwnerRuleWithoutOwner,
    RuleNeedsAccounts,
    SecretNotText,
    SeveralAccounts,
    SeveralSecrets,
    UnknownRole,
    YouOutsideAccount,
)
from apismith.contract.model import AllOf, AnyOf, Atom, Contract, Entity, HasRole, Rule, Scalar
from apismith.contract.places import Key, Places
from apismith.errors import ApismithError, did_you_mean

_OPERATIONS = ("read", "create", "update", "delete")
_LOGINS = (Scalar.STR, Scalar.EMAIL)


def accounts(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """There is one entity whose rows log in, where that is wanted, and it can be found."""
    found = [entity for entity in contract.entities if entity.is_account]
    for entity in found[1:]:
        yield SeveralAccounts(
            f"Both {found[0].name} and {entity.name} have a secret, but the rows of one entity log in.",
            at=places.at("entities", entity.name),
            hint="Keep one account, and tell kinds of people apart by roles.",
        )
    for entity in found:
        secrets = [field for field in entity.fields if field.secret]
        for secret in secrets[1:]:
            yield SeveralSecrets(
                f"{entity.name} has two secrets, '{secrets[0].name}' and '{secret.name}', but logs in with one.",
                at=places.at("entities", entity.name, "fields", secret.name),
                hint="Keep one of them.",
            )
        for secret in secrets:
            if secret.type.scalar is not Scalar.STR or secret.type.many or secret.type.nullable:
                yield SecretNotText(
                    f"The secret '{secret.name}' of {entity.name} is no text, so it could not be hashed.",
                    at=places.at("entities", entity.name, "fields", secret.name),
                    hint="Write `Secret[str]`.",
                )
    if contract.auth is not None:
        yield from _login(contract, places)


def check(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """Every rule can be asked where it stands."""
    for entity in contract.entities:
        key: Key = ("entities", entity.name)
        for name in _OPERATIONS:
            rule: Rule = getattr(entity.access, name)
            yield from _rule(contract, entity, rule, places, (*key, "access", name), name)
        if entity.listing.allow is not None:
            yield from _rule(contract, entity, entity.listing.allow, places, (*key, "listing", "allow"), "list")
        for action in entity.actions:
            yield from _rule(
                contract, entity, action.allow, places, (*key, "actions", action.name, "allow"), action.name
            )
    for query in contract.queries:
        yield from _rule(contract, None, query.allow, places, ("queries", query.name, "allow"), query.name)


def is_owned(contract: Contract, entity: Entity, seen: frozenset[str] = frozenset()) -> bool:
    """Whether its rows belong to an account, themselves or through what they live below."""
    if entity.owner is not None or (contract.account is not None and entity.name == contract.account.name):
        return True
    if entity.parent is None or entity.parent.target in seen:
        return False
    return is_owned(contract, contract.by_name[entity.parent.target], seen | {entity.name})


def _login(contract: Contract, places: Places) -> Iterator[ApismithError]:
    auth = contract.auth
    assert auth is not None, "asked for only where people log in"
    account = contract.by_name.get(auth.account)
    if account is None or not account.is_account:
        yield NoAccount(
            f"Nobody can log in: no entity has a secret, and '{auth.account}' is none.",
            at=places.at("entities", auth.account) or places.at("auth"),
            hint=f"Give {auth.account} a field `password: Secret[str]`, or say `auth=None`.",
        )
        return
    at = places.at("auth", "login") or places.at("entities", account.name)
    login = account.field(auth.login)
    texts = [f.name for f in account.fields if f.type.scalar in _LOGINS and not f.secret]
    if login is None:
        message = f"{account.name} has no field '{auth.login}', so nobody could log in with it."
        hint = did_you_mean(auth.login, texts) or f"Give {account.name} an `email: Unique[EmailStr]`."
        yield InvalidLogin(message, at=at, hint=hint)
    elif login.secret or login.type.scalar not in _LOGINS or login.type.many or login.type.nullable:
        message = f"'{auth.login}' of {account.name} is no text that is always there, so nobody could log in with it."
        yield InvalidLogin(message, at=at, hint=did_you_mean("email", texts))
    elif not login.unique:
        message = f"'{auth.login}' of {account.name} is not unique, so it does not find one account."
        yield InvalidLogin(message, at=at, hint=f"Write `{auth.login}: Unique[…]`.")


def _rule(
    contract: Contract, entity: Entity | None, rule: Rule, places: Places, key: Key, name: str
) -> Iterator[ApismithError]:
    for part in _parts(rule):
        yield from _part(contract, entity, part, places, key, name)


def _part(
    contract: Contract, entity: Entity | None, part: Atom | HasRole, places: Places, key: Key, name: str
) -> Iterator[ApismithError]:
    at = places.at(*key)
    word = part.role if isinstance(part, HasRole) else part.rule
    of = f" of {entity.name}" if entity else ""
    if contract.auth is None:
        if word not in ("anyone", "nobody"):
            yield RuleNeedsAccounts(
                f"'{word}' for '{name}'{of} asks who is calling, but this backend has no accounts.",
                at=at,
                hint="Use anyone or nobody, or leave `auth=None` out.",
            )
    elif isinstance(part, HasRole):
        if word not in ("admin", "member", *contract.roles):
            yield UnknownRole(
                f"There is no role '{word}', so nobody could have it.",
                at=at,
                hint=did_you_mean(word, ("admin", *contract.roles)),
            )
    elif word == "you" and (entity is None or entity.name != contract.auth.account):
        yield YouOutsideAccount(
            f"'you' for '{name}'{of} is the account itself, but these rows are no accounts.",
            at=at,
            hint="Use owner." if entity and is_owned(contract, entity) else "Use member.",
        )
    elif word == "owner" and entity is None:
        yield OwnerRuleWithoutOwner(
            f"'{name}' is about no single row, so nobody is its owner.", at=at, hint="Use member."
        )
    elif word == "owner" and entity is not None and not is_owned(contract, entity):
        yield OwnerRuleWithoutOwner(
            f"Rows of {entity.name} belong to nobody, so '{name}' would be open to nobody.",
            at=at,
            hint=f"Add `owner: Owner[{contract.auth.account}]`, or use member.",
        )
    elif word == "owner" and name == "create" and entity is not None and entity.parent is None:
        yield OwnerRuleWithoutOwner(
            f"A row of {entity.name} belongs to nobody before it is created, so 'create' would be open to nobody.",
            at=at,
            hint="Use member: whoever creates it becomes the owner.",
        )


def _parts(rule: Rule) -> Iterator[Atom | HasRole]:
    match rule:
        case AnyOf(of=rules) | AllOf(of=rules):
            for part in rules:
                yield from _parts(part)
        case _:
            yield rule
