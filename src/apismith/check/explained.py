"""What `apismith explain` tells: the page of a rule, or the list of all rules."""

from dataclasses import dataclass

from apismith.check.pages import sections
from apismith.check.registry import Rule, all_rules, named


@dataclass(frozen=True, slots=True)
class Explained:
    """Rules, as people and as tools read them; one rule is told wholly, several are listed."""

    rules: tuple[Rule, ...]

    def text(self) -> str:
        """The page of the rule, or one line for each of several."""
        if len(self.rules) == 1:
            return self.rules[0].text.strip()
        width = max(len(rule.name) for rule in self.rules)
        return "\n".join(f"{rule.code}  {rule.severity:8}  {rule.name:{width}}  {rule.title}" for rule in self.rules)

    def json(self) -> dict[str, object]:
        """The same as data."""
        return {"schema_version": 1, "rules": [_described(rule) for rule in self.rules]}


def explain(word: str | None) -> Explained:
    """The rules that a word names; without one, all.

    Raises:
        UnknownRule: it names none.
    """
    return Explained(tuple(named(word) if word is not None else all_rules().values()))


def _described(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "title": rule.title,
        "severity": rule.severity,
        "confidence": rule.confidence,
        "minutes": rule.minutes,
        "why": sections(rule)[""],
        "page": rule.text,
    }
