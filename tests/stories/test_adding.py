"""The user edits contract and code by hand, and lets `apismith add` add to both."""

from apismith import api
from tests.stories.conftest import Story

SCHEMAS = "app/api/v1/schemas/books.py"
MODEL = "app/models/books.py"
ENDPOINTS = "app/api/v1/endpoints/books.py"


def add(story: Story, what: str, *words: str, **options: str) -> api.Added:
    """Add something; the story goes on with the contract as it is then."""
    made = api.add(what, words, options, project=story.folder)
    made.write()
    story.contract = story.text("contract.py")
    story.last = made.evolution
    return made


def test_edits_of_contract_and_code_live_when_a_field_is_added(story: Story) -> None:
    story.edit("contract.py", ("class Book(", "# Printed ones only.\nclass Book("))
    story.edit(MODEL, ("String(200)", 'String(200), comment="as printed"'))
    story.edit(
        ENDPOINTS,
        (
            "    return await books.get(id)\n",
            "    book = await books.get(id)\n    book.title = book.title.upper()\n    return book\n",
        ),
    )
    made = add(story, "field", "Book", "pages:int?", "isbn:str?:index")
    assert made.exit_code == 0
    assert "# Printed ones only.\nclass Book(" in story.text("contract.py")
    assert "    pages: int | None = None\n" in story.text("contract.py")
    assert 'comment="as printed"' in story.text(MODEL)
    assert "book.title.upper()" in story.text(ENDPOINTS)
    assert {"pages", "isbn"} <= story.properties("BookRead")
    story.is_whole()
    story.migrates()


def test_an_entity_that_is_added_calls_a_renamed_class_by_its_name_and_is_taken_back_with_its_code(
    story: Story,
) -> None:
    story.everywhere(("AuthorRead", "AuthorCard"))
    story.append("README.md", "\nMine.\n")
    contract, model = story.text("contract.py"), story.text("app/models/authors.py")
    made = add(story, "entity", "Award", "name:str:unique", "author:Author", read="anyone")
    assert [one.path for one in made.edits.effective] == ["contract.py"]
    assert "/api/v1/awards" in story.paths()
    assert "AuthorRead" not in story.text("app/api/v1/endpoints/authors.py")
    assert "class AuthorCard(" in story.text("app/api/v1/schemas/authors.py")
    story.is_whole()
    undone = api.undo(story.folder)
    assert undone.title == "Undo 'Add entity Award name:str:unique author:Author'"
    undone.write()
    assert story.text("contract.py") == contract
    assert story.text("app/models/authors.py") == model
    assert not (story.folder / "app/models/awards.py").exists()
    assert story.text("README.md").endswith("\nMine.\n")
    assert "AuthorCard" in story.text("app/api/v1/schemas/authors.py")
