"""The commands of `python -m app.manage`: each module here adds its own with `add_to(commands)`."""

import argparse
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from app.config import Settings
from app.core.database import Database

Command = Callable[[Database, Settings, argparse.Namespace], Awaitable[str]]
"""Does something, and says what it did."""

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # which has no public name
