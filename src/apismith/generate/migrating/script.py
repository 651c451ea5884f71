"""The statements of one direction of a migration, while they are collected."""

from dataclasses import dataclass, field

from apismith.generate.code import Module, block, call, literal
from apismith.generate.migrating.values import HELPERS


@dataclass(slots=True)
class Script:
    """Statements in order; those that change one table and follow each other are run together."""

    module: Module
    _steps: list[tuple[str | None, str]] = field(default_factory=list[tuple[str | None, str]])

    def run(self, statement: str) -> None:
        """Add a statement."""
        self._steps.append((None, statement))

    def alter(self, table: str, method: str, *arguments: str) -> None:
        """Add a change of a table that is there."""
        self._steps.append((table, call(f"table.{method}", *arguments)))

    def lines(self) -> list[str]:
        """The source of the statements."""
        found: list[str] = []
        together: list[str] = []
        for number, (table, statement) in enumerate(self._steps):
            if table is None:
                found.append(statement)
                continue
            together.append(statement)
            if number + 1 == len(self._steps) or self._steps[number + 1][0] != table:
                found.append(block(f"with {self.module.use(HELPERS, 'altered')}({literal(table)}) as table:", together))
                together = []
        return found or ["pass"]

    def apart(self) -> None:
        """What follows is not run together with what came before."""
        if self._steps and self._steps[-1][0] is not None:
            self._steps.append((None, ""))
