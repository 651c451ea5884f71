"""Words are imported from `apismith`; they cost nothing until they are used, and mean nothing outside of a contract."""

import subprocess
import sys

import pytest

import apismith
from apismith.contract import language


def test_every_word_is_exported() -> None:
    assert set(dir(apismith)) == set(apismith.__all__)
    assert set(apismith.__all__) == set(language.__all__)
    assert all(getattr(apismith, word) is getattr(language, word) for word in apismith.__all__)


def test_unknown_word_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Entitty'"):
        _ = apismith.Entitty


@pytest.mark.parametrize(
    ("statement", "module"),
    [
        ("import apismith", "pydantic"),
        ("import apismith", "apismith.contract.language"),
        ("from apismith import Entity", "pydantic"),
    ],
)
def test_import_is_light(statement: str, module: str) -> None:
    code = f"import sys; {statement}; print({module!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_bodies_are_not_meant_to_run() -> None:
    class Note(apismith.Entity):
        text: str

    with pytest.raises(TypeError, match="read and not run"):
        list(Note)
    with pytest.raises(TypeError, match="read and not run"):
        apismith.count([1, 2])
    with pytest.raises(TypeError, match="read and not run"):
        apismith.Page([1, 2])
