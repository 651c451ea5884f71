"""Cookies that are the key to an account, and which scripts, or anybody on the way, can read."""

import ast
from collections.abc import Iterator

from apismith.check.analysis.calls import Site, constant, last
from apismith.check.analysis.loop import serves
from apismith.check.analysis.values import resolved
from apismith.check.analysis.words import says
from apismith.check.app import App
from apismith.check.registry import Found, rule

_KEYS = ("token", "access token", "refresh token", "session", "session id", "sessionid", "auth", "jwt", "authorization")


@rule("FA414", severity="high", minutes=5)
def session_cookie(app: App) -> Iterator[Found]:
    """Each `set_cookie` of a token or a session without `httponly` or `secure`."""
    for function in app.facts.functions.values():
        if function.module.is_test:
            continue
        for call in function.calls:
            if last(call.node) != "set_cookie" or any(each.arg is None for each in call.node.keywords):
                continue
            site = Site(function.module, function, call.node, call.target or "")
            name = _name(app, site)
            if name is None or not says(name, _KEYS) or says(name, ("csrf", "xsrf", "expired", "is")):
                continue
            missing = [word for word in ("httponly", "secure") if _is_off(site, word)]
            if missing:
                yield Found(site.at, _message(name, missing), confidence="high" if serves(app, function) else "medium")


def _name(app: App, site: Site) -> str | None:
    """What the cookie is called, as far as it is known."""
    node = site.argument(0, "key")
    value = constant(resolved(app, node, site.module, site.function))
    if isinstance(value, str):
        return value
    return last(node) if isinstance(node, ast.Name | ast.Attribute) else None


def _is_off(site: Site, word: str) -> bool:
    """Whether an attribute is left out, or switched off; what settings decide is on."""
    given = site.keyword(word)
    return given is None or constant(given) is False


def _message(name: str, missing: list[str]) -> str:
    what = {
        "httponly": "any script on the page can read it, so that one injected line takes the account",
        "secure": "it is sent without TLS, too, where everybody on the way reads it",
    }
    words = " and ".join(f"`{word}`" for word in missing)
    return f"The cookie `{name}` is set without {words}: {'; '.join(what[word] for word in missing)}. Set {words}."
