"""What `[tool.apismith.check]` says: which rules, which files, how much is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeGuard, cast, get_args

from apismith.check.registry import all_rules, named
from apismith.config import UnknownSetting, WrongSetting, read_config, setting_span
from apismith.errors import did_you_mean
from apismith.findings import Confidence, Finding, Severity

Level: TypeAlias = Literal["default", "strict", "all"]

# The least confidence that each level shows, for each severity.
SHOWN: dict[Level, dict[Severity, tuple[Confidence, ...]]] = {
    "default": {
        "critical": ("high", "medium"),
        "high": ("high", "medium"),
        "medium": ("high", "medium"),
        "low": ("high",),
    },
    "strict": dict.fromkeys(("critical", "high", "medium", "low"), ("high", "medium")),
    "all": dict.fromkeys(("critical", "high", "medium", "low"), ("high", "medium", "low")),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How a project wants to be checked.

    Args:
        select: codes, beginnings of codes or names of the rules that run; empty for all.
        ignore: those that do not.
        level: how much is shown: what is likely and matters ("default"), what is likely ("strict"), or "all".
        exclude: files left out, as patterns of a `.gitignore`.
        per_file_ignores: pattern → rules that are not applied to the files that match.
        baseline: a file of findings that are known and not shown.
        libraries: knowledge about libraries beside what apismith knows: kind → names.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    level: Level = "default"
    exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    baseline: str | None = None
    libraries: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def codes(self) -> list[str]:
        """The codes of the rules that run.

        Raises:
            UnknownRule: a word names no rule.
        """
        chosen = [rule.code for word in self.select for rule in named(word)] if self.select else list(all_rules())
        dropped = {rule.code for word in self.ignore for rule in named(word)}
        return sorted(set(chosen) - dropped)

    def beside(
        self, level: Level | None, select: Sequence[str], ignore: Sequence[str], baseline: str | None
    ) -> "Settings":
        """The same with what the caller says; what it leaves out stays."""
        made = replace(
            self,
            level=level or self.level,
            select=tuple(select) or self.select,
            ignore=(*self.ignore, *ignore),
            baseline=baseline or self.baseline,
        )
        made.codes()
        return made

    def shows(self, finding: Finding) -> bool:
        """Whether the level is one that shows a finding."""
        return finding.confidence in SHOWN[self.level][finding.severity]


def read_settings(root: Path) -> tuple[Settings, Path]:
    """The settings for what lies at `root`, and the folder of the `pyproject.toml` that they come from.

    That is the nearest one in the folder or above it, up to the root of the repository.

    Raises:
        BrokenConfiguration, UnknownSetting, WrongSetting: with the place in the file.
    """
    start = root.resolve() if root.is_dir() else root.resolve().parent
    for folder in [start, *start.parents]:
        if (folder / "pyproject.toml").is_file():
            return _settings(read_config(folder).check, folder / "pyproject.toml"), folder
        if (folder / ".git").exists():
            break
    return Settings(), start


def _settings(table: Mapping[str, Any], file: Path) -> Settings:
    known = {each.name.replace("_", "-"): each.name for each in fields(Settings)}
    given: dict[str, Any] = {}
    for key, value in table.items():
        at = setting_span(file, key, "check")
        if key not in known:
            hint = did_you_mean(key, known)
            raise UnknownSetting(f"[tool.apismith.check] has no setting '{key}'.", at=at, hint=hint)
        match key:
            case "level" if value in get_args(Level):
                given["level"] = value
            case "level" if isinstance(value, str):
                raise WrongSetting(f"There is no level '{value}'.", at=at, hint=did_you_mean(value, get_args(Level)))
            case "baseline" if isinstance(value, str):
                given[key] = value
            case "select" | "ignore" | "exclude" if _is_list(value):
                given[key] = tuple(value)
            case "per-file-ignores" | "libraries" if _is_table(value):
                given[known[key]] = {name: tuple(each) for name, each in value.items()}
            case _:
                shape = {"level": "a text", "baseline": "a text"}.get(key, "a list of texts")
                shape = "a table of lists of texts" if key in ("per-file-ignores", "libraries") else shape
                raise WrongSetting(f"The setting '{key}' is {shape}, not {value!r}.", at=at)
    settings = replace(Settings(), **given)
    settings.codes()
    return settings


def _is_list(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(each, str) for each in cast("Sequence[object]", value))


def _is_table(value: object) -> TypeGuard[dict[str, list[str]]]:
    return isinstance(value, dict) and all(map(_is_list, cast("Mapping[str, object]", value).values()))
