"""A blog as data: what the loader would make of `examples/conduit.py`, shortened."""

import pytest

from apismith.contract.model import (
    Access,
    AnyOf,
    Atom,
    Auth,
    Check,
    Compare,
    Computed,
    Constant,
    Constraints,
    Contract,
    Count,
    Default,
    Entity,
    EnumMemberType,
    EnumType,
    Field,
    Handler,
    HasRole,
    Listing,
    Operation,
    Path,
    Relation,
    Result,
    Rules,
    Scalar,
    Type,
)

ANYONE, MEMBER, NOBODY = Atom(rule="anyone"), Atom(rule="member"), Atom(rule="nobody")
OWNER, YOU, ADMIN = Atom(rule="owner"), Atom(rule="you"), HasRole(role="admin")


def text(name: str, **more: object) -> Field:
    return Field.model_validate({"name": name, "type": Type(scalar=Scalar.STR), **more})


USER = Entity(
    name="User",
    description="Somebody who writes, follows and favorites.",
    fields=(
        Field(name="email", type=Type(scalar=Scalar.EMAIL), unique=True),
        text("username", unique=True, constraints=Constraints(pattern=r"^\w+$", max_length=30)),
        text("password", secret=True, constraints=Constraints(min_length=10)),
    ),
    relations=(
        Relation(name="following", target="User", many=True),
        Relation(name="followers", target="User", many=True, reverse_of="following"),
    ),
    actions=(
        Operation(
            name="follow",
            method="POST",
            path="/profiles/{username}/follow",
            allow=MEMBER,
            entity="User",
            key="username",
            uses_me=True,
            result=Result(shape="entity", entity="User"),
        ),
    ),
    access=Access(read=ANYONE, create=ANYONE, update=YOU, delete=ADMIN),
    listing=Listing(allow=ADMIN),
    timestamps=True,
)
TAG = Entity(
    name="Tag",
    fields=(text("name", unique=True, constraints=Constraints(min_length=2, max_length=20)),),
    access=Access(read=ANYONE, create=ADMIN, update=ADMIN, delete=ADMIN),
)
ARTICLE = Entity(
    name="Article",
    key="slug",
    fields=(
        text("title", constraints=Constraints(min_length=1, max_length=200)),
        text("slug", unique=True, slug_of="title"),
        Field(name="status", type=Type(scalar=Scalar.ENUM, enum="ArticleStatus"), default=Default(value="draft")),
        Field(name="published_at", type=Type(scalar=Scalar.DATETIME, nullable=True), default=Default()),
    ),
    relations=(
        Relation(name="author", target="User", owner=True),
        Relation(name="tags", target="Tag", many=True, max_items=10),
        Relation(name="favorited_by", target="User", many=True, exclude=True),
        Relation(name="comments", target="Comment", many=True, reverse_of="article"),
    ),
    computed=(
        Computed(
            name="favorites_count",
            type=Type(scalar=Scalar.INT),
            value=Count(of=Path(root="self", steps=("favorited_by",))),
        ),
    ),
    access=Access(read=ANYONE, create=MEMBER, update=OWNER, delete=AnyOf(of=(OWNER, ADMIN))),
    listing=Listing(filters=("author.username", "tags"), order=("-created_at",)),
    rules=Rules(
        unique=(("author", "title"),),
        check=(
            Check(
                name="titled",
                where=Compare(op="!=", left=Path(root="self", steps=("title",)), right=Constant(value="")),
                source='self.title != ""',
            ),
        ),
    ),
    timestamps=True,
    soft_delete=True,
)
COMMENT = Entity(
    name="Comment",
    fields=(text("body", constraints=Constraints(min_length=1, max_length=1000)),),
    relations=(
        Relation(name="article", target="Article", parent=True),
        Relation(name="author", target="User", owner=True),
    ),
    access=Access(read=ANYONE, create=MEMBER, update=NOBODY, delete=AnyOf(of=(OWNER, ADMIN))),
)


@pytest.fixture
def blog() -> Contract:
    return Contract(
        name="conduit",
        description="Conduit, a blog, as one contract.",
        entities=(USER, TAG, ARTICLE, COMMENT),
        enums=(
            EnumType(
                name="ArticleStatus",
                members=(
                    EnumMemberType(name="DRAFT", value="draft"),
                    EnumMemberType(name="PUBLISHED", value="published"),
                ),
            ),
        ),
        queries=(
            Operation(
                name="feed",
                method="GET",
                path="/articles/feed",
                allow=MEMBER,
                uses_me=True,
                result=Result(shape="page", entity="Article"),
            ),
        ),
        handlers=(Handler(name="notify_author", event="created", entity="Comment", background=True),),
        roles=("editor",),
        auth=Auth(account="User", login="email", secret="password"),
    )


@pytest.fixture
def open_notes() -> Contract:
    """The smallest contract without log-in."""
    access = Access(read=ANYONE, create=ANYONE, update=NOBODY, delete=ANYONE)
    return Contract(name="notes", entities=(Entity(name="Note", fields=(text("line"),), access=access),))
