"""Whatever a contract says arrives in Python as exactly that."""

import ast

import pytest

from apismith.generate.code import Module, block, comment, docstring, literal
from apismith.layout import lay_out

HOSTILE = [
    'a "quoted" text',
    "it's",
    "both ' and \"",
    '""" the end """',
    "{{ braces }} {x} %s %(y)s",
    "back\\slash \\n \\",
    "a\nline\r\n\tand another",
    "\0 \x1b[31m \u202e \ud800",
    "{% raw %} ${HOME} $(date)",
    "'; import os; os.remove('x') #",
    "long " * 60,
    "unbroken" * 60,
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_literal_is_exactly_its_value(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text


@pytest.mark.parametrize("value", [None, True, 3, -2.5, [], ["a"], (), ("a",), {"a": [1, {"b": None}]}])
def test_so_is_any_other_constant(value: object) -> None:
    assert ast.literal_eval(literal(value)) == value


@pytest.mark.parametrize("text", HOSTILE)
def test_a_docstring_stays_one_string(text: str) -> None:
    module = ast.parse(block("def f():", [docstring(text), "x = 1"]))
    assert len(module.body) == 1
    assert ast.unparse(module.body[0].body[-1]) == "x = 1"  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip()])
def test_a_comment_stays_a_comment(text: str) -> None:
    assert all(line.startswith("# ") for line in comment(text).splitlines())


def test_a_long_description_starts_with_its_first_sentence() -> None:
    lines = docstring("The first sentence. " + "Many more words. " * 10).splitlines()
    assert lines[:2] == ['"""The first sentence.', ""]


# Imports -------------------------------------------------------------------------------------------------------------


def test_imports_are_collected() -> None:
    module = Module("A module.")
    column, table = module.use("sqlalchemy", "Column"), module.use("sqlalchemy", "Table")
    module.add(f"x = {table}({column})")
    assert "from sqlalchemy import Column, Table" in module.text()


def test_what_only_annotations_need_is_imported_for_type_checkers_only() -> None:
    module = Module("A module.")
    module.use("app.models.users", "User", typing_only=True)
    assert "if TYPE_CHECKING:\n    from app.models.users import User" in module.text()


def test_unless_it_is_also_used_otherwise() -> None:
    module = Module("A module.")
    module.use("app.models.users", "User", typing_only=True)
    module.use("app.models.users", "User")
    assert "TYPE_CHECKING" not in module.text()


def test_a_name_that_is_taken_gets_an_alias() -> None:
    module = Module("A module.", taken={"Index"})
    assert module.use("sqlalchemy", "Index") == "Index_"
    assert "from sqlalchemy import Index as Index_" in module.text()


def test_builtins_are_imported_only_under_an_alias() -> None:
    module = Module("A module.", taken={"str"})
    assert module.use("builtins", "int") == "int"
    assert module.use("builtins", "str") == "str_"
    assert "from builtins import str as str_" in module.text()
    assert "int" not in module.text()


def test_files_are_laid_out_and_their_imports_sorted() -> None:
    files = {"app/a.py": b"import sys\nfrom app.b import x\nimport os\nprint( os,sys,x )\n"}
    expected = b"import os\nimport sys\n\nfrom app.b import x\n\nprint(os, sys, x)\n"
    assert lay_out(files, {}, unused_imports=True)["app/a.py"] == expected
