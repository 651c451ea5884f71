"""A comment that ignores a finding without a reason."""

from collections.abc import Iterable

from apismith.check.app import App
from apismith.check.registry import Found, rule


@rule("FA002", severity="low", minutes=2, in_tests=True)
def unexplained_ignore(app: App) -> Iterable[Found]:
    """The walk itself reports it, since only it knows what the comments have silenced."""
    return ()
