"""Slugs: readable keys made from a title."""

import re
import secrets
import unicodedata
from collections.abc import Collection

LONGEST = 180


def slugify(text: str, reserved: Collection[str] = ()) -> str:
    """The text in lower-case ASCII words joined by hyphens; random where nothing of it remains.

    Words that paths have for something else get a random end.
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")
    slug = words[:LONGEST].strip("-") or secrets.token_hex(4)
    return extended(slug) if slug in reserved else slug


def extended(slug: str) -> str:
    """Another slug, for one that is taken: with a random end."""
    return f"{slug}-{secrets.token_hex(4)}"


def another_slug(text: str) -> str:
    """A slug for a text whose plain one is taken: with a random end."""
    return extended(slugify(text))
