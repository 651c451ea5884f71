"""The generator writes the reference app, byte for byte, from the reference app's own contract."""

import pytest

from apismith import generate
from apismith.contract.load import load
from apismith.generate.plan import CONTRACT, REFERENCE, files_below


@pytest.fixture(scope="module")
def rendered() -> dict[str, bytes]:
    return generate.render(load(REFERENCE / CONTRACT))


@pytest.mark.parametrize("path", [path for path in files_below(REFERENCE) if path != CONTRACT])
def test_every_file_is_rendered_as_it_is(path: str, rendered: dict[str, bytes]) -> None:
    where = f"Edit {generate.origin(path)}, then run `just regen`."
    assert path in rendered, f"{path} is in the reference app, but its contract does not ask for it. {where}"
    assert rendered[path].decode(errors="replace") == (REFERENCE / path).read_text(errors="replace"), where
    assert rendered[path] == (REFERENCE / path).read_bytes(), where


def test_nothing_else_is_rendered(rendered: dict[str, bytes]) -> None:
    missing = sorted(set(rendered) - set(files_below(REFERENCE)))
    assert not missing, f"Run `just regen`: {', '.join(missing)}"


def test_nothing_of_a_former_render_is_left(rendered: dict[str, bytes]) -> None:
    assert generate.stale(rendered) == []
