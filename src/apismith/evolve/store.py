"""What a project remembers of its generation: `.apismith/`, with the base and a lock.

The base is the pristine render, kept as it was written, so that no older version of apismith is ever needed to render
it again. Objects are named by the SHA-256 of their content; `lock.json` says which file is which.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from apismith.changes import STATE
from apismith.contract.model import Contract
from apismith.errors import ApismithError
from apismith.evolve.diff3 import pick
from apismith.findings import Span

LOCK: Final = f"{STATE}/lock.json"
OBJECTS: Final = f"{STATE}/objects"
UNDO: Final = f"{STATE}/undo"
LARGEST: Final = 200_000
"""Files above this many bytes are remembered by their digest only: nobody merges them."""

# Compressed, objects are binary to every tool: nobody greps them, and no end of line is ever converted.
_ATTRIBUTES: Final = b"objects/** -diff -merge linguist-generated\nlock.json linguist-generated\n"
_IGNORED: Final = b"# What `apismith undo` needs: yours alone.\nundo/\n"


class NotGenerated(ApismithError):
    """The project has no `.apismith/lock.json`, so nobody knows what was generated in it."""


class BrokenLock(ApismithError):
    """`.apismith/lock.json`, or what it refers to, is damaged."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A conflict that waits for a decision: digests of the two versions, and why they contradict."""

    mine: str | None
    theirs: str | None
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """What was generated.

    Args:
        apismith: the version that did.
        contract: digest of the contract's JSON twin, which is among the objects.
        files: digest of each rendered file, by its path.
        yours: paths that were ejected: they stay as they are, with the digest that they had then.
        moves: where the user has put files, by the path at which they are rendered.
        renames: what the user calls things, by the dotted name that they are rendered with.
        conflicts: what waits for a decision, by path in the user's tree.
    """

    apismith: str
    contract: str
    files: dict[str, str]
    yours: tuple[str, ...] = ()
    moves: dict[str, str] = field(default_factory=dict[str, str])
    renames: dict[str, str] = field(default_factory=dict[str, str])
    conflicts: dict[str, Recorded] = field(default_factory=dict[str, Recorded])

    def json(self) -> dict[str, object]:
        """As it is written; what is empty is left out."""
        described: dict[str, object] = {"schema_version": 1, "apismith": self.apismith, "contract": self.contract}
        described |= {"files": dict(sorted(self.files.items()))}
        conflicts = {
            path: {"mine": one.mine, "theirs": one.theirs, "causes": list(one.causes)}
            for path, one in sorted(self.conflicts.items())
        }
        more: dict[str, Any] = {"yours": sorted(self.yours), "moves": dict(sorted(self.moves.items()))}
        more |= {"renames": dict(sorted(self.renames.items())), "conflicts": conflicts}
        return described | {key: value for key, value in more.items() if value}


@dataclass(frozen=True, slots=True)
class State:
    """A lock and the objects that it names."""

    lock: Lock
    objects: dict[str, bytes]

    def base(self, known: Iterable[bytes] = ()) -> dict[str, bytes]:
        """The pristine render, without large files unless their content is among `known`."""
        by_digest = self.objects | {digest(content): content for content in known if len(content) > LARGEST}
        return {path: by_digest[sha] for path, sha in self.lock.files.items() if sha in by_digest}

    def contract(self) -> Contract | None:
        """The contract that the base was rendered from; None where it is not remembered."""
        twin = self.objects.get(self.lock.contract)
        return Contract.model_validate_json(twin) if twin is not None else None

    def with_lock(self, lock: Lock, *added: bytes) -> "State":
        """The same objects, some more, and another lock."""
        return State(lock, self.objects | {digest(content): content for content in added})


def digest(content: bytes) -> str:
    """The name of an object."""
    return hashlib.sha256(content).hexdigest()


def fresh(files: Mapping[str, bytes], contract: Contract) -> State:
    """The state of a backend that was rendered a moment ago."""
    twin = json.dumps(contract.model_dump(mode="json"), sort_keys=True).encode()
    lock = Lock(version("apismith"), digest(twin), {path: digest(content) for path, content in files.items()})
    stored = [content for content in files.values() if len(content) <= LARGEST]
    return State(lock, {digest(content): content for content in [twin, *stored]})


def read(root: Path) -> State:
    """The state of the project in a folder.

    Raises:
        NotGenerated: it has none.
        BrokenLock: it has one that cannot be read; `conflicted` tells whether git has left its markers in it.
    """
    file = root / LOCK
    if not file.is_file():
        raise NotGenerated(
            f"{root} has no {LOCK}, so it is not known what was generated in it.",
            hint="'apismith new' makes a project that can evolve.",
        )
    try:
        lock = _lock(json.loads(file.read_bytes()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenLock(
            f"{file} is damaged, so nothing was changed.",
            at=Span(str(file), 1, 1, 1, 2),
            hint="Take it back from your version control, e.g. 'git checkout HEAD -- .apismith'.",
        ) from error
    return State(lock, {sha: _object(root, sha) for sha in sorted(_named(lock)) if _place(root, sha).is_file()})


def conflicted(root: Path) -> bool:
    """Whether a merge of branches has left markers in the lock."""
    file = root / LOCK
    return file.is_file() and any(line.startswith(b"<<<<<<< ") for line in file.read_bytes().splitlines())


def name(root: Path) -> str | None:
    """What the backend was called when it was generated; None where that is not known."""
    try:
        lock = _lock(json.loads(pick((root / LOCK).read_text(encoding="utf-8"), "mine")))
        return Contract.model_validate_json(_object(root, lock.contract)).name
    except (OSError, ValueError, KeyError, TypeError, AttributeError, BrokenLock):
        return None  # what is wrong is said when the lock is needed


def after_merge(root: Path, files: Mapping[str, bytes], contract: Contract) -> State:
    """The state after branches were merged that both evolved: git has merged the code, so its base is a new render.

    What was ejected, moved and renamed is taken from the branch that the other one was merged into.

    Args:
        root: the project.
        files: what the merged contract renders.
        contract: that contract.
    """
    state = fresh(files, contract)
    try:
        own = _lock(json.loads(pick((root / LOCK).read_text(encoding="utf-8"), "mine")))
    except (ValueError, KeyError, TypeError, AttributeError):
        return state
    return state.with_lock(replace(state.lock, yours=own.yours, moves=own.moves, renames=own.renames))


def written(state: State, root: Path | None = None) -> dict[str, bytes]:
    """The files of `.apismith/` that hold a state, without the objects that are in `root` already.

    Objects that nothing names any more stay: git would take the removal of one on each of two branches for two renames
    of it, which is a conflict, and they are small.
    """
    named = _named(state.lock)
    files = {
        _path(sha): zlib.compress(content, 9)
        for sha, content in state.objects.items()
        if sha in named and not (root and _place(root, sha).is_file())
    }
    files |= {f"{STATE}/.gitattributes": _ATTRIBUTES, f"{STATE}/.gitignore": _IGNORED}
    return files | {LOCK: (json.dumps(state.lock.json(), indent=2, ensure_ascii=False) + "\n").encode()}


def evolved(old: State, files: Mapping[str, bytes], contract: Contract) -> State:
    """The state after the base became another: what was ejected keeps the base that it had, the rest is as it was."""
    new = fresh(files, contract)
    frozen = {path: sha for path, sha in old.lock.files.items() if old.lock.moves.get(path, path) in old.lock.yours}
    lock = replace(old.lock, apismith=new.lock.apismith, contract=new.lock.contract, files=new.lock.files | frozen)
    return State(lock, old.objects | new.objects)


def _named(lock: Lock) -> set[str]:
    waiting = {sha for one in lock.conflicts.values() for sha in (one.mine, one.theirs) if sha}
    return {lock.contract, *lock.files.values(), *waiting}


def _path(sha: str) -> str:
    return f"{OBJECTS}/{sha[:2]}/{sha[2:]}"


def _place(root: Path, sha: str) -> Path:
    return root / _path(sha)


def _object(root: Path, sha: str) -> bytes:
    try:
        content = zlib.decompress(_place(root, sha).read_bytes())
    except zlib.error:
        content = b""
    if digest(content) != sha:
        raise BrokenLock(
            f"{_place(root, sha)} is damaged, so nothing was changed.",
            hint="Take it back from your version control, e.g. 'git checkout HEAD -- .apismith'.",
        )
    return content


def _lock(data: Any) -> Lock:
    conflicts = {
        path: Recorded(one["mine"], one["theirs"], tuple(one["causes"]))
        for path, one in data.get("conflicts", {}).items()
    }
    files = {str(path): str(sha) for path, sha in data["files"].items()}
    yours, moves, renames = tuple(data.get("yours", ())), dict(data.get("moves", {})), dict(data.get("renames", {}))
    return Lock(str(data["apismith"]), str(data["contract"]), files, yours, moves, renames, conflicts)
