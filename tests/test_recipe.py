"""CONTRIBUTING is right: the measure it writes down passes, in five files, the tests that hold for all measures."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", GUIDE, re.M | re.S))
TESTS = ("ratio", "contract", "one_door", "public", "words", "coverage_doc", "layers", "pickles")


def test_the_recipe_takes_five_files(tmp_path):
    """Module, name, two files of words, test; nothing else is touched, and the tests of all measures find it."""
    assert sorted(Path(path).name for path in BLOCKS) == [
        "__init__.py", "ratio.py", "ratio.yaml", "ratio.yaml", "test_ratio.py",
    ]  # fmt: skip
    for part in ROOT.iterdir():
        if part.name in ("csi", "tests", "docs"):
            shutil.copytree(part, tmp_path / part.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif part.name in ("data", "notebooks", "tools", "pyproject.toml", "README.md", "CONTRIBUTING.md"):
            (tmp_path / part.name).symlink_to(part)
    for path, text in BLOCKS.items():
        target = tmp_path / path
        if target.exists():  # the table of names
            lines = target.read_text(encoding="utf-8").splitlines(keepends=True)
            after = next(i for i, line in enumerate(lines) if line > text and line.startswith('    "score_'))
            target.write_text("".join([*lines[:after], text, *lines[after:]]), encoding="utf-8")
        else:
            target.write_text(text, encoding="utf-8")
    chosen = [f"tests/test_{name}.py" for name in TESTS]
    options = [
        "--no-header",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-k",
        "ratio or forgotten or covered",
    ]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *chosen], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    count = int(re.search(r"(\d+) passed", ran.stdout)[1])
    assert count > 60  # three cases of the contract, nine designs, every kind of data and of rubbish
