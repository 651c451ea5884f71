"""Run inside a rendered backend: what its models and schemas really do. Prints one JSON document."""

import asyncio
import importlib
import importlib.util
import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("error")
sys.path.insert(0, str(Path.cwd()))


def drift(connection):
    """Differences between the first migration and the models, and the tables that its downgrade leaves."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from app.models import Base
    from sqlalchemy import inspect

    path = Path("migrations/versions/0001_initial.py")
    spec = importlib.util.spec_from_file_location("initial", path)
    revision = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(revision)
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    with Operations.context(context):
        revision.upgrade()
        differences = compare_metadata(context, Base.metadata)
        created = len(inspect(connection).get_table_names())
        revision.downgrade()
        left = inspect(connection).get_table_names()
    return {"differences": [repr(difference) for difference in differences], "created": created, "left": left}


async def database(url):
    from sqlalchemy import event
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(url)
    if url.startswith("sqlite"):
        event.listen(engine.sync_engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
    async with engine.begin() as connection:
        found = await connection.run_sync(drift)
    await engine.dispose()
    return found


def validated(cases):
    """What the named schemas say to values: None, or the kind of error."""
    from pydantic import ValidationError

    found = []
    for module, name, value in cases:
        schema = getattr(importlib.import_module(f"app.api.v1.schemas.{module}"), name)
        try:
            schema.model_validate(value)
        except ValidationError as error:
            found.append(error.errors()[0]["type"])
        else:
            found.append(None)
    return found


def examples():
    """Examples that their own schema refuses, of how many."""
    from app.api.v1.schemas.base import Input, Schema

    refused, count = [], 0
    for path in Path("app/api/v1/schemas").glob("*.py"):
        module = importlib.import_module(f"app.api.v1.schemas.{path.stem}")
        for name, schema in vars(module).items():
            if isinstance(schema, type) and issubclass(schema, Schema) and schema not in (Schema, Input):
                for example in (schema.model_config.get("json_schema_extra") or {}).get("examples", []):
                    count += 1
                    try:
                        schema.model_validate(example)
                    except ValueError as error:
                        refused.append(f"{name}: {error}")
    return {"refused": refused, "count": count}


def main():
    asked = json.load(sys.stdin)
    importlib.import_module("app.models")
    from sqlalchemy.orm import configure_mappers

    configure_mappers()
    answer = {"examples": examples(), "validated": validated(asked["validate"])}
    if asked["url"]:
        answer["database"] = asyncio.run(database(asked["url"]))
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
