"""The user edits what the contract describes: fields, constraints, columns."""

from tests.stories.conftest import PAGES, REVIEW, Story

SCHEMAS = "app/api/v1/schemas/books.py"
MODEL = "app/models/books.py"


def test_a_field_is_added_beside_one_that_the_user_has_changed(story: Story) -> None:
    story.edit(MODEL, ("= mapped_column(BigInteger)\n", "= mapped_column(BigInteger)  # on the shelf\n"))
    story.evolve(PAGES)
    assert "copies: Mapped[int] = mapped_column(BigInteger)  # on the shelf" in story.text(MODEL)
    assert "pages: Mapped[int]" in story.text(MODEL)
    story.is_whole()


def test_a_constraint_is_added_on_a_line_that_changes(story: Story) -> None:
    title = "BookTitle = Annotated[Text, Field(min_length=1, max_length=200)]"
    story.edit(SCHEMAS, (title, 'BookTitle = Annotated[Text, Field(min_length=1, max_length=200, pattern=r"\\S")]'))
    story.evolve(("max_length=200", "max_length=300"))
    assert 'Field(min_length=1, max_length=300, pattern=r"\\S")' in story.text(SCHEMAS)
    story.is_whole()


def test_a_constraint_that_the_user_loosened_stays_when_another_changes(story: Story) -> None:
    story.edit(SCHEMAS, ("Field(min_length=1, max_length=200)", "Field(min_length=3, max_length=200)"))
    story.evolve(("max_length=200", "max_length=300"))
    assert "Field(min_length=3, max_length=300)" in story.text(SCHEMAS)
    story.is_whole()


def test_a_field_of_the_users_own_stays_in_a_schema(story: Story) -> None:
    story.edit(SCHEMAS, ("    title: BookTitle\n", "    title: BookTitle\n    shelf: str | None = None\n"))
    story.evolve(PAGES)
    assert "    shelf: str | None = None\n" in story.text(SCHEMAS)
    assert {"shelf", "pages"} <= story.properties("BookCreate")
    story.is_whole()


def test_a_column_option_stays_when_the_column_changes(story: Story) -> None:
    story.edit(MODEL, ("mapped_column(String(200))", 'mapped_column(String(200), comment="as printed")'))
    story.evolve(("max_length=200", "max_length=300"))
    assert 'mapped_column(String(300), comment="as printed")' in story.text(MODEL)
    story.is_whole()


def test_an_index_of_the_users_own_stays_beside_those_that_are_generated(story: Story) -> None:
    story.edit(
        MODEL,
        (
            'Index("ix_books_created_at_id", "created_at", "id"),',
            'Index("ix_books_created_at_id", "created_at", "id"), Index("ix_mine", "copies"),',
        ),
    )
    story.evolve(PAGES)
    assert 'Index("ix_mine", "copies")' in story.text(MODEL)
    story.is_whole()


def test_a_property_of_the_users_own_stays_in_a_model(story: Story) -> None:
    own = "\n    @property\n    def is_lent(self) -> bool:\n        return self.copies == 0\n"
    story.append(MODEL, own)
    story.evolve(PAGES)
    assert own in story.text(MODEL)
    story.is_whole()


def test_a_field_turned_into_annotated_takes_the_new_limit(story: Story) -> None:
    story.edit(
        "app/config.py",
        (
            "database_max_overflow: int = Field(default=10, ge=0)",
            "database_max_overflow: Annotated[int, Field(ge=0)] = 10",
        ),
    )
    story.evolve(PAGES)
    assert "database_max_overflow: Annotated[int, Field(ge=0)] = 10" in story.text("app/config.py")
    story.is_whole()


def test_an_entity_comes_into_being_beside_edited_ones(story: Story) -> None:
    story.edit(MODEL, ('"""Something to read."""', '"""Something to read, on a shelf."""'))
    story.evolve(REVIEW)
    assert "class Review(" in story.text("app/models/reviews.py")
    assert "on a shelf" in story.text(MODEL)
    assert "/api/v1/reviews" in story.paths()
    story.is_whole()
