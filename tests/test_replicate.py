"""tools/replicate.py reaches every published digit."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "tools" / "replicate.py"


def test_every_published_path_is_reached(capsys: pytest.CaptureFixture) -> None:
    spec = importlib.util.spec_from_file_location("replicate", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path, paper, metric, program, standard in module.rows():
        assert metric == pytest.approx(paper, abs=5.5e-4), path  # three digits that were rounded from four
        assert standard == pytest.approx(program, abs=1e-8), path  # eight digits of an iteration that stopped early
    module.main()
    assert len(capsys.readouterr().out.splitlines()) == 13
