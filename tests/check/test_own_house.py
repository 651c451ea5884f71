"""What apismith generates has no findings, at any level."""

from pathlib import Path

import pytest

from apismith import generate
from apismith.check.audit import audit
from apismith.check.settings import Settings
from apismith.contract.load import load

CONTRACTS = sorted((Path(__file__).parents[1] / "contracts").glob("[a-z]*.py"))
SHOWN = ("arena", "club", "library", "shop")


@pytest.mark.parametrize("file", [file for file in CONTRACTS if file.stem in SHOWN], ids=lambda file: file.stem)
def test_a_generated_backend_is_clean(file: Path, tmp_path: Path) -> None:
    for path, content in generate.render(load(file)).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    report = audit(tmp_path, Settings(level="all"))
    assert report.routes > 10
    assert [f"{each.at}: {each.rule} {each.message}" for each in report.findings] == []
    assert (report.failures, report.unread) == ((), ())
