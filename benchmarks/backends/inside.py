"""What the generated backend costs in its own process; run in its folder, prints JSON.

`import`: seconds of processor time and MiB, after the libraries and after the app. `middleware`: microseconds of a
request without, with the middleware.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from pathlib import Path

ROUNDS, REQUESTS = 11, 200


def memory() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def importing() -> dict[str, float]:
    """Import and build the app, the libraries that no such app can do without first."""
    sys.modules["rich"] = None  # imported where it is installed, which it is not in production
    began = time.process_time()
    import fastapi  # noqa: F401
    import sqlalchemy.ext.asyncio  # noqa: F401

    libraries, libraries_mib = time.process_time() - began, memory()
    from app.main import app

    built = {"seconds": time.process_time() - began, "mib": memory()}
    app.openapi()
    described = {"described_seconds": time.process_time() - began, "described_mib": memory()}
    return {"libraries_seconds": libraries, "libraries_mib": libraries_mib, **built, **described}


async def middleware() -> dict[str, float]:
    """One request to the app without and with its middleware, in turns."""
    import app.main as main

    apps = {"with": main.create_app()}
    main.middleware = lambda *_: []
    apps["without"] = main.create_app()
    taken: dict[str, list[float]] = {name: [] for name in apps}
    for _ in range(ROUNDS):
        for name, app in apps.items():
            began = time.process_time()
            for _ in range(REQUESTS):
                await ask(app)
            taken[name].append((time.process_time() - began) / REQUESTS * 1e6)
    return {name: statistics.median(all_taken) for name, all_taken in taken.items()}


async def ask(app) -> None:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/health",
        "raw_path": b"/health",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8000"), (b"accept", b"*/*"), (b"user-agent", b"bench")],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200, message

    await app(scope, receive, send)


def main() -> None:
    measured = importing() if sys.argv[1] == "import" else asyncio.run(middleware())
    sys.stderr.write(json.dumps(measured))


if __name__ == "__main__":
    main()
