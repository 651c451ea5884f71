"""Slugs: readable keys made from a title."""

import re
import secrets
import unicodedata

from sqlalchemy import bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.database import Executor

LONGEST = 180


def slugify(text: str) -> str:
    """The text in lower-case ASCII words joined by hyphens; random where nothing of it remains."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")
    return words[:LONGEST].strip("-") or secrets.token_hex(4)


async def unique_slug(db: Executor, column: InstrumentedAttribute[str], text: str) -> str:
    """A slug for the text that no row has yet: the plain one, or with a random end where that is taken."""
    slug = slugify(text)
    taken = await db.execute(select(column).where(column == bindparam("slug")), {"slug": slug})
    return slug if taken.first() is None else f"{slug}-{secrets.token_hex(4)}"
