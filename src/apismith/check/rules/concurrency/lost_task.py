"""Tasks that nobody keeps: the event loop refers to them weakly, so that they may end in the middle."""

import ast
from collections.abc import Iterator

from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.source.facts import Function

_MAKERS = frozenset({"asyncio.create_task", "asyncio.ensure_future"})


@rule("FA106", severity="medium", minutes=5)
def lost_task(app: App) -> Iterator[Found]:
    """Each `asyncio.create_task(…)` that is a statement of its own."""
    for function in app.facts.functions.values():
        if function.module.is_test:
            continue
        made = {call.node: call.target for call in function.calls if call.target in _MAKERS}
        for node in _dropped(function) if made else ():
            if node in made:
                yield Found(
                    function.module.file.span(node),
                    f"Nobody keeps what `{made[node]}()` returns: the event loop refers to it weakly, so that the task "
                    f"may be collected before it ends, and what it raises is never seen. Keep it in a set until it is "
                    f"done, or use `asyncio.TaskGroup`.",
                )


def _dropped(function: Function) -> Iterator[ast.Call]:
    """The calls whose result is thrown away."""
    for node in function.nodes:
        match node:
            case ast.Expr(value=ast.Call() as call):
                yield call
            case ast.Assign(targets=[ast.Name(id="_")], value=ast.Call() as call):
                yield call
            case _:
                continue
