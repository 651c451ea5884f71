"""The pages of the rules: what they say, and the examples in them."""

import re
from dataclasses import dataclass

from apismith.check.registry import Rule

# "# FA101" at the end of a line, or "# ^ FA101" on the line below it.
_MARK = re.compile(r"#\s*(\^\s*)?((?:FA\d{3}\b[ ,]*)+)$")


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a page: a small project.

    Args:
        title: its headline.
        is_reported: it stands below "Reported", else below "Left alone".
        files: path → text; a block without a path of its own is `main.py`.
        fixed: path → text after the fix, where the page shows it.
    """

    title: str
    is_reported: bool
    files: dict[str, str]
    fixed: dict[str, str]

    def marks(self) -> set[tuple[str, int, str]]:
        """What must be found: (path, line, code)."""
        return {
            (path, number - bool(found[1]), code)
            for path, text in self.files.items()
            for number, line in enumerate(text.split("\n"), 1)
            if (found := _MARK.search(line))
            for code in re.findall(r"FA\d{3}", found[2])
        }


def sections(rule: Rule) -> dict[str, str]:
    """The text below each second headline of a page; what stands above the first has the key ""."""
    parts = re.split(r"^## (.+)$", rule.text.partition("\n")[2], flags=re.MULTILINE)
    return {"": parts[0].strip()} | {
        title.strip(): text.strip() for title, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def examples(rule: Rule) -> list[Example]:
    """The examples of a page, in its order."""
    made: list[Example] = []
    for title, text in sections(rule).items():
        if title in ("Reported", "Left alone"):
            parts = re.split(r"^### (.+)$", text, flags=re.MULTILINE)
            made += [
                Example(name.strip(), title == "Reported", _files(body, fixed=False), _files(body, fixed=True))
                for name, body in zip(parts[1::2], parts[2::2], strict=True)
            ]
    return made


def _files(body: str, *, fixed: bool) -> dict[str, str]:
    files: dict[str, str] = {}
    for words, text in re.findall(r"^```(\w+(?: fixed)?)\n(.*?)^```$", body, re.MULTILINE | re.DOTALL):
        if words.endswith(" fixed") is fixed:
            named = re.match(r"# ([\w./-]+\.\w+)\n", text)
            files[named[1] if named else "main.py"] = text
    return files
