"""The keys that sign access tokens: private ones in the settings, of which everybody may read the public halves.

The first key signs, all of them verify. So a key is replaced in three steps, each a start of every process: the new key
is added behind the old one; then it is put first, when everybody who keeps the key set has read it again; then the old
one is removed, when its last token is over.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self

import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from app.core.algorithm import ALGORITHM, IDENTIFYING, WANTED, PrivateKey, fits, generate, public_half

BLOCK: Final = re.compile(r"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, and its public half as a JWK (RFC 7517), which is named by its thumbprint (RFC 7638)."""

    private: PrivateKey
    jwk: dict[str, Any]

    @classmethod
    def of(cls, private: PrivateKey) -> Self:
        """The key with its name."""
        public = public_half(private)
        identifying = json.dumps({name: public[name] for name in IDENTIFYING}, separators=(",", ":"))
        digest = hashlib.sha256(identifying.encode()).digest()
        name = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return cls(private, {**public, "kid": name, "use": "sig", "alg": ALGORITHM})

    @property
    def id(self) -> str:
        """What tokens call it."""
        name: str = self.jwk["kid"]
        return name


class SigningSettings(BaseSettings):
    """The keys of one backend."""

    environment: str = "development"
    signing_keys: SecretStr | None = Field(
        default=None, description="Private keys in PEM, one behind the other: the first signs, all verify."
    )
    signing_keys_file: Path | None = Field(default=None, description="A file with them, instead.")

    @model_validator(mode="before")
    @classmethod
    def _read_signing_keys(cls, values: Any) -> Any:
        if not isinstance(values, dict) or values.get("signing_keys") or not values.get("signing_keys_file"):
            return values
        try:
            return {**values, "signing_keys": Path(values["signing_keys_file"]).read_text(encoding="ascii")}
        except (OSError, UnicodeError) as error:
            raise ValueError(f"SIGNING_KEYS_FILE cannot be read: {type(error).__name__}") from None

    @field_validator("signing_keys")
    @classmethod
    def _check_signing_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None
        parse(value.get_secret_value())
        return value

    @model_validator(mode="after")
    def _need_signing_keys(self) -> Self:
        if self.environment == "production" and self.signing_keys is None:
            raise ValueError(
                "SIGNING_KEYS or SIGNING_KEYS_FILE must be set in production: "
                "`python -m app.manage make-signing-key` makes a key"
            )
        return self


def make() -> str:
    """A new key, in PEM."""
    return generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def parse(text: str) -> dict[str, SigningKey]:
    """The keys of a text in PEM, by their names; raises `ValueError` where it has none, or one that cannot sign."""
    # Where settings must be one line, their line breaks are written as \n.
    blocks = [match[0] for match in BLOCK.finditer(text.replace("\\n", "\n"))]
    if not blocks:
        raise ValueError(f"must be private keys in PEM: {WANTED}")
    keys = [SigningKey.of(_loaded(block)) for block in blocks]
    return {key.id: key for key in keys}


def _loaded(block: str) -> PrivateKey:
    try:
        key = load_pem_private_key(block.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(f"must be private keys in PEM, without a passphrase: {WANTED}") from None
    if not fits(key):
        raise ValueError(f"has a key that is not for {ALGORITHM}, which needs {WANTED}")
    return key


def keys_of(settings: SigningSettings) -> dict[str, SigningKey]:
    """The keys of the settings, by their names, the one that signs first; without any, one of this process alone."""
    return loaded(settings.signing_keys.get_secret_value() if settings.signing_keys else None)


@lru_cache(maxsize=8)
def loaded(text: str | None) -> dict[str, SigningKey]:
    """The keys of a text, which are read only once; without a text, one that is made for this process."""
    if text is not None:
        return parse(text)
    key = SigningKey.of(generate())
    log.warning("signing.key_of_this_process", hint="Tokens end with the process: set SIGNING_KEYS.", kid=key.id)
    return {key.id: key}
