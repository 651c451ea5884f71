"""What signs access tokens: ECDSA on the curve P-256 (ES256; RFC 7518, section 3.4)."""

from typing import Any, Final, TypeGuard

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

ALGORITHM: Final = "ES256"
WANTED: Final = "an EC key on the curve P-256"
IDENTIFYING: Final = ("crv", "kty", "x", "y")
"""What a public key is made of, in the order of RFC 7638."""

PrivateKey = ec.EllipticCurvePrivateKey


def generate() -> PrivateKey:
    """A new key."""
    return ec.generate_private_key(ec.SECP256R1())


def fits(key: object) -> TypeGuard[PrivateKey]:
    """Whether a key is one of this algorithm."""
    return isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)


def public_half(key: PrivateKey) -> dict[str, Any]:
    """The public key, as JWK has it (RFC 7517)."""
    return ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
