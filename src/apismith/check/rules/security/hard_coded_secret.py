"""Secrets that stand in the code, or that settings fall back to."""

import ast
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from apismith.check.analysis.calls import constant, last, sites, texts_in
from apismith.check.analysis.loop import is_aside
from apismith.check.analysis.values import is_settings, resolved, unfielded
from apismith.check.analysis.words import says, vocabulary, words
from apismith.check.app import App, shared
from apismith.check.registry import Found, rule
from apismith.findings import Confidence, Edit, Fix, Severity, Span
from apismith.source.facts import Class, Module

_SIGNING = re.compile(
    r"(^|.* )(secret|secret key|jwt key|signing key|session key|encryption key|jwt secret|cookie key|fernet key|"
    r"private key)$"
)
_ADMIN = re.compile(r".*\b(admin|superuser|superadmin|root)\b.* (password|pwd|passwd)$")
_PASSWORD = re.compile(r"(^|.* )(password|passwd|pwd|passphrase)$")
_KEY = re.compile(
    r"(^|.* )(api key|access key|auth token|access token|bot token|api token|client secret|webhook secret|apikey|"
    r"api secret|auth key|token)$"
)
_STORES = vocabulary("stores")
_TOKENS = re.compile(
    r"AKIA[0-9A-Z]{16}|sk_live_[0-9a-zA-Z]{16,}|rk_live_[0-9a-zA-Z]{16,}|gh[pousr]_[0-9A-Za-z]{36}|xox[baprs]-[0-9A-Za-z-]{20,}|"
    r"AIza[0-9A-Za-z_-]{35}|sk-ant-[0-9A-Za-z_-]{20,}|sk-proj-[0-9A-Za-z_-]{20,}|SG\.[\w-]{20,}\.[\w-]{20,}|glpat-[0-9A-Za-z_-]{20}|"
    r"-----BEGIN (?:RSA |EC |OPENSSH |)PRIVATE KEY-----\s*[A-Za-z0-9+/]{20}"
)
_NOT_A_VALUE = re.compile(
    r"^$|^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$|^(https?:)?/|^[xX]-[A-Za-z-]+$|^[<{$%*.]|[\[\]\\^|]|^(none|null|bearer|string|str)$",
    re.IGNORECASE,
)
_ENV = frozenset(
    (
        "os.getenv",
        "os.environ.get",
        "decouple.config",
        "starlette.config.Config.__call__",
        "environs.Env.str",
        "environs.Env.__call__",
    )
)


@dataclass(frozen=True, slots=True)
class _Secret:
    """A name, the text that it is given, and where."""

    name: str
    value: str
    node: ast.expr
    module: Module
    cls: Class | None = None
    from_environment: bool = False


@rule("FA406", severity="critical", minutes=15)
def hard_coded_secret(app: App) -> Iterator[Found]:
    """Secrets that everybody who reads the code knows."""
    seen: set[Span] = set()
    for found in [*_keys_of_calls(app), *_named(app), *_known_forms(app)]:
        if found.at not in seen:
            seen.add(found.at)
            yield found


def _named(app: App) -> Iterator[Found]:
    for secret in _assigned(app):
        kind = _kind(secret)
        if kind is None or _is_guarded(app, secret) or secret.module.is_test:
            continue
        severity, confidence, what = kind
        where = "the default of" if secret.cls or secret.from_environment else "the value of"
        yield Found(
            secret.module.file.span(secret.node),
            f"A {what} is {where} `{secret.name}`: whoever reads the code knows it, and a deployment that forgets to "
            f"set it "
            f"runs with it unnoticed. Make it a required setting and replace the value that was published.",
            severity=severity,
            confidence=confidence,
            fix=_fix(app, secret),
        )


def _assigned(app: App) -> Iterator[_Secret]:
    for module in app.facts.modules.values():
        for name, node in module.values.items():
            if (value := _text(node)) is not None:
                yield _Secret(name, value, node, module)
    for cls in app.facts.classes.values():
        bases = app.facts.ancestors(cls.name)
        if any(base.endswith("Enum") for base in bases):
            continue
        settings = is_settings(app, cls.name) or says(cls.node.name, ("settings", "config", "configuration", "conf"))
        for name, given in cls.values.items():
            node = unfielded(given)
            if isinstance(node, ast.Call) and last(node) == "SecretStr" and node.args:
                node = node.args[0]
            if (value := _text(node)) is not None and (settings or _SIGNING.match(" ".join(words(name)))):
                yield _Secret(name, value, node, cls.module, cls)
    for site in sites(app):
        variable = constant(site.argument(0, "key"))
        default = site.argument(1, "default")
        if site.target not in _ENV or not isinstance(variable, str) or default is None:
            continue
        if (text := _text(default)) is not None:
            yield _Secret(variable, text, default, site.module, from_environment=True)


def _text(node: ast.expr) -> str | None:
    value = constant(node)
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else None


def _kind(secret: _Secret) -> tuple[Severity, Confidence, str] | None:
    """What a text is, if it is a secret: severity, confidence and a word for it."""
    name, value = " ".join(words(secret.name)), secret.value
    if _NOT_A_VALUE.search(value) or value.lower() == secret.name.lower():
        return None
    strong = (
        len(value) >= 16
        and _entropy(value) > 3.0
        and bool(re.search(r"\d", value))
        and bool(re.search(r"[A-Za-z]", value))
    )
    if re.search(r"dummy|fake|sample|placeholder|test|minio|default", secret.name, re.I) or re.search(
        r"^test|minio|dummy", value, re.I
    ):
        return None
    if (re.search(r"example|placeholder", value, re.I) or re.search(r"\s", value)) and not _SIGNING.match(name):
        return None
    if _ADMIN.match(name):
        return "critical", "high", "password of an administrator"
    if _SIGNING.match(name) and not says(
        secret.name, ("name", "header", "cookie name", "client", "path", "file", "url", "public")
    ):
        if (
            len(value) < 4
            or re.fullmatch(r"[a-z]+[._-](?:name|path|file)", value)
            or value.startswith(("/", "arn:", "projects/"))
        ):
            return None
        likely = secret.cls is not None or secret.from_environment or strong or len(value) >= 8
        if not likely or (" ".join(words(value)) == name):
            return None
        return (
            "critical",
            "high" if strong or secret.cls or secret.from_environment or name.endswith("secret key") else "medium",
            "key that signs or encrypts",
        )
    if _PASSWORD.match(name) and len(value) >= 4:
        local = bool(says(secret.name, _STORES)) or re.fullmatch(
            r"(?i)postgres|root|password|guest|admin|secret|changeme|changethis|user", value
        )
        if secret.cls or secret.from_environment or strong:
            return "high", "low" if local or not strong else "medium", "password"
        return None
    if _KEY.match(name) and strong and not re.search(r"your|insert|change|xxx|\.\.\.|here", value, re.I):
        return "critical", "high" if _entropy(value) > 3.5 else "medium", "key of a service"
    return None


def _entropy(text: str) -> float:
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def _is_guarded(app: App, secret: _Secret) -> bool:
    """Something compares with this very value, so that it is refused where it matters."""
    return secret.value in _compared_with(app)


@shared
def _compared_with(app: App) -> set[str]:
    """The texts that the project compares something with, also by the name of a constant."""
    found: set[str] = set()
    for function in app.facts.functions.values():
        for node in function.nodes:
            if isinstance(node, ast.Compare):
                found |= set(texts_in(node))
                for name in [node.left, *node.comparators]:
                    if isinstance(name, ast.Name | ast.Attribute) and last(name).isupper():
                        value = constant(resolved(app, name, function.module, function))
                        found |= {value} if isinstance(value, str) and not isinstance(name, ast.Attribute) else set()
    return found


def _keys_of_calls(app: App) -> Iterator[Found]:
    for site in sites(app):
        if is_aside(site):
            continue
        kind = app.libraries.knows("signing-key", site.target)
        node = (
            site.argument(1, "key")
            if kind and site.target.endswith(("encode", "decode"))
            else site.keyword("secret_key")
        )
        if (
            not kind
            and last(site.node) == "add_middleware"
            and site.node.args
            and last(site.node.args[0]) != "SessionMiddleware"
        ):
            continue
        if not kind and last(site.node) not in ("add_middleware", "SessionMiddleware", "Middleware"):
            continue
        if not kind and site.keyword("secret_key") is None:
            continue
        if kind and not site.target.endswith(("encode", "decode")) and site.node.args:
            node = node or site.node.args[0]
        value = constant(node)
        if node is not None and isinstance(value, str) and len(value) >= 2 and not _is_unverified(site.node):
            yield Found(
                site.module.file.span(node),
                "A key that signs stands in the code: whoever reads it can sign what this application trusts. Make "
                "it a required "
                "setting and replace the value that was published.",
            )


def _is_unverified(call: ast.Call) -> bool:
    return any(key == "verify_signature" for each in call.keywords for key in texts_in(each.value))


def _known_forms(app: App) -> Iterator[Found]:
    for module in app.facts.modules.values():
        if module.is_test or not _TOKENS.search(module.file.text):
            continue
        for node in ast.walk(module.file.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := _TOKENS.search(node.value)):
                if re.search(r"EXAMPLE|xxxx|1234567890abc|0000000", found[0]):
                    continue
                yield Found(
                    module.file.span(node),
                    f"A credential of a service stands in the code (`{found[0][:4]}…`): whoever reads the code can "
                    f"use it. Revoke it, "
                    f"and read the new one from a required setting.",
                )


def _fix(app: App, secret: _Secret) -> Fix | None:
    if not secret.cls or not is_settings(app, secret.cls.name):
        return None
    for node in secret.cls.node.body:
        if isinstance(node, ast.AnnAssign) and node.value is not None and secret.node is node.value:
            kind = secret.module.file.span(node.annotation)
            value = secret.module.file.span(node.value)
            gap = Span(value.file, kind.end_line, kind.end_column, value.end_line, value.end_column)
            return Fix(f"Make `{secret.name}` a required setting", (Edit(gap, ""),), safe=False)
    return None
