"""Text of Python modules: imports collected while the body is written, constants and comments that cannot break out.

Whatever a contract says (a title with quotes, a pattern with braces, a description with newlines) passes through
`literal`, `docstring` or `comment` and arrives as exactly that constant. Layout is left to ruff, which runs once over
everything (`layout.lay_out`).
"""

import builtins
import keyword
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Final, cast

WIDTH: Final = 116
"""Longest line of a comment or docstring, before indentation of a method."""

_BUILTINS: Final = frozenset(dir(builtins))


class Module:
    """One Python module while it is written.

    Args:
        docstring: what the module is about.
        taken: names that the module uses for itself (its classes, the fields of its classes); an import of one of
            them gets an alias.
    """

    def __init__(self, docstring: str, *, taken: Iterable[str] = ()) -> None:
        self._docstring = docstring
        self._taken = set(taken)
        self._names: dict[tuple[str, str], str] = {}
        self._runtime: set[tuple[str, str]] = set()
        self._modules: set[str] = set()
        self._preface: dict[str, None] = {}
        self._body: list[str] = []

    def export(self, module: str, name: str) -> str:
        """Import `name` from `module` under its own name, which a module that only exports can do with any."""
        key = (module, name)
        self._taken.add(name)
        self._names[key] = name
        self._runtime.add(key)
        return name

    def use(self, module: str, name: str, *, typing_only: bool = False) -> str:
        """Import `name` from `module` and return what it is called here.

        Args:
            module: where it comes from; `builtins` needs no import unless the name is taken.
            name: the name there.
            typing_only: only annotations need it; the import then goes below `TYPE_CHECKING`, unless it is also used
                without this flag.
        """
        key = (module, name)
        if key not in self._names:
            local = name
            while local in self._taken or keyword.iskeyword(local) or (local in _BUILTINS and module != "builtins"):
                local += "_"
            self._taken.add(local)
            self._names[key] = local
        if not typing_only:
            self._runtime.add(key)
        return self._names[key]

    def use_module(self, module: str) -> str:
        """`import module` and return its name."""
        self._modules.add(module)
        return module

    def define(self, *names: str) -> None:
        """Reserve names that the body defines; call it before an import could take them."""
        self._taken.update(names)

    def add(self, *blocks: str) -> None:
        """Append top-level blocks to the body, each apart by blank lines."""
        self._body.extend(block.strip("\n") for block in blocks if block.strip())

    def preface(self, line: str) -> None:
        """Put a definition that other blocks need in front of them, once."""
        self._preface[line] = None

    def text(self) -> str:
        """The whole module, not yet formatted."""
        typing_only = sorted(set(self._names) - self._runtime)
        runtime = [*sorted(self._runtime), *([("typing", "TYPE_CHECKING")] if typing_only else [])]
        lines = [docstring(self._docstring), ""]
        lines += [f"import {module}" for module in sorted(self._modules)]
        lines += self._imports(runtime)
        if typing_only:
            lines += ["", "if TYPE_CHECKING:", *(f"    {line}" for line in self._imports(typing_only))]
        body = "\n".join([*self._preface, "\n\n\n".join(self._body)])
        return "\n".join(lines) + "\n\n\n" + body + "\n"

    def _imports(self, keys: Sequence[tuple[str, str]]) -> list[str]:
        by_module: dict[str, list[str]] = {}
        for module, name in sorted(set(keys)):
            local = self._names.get((module, name), name)
            if module != "builtins" or local != name:
                by_module.setdefault(module, []).append(name if local == name else f"{name} as {local}")
        return [f"from {module} import {', '.join(names)}" for module, names in by_module.items()]


def literal(value: object) -> str:
    """The Python expression of a constant: text, numbers, truth values, None, lists, tuples, mappings.

    Long texts become several literals in parentheses, which Python joins again.
    """
    match value:
        case str():
            return _text(value)
        case list():
            return f"[{', '.join(map(literal, cast('list[object]', value)))}]"
        case tuple():
            items = [literal(item) for item in cast("tuple[object, ...]", value)]
            return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        case dict():
            items = [f"{literal(key)}: {literal(item)}" for key, item in cast("dict[object, object]", value).items()]
            return "{" + ", ".join(items) + "}"
        case _:
            return repr(value)


def docstring(text: str, *, indent: int = 0) -> str:
    """A docstring with this text, wrapped, not yet indented."""
    paragraphs = [" ".join(_escaped(part, quote=True).split()) for part in re.split(r"\n\s*\n", text.strip())]
    if not paragraphs[0]:
        return '""""""'
    width = WIDTH - indent
    if len(paragraphs[0]) > width - 6:
        paragraphs[:1] = re.split(r"(?<=[.!?]) ", paragraphs[0], maxsplit=1)
    head = textwrap.wrap(paragraphs[0], width=width - 6, break_long_words=False)
    rest = ["\n".join(textwrap.wrap(part, width=width, break_long_words=False)) for part in paragraphs[1:]]
    body = "\n\n".join(["\n".join(head), *rest])
    return f'"""{body}"""' if "\n" not in body else f'"""{body}\n"""'


def comment(text: str, *, indent: int = 0) -> str:
    """A comment with this text, wrapped, not yet indented."""
    words = " ".join(_escaped(text).split())
    return "\n".join(f"# {line}" for line in textwrap.wrap(words, width=WIDTH - indent - 2, break_long_words=False))


def block(header: str, lines: Iterable[str]) -> str:
    """A compound statement: its header and its indented body."""
    return header + "\n" + textwrap.indent("\n".join(lines), "    ", lambda line: bool(line.strip()))


def call(function: str, *arguments: str) -> str:
    """`function(a, b)`, leaving out empty arguments."""
    return f"{function}({', '.join(argument for argument in arguments if argument)})"


def _text(value: str) -> str:
    whole = _quoted(value)
    if len(whole) <= WIDTH - 36:
        return whole
    words = re.findall(r"\s*\S+\s*$|\s*\S+|\s+", value)
    pieces = [""]
    for word in words:
        if pieces[-1] and len(_quoted(pieces[-1] + word)) > WIDTH - 36:
            pieces.append("")
        pieces[-1] += word
    if len(pieces) == 1:
        return whole
    return "(" + " ".join(map(_quoted, pieces)) + ")"


def _quoted(value: str) -> str:
    text = repr(value)
    if "\\" in value and value.isprintable() and '"' not in value and not value.endswith("\\"):
        return f'r"{value}"'
    if text.startswith('"') or '"' in value:
        return text
    return '"' + text[1:-1].replace("\\'", "'") + '"'


def _escaped(text: str, *, quote: bool = False) -> str:
    """The text with nothing in it that could end a comment or a docstring."""
    if quote:
        text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        text = re.sub(r'(?<!\\)((?:\\\\)*)"$', r'\1\\"', text)
    return "".join(c if c.isprintable() or c in "\n\t " else c.encode("unicode_escape").decode() for c in text)
