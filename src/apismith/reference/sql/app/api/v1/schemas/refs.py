"""What answers tell of the rows that they refer to."""

from app.api.v1.schemas.base import Schema
from app.core.ids import Id


class UserRef(Schema):
    """A user that something else refers to."""

    id: Id
    username: str


class TagRef(Schema):
    """A tag that something else refers to."""

    id: Id
    name: str


class ArticleRef(Schema):
    """An article that something else refers to."""

    id: Id
    slug: str
    title: str
