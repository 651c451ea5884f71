"""The app under a real server, for what only shows there."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep
from typing import Any

import uvicorn
from fastapi import FastAPI


@contextmanager
def serving(app: FastAPI, **options: Any) -> Iterator[int]:
    """The port on which uvicorn serves the app, in a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, **options))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    give_up = monotonic() + 10
    while not server.started and thread.is_alive() and monotonic() < give_up:
        sleep(0.01)
    assert server.started, "uvicorn did not start"
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
