"""How many rows a migration would take values from, asked of the project's own database, which is only read."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Final

from apismith.evolve.trial import interpreter
from apismith.migration import Migration

_COUNT: Final = """
import asyncio, json, os, sys
sys.path.insert(0, ".")
from sqlalchemy import text
from app.config import get_settings
from app.core.database import Database, database_url, is_sqlite
url = database_url(get_settings())
if is_sqlite(url) and not os.path.exists(url.database or ""):
    sys.exit("there is no database yet, and to connect would make one")
async def main():
    database = Database(get_settings())
    try:
        print(json.dumps([(await database.reader.execute(text(sql))).scalar_one() for sql in json.load(sys.stdin)]))
    finally:
        await database.close()
asyncio.run(main())
"""
_SECONDS: Final = 10


def counted(root: Path, migration: Migration) -> Migration:
    """The migration, with the numbers of rows that it takes values from where the database says them."""
    python = interpreter(root) if migration.losses else None
    if python is None:
        return migration
    try:
        done = subprocess.run(
            [python, "-c", _COUNT],
            cwd=root,
            input=json.dumps([loss.rows for loss in migration.losses]),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        )
        found: list[int] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return migration
    losses = [replace(loss, found=rows) for loss, rows in zip(migration.losses, found, strict=True)]
    return replace(migration, losses=tuple(losses))
