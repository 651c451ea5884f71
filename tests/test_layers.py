"""The shape of the project: who may import whom, how large a module is, and what no file may name."""

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "apismith"
REFERENCE = PACKAGE / "reference"
LONGEST = 400

# Tables of data, which are read by looking something up and not from the first line to the last.
DATA_TABLES: frozenset[str] = frozenset()


def modules() -> list[Path]:
    """The modules of apismith itself."""
    return sorted(path for path in PACKAGE.rglob("*.py") if not path.is_relative_to(REFERENCE))


def project_files() -> list[Path]:
    """Every file that is, or is about to be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def imported(path: Path) -> set[str]:
    """The modules that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_a_lower_layer_never_imports_a_higher_one() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = grimp.build_graph("apismith", cache_dir=None)
    importers = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(importers).prepare()
    except CycleError as cycle:
        pytest.fail(" → ".join(cycle.args[1]))


def test_every_folder_with_modules_is_a_package_so_that_the_layers_see_it() -> None:
    folders = {path.parent for path in modules()}
    assert [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_reference_backends_and_apismith_do_not_know_each_other() -> None:
    ours = [path for path in modules() if any(name.startswith("apismith.reference") for name in imported(path))]
    theirs = [
        path
        for path in REFERENCE.rglob("*.py")
        # A contract is written in the contract language, which is what apismith exports.
        if path.name != "contract.py" and any(name.split(".")[0] == "apismith" for name in imported(path))
    ]
    assert [str(path.relative_to(ROOT)) for path in ours + theirs] == []


def test_no_module_is_longer_than_a_reader_likes() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()
    }
    assert {path: length for path, length in lengths.items() if length > LONGEST and path not in DATA_TABLES} == {}


def test_the_list_of_data_tables_is_current() -> None:
    assert [path for path in DATA_TABLES if not (ROOT / path).is_file()] == []


# Written in two halves, so that this file does not name them either.
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "conda." + "anaconda",
    "proxy." + "golang",
]
MACHINE = ["/wo" + "rk/", "../sha" + "red", "/ro" + "ot/", "/tmp/" + "bash_jobs"]


@pytest.mark.parametrize("needle", REGISTRIES)
def test_no_file_names_the_address_of_a_package_registry(needle: str) -> None:
    assert naming(needle) == []


@pytest.mark.parametrize("needle", MACHINE)
def test_no_file_names_a_place_of_the_machine_it_was_written_on(needle: str) -> None:
    assert naming(rf"(?<![\w.:@]){re.escape(needle)}", plain=False) == []


def naming(needle: str, *, plain: bool = True) -> list[str]:
    """The files that hold a text."""
    pattern = re.compile((re.escape(needle) if plain else needle).encode())
    return [str(path.relative_to(ROOT)) for path in project_files() if pattern.search(path.read_bytes())]
