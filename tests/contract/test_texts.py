"""Any text in a contract arrives as exactly that text."""

import inspect
import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st

from apismith.contract.load import load

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
    lines = ["from pydantic import Field", "from apismith import Entity"]
    for number, text in enumerate(texts):
        lines += [
            f"class Note{number}s(Entity):",
            f"    {text!r}",
            f"    a: str = {text!r}",
            f"    b: str = Field(default={text!r}, title={text!r}, description={text!r}, examples=[{text!r}])",
            f"    c: str = Field(pattern={re.escape(text)!r})",
        ]
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
