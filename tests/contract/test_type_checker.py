"""Mistakes that a type checker finds on the contract alone, before anything runs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRELUDE = """
from pydantic import EmailStr, Field
from apismith import (
    JWT, Access, Backend, Celery, Cors, Entity, Limits, Listing, Memory, Owner, Page, Parent, Redis, Reverse, Role,
    Rules, Secret, SQLite, Timestamps, Unique, action, admin, anyone, computed, count, created, member, now, on,
    owner, query, you,
)

class User(Entity):
    email: Unique[EmailStr]
    password: Secret[str]
    following: set["User"]

class Note(Entity, Timestamps):
    text: str
    likes: int = 0
    author: Owner[User]
    readers: set[User] = Field(max_length=3)

class Comment(Entity):
    note: Parent[Note]
    text: str
"""
CLEAN = """
editor = Role("editor")

class Page_(Entity):
    text: str = Field(default="")
    author: Owner[User]
    access = Access(read=anyone | editor, create=member & editor, update=owner, delete=owner | admin)
    listing = Listing(filters=["text"], order="text")
    rules = Rules(unique=[("author", "text")], check=[lambda self: self.text != ""])

    @computed
    def length(self) -> int:
        return count(self.author.following)

    @action("POST /pages/{id}/touch", allow=owner)
    def touch(self, me: User) -> "Page_":
        me.following.add(self.author)
        self.text = self.author.email
        return self

@query("GET /notes/mine")
def mine(me: User) -> Page[Note]:
    return Page(n for n in Note if n.author in me.following and n.created_at < now())

@on(created(Comment), background=True)
def tell(comment: Comment) -> None: ...

backend = Backend("notes", entities=[User, Note], also=[mine, tell], cache=Redis(), tasks=Celery(broker=Redis()))
"""
# The mistake is in the line with `#!`, else in the last one.
MISTAKES = {
    "an unknown option of an entity": 'class A(Entity, keey="text"):#!\n    text: str',
    "an unknown choice": 'Backend("notes", databse=SQLite())',
    "a role as a text": 'class A(Entity):\n    access = Access(read="admin")',
    "a rule joined with a text": 'class A(Entity):\n    access = Access(read=owner | "admin")',
    "an unknown operation of access": "class A(Entity):\n    access = Access(reed=anyone)",
    "a misspelt field in an action": (
        'class A(Entity):\n    text: str\n    @action("POST /a/{id}/b", allow=admin)\n'
        '    def b(self) -> "A":\n        self.text = self.txet#!\n        return self'
    ),
    "a value of the wrong type in an action": (
        'class A(Entity):\n    text: str\n    @action("POST /a/{id}/b", allow=admin)\n'
        '    def b(self) -> "A":\n        self.text = 3#!\n        return self'
    ),
    "a row of the wrong entity put into a set": (
        'class A(Entity):\n    users: set[User]\n    @action("POST /a/{id}/b", allow=admin)\n'
        '    def b(self) -> "A":\n        self.users.add(self)#!\n        return self'
    ),
    "an action that returns something else": (
        'class A(Entity):\n    user: User\n    @action("POST /a/{id}/b", allow=admin)\n'
        '    def b(self) -> "A":\n        return self.user'
    ),
    "a handler of another entity": "@on(created(Comment))#!\ndef handle(note: Note) -> None: ...",
    "an event of something else": "created(str)",
    "a misspelt field in a query": (
        '@query("GET /a")\ndef a(me: User) -> Page[Note]:\n    return Page(n for n in Note if n.txt == "")'
    ),
    "a page of another entity": '@query("GET /a")\ndef a() -> Page[Note]:\n    return Page(c for c in Comment)',
    "a relation behind a relation that is not there": (
        '@query("GET /a")\ndef a() -> Page[Note]:\n    return Page(n for n in Note if n.author.name == "")'
    ),
    "a computed value of another type": (
        "class A(Entity):\n    text: str\n    @computed\n    def b(self) -> int:\n        return self.text"
    ),
    "a broker that carries nothing": "Celery(broker=Memory())",
    "a rule in the place of a listing": "class A(Entity):\n    listing = Access(read=anyone)",
    "an entity that is not there": 'class A(Entity):\n    user: "Usr"',
    "a word that is not there": "from apismith import Ownr",
    "a kind of id that is not there": 'SQLite(ids="serial")',
    "a log-in that is no text": "JWT(login=User)",
    "a limit that is a number": 'Backend("notes", limits=Limits(login=5))',
    "an origin that is a number": 'Backend("notes", cors=Cors(1))',
    "a choice that is not called": 'Backend("notes", cache=Redis)',
    "a role in the place of access": "class A(Entity):\n    access = admin",
    "a text joined with a rule": 'class A(Entity):\n    access = Access(read="admin" | owner)',
    "a query without a route": "@query#!\ndef a() -> None: ...",
    "entities that are none": 'Backend("notes", entities=[User, str])',
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What pyright says of each file, in one run."""
    folder = tmp_path_factory.mktemp("contracts")
    settings = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "reportUnusedImport": False,
        "reportUnusedExpression": False,
        "reportUnusedFunction": False,
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    (folder / "clean.py").write_text(PRELUDE + CLEAN)
    for name, text in MISTAKES.items():
        (folder / f"{_file(name)}.py").write_text(f"{PRELUDE}\n{text}\n")
    for example in (ROOT / "examples" / "conduit.py", ROOT / "examples" / "shop", Path(__file__).with_name("sketch")):
        for file in [example] if example.is_file() else example.glob("*.py"):
            copy = folder / file.relative_to(example.parent)
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(file.read_text())
    done = subprocess.run(
        [Path(sys.executable).with_name("pyright"), "--outputjson", "-p", folder, "--pythonpath", sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    said: dict[str, list[str]] = {str(file.relative_to(folder)): [] for file in folder.rglob("*.py")}
    for diagnostic in report["generalDiagnostics"]:
        line = diagnostic["range"]["start"]["line"]
        said[str(Path(diagnostic["file"]).relative_to(folder))].append(f"{line + 1}: {diagnostic['message']}")
    return said


def _file(name: str) -> str:
    return re.sub(r"\W", "_", name)


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_found(name: str, found: dict[str, list[str]]) -> None:
    lines = MISTAKES[name].split("\n")
    wrong = next((number for number, line in enumerate(lines, 1) if "#!" in line), len(lines))
    assert {int(said.split(":")[0]) for said in found[f"{_file(name)}.py"]} == {PRELUDE.count("\n") + 1 + wrong}


def test_contracts_without_mistakes_are_left_alone(found: dict[str, list[str]]) -> None:
    wrong = {file: said for file, said in found.items() if file.split(".")[0] not in map(_file, MISTAKES) and said}
    assert not wrong
    assert {"clean.py", "conduit.py", "shop/__init__.py", "sketch/__init__.py"} <= set(found)
