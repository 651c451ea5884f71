"""What can be wrong with something that is to be added to a contract."""

from apismith.errors import ApismithError


class UnknownAddition(ApismithError):
    """There is nothing of this name that could be added to a contract."""


class WrongWords(ApismithError):
    """What is to be added is said in too few words, or in too many."""


class WrongValue(ApismithError):
    """What is to be added has a value that it cannot have."""


class UnknownEntity(ApismithError):
    """The contract has no entity of this name."""


class UnknownAccessRule(ApismithError):
    """A rule of access is named that the contract does not have."""


class AlreadyDeclared(ApismithError):
    """The contract has this already."""


class DataContract(ApismithError):
    """The contract of the project is JSON, which is not edited by hand and not by `add`."""


class CannotEdit(ApismithError):
    """The contract is written in a way that only its author can add this to."""


class UnknownModule(ApismithError):
    """The contract has no module of this name, and cannot have one."""
