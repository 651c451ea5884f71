"""The little that is needed of git: a repository with a first commit."""

import os
import shutil
import subprocess
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
    # Inside a git hook these point at the repository of the hook.
    elsewhere = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"}
    environment = {name: value for name, value in os.environ.items() if name not in elsewhere}
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
