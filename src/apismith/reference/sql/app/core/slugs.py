"""Slugs: readable keys made from a title."""

import re
import secrets
import unicodedata

LONGEST = 180


def slugify(text: str) -> str:
    """The text in lower-case ASCII words joined by hyphens; random where nothing of it remains."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")
    return words[:LONGEST].strip("-") or secrets.token_hex(4)


def another_slug(text: str) -> str:
    """A slug for a text whose plain one is taken: with a random end."""
    return f"{slugify(text)}-{secrets.token_hex(4)}"
