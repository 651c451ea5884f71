"""API keys: `conduit_<id>_<secret>`, so that people and scanners see what they have found."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Self
from uuid import UUID, uuid4

from app import defaults
from app.exceptions import InvalidApiKey


@dataclass(frozen=True, slots=True)
class ApiKeySecret:
    """A key: its id, and a secret of which only the hash is stored."""

    id: UUID
    secret: str

    @classmethod
    def new(cls) -> Self:
        """A key that nobody has yet."""
        return cls(uuid4(), secrets.token_hex(32))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key that a client sent; raises `InvalidApiKey` where it cannot be one."""
        try:
            name, key_id, secret = text.rsplit("_", 2)
            if name == defaults.NAME and secret.isascii():
                return cls(UUID(hex=key_id), secret)
        except ValueError:
            pass
        raise InvalidApiKey

    @property
    def hash(self) -> str:
        """What the database keeps of it. The secret is random and long, so that a fast hash is enough."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{defaults.NAME}_{self.id.hex}_{self.secret}"
