"""Texts of exceptions that clients get to see."""

import ast
from collections.abc import Iterator

from apismith.check.analysis.calls import last, names_in
from apismith.check.analysis.loop import serves
from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.source.facts import Function

_BROAD = frozenset(("Exception", "BaseException"))
_INNER = (
    "SQLAlchemyError",
    "IntegrityError",
    "OperationalError",
    "DatabaseError",
    "DBAPIError",
    "PyMongoError",
    "ClientError",
)


@rule("FA314", severity="medium", minutes=10)
def exception_text(app: App) -> Iterator[Found]:
    """Each answer of an endpoint that holds the text of an exception which it did not make itself."""
    for function in app.facts.functions.values():
        if function.module.is_test or not (serves(app, function) or _handles(function)):
            continue
        for handler in function.nodes:
            if isinstance(handler, ast.ExceptHandler) and handler.name and _is_inner(handler):
                yield from _told(function, handler, handler.name)


def _handles(function: Function) -> bool:
    """Whether a function answers instead of those that fail: an exception handler, or a middleware."""
    return any(last(node) in ("exception_handler", "middleware") for node in function.node.decorator_list)


def _is_inner(handler: ast.ExceptHandler) -> bool:
    """Whether what is caught may be anything: of the database, of the network, of a bug."""
    if handler.type is None:
        return True
    kinds = {last(each) for each in (handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type])}
    return bool(kinds & _BROAD) or any(kind.endswith(_INNER) for kind in kinds)


def _told(function: Function, handler: ast.ExceptHandler, name: str) -> Iterator[Found]:
    """Where the exception of a handler becomes part of an answer."""
    for node in (inner for statement in handler.body for inner in ast.walk(statement)):
        match node:
            case ast.Call() if last(node) == "HTTPException":
                told = [*node.args[1:2], *(each.value for each in node.keywords if each.arg == "detail")]
            case ast.Call() if last(node) in ("JSONResponse", "ORJSONResponse", "PlainTextResponse", "HTMLResponse"):
                told = [*node.args[:1], *(each.value for each in node.keywords if each.arg == "content")]
            case ast.Return(value=ast.Dict() as answer):
                told = [answer]
            case _:
                continue
        if any(_says(each, name) for each in told):
            yield Found(
                function.module.file.span(node),
                f"The text of whatever failed (`{name}`) is sent to the client: it may hold SQL, addresses, file names "
                f"or values of others, and it changes with each library. Log it, and answer with a text of your own.",
                confidence="high" if handler.type is None or last(handler.type) in _BROAD else "medium",
            )


def _says(node: ast.AST, name: str) -> bool:
    """Whether an expression holds the exception itself or its text; not a code or a field of it."""
    for each in ast.walk(node):
        match each:
            case ast.FormattedValue(value=value) | ast.Call(func=ast.Name(id="str" | "repr"), args=[value]):
                if isinstance(value, ast.Name) and value.id == name:
                    return True
            case ast.Call(func=func) if last(func) in ("format_exc", "format_exception"):
                return True
            case ast.BinOp(op=ast.Mod(), right=right) if name in names_in(right) and isinstance(right, ast.Name):
                return True
            case ast.Attribute(value=ast.Name(id=owner), attr="args" | "orig") if owner == name:
                return True
            case _:
                continue
    return False
