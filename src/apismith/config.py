"""The settings of a project: `[tool.apismith]` in its `pyproject.toml`, where a misspelt word is an error."""

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from apismith.errors import ApismithError, did_you_mean
from apismith.findings import Span

_FILE = "pyproject.toml"


class BrokenConfiguration(ApismithError):
    """The `pyproject.toml` of a project is no TOML."""


class UnknownSetting(ApismithError):
    """`[tool.apismith]` has a word that means nothing."""


class WrongSetting(ApismithError):
    """A setting of `[tool.apismith]` has a value of the wrong type."""


@dataclass(frozen=True, slots=True)
class Config:
    """What `[tool.apismith]` can say.

    Args:
        contract: the contract's file or package, relative to the project.
    """

    contract: str | None = None


def read_config(folder: Path) -> Config:
    """The settings of the project in `folder`; all defaults where it says nothing.

    Raises:
        BrokenConfiguration, UnknownSetting, WrongSetting: with the place in the file.
    """
    file = folder / _FILE
    if not file.is_file():
        return Config()
    text = file.read_text(encoding="utf-8", errors="replace")
    try:
        table: dict[str, Any] = tomllib.loads(text).get("tool", {}).get("apismith", {})
    except tomllib.TOMLDecodeError as error:
        raise BrokenConfiguration(f"{file} is no TOML: {error}.", at=_error_span(file, str(error))) from error
    known = [field.name for field in fields(Config)]
    for key, value in table.items():
        if key not in known:
            hint = did_you_mean(key, known)
            raise UnknownSetting(f"[tool.apismith] has no setting '{key}'.", at=_span(file, text, key), hint=hint)
        if not isinstance(value, str):
            raise WrongSetting(f"The setting '{key}' is a text, not {value!r}.", at=_span(file, text, key))
    return Config(**table)


def _span(file: Path, text: str, key: str) -> Span | None:
    """Where `key` stands below the head of the table."""
    below = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("["):
            below = re.fullmatch(r"\s*\[\s*tool\s*\.\s*apismith\s*\]\s*(#.*)?", line) is not None
        elif below and (found := re.match(rf"\s*[\"']?({re.escape(key)})[\"']?\s*[=.]", line)):
            return Span(str(file), number, found.start(1) + 1, number, found.end(1) + 1)
    return None


def _error_span(file: Path, message: str) -> Span | None:
    found = re.search(r"at line (\d+), column (\d+)", message)
    if found is None:
        return None
    line, column = int(found[1]), int(found[2])
    return Span(str(file), line, column, line, column + 1)
