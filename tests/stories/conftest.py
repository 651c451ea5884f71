"""Stories: a backend is generated, its user edits it, the contract changes, and the project evolves.

What is checked of every story, besides what it is about: the result imports and has a valid OpenAPI document, and a
second evolution changes nothing. What is marked slow runs the project's own tests, too.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from apismith import api, generate
from apismith.contract.load import load
from apismith.contract.model import Contract
from apismith.evolve import store
from apismith.evolve.evolution import Evolution, evolve
from apismith.evolve.tree import read_tree
from tests.backends.projects import environment
from tests.stories.starting import document

SHELF = '''"""Books and who wrote them."""

from pydantic import Field

from apismith import Access, Backend, Entity, Owner, SQLite, JWT, Secret, Unique, Timestamps
from apismith import action, admin, anyone, member, owner, you


class User(Entity):
    """Who reads."""

    email: Unique[str] = Field(max_length=100)
    password: Secret[str] = Field(min_length=10)

    access = Access(read=you, create=anyone, update=you, delete=you)


class Author(Entity):
    """Who writes."""

    name: str = Field(min_length=1, max_length=80)

    access = Access(read=anyone, create=member, update=member, delete=admin)


class Book(Entity, Timestamps):
    """Something to read."""

    title: str = Field(min_length=1, max_length=200)
    copies: int = Field(default=1, ge=0)
    author: Author
    owner: Owner[User]

    access = Access(read=anyone, create=member, update=owner, delete=owner)


backend = Backend("shelf", entities=[User, Author, Book], database=SQLite(), auth=JWT(login="email"))
'''

PAGES = ("    copies: int", "    pages: int = Field(default=1, ge=1, le=5000)\n    copies: int")
"""A field more."""

LIMIT = ("max_length=200", "max_length=300")
"""A longer title."""

RULES = ("update=owner, delete=owner)", "update=owner, delete=owner | admin)")
"""Other people may delete a book."""

LEND = (
    "    access = Access(read=anyone, create=member, update=owner, delete=owner)",
    """    access = Access(read=anyone, create=member, update=owner, delete=owner)

    @action("POST /books/{id}/lend", allow=member)
    def lend(self) -> "Book":
        \"\"\"Take a copy off the shelf.\"\"\"
        ...""",
)
"""An action more."""

REVIEW = (
    '\n\nbackend = Backend("shelf", entities=[User, Author, Book]',
    '''

class Review(Entity):
    """What somebody says about a book."""

    text: str = Field(min_length=1, max_length=1000)
    book: Book

    access = Access(read=anyone, create=member, update=admin, delete=admin)


backend = Backend("shelf", entities=[User, Author, Book, Review]''',
)
"""An entity more."""


@dataclass
class Story:
    """A generated project with a user."""

    folder: Path
    contract: str = SHELF
    last: Evolution | None = None
    newer: tuple[tuple[str, str, str], ...] = ()
    _document: dict[str, Any] | None = None

    # What the user does -----------------------------------------------------------------------------------------------

    def text(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, encoding="utf-8")

    def edit(self, path: str, *changes: tuple[str, str]) -> None:
        """Replace texts that occur exactly once."""
        text = self.text(path)
        for old, new in changes:
            assert text.count(old) == 1, f"{path} has {text.count(old)} times: {old}\n\n{text}"
            text = text.replace(old, new)
        self.write(path, text)

    def append(self, path: str, text: str) -> None:
        self.write(path, self.text(path) + text)

    def everywhere(self, *changes: tuple[str, str], below: str = ".") -> None:
        """Replace texts in all Python files, as an editor does."""
        for file in sorted((self.folder / below).rglob("*.py")):
            if ".apismith" not in file.parts and file.name != "contract.py":
                text = old = file.read_text(encoding="utf-8")
                for before, after in changes:
                    text = text.replace(before, after)
                if text != old:
                    file.write_text(text, encoding="utf-8")

    def move(self, path: str, to: str) -> None:
        (self.folder / to).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).rename(self.folder / to)

    def delete(self, path: str) -> None:
        (self.folder / path).unlink()

    # What apismith does -----------------------------------------------------------------------------------------------

    def evolve(self, *changes: tuple[str, str]) -> Evolution:
        """Change the contract and evolve; a text of the contract must occur exactly once."""
        evolution = self.plan(*changes)
        evolution.write(lose_data=True)
        return evolution

    def upgrade(self, *changes: tuple[str, str, str]) -> Evolution:
        """Evolve to a version of apismith that renders files otherwise: path, old text, new text."""
        self.newer += changes
        return self.evolve()

    def plan(self, *changes: tuple[str, str]) -> Evolution:
        """The same, and write nothing but the contract."""
        for old, new in changes:
            assert self.contract.count(old) == 1, f"the contract has {self.contract.count(old)} times: {old}"
            self.contract = self.contract.replace(old, new)
        self.write("contract.py", self.contract)
        self.last, self._document = self._evolved(), None
        return self.last

    def _evolved(self) -> Evolution:
        contract, files = rendered(self.contract)
        files = dict(files)
        for path, old, new in self.newer:
            text = files[path].decode()
            assert text.count(old) == 1, f"{path} is rendered with {text.count(old)} times: {old}"
            files[path] = text.replace(old, new).encode()
        state = store.read(self.folder)
        project = read_tree(self.folder, files)
        migration = generate.migration(state.contract() or contract, contract, project)
        return evolve(self.folder, state, files, contract, migration=migration)

    # What must be true afterwards -------------------------------------------------------------------------------------

    def is_whole(self) -> None:
        """No conflict, it imports, its OpenAPI document is valid, and a second evolution changes nothing."""
        assert self.last is not None
        assert [(one.path, one.causes) for one in self.last.conflicts] == []
        self.is_stable()
        self.run("-m", "ruff", "check", "--no-cache", "--select", "F,E9", "--exclude", "contract.py", ".")
        assert self.document["openapi"].startswith("3.1")

    def is_stable(self) -> None:
        """A second evolution changes nothing."""
        again = self._evolved()
        assert again.changes.diff() == ""
        assert not again.operation.changes.effective

    @property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document, after every module was imported."""
        if self._document is None:
            self._document = document(self.folder)
        return self._document

    def properties(self, schema: str) -> set[str]:
        return set(self.document["components"]["schemas"][schema]["properties"])

    def paths(self) -> set[str]:
        return set(self.document["paths"])

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env=environment() | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words} in {self.folder}:\n{done.stdout[-6000:]}{done.stderr[-6000:]}"
        return done.stdout

    def migrates(self) -> None:
        """Its migrations make the tables that its models say."""
        self.run("-m", "alembic", "upgrade", "head")
        self.run("-m", "alembic", "check")

    def passes_its_own_tests(self) -> None:
        """They include that its migrations make the tables that its models say."""
        self.run("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider")


@cache
def rendered(text: str) -> "tuple[Contract, dict[str, bytes]]":
    """A contract and what it renders; each text once in a process."""
    with TemporaryDirectory(prefix="apismith-story-") as folder:
        file = Path(folder) / "contract.py"
        file.write_text(text, encoding="utf-8")
        contract = load(file)
    return contract, generate.render(contract)


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No power is cut in a story."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A project of the contract above, fresh."""
    return _story(tmp_path / "shelf", SHELF)


@pytest.fixture
def story_of(tmp_path: Path) -> Callable[[str], Story]:
    """A fresh project of any contract."""
    return lambda text: _story(tmp_path / "project", text)


def _story(folder: Path, text: str) -> Story:
    contract, files = rendered(text)
    state = store.written(store.fresh(files, contract))  # type: ignore[arg-type]
    for path, content in {**files, **state, "contract.py": text.encode()}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content or b"")
    return Story(folder, text)


@pytest.fixture
def source() -> Callable[[str], api.Source]:
    """A contract as `apismith new` reads it."""

    def read(text: str) -> api.Source:
        return api.Source(rendered(text)[0], {"contract.py": text.encode()})  # type: ignore[arg-type]

    return read
