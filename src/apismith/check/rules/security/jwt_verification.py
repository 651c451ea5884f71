"""Tokens whose signature is not verified, or verified by rules that the token itself may choose."""

import ast
from collections.abc import Iterator

from apismith.check.analysis.calls import Site, constant, last, names_in, sites
from apismith.check.analysis.loop import is_aside, serves
from apismith.check.analysis.values import entries, resolved
from apismith.check.analysis.words import says
from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.findings import Confidence

# What functions say by their names that trust nothing of a token.
_LOOKING = ("debug", "expired", "expires", "expiry", "insecure", "log", "peek", "unverified", "without verification")


@rule("FA404", severity="critical", minutes=10)
def jwt_verification(app: App) -> Iterator[Found]:
    """Each `decode` of a token without signature check, without pinned algorithms, or with those of the token."""
    for site in sites(app):
        if not app.libraries.knows("jwt-decode", site.target) or is_aside(site):
            continue
        if _is_unverified(app, site):
            if not _is_looked_at_only(site):
                yield Found(
                    site.at,
                    "The signature of the token is not verified: whoever writes a token is whoever it says. Verify it "
                    "with the key and `algorithms=[…]` before anything in it is used.",
                    confidence=_confidence(app, site),
                )
        elif app.libraries.knows("jwt-decode-by-key", site.target):
            continue
        elif (algorithms := site.argument(2, "algorithms")) is None:
            if site.target.startswith("jose.") or site.keyword("key") is not None or len(site.node.args) > 1:
                yield Found(
                    site.at,
                    "No `algorithms` are named, so that the token itself chooses how it is verified (PyJWT ≥ 2 "
                    "raises). Name the one that tokens are signed with: `algorithms=[…]`.",
                    severity="high",
                )
        elif _is_of_the_token(site, algorithms):
            yield Found(
                site.module.file.span(algorithms),
                "The algorithms are taken from the token that they shall verify: its writer may choose `none`, or "
                "HS256 with the public key as the secret. Name the one that tokens are signed with.",
            )


def _is_unverified(app: App, site: Site) -> bool:
    options = resolved(app, site.keyword("options"), site.module, site.function)
    if any(name == "verify_signature" and constant(value) is False for name, value in entries(options)):
        return True
    verify = site.keyword("verify")
    return verify is not None and constant(verify) is False


def _is_looked_at_only(site: Site) -> bool:
    """Whether a function says by its name that it trusts nothing of the token."""
    return site.function is not None and bool(says(site.function.node.name, _LOOKING))


def _confidence(app: App, site: Site) -> Confidence:
    """How likely it is that the claims decide anything: those that a middleware reads are mostly for the log."""
    if not serves(app, site.function):
        return "low"
    return "medium" if _is_verified_elsewhere(app, site) else "high"


def _is_verified_elsewhere(app: App, site: Site) -> bool:
    """Whether the same function verifies, too: it looks first to find out with which key."""
    if site.function is None:
        return False
    calls = [call for call in site.function.calls if app.libraries.knows("jwt-decode", call.target)]
    return len(calls) > 1 or any("verify" in last(call.node).lower() for call in site.function.calls)


def _is_of_the_token(site: Site, algorithms: ast.expr) -> bool:
    """Whether an expression is read from the header of a token that nobody has verified."""
    if site.function is None:
        return False
    headers = {"get_unverified_header"}
    for node in site.function.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            target = next((call.target for call in site.function.calls if call.node is node.value), None)
            if target and target.endswith(".get_unverified_header"):
                headers |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return bool(names_in(algorithms) & headers)
