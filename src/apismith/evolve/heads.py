"""Heads of classes and functions: decorators, and signatures whose parameters are matched by name."""

import ast
from typing import Any

from apismith.evolve.diff3 import has_markers
from apismith.evolve.items import Item, body_at, source_of
from apismith.evolve.syntax import Source
from apismith.evolve.weave import numbered, weave


def decorators_of(item: Item) -> dict[Any, str]:
    """The decorators as expressions, by what is called and by their first argument."""
    nodes: list[ast.expr] = getattr(item.node, "decorator_list", [])
    lines, start = source_of(item)
    found: list[tuple[str, str]] = []
    for node in nodes:
        text = "".join(lines[node.lineno - start : (node.end_lineno or node.lineno) - start + 1])
        found.append((ast.dump(node.func if isinstance(node, ast.Call) else node), text.strip().removeprefix("@")))
    return dict(zip(numbered(key for key, _ in found), [f"{text}\n" for _, text in found], strict=True))


def as_decorator(text: str, indent: str) -> str:
    if has_markers(text):
        return "".join(
            line if line.startswith(("<<<", "|||", "===", ">>>")) else f"{indent}@{line}"
            for line in text.splitlines(keepends=True)
        )
    return f"{indent}@{text.strip()}\n"


def signature_of(item: Item) -> str:
    lines, start = source_of(item)
    return "".join(lines[item.node.lineno - start : body_at(item)]).rstrip("\n") + "\n"


def merged_signature(base: str, mine: str, theirs: str) -> str | None:
    """The signature with the parameters, or base classes, of both; None where they contradict each other."""
    sides = [_parameters(text.strip().removesuffix(":").strip()) for text in (base, mine, theirs)]
    if any(side is None for side in sides):
        return None
    b, m, t = (side or {} for side in sides)
    kept: dict[str, str] = {}
    for key in dict.fromkeys([*m, *t]):
        merged = _chosen(b.get(key), m.get(key), t.get(key))
        if merged == "?":
            return None
        if merged is not None:
            kept[key] = merged
    head, returns = kept.pop("head"), kept.pop("returns", None)
    words = ", ".join(kept[key] for key in weave(list(b), list(m), list(t), kept))
    return f"{head}({words})" + (f" -> {returns}" if returns else "") + ":\n"


def _chosen(base: str | None, mine: str | None, theirs: str | None) -> str | None:
    if mine == theirs or base == theirs:
        return mine
    return theirs if base == mine else "?"


def _parameters(text: str) -> dict[str, str] | None:
    """Parameters, or base classes, by name, in order; the head before them and what is returned."""
    try:
        source = Source(f"{text}: pass\n")
    except SyntaxError:
        return None
    node = source.tree.body[0]
    found: dict[str, str] = {"head": text.partition("(")[0]}
    if isinstance(node, ast.ClassDef):
        if "(" not in text:
            return None
        for base in [*node.bases, *node.keywords]:
            found[source.of(base).partition("=")[0]] = source.of(base)
        return found
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    start, end = _brackets(source)
    for part in _split(source.text[start:end]):
        found[part.lstrip("*").partition(":")[0].partition("=")[0].strip() or part] = part
    if node.returns is not None:
        found["returns"] = source.of(node.returns)
    return found if "#" not in text else None


def _brackets(source: Source) -> tuple[int, int]:
    """Where the parameters begin and end: between the brackets behind the name."""
    start = source.text.index("(") + 1
    depth = 1
    for at in range(start, len(source.text)):
        depth += (source.text[at] in "([{") - (source.text[at] in ")]}")
        if depth == 0:
            return start, at
    return start, start


def _split(text: str) -> list[str]:
    """The parts of a list at its commas, without those within brackets and strings."""
    parts, depth, quote = [""], 0, ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        depth += (not quote) * ((char in "([{") - (char in ")]}"))
        if char == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += char
    return [" ".join(part.split()) for part in parts if part.strip()]
