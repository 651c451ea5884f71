"""The user edits what the code does: handlers, services, statements, comments."""

from tests.stories.conftest import LEND, LIMIT, PAGES, REVIEW, RULES, Story

ENDPOINTS = "app/api/v1/endpoints/books.py"
SERVICE = "app/services/books.py"
REPOSITORY = "app/repositories/books.py"

STATUS = """from app.core.routing import Router

router = Router(prefix="/status", tags=["status"])


@router.get("", summary="How it is")
async def read_status() -> str:
    return "well"
"""


def test_logic_in_a_handler_stays(story: Story) -> None:
    story.edit(
        ENDPOINTS,
        (
            "    return await books.get(id)\n",
            "    book = await books.get(id)\n    book.title = book.title.upper()\n    return book\n",
        ),
    )
    story.evolve(LEND)
    assert "book.title.upper()" in story.text(ENDPOINTS)
    assert "/api/v1/books/{id}/lend" in story.paths()
    story.is_whole()


def test_a_check_in_a_service_stays_when_its_rule_changes(story: Story) -> None:
    check = '        if id == 13:\n            raise NotFound("book", id=id)\n'
    story.edit(
        SERVICE,
        (
            "    async def delete(self, id: Id, me: Caller) -> None:\n",
            f"    async def delete(self, id: Id, me: Caller) -> None:\n{check}",
        ),
    )
    story.evolve(RULES)
    assert check in story.text(SERVICE)
    assert 'role("admin")' in story.text(SERVICE)
    story.is_whole()


def test_a_keyword_of_a_call_stays_beside_a_new_one(story: Story) -> None:
    story.edit(REPOSITORY, ('        title=row["title"],\n', '        title=row["title"].strip(),\n'))
    story.evolve(PAGES)
    assert 'title=row["title"].strip(),' in story.text(REPOSITORY)
    assert 'pages=row["pages"],' in story.text(REPOSITORY)
    story.is_whole()


def test_a_key_of_a_dictionary_stays_beside_a_new_one(story: Story) -> None:
    story.edit(
        REPOSITORY,
        ('values = {"title": body.title, ', 'values = {"title": body.title.strip(), '),
    )
    story.evolve(PAGES)
    assert '"title": body.title.strip(),' in story.text(REPOSITORY)
    assert '"pages": body.pages,' in story.text(REPOSITORY)
    story.is_whole()


def test_a_condition_put_into_a_statement_stays_when_its_columns_change(story: Story) -> None:
    story.edit(
        REPOSITORY,
        (
            "    .join(User, Book.owner_id == User.id)\n",
            "    .join(User, Book.owner_id == User.id)\n    .where(Book.copies >= 0)\n",
        ),
    )
    story.evolve(PAGES)
    assert ".where(Book.copies >= 0)" in story.text(REPOSITORY)
    assert "        Book.pages,\n" in story.text(REPOSITORY)
    story.is_whole()


def test_a_handler_of_the_users_own_stays_behind_the_generated_ones(story: Story) -> None:
    own = """

@router.get("/by-title/{title}", summary="Find a book", responses=errors(404, 422))
async def find_book(title: str, books: ReadBooks) -> BookRead:
    return await books.get(int(title))
"""
    story.append(ENDPOINTS, own)
    story.evolve(LEND)
    assert own in story.text(ENDPOINTS)
    assert {"/api/v1/books/by-title/{title}", "/api/v1/books/{id}/lend"} <= story.paths()
    story.is_whole()


def test_a_method_of_the_users_own_stays_in_its_class(story: Story) -> None:
    own = '\n    async def count(self) -> int:\n        """How many there are."""\n        return 0\n\n'
    story.edit(SERVICE, ("\n    async def _stored(", f"{own}    async def _stored("))
    story.evolve(RULES)
    assert own in story.text(SERVICE)
    story.is_whole()


def test_a_class_of_the_users_own_stays(story: Story) -> None:
    own = "\n\nclass Shelf:\n    # where books stand\n    size = 10\n"
    story.append("app/models/books.py", own)
    story.evolve(PAGES)
    assert own in story.text("app/models/books.py")
    story.is_whole()


def test_an_import_of_the_users_own_stays_and_new_ones_come(story: Story) -> None:
    story.edit(
        "app/models/books.py",
        ("from sqlalchemy import", "import math\n\nfrom sqlalchemy import"),
        ("class Book(", "SIZE = math.pi\n\n\nclass Book("),
    )
    story.evolve(
        ("    copies: int", "    printed: date | None = None\n    copies: int"),
        ("from pydantic import Field", "from datetime import date\n\nfrom pydantic import Field"),
    )
    text = story.text("app/models/books.py")
    assert "import math\n" in text
    assert "SIZE = math.pi\n" in text
    assert "from datetime import date" in text
    story.is_whole()


def test_imports_in_another_order_are_left_in_it(story: Story) -> None:
    path = "app/api/v1/schemas/books.py"
    text = story.text(path)
    imports = [line for line in text.splitlines(keepends=True) if line.startswith("from ")]
    story.write(path, text.replace("".join(imports[:1]), "", 1).replace(imports[-1], imports[-1] + imports[0]))
    story.evolve(LIMIT)
    assert story.text(path).index(imports[-1]) < story.text(path).index(imports[0])
    assert "max_length=300" in story.text(path)
    story.is_whole()


def test_a_decorator_that_was_changed_stays(story: Story) -> None:
    story.edit(ENDPOINTS, ('summary="Read a book", responses', 'summary="Look at a book", deprecated=True, responses'))
    story.evolve(LEND)
    assert 'summary="Look at a book", deprecated=True' in story.text(ENDPOINTS)
    story.is_whole()


def test_a_decorator_takes_the_arguments_of_both(story: Story) -> None:
    story.edit(ENDPOINTS, ('summary="Read a book", responses', 'summary="Look at a book", deprecated=True, responses'))
    story.upgrade(
        (
            ENDPOINTS,
            'summary="Read a book", responses=errors(404, 422))',
            'summary="Read a book", responses=errors(404, 409, 422))',
        )
    )
    assert '"/{id}", summary="Look at a book", deprecated=True, responses=errors(404, 409, 422)' in story.text(
        ENDPOINTS
    )
    story.is_whole()


def test_a_parameter_that_was_added_stays_beside_a_new_one(story: Story) -> None:
    story.edit(
        SERVICE,
        (
            "    async def get(self, id: Id) -> BookRead:",
            "    async def get(self, id: Id, *, loud: bool = False) -> BookRead:",
        ),
    )
    story.upgrade(
        (
            SERVICE,
            "    async def get(self, id: Id) -> BookRead:",
            "    async def get(self, id: Id, me: Caller | None = None) -> BookRead:",
        )
    )
    assert "async def get(self, id: Id, me: Caller | None = None, *, loud: bool = False) -> BookRead:" in story.text(
        SERVICE
    )
    story.is_whole()


def test_docstrings_and_comments_stay(story: Story) -> None:
    story.edit(
        REPOSITORY,
        (
            '    """Reads and writes books."""',
            '    """Reads and writes books.\n\n    Ask the librarian first.\n    """',
        ),
        ("OWNED = ", "# who has it\nOWNED = "),
        ("    async def delete(self", "    # never in winter\n    async def delete(self"),
    )
    story.evolve(PAGES)
    text = story.text(REPOSITORY)
    assert "    Ask the librarian first.\n" in text
    assert "# who has it\nOWNED = " in text
    assert "    # never in winter\n    async def delete(self" in text
    story.is_whole()


def test_a_comment_at_the_end_of_a_line_stays_with_its_line(story: Story) -> None:
    story.edit(REPOSITORY, ("        Book.copies,\n", "        Book.copies,  # on the shelf\n"))
    story.evolve(PAGES)
    assert "        Book.copies,  # on the shelf\n" in story.text(REPOSITORY)
    assert "        Book.pages,\n" in story.text(REPOSITORY)
    story.is_whole()


def test_functions_in_another_order_stay_in_it(story: Story) -> None:
    text = story.text(REPOSITORY)
    start = text.index("    async def find(")
    end = text.index("    async def create(")
    method = text[start:end]
    story.write(REPOSITORY, text.replace(method, "").replace("    async def get(", f"{method}    async def get("))
    story.evolve(PAGES)
    after = story.text(REPOSITORY)
    assert after.index("async def find(") < after.index("async def get(")
    assert after.count("async def find(") == 1
    assert '"pages": body.pages,' in after
    story.is_whole()


def test_a_body_in_a_transaction_of_the_users_own_takes_the_change_inside(story: Story) -> None:
    text = story.text(REPOSITORY)
    start = text.index("        values = {")
    end = text.index("    async def update(")
    body = text[start:end].rstrip()
    wrapped = "        async with self._db.begin_nested():\n" + "\n".join(f"    {line}" for line in body.splitlines())
    story.write(REPOSITORY, text.replace(body, wrapped))
    story.evolve(PAGES)
    after = story.text(REPOSITORY)
    assert "        async with self._db.begin_nested():\n            values = {\n" in after
    assert '                "pages": body.pages,\n' in after
    assert after.count("values = {") == 1
    story.is_whole()


def test_a_statement_before_and_one_behind_a_changed_one_stay(story: Story) -> None:
    story.edit(
        REPOSITORY,
        ('        values = {"title"', '        first = body.title\n        values = {"title"'),
        (
            "        row_id: Id = (await self._db.execute(INSERT, values)).scalar_one()\n",
            "        row_id: Id = (await self._db.execute(INSERT, values)).scalar_one()\n        assert first\n",
        ),
    )
    story.evolve(PAGES)
    text = story.text(REPOSITORY)
    assert "        first = body.title\n        values = {" in text
    assert "        assert first\n" in text
    assert '"pages": body.pages,' in text
    story.is_whole()


def test_a_test_of_the_users_own_stays_among_the_generated_ones(story: Story) -> None:
    own = "\n\ndef test_of_mine() -> None:\n    assert 1 + 1 == 2\n"
    story.append("tests/test_books.py", own)
    story.evolve(PAGES)
    assert own in story.text("tests/test_books.py")
    story.is_whole()


def test_an_edit_beside_a_new_entity_stays_in_every_list_of_entities(story: Story) -> None:
    story.write("app/api/v1/endpoints/status.py", STATUS)
    router = "app/api/v1/router.py"
    story.edit(
        router,
        ("books, browser, login, users", "books, browser, login, status, users"),
        ("    books.router,\n", "    books.router,\n    status.router,\n"),
    )
    story.evolve(REVIEW)
    assert "    status.router,\n" in story.text(router)
    assert "    reviews.router,\n" in story.text(router)
    assert {"/api/v1/status", "/api/v1/reviews"} <= story.paths()
    story.is_whole()
