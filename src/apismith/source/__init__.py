"""What code is: facts of somebody's project, read from its text and never by running or importing any of it."""

from apismith.source.facts import Facts
from apismith.source.read import read_facts

__all__ = ["Facts", "read_facts"]
