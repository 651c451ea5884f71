"""Much at once, and the project's own tests in the end."""

import pytest

from tests.stories.conftest import LEND, LIMIT, PAGES, REVIEW, RULES, Story


def edit_in_fourteen_ways(story: Story) -> None:
    """What a team does to a backend in a month."""
    # a renamed class, a moved folder
    story.everywhere(("AuthorRead", "AuthorCard"))
    (story.folder / "app/services").rename(story.folder / "app/rules")
    story.everywhere(("app.services", "app.rules"))
    # a constraint, a column option, a model property
    story.edit("app/api/v1/schemas/books.py", ("max_length=200)]", 'max_length=200, description="As printed.")]'))
    story.edit(
        "app/models/books.py", ("mapped_column(String(200))", 'mapped_column(String(200), comment="as printed")')
    )
    story.append(
        "app/models/books.py", "\n    @property\n    def is_lent(self) -> bool:\n        return self.copies == 0\n"
    )
    # logic in a handler, a handler, a method
    endpoints = "app/api/v1/endpoints/books.py"
    story.edit(
        endpoints,
        (
            "    book = await books.create(body, me)\n",
            "    body.title = body.title.strip()\n    book = await books.create(body, me)\n",
        ),
    )
    story.append(
        endpoints,
        '\n\n@router.get("/of/nobody", summary="None")\nasync def list_none() -> list[BookRead]:\n    return []\n',
    )
    story.append(
        "app/rules/books.py",
        "\n    async def exists(self, id: Id) -> bool:\n        return await self._books.find(id) is not None\n",
    )
    # a comment in a statement, a docstring
    story.edit("app/repositories/books.py", ("        Book.copies,\n", "        Book.copies,  # on the shelf\n"))
    story.edit("app/models/authors.py", ('"""Who writes."""', '"""Who writes, or wrote."""'))
    # a setting, a dependency, a text
    story.edit("app/config.py", ("database_pool_size: PositiveInt = 5", "database_pool_size: PositiveInt = 50"))
    story.edit(".env.example", ("# DATABASE_POOL_SIZE=5", "# DATABASE_POOL_SIZE=50"))
    story.edit("pyproject.toml", ('    "structlog>=26.1",\n', '    "structlog>=26.1",\n    "typing-extensions>=4",\n'))
    story.append("README.md", "\n## Ours\n\nAsk us.\n")
    # the layout of everything, last
    story.edit("pyproject.toml", ("line-length = 120", "line-length = 100"))
    story.run("-m", "ruff", "check", "-q", "--no-cache", "--select", "I", "--fix", "--exclude", "contract.py", ".")
    story.run("-m", "ruff", "format", "-q", "--no-cache", ".")


def assert_that_all_live(story: Story) -> None:
    kept = {
        "app/api/v1/schemas/authors.py": ["class AuthorCard("],
        "app/api/v1/schemas/books.py": ['description="As printed."'],
        "app/models/books.py": ['comment="as printed"', "def is_lent(self)"],
        "app/api/v1/endpoints/books.py": ["body.title = body.title.strip()", "async def list_none()"],
        "app/rules/books.py": ["async def exists(self"],
        "app/repositories/books.py": ["Book.copies,  # on the shelf"],
        "app/models/authors.py": ["Who writes, or wrote."],
        "app/config.py": ["database_pool_size: PositiveInt = 50"],
        ".env.example": ["# DATABASE_POOL_SIZE=50"],
        "pyproject.toml": ['"typing-extensions>=4"', "line-length = 100"],
        "README.md": ["## Ours\n\nAsk us.\n"],
    }
    for path, texts in kept.items():
        for text in texts:
            assert text in story.text(path), f"{text} is lost in {path}"
    assert not (story.folder / "app/services").exists()
    story.run("-m", "ruff", "format", "--check", "--no-cache", "--exclude", "contract.py", ".")


def test_fourteen_edits_live_through_four_changes_of_the_contract(story: Story) -> None:
    edit_in_fourteen_ways(story)
    for change in (PAGES, LIMIT, REVIEW, RULES):
        story.evolve(change)
        assert_that_all_live(story)
    assert 'Field(min_length=1, max_length=300, description="As printed.")' in story.text("app/api/v1/schemas/books.py")
    assert 'mapped_column(String(300), comment="as printed")' in story.text("app/models/books.py")
    assert 'pages=row["pages"]' in story.text("app/repositories/books.py")
    assert "class ReviewService" in story.text("app/rules/reviews.py")
    assert {"pages", "title"} <= story.properties("BookRead")
    assert {"/api/v1/reviews", "/api/v1/books/of/nobody"} <= story.paths()
    story.is_whole()


@pytest.mark.slow
def test_a_project_edited_in_fourteen_ways_passes_its_own_tests(story: Story) -> None:
    edit_in_fourteen_ways(story)
    story.evolve(PAGES, REVIEW, RULES)
    story.is_whole()
    story.passes_its_own_tests()


@pytest.mark.slow
@pytest.mark.parametrize(
    "change", [PAGES, LIMIT, REVIEW, RULES, LEND], ids=["field", "limit", "entity", "rule", "action"]
)
def test_an_edited_project_passes_its_own_tests_after_each_change(story: Story, change: tuple[str, str]) -> None:
    story.edit(
        "app/models/books.py", ("= mapped_column(BigInteger)\n", "= mapped_column(BigInteger)  # on the shelf\n")
    )
    story.append(
        "app/services/books.py",
        "\n    async def exists(self, id: Id) -> bool:\n        return await self._books.find(id) is not None\n",
    )
    story.evolve(change)
    story.is_whole()
    story.passes_its_own_tests()


@pytest.mark.slow
def test_a_project_with_renames_and_moves_passes_its_own_tests(story: Story) -> None:
    story.everywhere(("AuthorRead", "AuthorCard"))
    (story.folder / "app/models").rename(story.folder / "app/tables")
    story.everywhere(("app.models", "app.tables"), ("from app import models", "from app import tables"))
    story.evolve(PAGES, REVIEW)
    story.is_whole()
    story.passes_its_own_tests()


def test_an_evolution_goes_on_after_years_of_small_ones(story: Story) -> None:
    model = "app/models/library/volumes.py"
    story.move("app/models/books.py", model)
    story.write("app/models/library/__init__.py", "")
    story.everywhere(("app.models.books", "app.models.library.volumes"))
    story.append(model, "\n    # one\n    ONE = 1\n")
    story.evolve(PAGES)
    # So little of what was generated is left that nobody would know the file again.
    story.append(model, "".join(f"\n    def method_{n}(self) -> int:\n        return {n}\n" for n in range(60)))
    story.evolve(LIMIT)
    assert "String(300)" in story.text(model)
    assert "def method_59" in story.text(model)
    assert not (story.folder / "app/models/books.py").exists()
    story.is_whole()
