"""What a change of a contract means for those who call the backend."""

import pytest

from apismith.contract.meaning import Meaning, meaning
from tests.migrating.databases import contract

BOOK = """
class State(StrEnum):
    new = "new"
    old = "old"

class Author(Entity):
    name: str
    access = Access(read=anyone, create=member, update=member, delete=admin)

class Book(Entity):
    title: str = Field(min_length=1, max_length=100)
    pages: int | None = None
    state: State = State.new
    author: Author
    access = Access(read=anyone, create=member, update=member, delete=admin)
    listing = Listing(filters=["state"], order=["title"])

    @action("POST /books/{id}/lend", allow=member)
    def lend(self, days: int = Field(ge=1, le=30)) -> "Book": ...
"""
CREATE, UPDATE, LIST = "POST /api/v1/books", "PATCH /api/v1/books/{id}", "GET /api/v1/books"
DELETE, LEND = "DELETE /api/v1/books/{id}", "POST /api/v1/books/{id}/lend"
TOGETHER = "title and author must be unique together"


def change(old: str, new: str) -> Meaning:
    assert BOOK.count(old) == 1
    return meaning(contract(BOOK), contract(BOOK.replace(old, new)))


def breaking(old: str, new: str) -> dict[str, tuple[str, ...]]:
    return {one.what: one.routes for one in change(old, new).breaking}


@pytest.mark.parametrize(
    ("old", "new", "what", "routes"),
    [
        ("    pages:", "    isbn: str\n    pages:", "isbn must be sent", (CREATE,)),
        ("max_length=100", "max_length=50", "title has max_length 50 instead of 100", (UPDATE, CREATE)),
        ("min_length=1, max", "min_length=3, max", "title has min_length 3 instead of 1", (UPDATE, CREATE)),
        ("min_length=1, max", "pattern='^a', max", "title has pattern ^a", (UPDATE, CREATE)),
        ("pages: int | None = None", "pages: int = 0", "pages may not be null any more", (UPDATE, CREATE)),
        ("pages: int | None = None", "pages: str | None = None", "pages is str instead of int", (UPDATE, CREATE)),
        ('    old = "old"\n', "", "state may not be old any more", (UPDATE, CREATE)),
        ("author: Author", "author: Author | None = None", "author may be null in answers", None),
        ('filters=["state"], ', "", "state may not be sent any more", (LIST,)),
        ('order=["title"]', 'order=["-title"]', "order may not be title any more", (LIST,)),
        ("le=30", "le=20", "days has le 20 instead of 30", ("POST /api/v1/books/{id}/lend",)),
        ('-> "Book"', "-> None", "answers 204 instead of 200", (LEND,)),
        ('-> "Book"', '-> list["Book"]', "answers a list of rows instead of one row", (LEND,)),
        ('-> "Book"', "-> int", "answers a value instead of one row", (LEND,)),
        ("title: str =", "title: Unique[str] =", "title must be unique", (UPDATE, CREATE)),
        ("    listing", "    rules = Rules(unique=[['title', 'author']])\n    listing", TOGETHER, (UPDATE, CREATE)),
        ("Book(Entity)", "Book(Entity, Versioned)", "If-Match must be sent", (DELETE, UPDATE)),
        ("    pages: int | None = None\n", "", "pages is not answered any more", None),
        ("    pages: int | None = None\n", "", "pages may not be sent any more", (UPDATE, CREATE)),
    ],
)
def test_what_breaks_a_client(old: str, new: str, what: str, routes: tuple[str, ...] | None) -> None:
    found = breaking(old, new)
    assert what in found
    if routes is not None:
        assert found[what] == routes


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    pages:", '    subtitle: str = ""\n    pages:'),
        ("max_length=100", "max_length=200"),
        ("min_length=1, ", ""),
        ('    old = "old"\n', '    old = "old"\n    lost = "lost"\n'),
        ('filters=["state"]', 'filters=["state", "author"]'),
        ('order=["title"]', 'order=["title", "pages"]'),
        ("le=30", "le=60"),
        ("delete=admin)\n    listing", "delete=member)\n    listing"),
        ("class Author", "class Shelf(Entity):\n    name: str\n\nclass Author"),
        ("pages: int | None = None", "pages: Indexed[int | None] = None"),
    ],
)
def test_what_breaks_nobody(old: str, new: str) -> None:
    found = change(old, new)
    assert found.breaking == ()
    assert found.removed == ()


def test_routes_that_come_and_go() -> None:
    gone = change("POST /books/{id}/lend", "POST /books/{id}/hire")
    assert gone.removed == ("POST /api/v1/books/{id}/lend",)
    assert gone.added == ("POST /api/v1/books/{id}/hire",)
    assert gone.json()["breaking"] is True


def test_who_may_do_what() -> None:
    found = change("update=member, delete=admin)\n    listing", "update=admin, delete=member)\n    listing")
    cells = {(one.operation, one.who): one.after for one in found.access}
    assert cells["update", "member"] is False
    assert cells["delete", "member"] is True
    assert ("read", "member") not in cells
    assert found.breaks


def test_who_may_do_more_breaks_nobody() -> None:
    assert not change("delete=admin)\n    listing", "delete=member)\n    listing").breaks


QUERY = """
@query("GET /newest", allow=anyone)
def newest() -> list[Book]: ...
"""


def test_queries_have_callers_too() -> None:
    closed = meaning(contract(BOOK + QUERY), contract(BOOK + QUERY.replace("anyone", "member")))
    assert [str(one) for one in closed.access] == ["newest: anonymous may not any more"]
    assert closed.json()["breaking"] is True


@pytest.mark.parametrize(
    ("old", "new", "breaks"), [("int", "str", True), ("int", "int | None", True), ("int | None", "int", False)]
)
def test_the_value_that_an_operation_answers(old: str, new: str, breaks: bool) -> None:
    query = "def newest() -> {}: ..."
    texts = [BOOK + QUERY.replace("def newest() -> list[Book]: ...", query.format(kind)) for kind in (old, new)]
    assert meaning(contract(texts[0]), contract(texts[1])).breaks is breaks


def test_rows_that_are_found_by_another_field() -> None:
    tag = "class Tag(Entity, key='{}'):\n    slug: Unique[str]\n    name: Unique[str]\n"
    found = meaning(contract(tag.format("slug")), contract(tag.format("name")))
    assert "its path has name where it had slug" in {one.what for one in found.breaking}
    renamed = tag.format("label").replace("name: Unique[str]", "label: Unique[str] = was('name')")
    assert "path" not in str(meaning(contract(tag.format("name")), contract(renamed)).breaking)


def test_a_key_of_another_name_is_the_same_route() -> None:
    keyed = BOOK.replace("Author(Entity)", "Author(Entity, key='name')").replace("name: str", "name: Unique[str]")
    assert meaning(contract(BOOK), contract(keyed)).removed == ()
    assert meaning(contract(keyed), contract(keyed)).lines() == []


def test_it_is_read_aloud() -> None:
    assert change("    pages:", "    isbn: str\n    pages:").lines() == [
        "For clients, of which some that work now will fail:",
        "  breaks POST /api/v1/books: isbn must be sent",
        "         GET /api/v1/books, GET /api/v1/books/{id}, PATCH /api/v1/books/{id} and 2 more: "
        "isbn is answered, too",
        "         PATCH /api/v1/books/{id}: isbn may be sent",
    ]
