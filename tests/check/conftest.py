"""A project with one finding, and another that is clean."""

from pathlib import Path

import pytest

SLOW = '''"""Sleeps."""

import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/pause")
async def pause() -> str:
    time.sleep(1)
    return "done"
'''


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A project whose only endpoint blocks the loop."""
    (tmp_path / "main.py").write_text(SLOW, encoding="utf-8")
    return tmp_path


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """The same with a `def`."""
    (tmp_path / "main.py").write_text(SLOW.replace("async def", "def"), encoding="utf-8")
    return tmp_path
