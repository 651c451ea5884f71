"""What is read from a contract, and what is filled in where it says nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

import apismith
from apismith.contract.access import rule_text
from apismith.contract.errors import ContractErrors, ContractNotFound, NotAContract, TookTooLong
from apismith.contract.load import load
from apismith.contract.model import Contract, Default, Entity, Scalar, Type
from apismith.errors import ApismithError

ROOT = Path(__file__).parents[2]
SKETCH = Path(__file__).with_name("sketch")
# Writes to the pipe on which the answer is expected.
FORGED = b"""
import os
for number in range(3, 9):
    try: os.write(number, b'%s')
    except OSError: pass
os._exit(0)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(text: str, file: str = "contract.py") -> Contract:
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(f"from apismith import *\nfrom pydantic import Field\n{text}", encoding="utf-8")
    return load(file)


def rules(entity: Entity) -> list[str]:
    access = entity.access
    return [rule_text(rule) for rule in (access.read, access.create, access.update, access.delete)]


def test_a_name_is_only_reserved_for_what_the_backend_has() -> None:
    contract = read("class SecondFactor(Entity):\n    text: str\nbackend = Backend('notes')\n")
    assert "SecondFactor" in contract.by_name


# Whole contracts ------------------------------------------------------------------------------------------------------


def test_the_sketch_of_the_design_loads() -> None:
    contract = load(SKETCH)
    assert contract.name == "conduit"
    assert [entity.name for entity in contract.entities] == ["User", "Tag", "Article", "Comment"]
    user, article, comment = (contract.by_name[name] for name in ("User", "Article", "Comment"))
    assert contract.account == user
    assert user.relation("followers").reverse_of == "following"  # type: ignore[union-attr]
    assert article.key == "slug"
    slug = article.field("slug")
    assert slug is not None
    assert (slug.unique, slug.slug_of) == (True, "title")
    assert article.relation("tags").max_items == 10  # type: ignore[union-attr]
    assert article.relation("favorited_by").exclude  # type: ignore[union-attr]
    assert article.owner is not None
    assert comment.parent is not None
    assert [action.body is None for action in article.actions] == [True]
    assert [action.body is None for action in user.actions] == [False]
    assert rules(article) == ["anyone", "member", "owner", "owner | admin"]
    assert (contract.database.kind, contract.limits.body) == ("postgres", 1_000_000)
    assert contract.cors.origins == ("https://conduit.example",)
    assert [(h.name, h.event, h.entity, h.background) for h in contract.handlers] == [
        ("notify_author", "created", "Comment", True)
    ]


@pytest.mark.parametrize("example", sorted((ROOT / "examples").iterdir()), ids=lambda path: path.name)
def test_examples_load(example: Path) -> None:
    if example.suffix == ".py" or example.is_dir():
        assert load(example).entities


def test_one_entity_and_nothing_else_gives_a_safe_backend() -> None:
    contract = read("class Note(Entity):\n    text: str\n", "my_notes.py")
    assert contract.name == "my-notes"
    assert (contract.database.kind, contract.database.ids, contract.version) == ("sqlite", "int", "v1")
    assert contract.auth is not None
    assert (contract.auth.account, contract.auth.login, contract.auth.secret) == ("User", "email", "password")
    assert rules(contract.by_name["Note"]) == ["member", "admin", "admin", "admin"]
    assert rules(contract.by_name["User"]) == ["you", "anyone", "you", "you"]
    assert rule_text(contract.by_name["User"].listing.allow) == "admin"  # type: ignore[arg-type]


def test_a_contract_of_queries_alone() -> None:
    contract = read('@query("GET /time")\ndef time() -> str: ...\nbackend = Backend("clock", auth=None)\n')
    assert contract.entities == ()
    assert [(q.name, rule_text(q.allow), q.result.shape) for q in contract.queries] == [("time", "anyone", "value")]


def test_several_files_refer_to_each_other() -> None:
    Path("shop").mkdir()
    Path("shop/people.py").write_text(
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING\nfrom apismith import *\n"
        "if TYPE_CHECKING:\n    from .orders import Order\n"
        "class Person(Entity):\n    name: str\n    orders: Reverse[set[Order]]\n"
    )
    Path("shop/orders.py").write_text(
        "from apismith import *\nfrom shop.people import Person\nclass Order(Entity):\n    person: Person\n"
    )
    Path("shop/__init__.py").write_text("from .orders import Order\n")
    contract = load("shop")
    assert contract == load("shop/__init__.py")
    assert contract.name == "shop"
    assert contract.by_name["Person"].relation("orders").reverse_of == "person"  # type: ignore[union-attr]
    span = contract.by_name["Order"].span
    assert span is not None
    assert span.file == str(Path("shop/orders.py"))


def test_a_file_beside_the_contract_cannot_stand_in_for_a_module_of_python() -> None:
    Path("types.py").write_text("raise RuntimeError\n")
    Path("shared.py").write_text(
        "from typing import Annotated\nfrom pydantic import Field\nName = Annotated[str, Field(max_length=7)]\n"
    )
    contract = read("from shared import Name\nclass Note(Entity):\n    name: Name\n")
    assert contract.by_name["Note"].fields[0].constraints.max_length == 7


def test_the_environment_and_the_folder_do_not_reach_a_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "leaked")
    contract = read("import os\nclass Note(Entity):\n    text: str = os.environ.get('NAME', 'kept out')\n")
    assert contract.by_name["Note"].fields[0].default == Default(value="kept out")


def test_a_contract_may_lie_around_the_package_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("src").symlink_to(Path(apismith.__file__).parents[1])
    code = (
        "import sys; sys.path.insert(0, 'src'); from apismith.contract.load import load; "
        "print(len(load('contract.py').entities))"
    )
    Path("contract.py").write_text("from apismith import *\nclass Note(Entity):\n    text: str\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("2\n", "")


def test_reading_leaves_nothing_behind(folder: Path) -> None:
    read("class Note(Entity):\n    text: str\n")
    assert [path.name for path in folder.iterdir()] == ["contract.py"]


# What is said of parts ------------------------------------------------------------------------------------------------


def test_types_and_defaults() -> None:
    contract = read(
        "from datetime import date, datetime, time, timedelta\nfrom decimal import Decimal\n"
        "from uuid import UUID, uuid4\nfrom pydantic import AwareDatetime, EmailStr, HttpUrl, JsonValue, PositiveInt\n"
        "class Note(Entity):\n"
        "    a: str = 'x'\n    b: int | None = None\n    c: float\n    d: bool = False\n"
        "    e: Decimal = Decimal('1.50')\n    f: date = Field(default_factory=date.today)\n"
        "    g: datetime = now()\n    h: AwareDatetime = Field(default_factory=now)\n    i: time\n"
        "    j: timedelta = timedelta(minutes=90)\n    k: UUID = Field(default_factory=uuid4)\n"
        "    l: EmailStr\n    m: HttpUrl | None = None\n    n: dict[str, JsonValue] = {}\n    o: JsonValue\n"
        "    p: list[str] = Field(default_factory=list, max_length=3)\n    q: PositiveInt\n"
        "    r: External['users.User']\n"
    )
    fields = {field.name: field for field in contract.by_name["Note"].fields}
    kinds = "str int float bool decimal date datetime datetime time duration uuid email url json json str int str"
    assert [field.type.scalar for field in fields.values()] == kinds.split()
    assert fields["p"].type == Type(scalar=Scalar.STR, many=True)
    assert [name for name, field in fields.items() if field.type.nullable] == ["b", "m"]
    assert [name for name, field in fields.items() if field.required] == ["c", "i", "l", "o", "q", "r"]
    assert {name: field.default.call for name, field in fields.items() if field.default and field.default.call} == {
        "f": "today",
        "g": "now",
        "h": "now",
        "k": "uuid",
        "n": "dict",
        "p": "list",
    }
    values = {name: field.default.value for name, field in fields.items() if field.default and not field.default.call}
    assert values == {"a": "x", "b": None, "d": False, "e": "1.50", "j": "PT1H30M", "m": None}
    assert fields["q"].constraints.gt == 0
    assert fields["r"].external == "users.User"


def test_closed_sets() -> None:
    contract = read(
        "from enum import StrEnum\nfrom typing import Literal\n"
        "class Status(StrEnum):\n    '''How far it is.'''\n    open = 'o'\n    done = 'd'\n"
        "class Note(Entity):\n    status: Status = Status.open\n    size: Literal['s', 'x l', 'class'] = 's'\n"
    )
    enums = {enum.name: [(m.name, m.value) for m in enum.members] for enum in contract.enums}
    assert enums == {
        "Status": [("open", "o"), ("done", "d")],
        "NoteSize": [("s", "s"), ("x_l", "x l"), ("class_", "class")],
    }
    assert contract.enums[0].description == "How far it is."
    assert contract.by_name["Note"].fields[0].default == Default(value="o")


def test_descriptions_come_from_docstrings_and_from_texts_below_fields() -> None:
    contract = read(
        'class Note(Entity):\n    """A note.\n\n    On paper.\n    """\n    text: str\n    "What it says."\n'
        '    size: int = Field(description="In pages.", title="Size", examples=[1, 2])\n'
    )
    note = contract.by_name["Note"]
    assert note.description == "A note.\n\nOn paper."
    assert [field.description for field in note.fields] == ["What it says.", "In pages."]
    assert (note.fields[1].title, note.fields[1].examples) == ("Size", (1, 2))


def test_fields_of_a_class_without_entity_belong_to_all_that_are_made_from_it() -> None:
    contract = read(
        "class Priced:\n    price: int = Field(ge=0)\n    shop: 'Shop'\n"
        "class Shop(Entity):\n    name: str\n"
        "class Book(Entity, Priced, Timestamps, SoftDelete, Versioned, Audited):\n    title: str\n"
    )
    book = contract.by_name["Book"]
    assert [field.name for field in book.fields] == ["price", "title"]
    assert [relation.name for relation in book.relations] == ["shop"]
    assert (book.timestamps, book.soft_delete, book.versioned, book.audited) == (True, True, True, True)


def test_former_names() -> None:
    contract = read(
        "class Note(Entity, was='Memo'):\n    text: str = was('body')\n    size: int = was('length', 3)\n"
        "    name: str = was('title', Field(max_length=9))\n    book: 'Book' = was('volume')\n"
        "class Book(Entity):\n    title: str\n"
    )
    note = contract.by_name["Note"]
    assert note.was == "Memo"
    assert [(f.was, f.default, f.constraints.max_length) for f in note.fields] == [
        ("body", None, None),
        ("length", Default(value=3), None),
        ("title", None, 9),
    ]
    assert note.relations[0].was == "volume"


def test_the_safe_rules_follow_the_owner_of_what_a_row_lives_below() -> None:
    contract = read(
        "class User(Entity):\n    email: Unique[str]\n    password: Secret[str]\n"
        "class List(Entity):\n    owner: Owner[User]\n"
        "class Item(Entity):\n    list: Parent[List]\n    access = Access(read=anyone)\n"
        "class Tag(Entity):\n    name: str\n"
    )
    assert {entity.name: rules(entity) for entity in contract.entities} == {
        "User": ["you", "anyone", "you", "you"],
        "List": ["owner", "member", "owner", "owner"],
        "Item": ["anyone", "member", "owner", "owner"],
        "Tag": ["member", "admin", "admin", "admin"],
    }


def test_rules_are_joined_and_roles_collected() -> None:
    contract = read(
        "doctor = Role('doctor')\nnurse = Role('nurse')\n"
        "class Chart(Entity):\n    text: str\n"
        "    access = Access(read=(doctor | nurse) & member, update=doctor | admin)\n"
    )
    assert contract.roles == ("doctor", "nurse")
    assert rules(contract.by_name["Chart"])[0] == "(doctor | nurse) & member"
    assert rules(contract.by_name["Chart"])[2] == "doctor | admin"


def test_without_accounts_anyone_may() -> None:
    contract = read("class Note(Entity):\n    text: str\nbackend = Backend('notes', auth=None)\n")
    assert contract.auth is None
    assert [entity.name for entity in contract.entities] == ["Note"]
    assert rules(contract.by_name["Note"]) == ["anyone"] * 4


def test_parameters_of_operations() -> None:
    contract = read(
        "class Tag(Entity):\n    name: str\n"
        "class Note(Entity):\n    code: Unique[str]\n    access = Access(update=member)\n"
        "    @action('POST /notes/{code}/copy/{times}')\n"
        "    def duplicate(self, me: 'User', times: int, tag: Tag, note: str = '') -> None: ...\n"
        "@query('GET /notes/search', allow=anyone)\n"
        "def search(word: str, tag: Tag | None = None) -> list[Note]: ...\n"
        "class User(Entity):\n    email: Unique[str]\n    password: Secret[str]\n"
    )
    action = contract.by_name["Note"].actions[0]
    assert (action.key, action.uses_me, rule_text(action.allow)) == ("code", True, "member")
    assert [(p.name, p.place, p.entity) for p in action.parameters] == [
        ("times", "path", None),
        ("tag", "body", "Tag"),
        ("note", "body", None),
    ]
    assert action.parameters[2].default == Default(value="")
    assert [(p.name, p.place) for p in contract.queries[0].parameters] == [("word", "query"), ("tag", "query")]
    assert (contract.queries[0].result.shape, contract.queries[0].uses_me) == ("list", False)


def test_names_that_python_has_another_use_for() -> None:
    contract = read("class Class(Entity):\n    class_: str\n    type: str\nclass News(Entity):\n    from_: 'Class'\n")
    assert [entity.name for entity in contract.entities][1:] == ["Class", "News"]


def test_slugs() -> None:
    contract = read(
        "class A(Entity, key='slug'):\n    code: str\n    name: str\n    title: str\n"
        "class B(Entity, key='slug'):\n    code: str\n    name: str\n"
        "class C(Entity, key='slug'):\n    size: int\n    code: str\n"
        "class D(Entity, key='address'):\n    address: str = slugify('name')\n    name: str\n"
        "class E(Entity, key='slug'):\n    slug: Unique[str] = Field(max_length=9)\n    title: str\n"
    )
    slugs = {
        entity.name: [(f.name, f.slug_of, f.unique, f.constraints.max_length) for f in entity.fields if f.unique]
        for entity in contract.entities
        if entity.name != "User"
    }
    assert slugs == {
        "A": [("slug", "title", True, 200)],
        "B": [("slug", "name", True, 200)],
        "C": [("slug", "code", True, 200)],
        "D": [("address", "name", True, 200)],
        "E": [("slug", None, True, 9)],
    }


def test_reverses_find_their_relation() -> None:
    contract = read(
        "class Person(Entity):\n    boss: 'Person | None' = None\n    staff: Reverse[set['Person']]\n"
        "    wrote: Reverse[set['Book']] = reverse_of('author')\n"
        "    lent: Reverse[set['Book']] = reverse_of('reader')\n"
        "    clubs: Reverse[set['Club']]\n"
        "class Book(Entity):\n    author: Person\n    reader: Person | None = None\n"
        "class Club(Entity):\n    members: set[Person]\n"
    )
    person = contract.by_name["Person"]
    assert {r.name: (r.reverse_of, r.many) for r in person.relations} == {
        "boss": (None, False),
        "staff": ("boss", True),
        "wrote": ("author", True),
        "lent": ("reader", True),
        "clubs": ("members", True),
    }


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbffrom apismith import *\nclass Note(Entity):\n    text: str = 'caf\xc3\xa9'\n",
        b"# -*- coding: latin-1 -*-\nfrom apismith import *\nclass Note(Entity):\n    text: str = 'caf\xe9'\n",
        b"from apismith import *\r\nclass Note(Entity):\r\n    text: str = 'caf\xc3\xa9'\r\n",
        b"\x0cfrom apismith import *\nclass Note(Entity):\n\x0c    text: str = 'caf\xc3\xa9'",
    ],
    ids=["byte order mark", "declared encoding", "carriage returns", "form feeds"],
)
def test_files_as_python_decodes_them(data: bytes) -> None:
    Path("contract.py").write_bytes(data)
    assert load("contract.py").by_name["Note"].fields[0].default == Default(value="café")


# What cannot be read --------------------------------------------------------------------------------------------------


def test_a_missing_file_is_named_with_its_neighbours() -> None:
    Path("contract.py").touch()
    with pytest.raises(ContractNotFound) as raised:
        load("contrakt.py")
    assert raised.value.hint == "Did you mean 'contract.py'?"


def test_a_file_of_another_kind_is_no_contract() -> None:
    Path("notes.yaml").touch()
    with pytest.raises(NotAContract, match=r"notes\.yaml"):
        load("notes.yaml")


def test_a_folder_without_init_is_no_package() -> None:
    Path("shop").mkdir()
    Path("shop/orders.py").touch()
    with pytest.raises(NotAContract, match=r"no __init__\.py") as raised:
        load("shop")
    assert raised.value.hint is not None
    assert raised.value.hint.endswith("shop/orders.py.")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "nothing-declared"),
        (b"\n\n", "nothing-declared"),
        (b"text = '\xff'\n", "invalid-syntax"),
        ("text = ''".encode("utf-16"), "invalid-syntax"),
        (b"\x00" * 1000, "invalid-syntax"),
        (b"(" * 100_000, "invalid-syntax"),
        (b"x = " + b"-" * 100_000 + b"1\n", "took-too-much-memory"),
        (b"x = 1\n" * 1_000_000, "took-too-much-memory"),
        (b"import os, signal\nsignal.raise_signal(signal.SIGTERM)\n", "contract-exited"),
        (b"import ctypes\nctypes.string_at(0)\n", "took-too-much-memory"),
        (b"import os\nos.closerange(3, 100)\n", "contract-exited"),
        (FORGED % b"[]", "contract-exited"),
        (FORGED % b"{}", "contract-exited"),
        (b"import faulthandler, signal, time\nsignal.alarm(0)\nsignal.setitimer(signal.ITIMER_REAL, 0)\n"
         b"faulthandler.cancel_dump_traceback_later()\ntime.sleep(1000)\n", "took-too-long"),
        (b"from apismith import *\nclass Odd:\n  def __repr__(self):\n    while True: pass\n"
         b"class Note(Entity):\n  text: str\n  access = Access(read=Odd())\n", "took-too-long"),
    ],
)  # fmt: skip
def test_files_that_nothing_can_be_made_of(data: bytes, code: str) -> None:
    Path("contract.py").write_bytes(data)
    with pytest.raises(ApismithError) as raised:
        load("contract.py", seconds=1, memory=200 * 1024**2)
    assert raised.value.code == code
    assert raised.value.at is not None
    assert raised.value.at.file == "contract.py"


def test_files_that_import_each_other_are_told_how() -> None:
    Path("shop").mkdir()
    Path("shop/__init__.py").write_text("from .orders import Order\n")
    Path("shop/orders.py").write_text(
        "from .people import Person\nfrom apismith import *\nclass Order(Entity):\n    p: Person\n"
    )
    Path("shop/people.py").write_text("from .orders import Order\n")
    with pytest.raises(ApismithError) as raised:
        load("shop")
    assert (raised.value.code, str(raised.value.at)) == ("missing-module", f"{Path('shop/people.py')}:1:1")
    assert "TYPE_CHECKING" in (raised.value.hint or "")


def test_all_mistakes_are_reported_in_the_order_of_their_places() -> None:
    text = (
        "class Note(Entity):\n    a: str = Field(ge=3)\n    b: int = Field(pattern='x')\n"
        "    access = Access(read='anyone')\n    listing = Listing(filters=['c'])\n"
    )
    with pytest.raises(ContractErrors) as raised:
        read(text)
    assert [(mistake.code, mistake.at.line if mistake.at else 0) for mistake in raised.value.each] == [
        ("constraint-does-not-fit", 4),
        ("constraint-does-not-fit", 5),
        ("rule-is-no-rule", 6),
        ("unknown-filter", 7),
    ]


def test_a_part_that_is_not_understood_is_not_missed_by_others() -> None:
    """Otherwise one mistake would be reported as several."""
    with pytest.raises(ApismithError) as raised:
        read("class Note(Entity):\n    a: bytes\n    listing = Listing(filters=['a'], order='a')\n")
    assert [mistake.code for mistake in raised.value.each] == ["unsupported-annotation"]


def test_a_loop_inside_of_python_itself_is_ended() -> None:
    Path("contract.py").write_text("import re\n\nre.match('(a+)+$', 'a' * 60 + 'b')\n")
    with pytest.raises(TookTooLong) as raised:
        load("contract.py", seconds=0.5)
    assert raised.value.at is not None
    assert raised.value.at.line == 3


def test_nothing_that_a_contract_started_goes_on() -> None:
    Path("contract.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()\ntime.sleep(1000)\n"
    )
    with pytest.raises(TookTooLong):
        load("contract.py", seconds=0.5)
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=False).stdout
    assert str(Path.cwd()) not in left


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_descriptors_are_given_back() -> None:
    read("class Note(Entity):\n    text: str\n")
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    load("contract.py")
    assert len(list(descriptors.iterdir())) == before
