"""What is called breaking is breaking in the OpenAPI documents of both backends, and what is not is not."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from apismith import generate
from apismith.contract.meaning import meaning
from tests.contract_views.documents import breaks
from tests.contract_views.test_meaning import BOOK
from tests.migrating.databases import contract
from tests.stories.starting import document

pytestmark = pytest.mark.slow


@cache
def served(text: str) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        for path, content in generate.render(contract(text)).items():
            if path.startswith("app/"):
                file = Path(folder, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
        return document(Path(folder))


BREAKING = {
    "a field must be sent": ("    pages:", "    isbn: str\n    pages:"),
    "a shorter text": ("max_length=100", "max_length=50"),
    "a pattern": ("min_length=1, max", "pattern='^a', max"),
    "no null any more": ("pages: int | None = None", "pages: int = 0"),
    "null in answers": ("author: Author", "author: Author | None = None"),
    "another type": ("pages: int | None = None", "pages: str | None = None"),
    "a member less": ('    old = "old"\n', ""),
    "a field less": ("    pages: int | None = None\n", ""),
    "a filter less": ('filters=["state"], ', ""),
    "a narrower parameter": ("le=30", "le=20"),
    "an action answers nothing": ('-> "Book"', "-> None"),
    "an action answers a list": ('-> "Book"', '-> list["Book"]'),
    "an action answers a value": ('-> "Book"', "-> int"),
    "a route less": ("POST /books/{id}/lend", "POST /books/{id}/hire"),
    "another key": ("Author(Entity):\n    name: str", "Author(Entity, key='name'):\n    name: Unique[str]"),
    "a field out of answers": ("pages: int | None = None", "pages: int | None = Field(default=None, exclude=True)"),
}
COMPATIBLE = {
    "a field more": ("    pages:", '    subtitle: str = ""\n    pages:'),
    "a longer text": ("max_length=100", "max_length=200"),
    "no limit": ("min_length=1, ", ""),
    "a member more": ('    old = "old"\n', '    old = "old"\n    lost = "lost"\n'),
    "a filter more": ('filters=["state"]', 'filters=["state", "author"]'),
    "an order more": ('order=["title"]', 'order=["title", "pages"]'),
    "a wider parameter": ("le=30", "le=60"),
    "an entity more": ("class Author", "class Shelf(Entity):\n    name: str\n\nclass Author"),
    "timestamps": ("class Book(Entity)", "class Book(Entity, Timestamps)"),
    "an index": ("pages: int | None = None", "pages: Indexed[int | None] = None"),
}


def both(change: tuple[str, str]) -> tuple[list[str], bool]:
    old, new = change
    assert BOOK.count(old) == 1
    changed = BOOK.replace(old, new)
    said = meaning(contract(BOOK), contract(changed))
    return breaks(served(BOOK), served(changed)), bool(said.json()["breaking"])


@pytest.mark.parametrize("change", BREAKING.values(), ids=BREAKING)
def test_what_breaks_breaks_in_the_documents(change: tuple[str, str]) -> None:
    found, said = both(change)
    assert found
    assert said, found


@pytest.mark.parametrize("change", COMPATIBLE.values(), ids=COMPATIBLE)
def test_what_breaks_nobody_does_not_in_the_documents(change: tuple[str, str]) -> None:
    assert both(change) == ([], False)


def test_the_same_backend_breaks_nobody() -> None:
    assert breaks(served(BOOK), served(BOOK)) == []
