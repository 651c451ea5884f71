"""Tests of accounts: how they log in only changes with the current password, which ends other sessions."""

from apismith.contract.access import Who, allows
from apismith.generate.code import literal
from apismith.generate.emit.tests_writer import Caller, Writer
from apismith.generate.fields import CURRENT_PASSWORD


class AccountTests:
    """Writes the tests of changing logins and passwords.

    Args:
        writer: collects them.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.view = writer.view

    def write(self) -> None:
        """All of them; none where accounts cannot change how they log in."""
        if not self.view.credentials:
            return
        role = next((role for role in self._roles() if self._may(role, owns=True)), None)
        if role is not None:
            self._own(role)
            self._sessions(role)
            self._key(role)
        if self._may("admin", owns=False):
            self._admin()
        self._others([role for role in self._roles() if role != "admin"])

    def _roles(self) -> tuple[str, ...]:
        return ("member", "admin", *self.view.contract.roles)

    def _may(self, role: str, *, owns: bool) -> bool:
        return allows(self.view.entity.access.update, Who("", role, owns))

    def _logins(self, name: str) -> str:
        return self.writer.module.use("tests.logins", name)

    def _new(self, field: str) -> str:
        return f'{{"{field}": samples.{self.view.one}(2)["{field}"]}}'

    def _me(self, role: str, name: str = "me") -> str:
        return f"{name} = await actors.make({'' if role == 'member' else literal(role)})"

    def _sent(self, role: str = "admin") -> str:
        return self.writer.changing(Caller(role))

    def _own(self, role: str) -> None:
        """The login and the secret, each without the current password, with a wrong one, with the right one."""
        writer, (login, secret) = self.writer, self.view.credentials
        log_in = self._logins("log_in")
        for field in (login, secret):
            after = f'body["{login}"], me.password' if field == login else f'me.login, body["{secret}"]'
            lines = [
                self._me(role),
                f"{writer.row} = await make.{self.view.one}(me)",
                f"url = {writer.item()}",
                f"body = {self._new(field)}",
                f'for sent in (body, body | {{"{CURRENT_PASSWORD}": "not the password"}}):',
                f"    answer = await client.patch(url, json=sent{self._sent(role)})",
                f'    {writer.support("failure")}(answer, 403, "WRONG_PASSWORD")',
                f'sent = body | {{"{CURRENT_PASSWORD}": me.password}}',
                f"answer = await client.patch(url, json=sent{self._sent(role)})",
                "assert answer.status_code == 200, answer.text",
                f'failure(await {log_in}(client, me.login, me.password), 401, "INVALID_CREDENTIALS")',
                f"assert (await {log_in}(client, {after})).status_code == 200",
            ]
            writer.test(f"{field}_only_changes_with_the_current_password", lines)

    def _sessions(self, role: str) -> None:
        writer, secret = self.writer, self.view.credentials[1]
        failure, get = writer.support("failure"), 'await client.get(f"{API}/auth/me", headers='
        lines = [
            self._me(role),
            f"{writer.row} = await make.{self.view.one}(me)",
            f"there = await {self._logins('tokens')}(client, me)",
            f'body = {self._new(secret)} | {{"{CURRENT_PASSWORD}": me.password}}',
            f"answer = await client.patch({writer.item()}, json=body{self._sent(role)})",
            "assert answer.status_code == 200, answer.text",
            f'{failure}({get}{self._logins("bearer")}(there["access_token"])), 401, "UNAUTHORIZED")',
            f'{failure}(await {self._logins("refresh")}(client, there["refresh_token"]), 401, "INVALID_REFRESH_TOKEN")',
            f"assert ({get}me.headers)).status_code == 200",
        ]
        writer.test(f"a_new_{secret}_ends_all_other_sessions", lines)

    def _key(self, role: str) -> None:
        """Programs do not change how their account logs in."""
        writer, (login, secret) = self.writer, self.view.credentials
        any_version = f" | {writer.support('ANY_VERSION')}" if self.view.entity.versioned else ""
        lines = [
            self._me(role),
            f"{writer.row} = await make.{self.view.one}(me)",
            'program = {"name": "program", "scopes": ["write"]}',
            'made = await client.post(f"{API}/auth/api-keys", json=program, headers=me.headers)',
            'key = {"X-API-Key": made.json()["key"]}',
            f'for field in ("{login}", "{secret}"):',
            f'    body = {{field: samples.{self.view.one}(2)[field], "{CURRENT_PASSWORD}": me.password}}',
            f"    answer = await client.patch({writer.item()}, json=body, headers=key{any_version})",
            f'    {writer.support("failure")}(answer, 403, "FORBIDDEN")',
        ]
        writer.test(f"an_api_key_does_not_change_the_{secret}", lines)

    def _admin(self) -> None:
        writer, secret = self.writer, self.view.credentials[1]
        failure = writer.support("failure")
        lines = [
            self._me("admin"),
            self._me("member", "other"),
            f"{writer.row} = await make.{self.view.one}(other)",
            f"body = {self._new(secret)}",
            f"answer = await client.patch({writer.item()}, json=body{self._sent()})",
            "assert answer.status_code == 200, answer.text",
            f'{failure}(await client.get(f"{{API}}/auth/me", headers=other.headers), 401, "UNAUTHORIZED")',
            f'assert (await {self._logins("log_in")}(client, other.login, body["{secret}"])).status_code == 200',
        ]
        writer.test(f"an_admin_sets_a_new_{secret}_for_somebody_else", lines)

    def _others(self, roles: list[str]) -> None:
        """Whoever else may change accounts does not take them over."""
        writer, (login, secret) = self.writer, self.view.credentials
        lines = [
            "me = await actors.make(who)",
            self._me("member", "other"),
            f"{writer.row} = await make.{self.view.one}(other)",
            f'for field in ("{login}", "{secret}"):',
            f'    body = {{field: samples.{self.view.one}(2)[field], "{CURRENT_PASSWORD}": me.password}}',
            f"    answer = await client.patch({writer.item()}, json=body{self._sent()})",
            f'    {writer.support("failure")}(answer, 403, "FORBIDDEN")',
            f"assert (await {self._logins('log_in')}(client, other.login, other.password)).status_code == 200",
        ]
        writer.test("nobody_takes_over_an_account", lines, cases=(("who",), literal(roles)))
