"""The routes of a backend."""

import pytest

from apismith.contract.access import allows, callers, is_closed, rule_text
from apismith.contract.failures import failures
from apismith.contract.model import AllOf, AnyOf, Atom, Contract, HasRole, Relation, Rule
from apismith.contract.routes import Route, routes
from tests.contract_views.changing import changed

ANYONE, MEMBER, NOBODY, OWNER = (Atom(rule=word) for word in ("anyone", "member", "nobody", "owner"))
ADMIN, EDITOR = HasRole(role="admin"), HasRole(role="editor")


def find(contract: Contract, name: str) -> Route:
    return next(route for route in routes(contract) if route.name == name)


def paths(contract: Contract) -> set[str]:
    return {f"{route.method} {route.path}" for route in routes(contract)}


def test_an_entity_has_a_list_and_items_under_its_key(blog: Contract) -> None:
    assert paths(blog) >= {
        "GET /api/v1/articles",
        "POST /api/v1/articles",
        "GET /api/v1/articles/{slug}",
        "PATCH /api/v1/articles/{slug}",
        "DELETE /api/v1/articles/{slug}",
    }


def test_children_are_listed_and_created_below_their_parent_and_addressed_by_themselves(blog: Contract) -> None:
    assert paths(blog) >= {
        "GET /api/v1/articles/{slug}/comments",
        "POST /api/v1/articles/{slug}/comments",
        "GET /api/v1/comments/{id}",
        "DELETE /api/v1/comments/{id}",
    }
    assert not any(path.split()[1] == "/api/v1/comments" for path in paths(blog))


def test_the_reverse_set_of_children_is_their_list_and_has_no_second_route(blog: Contract) -> None:
    listed = [route for route in routes(blog) if route.path == "/api/v1/articles/{slug}/comments"]
    assert [(route.method, route.kind, route.entity) for route in listed] == [
        ("GET", "list", "Comment"),
        ("POST", "create", "Comment"),
    ]


def test_what_nobody_may_do_has_no_route(blog: Contract) -> None:
    assert "PATCH /api/v1/comments/{id}" not in paths(blog)


def test_accounts_are_created_by_registering(blog: Contract) -> None:
    register = find(blog, "register")
    assert (register.method, register.path, register.status) == ("POST", "/api/v1/auth/register", 201)
    assert "POST /api/v1/users" not in paths(blog)


def test_an_unbounded_set_has_routes_of_its_own_and_its_other_side_can_only_be_read(blog: Contract) -> None:
    assert paths(blog) >= {
        "GET /api/v1/users/{id}/following",
        "PUT /api/v1/users/{id}/following/{following_id}",
        "DELETE /api/v1/users/{id}/following/{following_id}",
        "GET /api/v1/users/{id}/followers",
    }
    assert not any("followers/" in path for path in paths(blog))


def test_a_set_with_a_bound_and_one_left_out_of_answers_have_no_routes(blog: Contract) -> None:
    assert not any("/tags" in path and "articles" in path for path in paths(blog))
    assert not any("favorited" in path for path in paths(blog))


def test_actions_and_queries_are_at_the_paths_that_the_contract_gives_them(blog: Contract) -> None:
    assert paths(blog) >= {"POST /api/v1/profiles/{username}/follow", "GET /api/v1/articles/feed"}


def test_without_log_in_there_is_nothing_to_log_in_to(open_notes: Contract) -> None:
    assert paths(open_notes) == {
        "GET /api/v1/notes",
        "POST /api/v1/notes",
        "GET /api/v1/notes/{id}",
        "DELETE /api/v1/notes/{id}",
        "GET /health",
        "GET /health/ready",
    }


def test_names_and_places_are_unique(blog: Contract) -> None:
    found = routes(blog)
    assert len({route.name for route in found}) == len(found) == len(paths(blog))


def test_a_query_may_have_the_name_of_a_basic_operation(blog: Contract) -> None:
    query = blog.queries[0].model_copy(update={"name": "list_tags"})
    found = routes(changed(blog, queries=(query,)))
    assert [route.name for route in found if route.operation is query] == ["list_tags_query"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("list_tags", (404, 422)),
        ("read_article", (404, 422)),
        ("create_article", (401, 403, 409, 415, 422)),
        ("update_article", (401, 403, 404, 409, 415, 422)),
        ("create_comment", (401, 403, 404, 409, 415, 422)),
        ("feed", (401, 404, 422, 501)),
        ("delete_tag", (401, 403, 404, 422)),
        ("log_in", (401, 403, 422)),
        ("refresh", (401, 415, 422)),
        ("read_me", (401,)),
        ("health", ()),
        ("ready", (503,)),
    ],
)
def test_failures_follow_from_rules_and_from_what_the_route_does(
    blog: Contract, name: str, expected: tuple[int, ...]
) -> None:
    assert failures(blog, find(blog, name)) == expected


def test_a_row_that_others_must_have_cannot_be_deleted_while_they_do(open_notes: Contract) -> None:
    note = open_notes.entities[0]
    needed = note.model_copy(update={"name": "Book"})
    note = note.model_copy(update={"relations": (Relation(name="book", target="Book"),)})
    contract = changed(open_notes, entities=(note, needed))
    assert failures(contract, find(contract, "delete_book")) == (404, 409, 422)
    assert failures(contract, find(contract, "delete_note")) == (404, 422)


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        (ANYONE, {"anonymous", "member", "owner", "admin", "editor"}),
        (MEMBER, {"member", "owner", "admin", "editor"}),
        (NOBODY, set()),
        (OWNER, {"owner"}),
        (Atom(rule="you"), {"owner"}),
        (EDITOR, {"editor"}),
        (AnyOf(of=(OWNER, ADMIN)), {"owner", "admin"}),
        (AllOf(of=(MEMBER, AnyOf(of=(OWNER, EDITOR)))), {"owner", "editor"}),
        (AllOf(of=(OWNER, ADMIN)), set()),
    ],
)
def test_who_may_under_a_rule(blog: Contract, rule: Rule, who: set[str]) -> None:
    assert {caller.name for caller in callers(blog) if allows(rule, caller)} == who


def test_a_rule_reads_as_in_the_contract() -> None:
    assert rule_text(AnyOf(of=(OWNER, ADMIN))) == "owner | admin"
    assert rule_text(AllOf(of=(MEMBER, AnyOf(of=(OWNER, EDITOR))))) == "member & (owner | editor)"


def test_a_rule_that_only_a_certain_owner_can_meet_is_not_closed() -> None:
    assert not is_closed(AllOf(of=(OWNER, ADMIN)))
    assert is_closed(AllOf(of=(NOBODY, ADMIN)))
    assert is_closed(NOBODY)
    assert not is_closed(AnyOf(of=(NOBODY, ADMIN)))
