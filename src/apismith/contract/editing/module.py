"""One file of a contract, as it becomes."""

import io
import tokenize
from pathlib import Path

import libcst as cst
from libcst import matchers as m

from apismith.contract.editing.errors import CannotEdit
from apismith.contract.editing.imports import Imported, imported, with_guarded_import, with_import, without_import
from apismith.contract.editing.syntax import Renaming, definitions
from apismith.findings import Span

_SHORT, _LONG = 88, 120


class Module:
    """The text of one file.

    Args:
        path: where it is.
        name: what other modules of the contract call it; empty for the one that is the contract.
        content: what it holds; None where it is new.
    """

    def __init__(self, path: Path, name: str, content: bytes | None) -> None:
        self.path = path
        self.name = name
        self.before = content
        content = content or b""
        self._encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(self._encoding)
        try:
            self.tree = cst.parse_module(text)
        except cst.ParserSyntaxError as error:
            at = Span(str(path), error.editor_line, error.editor_column, error.editor_line, error.editor_column + 1)
            message = f"{path} has syntax that cannot be edited yet, so nothing was changed."
            raise CannotEdit(message, at=at, hint="Add it by hand, and run 'apismith evolve'.") from error
        longest = max(map(len, text.splitlines()), default=_LONG)
        self.width = _SHORT if content and longest <= _SHORT else _LONG

    @property
    def content(self) -> bytes:
        """What it holds afterwards."""
        return self.tree.code.encode(self._encoding)

    @property
    def imports(self) -> list[Imported]:
        """What it imports."""
        return list(imported(self.tree))

    @property
    def defined(self) -> dict[str, int]:
        """What it defines at its top, with the position of the statement."""
        return {name: number for name, _, number in definitions(self.tree)}

    @property
    def quotes_nothing(self) -> bool:
        """Whether its annotations are not evaluated, so that they may name what comes further down."""
        return any(one.module == "__future__" and one.name == "annotations" for one in self.imports)

    def known(self, module: str, name: str) -> str | None:
        """What a name of another module is called here; None where it is not known."""
        imports = [one for one in self.imports if not one.guarded]
        for one in imports:
            if (one.module, one.name) == (module, name):
                return one.bound
        for one in imports:
            if one.module == module and one.name == "*" and name not in self._taken():
                return name
            if one.module == module and not one.name:
                return f"{one.bound}.{name}"
        return None

    def call(self, module: str, name: str) -> str:
        """What a name of another module is called here, imported where it was not yet."""
        if (known := self.known(module, name)) is not None:
            return known
        bound = name
        if name in self._taken():
            last = module.strip(".").split(".")[-1]
            bound = f"{last.capitalize()}{name}" if name[:1].isupper() else f"{last}_{name}"
        self.tree = with_import(self.tree, module, name, bound, self.width)
        return bound

    def forget(self, module: str, name: str) -> None:
        """Import a name of another module no more, where nothing uses it."""
        used = [node for node in m.findall(self.tree, m.Name(name)) if isinstance(node, cst.Name)]
        if len(used) == 1 and f'"{name}"' not in self.tree.code and f"'{name}'" not in self.tree.code:
            self.tree = without_import(self.tree, module, name)

    def name_for_checkers(self, module: str, name: str) -> None:
        """Let type checkers know a name of another module that only stands in quotes."""
        if all((one.module, one.name) != (module, name) for one in self.imports):
            self.tree = with_guarded_import(self.tree, module, name, self.width)

    def statement(self, text: str, called: Renaming) -> cst.SimpleStatementLine | cst.BaseCompoundStatement:
        """A statement whose names are said as this module knows them."""
        # Names that are imported on the way must not be lost: the tree is only read again afterwards.
        parsed = cst.parse_statement(text, config=self.tree.config_for_parsing).visit(called)
        assert isinstance(parsed, cst.SimpleStatementLine | cst.BaseCompoundStatement)
        return parsed

    def expression(self, text: str, called: Renaming) -> cst.BaseExpression:
        """An expression whose names are said as this module knows them."""
        parsed = cst.parse_expression(text, config=self.tree.config_for_parsing).visit(called)
        assert isinstance(parsed, cst.BaseExpression)
        return parsed

    def _taken(self) -> set[str]:
        return {*self.defined, *(one.bound for one in self.imports)}
