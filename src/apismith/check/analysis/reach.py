"""What a route runs itself: its function and the project's functions that it calls, the nearest first."""

from apismith.check.app import App
from apismith.source.facts import Function


def reach(app: App, function: Function, depth: int = 3) -> list[Function]:
    """A function and those that it calls through at most `depth` calls; not its dependencies."""
    order, level = [function], [function]
    for _ in range(depth):
        following = [
            callee
            for each in level
            for call in each.calls
            if (callee := app.facts.callee(call.target)) and callee not in order
        ]
        level = list(dict.fromkeys(following))
        order += [each for each in level if each not in order]
    return order
