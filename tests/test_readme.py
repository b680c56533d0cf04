"""What the README says the first command prints is what it prints."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_first_command_prints_what_the_readme_says(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT))
    try:
        from start import JOBS, PAGE
    finally:
        sys.path.remove(str(ROOT))
    page = tmp_path / Path(PAGE).name
    command = [str(page) if part == PAGE else part for part in JOBS["report"]]
    printed = subprocess.run(
        [sys.executable, *command, "--language", "en"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert page.is_file()
    shown = printed.replace(f"{tmp_path}{os.sep}", "report/").strip().splitlines()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(shown) == 4
    for line in shown:
        assert line in readme
