"""`apismith diagram`: Mermaid and SVG."""

import re
import xml.etree.ElementTree as ET

from apismith.contract.diagram import mermaid, svg
from apismith.contract.model import Contract, Entity, Field, Relation, Scalar, Type
from tests.contract_views.changing import changed

SVG = "{http://www.w3.org/2000/svg}"


def groups(drawing: str) -> dict[str, ET.Element]:
    """The two drawings of the file: for wide windows and for phones."""
    return {g.attrib["class"]: g for g in ET.fromstring(drawing).findall(f"{SVG}g")}


def boxes(group: ET.Element) -> list[tuple[float, float, float, float]]:
    found = group.findall(f"{SVG}rect[@class='box']")
    return [
        (float(b.attrib["x"]), float(b.attrib["y"]), float(b.attrib["width"]), float(b.attrib["height"])) for b in found
    ]


def test_mermaid_has_each_entity_with_its_fields(blog: Contract) -> None:
    drawn = mermaid(blog)
    assert drawn.startswith("erDiagram\n")
    assert '    "Article" {\n        int id PK\n        str title\n        str slug UK\n' in drawn
    assert 'datetime published_at "optional"' in drawn


def test_mermaid_says_how_many_rows_a_relation_joins(blog: Contract) -> None:
    lines = mermaid(blog).splitlines()
    assert '    "User" ||--o{ "Article" : "author"' in lines
    assert '    "Article" }o--o{ "Tag" : "tags"' in lines
    assert '    "User" }o--o{ "User" : "following / followers"' in lines


def test_mermaid_gets_no_field_name_that_it_takes_for_a_mark(open_notes: Contract) -> None:
    fields = (Field(name="PK", type=Type(scalar=Scalar.STR)), Field(name="PKs", type=Type(scalar=Scalar.STR)))
    note = open_notes.entities[0].model_copy(update={"fields": fields})
    drawn = mermaid(changed(open_notes, entities=(note,)))
    assert "        int id PK\n        str pk\n        str PKs\n" in drawn


def test_mermaid_tells_optional_and_one_to_one_relations_apart(open_notes: Contract) -> None:
    note = open_notes.entities[0]
    relations = (
        Relation(name="reply_to", target="Note", nullable=True),
        Relation(name="translation", target="Note", unique=True),
    )
    contract = changed(open_notes, entities=(note.model_copy(update={"relations": relations}),))
    lines = mermaid(contract).splitlines()
    assert '    "Note" |o--o{ "Note" : "reply_to"' in lines
    assert '    "Note" ||--o| "Note" : "translation"' in lines


def test_the_other_side_of_a_relation_is_not_a_second_line(blog: Contract) -> None:
    stored = sum(rel.reverse_of is None for entity in blog.entities for rel in entity.relations)
    assert len(re.findall(r"--", mermaid(blog))) == stored
    for group in groups(svg(blog)).values():
        assert len(group.findall(f"{SVG}path")) == stored


def test_svg_shows_every_entity_and_field(blog: Contract) -> None:
    for group in groups(svg(blog)).values():
        texts = [text.text for text in group.iter(f"{SVG}text")]
        for entity in blog.entities:
            assert entity.name in texts
            assert {field.name for field in entity.fields} <= set(texts)


def test_svg_boxes_do_not_overlap_and_stay_inside(blog: Contract) -> None:
    many = tuple(
        Entity(name=f"Thing{n}", fields=blog.entities[2].fields[: n % 4], access=blog.entities[0].access)
        for n in range(30)
    )
    drawing = svg(changed(blog, entities=(*blog.entities, *many)))
    root = ET.fromstring(drawing)
    for name, group in groups(drawing).items():
        found = boxes(group)
        assert len(found) == 34
        for i, (x, y, width, height) in enumerate(found):
            assert x >= 0
            assert y >= 0
            if name == "wide":
                assert x + width <= float(root.attrib["width"])
                assert y + height <= float(root.attrib["height"])
            else:
                assert x + width <= 360
            for x2, y2, width2, height2 in found[:i]:
                assert x + width <= x2 or x2 + width2 <= x or y + height <= y2 or y2 + height2 <= y


def test_svg_needs_no_script_and_nothing_from_outside(blog: Contract) -> None:
    drawing = svg(blog)
    assert "<script" not in drawing
    assert set(re.findall(r"https?://[^\"]+", drawing)) == {"http://www.w3.org/2000/svg"}
    assert "prefers-color-scheme: dark" in drawing


def test_text_of_the_contract_is_only_text_in_the_drawing(blog: Contract) -> None:
    drawing = svg(changed(blog, name='<script>&"\x00\x1b'))
    title = ET.fromstring(drawing).find(f"{SVG}title")
    assert title is not None
    assert title.text == '<script>&"  : entities and their relations'


def test_the_same_contract_is_drawn_the_same_each_time(blog: Contract) -> None:
    again = Contract.model_validate_json(blog.model_dump_json())
    assert (svg(again), mermaid(again)) == (svg(blog), mermaid(blog))


def test_a_contract_without_relations_is_drawn(open_notes: Contract) -> None:
    assert not groups(svg(open_notes))["phone"].findall(f"{SVG}path")
