"""Switches of development that are on wherever the code runs."""

import ast
from collections.abc import Iterator
from urllib.parse import urlsplit

from apismith.check.analysis.calls import Site, constant, sites
from apismith.check.analysis.loop import is_aside
from apismith.check.analysis.values import resolved
from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.findings import Edit, Fix

_APPS = frozenset(("fastapi.FastAPI", "starlette.applications.Starlette"))
_OFF = ("verify", "ssl", "verify_ssl")
_HERE = frozenset(("localhost", "127.0.0.1", "::1", "host.docker.internal"))


@rule("FA420", severity="medium", minutes=5)
def development_switch(app: App) -> Iterator[Found]:
    """Each application with `debug=True`, and each request to other servers that does not verify who answers."""
    for site in sites(app):
        if is_aside(site):
            continue
        if site.target in _APPS:
            yield from _debugged(site)
        elif app.libraries.knows("verifying", site.target) and not _has_no_certificate(app, site):
            yield from _unverified(site)


def _debugged(site: Site) -> Iterator[Found]:
    given = site.keyword("debug")
    if given is not None and constant(given) is True:
        yield Found(
            site.module.file.span(given),
            "`debug=True` is written in the code, so it is on in production, too: who makes a request fail gets the "
            "traceback with pieces of the source. Leave it out, or read it from the settings.",
            severity="high",
            fix=Fix("Switch it off", (Edit(site.module.file.span(given), "False"),)),
        )


def _unverified(site: Site) -> Iterator[Found]:
    for name in _OFF:
        given = site.keyword(name)
        if given is not None and constant(given) is False:
            yield Found(
                site.module.file.span(given),
                f"`{name}=False` accepts any certificate: whoever is on the way can read and change what is sent, "
                f"passwords and tokens too. Leave it out; for a certificate of your own, name its authority.",
                fix=Fix("Verify it", (Edit(site.module.file.span(given), "True"),), safe=False),
            )


def _has_no_certificate(app: App, site: Site) -> bool:
    """Whether a request goes to this machine, or without TLS, as far as its text tells."""
    for node in (*site.node.args[:2], site.keyword("url"), site.keyword("base_url")):
        known = resolved(app, node, site.module, site.function)
        if isinstance(known, ast.JoinedStr) and known.values:
            known = known.values[0]
        text = constant(known)
        if isinstance(text, str) and (text.startswith("http://") or _host(text) in _HERE):
            return True
    return False


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
