"""Coroutines that are made and never run."""

import ast
from collections.abc import Iterator

from apismith.check.analysis.calls import last
from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.findings import Edit, Fix, Span
from apismith.source.facts import Function


@rule("FA105", severity="high", minutes=2)
def never_awaited(app: App) -> Iterator[Found]:
    """Each call of an `async def` that is a statement of its own, without `await`."""
    for function in app.facts.functions.values():
        dropped = {node.value for node in function.nodes if isinstance(node, ast.Expr)}
        for call in function.calls:
            if call.awaited or call.node not in dropped or not _is_coroutine(app, call.target):
                continue
            span = function.module.file.span(call.node)
            before = Span(span.file, span.line, span.column, span.line, span.column)
            fix = Fix("Await it", (Edit(before, "await "),)) if function.is_async else None
            yield Found(
                span,
                f"`{last(call.node)}()` is never awaited: the call only makes a coroutine, nothing of it runs. "
                + ("Write `await` before it." if fix else "Await it in an `async def`."),
                fix=fix,
            )


def _is_coroutine(app: App, target: str | None) -> bool:
    callee: Function | None = app.facts.functions.get(target or "") or app.facts.callee(target)
    if callee is None or not callee.is_async or callee.is_generator or callee.node.name == "__init__":
        return target == "asyncio.sleep"
    return not callee.node.decorator_list or all(
        last(node) in ("staticmethod", "classmethod", "override") for node in callee.node.decorator_list
    )
