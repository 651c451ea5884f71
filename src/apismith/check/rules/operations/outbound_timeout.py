"""Requests to other servers that may wait for ever."""

import ast
from collections.abc import Iterator

from apismith.check.analysis.calls import sites
from apismith.check.analysis.loop import is_aside, serves
from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.findings import Confidence

# httpx waits five seconds where nothing is said, so that only `None` is worth a word.
_CLIENTS = frozenset(("httpx.Client", "httpx.AsyncClient", "httpx.get", "httpx.post", "httpx.request"))


@rule("FA505", severity="medium", minutes=5)
def outbound_timeout(app: App) -> Iterator[Found]:
    """Calls of `requests` without a timeout, and clients of httpx whose timeout was switched off.

    Each that a request reaches; of the others, the first of each module.
    """
    seen: set[str] = set()
    for site in sites(app):
        if is_aside(site) or any(keyword.arg is None for keyword in site.node.keywords):
            continue
        timeout = site.argument(2, "timeout") if site.target == "urllib.request.urlopen" else site.keyword("timeout")
        confidence: Confidence = "high" if serves(app, site.function) else "medium"
        if confidence == "medium" and site.module.name in seen:
            continue
        if app.libraries.knows("patient", site.target) and timeout is None:
            seen.add(site.module.name)
            yield Found(
                site.at,
                f"`{site.target}()` has no timeout: a server that accepts and never answers keeps the thread, and soon "
                f"all of them. Give one: `timeout=10`.",
                confidence=confidence,
            )
        elif site.target in _CLIENTS and isinstance(timeout, ast.Constant) and timeout.value is None:
            yield Found(
                site.at,
                f"`{site.target}()` waits for ever, as its timeout was switched off: what the other server keeps, this "
                f"one keeps, too. Give a time that a caller would wait.",
                confidence=confidence,
            )
