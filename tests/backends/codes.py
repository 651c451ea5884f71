"""Accounts with a second factor, as their owners make and use it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from pyotp import TOTP

from apismith.contract.routes import Route

ROUTES = {
    "enrol_second_factor",
    "confirm_second_factor",
    "renew_recovery_codes",
    "disable_second_factor",
    "log_in_with_code",
    "log_in_browser_with_code",
}


class SecondFactor:
    """The second factor of one account, for as long as one request needs it.

    Args:
        client: of the backend.
        prefix: `/api/v1`.
        login: what the account logs in with.
        password: its password.
        headers: how it is logged in.
    """

    def __init__(self, client: httpx2.Client, prefix: str, login: str, password: str, headers: dict[str, str]) -> None:
        self._client = client
        self._path = f"{prefix}/auth/second-factor"
        self._login = login
        self._password = password
        self._headers = headers

    @contextmanager
    def body(self, route: Route) -> Iterator[dict[str, Any]]:
        """What to send to a route, so that it does what it is for; afterwards the account has no second factor."""
        password = {"current_password": self._password}
        if route.name == "enrol_second_factor":
            yield password
            return
        totp = TOTP(self._post("", password)["secret"])
        if route.name == "confirm_second_factor":
            yield {"code": totp.now()}
        else:
            code = self._post("/confirm", {"code": totp.now()})["recovery_codes"][0]
            match route.name:
                case "disable_second_factor":
                    yield password | {"code": code}
                case "renew_recovery_codes":
                    yield {"code": code}
                case _:
                    yield {"challenge": self._challenge(), "code": code}
        if self._client.get(self._path, headers=self._headers).raise_for_status().json()["enabled"]:
            next_code = totp.at(int(time.time()) + totp.interval)  # which counts already, and was not used yet
            self._post("/disable", password | {"code": next_code})

    def _challenge(self) -> str:
        form = {"username": self._login, "password": self._password}
        answer = self._client.post(self._path.replace("second-factor", "token"), data=form)
        assert answer.status_code == 401, answer.text
        challenge: str = answer.json()["details"]["challenge"]
        return challenge

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.post(self._path + path, json=body, headers=self._headers).raise_for_status()
        made: dict[str, Any] = answer.json() if answer.content else {}
        return made
