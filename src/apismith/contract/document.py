"""The JSON twin of a contract → the model and the places of its parts."""

import ast
import json
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from apismith.contract.errors import InvalidDocument, InvalidSyntax
from apismith.contract.model import Contract
from apismith.contract.places import Key, Places, Step
from apismith.errors import ApismithError, did_you_mean
from apismith.findings import Span

_HINT: Final = "Write it with `apismith contract FILE --json`."


def read_document(file: Path) -> tuple[Contract | None, Places, list[ApismithError]]:
    """Read a contract from JSON.

    Returns:
        The contract (None when the document is none), the places of its parts, and what is wrong with the document.
    """
    data = file.read_bytes()
    start = Span(str(file), 1, 1, 1, 2)
    try:
        text = data.decode("utf-8-sig")
        json.loads(text)
    except UnicodeDecodeError:
        return None, Places(), [InvalidSyntax("The file is no text in UTF-8.", at=start, hint=_HINT)]
    except json.JSONDecodeError as error:
        at = Span(str(file), error.lineno, error.colno, error.lineno, error.colno + 1)
        return None, Places(), [InvalidSyntax(f"This is no JSON: {error.msg}.", at=at, hint=_HINT)]
    except RecursionError:
        return None, Places(), [InvalidSyntax("The document is nested too deeply.", at=start, hint=_HINT)]
    document = _Document(str(file), text)
    try:
        contract = Contract.model_validate_json(text)
    except ValidationError as error:
        return None, Places(), [_mistake(document, dict(one)) for one in error.errors(include_url=False)[:20]]
    return contract, document.places(), []


def _mistake(document: "_Document", error: dict[str, Any]) -> ApismithError:
    where = ".".join(map(str, error["loc"]))
    last, hint = str(error["loc"][-1]) if error["loc"] else "", _HINT
    at, around = document.at(error["loc"])
    if error["type"] == "extra_forbidden":
        hint = did_you_mean(last, _known(around)) or _HINT
    return InvalidDocument(f"{where or 'The document'}: {error['msg']}.", at=at, hint=hint)


def _known(names: set[str]) -> set[str]:
    """The keys of the parts of the model that have what was found beside a wrong key."""
    from apismith.contract import model

    found: set[str] = set()
    for part in vars(model).values():
        fields = set(getattr(part, "model_fields", ()))
        found |= fields if names & fields and len(names & fields) >= len(names) - 1 else set()
    return found - names


class _Document:
    """A JSON text with its positions: but for true, false and null, which parse as names, JSON is a Python literal."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines = text.split("\n")
        try:
            self._root: ast.expr | None = ast.parse(f"({text})", mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self._root = None

    def places(self) -> Places:
        """Where each part of the contract stands."""
        places = Places()
        if self._root is not None:
            self._walk(self._root, (), places)
        return places

    def at(self, way: tuple[Step, ...]) -> tuple[Span, set[str]]:
        """Where a way through the document leads, as far as it can be followed, and the keys around there."""
        node, span, names = self._root, Span(self._file, 1, 1, 1, 2), set[str]()
        for step in way:
            match node:
                case ast.Dict():
                    keys = _keys(node)
                    if step in keys:
                        # The names of the kinds of a union are steps too, and are not in the document.
                        names, (key, node) = set(keys) - {str(step)}, keys[str(step)]
                        span = self._span(key)
                case ast.List(elts=items) if isinstance(step, int) and step < len(items):
                    node = items[step]
                    span = self._span(node)
                case _:
                    break
        return span, names

    def _walk(self, node: ast.expr, key: Key, places: Places) -> None:
        places.put(key, self._span(node))
        match node:
            case ast.Dict():
                for name, (_, value) in _keys(node).items():
                    self._walk(value, (*key, name), places)
                if key and (named := _keys(node).get("name")) is not None:
                    places.put(key, self._span(named[1]))
            case ast.List(elts=items):
                for number, item in enumerate(items):
                    self._walk(item, (*key, _name(item) or number), places)
            case _:
                pass

    def _span(self, node: ast.expr) -> Span:
        end_line = node.end_lineno or node.lineno
        first, last = self._column(node.lineno, node.col_offset), self._column(end_line, node.end_col_offset or 0)
        return Span(self._file, node.lineno, first, end_line, last)

    def _column(self, line: int, in_bytes: int) -> int:
        # The first line has a bracket in front of it.
        in_bytes -= 1 if line == 1 else 0
        return len(self._lines[line - 1].encode()[: max(0, in_bytes)].decode(errors="ignore")) + 1


def _keys(node: ast.Dict) -> dict[str, tuple[ast.expr, ast.expr]]:
    return {
        key.value: (key, value)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _name(node: ast.expr) -> str | None:
    """The name by which a part of a list is known."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return None
    found = _keys(node).get("name") if isinstance(node, ast.Dict) else None
    value = found[1] if found else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
