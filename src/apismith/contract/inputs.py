"""What clients call the things that they send."""

from apismith.contract import naming
from apismith.contract.model import Contract, Entity, Relation


def input_name(contract: Contract, relation: Relation) -> str:
    """What a client sends for a relation: `category_id`, `author_username`, `tag_names`."""
    key = contract.by_name[relation.target].key
    if relation.many:
        return f"{naming.singular(relation.name)}_{naming.plural(key)}"
    return f"{relation.name}_{key}"


def filter_name(contract: Contract, entity: Entity, path: str) -> str:
    """The query parameter of a filter: `author_username` for `author.username`, `tag_name` for the set `tags`."""
    names: list[str] = []
    for step in path.split("."):
        relation = entity.relation(step)
        names.append(naming.singular(step) if relation and relation.many else step)
        if relation is None:
            return "_".join(names)
        entity = contract.by_name[relation.target]
    return "_".join([*names, entity.key])
