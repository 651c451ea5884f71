"""How rows are identified: by numbers that the database counts."""

from typing import Annotated

from fastapi import Path
from pydantic import Field
from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import mapped_column

from app.core.values import Whole

# Up to here, JSON's numbers are exact everywhere (RFC 8259, section 6).
LARGEST = 2**53 - 1

Id = int
PathId = Annotated[Id, Path(ge=1, le=LARGEST)]
QueryId = Annotated[Id, Field(ge=1, le=LARGEST)]
JsonId = Annotated[Id, Field(strict=True, ge=1, le=LARGEST), Whole]

# SQLite only counts in a column of the type INTEGER.
ID_TYPE = BigInteger().with_variant(Integer(), "sqlite")
PrimaryKey = Annotated[Id, mapped_column(ID_TYPE, primary_key=True)]
