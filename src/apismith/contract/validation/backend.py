"""Choices: limits, origins, lives of tokens, deprecations."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from apismith.contract.errors import InvalidDate, InvalidLimit, InvalidNumber, InvalidOrigin, NoServer
from apismith.contract.model import Contract, Deprecated
from apismith.contract.places import Key, Places
from apismith.contract.validation.operations import operations
from apismith.errors import ApismithError, did_you_mean

PERIODS: Final = ("second", "minute", "hour", "day")
_SMALLEST_BODY: Final = 1000


def check(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """The choices make sense."""
    yield from _limits(contract, places)
    yield from _origins(contract, places)
    if contract.auth is not None:
        for word in ("access_minutes", "refresh_days"):
            number: int = getattr(contract.auth, word)
            if number < 1:
                message = f"'{word}' is {number}, so tokens would be dead when they are given."
                yield InvalidNumber(message, at=places.at("auth", word), hint="Use 1 or more.")
    if contract.deploy.kubernetes and contract.database.kind == "sqlite":
        message = "Kubernetes runs several processes, now here, now there; a SQLite file belongs to one place."
        yield NoServer(message, at=places.at("deploy", "kubernetes"), hint="Use `database=Postgres()`.")
    yield from _deprecated(contract.deprecated, places, ("deprecated",))
    for entity in contract.entities:
        yield from _deprecated(entity.deprecated, places, ("entities", entity.name, "deprecated"))
    for key, operation in operations(contract):
        yield from _deprecated(operation.deprecated, places, (*key, "deprecated"))


def _limits(contract: Contract, places: Places) -> Iterator[ApismithError]:
    for word, text in (("default", contract.limits.default), ("login", contract.limits.login)):
        match = re.fullmatch(r"([1-9]\d*)/(\w+)", text)
        if match is None or match[2] not in PERIODS:
            near = did_you_mean(match[2], PERIODS) if match else None
            hint = near if near and near.startswith("Did") else "Write '120/minute'; per second, minute, hour or day."
            message = f"'{text}' is no rate, so requests could not be limited."
            yield InvalidLimit(message, at=places.at("limits", word), hint=hint)
    if contract.limits.body < _SMALLEST_BODY:
        message = f"Bodies of at most {contract.limits.body} bytes are too small for any request."
        yield InvalidLimit(message, at=places.at("limits", "body"), hint='Write "1MB", "500KB" or a number of bytes.')


def _origins(contract: Contract, places: Places) -> Iterator[ApismithError]:
    for number, origin in enumerate(contract.cors.origins):
        at = places.at("cors", "origins", number)
        if origin == "*":
            message = "'*' lets the pages of everybody call with their visitors' accounts."
            yield InvalidOrigin(message, at=at, hint='Name the pages: "https://shop.example".')
        elif _origin(origin) is None:
            message = f"'{origin}' is no origin, so no browser would match it."
            yield InvalidOrigin(message, at=at, hint="An origin is 'https://host' or 'https://host:port'.")
        elif _origin(origin) != origin:
            message = f"'{origin}' is more than an origin, so no browser would match it."
            yield InvalidOrigin(message, at=at, hint=f"Did you mean '{_origin(origin)}'?")


def _origin(text: str) -> str | None:
    """The origin of an address: scheme, host and port."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or not re.fullmatch(r"[\w.\-:]+", parts.hostname):
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


def _deprecated(said: Deprecated | None, places: Places, key: Key) -> Iterator[ApismithError]:
    if said is None:
        return
    days: dict[str, date] = {}
    for word, text in (("since", said.since), ("sunset", said.sunset)):
        try:
            if text is not None:
                days[word] = date.fromisoformat(text)
        except ValueError:
            message = f"'{text}' is no day, so clients could not be told."
            yield InvalidDate(message, at=places.at(*key, word), hint="Write date(2027, 1, 31).")
    if "since" in days and "sunset" in days and days["sunset"] < days["since"]:
        message = f"It would be gone ({said.sunset}) before it is discouraged ({said.since})."
        yield InvalidDate(message, at=places.at(*key, "sunset"), hint="Swap them.")
    if said.link is not None and _origin(said.link) is None:
        message = f"'{said.link}' is no address, so nobody could read there what to use instead."
        yield InvalidDate(message, at=places.at(*key, "link"), hint="Write 'https://…'.")
