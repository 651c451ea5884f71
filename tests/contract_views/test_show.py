"""`apismith contract`: the whole model as text."""

from apismith.contract.model import Contract, Entity, Field, Scalar, Type
from apismith.contract.routes import routes
from apismith.contract.show import show
from tests.contract_views.changing import changed


def line(text: str, start: str) -> str:
    return next(found.strip() for found in text.splitlines() if found.strip().startswith(start))


def matrix(text: str, entity: str) -> dict[str, dict[str, str]]:
    """Cells by caller and operation."""
    lines = text.split("ACCESS\n")[1].splitlines()
    first = next(i for i, found in enumerate(lines) if found.split()[:1] == [entity])
    operations = lines[first].split()[1:]
    rows: dict[str, dict[str, str]] = {}
    for row in lines[first + 1 :]:
        if not row.strip():
            break
        who, *cells = row.split()
        rows[who] = dict(zip(operations, cells, strict=True))
    return rows


def test_fields_are_shown_with_type_and_constraints(blog: Contract) -> None:
    text = show(blog)
    assert line(text, "username ").split(maxsplit=2) == [
        "username",
        "str",
        r"at most 30 characters, matches ^\w+$, unique",
    ]
    assert "stored hashed, never returned" in line(text, "password ")
    assert line(text, "slug ").endswith("unique, made from title")
    assert line(text, "published_at ").split() == ["published_at", "datetime", "|", "None", "optional"]


def test_relations_are_shown_with_what_they_mean(blog: Contract) -> None:
    text = show(blog)
    assert line(text, "followers ").endswith("the other side of User.following")
    assert line(text, "tags ").split() == ["tags", "set[Tag]", "at", "most", "10"]
    assert "not in answers" in line(text, "favorited_by ")


def test_every_route_is_shown_with_who_may_and_what_it_answers(blog: Contract) -> None:
    shown = [found.split() for found in show(blog).split("ROUTES\n")[1].split("\n\n")[0].splitlines()[1:]]
    assert [(cells[0], cells[1]) for cells in shown] == [(route.method, route.path) for route in routes(blog)]
    assert ["DELETE", "/api/v1/comments/{id}", "owner", "|", "admin", "204", "401", "403", "404", "422"] in shown


def test_the_matrix_says_for_each_role_and_operation_who_may(blog: Contract) -> None:
    articles = matrix(show(blog), "Article")
    assert set(articles) == {"anonymous", "member", "owner", "admin", "editor"}
    assert articles["anonymous"] == {
        "read": "yes",
        "list": "yes",
        "create": "-",
        "update": "-",
        "delete": "-",
        "feed": "-",
    }
    assert [who for who, cells in articles.items() if cells["delete"] == "yes"] == ["owner", "admin"]
    assert {cells["update"] for cells in matrix(show(blog), "Comment").values()} == {"-"}
    assert matrix(show(blog), "User")["member"]["follow"] == "yes"


def test_owners_have_a_row_only_where_they_may_more_than_others(blog: Contract) -> None:
    assert "owner" not in matrix(show(blog), "Tag")


def test_a_list_of_what_only_its_owner_may_read_shows_each_caller_their_own(blog: Contract) -> None:
    article = blog.by_name["Article"]
    private = article.access.model_copy(update={"read": article.access.update})
    entities = tuple(e.model_copy(update={"access": private}) if e is article else e for e in blog.entities)
    articles = matrix(show(changed(blog, entities=entities)), "Article")
    assert (articles["member"]["list"], articles["member"]["read"]) == ("own", "-")
    assert (articles["anonymous"]["list"], articles["owner"]["read"]) == ("-", "yes")


def test_without_log_in_there_is_one_row_and_no_word_about_roles(open_notes: Contract) -> None:
    text = show(open_notes)
    assert set(matrix(text, "Note")) == {"anonymous"}
    assert "roles" not in text


def test_choices_and_events_are_shown(blog: Contract) -> None:
    text = show(blog)
    assert line(text, "log-in") == "log-in    JWT, User by email; access 15 minutes, refresh 30 days"
    assert line(text, "created(Comment)") == "created(Comment)  notify_author, in the background"


def test_no_line_is_wider_than_100_columns_and_no_control_character_gets_through(blog: Contract) -> None:
    article = blog.by_name["Article"]
    name = "a" * 60
    field = Field(name=name, type=Type(scalar=Scalar.STR), description="x")
    actions = tuple(
        blog.queries[0].model_copy(update={"name": f"action_number_{n}", "path": f"/{name}/{n}"}) for n in range(12)
    )
    odd = Entity(
        name="B" * 60,
        description="red: \x1b[31m, a bell: \a, and " + "many words " * 40,
        fields=(field,),
        access=article.access,
        actions=actions,
    )
    text = show(changed(blog, entities=(*blog.entities, odd)))
    assert max(map(len, text.splitlines())) <= 100
    assert all(char.isprintable() or char == "\n" for char in text)
    assert name in text
