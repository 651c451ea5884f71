"""The user moves, renames, splits, merges and deletes: the new render follows."""

from tests.stories.conftest import PAGES, REVIEW, Story

MODEL = "app/models/books.py"


def test_a_renamed_class_keeps_its_name_in_what_is_new(story: Story) -> None:
    story.everywhere((r"AuthorRead", "AuthorCard"))
    story.evolve(
        (
            "    name: str = Field(min_length=1, max_length=80)",
            "    name: str = Field(min_length=1, max_length=80)\n    born: int = 1900",
        ),
        PAGES,
    )
    assert "class AuthorCard(Schema):" in story.text("app/api/v1/schemas/authors.py")
    assert "AuthorRead" not in story.text("app/api/v1/endpoints/authors.py")
    assert "born" in story.properties("AuthorCard")
    story.is_whole()


def test_a_renamed_model_is_called_so_by_a_new_entity(story: Story) -> None:
    import re

    for file in sorted(story.folder.rglob("*.py")):
        text = file.read_text()
        if ".apismith" not in file.parts and file.name != "contract.py":
            new = re.sub(r"\bBook\b(?!\")", "Volume", text)
            new = new.replace('Mapped["Book"]', 'Mapped["Volume"]').replace('"Book",', '"Volume",')
            file.write_text(new)
    story.evolve(REVIEW)
    assert "class Volume(" in story.text(MODEL)
    assert "import Volume" in story.text("app/models/reviews.py")
    assert 'Mapped["Volume"]' in story.text("app/models/reviews.py")
    story.is_whole()


def test_a_renamed_method_is_called_by_its_new_name(story: Story) -> None:
    story.edit(
        "app/repositories/authors.py",
        ("async def find(", "async def lookup("),
        ("await self.find(id)", "await self.lookup(id)"),
    )
    story.everywhere(("self._authors.find(", "self._authors.lookup("))
    story.evolve(
        REVIEW,
        (
            "    name: str = Field(min_length=1, max_length=80)",
            "    name: str = Field(min_length=1, max_length=80)\n    born: int = 1900",
        ),
    )
    assert "async def lookup(" in story.text("app/repositories/authors.py")
    assert "async def find(" not in story.text("app/repositories/authors.py")
    story.is_whole()


def test_a_renamed_constant_takes_part_in_the_change(story: Story) -> None:
    path = "app/api/v1/schemas/books.py"
    story.write(path, story.text(path).replace("BookTitle", "Headline"))
    story.evolve(("max_length=200", "max_length=300"))
    assert "Headline = Annotated[Text, Field(min_length=1, max_length=300)]" in story.text(path)
    assert "BookTitle" not in story.text(path)
    story.is_whole()


def test_a_moved_file_takes_the_changes_where_it_is(story: Story) -> None:
    story.move("app/models/books.py", "app/models/library/volumes.py")
    story.write("app/models/library/__init__.py", "")
    story.everywhere(("app.models.books", "app.models.library.volumes"))
    story.evolve(PAGES)
    assert "pages: Mapped[int]" in story.text("app/models/library/volumes.py")
    assert not (story.folder / "app/models/books.py").exists()
    story.is_whole()


def test_a_moved_folder_gets_the_files_of_new_entities(story: Story) -> None:
    (story.folder / "app/models").rename(story.folder / "app/tables")
    story.everywhere(("app.models", "app.tables"), ("from app import models", "from app import tables"))
    story.evolve(PAGES, REVIEW)
    assert "class Review(" in story.text("app/tables/reviews.py")
    assert "from app.tables" in story.text("app/repositories/reviews.py")
    assert not (story.folder / "app/models").exists()
    story.is_whole()


def test_a_renamed_package_stays_renamed(story: Story) -> None:
    (story.folder / "app/services").rename(story.folder / "app/rules")
    story.everywhere(("app.services", "app.rules"))
    story.evolve(REVIEW)
    assert "from app.rules.reviews import" in story.text("app/api/v1/providers.py")
    assert not (story.folder / "app/services").exists()
    story.is_whole()


def test_a_deleted_file_stays_deleted_and_its_change_is_told(story: Story) -> None:
    story.delete("tests/test_books.py")
    evolution = story.evolve(PAGES)
    assert not (story.folder / "tests/test_books.py").exists()
    assert any("tests/test_books.py stays deleted" in notice for notice in evolution.notices)
    story.is_whole()


def test_a_deleted_method_stays_deleted(story: Story) -> None:
    path = "app/api/v1/endpoints/books.py"
    text = story.text(path)
    start = text.index("@router.delete(")
    story.write(path, text[:start].rstrip() + "\n")
    story.edit(path, (", status", "")) if text.count("status.HTTP_204") and "status.HTTP_201" not in text[
        :start
    ] else None
    story.evolve(PAGES)
    assert "delete_book" not in story.text(path)
    assert "delete" not in story.document["paths"]["/api/v1/books/{id}"]
    story.is_whole()


def test_a_file_that_was_split_is_merged_in_its_parts(story: Story) -> None:
    path, part = "app/api/v1/schemas/books.py", "app/api/v1/schemas/books_query.py"
    text = story.text(path)
    start = text.index("class BookQuery(")
    head = """\"\"\"How books are listed.\"\"\"

from typing import Literal

from app.core.ids import QueryId
from app.core.pagination import PageQuery


"""
    story.write(part, head + text[start:])
    story.write(path, text[:start].rstrip() + "\n")
    story.everywhere(
        (
            "import BookCreate, BookQuery, BookRead, BookUpdate",
            "import BookCreate, BookRead, BookUpdate\nfrom app.api.v1.schemas.books_query import BookQuery",
        )
    )
    story.run("-m", "ruff", "check", "-q", "--no-cache", "--select", "F401,I", "--fix", "app")
    story.evolve(
        PAGES,
        ("    author: Author\n", '    author: Author\n    listing = Listing(filters=["copies"])\n'),
        ("Entity, Owner", "Entity, Listing, Owner"),
    )
    assert "copies:" in story.text(part)
    assert "class BookQuery" not in story.text(path)
    assert "pages:" in story.text(path)
    story.is_whole()


def test_files_that_became_one_are_merged_in_it(story: Story) -> None:
    books, authors = "app/services/books.py", "app/services/authors.py"
    one, other = story.text(authors), story.text(books)
    story.write(books, one + other.replace('"""', "# ", 1))
    story.delete(authors)
    story.everywhere(("app.services.authors", "app.services.books"))
    merged = story.text(books).split("\n")
    heads = [line for line in merged if line.startswith(("from ", "import "))]
    body = [line for line in merged if line not in heads]
    story.write(books, "\n".join([body[0], "", *dict.fromkeys(heads), *body[1:]]))
    story.run("-m", "ruff", "check", "-q", "--no-cache", "--select", "I", "--fix", books)
    story.run("-m", "ruff", "format", "-q", "--no-cache", books)
    story.evolve(PAGES, REVIEW)
    assert not (story.folder / authors).exists()
    assert "class AuthorService" in story.text(books)
    story.is_whole()


# The contract renames, too --------------------------------------------------------------------------------------------

HEADLINE = (
    "    title: str = Field(min_length=1, max_length=200)",
    '    headline: str = was("title", Field(min_length=1, max_length=200))',
)
WAS = ("from apismith import action,", "from apismith import was, action,")


def test_a_field_that_the_contract_renames_keeps_its_edits(story: Story) -> None:
    story.edit(MODEL, ("mapped_column(String(200))", 'mapped_column(String(200), comment="as printed")'))
    story.append(MODEL, "\n    def shout(self) -> str:\n        return self.title.upper()\n")
    story.evolve(WAS, HEADLINE)
    assert 'headline: Mapped[str] = mapped_column(String(200), comment="as printed")' in story.text(MODEL)
    assert "return self.headline.upper()" in story.text(MODEL)
    assert "title" not in story.text(MODEL)
    assert "headline" in story.properties("BookRead")
    story.is_whole()


def test_an_entity_that_the_contract_renames_keeps_its_edits(story: Story) -> None:
    story.append("app/services/authors.py", "\n    async def exists(self, id: Id) -> bool:\n        return True\n")
    story.write("app/mine.py", "from app.services.authors import AuthorService\n\nMINE = AuthorService\n")
    story.evolve(
        ("class Author(Entity):", 'class Writer(Entity, was="Author"):'),
        ("    author: Author\n", "    author: Writer\n"),
        ("[User, Author, Book]", "[User, Writer, Book]"),
    )
    assert "async def exists(self" in story.text("app/services/writers.py")
    assert not (story.folder / "app/services/authors.py").exists()
    assert "from app.services.writers import WriterService\n\nMINE = WriterService\n" in story.text("app/mine.py")
    assert "/api/v1/writers" in story.paths()
    story.is_whole()


def test_a_field_that_another_one_replaces_is_not_taken_for_it(story: Story) -> None:
    story.append(MODEL, "\n    def shout(self) -> str:\n        return self.title.upper()\n")
    story.evolve(("    title: str = Field(min_length=1", "    headline: str = Field(min_length=1"))
    assert "return self.title.upper()" in story.text(MODEL)
