"""How rows are identified: by UUIDs of version 7, which sort by the time at which they were made."""

import secrets
import sys
import time
import uuid
from typing import Annotated

from sqlalchemy import Uuid
from sqlalchemy.orm import mapped_column

if sys.version_info >= (3, 14):
    from uuid import uuid7
else:

    def uuid7() -> uuid.UUID:
        """A new one, as RFC 9562 lays it out: milliseconds, version, random bits, variant, random bits."""
        milliseconds = time.time_ns() // 1_000_000
        first, last = secrets.randbits(12), secrets.randbits(62)
        return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | first << 64 | 0b10 << 62 | last)


Id = uuid.UUID
PathId = Id
QueryId = Id
JsonId = Id

ID_TYPE = Uuid()
PrimaryKey = Annotated[Id, mapped_column(ID_TYPE, primary_key=True, default=uuid7)]
