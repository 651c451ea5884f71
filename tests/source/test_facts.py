"""What is known of a project from its text alone."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from apismith.source import Facts, read_facts
from apismith.source.files import LARGEST

Tree = Callable[..., Facts]


@pytest.fixture
def facts(tmp_path: Path) -> Tree:
    def read(**files: str) -> Facts:
        for name, text in files.items():
            path = tmp_path / "{}.py".format(name.replace("__init__", ":").replace("__", "/").replace(":", "__init__"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding="utf-8")
        return read_facts(tmp_path)

    return read


def targets(facts: Facts, function: str) -> list[str | None]:
    return [call.target for call in facts.functions[function].calls]


def test_a_route_has_the_prefixes_and_dependencies_of_every_way_to_it(facts: Tree) -> None:
    found = facts(
        app__main="""
            from fastapi import Depends, FastAPI
            from .api import api
            from .auth import user
            from .config import settings
            app = FastAPI()
            app.include_router(api, prefix=settings.PREFIX, dependencies=[Depends(user)])
        """,
        app__config="""
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                PREFIX: str = "/api/v1"
            settings = Settings()
        """,
        app__auth="def user(): ...",
        app__api="""
            from fastapi import APIRouter
            from app import books
            api = APIRouter()
            api.include_router(books.router, prefix="/books")
        """,
        app__books="""
            from fastapi import APIRouter
            router = APIRouter(prefix="/all")
            @router.get("/{id}")
            async def read(id: int): ...
        """,
    )
    [route] = found.routes
    assert route.label == "GET /api/v1/books/all/{id}"
    assert [each.target for each in route.inherited[0]] == ["app.auth.user"]
    assert not route.opaque


def test_a_router_that_nobody_is_seen_to_include_may_be_guarded_elsewhere(facts: Tree) -> None:
    found = facts(
        api="""
        from fastapi import APIRouter
        router = APIRouter()
        @router.get("/a")
        def a(): ...
    """
    )
    assert [route.opaque for route in found.routes] == [True]


def test_dependencies_are_found_behind_aliases_and_defaults(facts: Tree) -> None:
    found = facts(
        deps="""
            from typing import Annotated
            from fastapi import Depends
            def session(): ...
            def user(): ...
            Session = Annotated[object, Depends(session)]
        """,
        main="""
            from fastapi import Depends, FastAPI, Security
            import deps
            from deps import Session
            app = FastAPI()
            class Filters: ...
            @app.get("/")
            def index(db: Session, who=Security(deps.user), filters: Filters = Depends()): ...
        """,
    )
    [route] = found.routes
    assert [each.target for each in route.dependencies] == ["deps.session", "deps.user", "main.Filters"]
    assert [each.is_security for each in route.dependencies] == [False, True, False]


def test_calls_are_followed_through_re_exports_attributes_and_annotations(facts: Tree) -> None:
    found = facts(
        lib____init__="from .client import *",
        lib__client="""
            import requests
            class Client:
                def __init__(self):
                    self.session = requests.Session()
                def fetch(self):
                    return self.session.get("x")
        """,
        main="""
            from lib import Client
            class Service:
                def __init__(self, client: Client):
                    self.client = client
                def run(self):
                    self.client.fetch()
            def go(service: "Service | None"):
                service.run()
        """,
    )
    assert targets(found, "main.go") == ["main.Service.run"]
    assert targets(found, "main.Service.run") == ["lib.client.Client.fetch"]
    assert targets(found, "lib.client.Client.fetch") == ["requests.Session.get"]


def test_a_module_called_like_a_library_is_not_taken_for_it(facts: Tree) -> None:
    found = facts(
        app____init__="",
        app__redis="",
        app__cache="""
            import redis
            def go():
                redis.from_url("x")
        """,
    )
    assert targets(found, "app.cache.go") == ["redis.from_url"]


def test_a_name_that_is_rebound_means_nothing_known(facts: Tree) -> None:
    found = facts(
        main="""
        import requests
        def go(requests):
            requests.get("x")
    """
    )
    assert targets(found, "main.go") == [None]


def test_syntax_newer_than_this_python_is_read_where_it_stands(facts: Tree) -> None:
    found = facts(
        main="""
        import time
        type Pair[T] = tuple[T, T]
        def go[T](value: T):
            try:
                time.sleep(1)
            except ValueError, KeyError:
                time.sleep(2)
    """
    )
    assert found.unread == []
    first, second = found.functions["main.go"].calls
    assert (found.files[0].span(first.node).line, found.files[0].span(second.node).line) == (6, 8)


NEWER = [
    "def go[\n    T: int,\n](value: T) -> T:\n    {call}",
    "class Box[T = int]:\n    def go(self): {call}",
    "type Pair[T] = tuple[T, T]\ndef go(): {call}",
    "def go():\n    try: ...\n    except ValueError, KeyError:\n        {call}",
    "def go():\n    try: ...\n    except* ValueError, KeyError:\n        {call}",
    'def go(): x = f"{a["b"]} {", ".join(c)}"; {call}',
    'def go(): x = f"{"\\n".join(c)}"; {call}',
    'def go(): x = t"a {b["c"]}"; {call}',
    'def go():\n    x = f"{f"{y}"}" f"{\n        a  # why\n    }"\n    {call}',
]


@pytest.mark.parametrize("text", NEWER)
def test_any_newer_syntax_leaves_the_rest_in_its_place(facts: Tree, text: str) -> None:
    found = facts(main=text.replace("{call}", "print('é', 1)"))
    assert found.unread == []
    [function] = [function for function in found.functions.values() if function.node.name == "go"]
    [call] = [call for call in function.calls if call.target == "builtins.print"]
    line, column = function.module.file.span(call.node).line, function.module.file.span(call.node).column
    assert function.module.file.lines[line - 1][column - 1 :].startswith("print('é', 1)")


def test_a_statement_that_nobody_understands_is_named_and_the_rest_is_read(facts: Tree) -> None:
    found = facts(
        main="""
        def good(): ...
        def broken(: ...
        def also_good(): ...
    """
    )
    assert [(each.line, each.whole) for each in found.unread] == [(3, False)]
    assert set(found.functions) == {"main.good", "main.also_good"}


def test_what_cannot_be_read_is_named_and_what_is_not_the_projects_own_is_not(tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes(b"x = '\xe9'")
    (tmp_path / "declared.py").write_bytes(b"# coding: latin-1\nx = '\xe9'")
    (tmp_path / "null.py").write_bytes(b"x = 1\0")
    (tmp_path / "deep.py").write_text("(" * 5000 + ")" * 5000)
    (tmp_path / "huge.py").write_text("#" * (LARGEST + 1))
    (tmp_path / ".gitignore").write_text("/generated/\n*_pb2.py\n")
    for name in ("generated/a.py", "x_pb2.py", ".venv/b.py", "env/c.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "outside.py").symlink_to("/etc/hostname")
    found = read_facts(tmp_path)
    assert [file.path for file in found.files] == ["declared.py"]
    assert sorted(each.path for each in found.unread) == ["deep.py", "huge.py", "latin.py", "null.py"]


def test_columns_count_characters(facts: Tree) -> None:
    found = facts(main='def go(): "äöü"; print(1)')
    [call] = found.functions["main.go"].calls
    assert found.files[0].span(call.node).column == 18


@given(st.text(st.sampled_from("abc=()[]:., \n@\"'{}f def class import from *")))
def test_no_text_makes_reading_fail(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("any") / "any.py"
    file.write_text(text, encoding="utf-8")
    found = read_facts(file)
    assert found.files or found.unread


def test_a_parameter_hides_what_its_module_calls_so(tmp_path: Path) -> None:
    (tmp_path / "orders.py").write_text(
        "class Service:\n"
        "    async def close(self, order) -> None:\n"
        "        order.close()\n"
        "        order.items.close()\n"
        "\n"
        "order = Service()\n",
        encoding="utf-8",
    )
    facts = read_facts(tmp_path)
    assert [call.target for call in facts.functions["orders.Service.close"].calls] == [None, None]


def test_a_value_that_is_made_of_itself_is_nothing_known(facts: Tree) -> None:
    found = facts(
        main="from other import a\n"
        "class Parser: pass\n"
        "parser = parser.add()\n"
        "here = there.of()\n"
        "there = here.of()\n"
        "b = a.next()\n"
        "def go():\n"
        "    parser.run()\n"
        "    here.run()\n"
        "    b.run()\n",
        other="from main import b\na = b.next()\n",
    )
    assert targets(found, "main.go") == ["main.parser.run", "main.here.run", "main.b.run"]
