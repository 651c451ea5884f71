"""What the servers are asked, and whether they answer alike."""

import json
import urllib.request
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.backends.database import MEMOS, TEXT
from benchmarks.backends.load import Request
from benchmarks.backends.serving import Server

NEW = json.dumps({"title": "Hello", "body": TEXT, "author_id": 7, "status": "draft"})
PAGE = 20
SERVERS_OWN = ("id", "created_at", "updated_at")


def requests(server: Server, *, posts: int, depth: int, token: str) -> dict[str, Request]:
    """The requests that every server understands, by their names in tables."""
    prefix, bearer = server.prefix, {"Authorization": f"Bearer {token}"}
    return {
        "one": Request(f"{prefix}/posts/{{id}}", ids=posts),
        "page": Request(f"{prefix}/posts?limit={PAGE}"),
        "deep": Request(f"{prefix}/posts?limit={PAGE}&{below(server, depth)}"),
        "secure": Request(f"{prefix}/memos/{{id}}", ids=min(MEMOS, posts), headers=bearer),
        "create": Request(f"{prefix}/posts", "POST", headers={"Content-Type": "application/json"}, body=NEW),
    }


def below(server: Server, depth: int) -> str:
    """What to send for the page so many rows down."""
    if server.name == "template":
        return urlencode({"offset": depth})
    cursor, step = "", 100
    for _ in range(depth // step):
        cursor = get(server, f"{server.prefix}/posts?limit={step}" + (f"&cursor={quote(cursor)}" if cursor else ""))[
            "next_cursor"
        ]
    return urlencode({"cursor": cursor})


def essence(server: Server, name: str, request: Request) -> Any:
    """What must be the same in the answers of all servers."""
    answer = get(server, request.path.replace("{id}", "3"), request)
    if name in ("page", "deep"):
        return answer["data" if server.name == "template" else "items"]
    if name == "create":
        return {key: value for key, value in answer.items() if key not in SERVERS_OWN}
    return answer


def get(server: Server, path: str, request: Request | None = None) -> Any:
    """The JSON of one answer."""
    asked = urllib.request.Request(server.address + path)
    if request is not None:
        asked.method, asked.data = request.method, request.body.encode() if request.body else None
        for header, value in request.headers.items():
            asked.add_header(header, value)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.load(answer)


def log_in(server: Server, password: str) -> str:
    """An access token of a new account on the generated backend."""
    account = json.dumps({"email": "one@example.com", "username": "one", "password": password})
    headers = {"Content-Type": "application/json"}
    get(server, f"{server.prefix}/auth/register", Request("", "POST", headers=headers, body=account))
    form = urlencode({"grant_type": "password", "username": "one", "password": password})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = get(server, f"{server.prefix}/auth/token", Request("", "POST", headers=headers, body=form))
    token: str = answer["access_token"]
    return token
