"""Passwords that are kept or compared as they are, or hashed so that they are guessed quickly."""

import ast
from collections.abc import Iterator

from apismith.check.analysis.calls import Site, last, sites
from apismith.check.analysis.loop import is_script
from apismith.check.analysis.words import words
from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.source.facts import Function

_FAST = frozenset(f"hashlib.{name}" for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b"))
_STORED = ("user", "account", "member", "customer", "db user", "existing user", "found user", "admin", "employee")


@rule("FA409", severity="critical", minutes=30)
def weak_password_hash(app: App) -> Iterator[Found]:
    """Each fast hash of a password, and each comparison of a stored password with one that was sent."""
    for site in sites(app):
        if site.target not in _FAST or site.module.is_test or _is_hashed_again(site):
            continue
        if any(map(_is_password, _given(site))):
            yield Found(
                site.at,
                f"A password is hashed by `{last(site.node)}`: a graphics card tries thousands of millions of them "
                f"in a second. Use argon2 (`pwdlib`) or bcrypt, which are slow on purpose and salted.",
            )
    for function in app.facts.functions.values():
        if not function.module.is_test and not is_script(function):
            yield from _compared(function)


def _is_hashed_again(site: Site) -> bool:
    """Whether the same function hashes slowly, too: bcrypt takes no more than 72 bytes, a digest is shorter."""
    slow = ("bcrypt.", "argon2.", "pwdlib.", "passlib.", "hashlib.pbkdf2_hmac", "hashlib.scrypt")
    return site.function is not None and any((call.target or "").startswith(slow) for call in site.function.calls)


def _given(site: Site) -> Iterator[ast.expr]:
    """What is hashed: `password`, `password.encode()`, `(salt + password).encode()`."""
    for argument in site.node.args:
        for node in ast.walk(argument):
            if isinstance(node, ast.Name | ast.Attribute) and not isinstance(node.ctx, ast.Store):
                yield node


def _is_password(node: ast.expr) -> bool:
    said = words(last(node))
    return bool(said) and said[-1] in ("password", "passwd", "pwd", "passphrase") and "hashed" not in said


def _compared(function: Function) -> Iterator[Found]:
    for node in function.nodes:
        match node:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
                pair = (left, right)
            case _:
                continue
        if not all(isinstance(each, ast.Name | ast.Attribute) and _is_password(each) for each in pair):
            continue
        stored = [each for each in pair if isinstance(each, ast.Attribute) and _is_row(each.value)]
        if len(stored) == 1:
            yield Found(
                function.module.file.span(node),
                f"`{ast.unparse(node)}` compares a stored password with one that was sent: it is kept as it was typed, "
                f"and whoever reads the table, or a backup of it, has them all. Keep a hash (`pwdlib`), and verify.",
                confidence="high",
            )


def _is_row(node: ast.expr) -> bool:
    """Whether an object is a row, by its name; what was sent is called otherwise."""
    return " ".join(words(last(node))) in _STORED
