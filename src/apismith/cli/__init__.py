"""The command line: parses words, calls `api`, prints. No logic lives here."""

from apismith.cli.run import main

__all__ = ["main"]
