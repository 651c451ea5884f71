"""Every kind of change of a contract, on tables with rows: up, down, and up again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.migrating.databases import Row, between, contract, initial, scratch

DATABASES = ("sqlite", "postgres")
USER = {"id": 1, "email": "a@b.c", "password_hash": "x", "role": "member"}
BOOK = "class Book(Entity):\n    title: str = Field(max_length=100)\n"
TAG = "class Tag(Entity):\n    name: Unique[str] = Field(max_length=30)\n"


@dataclass(frozen=True)
class Case:
    """A change of a contract.

    Args:
        rows: what the tables have before, by table.
        after: what the columns of a table are then.
        again: what they are when it was taken back, where that is not what they were.
        loses: what of the values is said to be lost.
    """

    name: str
    old: str
    new: str
    rows: Mapping[str, Sequence[Row]]
    after: Mapping[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]
    again: Mapping[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]] = field(default_factory=dict)
    loses: Sequence[str] = ()
    asks: int = 0


BOOKS = {"books": [{"id": 1, "title": "Emma"}, {"id": 2, "title": "Dune"}]}
TITLES = {"books": (("id", "title"), [(1, "Emma"), (2, "Dune")])}

CASES = [
    Case(
        "a field that may be missing",
        BOOK,
        BOOK + "    subtitle: str | None = None\n",
        BOOKS,
        {"books": (("id", "title", "subtitle"), [(1, "Emma", None), (2, "Dune", None)])},
        TITLES,
    ),
    Case(
        "a field with a default",
        BOOK,
        BOOK
        + '    pages: int = 7\n    state: str = Field(default="new", max_length=9)\n'
        + '    price: Decimal = Decimal("1.50")\n',
        BOOKS,
        {"books": (("id", "pages", "state"), [(1, 7, "new"), (2, 7, "new")])},
        TITLES,
    ),
    Case(
        "times of rows, and deleting softly",
        BOOK,
        BOOK.replace("(Entity)", "(Entity, Timestamps, SoftDelete, Versioned)"),
        BOOKS,
        {"books": (("id", "title", "version", "deleted_at"), [(1, "Emma", 1, None), (2, "Dune", 1, None)])},
        TITLES,
    ),
    Case(
        "a slug",
        BOOK,
        BOOK.replace("(Entity)", '(Entity, key="slug")') + '    slug: str = slugify("title")\n',
        BOOKS,
        {"books": (("id", "slug"), [(1, "emma-1"), (2, "dune-2")])},
        TITLES,
    ),
    Case(
        "a field goes",
        BOOK + "    pages: int\n    code: Unique[str] = Field(max_length=9)\n",
        BOOK,
        {
            "books": [
                {"id": 1, "title": "Emma", "pages": 300, "code": "a"},
                {"id": 2, "title": "Dune", "pages": 400, "code": "b"},
            ]
        },
        TITLES,
        {"books": (("id", "pages", "code"), [(1, 0, "1"), (2, 0, "2")])},
        ["books: pages is dropped with its values", "books: code is dropped with its values"],
    ),
    Case(
        "a field is renamed",
        BOOK.replace("str =", "Unique[str] ="),
        'class Book(Entity):\n    headline: Unique[str] = was("title", Field(max_length=100))\n',
        BOOKS,
        {"books": (("id", "headline"), [(1, "Emma"), (2, "Dune")])},
    ),
    Case(
        "an entity is renamed, with its sets and what refers to it",
        BOOK + "    tags: set['Tag']\n" + TAG + "class Note(Entity):\n    text: str\n    book: Parent[Book]\n",
        BOOK.replace("Book(Entity)", 'Volume(Entity, was="Book")')
        + "    tags: set['Tag']\n"
        + TAG
        + "class Note(Entity):\n    text: str\n    volume: Parent[Volume] = was('book')\n",
        BOOKS
        | {
            "tags": [{"id": 1, "name": "sf"}],
            "book_tags": [{"book_id": 2, "tag_id": 1}],
            "notes": [{"id": 1, "text": "good", "book_id": 2}],
        },
        {
            "volumes": (("id", "title"), [(1, "Emma"), (2, "Dune")]),
            "volume_tags": (("volume_id", "tag_id"), [(2, 1)]),
            "notes": (("id", "volume_id"), [(1, 2)]),
        },
    ),
    Case(
        "a longer text",
        BOOK,
        BOOK.replace("100", "200"),
        BOOKS,
        TITLES,
    ),
    Case("a shorter text", BOOK, BOOK.replace("100", "4"), BOOKS, TITLES),
    Case("a text without an end", BOOK, "class Book(Entity):\n    title: str\n", BOOKS, TITLES),
    Case(
        "what was required may be missing",
        BOOK,
        "class Book(Entity):\n    title: str | None = Field(default=None, max_length=100)\n",
        BOOKS,
        TITLES,
    ),
    Case(
        "what could be missing has a default",
        BOOK + "    pages: int | None = None\n",
        BOOK + "    pages: int = 0\n",
        {"books": [{"id": 1, "title": "Emma", "pages": 3}, {"id": 2, "title": "Dune", "pages": None}]},
        {"books": (("id", "pages"), [(1, 3), (2, 0)])},
        {"books": (("id", "pages"), [(1, 3), (2, 0)])},
    ),
    Case(
        "a text becomes a number",
        BOOK + "    pages: str = Field(max_length=10)\n",
        BOOK + "    pages: int\n",
        {"books": [{"id": 1, "title": "Emma", "pages": "300"}, {"id": 2, "title": "Dune", "pages": "-4"}]},
        {"books": (("id", "pages"), [(1, 300), (2, -4)])},
    ),
    Case(
        "a number becomes a decimal",
        BOOK + "    price: int\n",
        BOOK + "    price: Decimal = Field(max_digits=12, decimal_places=2)\n",
        {"books": [{"id": 1, "title": "Emma", "price": 3}]},
        {"books": (("id", "price"), [(1, 3)])},
    ),
    Case(
        "one becomes a list",
        BOOK + "    alias: str\n",
        BOOK + "    alias: list[str]\n",
        {"books": [{"id": 1, "title": "Emma", "alias": "E"}]},
        {"books": (("id", "title"), [(1, "Emma")])},
        {"books": (("id", "alias"), [(1, "")])},
    ),
    Case(
        "what means something else",
        BOOK + "    made: Date\n".replace("Date", "date"),
        BOOK + "    made: bool = False\n",
        {"books": [{"id": 1, "title": "Emma", "made": __import__("datetime").date(2020, 1, 1)}]},
        {"books": (("id", "title"), [(1, "Emma")])},
        {"books": (("id", "title"), [(1, "Emma")])},
        ["books: the values of made are dropped: they are no a truth value"],
    ),
    Case(
        "members of an enum",
        "class State(StrEnum):\n    new = 'new'\n    old = 'old'\n" + BOOK + "    state: State = State.new\n",
        "class State(StrEnum):\n    new = 'new'\n    used = 'second hand'\n" + BOOK + "    state: State = State.new\n",
        {"books": [{"id": 1, "title": "Emma", "state": "new"}]},
        {"books": (("id", "state"), [(1, "new")])},
    ),
    Case(
        "what must be unique, indexed, and kept to a rule",
        BOOK + "    pages: int\n",
        BOOK.replace("str =", "Unique[str] =")
        + "    pages: Indexed[int]\n"
        + "    rules = Rules(unique=[('title', 'pages')], check=[lambda self: self.pages > 0])\n",
        {"books": [{"id": 1, "title": "Emma", "pages": 3}, {"id": 2, "title": "Dune", "pages": 3}]},
        {"books": (("id", "title", "pages"), [(1, "Emma", 3), (2, "Dune", 3)])},
    ),
    Case(
        "new entities, one that is pointed to",
        BOOK,
        BOOK + "    tag: 'Tag | None' = None\n    tags: set['Tag']\n" + TAG,
        BOOKS,
        {"books": (("id", "tag_id"), [(1, None), (2, None)]), "tags": (("id",), [])},
        TITLES,
    ),
    Case(
        "entities that point to each other",
        BOOK,
        BOOK
        + "class Ship(Entity):\n    name: str\n    captain: 'Sailor | None' = None\n"
        + "class Sailor(Entity):\n    ship: Ship | None = None\n    name: str\n",
        BOOKS,
        {"sailors": (("id",), [])} | TITLES,
        TITLES,
    ),
    Case(
        "an entity goes",
        BOOK + TAG,
        BOOK,
        BOOKS | {"tags": [{"id": 1, "name": "sf"}]},
        TITLES,
        {"tags": (("id",), [])},
        ["tags: all of its rows are dropped"],
    ),
    Case(
        "one becomes several",
        BOOK + "    tag: 'Tag | None' = None\n" + TAG,
        BOOK + "    tags: set['Tag'] = was('tag')\n" + TAG,
        {
            "tags": [{"id": 1, "name": "sf"}],
            "books": [{"id": 1, "title": "Emma", "tag_id": None}, {"id": 2, "title": "Dune", "tag_id": 1}],
        },
        {"book_tags": (("book_id", "tag_id"), [(2, 1)])},
        {"books": (("id", "tag_id"), [(1, None), (2, 1)])},
    ),
    Case(
        "several become one",
        BOOK + "    tags: set['Tag']\n" + TAG,
        BOOK + "    tag: 'Tag | None' = was('tags', None)\n" + TAG,
        BOOKS
        | {
            "tags": [{"id": 1, "name": "sf"}, {"id": 2, "name": "old"}],
            "book_tags": [{"book_id": 2, "tag_id": 1}, {"book_id": 2, "tag_id": 2}],
        },
        {"books": (("id", "tag_id"), [(1, None), (2, 1)])},
        {"book_tags": (("book_id", "tag_id"), [(2, 1)])},
        ["books: of several in book_tags, all but the first are dropped"],
    ),
]


@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rows_are_kept(case: Case, kind: str, tmp_path: Path) -> None:
    old, new = contract(case.old), contract(case.new)
    step = between(old, new)
    assert step is not None
    assert [loss.text for loss in step.losses] == list(case.loses)
    assert len(step.questions) == case.asks
    with scratch(kind, tmp_path) as wanted:
        wanted.run(initial(new))
        schema = wanted.schema()
    with scratch(kind, tmp_path) as database:
        database.run(initial(old))
        before = database.schema()
        for table, rows in case.rows.items():
            database.insert(table, *rows)
        known = {table: (tuple(rows[0]), [tuple(row.values()) for row in rows]) for table, rows in case.rows.items()}
        for _ in range(2):
            database.run(step.text)
            assert database.schema() == schema
            for table, (columns, expected) in case.after.items():
                assert database.rows(table, *columns) == expected
            database.run(step.text, "downgrade")
            assert database.schema() == before
            for table, (columns, expected) in (case.again or known).items():
                assert database.rows(table, *columns) == expected
