"""The commands of `python -m app.manage`: each module here adds its own with `add_to(commands)`."""

import argparse
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TypeAlias

from app.config import Settings
from app.core.database import Database


class Shell:
    """What commands work with. Settings are read when a command asks for them: one may be there to make them."""

    def __init__(self, read_settings: Callable[[], Settings]) -> None:
        self._read_settings = read_settings

    @cached_property
    def settings(self) -> Settings:
        return self._read_settings()

    @cached_property
    def database(self) -> Database:
        return Database(self.settings)

    async def close(self) -> None:
        """Close what was opened."""
        if "database" in vars(self):
            await self.database.close()


Command = Callable[[Shell, argparse.Namespace], Awaitable[str]]
"""Does something, and says what it did."""

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # which has no public name
