"""Conduit, a blog, as one contract."""

from pydantic import EmailStr, Field, HttpUrl

from apismith import (
    JWT,
    Access,
    Backend,
    Celery,
    Cors,
    Entity,
    Limits,
    Listing,
    Owner,
    Page,
    Parent,
    Postgres,
    Redis,
    Reverse,
    Secret,
    SoftDelete,
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

from .tags import Tag


class User(Entity, Timestamps):
    """Somebody who writes, follows and favorites."""

    email: Unique[EmailStr]
    username: Unique[str] = Field(pattern=r"^\w+$", max_length=30)
    password: Secret[str] = Field(min_length=10)  # stored hashed, never returned
    bio: str = Field(default="", max_length=500)
    image: HttpUrl | None = None
    following: set["User"]
    followers: Reverse[set["User"]]
    access = Access(read=anyone, create=anyone, update=you, delete=admin)
    listing = Listing(allow=admin)

    @action("POST /profiles/{username}/follow", allow=member)
    def follow(self, me: "User") -> "User":
        me.following.add(self)
        return self


class Article(Entity, Timestamps, SoftDelete, key="slug"):
    title: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=100_000)
    author: Owner[User]
    tags: set[Tag] = Field(max_length=10)
    favorited_by: set[User] = Field(exclude=True)  # in the database, not in answers
    access = Access(read=anyone, create=member, update=owner, delete=owner | admin)
    listing = Listing(filters=["author.username", "tags"], order="-created_at")

    @computed
    def favorites_count(self) -> int:
        return count(self.favorited_by)

    @action("POST /articles/{slug}/publish", allow=owner)
    def publish(self, me: User) -> "Article": ...  # `...`: a service method for the user to write


class Comment(Entity, Timestamps):
    body: str = Field(min_length=1, max_length=1000)
    article: Parent[Article]  # nested: /articles/{slug}/comments
    author: Owner[User]
    access = Access(read=anyone, create=member, update=nobody, delete=owner | admin)


@query("GET /articles/feed", allow=member)
def feed(me: User) -> Page[Article]:
    return Page(a for a in Article if a.author in me.following)


@on(created(Comment), background=True)
def notify_author(comment: Comment) -> None: ...


backend = Backend(
    "conduit",
    version="v1",
    entities=[User, Tag, Article, Comment],
    also=[feed, notify_author],
    database=Postgres(),
    cache=Redis(),
    tasks=Celery(broker=Redis()),
    auth=JWT(login="email", access_minutes=15, refresh_days=30),
    limits=Limits("120/minute", login="5/minute", body="1MB"),
    cors=Cors("https://conduit.example"),
)
