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
    """The file is neither Python nor the JSON of a contract."""


class InvalidSyntax(ContractError):
    """Python cannot read the file."""


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


class TookTooLong(ContractError):
    """It did not come to its end in time."""


class TookTooMuchMemory(ContractError):
    """It wanted more memory than it may have."""


class ContractExited(ContractError):
    """It ended its process."""


class NothingDeclared(ContractError):
    """It holds no entity and no query."""


# Declarations ---------------------------------------------------------------------------------------------------------


class UnknownOption(ContractError):
    """An option that has no meaning there."""


class UnsupportedDefault(ContractError):
    """A default that the generated backend could not make."""


class UnsupportedAnnotation(ContractError):
    """A type that means nothing in a contract."""


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
