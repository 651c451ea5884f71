"""Say where a file of the reference app is to be edited: `just origin app/models/articles.py`."""

import sys

from apismith import generate

if __name__ == "__main__":
    for path in sys.argv[1:]:
        sys.stdout.write(f"{path}: {generate.origin(path.removeprefix('src/apismith/reference/sql/'))}\n")
