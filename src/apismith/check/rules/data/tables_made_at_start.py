"""Tables that the application makes when it starts."""

from collections.abc import Iterator

from apismith.check.analysis.calls import last, names_in, sites
from apismith.check.analysis.loop import is_aside, serving, starting
from apismith.check.app import App
from apismith.check.registry import Found, rule


@rule("FA208", severity="medium", minutes=30)
def tables_made_at_start(app: App) -> Iterator[Found]:
    """Each `metadata.create_all` that an import, the start of the application or a request reaches."""
    for site in sites(app):
        if is_aside(site) or last(site.node) != "create_all" or "metadata" not in names_in(site.node.func):
            continue
        if site.function is not None and not _is_reached(app, site.function.name):
            continue
        when = "when the module is imported" if site.function is None else "by the running application"
        yield Found(
            site.at,
            f"The tables are made {when}: those that are there already are never changed, so that a new column exists "
            f"in the models and not in the database. Make and change them by migrations (Alembic) before the start.",
            confidence="high" if site.function is None else "medium",
        )


def _is_reached(app: App, name: str) -> bool:
    """Whether the application itself calls a function: at its start, or for a request."""
    if name in serving(app) or name in starting(app):
        return True
    known = app.facts.functions
    return any(call.target == name for each in starting(app) if each in known for call in known[each].calls)
