"""The entity-relationship diagram as one SVG file: no script, nothing from outside, light and dark.

Boxes stand in two columns with all lines in the gutter between them; on a screen too narrow for that, in one column
with the gutter beside it. Both are in the file, and a media query shows one of them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from apismith.contract.model import Contract, Entity, Relation
from apismith.contract.words import relation_words, type_words

_CHAR: Final = 7.25  # width of a character of the monospaced 12 px text
_LINE: Final = 18
_HEAD: Final = 30
_GAP: Final = 24
_MARGIN: Final = 10
_PHONE: Final = 360
_SHORTEST, _LONGEST = 24, 46

_STYLE: Final = """
:root { --back: #ffffff; --box: #f6f8fa; --edge: #8c959f; --text: #1f2328; --soft: #59636e; --word: #0550ae }
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: var(--text) }
.name { font-weight: 700; font-size: 13px }
.type { fill: var(--soft); text-anchor: end }
.link .type { fill: var(--word) }
.key text:first-child { text-decoration: underline }
.back { fill: var(--back) }
.box { fill: var(--box); stroke: var(--edge) }
.line { fill: none; stroke: var(--edge); stroke-width: 1.25 }
.line:hover { stroke: var(--word); stroke-width: 2.5 }
.phone { display: none }
@media screen and (prefers-color-scheme: dark) {
  :root { --back: #0d1117; --box: #161b22; --edge: #7d8590; --text: #e6edf3; --soft: #9198a1; --word: #79c0ff }
}
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a box."""

    name: str
    type: str
    style: Literal["", "key", "link"] = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a box stands, and on which side of it the gutter is."""

    x: float
    y: float
    width: float
    side: Literal["left", "right"]

    @property
    def edge(self) -> float:
        """The x of the side at the gutter."""
        return self.x + self.width if self.side == "right" else self.x


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a line: where it touches a box, which way the gutter is, and how many rows it means there."""

    x: float
    y: float
    away: int
    many: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class _Line:
    """One relation, to be drawn."""

    label: str
    start: _End
    end: _End

    @property
    def reach(self) -> tuple[float, float]:
        """Its upper and lower y."""
        return min(self.start.y, self.end.y), max(self.start.y, self.end.y)


def svg(contract: Contract) -> str:
    """The entities of a contract and their relations as one self-contained SVG file."""
    rows = {entity.name: _rows(contract, entity) for entity in contract.entities}
    texts = [len(row.name) + len(row.type) + 4 for box in rows.values() for row in box]
    letters = min(_LONGEST, max([_SHORTEST, *texts]))
    wide = _Drawing(contract, rows, columns=2, letters=letters)
    phone = _Drawing(contract, rows, columns=1, letters=letters)
    swap = (
        f"@media screen and (max-width: {wide.width - 1:.0f}px) {{\n"
        f"  :root {{ width: {phone.width:.0f}px; height: {phone.height:.0f}px }}\n"
        "  .wide { display: none }\n  .phone { display: inline }\n}\n"
    )
    names = ", ".join(entity.name for entity in contract.entities)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide.width:.0f}" height="{wide.height:.0f}" role="img">',
            f"<title>{_xml(contract.name)}: entities and their relations</title>",
            f"<desc>{_xml(names)}</desc>",
            f"<style>{_STYLE}{swap}</style>",
            '<rect class="back" width="100%" height="100%"/>',
            f'<g class="wide">\n{wide.text()}\n</g>',
            f'<g class="phone">\n{phone.text()}\n</g>',
            "</svg>\n",
        ]
    )


class _Drawing:
    """The boxes in one or two columns, and the lines between them."""

    def __init__(self, contract: Contract, rows: dict[str, list[_Row]], *, columns: int, letters: int) -> None:
        self.contract = contract
        self.rows = rows
        stored = [rel for entity in contract.entities for rel in entity.relations if rel.reverse_of is None]
        if columns == 1:
            self.gutter: float = 70 if stored else _MARGIN
            self.box: float = _PHONE - _MARGIN - self.gutter
        else:
            self.gutter = 50 + 9 * min(len(stored), 16)
            self.box = letters * _CHAR + 16
        self.gutter_x = _MARGIN + self.box
        self.places = self._places(columns)
        self.width = self.gutter_x + self.gutter + (self.box + _MARGIN if columns == 2 else 0)
        self.height = max(p.y + self._height(name) for name, p in self.places.items()) + _MARGIN
        self.lines = list(self._lines())

    def text(self) -> str:
        """The elements of the drawing, lines below boxes."""
        lanes = _lanes(self.lines)
        count = max(lanes, default=0) + 1
        drawn: list[str] = []
        for line, lane in zip(self.lines, lanes, strict=True):
            x = self.gutter_x + 16 + (self.gutter - 32) * (lane + 0.5) / count
            drawn.append(f'<path class="line" d="{_path(line, x)}"><title>{_xml(line.label)}</title></path>')
        return "\n".join([*drawn, *(self._box(entity) for entity in self.contract.entities)])

    def _height(self, name: str) -> float:
        return _HEAD + _LINE * len(self.rows[name]) + 8

    def _places(self, columns: int) -> dict[str, _Place]:
        """Entities that others refer to come first; each goes to the column that is shorter so far."""
        bottoms = [float(_MARGIN)] * columns
        places: dict[str, _Place] = {}
        for name in _referred_first(self.contract):
            column = bottoms.index(min(bottoms))
            x = _MARGIN if column == 0 else self.gutter_x + self.gutter
            places[name] = _Place(x, bottoms[column], self.box, "right" if column == 0 else "left")
            bottoms[column] += self._height(name) + _GAP
        return places

    def _lines(self) -> Iterator[_Line]:
        arrivals: dict[str, int] = defaultdict(int)
        for entity in self.contract.entities:
            for relation in entity.relations:
                if relation.reverse_of is not None:
                    continue
                start = self._end(entity.name, relation.name, many=relation.many or not relation.unique, optional=True)
                other = _other_side(self.contract, entity, relation)
                end = self._end(
                    relation.target,
                    other.name if other else None,
                    many=relation.many,
                    optional=relation.many or relation.nullable,
                    offset=0 if other else arrivals[relation.target],
                )
                arrivals[relation.target] += other is None
                yield _Line(f"{entity.name}.{relation.name} → {relation.target}", start, end)

    def _end(self, name: str, row: str | None, *, many: bool, optional: bool, offset: int = 0) -> _End:
        place = self.places[name]
        if row is None:
            y = place.y + 6 + 7 * (offset % 4)
        else:
            y = place.y + _HEAD + _LINE * ([r.name for r in self.rows[name]].index(row) + 0.5)
        return _End(place.edge, y, 1 if place.side == "right" else -1, many, optional)

    def _box(self, entity: Entity) -> str:
        place, height = self.places[entity.name], self._height(entity.name)
        x, y, right = place.x + 8, place.y + 20, place.x + place.width - 8
        fits = int((place.width - 16) / _CHAR)
        size = f'width="{place.width:.1f}" height="{height:.1f}"'
        parts = [
            f'<rect class="box" x="{place.x:.1f}" y="{place.y:.1f}" {size} rx="4"/>',
            f'<text class="name" x="{x:.1f}" y="{y:.1f}">{_xml(entity.name)}</text>',
        ]
        for number, row in enumerate(self.rows[entity.name]):
            base = place.y + _HEAD + _LINE * number + 13
            name = _short(row.name, fits - min(len(row.type), 10) - 1)
            kind = _short(row.type, fits - len(name) - 1)
            full = "" if (name, kind) == (row.name, row.type) else f"<title>{_xml(f'{row.name}: {row.type}')}</title>"
            parts.append(
                f'<g class="{row.style}"><text x="{x:.1f}" y="{base:.1f}">{_xml(name)}</text>'
                f'<text class="type" x="{right:.1f}" y="{base:.1f}">{_xml(kind)}</text>{full}</g>'
            )
        return "\n".join(parts)


def _rows(contract: Contract, entity: Entity) -> list[_Row]:
    rows = [_Row("id", contract.database.ids, "key" if entity.key == "id" else "")]
    rows += [_Row(f.name, type_words(f.type), "key" if f.name == entity.key else "") for f in entity.fields]
    return rows + [_Row(relation.name, relation_words(relation), "link") for relation in entity.relations]


def _other_side(contract: Contract, entity: Entity, relation: Relation) -> Relation | None:
    target = contract.by_name[relation.target]
    return next((r for r in target.relations if r.reverse_of == relation.name and r.target == entity.name), None)


def _referred_first(contract: Contract) -> Iterator[str]:
    """Names in an order in which, cycles apart, an entity comes after those that it belongs to."""
    done: set[str] = set()

    def visit(entity: Entity) -> Iterator[str]:
        if entity.name in done:
            return
        done.add(entity.name)
        for relation in entity.relations:
            if not relation.many and relation.reverse_of is None:
                yield from visit(contract.by_name[relation.target])
        yield entity.name

    for entity in contract.entities:
        yield from visit(entity)


def _lanes(lines: Sequence[_Line]) -> list[int]:
    """The lane of each line: short ones first, no two in one lane that overlap."""
    taken: list[list[tuple[float, float]]] = []
    lanes = [0] * len(lines)
    for number in sorted(range(len(lines)), key=lambda n: (lines[n].reach[1] - lines[n].reach[0], n)):
        top, bottom = lines[number].reach
        free = (lane for lane, spans in enumerate(taken) if not any(_overlap(span, (top, bottom)) for span in spans))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((top, bottom))
        lanes[number] = lane
    return lanes


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] <= other[1] + 4 and other[0] <= one[1] + 4


def _path(line: _Line, lane: float) -> str:
    start, end = line.start, line.end
    way = f"M{start.x:.1f} {start.y:.1f}H{lane:.1f}V{end.y:.1f}H{end.x:.1f}"
    return way + _foot(start) + _foot(end)


def _foot(end: _End) -> str:
    """The crow's foot of many, the bar of one; a circle where there may be none."""
    out = end.away * 7
    if end.many:
        return f"M{end.x:.1f} {end.y - 3:.1f}l{out} 3l{-out} 3"
    bar = f"M{end.x + out:.1f} {end.y - 3:.1f}v6"
    circle = f"M{end.x + 2 * out:.1f} {end.y:.1f}m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0"
    return bar + circle if end.optional else bar


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: max(length, 2) - 1]}…"


def _xml(text: str) -> str:
    return escape("".join(char if char.isprintable() else " " for char in text))
