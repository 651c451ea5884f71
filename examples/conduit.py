"""Conduit, a blog: people write articles, follow each other and favorite what they like."""

from pydantic import EmailStr, Field, HttpUrl

from apismith import (
    JWT,
    Access,
    Backend,
    Cors,
    Entity,
    Limits,
    Listing,
    Owner,
    Page,
    Parent,
    Reverse,
    Secret,
    SoftDelete,
    SQLite,
    Timestamps,
    Unique,
    action,
    admin,
    anyone,
    computed,
    count,
    created,
    member,
    nobody,
    on,
    owner,
    query,
    you,
)


class User(Entity, Timestamps):
    """Somebody who writes, follows and favorites."""

    email: Unique[EmailStr]
    username: Unique[str] = Field(pattern=r"^\w+$", max_length=30)
    password: Secret[str] = Field(min_length=10)
    bio: str = Field(default="", max_length=500)
    image: HttpUrl | None = None
    following: set["User"]
    followers: Reverse[set["User"]]

    access = Access(read=anyone, create=anyone, update=you, delete=admin)
    listing = Listing(allow=admin)

    @action("POST /profiles/{username}/follow", allow=member)
    def follow(self, me: "User") -> "User":
        """Follow somebody."""
        me.following.add(self)
        return self

    @action("DELETE /profiles/{username}/follow", allow=member)
    def unfollow(self, me: "User") -> "User":
        """Stop following somebody."""
        me.following.discard(self)
        return self


class Tag(Entity):
    """What an article is about."""

    name: Unique[str] = Field(min_length=1, max_length=30, pattern=r"^[a-z0-9-]+$")

    access = Access(read=anyone)


class Article(Entity, Timestamps, SoftDelete, key="slug"):
    """Something to read."""

    title: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=100_000)
    author: Owner[User]
    tags: set[Tag] = Field(max_length=10)
    favorited_by: set[User] = Field(exclude=True)

    access = Access(read=anyone, create=member, update=owner, delete=owner | admin)
    listing = Listing(filters=["author.username", "tags"], order="-created_at")

    @computed
    def favorites_count(self) -> int:
        """How many have favorited it."""
        return count(self.favorited_by)

    @action("POST /articles/{slug}/favorite", allow=member)
    def favorite(self, me: User) -> "Article":
        """Favorite an article."""
        self.favorited_by.add(me)
        return self

    @action("DELETE /articles/{slug}/favorite", allow=member)
    def unfavorite(self, me: User) -> "Article":
        """Take a favorite back."""
        self.favorited_by.discard(me)
        return self


class Comment(Entity, Timestamps):
    """What somebody has to say about an article."""

    body: str = Field(min_length=1, max_length=1000)
    article: Parent[Article]
    author: Owner[User]

    access = Access(read=anyone, create=member, update=nobody, delete=owner | admin)


@query("GET /articles/feed", allow=member)
def feed(me: User) -> Page[Article]:
    """Articles by those whom you follow."""
    return Page(a for a in Article if a.author in me.following)


@on(created(Comment), background=True)
def notify_author(comment: Comment) -> None: ...


backend = Backend(
    "conduit",
    entities=[User, Tag, Article, Comment],
    also=[feed, notify_author],
    database=SQLite(),
    auth=JWT(login="email"),
    limits=Limits("120/minute", login="5/minute", body="1MB"),
    cors=Cors("http://localhost:3000"),
)
