"""Rows in the way of a change stop its migration, and nothing has happened."""

from pathlib import Path
from typing import Any

import pytest

from apismith.generate.migrating.history import UnreadableMigration, heads
from apismith.generate.migrating.revision import KeysChanged
from tests.migrating.databases import between, contract, initial, scratch

BOOK = "class Book(Entity):\n    title: str = Field(max_length=100)\n"
EMMA = {"id": 1, "title": "Emma"}
TWICE = [EMMA, {"id": 2, "title": "Emma"}]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.parametrize(
    ("old", "new", "rows", "said"),
    [
        (BOOK, BOOK.replace("100", "3"), [EMMA], "1 row of books have more than 3 characters in title"),
        (BOOK, BOOK.replace("str =", "Unique[str] ="), TWICE, "title of books: 1 occur more than once"),
        (BOOK, BOOK + "    isbn: str\n", TWICE, "2 rows of books have no isbn"),
        (BOOK, "class Book(Entity):\n    title: int\n", [EMMA], "books.title: invalid literal"),
        (
            BOOK,
            BOOK + "    rules = Rules(check=[lambda self: self.title != 'Emma'])\n",
            [EMMA],
            "1 row of books break the rule ck_books_check_1",
        ),
        (
            "class State(StrEnum):\n    a = 'a'\n    b = 'b'\n" + BOOK + "    state: State = State.a\n",
            "class State(StrEnum):\n    a = 'a'\n" + BOOK + "    state: State = State.a\n",
            [EMMA | {"state": "b"}],
            "1 row of books break the rule ck_books_state",
        ),
        (
            BOOK + "    price: Decimal = Field(max_digits=10, decimal_places=2)\n",
            BOOK + "    price: Decimal = Field(max_digits=4, decimal_places=2)\n",
            [EMMA | {"price": 123}],
            "1 row of books have a price of more than 2 digits",
        ),
        (
            BOOK + "    pages: float\n",
            BOOK + "    pages: int\n",
            [EMMA | {"pages": 2.5}],
            "books.pages: 2.5 is not a whole number",
        ),
    ],
)
def test_rows_in_the_way_stop_it(
    old: str, new: str, rows: list[dict[str, Any]], said: str, kind: str, tmp_path: Path
) -> None:
    step = between(contract(old), contract(new))
    assert step is not None
    with scratch(kind, tmp_path) as database:
        database.run(initial(contract(old)))
        database.insert("books", *rows)
        before = database.schema()
        with pytest.raises(Exception, match=said):
            database.run(step.text)
        assert database.schema() == before
        assert database.rows("books", "id", "title") == [(row["id"], row["title"]) for row in rows]


@pytest.mark.parametrize(
    "new",
    [
        BOOK,
        BOOK + "    listing = Listing(order='-id')\n",
        BOOK.replace("max_length=100", "min_length=3, max_length=100"),
        BOOK + "    access = Access(read=member)\n",
    ],
)
def test_what_means_nothing_for_the_database_is_no_migration(new: str) -> None:
    assert between(contract(BOOK), contract(new)) is None


def test_the_same_change_gives_the_same_migration() -> None:
    old, new = contract(BOOK), contract(BOOK + "    pages: int = 0\n")
    assert between(old, new) == between(old, new)
    other = between(old, new, ["abc"])
    assert other is not None
    assert other.id != between(old, new).id  # type: ignore[union-attr]


def test_ids_of_another_kind_are_refused() -> None:
    text = BOOK + "backend = Backend('shop', database=SQLite(ids='{}'))\n"
    with pytest.raises(KeysChanged, match="another key"):
        between(contract(text.format("int")), contract(text.format("uuid")))


def test_several_heads_are_joined() -> None:
    step = between(contract(BOOK), contract(BOOK), ["abc", "def"])
    assert step is not None
    assert 'down_revision: tuple[str, ...] = ("abc", "def")' in step.text


def revision_file(name: str, follows: str) -> bytes:
    return f'revision = "{name}"\ndown_revision = {follows}\n'.encode()


def test_heads_are_what_no_other_migration_follows() -> None:
    versions = {"0001": "None", "a": "'0001'", "b": "'0001'", "c": "('a', 'b')", "d": "'c'"}
    files = {f"migrations/versions/{name}.py": revision_file(name, follows) for name, follows in versions.items()}
    assert heads(files) == ("d",)
    del files["migrations/versions/c.py"], files["migrations/versions/d.py"]
    assert heads(files) == ("a", "b")
    assert heads({}) == ()


@pytest.mark.parametrize("content", [b"revision = ", b"x = 1", b"revision = make()", b"\0"])
def test_a_migration_that_says_nothing_is_an_error(content: bytes) -> None:
    with pytest.raises(UnreadableMigration, match=r"migrations/versions/x\.py"):
        heads({"migrations/versions/x.py": content})


UNIQUE = BOOK.replace("str =", "Unique[str] =") + "    rules = Rules(check=[lambda self: self.title != 'x'])\n"
OF = "class Author(Entity):\n    name: str\n\n" + BOOK + "    author: {}[Author]\n"


@pytest.mark.parametrize(
    ("old", "new", "steps"),
    [
        (
            UNIQUE,
            BOOK,
            {
                "books: title need not be unique any more",
                "books: rows need not keep the rule ck_books_check_1 any more",
            },
        ),
        (BOOK.replace("str =", "Indexed[str] ="), BOOK, {"books: the index of title goes"}),
        (BOOK, BOOK.replace("str =", "Indexed[str] ="), {"books: the index of title is new"}),
        (
            OF.replace("{}[Author]", "Author"),
            OF.format("Parent"),
            {
                "books: deleting what author_id refers to is CASCADE instead of RESTRICT",
                "books: the index of author_id goes",
                "books: the index of author_id and id is new",
            },
        ),
        (UNIQUE, "class Book(Entity):\n    name: Unique[str] = was('title')\n", None),
    ],
)
def test_every_step_is_said(old: str, new: str, steps: set[str] | None) -> None:
    step = between(contract(old), contract(new))
    assert step is not None
    assert not step.path.endswith("_join_0001.py")
    if steps is not None:
        assert set(step.steps) == steps
    else:
        assert not any("unique" in text for text in step.steps)
