"""Bodies that become SQL, as the tree that the generator reads."""

from pathlib import Path

import pytest

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
    "Page(n for n in Note if count(n.readers) > -1)": Select(
        entity="Note",
        variable=N,
        where=Compare(op=">", left=Count(of=Way(root=N, steps=("readers",))), right=Constant(value=-1)),
    ),
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    actions, queries = "", ""
    for number, body in enumerate(ACTIONS):
        indented = body.replace("\n", "\n        ")
        actions += (
            f"\n    @action('POST /notes/{{id}}/a{number}')\n    def a{number}(self, me: User, them: User) -> 'Note':"
        )
        actions += f"\n        {indented}\n"
    for number, body in enumerate(QUERIES):
        queries += (
            f"\n@query('GET /notes/q{number}')\ndef q{number}(me: User, word: str) -> Page[Note]: return {body}\n"
        )
    file = tmp_path_factory.mktemp("bodies") / "contract.py"
    text = TEXT.replace("\n\nclass Status", f"\n{SHORT}\nclass Status").replace("@ACTIONS", actions)
    file.write_text(text.replace("@QUERIES", queries))
    return load(file)


@pytest.mark.parametrize("body", list(ACTIONS))
def test_actions(body: str, contract: Contract) -> None:
    assert contract.by_name["Note"].actions[list(ACTIONS).index(body)].body == ACTIONS[body]


@pytest.mark.parametrize("body", list(QUERIES))
def test_queries(body: str, contract: Contract) -> None:
    assert contract.queries[list(QUERIES).index(body)].body == (Return(value=QUERIES[body]),)


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
