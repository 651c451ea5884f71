"""What signs access tokens: RSA with SHA-256 (RS256; RFC 7518, section 3.3)."""

from typing import Any, Final, TypeGuard

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ALGORITHM: Final = "RS256"
SHORTEST: Final = 2048
WANTED: Final = f"an RSA key of {SHORTEST} bits or more"
IDENTIFYING: Final = ("e", "kty", "n")
"""What a public key is made of, in the order of RFC 7638."""

PrivateKey = rsa.RSAPrivateKey


def generate() -> PrivateKey:
    """A new key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


def fits(key: object) -> TypeGuard[PrivateKey]:
    """Whether a key is one of this algorithm."""
    return isinstance(key, rsa.RSAPrivateKey) and key.key_size >= SHORTEST


def public_half(key: PrivateKey) -> dict[str, Any]:
    """The public key, as JWK has it (RFC 7517)."""
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {name: value for name, value in jwk.items() if name != "key_ops"}
