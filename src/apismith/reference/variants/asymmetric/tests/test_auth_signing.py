"""Tokens that only our private keys sign, whatever they say about how they were signed."""

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from httpx2 import AsyncClient

from app.config import Settings
from app.core.algorithm import ALGORITHM, generate
from app.core.keys import SigningKey, keys_of, make
from tests.actors import Actors
from tests.forgeries import access_token, claims_of, encoded, refused, signed
from tests.logins import me
from tests.support import Configure

pytestmark = pytest.mark.anyio

OTHERS: dict[str, PrivateKeyTypes] = {
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
}


def own_key(settings: Settings) -> SigningKey:
    return next(iter(keys_of(settings).values()))


def everything_public(key: SigningKey) -> list[bytes]:
    """What anybody can read, in the forms in which a careless verifier takes it for a secret."""
    public = key.private.public_key()
    forms = [(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)]
    texts = [public.public_bytes(encoding, form) for encoding, form in forms]
    return [*texts, texts[0].strip(), json.dumps(key.jwk).encode(), key.id.encode(), b""]


async def test_a_token_names_its_key(client: AsyncClient, actors: Actors, settings: Settings) -> None:
    token = await access_token(client, actors)
    header = jwt.get_unverified_header(token)
    assert (header["alg"], header["kid"]) == (ALGORITHM, own_key(settings).id)
    assert (await me(client, token)).status_code == 200


async def test_a_token_of_another_key_is_refused(client: AsyncClient, actors: Actors, settings: Settings) -> None:
    claims = claims_of(await access_token(client, actors))
    for headers in ({"kid": own_key(settings).id}, {"kid": SigningKey.of(generate()).id}, {}):
        await refused(client, jwt.encode(claims, generate(), algorithm=ALGORITHM, headers=headers))


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
async def test_what_is_public_is_no_secret(
    client: AsyncClient, actors: Actors, settings: Settings, algorithm: str
) -> None:
    key = own_key(settings)
    claims = claims_of(await access_token(client, actors))
    for public in everything_public(key):
        header = {"alg": algorithm, "typ": "JWT", "kid": key.id}
        await refused(client, signed(header, claims, public, algorithm))


async def test_the_secret_key_signs_no_tokens(client: AsyncClient, actors: Actors, settings: Settings) -> None:
    claims = claims_of(await access_token(client, actors))
    secret = settings.secret_key.get_secret_value()
    await refused(client, jwt.encode(claims, secret, algorithm="HS256", headers={"kid": own_key(settings).id}))


@pytest.mark.parametrize("algorithm", sorted(OTHERS))
async def test_the_token_does_not_choose_the_algorithm(
    client: AsyncClient, actors: Actors, settings: Settings, algorithm: str
) -> None:
    claims = claims_of(await access_token(client, actors))
    headers = {"kid": own_key(settings).id}
    await refused(client, jwt.encode(claims, OTHERS[algorithm], algorithm=algorithm, headers=headers))  # type: ignore[arg-type]


async def test_an_unsigned_token_is_refused(client: AsyncClient, actors: Actors, settings: Settings) -> None:
    claims = claims_of(await access_token(client, actors))
    for algorithm in ("none", "None", "NONE", ""):
        token = signed({"alg": algorithm, "typ": "JWT", "kid": own_key(settings).id}, claims, b"")
        await refused(client, token)
        await refused(client, token.rpartition(".")[0] + ".")


async def test_the_token_does_not_bring_its_key(client: AsyncClient, actors: Actors, settings: Settings) -> None:
    stranger = SigningKey.of(generate())
    claims = claims_of(await access_token(client, actors))
    for header in (
        {"jwk": stranger.jwk, "kid": stranger.id},
        {"jwk": stranger.jwk, "kid": own_key(settings).id},
        {"jku": "https://elsewhere.example/keys", "kid": stranger.id},
        {"x5u": "https://elsewhere.example/keys", "kid": stranger.id},
        {"kid": "../../dev/null"},
        {"kid": "' OR 1=1 --"},
    ):
        await refused(client, jwt.encode(claims, stranger.private, algorithm=ALGORITHM, headers=header))


@pytest.mark.parametrize("kid", [None, 1, True, ["kid"], {"kid": "kid"}, ""], ids=repr)
async def test_a_kid_that_names_nothing_is_refused(client: AsyncClient, actors: Actors, kid: object) -> None:
    _, claims, signature = (await access_token(client, actors)).split(".")
    changed = encoded(json.dumps({"alg": ALGORITHM, "typ": "JWT", "kid": kid}).encode())
    await refused(client, f"{changed}.{claims}.{signature}")


async def test_keys_are_replaced_while_their_tokens_live_on(
    client: AsyncClient, actors: Actors, configure: Configure, settings: Settings
) -> None:
    def use(*keys: str) -> None:
        checked = Settings.model_validate({"signing_keys": "".join(keys)})
        configure(signing_keys=checked.signing_keys)

    old, new = make(), make()
    use(old, new)
    first = await access_token(client, actors)
    use(new, old)
    second = await access_token(client, actors)
    assert jwt.get_unverified_header(first)["kid"] != jwt.get_unverified_header(second)["kid"]
    assert [(await me(client, token)).status_code for token in (first, second)] == [200, 200]
    use(new)
    await refused(client, first)
    assert (await me(client, second)).status_code == 200
