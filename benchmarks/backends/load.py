"""Load on a server: by wrk where it is installed, else by a client of our own."""

import asyncio
import contextlib
import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.backends.serving import LOADS_PROCESSOR

CLIENT = "wrk" if shutil.which("wrk") and shutil.which("taskset") else "asyncio"
"""What makes the load."""

SCRIPT = """
math.randomseed(42)
local headers, body = {%(headers)s}, %(body)s
request = function()
  return wrk.format("%(method)s", (string.gsub("%(path)s", "{id}", math.random(1, %(ids)d))), headers, body)
end
"""


@dataclass(frozen=True)
class Request:
    """One kind of request; `{id}` in its path becomes a number up to `ids`, another one each time."""

    path: str
    method: str = "GET"
    ids: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None


def load(address: str, request: Request, *, seconds: float, connections: int, scratch: Path) -> int:
    """Ask as fast as the server answers, for so long: how many requests were answered.

    Raises:
        SystemExit: an answer was not what it should be.
    """
    if CLIENT == "asyncio":
        with ThreadPoolExecutor(1) as thread:  # the caller's thread may run a loop already
            return thread.submit(asyncio.run, _ask(address, request, seconds, connections)).result()
    headers = ", ".join(f'["{name}"]="{value}"' for name, value in request.headers.items())
    body = f"'{request.body}'" if request.body else "nil"
    script = scratch / "request.lua"
    values = {"headers": headers, "body": body, "method": request.method, "path": request.path, "ids": request.ids}
    script.write_text(SCRIPT % values)
    command = ["taskset", "-c", str(LOADS_PROCESSOR), "wrk", "-t1", f"-c{connections}", f"-d{seconds:g}"]
    done = subprocess.run([*command, "-s", str(script), address], capture_output=True, text=True, check=True)
    asked, failed = re.search(r"(\d+) requests in", done.stdout), re.search(r"Non-2xx.*: (\d+)", done.stdout)
    if asked is None or failed is not None:
        raise SystemExit(f"{address} {request.method} {request.path}:\n{done.stdout}{done.stderr}")
    return int(asked[1])


async def _ask(address: str, request: Request, seconds: float, connections: int) -> int:
    host, port = urlsplit(address).hostname, urlsplit(address).port
    numbers, until = random.Random(42), time.monotonic() + seconds

    def messages() -> Iterator[bytes]:
        head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        body = (request.body or "").encode()
        head += f"Content-Length: {len(body)}\r\n" if body else ""
        while time.monotonic() < until:
            path = request.path.replace("{id}", str(numbers.randint(1, request.ids)))
            yield f"{request.method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{head}\r\n".encode() + body

    async def one_connection() -> int:
        reader, writer = await asyncio.open_connection(host, port)
        answered = 0
        for message in messages():
            writer.write(message)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            if not head.startswith((b"http/1.1 200", b"http/1.1 201")):
                raise SystemExit(f"{address} {request.method} {request.path}: {head.decode()}")
            length = re.search(rb"content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)
            answered += 1
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return answered

    return sum(await asyncio.gather(*(one_connection() for _ in range(connections))))
