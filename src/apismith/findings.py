"""Positions in somebody's files, shared by every job."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one file.

    Args:
        file: path as the user knows it (relative to where the command was run, else absolute).
        line: first line, counted from 1.
        column: first column in characters, counted from 1.
        end_line: last line, counted from 1.
        end_column: column after the last character, counted from 1.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
