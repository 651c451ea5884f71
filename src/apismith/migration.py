"""What a migration does to a database, as data: one job writes it, another shows it and asks about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Loss:
    """Values that a migration takes away.

    Args:
        text: what they are.
        rows: the SQL that counts the rows that have some, in the database as it is before.
        found: how many they are; None where no database was asked.
    """

    text: str
    rows: str
    found: int | None = None

    def __str__(self) -> str:
        if self.found is None:
            return self.text
        return f"{self.text} ({self.found} {'row' if self.found == 1 else 'rows'})"

    def json(self) -> dict[str, object]:
        """The same as data."""
        return {"text": self.text, "rows": self.found}


@dataclass(frozen=True, slots=True)
class Migration:
    """One revision of Alembic's.

    Args:
        id: what Alembic calls it.
        path: its file in the project.
        text: the file.
        steps: what it does, for people.
        losses: values that it takes away.
        questions: what its author has to say before it can run on tables with rows.
    """

    id: str
    path: str
    text: str
    steps: tuple[str, ...]
    losses: tuple[Loss, ...] = ()
    questions: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """What to know before it is written."""
        lost = {loss.text: loss for loss in self.losses}
        steps = [f"  loses  {lost[step]}" if step in lost else f"         {step}" for step in self.steps]
        asked = [f"  Say in it, before you run it on tables with rows: {question}" for question in self.questions]
        return [f"Migration {self.path}:", *steps, *asked]

    def json(self) -> dict[str, object]:
        """The same as data."""
        return {
            "revision": self.id,
            "path": self.path,
            "steps": list(self.steps),
            "losses": [loss.json() for loss in self.losses],
            "questions": list(self.questions),
        }
