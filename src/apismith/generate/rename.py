"""The account's names, put into the files that speak of it.

Only names of Python code are touched (by the tokenizer), never strings or comments.
"""

import io
import tokenize
from typing import Final

from apismith.contract.model import Contract
from apismith.generate.view import View

ACCOUNT: Final = "User"
LOGIN: Final = "email"


def account_names(contract: Contract) -> dict[str, str]:
    """What each name of the reference app's account is called in this contract; empty where nothing differs."""
    if contract.auth is None or contract.account is None:
        return {}
    view = View(contract, contract.account)
    names = {
        "users": view.module,
        "user": view.one,
        LOGIN: contract.auth.login,
        **{f"{ACCOUNT}{suffix}": f"{view.cls}{suffix}" for suffix in ("", "Create", "Read", "Service", "Repository")},
    }
    return {old: new for old, new in names.items() if old != new}


def renamed(source: str, names: dict[str, str]) -> str:
    """The module with these names replaced wherever they stand as names."""
    if not names:
        return source
    lines = source.splitlines(keepends=True)
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.NAME and token.string in names
    ]
    for token in reversed(tokens):
        row, start, end = token.start[0] - 1, token.start[1], token.end[1]
        lines[row] = lines[row][:start] + names[token.string] + lines[row][end:]
    return "".join(lines)
