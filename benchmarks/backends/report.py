"""The page of results."""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

RAW, USUAL, TEMPLATE, GENERATED = "raw", "usual", "template", "generated"
ENDPOINTS = {
    "one": "one by id",
    "page": "page of 20 with author",
    "create": "create",
    "secure": "JWT + user + one",
    "deep": "page of 20, far down",
}
TIMES = 3
"""How often what happens inside of one process is measured."""

HEAD = """# Benchmarks

What a request costs the server in processor time, on a backend of 50 entities with all of its middleware and the
settings of production. `just bench` measures anew and writes this page.

- **raw**: no framework, asyncpg, JSON by orjson. This is the limit: ratios say how much of it is reached.
- **usual**: FastAPI with an `AsyncSession` for each request, entities, `selectinload`; no middleware, five routes.
- **template**: FastAPI with SQLModel and synchronous sessions, a count beside each page, the author of each post
  loaded when it is asked for.
- **generated**: what `apismith new` writes.

Ratios are of processor time, each round's own: they hold on a busy machine, where requests per second do not.
"""


def inside(project: Path, environment: dict[str, str], what: str) -> dict[str, float]:
    """What is measured in a process of its own: medians."""
    script = Path(__file__).with_name("inside.py")
    found: list[dict[str, float]] = []
    for _ in range(TIMES):
        done = subprocess.run(
            [sys.executable, str(script), what],
            cwd=project,
            env=environment | {"PYTHONPATH": str(project)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
        found.append(json.loads(done.stderr.splitlines()[-1]))
    return {key: statistics.median(one[key] for one in found) for key in found[0]}


def text(taken: Any, memory: dict[str, float], inside: dict[str, dict[str, float]], *, depth: int, about: str) -> str:
    """The page."""
    parts = [HEAD, about, "", "| | raw | usual | template | generated | × usual | × template |", "|---|" + "---|" * 6]
    for name, title in ENDPOINTS.items():
        if (GENERATED, name) not in taken:
            continue
        us = {server: statistics.median(taken[server, name]) for server in (RAW, USUAL, TEMPLATE, GENERATED)}
        cells = [f"{us[RAW]:.0f} µs", *(f"{reached(taken, server, name):.3f}" for server in (USUAL, TEMPLATE))]
        cells.append(f"**{reached(taken, GENERATED, name):.3f}** ({us[GENERATED]:.0f} µs)")
        cells += [f"{ratio(taken, server, GENERATED, name):.1f}" for server in (USUAL, TEMPLATE)]
        parts.append(f"| {title} | " + " | ".join(cells) + " |")
    parts += ["", "| the generated backend alone | |", "|---|---|"]
    if (GENERATED, "last") in taken and (GENERATED, "first") in taken:
        first, last = taken[GENERATED, "first"], taken[GENERATED, "last"]
        value = statistics.median(b / a for a, b in zip(first, last, strict=True))
        parts.append(f"| the last of 50 resources, times the first | {value:.2f} |")
    if (GENERATED, "deep") in taken and (GENERATED, "page") in taken:
        page, deep = taken[GENERATED, "page"], taken[GENERATED, "deep"]
        value = statistics.median(a / b for a, b in zip(page, deep, strict=True))
        parts.append(f"| speed of a page {depth:,} rows down, times the first page | {value:.2f} |")
    parts += [*_within(inside)] if inside else []
    parts += [
        "| memory of the server after all this, beside usual and template | "
        f"{memory[GENERATED]:.0f}, {memory[USUAL]:.0f}, {memory[TEMPLATE]:.0f} MiB |",
    ]
    return "\n".join(parts) + "\n"


def _within(inside: dict[str, dict[str, float]]) -> list[str]:
    imported, stack = inside["import"], inside["middleware"]
    return [
        f"| the whole middleware, of one request | {stack['with'] - stack['without']:.0f} µs, "
        f"{stack['with'] / stack['without'] - 1:.2f} times what FastAPI takes for it |",
        f"| import and build the app | {imported['seconds']:.2f} s, {imported['mib']:.0f} MiB |",
        f"| … of it FastAPI and SQLAlchemy alone | {imported['libraries_seconds']:.2f} s, "
        f"{imported['libraries_mib']:.0f} MiB |",
        f"| … and with its OpenAPI | {imported['described_seconds']:.2f} s, {imported['described_mib']:.0f} MiB |",
    ]


def compared(taken: Any, server: str, name: str) -> str:
    """A server's cost, and how often the generated backend's it is."""
    return f"{statistics.median(taken[server, name]):.0f} µs, {ratio(taken, server, GENERATED, name):.3f}"


def reached(taken: Any, server: str, name: str) -> float:
    """How much of the limit's speed a server reaches."""
    return 1 / ratio(taken, server, RAW, name)


def ratio(taken: Any, server: str, other: str, name: str) -> float:
    """How often one server's cost is the other's."""
    return statistics.median(a / b for a, b in zip(taken[server, name], taken[other, name], strict=True))
