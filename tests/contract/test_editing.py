"""`apismith add` edits a contract as its author would: what is there stays, what is new stands in its place."""

import difflib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from apismith.contract.editing.editor import Editor
from apismith.contract.editing.errors import (
    AlreadyDeclared,
    CannotEdit,
    UnknownAccessRule,
    UnknownEntity,
    UnknownModule,
)
from apismith.contract.editing.trying import load_edited
from apismith.contract.editing.word import Given, Value, word_named
from apismith.contract.errors import AmbiguousReverse
from apismith.contract.load import load
from apismith.contract.model import Contract
from apismith.errors import ApismithError

HEAD = "from apismith import Entity\n\n\n"
BOOK = f"{HEAD}class Book(Entity):\n    title: str\n"


class Texts:
    """A contract of one or several files, to which something is added."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, text: str, what: str, *words: str, **options: Value) -> str:
        """The text of a contract of one file after an addition; it must still be a contract."""
        file = self.folder / "contract.py"
        file.write_bytes(text.encode())
        self.contract, files = added(file, what, words, options)
        return files.get(file, text.encode()).decode()

    def add_to_package(self, files: dict[str, str], what: str, *words: str, **options: Value) -> dict[str, str]:
        """The files of a package that an addition changes."""
        package = self.folder / "contract"
        package.mkdir(exist_ok=True)
        for name, text in files.items():
            (package / name).write_text(text)
        self.contract, changed = added(package / "__init__.py", what, words, options)
        return {path.name: content.decode() for path, content in changed.items()}


def added(
    file: Path, what: str, words: tuple[str, ...], options: dict[str, Value]
) -> tuple[Contract, dict[Path, bytes]]:
    word = word_named(what)
    given_ = Given(words, {name.rstrip("_").replace("_", "-"): value for name, value in options.items()})
    word.check(given_)
    editor = Editor(file, load(file))
    word.edit(editor, given_)
    return load_edited(file, editor.files()), editor.files()


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    return Texts(tmp_path)


def new_lines(before: str, after: str) -> list[str]:
    """The lines that were added; that none was taken away is certain then."""
    changes = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    assert not [line for line in changes if line.startswith("- ")]
    return [line[2:] for line in changes if line.startswith("+ ")]


# Fields ---------------------------------------------------------------------------------------------------------------


def test_a_field_stands_below_the_others_and_above_what_is_no_field(texts: Texts) -> None:
    text = (
        "from apismith import Access, Entity, anyone\n\n\n"
        "class Book(Entity):\n"
        '    """A book."""\n\n'
        "    title: str  # as printed\n"
        '    """What it is called."""\n'
        "    # Who may do what:\n"
        "    access = Access(read=anyone)\n\n"
        "    # The end.\n"
    )
    after = texts.add(text, "field", "Book", "pages:int?")
    assert new_lines(text, after) == ["    pages: int | None = None"]
    assert '    """What it is called."""\n    pages: int | None = None\n    # Who may' in after


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (" ...", "\n    pages: int\n"),
        (" ...  # soon", "  # soon\n    pages: int\n"),
        (" pass", "\n    pages: int\n"),
        (" title: str", "\n    title: str\n    pages: int\n"),
        (" title: str  # as printed", "  # as printed\n    title: str\n    pages: int\n"),
        ("\n    ...", "\n    pages: int\n"),
        ("\n    # Nothing yet.\n    pass  # really", "\n    # Nothing yet.\n    # really\n    pages: int\n"),
        ('\n    """A book."""', '\n    """A book."""\n\n    pages: int\n'),
        ('\n    """A book."""\n\n    ...', '\n    """A book."""\n\n    pages: int\n'),
        ("\n  title: str", "\n  title: str\n  pages: int\n"),
        ("\n\ttitle: str", "\n\ttitle: str\n\tpages: int\n"),
        ("\n    a: int; b: int", "\n    a: int; b: int\n    pages: int\n"),
    ],
)
def test_whatever_the_class_looks_like_it_gets_the_field(texts: Texts, body: str, expected: str) -> None:
    start = f"{HEAD}class Book(Entity):"
    assert texts.add(f"{start}{body}\n", "field", "Book", "pages:int") == f"{start}{expected}"


def test_a_field_above_a_method_is_apart_from_it(texts: Texts) -> None:
    text = (
        "from apismith import Entity, computed\n\n\n"
        "class Book(Entity):\n"
        "    @computed\n"
        "    def one(self) -> int: return 1\n"
    )
    after = texts.add(text, "field", "Book", "pages:int")
    assert "class Book(Entity):\n    pages: int\n\n    @computed\n" in after


def test_lines_that_end_otherwise_and_no_end_of_line_stay_so(texts: Texts) -> None:
    after = texts.add(BOOK.replace("\n", "\r\n"), "field", "Book", "pages:int")
    assert after == f"{BOOK}    pages: int\n".replace("\n", "\r\n")
    assert texts.add(BOOK.rstrip("\n"), "field", "Book", "pages:int").startswith(f"{BOOK}    pages: int")


def test_a_mark_at_the_beginning_and_another_encoding_stay(texts: Texts) -> None:
    file = texts.folder / "contract.py"
    file.write_bytes("\ufeff".encode() + BOOK.encode())
    assert added(file, "field", ("Book", "pages:int"), {})[1][file].startswith(b"\xef\xbb\xbffrom")
    latin = f"# -*- coding: latin-1 -*-\n# Bücher\n{BOOK}".encode("latin-1")
    file.write_bytes(latin)
    assert added(file, "field", ("Book", "pages:int"), {})[1][file] == latin + b"    pages: int\n"


def test_an_entity_further_down_is_named_in_quotes_and_one_above_is_not(texts: Texts) -> None:
    text = f"{BOOK}\n\nclass Author(Entity):\n    name: str\n"
    assert '    author: "Author"\n' in texts.add(text, "relation", "Book", "author:Author")
    assert '    author: "Author | None" = None\n' in texts.add(text, "relation", "Book", "author:Author?")
    assert "    book: Book\n" in texts.add(text, "relation", "Author", "book:Book")
    assert '    sequel: "Book | None" = None\n' in texts.add(text, "relation", "Book", "sequel:Book?")
    later = f"from __future__ import annotations\n\n{text}"
    assert "    author: Author\n" in texts.add(later, "relation", "Book", "author:Author")


@pytest.mark.parametrize("notation", ["Author*", "set[Author]", "list[Author]"])
def test_several_of_another_entity_are_a_set(texts: Texts, notation: str) -> None:
    text = (
        "from apismith import Entity\n\n\nclass Author(Entity):\n    name: str\n\n\nclass Book(Entity):\n    t: str\n"
    )
    after = texts.add(text, "relation", "Book", f"authors:{notation}")
    assert "    authors: set[Author] = Field(max_length=20)\n" in after
    assert after.startswith("from apismith import Entity\nfrom pydantic import Field\n\n\n")


def test_the_other_side_of_a_relation_can_have_a_name(texts: Texts) -> None:
    text = (
        "from apismith import Entity\n\n\nclass Author(Entity):\n    name: str\n\n\nclass Book(Entity):\n    t: str\n"
    )
    after = texts.add(text, "relation", "Book", "author:Author", reverse="books")
    assert '    books: Reverse[set["Book"]]\n' in after
    assert [one.name for one in texts.contract.by_name["Author"].relations] == ["books"]
    with pytest.raises(AmbiguousReverse):
        texts.add(after, "relation", "Book", "editor:Author?")
    said = texts.add(
        after.replace('["Book"]]', '["Book"]] = reverse_of("author")').replace("Reverse", "Reverse, reverse_of", 1),
        "relation",
        "Book",
        "editor:Author?",
        reverse="edits",
    )
    assert '    edits: Reverse[set["Book"]] = reverse_of("editor")\n' in said


def test_a_key_is_said_of_the_class(texts: Texts) -> None:
    after = texts.add(BOOK, "field", "Book", "slug:slug:key")
    assert 'class Book(Entity, key="slug"):' in after
    assert '    slug: str = slugify("title")\n' in after
    with pytest.raises(AlreadyDeclared, match="the key 'slug' already"):
        texts.add(after, "field", "Book", "isbn:str:key")


# Imports --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("from apismith import Entity", "from apismith import Entity, Unique"),
        ("from apismith import Entity  # words", "from apismith import Entity, Unique  # words"),
        ("from apismith import Entity, anyone", "from apismith import Entity, Unique, anyone"),
        ("from apismith import anyone, Entity", "from apismith import anyone, Entity, Unique"),
        ("from apismith import (Entity)", "from apismith import (Entity, Unique)"),
        ("from apismith import (\n    Entity,\n)", "from apismith import (\n    Entity,\n    Unique,\n)"),
        ("from apismith import (\n    Entity\n)", "from apismith import (\n    Entity,\n    Unique\n)"),
        (
            "from apismith import (\n    Entity,  # all\n    anyone,  # who\n)",
            "from apismith import (\n    Entity,  # all\n    Unique,\n    anyone,  # who\n)",
        ),
        ("from apismith import (\n    Entity,  # all\n)", "from apismith import (\n    Entity,  # all\n    Unique,\n)"),
        ("from apismith import *\nfrom apismith import Entity", "from apismith import *\nfrom apismith import Entity"),
    ],
)
def test_an_import_grows_in_its_own_style(texts: Texts, line: str, expected: str) -> None:
    text = f"{line}\n\n\nclass Book(Entity):\n    title: str\n"
    after = texts.add(text, "field", "Book", "rank:int:unique")
    assert after == f"{expected}\n\n\nclass Book(Entity):\n    title: str\n    rank: Unique[int]\n"


@pytest.mark.parametrize(
    ("line", "entity", "expected"),
    [
        ("import apismith", "apismith.Entity", "apismith.Unique[int]"),
        ("import apismith as a", "a.Entity", "a.Unique[int]"),
        ("from apismith import Entity as E, Unique as U", "E", "U[int]"),
    ],
)
def test_modules_and_names_are_called_as_the_contract_calls_them(
    texts: Texts, line: str, entity: str, expected: str
) -> None:
    text = f"{line}\n\n\nclass Book({entity}):\n    title: str\n"
    assert texts.add(text, "field", "Book", "rank:int:unique") == f"{text}    rank: {expected}\n"


def test_a_name_that_means_something_else_here_is_imported_under_another(texts: Texts) -> None:
    text = f'{HEAD}Field = "mine"\n\n\nclass Book(Entity):\n    title: str\n'
    after = texts.add(text, "field", "Book", "subtitle:str")
    assert "from pydantic import Field as PydanticField\n" in after
    assert "    subtitle: str = PydanticField(min_length=1, max_length=200)\n" in after


def test_an_import_that_is_too_long_gets_a_line_for_each(texts: Texts) -> None:
    words = "Access, Audited, Backend, Entity, Indexed, Listing, Owner, Parent"
    text = f"from apismith import {words}\n\n\nclass Book(Entity):\n    title: str\n"
    after = texts.add(text, "field", "Book", "rank:int:unique")
    assert after.startswith("from apismith import (\n    Access,\n    Audited,\n")
    assert "    Unique,\n)\n\n\nclass Book" in after


def test_new_imports_stand_where_they_belong(texts: Texts) -> None:
    text = '"""Books."""\n\n# The words.\nfrom apismith import Entity\n\n\nclass Book(Entity):\n    title: str\n'
    after = texts.add(text, "field", "Book", "day:date", "site:url")
    assert after.startswith(
        '"""Books."""\n\n# The words.\nfrom datetime import date\n\nfrom apismith import Entity\n'
        "from pydantic import HttpUrl\n\n\nclass Book"
    )


# Entities, operations, roles ------------------------------------------------------------------------------------------


def test_an_entity_stands_below_the_others_and_above_what_may_name_it(texts: Texts) -> None:
    text = (
        "from apismith import Backend, Entity, Page, query\n\n\n"
        "class Book(Entity):\n    title: str\n\n\n"
        '@query("GET /books/new")\ndef new() -> Page[Book]: ...\n\n\n'
        'backend = Backend("shelf", entities=[Book], auth=None)\n'
    )
    text = text.replace("@query(", "# What is new.\n@query(").replace('new")', 'new", allow=anyone)')
    text = text.replace("Page, query", "Page, anyone, query")
    after = texts.add(text, "entity", "Author", "name:str:unique", "books:Book*", read="anyone", create="anyone")
    assert after.index("class Book") < after.index("class Author") < after.index("# What is new.")
    assert "entities=[Book, Author]" in after
    assert "    books: set[Book] = Field(max_length=20)\n\n    access = Access(read=anyone, create=anyone)\n" in after


def test_a_list_of_entities_under_a_name_of_its_own_is_followed(texts: Texts) -> None:
    text = f'{BOOK}\n\nALL = [Book]\nbackend = Backend("shelf", ALL)\n'.replace(
        "import Entity", "import Backend, Entity"
    )
    text = text.replace('Backend("shelf", ALL)', 'Backend("shelf", entities=ALL)')
    after = texts.add(text, "entity", "Tag", "name:str:unique")
    assert "ALL = [Book, Tag]\n" in after


def test_a_list_that_is_computed_is_left_to_its_author(texts: Texts) -> None:
    text = f'{BOOK}\n\nbackend = Backend("shelf", entities=list([Book]))\n'.replace(
        "import Entity", "import Backend, Entity"
    )
    with pytest.raises(CannotEdit, match="'entities' of the backend is no plain list") as refused:
        texts.add(text, "entity", "Tag", "name:str:unique")
    assert refused.value.at is not None
    assert refused.value.at.line == 8


@pytest.mark.parametrize(
    ("entities", "expected"),
    [
        ("[Book]", "[Book, Tag]"),
        ("(Book,)", "(Book, Tag)"),
        ("[\n    Book,  # first\n]", "[\n    Book,  # first\n    Tag,\n]"),
        ("[\n    Book\n]", "[\n    Book,\n    Tag\n]"),
        ("[]", None),
    ],
)
def test_a_list_grows_in_its_own_style(texts: Texts, entities: str, expected: str | None) -> None:
    text = f"{BOOK}\n\nbackend = Backend('shelf', entities={entities})\n".replace(
        "import Entity", "import Backend, Entity"
    )
    if expected is None:
        with pytest.raises(ApismithError):
            texts.add(text, "entity", "Tag", "name:str:unique")
    else:
        assert f"entities={expected})\n" in texts.add(text, "entity", "Tag", "name:str:unique")


def test_an_action_is_the_last_method_of_its_entity(texts: Texts) -> None:
    after = texts.add(BOOK, "action", "Book", "lend", "copies:int", "until:date?", allow="member")
    assert after.endswith(
        '    title: str\n\n    @action("POST /books/{id}/lend", allow=member)\n'
        '    def lend(self, copies: int, until: date | None = None) -> "Book": ...\n'
    )
    (action,) = texts.contract.by_name["Book"].actions
    assert (action.name, action.body) == ("lend", None)


def test_a_query_and_a_handler_are_functions_that_the_backend_lists(texts: Texts) -> None:
    text = f'{BOOK}\n\nbackend = Backend("shelf", also=[])\n'.replace("import Entity", "import Backend, Entity")
    after = texts.add(text, "query", "Book", "overdue", "since:date")
    assert '@query("GET /books/overdue")\ndef overdue(since: date) -> Page[Book]: ...\n' in after
    after = texts.add(after, "event", "Book", "created", "greet", background=True)
    assert "@on(created(Book), background=True)\ndef greet(book: Book) -> None: ...\n" in after
    assert "also=[overdue, greet]" in after
    assert [one.name for one in texts.contract.handlers] == ["greet"]


def test_a_role_can_be_used_in_rules_from_then_on(texts: Texts) -> None:
    with pytest.raises(UnknownAccessRule, match="'librarian'"):
        texts.add(BOOK, "action", "Book", "lend", allow="librarian")
    after = texts.add(BOOK, "role", "librarian")
    assert after.startswith('from apismith import Entity, Role\n\nlibrarian = Role("librarian")\n\n\nclass Book')
    again = texts.add(after, "role", "head_librarian")
    assert '\nlibrarian = Role("librarian")\nhead_librarian = Role("head_librarian")\n\n\n' in again
    assert "allow=librarian | admin)" in texts.add(again, "action", "Book", "lend", allow="librarian | admin")


# Choices --------------------------------------------------------------------------------------------------------------


def backend(arguments: str, more: str = "") -> str:
    text = f"{BOOK}\n\nbackend = Backend({arguments})\n"
    return text.replace("import Entity", f"import Backend, Entity{more}")


def test_a_backend_is_written_where_there_is_none(texts: Texts) -> None:
    file = texts.folder / "shelf.py"
    file.write_text(BOOK)
    _, files = added(file, "database", ("postgres",), {})
    assert files[file].decode() == (
        f'{BOOK}\n\nbackend = Backend("shelf", database=Postgres())\n'.replace(
            "import Entity", "import Backend, Entity, Postgres"
        )
    )


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ('"shelf"', '"shelf", limits=Limits(body="2MB")'),
        ('\n    "shelf",\n', '\n    "shelf",\n    limits=Limits(body="2MB"),\n'),
        ('\n    "shelf",  # as it is called\n', '\n    "shelf",  # as it is called\n    limits=Limits(body="2MB"),\n'),
        ('\n    "shelf", "v1"\n', '\n    "shelf", "v1", limits=Limits(body="2MB")\n'),
        ('"shelf", limits=Limits()', '"shelf", limits=Limits(body="2MB")'),
        ('"shelf", limits=Limits("9/minute")', '"shelf", limits=Limits("9/minute", body="2MB")'),
        ('"shelf", limits=Limits(body="1MB", login="9/day")', '"shelf", limits=Limits(body="2MB", login="9/day")'),
        ('"shelf", limits=Limits("9/day", "8/day", "1MB")', '"shelf", limits=Limits("9/day", "8/day", "2MB")'),
    ],
)
def test_a_choice_is_set_and_what_else_was_said_stays(texts: Texts, before: str, expected: str) -> None:
    after = texts.add(backend(before, ", Limits"), "limits", body="2MB")
    assert f"backend = Backend({expected})\n" in after


def test_another_kind_keeps_what_it_can_take_and_the_import_of_the_former_goes(texts: Texts) -> None:
    after = texts.add(backend('"shelf", database=SQLite(ids="uuid")', ", SQLite"), "database", "postgres")
    assert 'database=Postgres(ids="uuid")' in after
    assert "SQLite" not in after


def test_origins_come_to_those_that_are_there(texts: Texts) -> None:
    after = texts.add(backend('"shelf", cors=Cors("https://a.example")', ", Cors"), "cors", "https://b.example")
    assert 'cors=Cors("https://a.example", "https://b.example")' in after


def test_what_is_said_already_changes_nothing(texts: Texts) -> None:
    text = backend('"shelf", database=Postgres()', ", Postgres")
    assert texts.add(text, "database", "postgres") == text


# Packages -------------------------------------------------------------------------------------------------------------

PACKAGE = {
    "__init__.py": (
        '"""A shelf."""\n\nfrom apismith import Backend\n\nfrom .books import Book\nfrom .people import Author\n\n'
        'backend = Backend("shelf", entities=[Author, Book], auth=None)\n'
    ),
    "people.py": "from apismith import Entity\n\n\nclass Author(Entity):\n    name: str\n",
    "books.py": (
        "from apismith import Entity\n\nfrom .people import Author\n\n\nclass Book(Entity):\n    author: Author\n"
    ),
}


def test_an_entity_goes_into_the_module_that_is_named(texts: Texts) -> None:
    changed = texts.add_to_package(PACKAGE, "entity", "Award", "name:str", "author:Author", in_="people")
    assert sorted(changed) == ["__init__.py", "people.py"]
    assert "from .people import Author, Award\n" in changed["__init__.py"]
    assert "entities=[Author, Book, Award]" in changed["__init__.py"]
    assert "    author: Author\n" in changed["people.py"]


def test_a_module_that_is_missing_is_made(texts: Texts) -> None:
    changed = texts.add_to_package(PACKAGE, "entity", "Award", "name:str", "book:Book", in_="awards")
    assert changed["awards.py"].startswith(
        '"""Awards."""\n\nfrom apismith import Entity, Timestamps\nfrom pydantic import Field\n\n'
        "from .books import Book\n"
    )
    assert "from .awards import Award\nfrom .books import Book\n" in changed["__init__.py"]


def test_modules_that_would_import_each_other_in_a_circle_do_so_for_type_checkers_only(texts: Texts) -> None:
    changed = texts.add_to_package(PACKAGE, "relation", "Author", "best:Book?")
    assert sorted(changed) == ["people.py"]
    assert changed["people.py"] == (
        "from typing import TYPE_CHECKING\n\nfrom apismith import Entity\n\nif TYPE_CHECKING:\n"
        "    from .books import Book\n\n\n"
        'class Author(Entity):\n    name: str\n    best: "Book | None" = None\n'
    )


def test_a_contract_of_one_file_has_no_modules(texts: Texts) -> None:
    with pytest.raises(UnknownModule, match="a contract of one file"):
        texts.add(BOOK, "entity", "Tag", "name:str", in_="tags")


# Mistakes -------------------------------------------------------------------------------------------------------------


def test_what_is_there_already_is_shown_at_its_place(texts: Texts) -> None:
    with pytest.raises(AlreadyDeclared, match="'Book' has 'title' already") as refused:
        texts.add(BOOK, "field", "Book", "title:text")
    assert refused.value.at is not None
    assert refused.value.at.line == 5
    with pytest.raises(AlreadyDeclared, match="an entity 'Book' already"):
        texts.add(BOOK, "entity", "Book", "title:text")


def test_an_account_that_nobody_has_written_down_can_be(texts: Texts) -> None:
    with pytest.raises(UnknownEntity, match="does not stand in the contract") as refused:
        texts.add(BOOK, "field", "Book", "author:owner")
    assert refused.value.hint == "Write it down first: apismith add entity User."
    after = texts.add(BOOK, "entity", "User")
    assert "    password: Secret[str] = Field(min_length=10, max_length=128)\n" in after
    assert '    author: Owner["User"]\n' in texts.add(after, "field", "Book", "author:owner")


def test_a_mistake_in_the_result_is_shown_in_the_text_that_would_be(texts: Texts) -> None:
    with pytest.raises(ApismithError) as refused:
        texts.add(BOOK, "field", "Book", "id:int")
    error = refused.value.each[0]
    assert error.at is not None
    assert error.text is not None
    assert Path(error.at.file) == texts.folder / "contract.py"
    assert error.text.splitlines()[error.at.line - 1] == "    id: int"
    assert (texts.folder / "contract.py").read_text() == BOOK


# Any contract ---------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["alpha", "beta", "gamma", "delta", "omega"])
FIELDS = st.sampled_from(["int", "str | None = None", 'str = "a"', "bool = False", "list[int]", "Unique[int]"])
COMMENTS = st.sampled_from(["", "  # why", "\n    # about the next one", "\n", '\n    """Said of it."""'])
DOCSTRINGS = st.sampled_from(["", '    """A thing."""\n', '    """A thing."""\n\n', "    # Only this.\n"])
ENDS = st.sampled_from(
    [
        "",
        "    access = Access(read=anyone)\n",
        "\n    @computed\n    def twice(self) -> int:\n        return 2\n",
        "    # End.\n",
    ]
)


@st.composite
def contracts(draw: st.DrawFn) -> str:
    imports = draw(
        st.sampled_from(
            [
                "from apismith import Access, Entity, Unique, anyone, computed\n",
                "from apismith import (\n    anyone, Access,\n    Unique,  # one\n    Entity, computed\n)\n",
                "from apismith import *\n",
            ]
        )
    )
    text = f"{draw(st.sampled_from(['', '# Top.', chr(34) * 3 + 'Doc.' + chr(34) * 3]))}\n{imports}"
    for name in draw(st.lists(st.sampled_from(["Ant", "Bee", "Cat"]), min_size=1, unique=True)):
        text += f"\n\nclass {name}(Entity):\n{draw(DOCSTRINGS)}"
        for field in draw(st.lists(NAMES, min_size=1, unique=True)):
            text += f"    {field}: {draw(FIELDS)}{draw(COMMENTS)}\n"
        text += draw(ENDS)
    return text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=contracts(),
    field=st.sampled_from(["pages:int", "pages:int?", "pages:int:unique", "pages:bool"]),
    data=st.data(),
)
def test_a_field_more_keeps_every_line_and_all_that_the_contract_says(
    tmp_path: Path, text: str, field: str, data: st.DataObject
) -> None:
    file = tmp_path / "contract.py"
    file.write_text(text)
    before = load(file)
    entity = data.draw(st.sampled_from([one.name for one in before.entities if one.span]))
    after, files = added(file, "field", (entity, field), {})
    line, *others = [one for one in new_lines(text, files[file].decode()) if one.strip()]
    assert line.startswith("    pages: ")
    assert others == []
    assert without_pages(after) == before.model_dump(mode="json")
    assert [one.name for one in after.by_name[entity].fields][-1] == "pages"


def without_pages(contract: Contract) -> object:
    data = contract.model_dump(mode="json")
    for entity in data["entities"]:
        entity["fields"] = [one for one in entity["fields"] if one["name"] != "pages"]
    return data
