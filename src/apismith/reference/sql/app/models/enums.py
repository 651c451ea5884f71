"""Closed sets of texts, and how they are stored."""

from enum import StrEnum

from sqlalchemy import Enum


class ArticleStatus(StrEnum):
    """How far an article is."""

    draft = "draft"
    published = "published"


def stored_as_text(kind: type[StrEnum], name: str) -> Enum:
    """The type of a column that holds the values of an enum, and a constraint that refuses all others."""
    return Enum(
        kind, name=name, native_enum=False, create_constraint=True, values_callable=lambda _: [str(m) for m in kind]
    )
