"""Calls that wait without giving the event loop away, reached from an `async def` directly or through functions."""

from collections import deque
from collections.abc import Iterator

from apismith.check.analysis.loop import is_remembered, is_script, serving, starting
from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.findings import Confidence, Step
from apismith.source.facts import Call, Function

_DEEP = 8
# How many calls away a file that is opened is worth a word.
_NEAR = 2


@rule("FA101", severity="high", minutes=20)
def blocking_call(app: App) -> Iterator[Found]:
    """Each call in an async function that blocks, or that leads to one through functions that are not async."""
    for function in app.facts.functions.values():
        if not function.is_async or is_script(function) or function.name in starting(app):
            continue
        yield from _in_function(function, app)


def _in_function(function: Function, app: App) -> Iterator[Found]:
    """Each call that blocks by itself; of those that lead to one, or block only briefly, the first."""
    said = False
    for call in function.calls:
        if call.awaited or not (chain := _blocking(call, function, app)):
            continue
        is_direct = len(chain) == 1 and app.libraries.knows("blocking", call.target) is not None
        if is_direct or not said:
            yield _found(function, call, chain, app)
        said = said or not is_direct


def _blocking(call: Call, function: Function, app: App) -> list[tuple[Function, Call]] | None:
    """The calls from this one to the first that blocks; none where nothing does."""
    todo = deque([[(function, call)]])
    seen: set[str] = set()
    while todo:
        chain = todo.popleft()
        target = chain[-1][1].target
        if app.libraries.knows("blocking", target):
            return chain
        if app.libraries.knows("blocking-briefly", target) and len(chain) <= _NEAR:
            return chain
        callee = app.facts.callee(target)
        if callee is None or callee.is_async or callee.is_generator or callee.name in seen or len(chain) > _DEEP:
            continue
        if is_remembered(callee):
            continue
        seen.add(callee.name)
        todo += [[*chain, (callee, each)] for each in callee.calls]
    return None


def _found(function: Function, call: Call, chain: list[tuple[Function, Call]], app: App) -> Found:
    sink = chain[-1][1]
    briefly = app.libraries.knows("blocking", sink.target) is None
    route = serving(app).get(function.name)
    name = spoken(sink.target)
    through = "" if len(chain) == 1 else f", {len(chain) - 1} call{'s' * (len(chain) > 2)} further down,"
    who = f"`{function.node.name}`" + (f" ({route.label})" if route else "")
    confidence: Confidence = "high" if route and not briefly else "medium" if route or not briefly else "low"
    return Found(
        function.module.file.span(call.node),
        f"{name}{through} blocks the event loop in async {who}: every other request waits until it returns. "
        f"{_instead(sink.target or '')}",
        severity="medium" if briefly else None,
        confidence=confidence,
        chain=tuple(
            Step(where.module.file.span(each.node), f"`{where.node.name}` calls {spoken(each.target)}")
            for where, each in chain
        )
        if len(chain) > 1
        else (),
    )


def spoken(target: str | None) -> str:
    """A full name as people write it."""
    return f"`{(target or '?').removeprefix('builtins.').replace('().', '.')}()`"


def _instead(target: str) -> str:
    if target == "time.sleep":
        return "Use `await asyncio.sleep()`."
    if target.startswith(("requests.", "httpx.", "urllib")):
        return "Use `httpx.AsyncClient`, or declare the endpoint with `def`."
    if target.startswith(("subprocess.", "os.system", "os.popen")):
        return "Use `asyncio.create_subprocess_exec()`, or `await asyncio.to_thread(…)`."
    return "Call it by `await asyncio.to_thread(…)`, or declare the endpoint with `def`."
