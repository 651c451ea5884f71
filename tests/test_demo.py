"""`make demo`: what it prints can be pasted."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[list[str]]:
    """What the demo prints until it serves; it is stopped with Ctrl-C afterwards."""
    demo = subprocess.Popen(
        [sys.executable, ROOT / "scripts" / "demo.py", "--port", str(free_port()), "--folder", tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert demo.stdout is not None
    lines: list[str] = []
    for line in demo.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("Ctrl-C"):
            break
    yield lines
    demo.send_signal(signal.SIGINT)
    demo.stdout.close()
    assert demo.wait(timeout=20) == 130


def pasted(command: str) -> str:
    return subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout


def test_the_curl_that_is_printed_creates_an_article_and_the_second_one_reads_it(printed: list[str]) -> None:
    assert printed[-1] == "Ctrl-C stops the backend.", "\n".join(printed)
    create, read = (line.strip() for line in printed if line.startswith("  curl"))
    assert pasted(create).startswith("HTTP/1.1 201 ")
    answer = pasted(read)
    assert answer.startswith("HTTP/1.1 200 ")
    assert '"Written with curl"' in answer


def test_the_docs_are_served(printed: list[str]) -> None:
    address = next(line.split()[1] for line in printed if line.startswith("Docs"))
    assert "<html" in pasted(f"curl -sS {address}")


def test_a_port_in_use_is_named_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, ROOT / "scripts" / "demo.py", "--port", str(port), "--folder", tmp_path / "demo"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == f"Port {port} is in use. Take another one: make demo PORT={port + 1}\n"
    assert not (tmp_path / "demo").exists()
