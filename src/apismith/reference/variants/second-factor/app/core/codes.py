"""Codes of second factors: those that an app shows (TOTP, RFC 6238), and those that are kept for when it is lost."""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache
from typing import Final, Self

from cryptography.fernet import Fernet, MultiFernet
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings
from pyotp import TOTP, random_base32

from app import defaults
from app.core.clock import utcnow

STEP: Final = 30
DRIFT: Final = (0, -1, 1)
"""Steps that count: a code is good for one more than its own in either direction (RFC 6238, section 5.2)."""
RECOVERY_CODES: Final = 10
OF_DEVELOPMENT: Final = base64.urlsafe_b64encode(hashlib.sha256(b"for development only").digest()).decode()


class SecondFactorSettings(BaseSettings):
    """What encrypts the secrets of second factors where they are stored."""

    environment: str = "development"
    second_factor_keys: SecretStr = Field(
        default=SecretStr(OF_DEVELOPMENT), description="Encrypts secrets of second factors; the first of several does."
    )

    @field_validator("second_factor_keys")
    @classmethod
    def _check_second_factor_keys(cls, value: SecretStr) -> SecretStr:
        try:
            cipher(value.get_secret_value())
        except ValueError:
            raise ValueError("must be keys of Fernet, separated by commas: 32 random bytes each, in base64") from None
        return value

    @model_validator(mode="after")
    def _need_second_factor_keys(self) -> Self:
        if self.environment == "production" and OF_DEVELOPMENT in self.second_factor_keys.get_secret_value():
            raise ValueError("SECOND_FACTOR_KEYS must be set in production, to a key that nobody else has")
        return self


def make_key() -> str:
    """A new key for the settings."""
    return Fernet.generate_key().decode()


@lru_cache(maxsize=8)
def cipher(keys: str) -> MultiFernet:
    """What encrypts with the first key, and decrypts with each; raises `ValueError` where one cannot be a key."""
    return MultiFernet([Fernet(key.strip()) for key in keys.split(",")])


def encrypted(secret: str, settings: SecondFactorSettings) -> str:
    """A secret as it is stored."""
    return cipher(settings.second_factor_keys.get_secret_value()).encrypt(secret.encode()).decode()


def decrypted(stored: str, settings: SecondFactorSettings) -> str:
    """A secret as it was stored."""
    return cipher(settings.second_factor_keys.get_secret_value()).decrypt(stored.encode()).decode()


def new_secret() -> str:
    """A secret of 160 bits, as long as RFC 4226 recommends (section 4, R6), in base32."""
    return random_base32(32)


def uri(secret: str, login: object) -> str:
    """What apps read from a QR code."""
    return TOTP(secret).provisioning_uri(name=str(login), issuer_name=defaults.TITLE)


def step_of(code: str, secret: str) -> int | None:
    """The step in time that a code belongs to, where it is one of now; None where it is wrong or over."""
    now = int(utcnow().timestamp()) // STEP
    totp = TOTP(secret)
    # All are compared, so that the time that it takes tells nothing.
    matches = [now + drift for drift in DRIFT if hmac.compare_digest(totp.generate_otp(now + drift), code)]
    return matches[0] if matches else None


def new_recovery_codes() -> list[str]:
    """Codes of 80 random bits, in groups that can be read."""
    texts = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    return ["-".join(text[start : start + 4] for start in range(0, len(text), 4)) for text in texts]


def plain(code: str) -> str:
    """A code without what people put into it to read it."""
    return code.replace("-", "").replace(" ", "").lower()


def hash_of(recovery_code: str) -> str:
    """What the database keeps of a recovery code. It is random and long, so that a fast hash is enough."""
    return hashlib.sha256(plain(recovery_code).encode()).hexdigest()
