"""Contracts as data, made by hand: what the generator is tested on must not depend on how contracts are read."""

from typing import Any

from apismith.contract.model import (
    Access,
    Atom,
    Auth,
    Check,
    Compare,
    Constant,
    Constraints,
    Contract,
    Database,
    Default,
    Entity,
    EnumMemberType,
    EnumType,
    Field,
    Listing,
    Path,
    Relation,
    Rules,
    Scalar,
    Type,
)

ANYONE = Access(**{operation: Atom(rule="anyone") for operation in ("read", "create", "update", "delete")})
OWNED = Access(
    read=Atom(rule="anyone"), create=Atom(rule="member"), update=Atom(rule="owner"), delete=Atom(rule="owner")
)


def field(name: str, scalar: str = "str", *, nullable: bool = False, many: bool = False, **more: Any) -> Field:
    """A field; constraints are given by their own names."""
    limits = {key: more.pop(key) for key in list(more) if key in Constraints.model_fields}
    enum = more.pop("enum", None)
    kind = Type(scalar=Scalar(scalar), enum=enum, nullable=nullable, many=many)
    return Field(name=name, type=kind, constraints=Constraints(**limits), **more)


def to_one(name: str, target: str, **more: Any) -> Relation:
    return Relation(name=name, target=target, **more)


def to_many(name: str, target: str, **more: Any) -> Relation:
    return Relation(name=name, target=target, many=True, **more)


def entity(name: str, *members: Field | Relation, access: Access = ANYONE, **more: Any) -> Entity:
    fields = tuple(member for member in members if isinstance(member, Field))
    relations = tuple(member for member in members if isinstance(member, Relation))
    return Entity(name=name, fields=fields, relations=relations, access=access, **more)


def contract(*entities: Entity, **more: Any) -> Contract:
    return Contract(name="shop", entities=entities, **more)


USER = entity(
    "User",
    field("email", "email", unique=True),
    field("password", secret=True, min_length=10),
)
LOGIN = Auth(account="User", login="email", secret="password")
COLOUR = EnumType(
    name="Colour",
    members=(EnumMemberType(name="red", value="red"), EnumMemberType(name="deep_blue", value="deep: 'blue'")),
)


def blog() -> Contract:
    """Two entities behind a log-in."""
    return contract(
        USER,
        entity(
            "Post",
            field("title", min_length=1, max_length=100),
            to_one("author", "User", owner=True),
            access=OWNED,
            timestamps=True,
            listing=Listing(order=("-created_at",)),
        ),
        auth=LOGIN,
    )


def everything(*, ids: str = "int", kind: str = "sqlite") -> Contract:
    """Every type, every kind of relation, and names that Python, SQL and the libraries have other uses for."""
    name = field("name", max_length=50)
    return contract(
        entity(
            "Account",
            field("handle", unique=True, max_length=30, pattern=r"^(?=.*[a-z])[a-z0-9_]{3,}$"),
            field("password", secret=True),
        ),
        entity(
            "Class",
            field("name", unique=True, max_length=50),
            field("date", "date"),
            field("datetime", "datetime"),
            field("time", "time"),
            field("list", many=True, default=Default(call="list")),
            field("str"),
            field("int", "int", ge=0, le=9, multiple_of=3),
            field("type", nullable=True, default=Default()),
            to_one("teacher", "Person"),
            to_one("next_class", "Class", nullable=True),
            to_one("previous_class", "Class", nullable=True),
        ),
        entity(
            "Order",
            field("order", "int"),
            field("group", max_length=20),
            field("select", "bool", default=Default(value=True)),
            field("Decimal", "decimal", gt=0, max_digits=8, decimal_places=2),
            field("share", "float", ge=0, lt=1),
            field("token", "uuid", default=Default(call="uuid")),
            field("wait", "duration"),
            field("mail", "email"),
            field("page", "url"),
            field("data", "json", default=Default(call="dict")),
            field("colour", "enum", enum="Colour", default=Default(value="deep: 'blue'")),
            field("colours", "enum", enum="Colour", many=True, max_length=3),
            to_one("person", "Person"),
            to_one("invoice", "Invoice", nullable=True, unique=True),
            listing=Listing(order=("-order", "group"), filters=("colour", "person.name", "select")),
            rules=Rules(
                index=(("group", "order"),),
                check=(
                    Check(
                        name="order_positive",
                        where=Compare(op=">", left=Path(root="self", steps=("order",)), right=Constant(value=0)),
                        source="self.order > 0",
                    ),
                    Check(
                        name="group_is_not_odd",
                        where=Compare(
                            op="!=",
                            left=Path(root="self", steps=("group",)),
                            right=Constant(value='it\'s: {x} "q"\n%d'),
                        ),
                        source="...",
                    ),
                ),
            ),
            versioned=True,
        ),
        entity(
            "Invoice",
            field("number", unique=True, max_length=10),
            to_one("last_order", "Order", nullable=True),
            key="number",
        ),
        entity("News", name, to_many("about", "Person"), to_many("mentions", "Person", max_items=3), soft_delete=True),
        entity(
            "Person",
            name,
            to_one("mother", "Person", nullable=True),
            to_many("children", "Person", reverse_of="mother"),
            to_many("friends", "Person", max_items=5),
            to_many("classes", "Class", reverse_of="teacher"),
            to_many("news", "News", reverse_of="about"),
        ),
        *(entity(odd, name) for odd in ("Page", "Index", "Field", "Table", "Text", "Schema", "String", "Address")),
        entity(
            "AnEntityWithANameThatGoesOnAndOnUntilNobodyReads",
            field("a_field_with_a_name_that_is_far_too_long", unique=True, max_length=30),
            field("another_field_with_a_long_name", "int"),
            field("one_more_field_with_a_name_that_is_far_too_long", max_length=30),
            to_one("the_person_that_it_belongs_to", "Person"),
            rules=Rules(
                unique=(("one_more_field_with_a_name_that_is_far_too_long", "another_field_with_a_long_name"),)
            ),
        ),
        enums=(COLOUR,),
        auth=Auth(account="Account", login="handle", secret="password"),
        database=Database(kind=kind, ids=ids),
    )
