"""`render` is a pure function of the contract, and every file has one origin."""

import ast
import hashlib
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from apismith import generate
from apismith.contract.model import Cache, Contract, Database, Handler, Tasks
from apismith.generate.emitters import all_emitters
from apismith.generate.plan import claims
from apismith.generate.support import NameOfEveryBackend, NotSupportedYet
from tests.generate.contracts import ANYONE, LOGIN, USER, blog, contract, entity, field, to_one

DIGEST = """
import hashlib, sys
from apismith import generate
from apismith.contract.model import Contract
files = generate.render(Contract.model_validate_json(sys.stdin.read()))
print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())
"""


def test_the_same_contract_gives_the_same_bytes() -> None:
    first, second = generate.render(blog()), generate.render(blog())
    assert first == second
    assert list(first) == sorted(first)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_so_it_does_in_another_process(seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DIGEST],
        input=blog().model_dump_json(),
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    here = hashlib.sha256(repr(sorted(generate.render(blog()).items())).encode()).hexdigest()
    assert done.stdout.strip() == here


def test_one_more_entity_changes_its_own_files_and_the_registries_only() -> None:
    before = blog()
    after = before.model_copy(update={"entities": (*before.entities, entity("Coupon", field("code", max_length=10)))})
    old, new = generate.render(before), generate.render(Contract.model_validate(after.model_dump()))
    changed = {path for path in new if old.get(path) != new[path]}
    own = {path for path in changed if "coupon" in path}
    assert "app/models/coupons.py" in own
    assert changed - own <= {emitter.pattern for emitter in all_emitters() if emitter.each is None}
    assert set(old) <= set(new)


def test_each_emitted_file_has_one_emitter() -> None:
    paths = [path for path, _ in claims()]
    assert len(paths) == len(set(paths))


def test_the_origin_of_an_emitted_file_is_its_emitter() -> None:
    assert generate.origin("app/models/articles.py") == "apismith/generate/emit/models.py: model"


def test_the_origin_of_a_copied_file_is_the_file() -> None:
    assert "reference/sql/app/config.py" in generate.origin("app/config.py")


# What a choice switches off ------------------------------------------------------------------------------------------


def test_without_accounts_there_is_no_logging_in() -> None:
    files = generate.render(contract(entity("Note", field("text"))))
    assert "app/models/notes.py" in files
    assert not [path for path in files if "auth" in path or "refresh_token" in path]
    assert b"oauth2" not in files["app/dependencies.py"].lower()


SIGNED = blog().model_copy(update={"auth": LOGIN.model_copy(update={"algorithm": "ES256", "second_factor": True})})
EACH = {"accounts": blog(), "no accounts": contract(entity("Note", field("text"))), "keys": SIGNED}


@pytest.mark.parametrize("source", EACH.values(), ids=EACH)
def test_what_is_imported_is_a_dependency_and_nothing_else_is(source: Contract) -> None:
    files = generate.render(source)
    imported = {
        name
        for path, text in files.items()
        if path.startswith(("app/", "migrations/")) and path.endswith(".py")
        for node in ast.walk(ast.parse(text))
        for name in imports(node)
    }
    declared = {
        canonicalize_name(Requirement(text).name)
        for text in tomllib.loads(files["pyproject.toml"].decode())["project"]["dependencies"]
    }
    distributions = packages_distributions()
    used = {canonicalize_name(distributions[name][0]) for name in imported - set(sys.stdlib_module_names) - {"app"}}
    assert used <= declared | {"anyio", "pydantic-core", "starlette"}, "FastAPI and Pydantic bring these"
    at_run_time = {"aiosqlite", "asyncpg", "uvicorn"} | ({"python-multipart"} if source.auth else set())
    assert declared - used == at_run_time


@pytest.mark.parametrize("source", EACH.values(), ids=EACH)
def test_what_is_locked_is_what_is_needed(source: Contract) -> None:
    files = generate.render(source)
    locked = re.findall(r"^([a-z0-9.-]+)==", files["requirements.lock"].decode(), flags=re.MULTILINE)
    declared = tomllib.loads(files["pyproject.toml"].decode())["project"]["dependencies"]
    assert {canonicalize_name(Requirement(text).name) for text in declared} <= set(locked)
    assert ("argon2-cffi-bindings" in locked) is (source.auth is not None), "what only pwdlib needs goes with it"
    assert b"http" not in files["requirements.lock"].replace(b"httptools", b""), "no address of a registry"
    assert f"# via {source.name} (pyproject.toml)".encode() in files["requirements.lock"]


def test_a_part_that_is_not_wanted_leaves_no_trace() -> None:
    without, with_keys = generate.render(blog()), generate.render(SIGNED)
    for path, text in without.items():
        if path.startswith("app/static/"):
            continue
        for word in (b"jwks", b"cryptography", b"SIGNING_KEYS", b"pyotp", b"second_factor", b"second-factor"):
            assert word not in text, path
    assert {"app/core/algorithm.py", "app/core/keys.py", "app/api/key_set.py"} <= with_keys.keys() - without.keys()
    assert b"class Settings(SigningSettings, SecondFactorSettings):" in with_keys["app/config.py"]
    assert b"class Settings(BaseSettings):" in without["app/config.py"]


def imports(node: ast.AST) -> list[str]:
    """The packages that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return [(node.module or "").partition(".")[0]] if isinstance(node, ast.ImportFrom) else []


def test_ids_may_be_uuids() -> None:
    numbers, uuids = (generate.render(contract(entity("Note"), database=Database(ids=ids))) for ids in ("int", "uuid"))
    assert b"Id = int" in numbers["app/core/ids.py"]
    assert b"Id = uuid.UUID" in uuids["app/core/ids.py"]


# The account's names -------------------------------------------------------------------------------------------------


def test_the_account_and_its_login_may_have_other_names() -> None:
    member = entity("Member", field("nick", unique=True, max_length=20), field("password", secret=True))
    files = generate.render(contract(member, auth=LOGIN.model_copy(update={"account": "Member", "login": "nick"})))
    copied = files["app/repositories/auth.py"].decode()
    assert "from app.repositories.members import MemberRepository" in copied
    assert "Member.nick ==" in copied
    assert not [path for path, text in files.items() if path.endswith(".py") and b"models.users" in text]


def test_an_account_called_account_clashes_with_nothing() -> None:
    account = USER.model_copy(update={"name": "Account"})
    files = generate.render(contract(account, auth=LOGIN.model_copy(update={"account": "Account"})))
    assert b"class LoginRepository(AccountRepository)" in files["app/repositories/auth.py"]


# Refused, or said ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mysql", "mongo"])
def test_a_database_without_emitters_is_refused(kind: str) -> None:
    with pytest.raises(NotSupportedYet, match=kind):
        generate.render(contract(entity("Note"), database=Database.model_validate({"kind": kind})))


def test_tenants_are_refused_because_everybody_would_see_everything() -> None:
    with pytest.raises(NotSupportedYet, match="tenant"):
        generate.render(contract(entity("Firm"), entity("Note", to_one("firm", "Firm", tenant=True))))


def test_a_name_that_every_backend_uses_is_refused() -> None:
    with pytest.raises(NameOfEveryBackend, match="Base"):
        generate.render(contract(entity("Base")))


def test_what_is_not_generated_yet_is_said() -> None:
    asked = contract(
        entity("Note"),
        cache=Cache(kind="redis"),
        tasks=Tasks(kind="celery", broker="redis"),
        handlers=(Handler(name="tell", event="created", entity="Note", publish="notes"),),
    )
    assert len(generate.notes(asked)) == 3


def test_nothing_is_said_where_nothing_is_missing() -> None:
    assert generate.notes(contract(entity("Note", access=ANYONE))) == []


def test_a_backend_without_entities_stores_nothing_and_seeds_nothing() -> None:
    files = generate.render(contract())
    compile(files["app/seed.py"], "seed.py", "exec")
    assert b"db." not in files["app/seed.py"]
