"""Texts that are run as code, as commands of a shell, or that make any object."""

import ast
from collections.abc import Iterator

from apismith.check.analysis.calls import Site, constant, last, sites
from apismith.check.analysis.loop import is_aside, serves
from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.findings import Confidence, Edit, Fix

_ALWAYS = frozenset(
    "os.system os.popen asyncio.create_subprocess_shell subprocess.getoutput subprocess.getstatusoutput".split()
)
_SHELLS = _ALWAYS | {f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen")}
_YAML = frozenset(("yaml.load", "yaml.load_all"))
_UNSAFE = frozenset(("Loader", "UnsafeLoader"))


@rule("FA419", severity="critical", confidence="medium", minutes=20)
def code_execution(app: App) -> Iterator[Found]:
    """Each `eval`, unpickling, `yaml.load` or shell command of a text that is not constant."""
    for site in sites(app):
        if is_aside(site):
            continue
        evaluates = site.target in ("builtins.eval", "builtins.exec")
        confidence: Confidence = "high" if serves(app, site.function) else "medium" if evaluates else "low"
        if app.libraries.knows("executing", site.target) and _varies(app, site, 0):
            yield Found(
                site.at,
                f"`{site.target.removeprefix('builtins.')}()` runs whatever it is given: who can choose that owns the "
                f"process. Parse it: `json.loads`, `ast.literal_eval`, a Pydantic model.",
                confidence=confidence,
            )
        elif site.target in _YAML and _is_unsafe(site):
            yield Found(
                site.at,
                "`yaml.load()` without a safe loader makes any object that the text names. Use `yaml.safe_load()`.",
                severity="high",
                confidence="high",
                fix=_fix(site),
            )
        elif site.target in _SHELLS and _uses_shell(site) and _is_built(app, site):
            yield Found(
                site.at,
                "A command for a shell is put together from values: `;`, `$(…)` and blanks in them are obeyed. Give "
                "a list of arguments, without a shell.",
                confidence=confidence,
            )


def _varies(app: App, site: Site, position: int) -> bool:
    """Whether an argument is anything but a text that stands in the code."""
    if len(site.node.args) <= position:
        return False
    node = site.node.args[position]
    known = app.facts.value(app.facts.full_name(node, site.module, site.function))
    return constant(node) is None and not (known and constant(known[1]) is not None)


def _is_unsafe(site: Site) -> bool:
    loader = site.argument(1, "Loader")
    return loader is None or last(loader) in _UNSAFE


def _uses_shell(site: Site) -> bool:
    return site.target in _ALWAYS or constant(site.keyword("shell")) is True


def _is_built(app: App, site: Site) -> bool:
    """Whether a command is a text with values in it."""
    node = site.argument(0, "args")
    if isinstance(node, ast.Name) and site.function is not None:
        given = {parameter.arg for parameter, _ in site.function.parameters}
        return node.id in given or any(map(_has_values, site.function.assigned(node.id)))
    return node is not None and _has_values(node)


def _has_values(node: ast.expr) -> bool:
    """Whether a text is put together: an f-string, `%`, `+`, `.format()`; what `shlex.quote` gives is one word."""
    match node:
        case ast.JoinedStr(values=values):
            parts = [each.value for each in values if isinstance(each, ast.FormattedValue)]
            return any(last(each) not in ("quote", "join") for each in parts)
        case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
            return any(constant(each) is None and last(each) != "quote" for each in (left, right))
        case ast.Call(func=ast.Attribute(attr="format")):
            return True
        case _:
            return False


def _fix(site: Site) -> Fix | None:
    """`yaml.safe_load`, where only the text is given."""
    named = site.node.func
    if not isinstance(named, ast.Attribute) or len(site.node.args) != 1 or site.node.keywords:
        return None
    return Fix("Load it safely", (Edit(site.module.file.span(named), f"{ast.unparse(named.value)}.safe_{named.attr}"),))
