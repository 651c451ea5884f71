"""Conduit, a blog and how it is made known, as one contract."""

from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from apismith import (
    JWT,
    Access,
    Backend,
    Cors,
    Deprecated,
    Entity,
    Indexed,
    Limits,
    Listing,
    Owner,
    Page,
    Parent,
    Postgres,
    Reverse,
    Role,
    Rules,
    Secret,
    SoftDelete,
    Timestamps,
    Unique,
    Versioned,
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
    slugify,
    updated,
    you,
)
from pydantic import EmailStr, Field, HttpUrl

editor = Role("editor")


class ArticleStatus(StrEnum):
    """How far an article is."""

    draft = "draft"
    published = "published"


class User(Entity, Timestamps):
    """Somebody who writes, follows and favorites."""

    email: Unique[EmailStr]
    username: Unique[str] = Field(pattern=r"^\w+$", max_length=30)
    password: Secret[str] = Field(min_length=10)
    bio: str = Field(default="", max_length=500, description="A few words about oneself.")
    image: HttpUrl | None = None
    following: set["User"]
    followers: Reverse[set["User"]]
    access = Access(read=anyone, create=anyone, update=you, delete=admin)
    listing = Listing(allow=admin)

    @action("POST /profiles/{username}/follow", allow=member)
    def follow(self, me: "User") -> "User":
        """Follow an author."""
        me.following.add(self)
        return self

    @action("DELETE /profiles/{username}/follow", allow=member)
    def unfollow(self, me: "User") -> "User":
        """Stop following an author."""
        me.following.discard(self)
        return self


class Tag(Entity, key="name", bulk=100):
    """A word that articles are found by."""

    name: Unique[str] = Field(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$", examples=["python"])
    access = Access(read=anyone, create=member, update=admin, delete=admin)
    listing = Listing(order="name")


class Article(Entity, Timestamps, SoftDelete, key="slug", bulk=20):
    """A text that its author publishes."""

    title: str = Field(min_length=1, max_length=200)
    slug: str = slugify("title")
    body: str = Field(min_length=1, max_length=100_000)
    status: ArticleStatus = ArticleStatus.draft
    author: Owner[User]
    tags: set[Tag] = Field(max_length=10)
    favorited_by: set[User] = Field(exclude=True)
    access = Access(read=anyone, create=member, update=owner, delete=owner | admin)
    listing = Listing(filters=["author.username", "tags", "status"], order=["-created_at", "title"])

    @computed
    def favorites_count(self) -> int:
        """How many favorited it."""
        return count(self.favorited_by)

    @action("POST /articles/{slug}/favorite", allow=member)
    def favorite(self, me: User) -> "Article":
        """Favorite an article."""
        self.favorited_by.add(me)
        return self

    @action("DELETE /articles/{slug}/favorite", allow=member)
    def unfavorite(self, me: User) -> "Article":
        """Take an article out of one's favorites."""
        self.favorited_by.discard(me)
        return self

    @action("POST /articles/{slug}/publish", allow=owner)
    def publish(self) -> "Article":
        """Show an article to everybody."""
        self.status = ArticleStatus.published
        return self

    @action("POST /articles/{slug}/report", allow=member)
    def report(self, me: User, reason: str = Field(min_length=1, max_length=500)) -> None:
        """Tell the editors what is wrong with an article."""
        ...


class Comment(Entity, Timestamps):
    """What somebody says about an article."""

    body: str = Field(min_length=1, max_length=1000)
    article: Parent[Article]
    author: Owner[User]
    access = Access(read=anyone, create=member, update=nobody, delete=owner | admin)
    listing = Listing(order="created_at")


class Milestone(Entity, bulk=50):
    """A step on the way to a finished article; its author's business."""

    title: str = Field(min_length=1, max_length=120)
    position: int = Field(ge=0, le=1000)
    done: bool = False
    article: Parent[Article]
    access = Access(read=anyone, create=owner, update=owner, delete=owner)
    listing = Listing(order="position")
    rules = Rules(unique=[("article", "position")])


class Campaign(Entity, Timestamps, Versioned):
    """An effort to make articles known."""

    name: str = Field(min_length=1, max_length=120)
    code: Indexed[UUID] = Field(default_factory=uuid4, description="What its links carry.")
    budget: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    starts: date = Field(default_factory=date.today)
    ends: date | None = None
    mailed_at: time = time(8, 30)
    cooldown: timedelta | None = None
    share: float = Field(default=1.0, ge=0, le=1, title="Share of readers")
    reach: int = Field(default=0, ge=0)
    active: bool = True
    channels: list[str] = Field(default=[], max_length=8)
    settings: dict[str, Any] = {}
    article: Article | None = None
    access = Access(read=member, create=editor | admin, update=editor | admin, delete=admin)
    listing = Listing(filters=["active", "article"], order=["-starts", "name"])
    rules = Rules(
        unique=[("name", "starts")],
        check=[lambda self: self.ends is None or self.ends >= self.starts],
    )


@query("GET /articles/feed", allow=member)
def feed(me: User) -> Page[Article]:
    """Articles by the authors that one follows."""
    return Page(a for a in Article if a.author in me.following)


@query("GET /profiles/following/count", allow=member)
def following_count(me: User) -> int:
    """How many authors one follows."""
    return count(me.following)


@query("GET /articles/trending", allow=anyone, deprecated=Deprecated(since="2026-01-01", sunset="2027-01-01"))
def trending(days: int = 7) -> list[Article]:
    """Articles that many read these days."""
    ...


@on(created(Comment), background=True)
def notify_author(comment: Comment) -> None:
    """Tell the author that somebody has commented."""
    ...


@on(updated(Article))
def keep_history(article: Article) -> None:
    """Remember what the article said before."""
    ...


backend = Backend(
    "conduit",
    version="v1",
    entities=[User, Tag, Article, Comment, Milestone, Campaign],
    also=[feed, following_count, trending, notify_author, keep_history],
    database=Postgres(),
    auth=JWT(login="email", access_minutes=15, refresh_days=30),
    limits=Limits("120/minute", login="5/minute", body="1MB"),
    cors=Cors("https://conduit.example"),
)
