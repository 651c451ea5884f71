"""Any text in a contract arrives as exactly that text."""

import inspect
import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st

from apismith.contract.load import load
from apismith.contract.model import Default

NASTY = [
    '"',
    "'",
    '"""',
    "'''",
    "{}",
    "{{ x }}",
    "{% raw %}",
    "\\",
    "\\n",
    "\n",
    "\r\n",
    "\t",
    "\x00",
    "é",
    "\u2028",
    "🙂",
    "#",
]
texts = st.lists(
    st.one_of(st.text(max_size=40), st.lists(st.sampled_from(NASTY), max_size=6).map("".join)), max_size=40
)


@given(texts=texts)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_texts_arrive_exactly(texts: list[str], tmp_path: Path) -> None:
    texts = [*NASTY, *texts]
    lines = ["from enum import Enum", "from typing import Literal", "from pydantic import Field"]
    lines += ["from apismith import Entity, Page, query"]
    for number, text in enumerate(texts):
        lines += [
            f"class Note{number}s(Entity):",
            f"    {text!r}",
            f"    a: str = {text!r}",
            f"    b: str = Field(default={text!r}, title={text!r}, description={text!r}, examples=[{text!r}])",
            f"    c: str = Field(pattern={re.escape(text)!r})",
            f"@query('GET /texts/{number}')",
            f"def text_{number}(word: str = {text!r}) -> Page[Note{number}s]:",
            f"    {text!r}",
        ]
    closed = list(dict.fromkeys(texts))
    lines += ["class Closed(Enum):", *(f"    m{number} = {text!r}" for number, text in enumerate(closed))]
    lines += ["class Card(Entity):", "    a: Closed", f"    b: Literal[{', '.join(map(repr, closed))}]"]
    file = tmp_path / "contract.py"
    file.write_text("\n".join(lines), encoding="utf-8")
    contract = load(file)
    twin = tmp_path / "contract.json"
    twin.write_text(contract.model_dump_json(), encoding="utf-8")
    for read in (contract, load(twin)):
        for number, text in enumerate(texts):
            note = read.by_name[f"Note{number}s"]
            assert note.description == (inspect.cleandoc(text) if text.strip() else None)
            a, b, c = note.fields
            assert [a.default and a.default.value, b.default and b.default.value] == [text, text]
            assert (b.title, b.description, b.examples) == (text, text, (text,))
            assert c.constraints.pattern == re.escape(text)
            assert read.queries[number].description == note.description
            assert read.queries[number].parameters[0].default == Default(value=text)
        values = {enum.name: [member.value for member in enum.members] for enum in read.enums}
        assert values == {"Closed": closed, "CardB": closed}
