"""What must be true of a merged tree before it is written: what fails is a conflict, never a success."""

import ast
import json
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from apismith.evolve.renames import definitions
from apismith.evolve.symbols import Project, module_name
from apismith.evolve.syntax import Source, comments
from apismith.layout import ruff

_RULES = "E9,F811,F821,F822"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong in the merged tree and was not before."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Trees:
    """The trees that a merge has to do with, at the user's paths.

    Args:
        base: what was generated.
        mine: the user's project.
        theirs: what would be generated now.
        merged: the whole project after the merge.
    """

    base: Mapping[str, bytes]
    mine: Mapping[str, bytes]
    theirs: Mapping[str, bytes]
    merged: Mapping[str, bytes]

    @property
    def mixed(self) -> list[str]:
        """Python files that hold something of both sides."""
        return [
            path
            for path, content in self.merged.items()
            if path.endswith(".py") and content not in (self.mine.get(path), self.theirs.get(path))
        ]


def problems(trees: Trees, skip: frozenset[str] = frozenset()) -> list[Problem]:
    """What is wrong now and was right before.

    Args:
        trees: before and after.
        skip: files with markers, which are no Python yet.
    """
    mixed = [path for path in trees.mixed if path not in skip]
    found = [*_linted(trees, mixed), *_imports(trees, skip)]
    for path in mixed:
        found += [*_duplicates(trees, path), *_missing(trees, path), *_lost_comments(trees, path)]
    return list(dict.fromkeys(found))


# Within one file ------------------------------------------------------------------------------------------------------


def _linted(trees: Trees, paths: list[str]) -> Iterator[Problem]:
    """Names that nobody defines, and definitions that another of the same name hides."""
    before = _lint({path: trees.mine[path] for path in paths if path in trees.mine})
    for problem in _lint({path: trees.merged[path] for path in paths}):
        if problem not in before:
            yield problem


def _lint(files: Mapping[str, bytes]) -> list[Problem]:
    if not files:
        return []
    with tempfile.TemporaryDirectory(prefix="apismith-") as name:
        root = Path(name).resolve()
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        words = ["check", "--isolated", "--no-cache", "--select", _RULES, "--output-format", "json", "--exit-zero", "."]
        done = subprocess.run([ruff(), *words], cwd=root, capture_output=True, text=True, check=False)
        reports = json.loads(done.stdout or "[]")
        return [
            Problem(Path(one["filename"]).resolve().relative_to(root).as_posix(), str(one["message"]))
            for one in reports
        ]


def _duplicates(trees: Trees, path: str) -> Iterator[Problem]:
    after = _repeated(trees.merged[path])
    known = _repeated(trees.mine.get(path, b"")) | _repeated(trees.theirs.get(path, b""))
    for name in sorted(set(after) - set(known)):
        yield Problem(path, f"{name} is defined twice")


def _repeated(content: bytes) -> set[str]:
    tree = _tree(content)
    if tree is None:
        return set()
    found: set[str] = set()
    for where, body in [
        ("", tree.body),
        *((node.name, node.body) for node in tree.body if isinstance(node, ast.ClassDef)),
    ]:
        names = Counter(
            node.name
            for node in body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.decorator_list
        )
        names += Counter(
            node.target.id for node in body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        )
        found |= {f"{where}.{name}".strip(".") for name, count in names.items() if count > 1}
    return found


def _missing(trees: Trees, path: str) -> Iterator[Problem]:
    """What the new render has added, such as fields and routes, and the merged file has not."""
    old, new, own, merged = (
        _members(side.get(path, b"")) for side in (trees.base, trees.theirs, trees.mine, trees.merged)
    )
    for name in sorted(new - old - merged):
        parent = name.rpartition(".")[0]
        if (not parent or parent in merged) and not (parent and parent not in own):
            yield Problem(path, f"{name} should be there now, but is not")


def _lost_comments(trees: Trees, path: str) -> Iterator[Problem]:
    """Comments that the user has written and that went with what they stood at."""
    base, mine, merged = (
        Counter(comments(side.get(path, b"").decode(errors="replace")))
        for side in (trees.base, trees.mine, trees.merged)
    )
    for comment in mine - base - merged:
        yield Problem(path, f"your comment would be lost: {comment}")


def _members(content: bytes) -> set[str]:
    try:
        source = Source(content.decode())
    except (SyntaxError, ValueError):
        return set()
    found: set[str] = set()
    for name, one in definitions(source, source.tree.body).items():
        found.add(name)
        if isinstance(one.node, ast.ClassDef):
            found |= {f"{name}.{member}" for member in definitions(source, one.node.body)}
    return found


def _tree(content: bytes) -> ast.Module | None:
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError):
        return None


# Between files --------------------------------------------------------------------------------------------------------


def _imports(trees: Trees, skip: frozenset[str]) -> Iterator[Problem]:
    """Imports of modules or names of the project that it does not have."""
    touched = {
        path
        for path in {*trees.merged, *trees.theirs, *trees.base}
        if path.endswith(".py") and trees.merged.get(path) != trees.theirs.get(path)
    }
    if not touched:
        return
    # Others can only lack what was generated once: what is the user's alone, they have never known.
    modules = {module_name(path) for path in touched if path in trees.theirs or path in trees.base}
    suspect = re.compile("|".join(map(_importing, sorted(modules))) or r"(?!)")
    before, after = Project(trees.mine), Project(trees.merged)
    for path, content in trees.merged.items():
        if not path.endswith(".py") or path in skip:
            continue
        if path in touched or suspect.search(content.decode(errors="replace")):
            found = list(_broken(after, path, trees.merged))
            known = set(_broken(before, path, trees.mine)) if found and path in trees.mine else set[str]()
            yield from (Problem(path, text) for text in found if text not in known)


def _importing(module: str) -> str:
    """A pattern of what imports a module, or something from it."""
    parent, _, name = module.rpartition(".")
    direct = rf"\b{re.escape(module)}\b"
    if not parent:
        return direct
    return rf"{direct}|\bfrom {re.escape(parent)} import (?:\([^)]*|[^\n]*)\b{re.escape(name)}\b"


def _broken(project: Project, path: str, files: Mapping[str, bytes]) -> Iterator[str]:
    module = project.module(module_name(path))
    packages = {name.split("/")[0] for name in files if name.endswith("__init__.py") and name.count("/") == 1}
    for node in ast.walk(module.source.tree) if module else ():
        if not isinstance(node, ast.ImportFrom) or node.level or not node.module:
            continue
        if node.module.split(".")[0] not in packages:
            continue
        home = project.module(node.module)
        if home is None and project.has(node.module):
            continue
        if home is None:
            if not any(name.startswith(node.module.replace(".", "/") + "/") for name in files):
                yield f"there is no module {node.module}"
            continue
        dynamic = "__getattr__" in home.definitions or "import *" in home.source.text
        for alias in node.names:
            inside = alias.name in home.definitions or alias.name in home.imported or alias.name == "*"
            found = inside or dynamic or _assigned(home.source, alias.name)
            if not found and project.module(f"{node.module}.{alias.name}") is None:
                yield f"{node.module} has no {alias.name}"


def _assigned(source: Source, name: str) -> bool:
    """Whether a name is given a value in some other way than by a plain definition."""
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(source.tree))
