"""Second factors: codes of an app and recovery codes, asked for after the password, each good once."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from pydantic import ValidationError
from pyotp import TOTP
from sqlalchemy import select

from app import defaults, manage
from app.config import Settings
from app.core import challenges, codes
from app.core.code_attempts import CodeAttempts
from app.core.codes import OF_DEVELOPMENT, STEP, cipher, decrypted, encrypted, hash_of, make_key, step_of
from app.core.cookies import NAME
from app.core.database import Database
from app.core.limits import create_limiter
from app.core.security import hash_password
from app.models import RecoveryCode, SecondFactor
from app.repositories.auth import AccountRepository
from app.repositories.second_factors import SecondFactorRepository
from app.services.second_factors import SecondFactorService
from tests.actors import Actor, Actors
from tests.databases import Scratch
from tests.factories import Factories
from tests.logins import bearer, log_in, me, refresh, tokens
from tests.secrets import SECRETS
from tests.support import API, failure, settings_for

FACTOR = f"{API}/auth/second-factor"
# RFC 6238, appendix B: the secret is "12345678901234567890" in ASCII; the last six digits of its SHA-1 column.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


class Clock:
    """The time as codes and challenges see it; it stands still in the middle of a step."""

    def __init__(self) -> None:
        start = int(datetime.now(UTC).timestamp()) // STEP * STEP + STEP // 2
        self.now = datetime.fromtimestamp(start, UTC)

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (codes, challenges):
        monkeypatch.setattr(module, "utcnow", clock)
    return clock


@pytest.fixture(autouse=True)
def counted_anew(app: FastAPI, settings: Settings) -> Iterator[None]:
    """No test uses up the attempts of another."""
    before = app.state.limiter
    app.state.limiter = create_limiter(settings)
    yield
    app.state.limiter = before


class Phone:
    """An account with an app that shows codes."""

    def __init__(self, actor: Actor, secret: str, clock: Clock, recovery_codes: list[str]) -> None:
        self.actor = actor
        self.secret = secret
        self.recovery_codes = recovery_codes
        self.clock = clock

    def code(self, steps: int = 0) -> str:
        """What it shows now, or so many steps from now."""
        return TOTP(self.secret).at(self.clock.now + timedelta(seconds=steps * STEP))

    def new_code(self) -> str:
        """What it shows when it shows something new."""
        self.clock.goes_on(STEP)
        return self.code()


async def enrol(client: AsyncClient, actor: Actor) -> str:
    answer = await client.post(FACTOR, json={"current_password": actor.password}, headers=actor.headers)
    assert answer.status_code == 201, answer.text
    secret: str = answer.json()["secret"]
    return secret


async def post(client: AsyncClient, path: str, actor: Actor, **body: str) -> Any:
    return await client.post(f"{FACTOR}/{path}", json=body, headers=actor.headers)


@pytest.fixture
async def phone(client: AsyncClient, actors: Actors, clock: Clock) -> Phone:
    actor = await actors.make()
    secret = await enrol(client, actor)
    answer = await post(client, "confirm", actor, code=TOTP(secret).at(clock.now))
    assert answer.status_code == 200, answer.text
    return Phone(actor, secret, clock, answer.json()["recovery_codes"])


async def challenged(client: AsyncClient, phone: Phone) -> str:
    answer = await log_in(client, phone.actor.login, phone.actor.password)
    details = failure(answer, 401, "SECOND_FACTOR_REQUIRED")
    assert details.keys() == {"challenge", "expires_in"}
    token: str = details["challenge"]
    return token


async def answer_with(client: AsyncClient, challenge: str, code: str) -> Any:
    return await client.post(f"{API}/auth/token/code", json={"challenge": challenge, "code": code})


async def stored(database: Database, column: Any) -> list[Any]:
    return list((await database.reader.execute(select(column))).scalars())


# Adding one ----------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_an_app_reads_the_secret_from_its_address(client: AsyncClient, actors: Actors) -> None:
    actor = await actors.make()
    answer = await client.post(FACTOR, json={"current_password": actor.password}, headers=actor.headers)
    address = urlsplit(answer.json()["uri"])
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert parse_qs(address.query)["secret"] == [answer.json()["secret"]]
    assert parse_qs(address.query)["issuer"] == [defaults.TITLE]
    assert len(answer.json()["secret"]) == 32
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.anyio
async def test_it_takes_the_password_to_add_one(client: AsyncClient, actors: Actors, database: Database) -> None:
    actor = await actors.make()
    answer = await client.post(FACTOR, json={"current_password": "not the password"}, headers=actor.headers)
    failure(answer, 403, "WRONG_PASSWORD")
    assert await stored(database, SecondFactor.secret) == []


@pytest.mark.anyio
async def test_nothing_changes_until_a_code_confirms_it(client: AsyncClient, actors: Actors, clock: Clock) -> None:
    actor = await actors.make()
    first = await enrol(client, actor)
    assert (await log_in(client, actor.login, actor.password)).status_code == 200
    assert (await client.get(FACTOR, headers=actor.headers)).json() == {"enabled": False, "recovery_codes_left": 0}
    second = await enrol(client, actor)
    assert first != second
    failure(await post(client, "confirm", actor, code=TOTP(first).at(clock.now)), 403, "WRONG_CODE")
    assert (await post(client, "confirm", actor, code=TOTP(second).at(clock.now))).status_code == 200
    failure(await log_in(client, actor.login, actor.password), 401, "SECOND_FACTOR_REQUIRED")
    assert (await client.get(FACTOR, headers=actor.headers)).json() == {"enabled": True, "recovery_codes_left": 10}


@pytest.mark.anyio
async def test_confirming_it_ends_all_other_sessions(client: AsyncClient, actors: Actors, clock: Clock) -> None:
    actor = await actors.make()
    there = await tokens(client, actor)
    secret = await enrol(client, actor)
    await post(client, "confirm", actor, code=TOTP(secret).at(clock.now))
    failure(await me(client, there["access_token"]), 401, "UNAUTHORIZED")
    failure(await refresh(client, there["refresh_token"]), 401, "INVALID_REFRESH_TOKEN")
    assert (await client.get(f"{API}/auth/me", headers=actor.headers)).status_code == 200


@pytest.mark.anyio
async def test_an_account_has_one(client: AsyncClient, phone: Phone) -> None:
    body = {"current_password": phone.actor.password}
    answer = await client.post(FACTOR, json=body, headers=phone.actor.headers)
    failure(answer, 409, "SECOND_FACTOR_STATE")
    failure(await post(client, "confirm", phone.actor, code=phone.new_code()), 409, "SECOND_FACTOR_STATE")


@pytest.mark.anyio
async def test_nothing_of_it_can_be_read_in_the_database(
    client: AsyncClient, phone: Phone, database: Database, settings: Settings
) -> None:
    (secret,) = await stored(database, SecondFactor.secret)
    assert phone.secret not in secret
    assert decrypted(secret, settings) == phone.secret
    hashes = await stored(database, RecoveryCode.code_hash)
    assert sorted(hashes) == sorted(map(hash_of, phone.recovery_codes))


@pytest.mark.anyio
async def test_an_api_key_does_not_touch_it(client: AsyncClient, phone: Phone) -> None:
    body = {"name": "program", "scopes": ["write"]}
    made = await client.post(f"{API}/auth/api-keys", json=body, headers=phone.actor.headers)
    key = {"X-API-Key": made.json()["key"]}
    failure(await client.get(FACTOR, headers=key), 401, "UNAUTHORIZED")
    assert (await client.get(f"{API}/auth/me", headers=key)).status_code == 200


# Logging in ----------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_code_after_the_password_logs_in(client: AsyncClient, phone: Phone) -> None:
    answer = await answer_with(client, await challenged(client, phone), phone.new_code())
    assert answer.status_code == 200, answer.text
    shown = (await me(client, answer.json()["access_token"])).json()
    assert str(shown["id"]) == str(phone.actor.id)
    assert (await refresh(client, answer.json()["refresh_token"])).status_code == 200


@pytest.mark.anyio
async def test_a_wrong_password_is_not_asked_for_a_code(client: AsyncClient, phone: Phone) -> None:
    failure(await log_in(client, phone.actor.login, "not the password"), 401, "INVALID_CREDENTIALS")


@pytest.mark.anyio
async def test_who_has_none_is_asked_for_none(client: AsyncClient, phone: Phone, actors: Actors) -> None:
    other = await actors.make()
    assert (await log_in(client, other.login, other.password)).status_code == 200


@pytest.mark.anyio
async def test_a_code_is_good_once(client: AsyncClient, phone: Phone) -> None:
    challenge, code = await challenged(client, phone), phone.new_code()
    assert (await answer_with(client, challenge, code)).status_code == 200
    failure(await answer_with(client, challenge, code), 401, "INVALID_CODE")
    failure(await answer_with(client, await challenged(client, phone), code), 401, "INVALID_CODE")
    failure(await answer_with(client, challenge, phone.code(-1)), 401, "INVALID_CODE")
    assert (await answer_with(client, challenge, phone.new_code())).status_code == 200


@pytest.mark.anyio
async def test_the_code_that_confirmed_it_is_used_up(client: AsyncClient, phone: Phone) -> None:
    failure(await answer_with(client, await challenged(client, phone), phone.code()), 401, "INVALID_CODE")


@pytest.mark.anyio
async def test_of_one_code_sent_at_the_same_time_one_wins(client: AsyncClient, phone: Phone) -> None:
    challenge, code = await challenged(client, phone), phone.new_code()
    answers = await asyncio.gather(*(answer_with(client, challenge, code) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


@pytest.mark.anyio
@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
async def test_a_clock_may_be_half_a_minute_wrong(
    client: AsyncClient, phone: Phone, clock: Clock, steps: int, status: int
) -> None:
    clock.goes_on(10 * STEP)
    answer = await answer_with(client, await challenged(client, phone), phone.code(steps))
    assert answer.status_code == status


@pytest.mark.anyio
async def test_a_recovery_code_is_good_once(client: AsyncClient, phone: Phone) -> None:
    challenge, (first, second, *_) = await challenged(client, phone), phone.recovery_codes
    assert (await answer_with(client, challenge, first)).status_code == 200
    failure(await answer_with(client, challenge, first), 401, "INVALID_CODE")
    assert (await answer_with(client, challenge, second.replace("-", " ").upper())).status_code == 200
    left = (await client.get(FACTOR, headers=phone.actor.headers)).json()["recovery_codes_left"]
    assert left == len(phone.recovery_codes) - 2


@pytest.mark.anyio
@pytest.mark.parametrize("code", ["000000", "aaaa-aaaa-aaaa-aaaa", "1234567", "      "])
async def test_a_wrong_code_is_refused(client: AsyncClient, phone: Phone, code: str) -> None:
    sent = code if code != phone.code() else "111111"
    failure(await answer_with(client, await challenged(client, phone), sent), 401, "INVALID_CODE")


@pytest.mark.anyio
async def test_codes_of_one_account_are_nothing_to_another(client: AsyncClient, phone: Phone, actors: Actors) -> None:
    other = await actors.make()
    secret = await enrol(client, other)
    now = phone.new_code()
    answer = await post(client, "confirm", other, code=TOTP(secret).at(phone.clock.now))
    challenge = failure(await log_in(client, other.login, other.password), 401, "SECOND_FACTOR_REQUIRED")["challenge"]
    for code in (now, *phone.recovery_codes[:2]):
        failure(await answer_with(client, challenge, code), 401, "INVALID_CODE")
    assert (await answer_with(client, challenge, answer.json()["recovery_codes"][0])).status_code == 200


@pytest.mark.anyio
async def test_a_page_logs_in_in_two_steps(client: AsyncClient, phone: Phone) -> None:
    page = {"Origin": "http://test"}
    form = {"username": phone.actor.login, "password": phone.actor.password}
    first = await client.post(f"{API}/auth/browser/token", data=form, headers=page)
    challenge = failure(first, 401, "SECOND_FACTOR_REQUIRED")["challenge"]
    assert NAME not in client.cookies
    body = {"challenge": challenge, "code": phone.new_code()}
    failure(await client.post(f"{API}/auth/browser/token/code", json=body), 403, "FOREIGN_ORIGIN")
    answer = await client.post(f"{API}/auth/browser/token/code", json=body, headers=page)
    assert answer.status_code == 200, answer.text
    assert "refresh_token" not in answer.json()
    assert NAME in client.cookies


# Challenges ----------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_challenge_is_over_after_a_while(client: AsyncClient, phone: Phone, clock: Clock) -> None:
    challenge = await challenged(client, phone)
    clock.goes_on(challenges.LIFETIME)
    failure(await answer_with(client, challenge, phone.code()), 401, "INVALID_CHALLENGE")


@pytest.mark.anyio
async def test_a_challenge_ends_with_the_password(
    client: AsyncClient, phone: Phone, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge, other = await challenged(client, phone), await hash_password("another password")

    async def changed(*_: object) -> str:
        return other

    monkeypatch.setattr(AccountRepository, "password_hash", changed)
    failure(await answer_with(client, challenge, phone.new_code()), 401, "INVALID_CHALLENGE")


@pytest.mark.anyio
async def test_a_challenge_cannot_be_made_up(client: AsyncClient, phone: Phone, actors: Actors) -> None:
    account, expires, signature = (await challenged(client, phone)).split(".")
    other = (await actors.make()).id
    for forged in (
        f"{other}.{expires}.{signature}",
        f"{account}.{int(expires) + 1}.{signature}",
        f"{account}.{expires}.{'A' * len(signature)}",
        f"{account}.{expires}.",
        f"{account}.{expires}",
        f"{account}.soon.{signature}",
        f"nobody.{expires}.{signature}",
        "x",
        ".",
    ):
        failure(await answer_with(client, forged, phone.code(1)), 401, "INVALID_CHALLENGE")


@pytest.mark.anyio
async def test_a_challenge_is_no_token(client: AsyncClient, phone: Phone) -> None:
    challenge = await challenged(client, phone)
    failure(await client.get(f"{API}/auth/me", headers=bearer(challenge)), 401, "UNAUTHORIZED")
    failure(await refresh(client, challenge), 401, "INVALID_REFRESH_TOKEN")


# Guessing ------------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_guessing_codes_is_slow_wherever_it_comes_from(
    client: AsyncClient, phone: Phone, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.state.limiter = create_limiter(
        app.state.settings
    )  # the thief comes from a place that the account does not know
    challenge = await challenged(client, phone)
    for _ in range(10):
        failure(await answer_with(client, challenge, "aaaaaaaa"), 401, "INVALID_CODE")
    answer = await answer_with(client, challenge, phone.new_code())
    assert failure(answer, 429, "TOO_MANY_REQUESTS") == {"policy": "code"}
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.anyio
async def test_a_stranger_locks_nobody_out(client: AsyncClient, phone: Phone) -> None:
    for _ in range(12):
        failure(await answer_with(client, f"{phone.actor.id}.99999999999.x", "000000"), 401, "INVALID_CHALLENGE")
    assert (await answer_with(client, await challenged(client, phone), phone.new_code())).status_code == 200


@pytest.mark.anyio
async def test_who_has_stolen_the_password_does_not_lock_out_the_owner(
    client: AsyncClient, phone: Phone, app: FastAPI, database: Database
) -> None:
    challenge = await challenged(client, phone)
    elsewhere = challenges_from(app, database, "203.0.113.7")
    for _ in range(10):
        with pytest.raises(challenges.InvalidCode):
            await elsewhere.answer(challenge, "aaaaaaaa")
    with pytest.raises(Exception, match="Too many"):
        await elsewhere.answer(challenge, phone.code(1))
    assert (await answer_with(client, challenge, phone.new_code())).status_code == 200


def challenges_from(app: FastAPI, database: Database, address: str) -> SecondFactorService:
    """The service, asked from another address."""
    return SecondFactorService(database, app.state.settings, CodeAttempts(app.state.limiter, address))


# Changing and losing it ----------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_it_takes_password_and_code_to_disable_it(client: AsyncClient, phone: Phone) -> None:
    actor, code = phone.actor, phone.new_code()
    answer = await post(client, "disable", actor, current_password="not the password", code=code)
    failure(answer, 403, "WRONG_PASSWORD")
    answer = await post(client, "disable", actor, current_password=actor.password, code="aaaaaaaa")
    failure(answer, 403, "WRONG_CODE")
    failure(await log_in(client, actor.login, actor.password), 401, "SECOND_FACTOR_REQUIRED")
    answer = await post(client, "disable", actor, current_password=actor.password, code=code)
    assert answer.status_code == 204
    assert (await log_in(client, actor.login, actor.password)).status_code == 200
    answer = await post(client, "disable", actor, current_password=actor.password, code=code)
    failure(answer, 409, "SECOND_FACTOR_STATE")


@pytest.mark.anyio
async def test_new_recovery_codes_end_the_old_ones(client: AsyncClient, phone: Phone) -> None:
    failure(await post(client, "recovery-codes", phone.actor, code="aaaaaaaa"), 403, "WRONG_CODE")
    answer = await post(client, "recovery-codes", phone.actor, code=phone.new_code())
    assert answer.status_code == 200
    new, challenge = answer.json()["recovery_codes"], await challenged(client, phone)
    assert not set(new) & set(phone.recovery_codes)
    failure(await answer_with(client, challenge, phone.recovery_codes[0]), 401, "INVALID_CODE")
    assert (await answer_with(client, challenge, new[0])).status_code == 200


@pytest.mark.anyio
async def test_a_challenge_of_a_factor_that_is_gone_opens_nothing(client: AsyncClient, phone: Phone) -> None:
    challenge, actor = await challenged(client, phone), phone.actor
    await post(client, "disable", actor, current_password=actor.password, code=phone.new_code())
    failure(await answer_with(client, challenge, phone.new_code()), 401, "INVALID_CODE")


def test_an_operator_resets_it(migrated: Scratch, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_for(migrated.for_test(tmp_path))
    monkeypatch.setattr(manage, "get_settings", lambda: settings)

    async def prepare() -> str:
        database = Database(settings)
        actor = await Factories(database, settings).actors.make()
        async with database.unit_of_work() as db:
            await SecondFactorRepository(db).enrol(actor.id, encrypted(RFC_SECRET, settings))
        await database.close()
        return actor.login

    async def clean() -> None:
        database = Database(settings)
        await migrated.clean(database)
        await database.close()

    login = asyncio.run(prepare())
    manage.main(["reset-second-factor", login])
    with pytest.raises(SystemExit, match="no second factor"):
        manage.main(["reset-second-factor", login])
    with pytest.raises(SystemExit, match="no account"):
        manage.main(["reset-second-factor", "nobody"])
    asyncio.run(clean())


# Codes and keys ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_rfc(clock: Clock, second: int, code: str) -> None:
    clock.now = datetime.fromtimestamp(second, UTC)
    assert step_of(code, RFC_SECRET) == second // STEP
    assert step_of("000000", RFC_SECRET) is None


def test_a_new_key_encrypts_and_the_old_one_still_decrypts() -> None:
    old, new = make_key(), make_key()
    before, between = (Settings.model_validate({"second_factor_keys": keys}) for keys in (old, f"{new}, {old}"))
    secret = encrypted(RFC_SECRET, before)
    assert decrypted(secret, between) == RFC_SECRET
    assert cipher(new).decrypt(encrypted(RFC_SECRET, between).encode()).decode() == RFC_SECRET


@pytest.mark.parametrize("keys", ["", "short", f"{OF_DEVELOPMENT},", "x" * 44])
def test_what_is_no_key_is_refused_and_not_repeated(keys: str) -> None:
    with pytest.raises(ValidationError, match="keys of Fernet") as caught:
        Settings.model_validate({**SECRETS, "second_factor_keys": keys})
    assert not keys or keys not in str(caught.value)
