"""Types, constraints and relations in a few words, for people."""

from apismith.contract.model import Constraints, Default, Entity, Field, Relation, Scalar, Type

_BOUNDS = (("gt", ">"), ("ge", ">="), ("lt", "<"), ("le", "<="))


def type_words(type_: Type) -> str:
    """A type as a contract writes it: `str`, `list[int]`, `Status | None`."""
    word = type_.enum if type_.scalar is Scalar.ENUM and type_.enum else type_.scalar.value
    return f"{f'list[{word}]' if type_.many else word}{' | None' if type_.nullable else ''}"


def relation_words(relation: Relation) -> str:
    """The type of a relation: `User`, `User | None`, `set[Tag]`."""
    word = f"set[{relation.target}]" if relation.many else relation.target
    return f"{word} | None" if relation.nullable else word


def field_notes(field: Field) -> list[str]:
    """What else is to be known of a field: constraints, default, uniqueness."""
    notes = constraint_notes(field.type, field.constraints)
    notes += ["unique"] if field.unique else []
    notes += ["indexed"] if field.indexed else []
    notes += [f"made from {field.slug_of}"] if field.slug_of else []
    notes += ["stored hashed, never returned"] if field.secret else []
    notes += ["not in answers"] if field.exclude else []
    notes += [f"key of {field.external}"] if field.external else []
    notes += [f"was {field.was}"] if field.was else []
    notes += [default_words(field.default)] if field.default else []
    return notes


def constraint_notes(type_: Type, constraints: Constraints) -> list[str]:
    """Constraints in words: `1 to 200 characters`, `> 0`, `matches ^[a-z]+$`."""
    notes = _length(constraints, "items" if type_.many else "characters")
    for name, sign in _BOUNDS:
        bound = getattr(constraints, name)
        notes += [f"{sign} {bound}"] if bound is not None else []
    notes += [f"a multiple of {constraints.multiple_of}"] if constraints.multiple_of is not None else []
    notes += [f"at most {constraints.max_digits} digits"] if constraints.max_digits is not None else []
    if constraints.decimal_places is not None:
        notes.append(f"{constraints.decimal_places} decimal places")
    notes += [f"matches {constraints.pattern}"] if constraints.pattern is not None else []
    return notes


def default_words(default: Default) -> str:
    """A default in words: `default now`, `default "draft"`, `optional`."""
    if default.call is not None:
        return {"list": "default []", "dict": "default {}", "uuid": "default a random UUID"}.get(
            default.call, f"default {default.call}"
        )
    if default.value is None:
        return "optional"
    if isinstance(default.value, str):
        text = default.value if len(default.value) <= 40 else f"{default.value[:39]}…"
        return f'default "{text}"'
    return f"default {default.value}"


def relation_notes(relation: Relation) -> list[str]:
    """What else is to be known of a relation: owner, parent, whose other side, how many."""
    notes = ["owner: the account that made it"] if relation.owner else []
    notes += ["parent: lives below it"] if relation.parent else []
    notes += ["tenant"] if relation.tenant else []
    notes += [f"the other side of {relation.target}.{relation.reverse_of}"] if relation.reverse_of else []
    notes += ["unique"] if relation.unique else []
    notes += [f"at most {relation.max_items}"] if relation.max_items is not None else []
    notes += ["not in answers"] if relation.exclude else []
    notes += [f"was {relation.was}"] if relation.was else []
    return notes


def traits(entity: Entity) -> list[str]:
    """The mixins of an entity in words."""
    named = (
        (entity.timestamps, "timestamps"),
        (entity.soft_delete, "soft delete"),
        (entity.audited, "audited"),
        (entity.versioned, "versioned"),
        (entity.bulk is not None, f"up to {entity.bulk} created together"),
        (entity.deprecated is not None, "deprecated"),
    )
    return [word for holds, word in named if holds]


def _length(constraints: Constraints, unit: str) -> list[str]:
    shortest, longest = constraints.min_length, constraints.max_length
    if shortest is not None and longest is not None:
        return [f"{shortest:,} to {longest:,} {unit}"] if shortest != longest else [f"exactly {longest:,} {unit}"]
    if longest is not None:
        return [f"at most {longest:,} {unit}"]
    return [f"at least {shortest:,} {unit}"] if shortest is not None else []
