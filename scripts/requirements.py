"""Print what the parts of a backend require besides what the reference app does; `just pin` locks both."""

import sys

from apismith.generate.plan import all_parts

if __name__ == "__main__":
    sys.stdout.write("".join(f"{text}\n" for text in sorted({text for part in all_parts() for text in part.requires})))
