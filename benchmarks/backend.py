"""What a generated backend costs beside other ways to write it: processor time of each request.

A backend of 50 entities, with all of its middleware and the settings of production, is asked in turns with a server
that has no framework, which is the limit, with the usual FastAPI app and with the way of templates on SQLModel. All
read the same rows of a private database on the PostgreSQL of `APISMITH_TEST_POSTGRES`, which is dropped afterwards,
and answer alike, which is checked first. Nothing is asserted about time: numbers are for people.
"""

import argparse
import asyncio
import os
import platform
import secrets
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.backends import report
from benchmarks.backends.asking import essence, log_in, requests
from benchmarks.backends.contract import contract, last_thing
from benchmarks.backends.database import database, forget_created, seed
from benchmarks.backends.load import CLIENT, Request, load
from benchmarks.backends.serving import SERVERS_PROCESSOR, Server

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
GENERATED = "generated"
INSIDE = ("import", "middleware")
OTHERS = ("raw", "usual", "template")
Taken = dict[tuple[str, str], list[float]]
"""Microseconds of each round, by server and request."""


def generate(folder: Path) -> Path:
    """The measured backend, as `apismith new` writes it."""
    file = folder / "contract.py"
    file.write_text(contract(), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "apismith",
        "new",
        "bench",
        "--contract",
        str(file),
        "--yes",
        "--quiet",
        "--no-git",
    ]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return folder / "bench"


def settings(address: str, key: str) -> dict[str, str]:
    """The environment of all servers; the settings are those of the generated backend in production."""
    return os.environ | {
        "ENVIRONMENT": "production",
        "SECRET_KEY": key,
        "DATABASE_URL": address,
        "DATABASE_POOL_SIZE": "10",
        "DATABASE_MAX_OVERFLOW": "0",
        "ACCESS_TOKEN_MINUTES": "600",
        "BENCH_DATABASE": address,
        "BENCH_SECRET": key,
        "PYTHONDONTWRITEBYTECODE": "",
    }


@contextmanager
def running(
    project: Path, environment: dict[str, str], names: Collection[str], beside: Path | None
) -> Iterator[dict[str, Server]]:
    """All servers, by name."""
    servers: dict[str, Server] = {}
    try:
        for name in names:
            servers[name] = Server(name, f"benchmarks.backends.servers.{name}:app", ROOT, environment)
        servers[GENERATED] = Server(GENERATED, "app.main:app", project, environment, "/api/v1")
        if beside is not None:
            servers["beside"] = Server("beside", "app.main:app", beside, environment, "/api/v1")
        for server in servers.values():
            server.wait()
        yield servers
    finally:
        for server in servers.values():
            server.stop()


def check(servers: dict[str, Server], asked: dict[str, dict[str, Request]]) -> None:
    """Every server answers every request as the first one does.

    Raises:
        SystemExit: one answers something else.
    """
    for name in asked[GENERATED]:
        answers = {server: essence(servers[server], name, asked[server][name]) for server in servers}
        different = [server for server, answer in answers.items() if answer != answers[GENERATED]]
        if different:
            found = "\n".join(f"{server}: {str(answer)[-300:]}" for server, answer in answers.items())
            raise SystemExit(f"{name}: {', '.join(different)} answer something else\n{found}")


def measure(server: Server, request: Request, options: argparse.Namespace, scratch: Path) -> float:
    """Microseconds of processor time that the server takes for one request."""
    before = server.cpu()
    answered = load(server.address, request, seconds=options.seconds, connections=options.connections, scratch=scratch)
    return (server.cpu() - before) / max(answered, 1) * 1e6


async def run(options: argparse.Namespace) -> str:
    """Measure all, in rounds that every server takes part in, so that a slow moment meets all alike."""
    key, password = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    with TemporaryDirectory(prefix="apismith-bench-") as name:
        scratch = Path(name)
        project = generate(scratch)
        async with database() as address:
            environment = settings(address, key)
            migrate = [sys.executable, "-m", "alembic", "upgrade", "head"]
            subprocess.run(migrate, cwd=project, env=environment, stdout=subprocess.DEVNULL, check=True)
            await seed(address, posts=options.posts, last=last_thing())
            with running(project, environment, options.servers, options.beside) as servers:
                token = log_in(servers[GENERATED], password)
                depth = options.posts // 2
                asked = {
                    name: requests(server, posts=options.posts, depth=depth, token=token)
                    for name, server in servers.items()
                }
                check(servers, asked)
                await forget_created(address, posts=options.posts)
                if options.check:
                    return "All servers answer alike."
                if options.profile:
                    return profile(servers[GENERATED], asked[GENERATED][options.profile], options, scratch)
                for number, which in ((0, "first"), (last_thing(), "last")):
                    asked[GENERATED][which] = Request(f"/api/v1/thing{number}s/1")
                taken = await rounds(servers, asked, options, address, scratch)
                memory = {name: server.memory() for name, server in servers.items()}
            within = {} if options.quick else {what: report.inside(project, environment, what) for what in INSIDE}
    if options.beside or len(options.servers) < len(OTHERS):
        return "\n".join(f"{name}: {server} {report.compared(taken, server, name)}" for server, name in taken)
    return report.text(taken, memory, within, depth=depth, about=about(options))


async def rounds(
    servers: dict[str, Server],
    asked: dict[str, dict[str, Request]],
    options: argparse.Namespace,
    address: str,
    scratch: Path,
) -> Taken:
    """All rounds of all requests."""
    taken: Taken = defaultdict(list)
    warm = argparse.Namespace(**vars(options) | {"seconds": min(options.seconds, 1)})
    for name in asked[GENERATED]:
        if options.only and name not in options.only:
            continue
        asking = [server for server in servers.values() if name in asked[server.name]]
        for server in asking:
            measure(server, asked[server.name][name], warm, scratch)
        for _ in range(options.rounds):
            for server in asking:
                taken[server.name, name].append(measure(server, asked[server.name][name], options, scratch))
        if name == "create":
            time.sleep(1)  # what was still on its way creates rows, too
            await forget_created(address, posts=options.posts)
        print(f"{name}: {', '.join(f'{s.name} {statistics.median(taken[s.name, name]):.0f} µs' for s in asking)}")
    return taken


def profile(server: Server, request: Request, options: argparse.Namespace, scratch: Path) -> str:
    """Keep the generated backend busy, for a profiler that is attached by hand."""
    print(f"{server.address} is asked for {request.path}: process {server.pid}", flush=True)
    load(server.address, request, seconds=options.seconds, connections=options.connections, scratch=scratch)
    return ""


def about(options: argparse.Namespace) -> str:
    """On what, and with what."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("fastapi", "sqlalchemy", "asyncpg", "uvicorn"))
    return (
        f"CPython {platform.python_version()} on {platform.system()} {platform.machine()}, {libraries}; load by "
        f"{CLIENT} over {options.connections} connections, servers on processor {SERVERS_PROCESSOR}; medians of "
        f"{options.rounds} rounds of {options.seconds:g} s; {options.posts:,} posts, 1,000 users."
    )


def main() -> None:
    """Measure, print the table and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--servers", nargs="*", default=OTHERS, help="which others to measure")
    parser.add_argument("--beside", type=Path, help="the folder of another backend of the same contract, to compare")
    parser.add_argument("--only", nargs="*", help="requests to measure, by name")
    parser.add_argument("--quick", action="store_true", help="leave out what is measured in a process of its own")
    parser.add_argument("--check", action="store_true", help="only look whether all servers start and answer alike")
    parser.add_argument("--profile", metavar="REQUEST", help="keep the backend busy with one request, for a profiler")
    parser.add_argument("--write", action="store_true", help=f"keep the table in {PAGE.relative_to(ROOT)}")
    options = parser.parse_args()
    text = asyncio.run(run(options))
    print(text)
    if options.write:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
