"""Syntax newer than the running Python, said in older words of the same length, so that all keeps its place.

`except A, B:` (PEP 758) gets its parentheses, type parameters (PEP 695) become blanks, `type X = …` an assignment,
template strings (PEP 750) f-strings, and in f-strings (PEP 701) nested quotes are exchanged for the other kind.
"""

import ast
import re
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import libcst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

# What most newer files hold; a parser of the newest syntax takes a hundred times as long.
_EXCEPT = re.compile(r"^([ \t]*except\*?)[ \t](?![ \t(])([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)[ \t]*:", re.MULTILINE)
_PARAMETERS = re.compile(
    r"^([ \t]*(?:async[ \t]+def|def|class)[ \t]+\w+)(\[[^\]\n]*(?:\[[^\]\n]*\][^\]\n]*)*\])", re.MULTILINE
)
_ALIAS = re.compile(r"^([ \t]*)type[ \t]+(\w+)(?:\[[^\]\n]*\])?([ \t]*=)", re.MULTILINE)
_TEMPLATE = re.compile(r"(?<![\w\"'])([tT])(?=[\"'])")

# The parser recurses in native code, where a text that is nested too deeply would end the process.
_LARGEST = 500_000
_DEEPEST = 100
_STACK = 512 * 1024 * 1024
# It takes the square of the operators in one statement, and texts of people have no thousand of them.
_MOST = 1_000
_OPERATOR = re.compile(r"[-+*/%.|&@<>~]|\b(?:or|and|not|in|is|if|else|lambda|await)\b")


def nearly(text: str) -> str:
    """A module in words that older Pythons know, as far as single lines tell."""
    text = _EXCEPT.sub(lambda found: f"{found[1]}({found[2]}):", text)
    text = _PARAMETERS.sub(lambda found: found[1] + " " * len(found[2]), text)
    text = _ALIAS.sub(lambda found: f"{found[1]}{found[2]}{found[3]}", text)
    return _TEMPLATE.sub("f", text)


def older(text: str) -> str:
    """A module in words that older Pythons know; as it is where it is no Python at all.

    Positions stay as they are, but for what follows on the line of a `type X = …` or `except A, B:`.
    """
    if len(text) > _LARGEST or not _is_moderate(text):
        return text
    before = threading.stack_size(_STACK)
    try:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(_older, text).result()
    finally:
        threading.stack_size(before)


def _older(text: str) -> str:
    try:
        wrapper = MetadataWrapper(libcst.parse_module(text), unsafe_skip_copy=True)
        newer = _Newer(text)
        wrapper.visit(newer)
    except Exception:  # whatever the parser stumbles on, what it stumbles on is said by the parser of this Python
        return text
    content = text.encode()
    for start, end, new in sorted(newer.replaced, reverse=True):
        content = content[:start] + new + content[end:]
    return content.decode(errors="replace")


def _is_moderate(text: str) -> bool:
    """Whether no statement is nested or continued to excess; brackets in texts and comments count, too."""
    depth = 0
    statement: list[str] = []
    for line in text.split("\n"):
        statement.append(line)
        for char in line:
            if char in "([{":
                depth += 1
            elif char in ")]}":
                depth = max(0, depth - 1)
            if depth > _DEEPEST:
                return False
        if depth == 0 and not line.endswith("\\"):
            if len(_OPERATOR.findall("\n".join(statement))) > _MOST:
                return False
            statement = []
        if len(line) - len(line.lstrip()) > 4 * _DEEPEST:
            return False
    return not statement or len(_OPERATOR.findall("\n".join(statement))) <= _MOST


class _Newer(libcst.CSTVisitor):
    """Finds what is newer: (start, end, what stands there instead), in bytes."""

    METADATA_DEPENDENCIES = (ByteSpanPositionProvider,)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.content = text.encode()
        self.replaced: list[tuple[int, int, bytes]] = []

    def visit_TypeParameters(self, node: libcst.TypeParameters) -> bool:  # noqa: N802
        start, end = self._span(node)
        self._put(start, end, _blanks(self._text(start, end)))
        return False

    def visit_TypeAlias(self, node: libcst.TypeAlias) -> None:  # noqa: N802
        start, _ = self._span(node)
        name, _ = self._span(node.name)
        self._put(start, name, "")

    def visit_ExceptHandler(self, node: libcst.ExceptHandler) -> None:  # noqa: N802
        self._parenthesised(node.type)

    def visit_ExceptStarHandler(self, node: libcst.ExceptStarHandler) -> None:  # noqa: N802
        self._parenthesised(node.type)

    def visit_FormattedString(self, node: libcst.FormattedString) -> bool:  # noqa: N802
        start, end = self._span(node)
        text = self._text(start, end)
        if _is_understood(text):
            return False
        self._put(start, end, _plainer(text, node.quote))
        return False

    def visit_TemplatedString(self, node: libcst.TemplatedString) -> bool:  # noqa: N802
        start, end = self._span(node)
        text = re.sub("[tT]", "f", self._text(start, end), count=1)
        self._put(start, end, text if _is_understood(text) else _plainer(text, node.quote))
        return False

    def _parenthesised(self, node: libcst.BaseExpression | None) -> None:
        if isinstance(node, libcst.Tuple) and not node.lpar:
            start, end = self._span(node)
            self._put(start - 1, end, f"({self._text(start, end)})")

    def _span(self, node: libcst.CSTNode) -> tuple[int, int]:
        span = self.get_metadata(ByteSpanPositionProvider, node)
        return span.start, span.start + span.length

    def _text(self, start: int, end: int) -> str:
        return self.content[start:end].decode()

    def _put(self, start: int, end: int, text: str) -> None:
        self.replaced.append((start, end, text.encode()))


def _blanks(text: str) -> str:
    """Nothing, over as many lines: a line that ends within a statement ends in a backslash."""
    lines = [" " * len(line.encode()) for line in text.split("\n")]
    return "\n".join([*(f"{line[:-1]}\\" for line in lines[:-1]), lines[-1]])


def _is_understood(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(f"({text})")
    except SyntaxError:
        return False
    return True


def _plainer(text: str, quote: str) -> str:
    """An f-string without what older ones cannot hold; one that says nothing where that cannot be had."""
    first = text.index(quote) + len(quote)
    body = text[first : -len(quote)]
    other = "'" if quote[0] == '"' else '"'
    inner = re.sub(r"\\.", "  ", body.replace(quote[0], other), flags=re.DOTALL)
    for candidate in (
        body.replace(quote[0], other),
        inner,
        re.sub(r"#[^\n]*", lambda found: " " * len(found[0]), inner),
    ):
        if _is_understood(made := text[:first] + candidate + quote):
            return made
    return quote[0] * 2 + _blanks(text[2:])
