"""Two OpenAPI documents compared: may a client of the older one fail with the newer one?

It knows nothing of contracts, only JSON Schema: whatever could be sent must still be permitted, and whatever is
answered must be what could be expected.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
LOWER = ("minLength", "minItems", "minimum", "exclusiveMinimum")
UPPER = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")
PLACES = ("path", "query", "header", "cookie")


def breaks(old: Json, new: Json) -> list[str]:
    """The routes by which a client of the older document may fail, each with what of it."""
    before, after = _operations(old), _operations(new)
    found = [f"{key} is gone" for key in before if key not in after]
    for key in before.keys() & after.keys():
        found += [f"{key}: {what}" for what in _compared(_Side(old, before[key]), _Side(new, after[key]))]
    return sorted(found)


def _operations(document: Json) -> dict[str, Json]:
    return {
        f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path)}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }


@dataclass(frozen=True)
class _Side:
    document: Json
    operation: Json

    def resolved(self, schema: Json) -> Json:
        while "$ref" in schema:
            found: Any = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            schema = found
        return schema

    def variants(self, schema: Json) -> list[Json]:
        schema = self.resolved(schema)
        parts = schema.get("anyOf") or schema.get("oneOf")
        return [inner for part in parts for inner in self.variants(part)] if parts else [schema]

    def parameters(self) -> dict[tuple[str, str], Json]:
        found = [self.resolved(one) for one in self.operation.get("parameters", ())]
        # Parameters in a path have a place, and what they are called is of no concern to a client.
        inside = [one for one in found if one["in"] == "path"]
        numbered = {("path", str(at)): one for at, one in enumerate(inside)}
        return numbered | {(one["in"], one["name"]): one for one in found if one["in"] != "path"}

    def body(self) -> Json | None:
        content = self.resolved(self.operation.get("requestBody", {})).get("content", {})
        return next((one.get("schema", {}) for one in content.values()), None)

    def answers(self) -> dict[str, Json | None]:
        """What is answered when all went well, by status."""
        found = {status: self.resolved(one) for status, one in self.operation["responses"].items()}
        return {
            status: one.get("content", {}).get("application/json", {}).get("schema")
            for status, one in found.items()
            if status.startswith("2")
        }


def _compared(old: _Side, new: _Side) -> Iterator[str]:
    before, after = old.parameters(), new.parameters()
    for key, parameter in after.items():
        if key not in before and parameter.get("required"):
            yield f"{key} must be sent"
    for key in before:
        if key not in after:
            yield f"{key} may not be sent any more"
        elif not _fits(old, before[key]["schema"], new, after[key]["schema"], sent=True):
            yield f"{key} is narrower"
        elif after[key].get("required") and not before[key].get("required"):
            yield f"{key} must be sent"
    sent, wanted = old.body(), new.body()
    if (sent is None) != (wanted is None) or (sent and wanted and not _fits(old, sent, new, wanted, sent=True)):
        yield "the body is narrower"
    answered = new.answers()
    for status, schema in old.answers().items():
        given = answered.get(status)
        if status not in answered or (schema is None) != (given is None):
            yield f"{status} is not answered any more"
        elif schema is not None and given is not None and not _fits(new, given, old, schema, sent=False):
            yield f"the answer {status} is another"
    if bool(new.operation.get("security")) > bool(old.operation.get("security")):
        yield "wants a log-in"


def _fits(one: _Side, small: Json, other: _Side, large: Json, *, sent: bool) -> bool:
    """Whether every value of one schema is one of the other; of answers, without looking at limits."""
    wide = other.variants(large)
    return all(any(_within(one, s, other, w, sent=sent) for w in wide) for s in one.variants(small))


def _within(one: _Side, small: Json, other: _Side, large: Json, *, sent: bool) -> bool:
    if large in ({}, True) or (small == large and "$ref" not in str(small)):
        return True
    if (small.get("type"), small.get("format")) != (large.get("type"), large.get("format")):
        return False
    if sent and not _is_limited_alike(small, large):
        return False
    if large.get("type") == "array":
        return _fits(one, small.get("items", {}), other, large.get("items", {}), sent=sent)
    if large.get("type") != "object":
        return True
    has, knows = small.get("properties", {}), large.get("properties", {})
    if not set(large.get("required", ())) <= set(small.get("required", ())):
        return False
    missing = (has.keys() - knows.keys()) if sent else (knows.keys() - has.keys())
    both = has.keys() & knows.keys()
    return not missing and all(_fits(one, has[name], other, knows[name], sent=sent) for name in both)


def _is_limited_alike(small: Json, large: Json) -> bool:
    members, permitted = (
        set(map(str, side.get("enum", [side["const"]] if "const" in side else ()))) for side in (small, large)
    )
    if permitted and not (members and members <= permitted):
        return False
    return (
        all(small.get(name, float("-inf")) >= large.get(name, float("-inf")) for name in LOWER)
        and all(small.get(name, float("inf")) <= large.get(name, float("inf")) for name in UPPER)
        and all(large.get(name) in (None, small.get(name)) for name in ("pattern", "multipleOf"))
    )
