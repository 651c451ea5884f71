"""The backend's own names, and what of the reference app's names stands for them in copied files.

In Python, only names of the account are replaced, and only where the tokenizer finds names: never in strings or
comments. In project files (`pyproject.toml`, `README.md` …) it is the backend's name and title, as whole words.
"""

import builtins
import io
import re
import tokenize
from collections.abc import Collection
from typing import Final

from apismith.contract import naming
from apismith.contract.model import Contract
from apismith.generate.view import View

ACCOUNT: Final = "User"
ACCOUNTS: Final = "AccountRepository"
"""A class of the reference app that would clash with the repository of an entity called Account."""

LOGIN: Final = "email"
SECRET: Final = "UserPassword"
SUFFIXES: Final = ("", "Create", "Read", "Update", "Query", "Ref", "Service", "Repository")
PROJECT: Final = "conduit"


def title(contract: Contract) -> str:
    """The backend's name as a title: `my-shop` → `My shop`."""
    words = naming.snake(contract.name).replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def database_name(contract: Contract) -> str:
    """Name of the backend's database: `my-shop` → `my_shop`."""
    return re.sub(r"\W+", "_", naming.snake(contract.name))


def secret_class(view: View) -> str:
    """The type of an account's secret in the schemas: `UserPassword`."""
    secret = view.contract.auth.secret if view.contract.auth else "secret"
    what = "".join(part.capitalize() for part in secret.split("_"))
    return f"{view.cls}{what}Value" if what in SUFFIXES else f"{view.cls}{what}"


def account_names(contract: Contract) -> dict[str, str]:
    """What each name of the reference app's account is called in this contract; empty where nothing differs."""
    if contract.auth is None or contract.account is None:
        return {}
    view = View(contract, contract.account)
    names = {
        "users": view.module,
        "user": view.one,
        "user_body": f"{view.one}_body",
        LOGIN: contract.auth.login,
        SECRET: secret_class(view),
        **{f"{ACCOUNT}{suffix}": f"{view.cls}{suffix}" for suffix in SUFFIXES},
    }
    if view.cls == "Account":
        names[ACCOUNTS] = "LoginRepository"
    return {old: new for old, new in names.items() if old != new}


def with_account(source: str, names: dict[str, str]) -> str:
    """A Python module with these names replaced wherever they stand as names.

    A class whose new name the module has for something else is imported under another one.
    """
    if not names:
        return source
    tokens = _names(source)
    taken = {token.string for token in tokens if token.string not in names} | set(dir(builtins))
    classes = {name for suffix in SUFFIXES if (name := f"{ACCOUNT}{suffix}") in names}
    lines = source.splitlines(keepends=True)
    for token in reversed([token for token in tokens if token.string in names]):
        row, start, end = token.start[0] - 1, token.start[1], token.end[1]
        new = names[token.string]
        if token.string in classes and new in taken:
            alias = _free(new, taken)
            new = f"{new} as {alias}" if _is_imported(token) else alias
        lines[row] = lines[row][:start] + new + lines[row][end:]
    return "".join(lines)


def _free(name: str, taken: Collection[str]) -> str:
    """A name for the account's class beside another class of its own name: `AccountSession`."""
    name = f"Account{name}"
    while name in taken:
        name += "_"
    return name


def _is_imported(token: tokenize.TokenInfo) -> bool:
    return bool(re.match(r"from \S+ import ", token.line)) or token.line.strip() == f"{token.string},"


def speaks_of_account(source: str) -> bool:
    """Whether a Python module of the reference app names the account: its class, its schemas, its modules."""
    words = {"users", "user_body", ACCOUNTS, SECRET, *(f"{ACCOUNT}{suffix}" for suffix in SUFFIXES)}
    return any(token.string in words for token in _names(source))


def _names(source: str) -> list[tokenize.TokenInfo]:
    """The names of a module, but for those inside of f-strings, which older tokenizers do not see."""
    found: list[tokenize.TokenInfo] = []
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = tokenize.tok_name[token.type]
        depth += (kind == "FSTRING_START") - (kind == "FSTRING_END")
        if token.type == tokenize.NAME and depth == 0:
            found.append(token)
    return found


def without(text: str, distributions: Collection[str]) -> str:
    """A `pyproject.toml` that does not list these dependencies."""
    names = "|".join(map(re.escape, sorted(distributions)))
    return re.sub(rf'^ *"(?:{names})\b(?!-).*\n', "", text, flags=re.MULTILINE) if names else text


def with_requirements(text: str, requirements: Collection[str]) -> str:
    """A `pyproject.toml` that lists these dependencies too."""
    listed = re.search(r"^dependencies = \[\n(.*?)^\]\n", text, flags=re.MULTILINE | re.DOTALL)
    assert listed is not None, "the reference app has dependencies"
    lines = [*listed[1].splitlines(keepends=True), *(f'    "{requirement}",\n' for requirement in requirements)]
    return text[: listed.start(1)] + "".join(sorted(lines, key=_distribution)) + text[listed.end(1) :]


def _distribution(line: str) -> str:
    return re.sub(r"[^a-z0-9-].*", "", line.strip(' "\n'))


def with_settings(source: str, settings: Collection[tuple[str, str]]) -> str:
    """The module of the settings, with those of parts among the bases of its class.

    Args:
        source: it.
        settings: module and class of each.
    """
    if not settings:
        return source
    imports = "".join(f"from {module} import {name}\n" for module, name in settings)
    bases = ", ".join(name for _, name in settings)
    source = source.replace("\nfrom app import defaults\n", f"\nfrom app import defaults\n{imports}", 1)
    return source.replace("class Settings(BaseSettings):", f"class Settings({bases}):", 1)


def with_project(text: str, contract: Contract) -> str:
    """A project file with the backend's names in place of the reference app's."""
    names = {
        f"/{PROJECT}": f"/{database_name(contract)}",
        PROJECT: contract.name,
        PROJECT.capitalize(): title(contract),
    }
    return re.sub(rf"/?\b{PROJECT}\b|\b{PROJECT.capitalize()}\b", lambda match: names[match[0]], text)
