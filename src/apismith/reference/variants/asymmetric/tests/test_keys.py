"""The keys that sign access tokens: in the settings, from the shell, and for other services to verify tokens with."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from fastapi import FastAPI
from httpx2 import AsyncClient
from pydantic import ValidationError

from app import defaults, manage
from app.config import Environment, Settings
from app.core.algorithm import ALGORITHM, IDENTIFYING, fits, generate
from app.core.database import Database
from app.core.keys import keys_of, loaded, make, parse
from app.main import create_app
from tests.actors import Actors
from tests.secrets import SECRETS
from tests.server import serving
from tests.support import settings_for, without

KEY_SET = "/.well-known/jwks.json"
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
WRONG = [
    generator
    for generator in (
        lambda: ec.generate_private_key(ec.SECP256R1()),
        lambda: ec.generate_private_key(ec.SECP384R1()),
        lambda: ed25519.Ed25519PrivateKey.generate(),
        lambda: rsa.generate_private_key(public_exponent=65537, key_size=1024),  # noqa: S505
        lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    )
    if not fits(generator())
]


def pem(key: Any, passphrase: bytes | None = None) -> str:
    hidden = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden)
    return text.decode()


# The key set ---------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_key_set_has_the_public_half_of_every_key(client: AsyncClient, app: FastAPI) -> None:
    answer = await client.get(KEY_SET)
    assert answer.status_code == 200
    assert [key["kid"] for key in answer.json()["keys"]] == list(keys_of(app.state.settings))
    for key in answer.json()["keys"]:
        assert (key["use"], key["alg"]) == ("sig", ALGORITHM)
        assert PRIVATE.isdisjoint(key)


@pytest.mark.anyio
async def test_the_key_set_is_kept_for_a_while_and_sent_again_only_if_it_changed(client: AsyncClient) -> None:
    answer = await client.get(KEY_SET)
    assert answer.headers["cache-control"].startswith("public, max-age=")
    again = await client.get(KEY_SET, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_key_is_named_by_its_thumbprint() -> None:
    (key,) = parse(make()).values()
    assert tuple(sorted(IDENTIFYING)) == IDENTIFYING
    members = json.dumps({name: key.jwk[name] for name in sorted(IDENTIFYING)}, separators=(",", ":"))
    assert jwt.utils.base64url_decode(key.id) == hashlib.sha256(members.encode()).digest()


@pytest.mark.anyio
async def test_another_service_verifies_tokens_with_the_key_set_alone(
    app: FastAPI, database: Database, actors: Actors
) -> None:
    actor = await actors.make()
    token = actor.headers["Authorization"].removeprefix("Bearer ")
    with serving(app) as port:
        keys = jwt.PyJWKClient(f"http://127.0.0.1:{port}{KEY_SET}")
        key = keys.get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=[ALGORITHM], issuer=defaults.NAME, audience=defaults.NAME)
    assert claims["sub"] == str(actor.id)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(f"{token[:-8]}AAAAAAAA", key, algorithms=[ALGORITHM], audience=defaults.NAME)


# Settings ------------------------------------------------------------------------------------------------------------


def test_the_first_key_comes_first() -> None:
    first, second = make(), make()
    keys = keys_of(Settings.model_validate({"signing_keys": first + second}))
    assert list(keys) == [*parse(first), *parse(second)]


def test_keys_may_be_on_one_line() -> None:
    text = make()
    assert parse(text.replace("\n", "\\n")).keys() == parse(text).keys()


def test_keys_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.pem"
    file.write_text(make(), encoding="ascii")
    production = SECRETS | {
        "environment": Environment.PRODUCTION,
        "database_url": "postgresql://somewhere/else",
        "cors_origins": ["https://app.example"],
    }
    given = without(production, "signing_keys") | {"signing_keys_file": str(file)}
    assert keys_of(Settings.model_validate(given)).keys() == parse(file.read_text(encoding="ascii")).keys()


@pytest.mark.parametrize("content", [None, b"", b"no key", b"\xff"], ids=["missing", "empty", "no key", "not text"])
def test_a_file_without_keys_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "keys.pem"
    if content is not None:
        file.write_bytes(content)
    given = {"environment": Environment.PRODUCTION, "signing_keys_file": str(file)}
    with pytest.raises(ValidationError, match=r"SIGNING_KEYS_FILE|signing_keys"):
        Settings.model_validate({**without(SECRETS, "signing_keys"), "database_url": "sqlite:///x.db", **given})


@pytest.mark.parametrize("text", ["secret", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_what_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValidationError, match="private keys in PEM") as caught:
        Settings.model_validate({"signing_keys": text})
    assert text not in str(caught.value)


def test_a_key_with_a_passphrase_is_refused() -> None:
    with pytest.raises(ValidationError, match="without a passphrase"):
        Settings.model_validate({"signing_keys": pem(generate(), b"open sesame")})


@pytest.mark.parametrize("generator", WRONG)
def test_a_key_of_another_algorithm_is_refused(generator: Any) -> None:
    for text in (pem(generator()), make() + pem(generator())):
        with pytest.raises(ValidationError, match=f"not for {ALGORITHM}"):
            Settings.model_validate({"signing_keys": text})


def test_without_keys_a_process_makes_its_own_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    settings = settings_for("sqlite:///unused.db", signing_keys=None)
    create_app(settings)
    loaded.cache_clear()  # as in a process that has none yet
    keys = keys_of(settings)
    assert "set SIGNING_KEYS" in caplog.text
    assert keys_of(settings) is keys
    assert len(keys) == 1


# The shell -----------------------------------------------------------------------------------------------------------


def no_settings() -> Settings:
    raise AssertionError("settings are not asked for")


def test_a_key_is_made_from_the_shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(manage, "get_settings", no_settings)  # as in production, which needs the key first
    manage.main(["make-signing-key"])
    printed = capsys.readouterr().out
    assert fits(load_pem_private_key(printed.encode(), password=None))
    monkeypatch.setitem(os.environ, "SIGNING_KEYS", printed)
    assert keys_of(Settings()).keys() == parse(printed).keys()
