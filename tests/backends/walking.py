"""A walk through every route of a served backend, as everybody that its contract tells apart.

First an account of every kind is made, after the rows that accounts need; then a row of every other entity, by the
first account that may. Then each route is
called by each account, deletions last. Every answer must be documented and of the documented shape.
"""

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
from jsonschema import Draft202012Validator

from apismith.contract.access import ADMIN, ANONYMOUS, MEMBER, Who, allows, rule_text
from apismith.contract.failures import ASKS_FOR_MAIL
from apismith.contract.inputs import input_name
from apismith.contract.model import Constraints, Contract, Entity, Operation, Parameter
from apismith.contract.routes import Route, routes
from apismith.generate.emit.tests_factories import is_needed_by_account
from apismith.generate.samples import key_sample, row, value_of
from apismith.generate.view import View
from tests.backends import codes
from tests.backends.projects import Project

_PASSWORD = "correct horse battery staple 4711"
_NEEDS_MAIL = ("reset_password", "verify_email")
"""Routes for tokens that only mails have, which the generated tests read."""
_ORDER = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass
class Account:
    """Somebody who calls; `answer` is their own account, None for strangers who are not logged in."""

    who: Who
    login: str = ""
    answer: dict[str, Any] = field(default_factory=dict[str, Any])
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Made:
    """A row that was made, and who made it."""

    answer: dict[str, Any]
    owner: Account


class Walk:
    """One walk.

    Args:
        project: the backend.
        client: of its server.
        database_url: where its rows are, for its management commands.
    """

    def __init__(self, project: Project, client: httpx2.Client, database_url: str) -> None:
        self.project = project
        self.contract = project.contract
        self.client = client
        self.database_url = database_url
        self.spec = client.get("/openapi.json").raise_for_status().json()
        self.accounts = [Account(ANONYMOUS)]
        self.rows: dict[str, Made] = {}
        self.succeeded: set[str] = set()
        self.failed: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._api_key = "00000000-0000-4000-8000-000000000000"

    def run(self) -> None:
        """Walk; an `AssertionError` says what was answered that must not be."""
        entities = self.contract.entities
        if self.contract.auth is not None:
            self._make_rows([e for e in entities if is_needed_by_account(View(self.contract, e))])
            self._make_accounts()
        self._make_rows([entity for entity in entities if entity.name not in self.rows])
        expected: set[str] = set()
        for route in self._in_order():
            for account in self.accounts:
                made = self._subject(route)
                allowed = self._may(route, account, made)
                answer = self._call(route, account)
                if answer.is_success:
                    assert allowed, f"{_label(route, account, answer)}: but only {rule_text(route.rule)} may"
                    if made is not None and route.kind == "update":
                        made.answer = answer.json()
                if allowed and self._can_succeed(route, made):
                    expected.add(route.name)
        missing = sorted(expected - self.succeeded)
        assert not missing, "never succeeded:\n" + "\n".join(f"{name}: {self.failed.get(name)}" for name in missing)

    # Who and what there is

    def _make_accounts(self) -> None:
        account = View(self.contract, self.contract.by_name[_auth(self.contract).account])
        self.accounts.append(self._admin(account))
        register = next((route for route in routes(self.contract) if route.name == "register"), None)
        if register is None:
            return
        for who in (MEMBER, *(Who(role, role=role) for role in self.contract.roles), Who("owner", "member")):
            body = self._account_body(account, every=True)
            maker = next(a for a in self.accounts if allows(register.rule, a.who))
            answer = self._send(register, maker, json=body)
            assert answer.status_code == 201, _label(register, maker, answer)
            made = Account(who, str(body[_auth(self.contract).login]), answer.json())
            if who.role in self.contract.roles:
                self._manage("set-role", made.login, str(who.role))
            self._log_in(made)
            self.accounts.append(made)
        self.rows[account.cls] = Made(self.accounts[-1].answer, self.accounts[-1])

    def _admin(self, account: View) -> Account:
        body = self._account_body(account, every=False)
        options = [word for name, value in body.items() for word in (f"--{name.replace('_', '-')}", _word(value))]
        self._manage("create-admin", *options)
        admin = Account(ADMIN, str(body[_auth(self.contract).login]))
        self._log_in(admin)
        admin.answer = self.client.get(f"{self._prefix}/auth/me", headers=admin.headers).raise_for_status().json()
        self.rows[account.cls] = Made(admin.answer, admin)
        return admin

    def _account_body(self, account: View, *, every: bool) -> dict[str, Any]:
        body = row(account, next(self._numbers), every=every) | {_auth(self.contract).secret: _PASSWORD}
        return body | {
            input_name(self.contract, relation): self._key(relation.target)
            for relation in account.references
            if not relation.nullable
        }

    def _manage(self, *words: str) -> None:
        self.project.run("app.manage", *words, DATABASE_URL=self.database_url)

    def _log_in(self, account: Account) -> dict[str, Any]:
        form = {"username": account.login, "password": _PASSWORD}
        answer = self.client.post(f"{self._prefix}/auth/token", data=form)
        assert answer.status_code == 200, f"{account.who.name} cannot log in: {answer.status_code} {answer.text}"
        account.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        tokens: dict[str, Any] = answer.json()
        return tokens

    def _make_rows(self, entities: Sequence[Entity]) -> None:
        creations = {route.entity: route for route in routes(self.contract) if route.kind == "create"}
        waiting = [entity for entity in entities if entity.name in creations]
        while ready := [entity for entity in waiting if self._has_what_it_needs(entity)]:
            for entity in ready:
                self._make_row(entity, creations[entity.name])
                waiting.remove(entity)
        assert not waiting, f"no rows of {[entity.name for entity in waiting]} can be made: they need each other"

    def _has_what_it_needs(self, entity: Entity) -> bool:
        needed = [r for r in entity.relations if not (r.many or r.nullable or r.owner)]
        return all(relation.target in self.rows for relation in needed)

    def _make_row(self, entity: Entity, route: Route) -> None:
        refused: list[str] = []
        for account in reversed(self.accounts):
            if not self._may(route, account, None):
                continue
            answer = self._call(route, account)
            if answer.status_code == 201:
                self.rows[entity.name] = Made(answer.json(), account)
                return
            refused.append(_label(route, account, answer))
        assert not refused, "no row could be made:\n" + "\n".join(refused)

    # Rules

    def _may(self, route: Route, account: Account, made: Made | None) -> bool:
        """Whether the contract lets this account do it to the row in question."""
        if account.who.role is None and self.contract.auth is not None and self._needs_account(route):
            return False
        if route.kind in ("list", "set", "health") or (route.kind == "auth" and route.name != "me"):
            return allows(route.rule, Who("", account.who.role, owns=True))
        owner = self._owner(self.contract.by_name[route.entity], made) if route.entity else None
        return allows(route.rule, Who("", account.who.role, owns=owner is account))

    def _needs_account(self, route: Route) -> bool:
        entity = self.contract.by_name[route.entity] if route.entity else None
        owned = route.kind in ("create", "bulk") and entity is not None and entity.owner is not None
        return owned or (route.operation is not None and route.operation.uses_me)

    def _owner(self, entity: Entity, made: Made | None) -> Account | None:
        """Who owns a row: who made it or, where it has no owner of its own, who made the row above it."""
        if entity.owner is None and not entity.is_account and entity.parent is not None:
            return self._owner(self.contract.by_name[entity.parent.target], self.rows.get(entity.parent.target))
        return made.owner if made and (entity.owner or entity.is_account) else None

    def _subject(self, route: Route) -> Made | None:
        """The row that the route is about."""
        about_row = route.kind in ("read", "update", "delete", "set", "link", "unlink", "action")
        return self.rows.get(route.entity) if about_row and route.entity else None

    def _can_succeed(self, route: Route, made: Made | None) -> bool:
        if route.name in _NEEDS_MAIL:
            return False
        if route.operation is not None and (route.operation.body is None or self._lacks_rows(route.operation)):
            return False
        if route.kind in ("read", "update", "delete", "set", "link", "unlink", "action"):
            return made is not None
        return True

    def _lacks_rows(self, operation: Operation) -> bool:
        return any(p.entity is not None and p.entity not in self.rows for p in operation.parameters)

    # Requests

    def _in_order(self) -> Iterator[Route]:
        found = routes(self.contract)
        made = list(self.rows)
        deletions = [route for route in found if route.kind == "delete"]
        deletions.sort(key=lambda route: made.index(route.entity) if route.entity in made else -1, reverse=True)
        partings = [route for route in found if route.name in ("log_out", "log_out_everywhere")]
        others = [route for route in found if route not in deletions and route not in partings]
        yield from sorted(others, key=lambda route: _ORDER.index(route.method))
        yield from partings
        yield from deletions

    def _call(self, route: Route, account: Account) -> httpx2.Response:
        known = self.accounts[-1] if account.who.role is None else account
        if route.name == "log_in":
            return self._send(route, account, data={"username": known.login, "password": _PASSWORD})
        if route.name == "refresh":
            return self._send(route, account, json={"refresh_token": self._log_in(known)["refresh_token"]})
        if route.name == "service_token":
            return self._send(route, self._program(account), json={"audience": "billing"})
        if route.name in codes.ROUTES:
            return self._with_code(route, account, known)
        if route.name.endswith("_browser"):
            return self._browse(route, account, known)
        if route.name == "create_api_key":
            return self._send(route, account, json={"name": "walk"})
        if route.name == "revoke_api_key":
            made = self.client.post(f"{self._prefix}/auth/api-keys", json={"name": "walk"}, headers=account.headers)
            self._api_key = made.json().get("id", self._api_key)
        if route.name in ASKS_FOR_MAIL:
            return self._send(route, account, json={"email": known.login})
        if route.name in _NEEDS_MAIL:
            body = {"token": "not-from-a-mail"} | ({"password": _PASSWORD} if route.name == "reset_password" else {})
            return self._send(route, account, json=body)
        if route.name in ("log_out", "log_out_everywhere") and account.who.role is not None:
            answer = self._send(route, account)
            self._log_in(account)
            return answer
        documented = self._documented(route)
        body = self._body(route) if "requestBody" in documented else None
        sent = self._parameters(route, documented, "query")
        return self._send(route, account, params=_texts(sent), json=body)

    def _program(self, account: Account) -> Account:
        """A program of an account, with a key of its own; strangers have none."""
        if account.who.role is None:
            return account
        made = self.client.post(f"{self._prefix}/auth/api-keys", json={"name": "walk"}, headers=account.headers)
        return Account(account.who, headers={"X-API-Key": made.raise_for_status().json()["key"]})

    def _with_code(self, route: Route, account: Account, known: Account) -> httpx2.Response:
        """The request of somebody with a second factor."""
        page = {"Origin": str(self.client.base_url).rstrip("/")}
        visitor = Account(account.who, headers=account.headers | page)
        factor = codes.SecondFactor(self.client, self._prefix, known.login, _PASSWORD, known.headers)
        with factor.body(route) as body:
            answer = self._send(route, visitor, json=body)
        self.client.cookies.clear()
        return answer

    def _browse(self, route: Route, account: Account, known: Account) -> httpx2.Response:
        """The request as a page of the backend's own sends it; each time it logs in before."""
        form = {"username": known.login, "password": _PASSWORD}
        page = {"Origin": str(self.client.base_url).rstrip("/")}
        data = form if route.name == "log_in_browser" else None
        if data is None:
            self.client.post(f"{self._prefix}/auth/browser/token", data=form, headers=page).raise_for_status()
        visitor = Account(account.who, headers=account.headers | page)
        answer = self._send(route, visitor, data=data)
        self.client.cookies.clear()
        return answer

    def _send(self, route: Route, account: Account, **arguments: Any) -> httpx2.Response:
        keys = iter(self._keys(route))
        path = re.sub(r"{\w+}", lambda _: str(next(keys)), route.path)
        headers = dict(account.headers)
        if any(p["in"] == "header" and p["name"].lower() == "if-match" for p in self._documented(route)["parameters"]):
            headers["If-Match"] = self.client.get(path, headers=headers).headers.get("ETag", "*")
        arguments = {name: value for name, value in arguments.items() if value is not None}
        answer = self.client.request(route.method, path, headers=headers, **arguments)
        self._check(route, account, answer)
        held = route.kind == "delete" and answer.status_code == 409  # other rows refer to it
        if answer.is_success or held:
            self.succeeded.add(route.name)
        elif answer.status_code not in (401, 403):
            self.failed[route.name] = _label(route, account, answer)
        return answer

    def _keys(self, route: Route) -> list[Any]:
        """What stands for the parameters of the path, in order."""
        if route.name == "revoke_api_key":
            return [self._api_key]
        entity = self.contract.by_name[route.entity] if route.entity else None
        operation = route.operation
        if operation is not None:
            names = re.findall(r"{(\w+)}", route.path)
            placed = {p.name: self._value(p) for p in operation.parameters if p.place == "path"}
            return [placed[name] if name in placed else self._key(operation.entity, name) for name in names]
        if entity is None or "{" not in route.path:
            return []
        if route.kind in ("list", "create", "bulk"):
            assert entity.parent is not None
            return [self._key(entity.parent.target)]
        relation = entity.relation(route.relation) if route.relation else None
        return [self._key(entity.name), *([self._key(relation.target)] if relation else [])]

    def _key(self, name: str | None, key: str | None = None) -> Any:
        """A key of the row that was made; of one that does not exist where none could be."""
        assert name is not None
        entity = self.contract.by_name[name]
        made = self.rows.get(name)
        return made.answer[key or entity.key] if made else key_sample(View(self.contract, entity))

    def _body(self, route: Route) -> dict[str, Any]:
        if route.operation is not None:
            return self._parameters(route, self._documented(route), "body")
        assert route.entity is not None
        view = View(self.contract, self.contract.by_name[route.entity])
        if view.is_account and route.kind == "create":
            return self._account_body(view, every=True)
        body = row(view, next(self._numbers))
        if view.is_account:
            return {name: value for name, value in body.items() if name != _auth(self.contract).login}
        if route.kind == "update" and any(relation.target == view.cls for relation in view.entity.relations):
            body.pop(view.key, None)  # the row refers to itself by the key that it has
        for relation in view.references:
            if relation.target in self.rows:
                body[input_name(self.contract, relation)] = self._key(relation.target)
        for relation in view.written_sets:
            known = relation.target in self.rows
            body[input_name(self.contract, relation)] = [self._key(relation.target)] if known else []
        return {"items": [body]} if route.kind == "bulk" else body

    def _parameters(self, route: Route, documented: dict[str, Any], place: str) -> dict[str, Any]:
        """Values of an operation's parameters, by the names under which the documentation knows them."""
        operation = route.operation
        if operation is None:
            return {}
        if place == "query":
            names = [parameter["name"] for parameter in documented["parameters"]]
        else:
            content = documented["requestBody"]["content"]["application/json"]["schema"]
            names = list(self._resolved(content).get("properties", {}))
        sent = [p for p in operation.parameters if p.place == place]
        return {self._sent_name(p, names): self._value(p) for p in sent}

    def _sent_name(self, parameter: Parameter, names: list[str]) -> str:
        keyed = f"{parameter.name}_{self.contract.by_name[parameter.entity].key}" if parameter.entity else ""
        found = next((name for name in names if name in (parameter.name, keyed)), None)
        assert found is not None, f"the parameter {parameter.name} is not among the documented {names}"
        return found

    def _value(self, parameter: Parameter) -> Any:
        if parameter.entity is not None:
            return self._key(parameter.entity)
        assert parameter.type is not None
        limits = parameter.constraints if parameter.constraints else Constraints()
        return value_of(self.contract, parameter.type, limits, next(self._numbers), parameter.name)

    # Answers

    def _check(self, route: Route, account: Account, answer: httpx2.Response) -> None:
        label = _label(route, account, answer)
        documented = self._documented(route)["responses"]
        status = answer.status_code
        assert status != 500, f"{label}: an internal error"
        assert str(status) in documented, f"{label}: only {sorted(documented)} are documented"
        if status == 204:
            assert not answer.content, f"{label}: 204 has no body"
            return
        body = answer.json()
        if status >= 400:
            assert {"error_code", "message", "details"} <= body.keys(), f"{label}: not the structure of errors"
        content = documented[str(status)].get("content", {}).get("application/json", {})
        schema = content.get("schema", {}) | {"components": self.spec["components"]}
        wrong = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(body)]
        assert not wrong, f"{label}: not as documented: {wrong}"

    def _documented(self, route: Route) -> dict[str, Any]:
        path = self.spec["paths"].get(route.path, {})
        assert route.method.lower() in path, f"{route.method} {route.path} is not documented"
        return {"parameters": [], **path[route.method.lower()]}

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        name = schema.get("$ref", "").rpartition("/")[2]
        found: dict[str, Any] = self.spec["components"]["schemas"][name] if name else schema
        return found

    @property
    def _prefix(self) -> str:
        return f"/api/{self.contract.version}"


def _auth(contract: Contract) -> Any:
    assert contract.auth is not None
    return contract.auth


def _word(value: Any) -> str:
    """A value as a word of the shell."""
    return value if isinstance(value, str) else json.dumps(value)


def _texts(sent: dict[str, Any]) -> dict[str, Any] | None:
    """Values of a query string."""
    found = {name: str(value).lower() if isinstance(value, bool) else value for name, value in sent.items()}
    return {name: value for name, value in found.items() if value is not None} or None


def _label(route: Route, account: Account, answer: httpx2.Response) -> str:
    request = answer.request
    body = request.content.decode(errors="replace")[:600]
    return f"{account.who.name}: {request.method} {request.url} {body} -> {answer.status_code} {answer.text[:600]}"
