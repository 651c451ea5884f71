"""A contract as an entity-relationship diagram."""

from collections.abc import Iterator

from apismith.contract.drawing import svg
from apismith.contract.model import Contract, Entity, Relation
from apismith.contract.words import type_words

__all__ = ["mermaid", "svg"]

# Words that Mermaid takes for the mark of a key, even where a name stands.
_KEYS = {"PK": "pk", "FK": "fk", "UK": "uk"}


def mermaid(contract: Contract) -> str:
    """The entities and their relations in Mermaid's `erDiagram`."""
    lines = ["erDiagram"]
    for entity in contract.entities:
        lines += [f'    "{entity.name}" {{', *(f"        {line}" for line in _attributes(contract, entity)), "    }"]
    for entity in contract.entities:
        lines += [f"    {_edge(contract, entity, rel)}" for rel in entity.relations if rel.reverse_of is None]
    return "\n".join(lines) + "\n"


def _attributes(contract: Contract, entity: Entity) -> Iterator[str]:
    yield f"{contract.database.ids} id PK"
    for field in entity.fields:
        # Mermaid's attribute types have no blanks and no bars: what may be missing is said in the comment.
        word = type_words(field.type.model_copy(update={"nullable": False}))
        unique = " UK" if field.unique else ""
        optional = ' "optional"' if field.type.nullable else ""
        yield f"{word} {_KEYS.get(field.name, field.name)}{unique}{optional}"


def _edge(contract: Contract, entity: Entity, relation: Relation) -> str:
    other = contract.by_name[relation.target]
    reverse = next((r for r in other.relations if r.reverse_of == relation.name and r.target == entity.name), None)
    label = f"{relation.name} / {reverse.name}" if reverse else relation.name
    if relation.many:
        return f'"{entity.name}" }}o--o{{ "{relation.target}" : "{label}"'
    target = "|o" if relation.nullable else "||"
    source = "o|" if relation.unique else "o{"
    return f'"{relation.target}" {target}--{source} "{entity.name}" : "{label}"'
