"""The description of the API, and the pages that show it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from app.api.openapi import schemas
from tests.support import API

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield f"{method.upper()} {path}", item[method]


def test_every_operation_says_what_it_is(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["tags"], name
        assert operation["summary"], name
        assert re.fullmatch(r"[a-z][a-z0-9_]*", operation["operationId"]), name


def test_no_two_operations_have_the_same_id(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(ids) == len(set(ids))


def test_every_failure_is_declared_in_the_one_structure(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        answers = operation["responses"]
        for status in [status for status in answers if status >= "400"]:
            content = answers[status]["content"]["application/json"]
            assert content["schema"] == {"$ref": "#/components/schemas/ErrorBody"}, f"{name} {status}"
            assert content["example"]["error_code"], f"{name} {status}"
        if API in name:
            assert {"400", "408", "413", "429", "500", "503"} <= answers.keys(), name


def test_every_success_is_declared_with_a_schema(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status in [status for status in operation["responses"] if status < "300"]:
            answer = operation["responses"][status]
            if status == "204":
                assert "content" not in answer, name
            else:
                assert answer["content"]["application/json"]["schema"], name


def test_every_size_has_a_limit(document: dict[str, Any]) -> None:
    limits = {"integer": ("inimum", "aximum"), "string": ("maxLength",), "array": ("maxItems",)}
    for schema in schemas(document):
        if "enum" not in schema and "const" not in schema:
            for end in limits.get(schema["type"], ()):
                assert any(key.endswith(end) for key in schema), schema


def test_every_limited_answer_tells_what_is_left(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            is_limited = API in name and status[0] in "24"
            assert ("RateLimit" in answer.get("headers", {})) is is_limited, f"{name} {status}"


def test_every_operation_says_who_may_call_it(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["security"], name
        assert operation["security"] == [{}] or "401" in operation["responses"], name


def test_what_looks_like_a_schema_is_left_alone() -> None:
    value = {"type": "string"}
    node = {"type": "object", "properties": {"type": {"type": "array", "items": {}}}, "example": value}
    assert [schema["type"] for schema in schemas([node, {"enum": [value]}])] == ["object", "array"]


def test_no_schema_shows_a_password(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        if name.endswith(("Read", "Ref")):
            assert not {"password", "password_hash"} & schema["properties"].keys(), name


@pytest.mark.anyio
@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_the_pages_need_nothing_but_this_server(client: AsyncClient, page: str) -> None:
    answer = await client.get(page)
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    addresses = re.findall(r'(?:src|href)="([^"]*)"', answer.text)
    files = [address for address in addresses if address != "data:,"]
    assert all(file.startswith("static/docs/") for file in files)
    for file in files:
        assert (await client.get(f"/{file}")).status_code == 200, file
    assert re.findall(r"<script>|<style|\son\w+=|style=", answer.text) == []


@pytest.mark.anyio
async def test_the_document_is_served(client: AsyncClient, document: dict[str, Any]) -> None:
    assert (await client.get("/openapi.json")).json() == document
