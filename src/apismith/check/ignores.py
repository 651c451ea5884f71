"""`# apismith: ignore[FA101] the reason`: findings that somebody has looked at and decided to leave."""

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field

from apismith.findings import Finding, Span
from apismith.source.files import SourceFile

_COMMENT = re.compile(r"#\s*apismith:\s*ignore\b(?:\[([^\]]*)\])?[\s:-]*(.*)")


@dataclass(slots=True)
class Ignore:
    """One comment.

    Args:
        at: where the comment stands.
        codes: the rules that it names; empty where it names none.
        reason: why; empty where it does not say.
        lines: the lines that it speaks for.
        used: it has silenced a finding.
    """

    at: Span
    codes: tuple[str, ...]
    reason: str
    lines: range
    used: set[str] = field(default_factory=set[str])

    def silences(self, finding: Finding) -> bool:
        """Whether it speaks for a finding."""
        first, last = finding.at.line, max(finding.at.line, finding.at.end_line)
        return finding.rule in self.codes and any(line in self.lines for line in (first, last))


def ignores(file: SourceFile) -> Iterator[Ignore]:
    """The comments of a file that ignore findings: on the line itself, or on a line of its own above it."""
    if "apismith:" not in file.text:
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(file.text).readline):
            if token.type != tokenize.COMMENT or not (found := _COMMENT.match(token.string)):
                continue
            line, column = token.start
            alone = not token.line[:column].strip()
            codes = tuple(code.strip().upper() for code in (found[1] or "").split(",") if code.strip())
            at = Span(file.path, line, column + 1, line, column + 1 + len(token.string))
            yield Ignore(at, codes, found[2].strip(), range(line, line + 1 + alone))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return
