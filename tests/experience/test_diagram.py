"""`apismith diagram`: to stdout, or into a file."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

from .conftest import Run


def test_it_is_svg_unless_asked_otherwise(apismith: Callable[..., Run], contract: Path) -> None:
    assert ElementTree.fromstring(apismith("diagram", str(contract)).out).tag.endswith("svg")
    assert apismith("diagram", str(contract), "--format", "mermaid").out.startswith("erDiagram")


def test_the_file_holds_what_stdout_would(apismith: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    printed = apismith("diagram", str(contract)).out
    done = apismith("diagram", str(contract), "-o", "books.svg")
    assert done.out.splitlines() == ["create  books.svg", "", "1 file: 1 create"]
    assert (tmp_path / "books.svg").read_text() == printed.removesuffix("\n")
    assert [entry.name for entry in tmp_path.iterdir()] == ["books.svg"]


def test_a_dry_run_prints_the_same_and_writes_nothing(
    apismith: Callable[..., Run], tmp_path: Path, contract: Path
) -> None:
    words = ["diagram", str(contract), "-o", "books.svg"]
    dry = apismith(*words, "--dry-run")
    assert not list(tmp_path.iterdir())
    assert dry.out == apismith(*words).out


def test_a_folder_that_is_missing_is_2(apismith: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    failed = apismith("diagram", str(contract), "-o", "drawings/books.svg")
    assert failed.code == 2
    assert "drawings" in failed.err
    assert not list(tmp_path.iterdir())
