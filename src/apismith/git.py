"""The little that is needed of git: a first commit, what is not committed, and the stages of a conflict."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def first_commit(folder: Path, message: str) -> str | None:
    """Make `folder` a repository and commit all that is in it.

    Hooks and signing of the user's configuration are left out: a first commit should neither run code nor ask.

    Returns:
        None when it was done, else one sentence that says why not.
    """
    if shutil.which("git") is None:
        return "git is not installed, so there is no repository yet."
    if _git(folder, "rev-parse", "--is-inside-work-tree").stdout.strip() == "true":
        return "The folder is inside a git repository already, so nothing was committed."
    identity = [
        *([] if _git(folder, "config", "user.name").stdout.strip() else ["-c", "user.name=apismith"]),
        *([] if _git(folder, "config", "user.email").stdout.strip() else ["-c", "user.email=apismith@localhost"]),
    ]
    commit = [*identity, "-c", "commit.gpgsign=false", "commit", "--quiet", "--no-verify", "--message", message]
    for arguments in (["init", "--quiet"], ["add", "--all"], commit):
        done = _git(folder, "-c", f"core.hooksPath={os.devnull}", "-c", "advice.defaultBranchName=false", *arguments)
        if done.returncode:
            reason = (done.stderr or done.stdout).strip() or f"exit code {done.returncode}"
            return f"git failed, so nothing was committed: {reason.splitlines()[0]}"
    return None


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


def listed(folder: Path) -> list[str] | None:
    """The files below `folder` that git knows or would add; None outside of a repository."""
    if shutil.which("git") is None:
        return None
    done = _git(folder, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    return None if done.returncode else [path for path in done.stdout.split("\0") if path]


def uncommitted(folder: Path) -> list[str]:
    """The tracked files below `folder` that differ from the last commit; none outside of a repository."""
    if shutil.which("git") is None:
        return []
    done = _git(folder, "-c", "core.quotePath=false", "diff", "--name-only", "--relative", "-z", "HEAD", "--", ".")
    return [] if done.returncode else sorted(path for path in done.stdout.split("\0") if path)


def stage_conflict(folder: Path, path: str, sides: Sequence[bytes | None]) -> bool:
    """Put a conflict into the index as a merge of git would: base, mine and theirs at stages 1, 2 and 3.

    Returns:
        Whether it was done: there is a repository and it tracks the file.
    """
    entry = index_entry(folder, path)
    if entry is None:
        return False
    mode = entry.split()[0]
    full = _git(folder, "rev-parse", "--show-prefix").stdout.strip() + path
    lines = [f"0 {'0' * 40}\t{full}"]
    for stage, content in enumerate(sides, 1):
        if content is not None:
            lines.append(f"{mode} {_blob(folder, content)} {stage}\t{full}")
    return _update_index(folder, lines)


def index_entry(folder: Path, path: str) -> str | None:
    """Mode and blob of a tracked file without a conflict, as `restore_index` takes them."""
    if shutil.which("git") is None:
        return None
    done = _git(folder, "ls-files", "--stage", "-z", "--", path)
    entries = [line.split("\t")[0].split() for line in done.stdout.split("\0") if line]
    return f"{entries[0][0]} {entries[0][1]}" if len(entries) == 1 and entries[0][2] == "0" else None


def restore_index(folder: Path, entries: Mapping[str, str]) -> None:
    """Put files back into the index as they were, with no conflict; `entries` are those of `index_entry`."""
    prefix = _git(folder, "rev-parse", "--show-prefix").stdout.strip() if entries else ""
    lines: list[str] = []
    for path, entry in entries.items():
        lines += [f"0 {'0' * 40}\t{prefix}{path}", f"{entry}\t{prefix}{path}"]
    if lines:
        _update_index(folder, lines)


def add(folder: Path, paths: Sequence[str]) -> None:
    """Mark conflicts as resolved: `git add`, where there is a repository."""
    if paths and shutil.which("git") is not None:
        _git(folder, "add", "--", *paths)


def _blob(folder: Path, content: bytes) -> str:
    done = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"], cwd=folder, env=_environment(), input=content, capture_output=True
    )
    return done.stdout.decode().strip()


def _update_index(folder: Path, lines: Sequence[str]) -> bool:
    done = subprocess.run(
        ["git", "update-index", "-z", "--index-info"],
        # Paths of the index are those of the repository, wherever in it this runs.
        cwd=_git(folder, "rev-parse", "--show-toplevel").stdout.strip() or folder,
        env=_environment(),
        input="".join(f"{line}\0" for line in lines).encode(),
        capture_output=True,
    )
    return done.returncode == 0


def _environment() -> dict[str, str]:
    # Inside a git hook these point at the repository of the hook.
    elsewhere = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"}
    return {name: value for name, value in os.environ.items() if name not in elsewhere}
