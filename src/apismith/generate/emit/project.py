"""Files of the project that are not Python: `.env.example` and `README.md`."""

from string import Template
from typing import Final

from apismith.contract.model import Auth, Contract
from apismith.contract.routes import has_key_set, has_second_factor, writes_mails
from apismith.generate.emit.defaults import database_url
from apismith.generate.emitters import emits
from apismith.generate.names import title
from apismith.generate.plan import wanted

ENVIRONMENT: Final = Template("""\
# Copy to `.env`. What is commented out shows the default; in production, the first three must be set.

# development, test or production
ENVIRONMENT=development
# Signs tokens and page cursors. Make one: python -c "import secrets; print(secrets.token_urlsafe(48))"
# SECRET_KEY=
# PostgreSQL (postgresql://user:password@host:5432/name) or SQLite (sqlite:///data.db)
# DATABASE_URL=$database_url

# Connections of each process, per engine: one engine reads, one writes.
# DATABASE_POOL_SIZE=5
# DATABASE_MAX_OVERFLOW=10
# Seconds to wait for a free connection, and after which one is replaced
# DATABASE_POOL_TIMEOUT=10
# DATABASE_POOL_RECYCLE=1800
# Seconds after which a statement is given up; on SQLite, waiting for a lock
# DATABASE_STATEMENT_TIMEOUT=15

$parts# ACCESS_TOKEN_MINUTES=$access_minutes
# REFRESH_TOKEN_DAYS=$refresh_days
# Seconds in which the last refresh token that was used up gives the same new one again: an answer may get lost.
# REFRESH_GRACE_SECONDS=5

# Requests of an account, or of an address where nobody is logged in; and failed attempts to log in
# RATE_LIMIT=$rate_limit
# RATE_LIMIT_LOGIN=$rate_limit_login
# Where they are counted. With more than one process: redis://:password@host:6379/0
# RATE_LIMIT_STORAGE=memory://
# Whether X-RateLimit-Limit, -Remaining and -Reset are sent besides RateLimit and RateLimit-Policy
# RATE_LIMIT_LEGACY_HEADERS=false

# Names under which the backend is reached, separated by commas; *.example.com stands for all below one
# ALLOWED_HOSTS=*
# Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses or networks, separated by commas.
# Behind a proxy that is not listed, all clients are one, and share its limits.
# TRUSTED_PROXIES=

# The server that sends mails: smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465. Without one,
# mails are written to the log in development, and in production what needs a mail answers 503.
# SMTP_URL=
# MAIL_FROM=$name <no-reply@localhost>
# The website to which links in mails lead: PUBLIC_URL/reset-password#token=… and PUBLIC_URL/verify-email#token=…
# PUBLIC_URL=http://127.0.0.1:8000
# Whether accounts may log in before they have verified their address
# UNVERIFIED_MAY_LOG_IN=true
# Origins of browsers that may call, separated by commas
# CORS_ORIGINS=$cors_origins
# MAX_BODY_BYTES=$max_body_bytes
# Seconds for a whole body to arrive
# BODY_TIMEOUT_SECONDS=30
# Whether /docs, /redoc and /openapi.json are served
# DOCS_ENABLED=true

# DEBUG, INFO, WARNING or ERROR
# LOG_LEVEL=INFO
# Requests that take longer are logged as warnings, with their statements.
# SLOW_REQUEST_SECONDS=1
""")

VERSIONS: Final = """
  Rows with a `version` are changed and deleted with `If-Match` only, so that nobody undoes what they have not seen."""

README: Final = Template("""\
# $title

A backend on FastAPI, SQLAlchemy and Pydantic. Its data and rules are described in `contract.py`.

## Run it

```
make install              # a virtual environment in .venv, or: uv sync
$configure
make seed                 # $seed
make dev                  # http://127.0.0.1:8000/docs
```

$database

## Use it

$use- Every failure is `{"error_code", "message", "details", "request_id"}`; programs go by `error_code`.
- Lists come in pages: send `next_cursor` as `cursor` to go on, or follow the header `Link`. `with_total=true` counts.
- A POST with an `Idempotency-Key`, any text that is new for each request, is done once, however often it is sent.
- What was read has an `ETag`: with `If-None-Match` it is sent again only if it is another one.$versions
- Each client may ask $rate_limit; `RateLimit` and `RateLimit-Policy` say what is left of it. Who has asked too
  often gets a 429, with `Retry-After`.$login_limit
- `/health` says that the process lives, `/health/ready` that the database answers too.

## Operate it

| command | does |
|---|---|
$commands| `alembic upgrade head` | brings the tables up to date: all or nothing, and safe to run twice at once |

All settings are environment variables, listed in `.env.example`. With `ENVIRONMENT=production` it does not start
without a `SECRET_KEY` and a `DATABASE_URL`, answers over TLS only (HSTS), and logs JSON lines.

- Requests slower than `SLOW_REQUEST_SECONDS` are logged as warnings, with the statements that took longest. In
  development, each answer says in `Server-Timing` what the database took of its time: browsers show it.
- Traces and metrics of all routes go to any OpenTelemetry collector: `pip install -e ".[telemetry]"`,
  `FASTAPI_OTEL_AUTO_CONFIGURE=true` and `OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318`.

Before strangers can reach it:

- `ALLOWED_HOSTS`: the names under which it is reached. While it is not set, any `Host` is accepted, which is logged.
- `TRUSTED_PROXIES`: the addresses of the proxies before it, such as `10.0.0.0/8`. Only they are believed who the client
  is (the last address of `X-Forwarded-For` that is not one of them), and whether it came over TLS. Uvicorn has
  a setting for this too: leave `--forwarded-allow-ips` as it is, or switch it off with `--no-proxy-headers`; it must
  never be `*`.
- `RATE_LIMIT_STORAGE`: a Redis server, where more than one process serves: each would count for itself. They do so too
  while Redis is down: requests are still answered, the log warns, and `/health/ready` names it.
- A proxy (or load balancer) with a deadline for headers, such as nginx's `client_header_timeout`, and with a limit on
  connections: a body that does not arrive in 30 seconds is answered with a 408, but until its headers are complete a
  request is the server's business, and uvicorn waits for them for as long as the connection lasts.

## Work on it

`make test` runs the tests on a temporary SQLite file, or, with `TEST_DATABASE_URL=postgresql://…`, in a database of its
own on that server. `make lint` runs ruff, mypy and bandit. `AGENTS.md` says where things are.
""")

LOGIN: Final = """\
```
curl http://127.0.0.1:8000$api/auth/token -d username=LOGIN -d password=PASSWORD
curl http://127.0.0.1:8000$api/auth/me -H "Authorization: Bearer ACCESS_TOKEN"
```

- Pages log in by `POST $api/auth/browser/token`: the refresh token stays in a cookie that no script can read, for
  `.../refresh` and `.../logout` there. Only pages of `CORS_ORIGINS`, and of the backend's own host, may ask.
- Programs come with an API key (`POST $api/auth/api-keys`, header `X-API-Key`): hashed, for reading only or for all,
  and over after some days. It manages no keys, passwords or sessions.
- Whoever changes their login or password sends the current one as `current_password`; all other sessions end with it.
- A refresh token is used up by `POST $api/auth/refresh`, which gives a new one. For a few seconds the same
  token gives the same new one again, in case the answer got lost; after that it ends the session.
"""

MAILS: Final = """\
- Who registers gets a mail to verify the address, and who has forgotten the password one to set another. Without
  `SMTP_URL`, the link is written to the log in development; in production `POST $api/auth/password/forgot` answers 503.
- The links lead to pages of your website: it takes the token from behind the `#` and sends it to
  `POST $api/auth/email/verify`, or with the new `password` to `POST $api/auth/password/reset`.
"""

KEYS: Final = """\
- Other services verify access tokens with the keys of `GET /.well-known/jwks.json`, which they keep for as long as its
  `Cache-Control` says. They check `iss` and `aud`, which are the backend's name, and `exp`; whether the session was
  ended only the backend itself knows, so tokens are short.
- Programs get tokens for other services with their API key: `POST $api/auth/service-token` with an `audience`.
- `SIGNING_KEYS`: the first key signs, all verify. To replace it, add the new key behind the old one; put it first when
  others have read the key set again; take the old one out when its last token is over.
"""

ACCOUNTS: Final = """\
| `python -m app.manage create-admin` | makes an account that may do everything; asks for what it needs |
| `python -m app.manage set-role LOGIN ROLE` | changes the role of an account |
"""

FACTORS: Final = """\
- Accounts may ask for more than their password: `POST $api/auth/second-factor` gives the secret for an app that shows
  codes (TOTP), `.../confirm` with a code of it switches it on, and answers recovery codes. From then on `/auth/token`
  answers 401 `SECOND_FACTOR_REQUIRED` with a `challenge`, to be sent with a `code` to `POST $api/auth/token/code`
  (pages: `.../browser/token/code`) within five minutes. API keys work as before.
"""

SIGNING: Final = """\
| `python -m app.manage make-signing-key` | prints a new private key for `SIGNING_KEYS`, which production needs |
"""

RESET: Final = """\
| `python -m app.manage reset-second-factor LOGIN` | lets an account log in by its password alone again |
"""


@emits(".env.example")
def environment(contract: Contract) -> str:
    """Every setting with its default."""
    auth = contract.auth or Auth(account="", login="", secret="")
    return ENVIRONMENT.substitute(
        database_url=database_url(contract),
        name=contract.name,
        parts="".join(f"{part.environment}\n" for part in wanted(contract) if part.environment),
        access_minutes=auth.access_minutes,
        refresh_days=auth.refresh_days,
        cors_origins=",".join(contract.cors.origins),
        max_body_bytes=contract.limits.body,
        rate_limit=contract.limits.default,
        rate_limit_login=contract.limits.login,
    )


@emits("README.md")
def readme(contract: Contract) -> str:
    """How to run, use and operate the backend."""
    has_server = contract.database.kind != "sqlite"
    login_limit = f" So does who has failed to log in {spoken(contract.limits.login)}."
    docker = "With Docker: `docker compose up --build`."
    docker += " In Kubernetes: see `deploy/kubernetes.yaml`." if contract.deploy.kubernetes else ""
    return README.substitute(
        title=title(contract),
        configure="cp .env.example .env      # and set DATABASE_URL there" if has_server else "cp .env.example .env",
        seed="makes the tables and " + ("a demo account, and prints how to log in" if contract.auth else "a few rows"),
        database=f"Without a database server: `DATABASE_URL=sqlite:///data.db`. {docker}" if has_server else docker,
        use=_use(contract),
        commands=_commands(contract),
        versions=VERSIONS if any(entity.versioned for entity in contract.entities) else "",
        rate_limit=spoken(contract.limits.default),
        login_limit=login_limit if contract.auth else "",
    )


def _commands(contract: Contract) -> str:
    """The management commands, as rows of a table."""
    text = ACCOUNTS if contract.auth else ""
    text += SIGNING if has_key_set(contract) else ""
    return text + (RESET if has_second_factor(contract) else "")


def spoken(rate: str) -> str:
    """A rate in words: `5/minute` → `5 times a minute`."""
    amount, period = rate.split("/")
    return f"{'once' if amount == '1' else f'{amount} times'} {'an' if period == 'hour' else 'a'} {period}"


def _use(contract: Contract) -> str:
    """What there is to know about logging in."""
    text = LOGIN if contract.auth else ""
    text += MAILS if writes_mails(contract) else ""
    text += KEYS if has_key_set(contract) else ""
    text += FACTORS if has_second_factor(contract) else ""
    return Template(text).substitute(api=f"/api/{contract.version}")
