"""A comment that ignores nothing."""

from collections.abc import Iterable

from apismith.check.app import App
from apismith.check.registry import Found, rule


@rule("FA001", severity="low", minutes=1, in_tests=True)
def obsolete_ignore(app: App) -> Iterable[Found]:
    """The walk itself reports it, since only it knows what the comments have silenced."""
    return ()
