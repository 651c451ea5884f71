"""SQL that is put together from values."""

import ast
from collections.abc import Iterator

from apismith.check.analysis.calls import Site, constant, last, sites
from apismith.check.analysis.loop import is_script, serves
from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.source.facts import Function

_TEXT = ("sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text", "sqlmodel.text")
_EXECUTING = frozenset("execute executemany exec_driver_sql fetch fetchrow fetchval fetch_all fetch_one raw".split())
_VERBS = tuple(f"{verb} " for verb in "select insert update delete with create drop alter truncate copy where".split())
_CLEAN = frozenset("int float bool len quote_ident quote_identifier quoted_name identifier literal join".split())


@rule("FA210", severity="critical", minutes=15)
def sql_injection(app: App) -> Iterator[Found]:
    """Each statement with values in its text."""
    for site in sites(app):
        if site.target in _TEXT:
            yield from _in(app, site, site.argument(0, "text"))
    for function in app.facts.functions.values():
        if function.module.is_test:
            continue
        for call in function.calls:
            if last(call.node) in _EXECUTING and isinstance(call.node.func, ast.Attribute) and call.node.args:
                yield from _in(app, Site(function.module, function, call.node, call.target or ""), call.node.args[0])


def _in(app: App, site: Site, node: ast.expr | None) -> Iterator[Found]:
    function = site.function
    if node is None or function is None or site.module.is_test or is_script(function) or _is_migration(function):
        return
    text = _made(function, node)
    values = [value for value in _values(text) if _is_free(app, function, value)]
    if values and _is_sql(text) and _comes_from_outside(function, values):
        names = ", ".join(f"`{ast.unparse(value)[:40]}`" for value in values[:3])
        yield Found(
            site.at,
            f"{names} becomes part of the text of a statement: a quote in it ends the value, and what follows is run. "
            f"Write a parameter (`:name`) and give the value beside the statement.",
            confidence="high" if serves(app, function) else "medium",
        )


def _is_migration(function: Function) -> bool:
    return bool({"versions", "migrations.py"} & set(function.module.file.path.split("/")))


def _made(function: Function, node: ast.expr) -> ast.expr:
    """The expression behind a name; where it is given several, or added to, a text with the parts of all."""
    if not isinstance(node, ast.Name):
        return node
    made = function.assigned(node.id) + [
        each.value
        for each in function.nodes
        if isinstance(each, ast.AugAssign) and isinstance(each.target, ast.Name) and each.target.id == node.id
    ]
    if len(made) > 1:
        return ast.JoinedStr(values=[part for each in made for part in _parts(each)])
    return made[0] if made else node


def _parts(node: ast.expr) -> list[ast.expr]:
    """The parts of a text as an f-string has them."""
    match node:
        case ast.JoinedStr(values=values):
            return values
        case ast.Constant():
            return [node]
        case _:
            return [ast.FormattedValue(value=each, conversion=-1) for each in _values(node)]


def _values(node: ast.expr) -> Iterator[ast.expr]:
    """What is put into a text: by an f-string, `%`, `+` or `.format()`."""
    match node:
        case ast.JoinedStr(values=values):
            yield from (each.value for each in values if isinstance(each, ast.FormattedValue))
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            for side in (left, right):
                if isinstance(side, ast.BinOp | ast.JoinedStr):
                    yield from _values(side)
                elif constant(side) is None:
                    yield side
        case ast.BinOp(op=ast.Mod(), left=left, right=right) if isinstance(constant(left), str):
            yield from right.elts if isinstance(right, ast.Tuple) else [right]
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="format"), args=args, keywords=keywords):
            yield from [*args, *(each.value for each in keywords)]
        case _:
            return


def _is_sql(node: ast.expr) -> bool:
    texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    whole = " ".join(" ".join(texts).lower().split()) + " "
    return whole.startswith(_VERBS) or any(f" {verb}" in f" {whole}" for verb in ("where ", "from ", "values "))


def _is_free(app: App, function: Function, value: ast.expr) -> bool:
    """Whether a value may be any text: no constant, number, name of a table or column, or checked word."""
    if constant(value) is not None or last(value).isupper() or last(value) in ("__tablename__", "table_name"):
        return False
    if isinstance(value, ast.Call) and last(value) in _CLEAN:
        return False
    if isinstance(value, ast.Attribute) and value.attr == "value":
        return False
    if isinstance(value, ast.Name):
        if value.id in _numbers(function) or value.id in _checked(function) or value.id in _own_texts(function):
            return False
        known = app.facts.value(app.facts.full_name(value, function.module, function))
        return value.id in function.stored or known is None
    return True


def _numbers(function: Function) -> set[str]:
    """The parameters that cannot hold a quote."""
    kinds = ("int", "float", "bool", "UUID", "datetime", "date", "Decimal", "Literal", "Enum")
    return {
        parameter.arg
        for parameter, _ in function.parameters
        if parameter.annotation is not None
        and any(kind in ast.unparse(parameter.annotation) for kind in kinds)
        and "str" not in ast.unparse(parameter.annotation)
    }


def _checked(function: Function) -> set[str]:
    """The names that the function compares with a list of what is allowed, or with a pattern."""
    found: set[str] = set()
    for node in function.nodes:
        match node:
            case ast.Compare(left=ast.Name(id=name), ops=ops) if any(isinstance(op, ast.In | ast.NotIn) for op in ops):
                found.add(name)
            case ast.Call(func=ast.Attribute(attr="match" | "fullmatch"), args=args):
                found |= {each.id for each in args if isinstance(each, ast.Name)}
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="isidentifier" | "isalnum" | "isdigit")):
                found.add(name)
            case _:
                continue
    return found


def _own_texts(function: Function) -> set[str]:
    """The names to which only texts of the code are given: placeholders, clauses, a direction."""
    return {name for name in function.stored if (made := function.assigned(name)) and all(map(_is_own, made))}


def _is_own(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.IfExp(body=body, orelse=orelse):
            return _is_own(body) and _is_own(orelse)
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="join")):
            return True
        case ast.Subscript():
            return True
        case _:
            return False


def _comes_from_outside(function: Function, values: list[ast.expr]) -> bool:
    """Whether the caller gives a value, itself or in an object; the application's own settings and clients are none."""
    own = ("settings", "config", "db", "conn", "connection", "session", "engine", "logger")
    given = {parameter.arg for parameter, _ in function.parameters if parameter.arg not in own}
    return any(isinstance(each, ast.Name) and each.id in given for value in values for each in ast.walk(value))
