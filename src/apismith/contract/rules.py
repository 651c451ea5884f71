"""Access rules as data."""

from typing import Annotated, Literal

from pydantic import Field as PydanticField

from apismith.contract.node import Node


class Atom(Node):
    """Who may: everybody, any account, nobody, the row's owner, or (for the account entity) the account itself."""

    rule: Literal["anyone", "member", "nobody", "owner", "you"]


class HasRole(Node):
    """Who may: accounts with this role (`admin` or a custom one)."""

    rule: Literal["role"] = "role"
    role: str


class AnyOf(Node):
    """`a | b`."""

    rule: Literal["any"] = "any"
    of: tuple["Rule", ...]


class AllOf(Node):
    """`a & b`."""

    rule: Literal["all"] = "all"
    of: tuple["Rule", ...]


Rule = Annotated[Atom | HasRole | AnyOf | AllOf, PydanticField(discriminator="rule")]


class Access(Node):
    """The rule of each basic operation; defaults have been resolved by the loader."""

    read: Rule
    create: Rule
    update: Rule
    delete: Rule
