"""The mistakes that a contract can hold, each with a class and so a code of its own."""

from collections.abc import Iterable

from apismith.errors import ApismithError


class ContractError(ApismithError):
    """A mistake in a contract."""


class ContractErrors(ContractError):
    """Several mistakes in one contract, in the order of their places."""

    def __init__(self, mistakes: Iterable[ApismithError]) -> None:
        self._mistakes = tuple(mistakes)
        super().__init__(f"The contract has {len(self._mistakes)} mistakes.")

    @property
    def each(self) -> tuple[ApismithError, ...]:
        """The mistakes."""
        return self._mistakes


# Files and running them -----------------------------------------------------------------------------------------------


class ContractNotFound(ContractError):
    """There is no such file."""


class NotAContract(ContractError):
    """The file is neither Python nor the JSON of a contract, or a folder is no package."""


class InvalidSyntax(ContractError):
    """The file is no Python, or no JSON."""


class InvalidDocument(ContractError):
    """A JSON document that is no contract."""


class MissingModule(ContractError):
    """It imports something that is not there."""


class UnknownWord(ContractError):
    """It imports a word that the contract language does not have."""


class UndefinedName(ContractError):
    """It uses a name that nothing has."""


class ContractRaised(ContractError):
    """Running it raised an exception."""


class WrongArguments(ContractError):
    """A word of the language was called with arguments that it does not take."""


class ContractPrinted(ContractError):
    """It printed something: a contract only declares."""


class ContractActs(ContractError):
    """It starts processes, opens connections or changes files."""


class TookTooLong(ContractError):
    """It did not come to its end in time."""


class TookTooMuchMemory(ContractError):
    """It wanted more memory than it may have."""


class ContractExited(ContractError):
    """It ended its process."""


class Unreadable(ContractError):
    """It holds a value that nothing can be made of."""


class NothingDeclared(ContractError):
    """It holds no entity and no query."""


# Declarations ---------------------------------------------------------------------------------------------------------


class MeaninglessOption(ContractError):
    """An option that has no meaning there."""


class UnsupportedDefault(ContractError):
    """A default that the generated backend could not make."""


class UnsupportedAnnotation(ContractError):
    """A type that means nothing in a contract."""


class MarkDoesNotFit(ContractError):
    """`Owner[...]`, `Secret[...]` and such around a type that cannot be one."""


class UnknownMixin(ContractError):
    """An entity is made from a class that means nothing in a contract."""


class PlainMethod(ContractError):
    """A method or class in an entity that is no action and no computed value, or an action outside of entities."""


class MissingAnnotation(ContractError):
    """A field without a type."""


class UnknownTarget(ContractError):
    """A type names an entity that does not exist."""


class RuleIsNoRule(ContractError):
    """An access rule that is a text or something else."""


class AmbiguousReverse(ContractError):
    """A `Reverse` that may be the other side of several relations."""


class MissingReverse(ContractError):
    """A `Reverse` of a relation that does not exist."""


class NotInBackend(ContractError):
    """Something refers to an entity that the backend does not list."""


class SeveralBackends(ContractError):
    """More than one `Backend(...)`."""


class InvalidRoute(ContractError):
    """An action or query whose route is no method and path."""


class InvalidLimit(ContractError):
    """A limit on requests or bodies that cannot be read."""


# Bodies ---------------------------------------------------------------------------------------------------------------


class UnsupportedBody(ContractError):
    """A body that says more than can become SQL."""


class UnknownField(ContractError):
    """A name in a body, filter, order or rule that the entity does not have."""


# Names ----------------------------------------------------------------------------------------------------------------


class InvalidName(ContractError):
    """A name that cannot be one in Python, in a database and in an address alike."""


class ReservedName(ContractError):
    """A name that the generated backend needs for itself."""


class NameTaken(ContractError):
    """Two things of one name, or names from which the same name is derived."""


class PathTaken(ContractError):
    """Two operations that are called in the same way."""


class InvalidEnum(ContractError):
    """A closed set with nothing in it, with a value twice, or of something else than texts."""


# Fields ---------------------------------------------------------------------------------------------------------------


class ConstraintDoesNotFit(ContractError):
    """A constraint that has no meaning for the type."""


class EmptyRange(ContractError):
    """Constraints that no value meets."""


class InvalidPattern(ContractError):
    """A pattern that is no regular expression."""


class InvalidDefault(ContractError):
    """A default that the type or the constraints of its own field refuse."""


class InvalidExample(ContractError):
    """An example that the type or the constraints of its own field refuse."""


class SecretNotText(ContractError):
    """A `Secret` that is no text."""


class SeveralSecrets(ContractError):
    """An entity with two `Secret` fields."""


class InvalidSlug(ContractError):
    """A slug of something that is no text of the same entity."""


class UnknownKey(ContractError):
    """The key of an entity is none of its fields."""


class KeyNotUnique(ContractError):
    """The key of an entity does not tell its rows apart."""


class InvalidExternal(ContractError):
    """An `External[...]` that does not name an entity of a service."""


# Relations ------------------------------------------------------------------------------------------------------------


class SeveralOwners(ContractError):
    """An entity with two `Owner` relations."""


class SeveralParents(ContractError):
    """An entity with two `Parent` relations."""


class SeveralTenants(ContractError):
    """An entity with two `Tenant` relations."""


class OwnerIsNoAccount(ContractError):
    """An `Owner` of an entity whose rows do not log in."""


class MeIsNoAccount(ContractError):
    """A parameter `me` of an entity whose rows do not log in."""


class MustBeOne(ContractError):
    """An `Owner`, `Parent` or `Tenant` that is a set, or may be missing."""


class RequiredCycle(ContractError):
    """Entities that each need a row of the other first, so that no first row can be made."""


class NoServer(ContractError):
    """Something that needs a database server, on SQLite."""


# Access and accounts --------------------------------------------------------------------------------------------------


class OwnerRuleWithoutOwner(ContractError):
    """`owner` where rows belong to nobody."""


class YouOutsideAccount(ContractError):
    """`you` on an entity whose rows do not log in."""


class RuleNeedsAccounts(ContractError):
    """A rule that asks who is calling, in a backend without accounts."""


class UnknownRole(ContractError):
    """A role that was not declared."""


class SeveralAccounts(ContractError):
    """Two entities whose rows log in."""


class NoAccount(ContractError):
    """Nobody can log in, though something asks for it."""


class UnknownAlgorithm(ContractError):
    """An algorithm that signs no access tokens."""


class InvalidLogin(ContractError):
    """What is typed to log in does not find one account."""


# Listing, rules, operations -------------------------------------------------------------------------------------------


class UnknownFilter(ContractError):
    """A filter that leads to no field."""


class UnknownOrder(ContractError):
    """An order by something that rows do not have."""


class CannotCompare(ContractError):
    """A filter, order or rule over something that a database cannot compare."""


class UnknownPathParameter(ContractError):
    """A `{word}` in a path that stands for nothing."""


class MissingPathParameter(ContractError):
    """The path of an action that does not say on which row it acts."""


class InvalidResult(ContractError):
    """An operation that answers something else than its body returns."""


class LeftOut(ContractError):
    """Something that is declared, and not listed in the `entities` or `also` of the backend."""


class MayBeNone(ContractError):
    """A value that may be None where none is allowed."""


class InvalidDate(ContractError):
    """A deprecation whose days are none, or in the wrong order."""


class InvalidOrigin(ContractError):
    """An origin that no browser sends."""


class InvalidNumber(ContractError):
    """A number that is too small or too large for what it says."""
