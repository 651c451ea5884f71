"""What a module of a contract calls the names of others, and how it gets to know one more of them."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import libcst as cst
from libcst.helpers import get_full_name_for_node

from apismith.contract.editing.listed import Brackets, exploded, inserted, without_last_space

_GUARD: Final = "TYPE_CHECKING"


@dataclass(frozen=True, slots=True)
class Imported:
    """One imported name.

    Args:
        module: where it comes from, with the dots of a relative import.
        name: what it is called there; empty for the module itself, `*` for all of them.
        bound: what it is called here.
        guarded: whether only type checkers see it.
        node: the statement.
    """

    module: str
    name: str
    bound: str
    guarded: bool
    node: cst.Import | cst.ImportFrom


def imported(tree: cst.Module) -> Iterator[Imported]:
    """What a module imports at its top."""
    for node, guarded in _statements(tree):
        if isinstance(node, cst.ImportFrom):
            module = module_of(node)
            if isinstance(node.names, cst.ImportStar):
                yield Imported(module, "*", "*", guarded, node)
                continue
            for alias in node.names:
                yield Imported(
                    module, alias.evaluated_name, alias.evaluated_alias or alias.evaluated_name, guarded, node
                )
        else:
            for alias in node.names:
                module = alias.evaluated_name
                yield Imported(module, "", alias.evaluated_alias or module, guarded, node)


def module_of(node: cst.ImportFrom) -> str:
    """Where `from … import` imports from."""
    named = get_full_name_for_node(node.module) if node.module else None
    return "." * len(node.relative) + (named or "")


def with_import(tree: cst.Module, module: str, name: str, bound: str, width: int) -> cst.Module:
    """A module that imports one name more: in the statement that has others from there, else in one of its own."""
    alias = cst.ImportAlias(cst.Name(name), asname=cst.AsName(cst.Name(bound)) if bound != name else None)
    for node, guarded in _statements(tree):
        if isinstance(node, cst.ImportFrom) and not guarded and module_of(node) == module:
            if isinstance(node.names, cst.ImportStar):
                continue
            return tree.with_deep_changes(node, **_with_name(node, alias, width))
    text = f"from {module} import {name}" + (f" as {bound}" if bound != name else "")
    return _with_statement(tree, text, module)


def with_guarded_import(tree: cst.Module, module: str, name: str, width: int) -> cst.Module:
    """A module that imports one name more for type checkers only, since running that import would go in a circle."""
    line = cst.parse_statement(f"from {module} import {name}", config=tree.config_for_parsing)
    for statement in tree.body:
        if isinstance(statement, cst.If) and _is_guard(statement) and isinstance(statement.body, cst.IndentedBlock):
            return tree.with_deep_changes(statement.body, body=[*statement.body.body, line])
    tree = with_import(tree, "typing", _GUARD, _GUARD, width)
    block = cst.parse_statement(f"if {_GUARD}:\n    from {module} import {name}\n", config=tree.config_for_parsing)
    assert isinstance(block, cst.If)
    block = block.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    at = after_imports(tree)
    return tree.with_changes(body=[*tree.body[:at], block, *tree.body[at:]])


def without_import(tree: cst.Module, module: str, name: str) -> cst.Module:
    """A module that does not import a name any more, if that stands in a statement with others."""
    for node, _ in _statements(tree):
        if not isinstance(node, cst.ImportFrom) or module_of(node) != module or isinstance(node.names, cst.ImportStar):
            continue
        kept = [alias for alias in node.names if alias.evaluated_name != name]
        if kept and len(kept) < len(node.names):
            # The last one is followed by what followed the last one before.
            kept[-1] = kept[-1].with_changes(comma=node.names[-1].comma)
            return tree.with_deep_changes(node, names=kept)
    return tree


def after_imports(tree: cst.Module) -> int:
    """The position behind the imports of a module, or behind its docstring where it has none."""
    at = 1 if tree.get_docstring(clean=False) is not None else 0
    for number, statement in enumerate(tree.body):
        if _is_import(statement) or (isinstance(statement, cst.If) and _is_guard(statement)):
            at = number + 1
    return at


def _with_name(node: cst.ImportFrom, alias: cst.ImportAlias, width: int) -> dict[str, object]:
    assert not isinstance(node.names, cst.ImportStar)
    names, behind = without_last_space(node.names)
    keys = [_key(one) for one in names]
    at = next((number for number, key in enumerate(keys) if key > _key(alias)), len(names))
    at = at if keys == sorted(keys) else len(names)
    if node.lpar is not None and node.rpar is not None:
        closing = node.rpar.whitespace_before if behind is None or not _is_break(behind) else behind
        names, brackets = inserted(names, alias, at, Brackets(node.lpar.whitespace_after, closing))
        return {"names": names, "rpar": node.rpar.with_changes(whitespace_before=brackets.closing)}
    none = cst.SimpleWhitespace("")
    names, _ = inserted(names, alias, at, Brackets(none, none))
    if len(cst.Module([]).code_for_node(node.with_changes(names=names))) <= width:
        return {"names": names}
    names, brackets = exploded(names)
    left = cst.LeftParen(whitespace_after=brackets.opening)
    return {"names": names, "lpar": left, "rpar": cst.RightParen(whitespace_before=brackets.closing)}


def _key(alias: cst.ImportAlias) -> tuple[int, str]:
    """Constants, classes, functions, as isort sorts them."""
    name = alias.evaluated_name
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name.casefold()


def _with_statement(tree: cst.Module, text: str, module: str) -> cst.Module:
    new = cst.parse_statement(text, config=tree.config_for_parsing)
    assert isinstance(new, cst.SimpleStatementLine)
    rank = (_rank(module), module)
    found = [(number, _rank_of(one)) for number, one in enumerate(tree.body) if _is_import(one)]
    before = [(number, other) for number, other in found if other < rank]
    blank = cst.EmptyLine(indent=False)
    body = [*tree.body]
    if before:
        at, other = before[-1]
        following = next((number for number, _ in found if number == at + 1), None)
        body.insert(at + 1, new if other[0] == rank[0] else new.with_changes(leading_lines=[blank]))
        if following is not None:
            same = _rank_of(tree.body[following])[0] == rank[0]
            if not same:
                body[at + 2] = _apart(body[at + 2])
            elif other[0] != rank[0]:
                # It begins the group now, and what stood above the group still does.
                lines = getattr(body[at + 2], "leading_lines", ())
                body[at + 1] = new.with_changes(leading_lines=lines or [blank])
                body[at + 2] = body[at + 2].with_changes(leading_lines=[])
        return tree.with_changes(body=body)
    if found:
        at, other = found[0]
        first = body[at]
        assert isinstance(first, cst.SimpleStatementLine)
        # What stands above the first import stays above all of them.
        body[at] = first.with_changes(leading_lines=[blank] if other[0] != rank[0] else [])
        body.insert(at, new.with_changes(leading_lines=first.leading_lines))
        return tree.with_changes(body=body)
    at = after_imports(tree)
    body.insert(at, new.with_changes(leading_lines=[blank] if at else []))
    if at + 1 < len(body):
        body[at + 1] = _apart(body[at + 1])
    return tree.with_changes(body=body)


def _apart(
    statement: cst.SimpleStatementLine | cst.BaseCompoundStatement,
) -> cst.SimpleStatementLine | cst.BaseCompoundStatement:
    """The statement with an empty line above it."""
    lines = statement.leading_lines if hasattr(statement, "leading_lines") else ()
    if lines and lines[0].comment is None:
        return statement
    return statement.with_changes(leading_lines=[cst.EmptyLine(indent=False), *lines])


def _statements(tree: cst.Module) -> Iterator[tuple[cst.Import | cst.ImportFrom, bool]]:
    for statement in tree.body:
        guarded = isinstance(statement, cst.If) and _is_guard(statement)
        inner = statement.body.body if isinstance(statement, cst.If) and guarded else [statement]
        for line in inner:
            for small in line.body if isinstance(line, cst.SimpleStatementLine) else ():
                if isinstance(small, cst.Import | cst.ImportFrom):
                    yield small, guarded


def _is_guard(statement: cst.If) -> bool:
    return (get_full_name_for_node(statement.test) or "").split(".")[-1] == _GUARD


def _is_import(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[0], cst.Import | cst.ImportFrom)


def _is_break(space: cst.BaseParenthesizableWhitespace) -> bool:
    return isinstance(space, cst.ParenthesizedWhitespace)


def _rank_of(statement: cst.CSTNode) -> tuple[int, str]:
    assert isinstance(statement, cst.SimpleStatementLine)
    node = statement.body[0]
    if isinstance(node, cst.ImportFrom):
        return _rank(module_of(node)), module_of(node)
    assert isinstance(node, cst.Import)
    # `import x` stands above `from x import y`.
    return _rank(node.names[0].evaluated_name), ""


def _rank(module: str) -> int:
    if module == "__future__":
        return 0
    if module.startswith("."):
        return 3
    return 1 if module.split(".")[0] in sys.stdlib_module_names else 2
