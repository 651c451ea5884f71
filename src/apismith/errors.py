"""Everything that a user can do wrong: each error has a code, a place and a hint.

The tree is small: a job raises a subclass of `ApismithError`, a surface prints it and exits with `exit_code`.
The code of an error is its class name in kebab case (`UnknownTarget` → `unknown-target`), so a new mistake is a
new class and nothing else.
"""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from apismith.findings import Span


class ApismithError(Exception):
    """A mistake that the user can mend.

    Args:
        message: what is wrong and what follows from it, in one or two sentences without a final newline.
        at: where, if it is in a file.
        hint: what to do instead.

    `text` is that of the file, where the mistake is in what it would be and not in what it is.
    """

    exit_code = 2
    text: str | None = None

    def __init__(self, message: str, *, at: Span | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint

    @property
    def code(self) -> str:
        """Stable identifier of this kind of mistake, e.g. `unknown-target`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    @property
    def each(self) -> tuple["ApismithError", ...]:
        """The mistakes that it reports: itself, or those that a subclass has collected."""
        return (self,)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The hint for a word that is not known: the nearest one, else all of them where they are few.

    Args:
        word: what the user wrote.
        known: the words that would have been right.
    """
    candidates = sorted(set(known))
    near = difflib.get_close_matches(word, candidates, n=1, cutoff=0.6)
    if not near:
        folded = {candidate.casefold(): candidate for candidate in candidates}
        near = [folded[word.casefold()]] if word.casefold() in folded else []
    if near:
        return f"Did you mean '{near[0]}'?"
    if candidates and len(candidates) <= 15:
        return "Known: " + ", ".join(candidates) + "."
    return None


def frame(span: Span, text: str | None = None) -> str:
    """The lines of a span as plain text: its first line with carets below, one line before and one after.

    Args:
        span: where.
        text: of the file, where that is not what the file holds.

    Returns:
        Nothing when the file cannot be read or has no such line.
    """
    try:
        # Lines as Python and JSON count them: `splitlines` would also split at form feeds and U+2028.
        text = Path(span.file).read_text(encoding="utf-8-sig") if text is None else text
        lines = text.split("\n")
    except (OSError, UnicodeDecodeError):
        return ""
    if not 1 <= span.line <= len(lines):
        return ""
    shown = range(max(1, span.line - 1), min(len(lines), span.line + 1) + 1)
    gutter = len(str(shown[-1]))
    line = lines[span.line - 1]
    end = span.end_column if span.end_line == span.line else len(line) + 1
    before = "".join(char if char == "\t" else " " for char in line[: span.column - 1])
    framed: list[str] = []
    for number in shown:
        framed.append(f"{number:{gutter}} | {lines[number - 1]}".rstrip())
        if number == span.line:
            framed.append(f"{'':{gutter}} | {before}{'^' * max(1, end - span.column)}")
    return "\n".join(framed)
