"""Where the user has put generated files: single ones, whole folders, packages under another name."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from difflib import SequenceMatcher
from pathlib import PurePosixPath

_ALIKE = 0.6
_SAME_NAME = 0.4


def learn_moves(base: Mapping[str, bytes], mine: Mapping[str, bytes], known: Mapping[str, str]) -> dict[str, str]:
    """The places of files that are no longer where they were generated, by the path at which they were.

    Args:
        base: what was generated.
        mine: the user's project.
        known: moves that were found earlier; they hold as long as the file is there.
    """
    moves = {old: new for old, new in known.items() if old in base and old not in mine and new in mine}
    missing = [path for path in base if path not in mine and path not in moves]
    free = [path for path in mine if path not in base and path not in moves.values()]
    for old in list(missing):
        twins = [path for path in free if mine[path] == base[old] and base[old].strip()]
        if len(twins) == 1 or (twins and any(_name(path) == _name(old) for path in twins)):
            moves[old] = max(twins, key=lambda path: _name(path) == _name(old))
            missing.remove(old)
            free.remove(moves[old])
    _by_name(base, mine, missing, free, moves)
    _by_folder(base, mine, missing, free, moves)
    _by_content(base, mine, missing, free, moves)
    return moves


def _by_name(
    base: Mapping[str, bytes], mine: Mapping[str, bytes], missing: list[str], free: list[str], moves: dict[str, str]
) -> None:
    """Files that have kept their name: each in the folder where most of its neighbours are."""
    for old in list(missing):
        named = [path for path in free if _name(path) == _name(old) and _name(old) != "__init__.py"]
        alike = {path: similarity(base[old], mine[path]) for path in named}
        best = max(alike, key=lambda path: alike[path], default=None)
        if best is not None and alike[best] >= _SAME_NAME:
            moves[old] = best
            missing.remove(old)
            free.remove(best)


def _by_folder(
    base: Mapping[str, bytes], mine: Mapping[str, bytes], missing: list[str], free: list[str], moves: dict[str, str]
) -> None:
    """Files that are where the folder went that they were in, such as `__init__.py`."""
    folders = folder_moves(moves, base, mine)
    for old in list(missing):
        new = moved_path(old, folders)
        if new in free:
            moves[old] = new
            missing.remove(old)
            free.remove(new)


def _by_content(
    base: Mapping[str, bytes], mine: Mapping[str, bytes], missing: list[str], free: list[str], moves: dict[str, str]
) -> None:
    """Files with another name and much the same content, the most alike first."""
    scored = [
        (similarity(base[old], mine[new]), old, new)
        for old in missing
        for new in free
        if PurePosixPath(old).suffix == PurePosixPath(new).suffix and _worth_comparing(base[old], mine[new])
    ]
    for score, old, new in sorted(scored, reverse=True):
        if score >= _ALIKE and old in missing and new in free:
            moves[old] = new
            missing.remove(old)
            free.remove(new)


def folder_moves(moves: Mapping[str, str], base: Collection[str], mine: Collection[str]) -> dict[str, str]:
    """Folders that were moved as a whole: nothing that was generated in them is left there."""
    votes: Counter[tuple[str, str]] = Counter()
    for old, new in moves.items():
        source, target = PurePosixPath(old), PurePosixPath(new)
        if source.name != target.name:
            continue
        one, other = list(source.parts[:-1]), list(target.parts[:-1])
        while one and other:
            votes["/".join(one), "/".join(other)] += 1
            if one[-1] != other[-1]:
                break
            one.pop()
            other.pop()
    found: dict[str, str] = {}
    for (old, new), _ in votes.most_common():
        left = [path for path in base if path.startswith(f"{old}/") and path in mine]
        if old != new and not left and old not in found:
            found[old] = new
    return found


def moved_path(path: str, folders: Mapping[str, str]) -> str:
    """Where a new file belongs: in the folder that the user has made of the one that it is rendered into."""
    for parent in PurePosixPath(path).parents:
        if (new := folders.get(parent.as_posix())) is not None:
            return f"{new}/{PurePosixPath(path).relative_to(parent).as_posix()}"
    return path


def similarity(one: bytes, other: bytes) -> float:
    """How much two files have in common, by their lines: from 0 for nothing to 1 for all."""
    return SequenceMatcher(None, _lines(one), _lines(other), autojunk=False).ratio()


def _worth_comparing(one: bytes, other: bytes) -> bool:
    shorter, longer = sorted((len(one), len(other)))
    return 0 < longer < 200_000 and shorter * 4 > longer


def _lines(content: bytes) -> list[bytes]:
    stripped: Iterable[bytes] = (line.strip() for line in content.splitlines())
    return [line for line in stripped if line]


def _name(path: str) -> str:
    return path.rpartition("/")[2]
