"""What endpoints ask for: the database."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from app.core.database import Database, Executor, Reader


async def get_database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Data = Annotated[Database, Depends(get_database)]


async def get_reader(request: Request) -> Reader:
    reader: Reader = request.app.state.database.reader
    return reader


async def get_unit_of_work(request: Request) -> AsyncIterator[Executor]:
    async with request.app.state.database.unit_of_work() as work:
        yield work


Reads = Annotated[Reader, Depends(get_reader)]
# The scope makes it commit before the answer starts, so that a failing commit is answered as a failure.
Writes = Annotated[Executor, Depends(get_unit_of_work, scope="function")]
