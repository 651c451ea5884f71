"""Where each part of a contract was said.

A part is named by its way through the model: `("entities", "Article", "fields", "title", "constraints", "pattern")`.
Parts that have a name are steps by that name, others by their position.
"""

from collections.abc import Iterator, Mapping

from apismith.findings import Span

Step = str | int
Key = tuple[Step, ...]


class Places:
    """The spans of the parts of one contract."""

    def __init__(self, known: Mapping[Key, Span] | None = None) -> None:
        self._known = dict(known or {})

    def put(self, key: Key, span: Span | None) -> None:
        """Remember where a part was said."""
        if span is not None:
            self._known[key] = span

    def at(self, *key: Step) -> Span | None:
        """Where a part was said, else the smallest part around it of which that is known."""
        for length in range(len(key), -1, -1):
            if key[:length] in self._known:
                return self._known[key[:length]]
        return None

    def says(self, *key: Step) -> bool:
        """Whether just this part was said, and where is known."""
        return key in self._known

    def __iter__(self) -> Iterator[tuple[Key, Span]]:
        return iter(self._known.items())
