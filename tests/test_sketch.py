"""Entities sketched in a line become a contract as a person would write it."""

import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from textwrap import dedent

import pytest

from apismith.contract.load import load
from apismith.contract.model import Contract
from apismith.contract.shorthand import TYPES, BadSketch
from apismith.contract.sketch import QUESTIONS, Answers, lines, sketch
from apismith.errors import ApismithError

BLOG = (
    "Article title body:text author:owner tags:Tag* category:Category? status:draft|published price:decimal?",
    "Comment body:text article:Article:parent author:owner",
    "Tag name:str:unique",
    "Category name slug:slug:key parent:Category?",
)


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., Contract]:
    def read(*entities: str, auth: str = "jwt", database: str = "sqlite", ids: str = "int") -> Contract:
        file = tmp_path / "contract.py"
        file.write_text(sketch(Answers("shop", database, auth, ids, entities)))
        return load(file)

    return read


def body(*entities: str, auth: str = "jwt") -> str:
    """The classes of a sketched contract, without its head and its last statement."""
    text = sketch(Answers("shop", auth=auth, entities=entities))
    return text[text.index("class ") : text.index("\n\n\nbackend")]


def test_the_whole_text() -> None:
    assert sketch(Answers("shop", auth="none", entities=("Book title pages:int?",))) == dedent('''\
        """The contract of shop: what it stores, who may do what, and what it runs on."""

        from apismith import Backend, Entity, SQLite, Timestamps
        from pydantic import Field


        class Book(Entity, Timestamps):
            """A book."""

            title: str = Field(min_length=1, max_length=200)
            pages: int | None = None


        backend = Backend(
            "shop",
            entities=[Book],
            database=SQLite(),
            auth=None,
        )
        ''')


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("title", "title: str = Field(min_length=1, max_length=200)"),
        ("title:str", "title: str = Field(min_length=1, max_length=200)"),
        ("body:text", "body: str = Field(max_length=10_000)"),
        ("body:text?", "body: str | None = Field(default=None, max_length=10_000)"),
        ("price:decimal", "price: Decimal = Field(max_digits=12, decimal_places=2)"),
        ("done:bool", "done: bool = False"),
        ("due:date?", "due: date | None = None"),
        ("due:date:index", "due: Indexed[date]"),
        ("status:draft|sent", 'status: Literal["draft", "sent"] = "draft"'),
        ("code:str:unique", "code: Unique[str] = Field(min_length=1, max_length=200)"),
        ("author:owner", "author: Owner[User]"),
        ("title slug:slug:key", 'slug: str = slugify("title")'),
        ("reader:User", "reader: User"),
        ("reader:User?", "reader: User | None = None"),
        ("readers:User*", "readers: set[User] = Field(max_length=20)"),
        ("next:Book?", 'next: "Book | None" = None'),
        ("user:User:parent", "user: Parent[User]"),
    ],
)
def test_a_word_becomes_a_field(word: str, line: str) -> None:
    assert f"    {line}\n" in body(f"Book {word}") + "\n"


def test_a_key_names_the_field_of_the_paths() -> None:
    assert 'class Page(Entity, Timestamps, key="slug"):' in body("Page slug:str:key title")


def test_what_is_referred_to_comes_first() -> None:
    text = body(*BLOG)
    assert text.index("class Tag") < text.index("class Article") < text.index("class Comment")


def test_the_account_can_have_fields_of_its_own() -> None:
    text = body("User nickname", "Book author:owner")
    assert text.index("email: Unique[EmailStr]") < text.index("password: Secret[str]") < text.index("nickname: str")


def test_without_accounts_there_is_no_user() -> None:
    assert "User" not in body("Book title", auth="none")


def test_it_loads(loaded: Callable[..., Contract]) -> None:
    contract = loaded(*BLOG, database="postgres", ids="uuid")
    assert {entity.name for entity in contract.entities} == {"User", "Article", "Comment", "Tag", "Category"}
    assert (contract.database.kind, contract.database.ids) == ("postgres", "uuid")
    assert contract.by_name["Comment"].parent is not None
    assert contract.by_name["Article"].owner is not None
    assert contract.by_name["Category"].key == "slug"


@pytest.mark.parametrize("kind", [*TYPES, "draft|sent"])
def test_every_type_loads(loaded: Callable[..., Contract], kind: str) -> None:
    contract = loaded(f"Book one:{kind} other:{kind}?")
    assert [field.name for field in contract.by_name["Book"].fields] == ["one", "other"]


@pytest.mark.parametrize(
    ("auth", "database", "ids"), list(product(["jwt", "none"], ["sqlite", "postgres"], ["int", "uuid"]))
)
def test_every_answer_loads_and_names_its_choice(
    loaded: Callable[..., Contract], auth: str, database: str, ids: str
) -> None:
    contract = loaded(auth=auth, database=database, ids=ids)
    assert (contract.auth is not None) is (auth == "jwt")
    assert (contract.database.kind, contract.database.ids) == (database, ids)


@pytest.mark.parametrize("entities", [(), BLOG, ("Event at:datetime", "Fee id_card:uuid mail:email? day:date?")])
def test_it_is_formatted_and_lint_free(tmp_path: Path, entities: tuple[str, ...]) -> None:
    file = tmp_path / "contract.py"
    file.write_text(sketch(Answers("shop", "postgres", "jwt", "uuid", entities)))
    ruff = [sys.executable, "-m", "ruff"]
    options = ["--isolated", "--line-length", "120"]
    for command in (["check", "--select", "E,F,I,UP"], ["format", "--check"]):
        words = [*ruff, *command, *options, file.name]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("entity", "named", "hint"),
    [
        ("book title", "'book'", "Did you mean 'Book'?"),
        ("Book title:strr", "'strr'", "Did you mean 'str'?"),
        ("Book title:Text", "'Text'", 'Sketch it as well: --entity "Text name:str:unique".'),
        ("Book title:str:uniq", "'uniq'", "Did you mean 'unique'?"),
        ("Book tag:Boook", "'Boook'", "Did you mean 'Book'?"),
        ("Book title title", "'title'", None),
        ("Book class", "'class'", "A field is written name, name:type or name:type:mark."),
        ("Book titles:str*", "titles:str*", "For example tags:Tag*."),
        ("Book user:User*:parent", "'parent'", "A parent is exactly one entity, for example article:Article:parent."),
        ("Book slug:str?:key", "'key'", "A key is a plain value that is always there, for example slug:str:key."),
        ("Book a:str:key b:str:key", "'Book'", None),
        ("Book status:draft|", "status:draft|", "For example status:draft|sent."),
        ("Book date:date?", "'date'", "Call it 'book_date'."),
        ("Book slug:slug", "'Book'", "Add a field of type str, e.g. title."),
        ("Book title slug:slug?", "slug:slug?", "A slug is always there, for example slug:slug."),
        ("", "''", 'For example "Article title body:text".'),
    ],
)
def test_a_wrong_word_is_named(entity: str, named: str, hint: str | None) -> None:
    with pytest.raises(BadSketch) as raised:
        sketch(Answers("shop", entities=(entity,)))
    assert named in raised.value.message
    assert raised.value.hint == hint


def test_an_entity_twice_is_refused() -> None:
    with pytest.raises(BadSketch, match="'Book' is sketched twice"):
        sketch(Answers("shop", entities=("Book title", "Book pages:int")))


def test_an_owner_needs_accounts() -> None:
    with pytest.raises(BadSketch, match="needs accounts"):
        sketch(Answers("shop", auth="none", entities=("Book author:owner",)))


def test_the_answers_of_a_question_are_its_choices() -> None:
    for question in QUESTIONS:
        assert question.read("") == question.default
        if question.choices:
            assert all(question.read(f" {choice}\n") == choice for choice in question.choices)
            with pytest.raises(ApismithError):
                question.read("xyzzy")


def test_several_entities_in_one_line() -> None:
    assert lines("Book title;  Tag name ; ") == ("Book title", "Tag name")
