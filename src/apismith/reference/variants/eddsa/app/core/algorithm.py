"""What signs access tokens: EdDSA on the curve Ed25519 (RFC 8037, section 3.1)."""

from typing import Any, Final, TypeGuard

from cryptography.hazmat.primitives.asymmetric import ed25519
from jwt.algorithms import OKPAlgorithm

ALGORITHM: Final = "EdDSA"
WANTED: Final = "a key on the curve Ed25519"
IDENTIFYING: Final = ("crv", "kty", "x")
"""What a public key is made of, in the order of RFC 8037, section 2."""

PrivateKey = ed25519.Ed25519PrivateKey


def generate() -> PrivateKey:
    """A new key."""
    return ed25519.Ed25519PrivateKey.generate()


def fits(key: object) -> TypeGuard[PrivateKey]:
    """Whether a key is one of this algorithm."""
    return isinstance(key, ed25519.Ed25519PrivateKey)


def public_half(key: PrivateKey) -> dict[str, Any]:
    """The public key, as JWK has it (RFC 8037)."""
    return OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
