"""Web pages of everybody that may call with the credentials of their visitors."""

import ast
import re
from collections.abc import Iterator

from apismith.check.analysis.calls import Site, constant, last, sites
from apismith.check.analysis.values import resolved
from apismith.check.app import App
from apismith.check.registry import Found, rule

# A pattern that says nothing of the host: `.*`, `https?://.*`, `^https://(.+)$`.
_LOOSE = re.compile(r"\^?(https?\??:(//|\\/\\/))?\(?\.[*+]\)?\$?")


@rule("FA412", severity="high", minutes=10)
def cors_credentials(app: App) -> Iterator[Found]:
    """Each CORS middleware that lets any origin call with cookies or other credentials."""
    for site in sites(app):
        if not _is_cors(site) or site.module.is_test:
            continue
        credentials = constant(resolved(app, site.keyword("allow_credentials"), site.module, site.function))
        if credentials is not True:
            continue
        origins = resolved(app, site.keyword("allow_origins"), site.module, site.function)
        pattern = constant(resolved(app, site.keyword("allow_origin_regex"), site.module, site.function))
        if _has_star(origins):
            what = "`allow_origins` holds `*`"
        elif isinstance(pattern, str) and _LOOSE.fullmatch(pattern):
            what = f"`allow_origin_regex` matches every origin (`{pattern}`)"
        else:
            continue
        yield Found(
            site.at,
            f"{what} and `allow_credentials` is set: Starlette answers each page with its own origin, so that any "
            f"website may call with the cookies of its visitors and read the answer. Name the origins.",
        )


def _is_cors(site: Site) -> bool:
    if site.target.rpartition(".")[2] == "CORSMiddleware":
        return True
    named = site.node.args[0] if site.node.args else None
    return last(site.node) in ("add_middleware", "Middleware") and last(named) == "CORSMiddleware"


def _has_star(node: ast.expr | None) -> bool:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return any(constant(each) == "*" for each in node.elts)
    return constant(node) == "*"
