"""Names derived from the contract's names: snake case, plurals, tables, paths, modules, variables."""

import builtins
import keyword
import re
from pathlib import Path
from typing import Final

_UNCHANGED: Final = frozenset(
    "aircraft bison chassis data deer equipment feedback fish furniture hardware homework information jewelry "
    "knowledge luggage media metadata money moose music news offspring police rice salmon series sheep shrimp "
    "software species staff swine traffic weather".split()
)
_IRREGULAR: Final = {
    "analysis": "analyses",
    "basis": "bases",
    "cactus": "cacti",
    "child": "children",
    "criterion": "criteria",
    "crisis": "crises",
    "diagnosis": "diagnoses",
    "foot": "feet",
    "gas": "gases",
    "goose": "geese",
    "half": "halves",
    "hero": "heroes",
    "hypothesis": "hypotheses",
    "knife": "knives",
    "leaf": "leaves",
    "lens": "lenses",
    "life": "lives",
    "loaf": "loaves",
    "man": "men",
    "mouse": "mice",
    "ox": "oxen",
    "person": "people",
    "phenomenon": "phenomena",
    "photo": "photos",
    "piano": "pianos",
    "potato": "potatoes",
    "quiz": "quizzes",
    "self": "selves",
    "shelf": "shelves",
    "thesis": "theses",
    "thief": "thieves",
    "tomato": "tomatoes",
    "tooth": "teeth",
    "wife": "wives",
    "wolf": "wolves",
    "woman": "women",
}
_SINGULAR: Final = {plural: singular for singular, plural in _IRREGULAR.items()}
# Variables that methods have besides one for the row.
_IN_METHODS: Final = frozenset({"body", "me", "query", "response", "self", "tasks"})
_IN_IE: Final = frozenset({"brownies", "calories", "cookies", "movies", "rookies", "selfies", "zombies"})
_WITH_E: Final = tuple("caches axes niches aches avalanches pickaxes houses causes clauses pauses".split())


def snake(name: str) -> str:
    """`HTTPServer` → `http_server`."""
    name = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return name.replace("-", "_").replace(" ", "_").lower()


def kebab(name: str) -> str:
    """`OrderItem` → `order-item`."""
    return snake(name).replace("_", "-")


def plural(word: str) -> str:
    """The plural of the last word of a name: `order_item` → `order_items`, `news` → `news`."""
    head, last = _split(word)
    return head + _plural(last)


def singular(word: str) -> str:
    """The singular of the last word of a name: `order_items` → `order_item`, `following` → `following`."""
    head, last = _split(word)
    return head + _singular(last)


def table_name(entity: str) -> str:
    """Table of an entity, and of its rows together: `OrderItem` → `order_items`."""
    return plural(snake(entity))


def module_name(entity: str) -> str:
    """Module of an entity in every layer: `Class` → `classes`; never a keyword or a builtin."""
    return safe(table_name(entity))


def path_name(entity: str) -> str:
    """Segment of its URLs: `OrderItem` → `order-items`."""
    return table_name(entity).replace("_", "-")


def variable_name(entity: str) -> str:
    """Variable for one row: `Class` → `class_`, `Body` → `body_row`."""
    name = safe(snake(entity))
    return f"{name}_row" if name in _IN_METHODS else name


def safe(name: str) -> str:
    """The name, with an underscore behind it where Python has another use for it."""
    return f"{name}_" if keyword.iskeyword(name) or hasattr(builtins, name) else name


def indefinite(noun: str) -> str:
    """The noun with its indefinite article: `an article`, `a user`."""
    vowel = re.match(r"(?!uni|use|usa|eu|one\b|once)[aeiou]|hour|honest|heir", noun.lower())
    return f"{'an' if vowel else 'a'} {noun}"


def _split(word: str) -> tuple[str, str]:
    match = re.match(r"(.*[_ -])?([^_ -]+)$", word)
    return (match.group(1) or "", match.group(2)) if match else ("", word)


def _plural(word: str) -> str:
    lower = word.lower()
    if lower in _UNCHANGED or lower in _SINGULAR:
        return word
    if lower in _IRREGULAR:
        return _IRREGULAR[lower]
    if lower.endswith("s") and not lower.endswith(("ss", "us", "is", "as", "os")) and _singular(word) != word:
        return word
    if re.search(r"(s|x|z|ch|sh)$", lower):
        return word + "es"
    if re.search(r"[^aeiou]y$", lower):
        return word[:-1] + "ies"
    return word + "s"


def _singular(word: str) -> str:
    lower = word.lower()
    if lower in _UNCHANGED or lower in _IRREGULAR:
        return word
    if lower in _SINGULAR:
        return _SINGULAR[lower]
    if lower.endswith("ies") and len(lower) > 4 and lower not in _IN_IE:
        return word[:-3] + "y"
    if re.search(r"(sses|xes|ches|shes|uses)$", lower) and not lower.endswith(_WITH_E):
        return word[:-2]
    if lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def backend_name(text: str) -> str:
    """A name for a backend, made from that of a file or a folder."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "backend"


def default_backend_name(file: Path) -> str:
    """The backend's name where nobody says it: that of the contract's file, or of the folder around it."""
    is_package = file.name == "__init__.py"
    stem = file.parent.name if is_package else file.stem
    if stem in ("contract", "__init__"):
        stem = (file.parent.parent if is_package else file.parent).resolve().name
    return backend_name(stem)
