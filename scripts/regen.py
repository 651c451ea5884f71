"""Write the emitted files of the reference app anew, from its contract.

`just regen` after a change to an emitter; `git diff` then shows what the change means.
"""

import sys
from pathlib import Path

from apismith import generate
from apismith.contract.load import load
from apismith.generate.plan import REFERENCE


def main() -> int:
    """Write every file that differs, and say which."""
    rendered = generate.render(load(REFERENCE / "contract.py"))
    for path, content in rendered.items():
        target = REFERENCE / path
        if not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            sys.stdout.write(f"{target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target}\n")
    for path in generate.stale(rendered):
        (REFERENCE / path).unlink()
        sys.stdout.write(f"removed {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
