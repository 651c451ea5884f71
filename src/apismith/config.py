"""The settings of a project: `[tool.apismith]` in its `pyproject.toml`, where a misspelt word is an error."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
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
        check: the table of `apismith check`, as it stands there.
    """

    contract: str | None = None
    check: Mapping[str, Any] = field(default_factory=dict[str, Any])


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
    known = {each.name: dict if each.name == "check" else str for each in fields(Config)}
    for key, value in table.items():
        if key not in known:
            hint = did_you_mean(key, known)
            raise UnknownSetting(f"[tool.apismith] has no setting '{key}'.", at=setting_span(file, key), hint=hint)
        if not isinstance(value, known[key]):
            shape = "a text" if known[key] is str else "a table"
            raise WrongSetting(f"The setting '{key}' is {shape}, not {value!r}.", at=setting_span(file, key))
    return Config(**table)


def setting_span(file: Path, key: str, *below: str) -> Span | None:
    """Where a setting stands in a `pyproject.toml`: `key` in the table `[tool.apismith]` or one below it."""
    head = r"\s*\.\s*".join(["tool", "apismith", *map(re.escape, below)])
    is_below = False
    text = file.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("["):
            is_below = re.fullmatch(rf"\s*\[\s*{head}\s*\]\s*(#.*)?", line) is not None
        elif is_below and (found := re.match(rf"\s*[\"']?({re.escape(key)})[\"']?\s*[=.]", line)):
            return Span(str(file), number, found.start(1) + 1, number, found.end(1) + 1)
    return None


def _error_span(file: Path, message: str) -> Span | None:
    found = re.search(r"at line (\d+), column (\d+)", message)
    if found is None:
        return None
    line, column = int(found[1]), int(found[2])
    return Span(str(file), line, column, line, column + 1)
