"""Bodies that become SQL, as the tree that the generator reads."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from apismith.contract.errors import ContractErrors
from apismith.contract.expressions import (
    Arithmetic,
    Assign,
    Compare,
    Constant,
    Count,
    EnumMember,
    Expression,
    Link,
    Logic,
    Now,
    Path as Way,
    Return,
    Select,
    Statement,
)
from apismith.contract.load import load
from apismith.contract.model import Contract

TEXT = '''
from datetime import datetime
from enum import StrEnum
from apismith import *


class Status(StrEnum):
    draft = "draft"
    done = "done"


class User(Entity):
    email: Unique[str]
    password: Secret[str]
    following: set["User"]
    followers: Reverse[set["User"]]


class Note(Entity, Timestamps):
    text: str
    likes: int = 0
    status: Status = Status.draft
    done_at: datetime | None = None
    author: Owner[User]
    readers: set[User]
    comments: Reverse[set["Comment"]]
    access = Access(update=member)
    rules = Rules(check=[lambda self: self.likes >= 0, short])

    @computed
    def popularity(self) -> int:
        """How many read it."""
        return count(self.readers) + 2 * count(c for c in self.comments if c.text != "")
@ACTIONS


class Comment(Entity):
    note: Parent[Note]
    text: str
@QUERIES
'''
SHORT = "def short(self: 'Note') -> bool:\n    return self.text == '' or not self.likes > 3\n"
ACTIONS: dict[str, tuple[Statement, ...] | None] = {
    "self.text = 'a'\nreturn self": (
        Assign(target=Way(root="self", steps=("text",)), value=Constant(value="a")),
        Return(value=Way(root="self")),
    ),
    "self.likes += 1\nreturn self": (
        Assign(
            target=Way(root="self", steps=("likes",)),
            value=Arithmetic(op="+", left=Way(root="self", steps=("likes",)), right=Constant(value=1)),
        ),
        Return(value=Way(root="self")),
    ),
    "self.status = Status.done\nself.done_at = now()\nreturn self": (
        Assign(target=Way(root="self", steps=("status",)), value=EnumMember(enum="Status", member="done")),
        Assign(target=Way(root="self", steps=("done_at",)), value=Now()),
        Return(value=Way(root="self")),
    ),
    "self.readers.add(me)\nreturn self": (
        Link(op="add", target=Way(root="self", steps=("readers",)), value=Way(root="me")),
        Return(value=Way(root="self")),
    ),
    "me.followers.discard(them)\nreturn self": (
        Link(op="discard", target=Way(root="me", steps=("followers",)), value=Way(root="them")),
        Return(value=Way(root="self")),
    ),
    "...": None,
    "'''To be done.'''\n...": None,
    "'''To be done.'''": None,
    "pass": None,
    "raise NotImplementedError": None,
    "raise NotImplementedError('later')": None,
}
N = "n"
QUERIES: dict[str, Expression] = {
    "Page(n for n in Note)": Select(entity="Note", variable=N),
    "Page([n for n in Note])": Select(entity="Note", variable=N),
    "Page(n for n in Note if n.author in me.following)": Select(
        entity="Note",
        variable=N,
        where=Compare(op="in", left=Way(root=N, steps=("author",)), right=Way(root="me", steps=("following",))),
    ),
    "Page(n for n in Note if n.author.email == word and not n.done_at is None)": Select(
        entity="Note",
        variable=N,
        where=Logic(
            op="and",
            operands=(
                Compare(op="==", left=Way(root=N, steps=("author", "email")), right=Way(root="word")),
                Logic(
                    op="not",
                    operands=(Compare(op="is", left=Way(root=N, steps=("done_at",)), right=Constant(value=None)),),
                ),
            ),
        ),
    ),
    "Page(n for n in Note if 0 < n.likes < 10)": Select(
        entity="Note",
        variable=N,
        where=Logic(
            op="and",
            operands=(
                Compare(op="<", left=Constant(value=0), right=Way(root=N, steps=("likes",))),
                Compare(op="<", left=Way(root=N, steps=("likes",)), right=Constant(value=10)),
            ),
        ),
    ),
    "Page(n for n in Note if n.status in (Status.draft, Status.done))": Select(
        entity="Note",
        variable=N,
        where=Logic(
            op="or",
            operands=(
                Compare(op="==", left=Way(root=N, steps=("status",)), right=EnumMember(enum="Status", member="draft")),
                Compare(op="==", left=Way(root=N, steps=("status",)), right=EnumMember(enum="Status", member="done")),
            ),
        ),
    ),
    "[n for n in Note]": Select(entity="Note", variable=N),
    "Page(n for n in Note if me not in n.readers if n.author != me)": Select(
        entity="Note",
        variable=N,
        where=Logic(
            op="and",
            operands=(
                Compare(op="not in", left=Way(root="me"), right=Way(root=N, steps=("readers",))),
                Compare(op="!=", left=Way(root=N, steps=("author",)), right=Way(root="me")),
            ),
        ),
    ),
    "Page(n for n in Note if n.done_at is not None or n.likes / 2 - 1 >= 3)": Select(
        entity="Note",
        variable=N,
        where=Logic(
            op="or",
            operands=(
                Compare(op="is not", left=Way(root=N, steps=("done_at",)), right=Constant(value=None)),
                Compare(
                    op=">=",
                    left=Arithmetic(
                        op="-",
                        left=Arithmetic(op="/", left=Way(root=N, steps=("likes",)), right=Constant(value=2)),
                        right=Constant(value=1),
                    ),
                    right=Constant(value=3),
                ),
            ),
        ),
    ),
    "Page(n for n in Note if n.text not in ('a', word))": Select(
        entity="Note",
        variable=N,
        where=Logic(
            op="and",
            operands=(
                Compare(op="!=", left=Way(root=N, steps=("text",)), right=Constant(value="a")),
                Compare(op="!=", left=Way(root=N, steps=("text",)), right=Way(root="word")),
            ),
        ),
    ),
    "Page(n for n in Note if count(n.readers) > -1)": Select(
        entity="Note",
        variable=N,
        where=Compare(op=">", left=Count(of=Way(root=N, steps=("readers",))), right=Constant(value=-1)),
    ),
}
# What is refused, with the text that is pointed at and a part of the hint.
REFUSED_ACTIONS = {
    "for n in me.following: pass": ("for n in", "A body may"),
    "if word: return self": ("if word", "A body may"),
    "with word: pass": ("with word", "A body may"),
    "import os": ("import os", "A body may"),
    "del self.text": ("del self.text", "A body may"),
    "raise ValueError": ("raise ValueError", "A body may"),
    "return": ("return", "A body may"),
    "return self; self.text = ''": ("return self", "A body may"),
    "self.likes *= 2": ("self.likes *= 2", "A body may"),
    "self.text: str = 'x'": ("self.text: str", "A body may"),
    "self.text = self.likes = 1": ("self.text = self.likes", "A body may"),
    "self.text = word.upper()": ("word.upper()", "A body may"),
    "self.text = f'{word}'": ("f'{word}'", "A body may"),
    "self.text = b'x'": ("b'x'", "A body may"),
    "self.likes = 1 if word else 2": ("1 if word", "A body may"),
    "self.likes = len(self.readers)": ("len(", "A body may"),
    "self.status = Status['draft']": ("Status[", "A body may"),
    "self.readers.remove(me)": ("self.readers.remove", "A body may"),
    "word = 'x'": ("word", "Only the fields of `self` and `me`"),
    "self.author.email = 'x'": ("self.author.email", "Only the fields of `self` and `me`"),
    "self.readers = me": ("self.readers", "A set is not assigned"),
    "self.readers.add(word)": ("word", "What is put into a set"),
    "self.readers.add(self.author)": ("self.author", "What is put into a set"),
    "self.readers.add(self)": ("self)", "The set holds rows of User"),
    "self.text.add(me)": ("self.text", "needs a set"),
    "self.likes = count(self.likes)": ("self.likes)", "What is counted is a set"),
    "self.likes = self.readers.email": ("self.readers.email", "Nothing comes behind a set"),
    "self.likes = self.text.size": ("self.text.size", "comes behind a plain value"),
    "self.text = nowhere": ("nowhere", "Known: me, self, them."),
    "self.text = self.txt": ("txt", "Did you mean 'text'?"),
    "self.status = Status.dnoe": ("Status.dnoe", "Did you mean 'done'?"),
}
REFUSED_QUERIES = {
    "Page(Note)": ("Page(Note)", "A body may"),
    "list(n for n in Note)": ("list(", "A body may"),
    "Page(n for n in Note if any(n.readers))": ("any(", "A body may"),
    "Page(n for n in Note if n.text.startswith(word))": ("n.text.startswith", "A body may"),
    "Page(n.text for n in Note)": ("n.text", "gives its rows as they are"),
    "Page(n for n in Note for m in Note)": ("(n for", "one thing only"),
    "Page(n async for n in Note)": ("(n async", "one thing only"),
    "Page(n for n in me.following)": ("me.following", "goes through an entity"),
    "Page(n for n in Note if n.author in [])": ("[]", "Nothing is in an empty collection"),
    "Page(n for n in Note if n.author is me)": ("me)", "use `==`"),
    "Page(n for n in Note if word in n.text)": ("n.text", "`in` asks whether"),
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    actions, queries = _written(ACTIONS, QUERIES)
    file = tmp_path_factory.mktemp("bodies") / "contract.py"
    file.write_text(
        TEXT.replace("\n\nclass Status", f"\n{SHORT}\nclass Status")
        .replace("@ACTIONS", actions)
        .replace("@QUERIES", queries)
    )
    return load(file)


def _written(of_actions: Iterable[str], of_queries: Iterable[str]) -> tuple[str, str]:
    actions, queries = "", ""
    for number, body in enumerate(of_actions):
        indented = body.replace("\n", "\n        ")
        actions += (
            f"\n    @action('POST /notes/{{id}}/a{number}')\n    def a{number}(self, me: User, them: User) -> 'Note':"
        )
        actions += f"\n        {indented}\n"
    for number, body in enumerate(of_queries):
        queries += (
            f"\n@query('GET /notes/q{number}')\ndef q{number}(me: User, word: str) -> Page[Note]: return {body}\n"
        )
    return actions, queries


@pytest.mark.parametrize("body", list(ACTIONS))
def test_actions(body: str, contract: Contract) -> None:
    assert contract.by_name["Note"].actions[list(ACTIONS).index(body)].body == ACTIONS[body]


@pytest.mark.parametrize("body", list(QUERIES))
def test_queries(body: str, contract: Contract) -> None:
    assert contract.queries[list(QUERIES).index(body)].body == (Return(value=QUERIES[body]),)


def test_what_cannot_become_sql_is_refused_where_it_stands(tmp_path: Path) -> None:
    refused = REFUSED_ACTIONS | REFUSED_QUERIES
    actions, queries = _written(REFUSED_ACTIONS, REFUSED_QUERIES)
    file = tmp_path / "contract.py"
    text = TEXT.replace(", short]", "]").replace("@ACTIONS", actions).replace("@QUERIES", queries)
    file.write_text(text)
    lines = text.split("\n")
    with pytest.raises(ContractErrors) as raised:
        load(file)
    found: dict[str, tuple[str, str | None]] = {}
    for mistake in raised.value.each:
        assert mistake.code in ("unsupported-body", "unknown-field")
        assert mistake.at is not None
        line = lines[mistake.at.line - 1]
        found[line.strip().partition("-> Page[Note]: return ")[2] or line.strip()] = (
            line[mistake.at.column - 1 :],
            mistake.hint,
        )
    assert list(found) == list(refused)
    for body, (pointed, hint) in refused.items():
        assert found[body][0].startswith(pointed), body
        assert hint in (found[body][1] or ""), body


def test_computed_values(contract: Contract) -> None:
    comments = Count(
        of=Way(root="self", steps=("comments",)),
        variable="c",
        where=Compare(op="!=", left=Way(root="c", steps=("text",)), right=Constant(value="")),
    )
    assert contract.by_name["Note"].computed[0].value == Arithmetic(
        op="+",
        left=Count(of=Way(root="self", steps=("readers",))),
        right=Arithmetic(op="*", left=Constant(value=2), right=comments),
    )


def test_row_checks(contract: Contract) -> None:
    first, second = contract.by_name["Note"].rules.check
    assert first.where == Compare(op=">=", left=Way(root="self", steps=("likes",)), right=Constant(value=0))
    assert (first.name, first.source) == ("check_1", "self.likes >= 0")
    assert (second.name, second.source) == ("short", "self.text == '' or not self.likes > 3")


def test_places_of_parts(contract: Contract) -> None:
    """Everything that can be wrong says where it is."""
    note = contract.by_name["Note"]
    spans = [
        part.span for part in (note, *note.fields, *note.relations, *note.actions, *note.computed, *contract.queries)
    ]
    assert all(span is not None and Path(span.file).name == "contract.py" for span in spans)


def test_what_is_compared_behind_a_missing_row_is_a_truth_value(tmp_path: Path) -> None:
    """Only the value itself may be missing: a condition on it is true or false."""
    file = tmp_path / "contract.py"
    file.write_text(
        """
from pydantic import Field
from apismith import *

class Shelf(Entity):
    label: str
    width: int = Field(gt=0)

class Book(Entity):
    shelf: Shelf | None = None

    @computed
    def label(self) -> str | None:
        return self.shelf.label

    @computed
    def is_upstairs(self) -> bool:
        return self.shelf.label == "upstairs"

class Box(Entity):
    shelf: Shelf

    @computed
    def share(self) -> float:
        return 1 / self.shelf.width

    @action("POST /boxes/{id}/move", allow=admin)
    def move(self, shelf: Shelf) -> None:
        self.shelf = shelf
""",
        encoding="utf-8",
    )
    assert [computed.name for computed in load(file).by_name["Book"].computed] == ["label", "is_upstairs"]
