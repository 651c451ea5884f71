"""What `apismith new` and `apismith --help` cost, beside yardsticks measured in the same run.

Prints a table of medians: seconds of CPU (of the process and its children) and of wall time, and how many times the
CPU of a Python that starts and ends. Nothing is asserted: numbers are for people.
"""

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

APISMITH = [sys.executable, "-m", "apismith"]
SIZES = (1, 10, 50)
Measured = tuple[float, float]
"""Seconds of CPU and of wall time."""


def measure(command: list[str], folder: Path) -> Measured:
    """Run a command to its end, with nothing to read and nobody who looks."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


HEAD = '''"""So many things."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from apismith import Entity, Listing, Owner, Parent, Secret, Timestamps, Unique


class User(Entity):
    email: Unique[str] = Field(max_length=200)
    password: Secret[str] = Field(min_length=10)
'''
KINDS = (
    """
    name: Unique[str] = Field(min_length=1, max_length=80)
    listing = Listing(order="name")
""",
    """
    title: str = Field(min_length=1, max_length=200)
    price: Decimal = Field(ge=0, max_digits=9, decimal_places=2)
    made_by: Owner[User]
    like: Thing0 | None = None
""",
    """
    body: str = Field(max_length=5000)
    day: date | None = None
    above: Parent[{before}]
""",
    """
    done: bool = False
    count: int = Field(default=0, ge=0)
    labels: set[Thing0] = Field(max_length=10)
    listing = Listing(filters=["done", "labels"], order="-created_at")
""",
)


def contract(entities: int) -> str:
    """The text of a contract with so many entities besides the account."""
    classes = [
        f"\n\nclass Thing{n}(Entity, Timestamps):{KINDS[n % len(KINDS)].format(before=f'Thing{n - 1}')}"
        for n in range(entities)
    ]
    return HEAD + "".join(classes)


def subjects(scratch: Path) -> dict[str, Callable[[int], list[str]]]:
    """What is measured: by its name, the command of each round."""
    found: dict[str, Callable[[int], list[str]]] = {"python -c pass": lambda _: [sys.executable, "-c", "pass"]}
    if uv := shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent)):
        found["uv --version"] = lambda _: [uv, "--version"]
    found["import fastapi"] = lambda _: [sys.executable, "-c", "import fastapi"]
    if peer := shutil.which("copier") or shutil.which("copier", path=str(Path(sys.executable).parent)):
        template = copier_template(scratch / "template")
        found["copier copy, 1 file"] = lambda n: [peer, "copy", "--quiet", str(template), str(scratch / f"copied-{n}")]
    found["apismith --help"] = lambda _: [*APISMITH, "--help"]
    for size in SIZES:
        file = scratch / f"contract_{size}.py"
        file.write_text(contract(size), encoding="utf-8")
        found[f"apismith new, {size} entities"] = lambda n, file=file, size=size: [  # type: ignore[misc]
            *(*APISMITH, "new", f"made-{size}-{n}", "--contract", str(file), "--yes", "--quiet", "--no-git")
        ]
    return found


def copier_template(folder: Path) -> Path:
    """The smallest template: the least that such a tool takes."""
    folder.mkdir()
    (folder / "README.md.jinja").write_text("# {{ _copier_conf.dst_path }}\n", encoding="utf-8")
    return folder


def main() -> None:
    """Measure in rounds, so that a slow moment of the machine meets all alike, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with TemporaryDirectory(prefix="apismith-bench-") as name:
        scratch = Path(name)
        commands = subjects(scratch)
        for command in commands.values():
            measure(command(0), scratch)
        taken = {subject: list[Measured]() for subject in commands}
        for n in range(1, rounds + 1):
            for subject, command in commands.items():
                taken[subject].append(measure(command(n), scratch))
    table(taken)


def table(taken: dict[str, list[Measured]]) -> None:
    """Print medians and ratios."""
    medians = {
        subject: (statistics.median(cpu for cpu, _ in runs), statistics.median(wall for _, wall in runs))
        for subject, runs in taken.items()
    }
    yardstick = medians["python -c pass"][0]
    width = max(map(len, medians))
    print(f"{'':{width}}  CPU s  wall s  × python")
    for subject, (cpu, wall) in medians.items():
        print(f"{subject:{width}}  {cpu:5.3f}  {wall:6.3f}  {cpu / yardstick:8.1f}")


if __name__ == "__main__":
    main()
