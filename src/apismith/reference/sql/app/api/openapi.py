"""The OpenAPI document: what FastAPI knows of the routes, and what clients and their tools want to know besides."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from pydantic import BaseModel

from app.core.routing import Index
from app.exceptions import ErrorBody
from app.middleware.limits import LIMITED

LARGEST: Final = 2**63 - 1
LONGEST: Final = 2**31 - 1
LONGEST_OF_FORMAT: Final = {"date": 10, "date-time": 40, "duration": 64, "time": 40, "uuid": 36}
ALWAYS: Final = ("Access-Control-Allow-Origin", "RateLimit", "RateLimit-Policy")
HEADERS: Final = {
    "Access-Control-Allow-Origin": ("The origin of the browser, if it is one that may call.", "string"),
    "RateLimit": ("What is left of each rate, and in how many seconds it is whole again.", "string"),
    "RateLimit-Policy": ("The rates that this client is held to.", "string"),
    "Retry-After": ("Seconds to wait.", "integer"),
}
# No schemas: what stands below may look like one.
VALUES: Final = frozenset({"const", "default", "enum", "example", "examples"})


class Api(FastAPI):
    """An application whose document leaves nothing open: every size has a limit, every operation says who may call it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.router.__class__ = Index  # there is no option for it
        self.router.middleware_stack = self.router.app  # what the router was made with is bound to its old class

    def openapi(self) -> dict[str, Any]:
        """The document; the same one each time."""
        if self.openapi_schema is None:
            document = super().openapi()
            add_schema(document, ErrorBody)
            document["components"]["headers"] = {
                name: {"description": text, "schema": {"type": kind}} for name, (text, kind) in HEADERS.items()
            }
            for path, operation in operations(document):
                operation.setdefault("security", [{}])  # none is needed, and that is meant so
                if path.startswith(LIMITED):
                    tell_limits(operation)
            for schema in schemas(document):
                limit(schema)
        return super().openapi()


def add_schema(document: dict[str, Any], model: type[BaseModel]) -> None:
    """Add what routes refer to by its name only."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    document["components"]["schemas"] |= {**schema.pop("$defs", {}), model.__name__: schema}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation of the document, and its path."""
    for path, item in document["paths"].items():
        for operation in item.values():
            yield path, operation


def tell_limits(operation: dict[str, Any]) -> None:
    """Say which headers of an answer tell what is left of the rates."""
    for status, answer in operation["responses"].items():
        if status.startswith(("2", "4")):
            names = [*ALWAYS, *(["Retry-After"] if status == "429" else [])]
            answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def schemas(node: object) -> Iterator[dict[str, Any]]:
    """Every schema of one type below a node."""
    if isinstance(node, list):
        for item in node:
            yield from schemas(item)
    elif isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield node
        for key, value in node.items():
            if key not in VALUES:
                yield from schemas(value)


def limit(schema: dict[str, Any]) -> None:
    """Say how large a value may be, where nothing but its type tells."""
    if "enum" in schema or "const" in schema:
        return
    match schema["type"]:
        case "integer":
            schema.setdefault("format", "int64")
            if "exclusiveMinimum" not in schema:
                schema.setdefault("minimum", -LARGEST - 1)
            if "exclusiveMaximum" not in schema:
                schema.setdefault("maximum", LARGEST)
        case "string":
            schema.setdefault("maxLength", LONGEST_OF_FORMAT.get(schema.get("format", ""), LONGEST))
        case "array":
            schema.setdefault("maxItems", LONGEST)
        case _:
            pass
