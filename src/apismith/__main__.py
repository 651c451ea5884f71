"""`python -m apismith`, for where the script is not on the path."""

from apismith.cli import main

if __name__ == "__main__":
    main()
