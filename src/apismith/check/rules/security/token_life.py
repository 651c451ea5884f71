"""Tokens that never end."""

import ast
import re
from collections.abc import Iterator

from apismith.check.analysis.calls import Site, sites, texts_in
from apismith.check.analysis.loop import is_aside
from apismith.check.app import App
from apismith.check.registry import Found, rule

# A token that says nothing of anybody lets nobody in.
_WHO = re.compile(r"^(sub|uid|id|name|email|login|role|scopes?)$|user|account|member|client|tenant", re.IGNORECASE)


@rule("FA405", severity="high", confidence="high", minutes=10)
def token_life(app: App) -> Iterator[Found]:
    """Each token that is signed without `exp`, as far as what is put into it can be read."""
    for site in sites(app):
        if not app.libraries.knows("jwt-encode", site.target) or is_aside(site):
            continue
        position = 1 if site.target.startswith(("joserfc", "authlib")) else 0
        claims = site.argument(position, "claims" if position else "payload")
        if claims is None or not _is_known(site, claims):
            continue
        names = _names(site, claims)
        if "exp" not in names and any(_WHO.search(name) for name in names):
            yield Found(
                site.at,
                "The token has no `exp`: whoever gets hold of it, from a log or an old backup, is that account for "
                "ever. Put in `exp`, some minutes from now.",
            )


def _is_known(site: Site, claims: ast.expr) -> bool:
    """Whether all of what is in the token stands in the function: nothing comes from its caller or from elsewhere."""
    match claims:
        case ast.Dict(keys=keys, values=values):
            return all(key is not None or _is_known(site, value) for key, value in zip(keys, values, strict=True))
        case ast.Name(id=name) if site.function is not None:
            made = site.function.assigned(name)
            return bool(made) and all(_is_known(site, each) for each in made)
        case _:
            return False


def _names(site: Site, claims: ast.expr) -> set[str]:
    """All texts that the function names: keys of the claims, those that are added, arguments of `update`."""
    if site.function is None:
        return set(texts_in(claims))
    names = {text for node in site.function.nodes if isinstance(node, ast.Constant) for text in texts_in(node)}
    return names | {
        each.arg for node in site.function.nodes if isinstance(node, ast.Call) for each in node.keywords if each.arg
    }
