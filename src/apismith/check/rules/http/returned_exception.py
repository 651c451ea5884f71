"""Exceptions that are returned: the client gets them as data, with a status that says success."""

import ast
from collections.abc import Iterator

from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.findings import Edit, Fix, Span
from apismith.source.facts import Function

_EXCEPTIONS = ("fastapi.HTTPException", "fastapi.exceptions.HTTPException", "starlette.exceptions.HTTPException")


@rule("FA305", severity="high", minutes=2)
def returned_exception(app: App) -> Iterator[Found]:
    """Each `return HTTPException(…)`, and each that is made and dropped."""
    for function in app.facts.functions.values():
        made = {call.node for call in function.calls if call.target in _http_exceptions(app, call.target)}
        if not made or function.module.is_test or _makes_exceptions(function):
            continue
        for node in function.nodes:
            match node:
                case ast.Return(value=ast.Call() as call) if call in made:
                    span = function.module.file.span(node)
                    word = Span(span.file, span.line, span.column, span.line, span.column + len("return"))
                    yield Found(
                        span,
                        "The exception is returned and not raised: the client gets a success whose body describes an "
                        "error, or a 500 where a response model refuses it. Write `raise`.",
                        fix=Fix("Raise it", (Edit(word, "raise"),)),
                    )
                case ast.Expr(value=ast.Call() as call) if call in made:
                    yield Found(
                        function.module.file.span(node),
                        "The exception is made and not raised: the function goes on as if nothing were wrong. "
                        "Write `raise` before it.",
                        fix=Fix("Raise it", (Edit(_start(function, node), "raise "),), safe=False),
                    )
                case _:
                    continue


def _http_exceptions(app: App, target: str | None) -> tuple[str, ...]:
    """The exception that a call makes, if it is one of HTTP."""
    if target in _EXCEPTIONS:
        return _EXCEPTIONS
    known = target is not None and target in app.facts.classes
    return (target,) if known and target and set(app.facts.ancestors(target)) & set(_EXCEPTIONS) else ()


def _makes_exceptions(function: Function) -> bool:
    """Whether a function says that it returns an exception, for its caller to raise."""
    said = function.node.returns
    return said is not None and any(word in ast.unparse(said) for word in ("Exception", "Error"))


def _start(function: Function, node: ast.AST) -> Span:
    span = function.module.file.span(node)
    return Span(span.file, span.line, span.column, span.line, span.column)
