"""What an expression is known to be: constants are followed through names, settings and their environment defaults."""

import ast
from collections.abc import Iterator

from apismith.check.analysis.calls import Site, constant, last
from apismith.check.app import App
from apismith.source.facts import Function, Module

_DEEP = 5
_SETTINGS = (
    "pydantic_settings.BaseSettings",
    "pydantic_settings.main.BaseSettings",
    "pydantic.BaseSettings",
    "pydantic.env_settings.BaseSettings",
)


def is_settings(app: App, name: str) -> bool:
    """Whether a class reads its fields from the environment."""
    return any(each in _SETTINGS for each in app.facts.ancestors(name))


def resolved(
    app: App, node: ast.expr | None, module: Module, function: Function | None, depth: int = 0
) -> ast.expr | None:
    """The expression that stands behind a name or an attribute of settings, as far as it is known; else itself."""
    if depth > _DEEP or not isinstance(node, ast.Name | ast.Attribute):
        return node
    if isinstance(node, ast.Name) and function is not None and node.id in function.stored:
        made = function.assigned(node.id)
        return resolved(app, made[0], module, function, depth + 1) if len(made) == 1 else node
    if found := app.facts.value(app.facts.full_name(node, module, function)):
        return resolved(app, found[1], found[0], None, depth + 1)
    if isinstance(node, ast.Attribute):
        default = field_default(app, node.attr)
        if default is not None and _is_settings_like(node.value):
            return default
    return node


def _is_settings_like(node: ast.expr) -> bool:
    name = last(node).lower()
    return "settings" in name or "config" in name or "env" in name


def field_default(app: App, name: str) -> ast.expr | None:
    """The default of the field that has a name in some settings class; through `Field(default=…)`, too."""
    for cls in app.facts.classes.values():
        if name in cls.values and (
            is_settings(app, cls.name) or cls.node.name.lower().endswith(("settings", "config"))
        ):
            return unfielded(cls.values[name])
    return None


def unfielded(node: ast.expr) -> ast.expr:
    """The default inside of a `Field(…)`; any other expression as it is."""
    if isinstance(node, ast.Call) and last(node) == "Field":
        given = next(
            (each.value for each in node.keywords if each.arg == "default"), node.args[0] if node.args else None
        )
        return given if given is not None else node
    return node


def flag(app: App, site: Site, name: str, position: int | None = None) -> object:
    """The constant value of an argument of a call, followed through names."""
    node = site.argument(position, name) if position is not None else site.keyword(name)
    return constant(resolved(app, node, site.module, site.function))


def entries(node: ast.expr | None) -> Iterator[tuple[str, ast.expr]]:
    """The entries of a literal dictionary with constant keys, and the arguments of `dict(a=1)`."""
    match node:
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value
        case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
            for each in keywords:
                if each.arg:
                    yield each.arg, each.value
        case _:
            return
