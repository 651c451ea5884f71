"""Generated backends edited at random: what an edit has brought is there after the evolution, or is reported."""

import ast
import random

import pytest

from apismith.evolve.diff3 import has_markers
from apismith.evolve.files import merge_file
from tests.stories.conftest import LEND, LIMIT, PAGES, REVIEW, RULES, SHELF, rendered

CHANGES = {"field": PAGES, "limit": LIMIT, "entity": REVIEW, "rule": RULES, "action": LEND}


def edited(text: str, chance: random.Random) -> tuple[str, set[str]]:
    """A module after some edits that leave it Python, and the words that came into it."""
    words: set[str] = set()
    for number in range(chance.randint(1, 4)):
        word = f"edit_{chance.randrange(10**9)}"
        lines = text.splitlines(keepends=True)
        at = chance.randrange(len(lines))
        line = lines[at]
        indent = line[: len(line) - len(line.lstrip())]
        match chance.randrange(6):
            case 0:
                lines.insert(at, f"{indent}{word} = {number}\n")
            case 1:
                lines[at] = f"{line.rstrip()}  # {word}\n"
            case 2:
                lines.insert(at, f"{indent}# {word}\n")
            case 3 if line.rstrip().endswith(","):
                lines.insert(at + 1, f"{indent}{word},\n")
            case 4 if line.rstrip().endswith(","):
                lines.insert(at + 1, f"{indent}{word}=1,\n")
            case _:
                del lines[at]
                word = ""
        try:
            ast.parse("".join(lines))
        except SyntaxError:
            continue
        text = "".join(lines)
        words.add(word)
    return text, {word for word in words if word and word in text}


@pytest.mark.parametrize("change", CHANGES)
def test_no_random_edit_is_lost_in_silence(change: str) -> None:
    old, new = CHANGES[change]
    base, theirs = rendered(SHELF)[1], rendered(SHELF.replace(old, new))[1]
    changed = [path for path in base if path.endswith(".py") and path in theirs and base[path] != theirs[path]]
    chance = random.Random(change)
    for _ in range(120):
        path = chance.choice(changed)
        mine, words = edited(base[path].decode(), chance)
        merged = merge_file(path, base[path], mine.encode(), theirs[path])
        text = (merged.content or b"").decode()
        assert has_markers(text) == bool(merged.contradictions)
        if not has_markers(text):
            ast.parse(text)
        for word in words:
            told = any(word in f"{one.mine}{one.where}" for one in merged.contradictions)
            assert word in text or told, f"{word} is lost in {path}:\n{mine}\n=====\n{text}"
