"""What is known while a contract is being read."""

import ast
from collections.abc import Mapping
from enum import Enum
from typing import Any

from apismith.contract.language.said import REGISTRY, Place, Said
from apismith.contract.model import EnumType
from apismith.contract.places import Places
from apismith.contract.reading.sources import Sources
from apismith.errors import ApismithError
from apismith.findings import Span


class Reading:
    """The state of reading one contract: its sources, and what was found so far.

    Args:
        sources: the files of the contract.
        modules: the modules of the contract by the paths of their files.

    What `me` was said to be, with its place, is kept in `callers`: which entity logs in is known only at the end.
    """

    def __init__(self, sources: Sources, modules: Mapping[str, Mapping[str, Any]]) -> None:
        self.sources = sources
        self.modules = modules
        self.places = Places()
        self.mistakes: list[ApismithError] = []
        self.enums: dict[str, EnumType] = {}
        self.callers: list[tuple[str | None, Span | None]] = []
        self.enum_classes: dict[str, type[Enum]] = {}
        self.entities: dict[str, Any] = {entity.__name__: entity for entity in REGISTRY.entities}

    def names(self, file: str) -> dict[str, Any]:
        """What a name may mean in a file; entities of other files too, so that files may refer to each other."""
        return {**self.entities, **self.modules.get(file, {})}

    def is_operation(self, function: object) -> bool:
        """Whether a function was declared as an action or a query."""
        return any(said.function is function for said in REGISTRY.operations)

    def argument(self, said: Said | None, name: str, position: int, item: int | None = None) -> Any:
        """The span of an argument of a call that said something (or of an item in it), else of the call."""
        place: Place | None = getattr(said, "said_at", None)
        found = self.sources.call(place)
        if found is None:
            return self.sources.span(place)
        source, call = found
        for keyword in call.keywords:
            if keyword.arg == name:
                return source.span(_item(keyword.value, item))
        if position < len(call.args):
            return source.span(_item(call.args[position], item))
        return source.span(call)


def _item(node: ast.expr, number: int | None) -> ast.expr:
    if isinstance(node, ast.List | ast.Tuple) and number is not None and number < len(node.elts):
        return node.elts[number]
    return node
