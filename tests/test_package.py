"""What others install: the wheel and the source archive hold what belongs in them, and run where nothing else is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from conftest import require
from test_root import PINS, PROJECT, ROOT, START, project_files

USE = """
import csi
survey = csi.load_sample("mobile")
result = csi.fit_pls(survey, "ECSI_2005", n_boot=100)
print(f"{float(result.value('Satisfaction')):.1f}")
"""
FOREIGN_WORDS = ("test", "pytest", "conftest")


def run(*command: object, folder: Path, **settings: str) -> subprocess.CompletedProcess:
    """One step in a folder; its output comes back as text, and how it ended."""
    steps = [str(part) for part in command]
    env = {**os.environ, "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "", **settings}
    return subprocess.run(steps, cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False)


def build(kind: str, source: Path, target: Path) -> Path:
    """Build "wheel" or "sdist" of a source folder and return the file."""
    done = run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", target, folder=source)
    assert done.returncode == 0, done.stderr
    (made,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="module")
def sdist(tmp_path_factory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory) -> Path:
    """The wheel made of the source archive, as an index would make it."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    return build("wheel", source, tmp_path_factory.mktemp("wheel"))


def tracked(under: str) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in project_files() if path.is_relative_to(ROOT / under)}


def test_the_wheel_holds_the_package_its_samples_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        (facts,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("METADATA"))
    samples = {name.replace("data/samples", "csi/_samples", 1) for name in tracked("data/samples")}
    assert names == tracked("csi") | samples
    for name in ("csi/py.typed", "csi/words/en/core.yaml", "csi/words/zh/core.yaml", "csi/report/templates/page.html"):
        assert name in names
    assert not [name for name in names if set(Path(name).stem.split("_")) & set(FOREIGN_WORDS)]
    assert f"Version: {PROJECT['version']}" in facts
    assert "License-Expression: MIT" in facts
    for extra in PROJECT["optional-dependencies"]:
        assert f"Provides-Extra: {extra}" in facts


def test_the_source_archive_holds_what_builds_and_proves_it(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert tracked("csi") | tracked("data/samples") | tracked("tests") <= names
    assert {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "CITATION.cff"} <= names
    assert not [
        name for name in names if "__pycache__" in name or name.startswith((".venv", ".git/", "notebooks", "report/"))
    ]


def program(folder: Path, name: str) -> Path:
    return folder / "Scripts" / f"{name}.exe" if os.name == "nt" else folder / "bin" / name


def installer(folder: Path) -> tuple[list[object], dict[str, str]]:
    """A new environment with the Python under this one, and what installs into it from the index pip is set to."""
    python = getattr(sys, "_base_executable", sys.executable)
    uv = shutil.which("uv", path=str(ROOT / ".uv" / "bin")) or shutil.which("uv")
    config = run(python, "-m", "pip", "config", "list", folder=folder.parent)
    if uv is not None and config.returncode == 0:
        settings = START.uv_settings(config.stdout)
        made = run(uv, "venv", "--python", python, folder, folder=folder.parent, **settings)
        command = [uv, "pip", "install", "--python", program(folder, "python")]
        command += ["--no-index"] if "no-index='" in config.stdout else []
    else:
        settings = START.PIP_ENV
        made = run(python, "-m", "venv", folder, folder=folder.parent)
        command = [program(folder, "python"), "-m", "pip", "install"]
    assert made.returncode == 0, made.stderr
    return command, settings


def test_a_bare_environment_fits_a_model_and_makes_the_tour(wheel, tmp_path):
    folder = tmp_path / "bare"
    install, settings = installer(folder)
    pins = [pin for pin in PINS.read_pins(ROOT / "pins.txt") if pin.marker is None or pin.marker.evaluate()]
    limits = tmp_path / "limits.txt"
    limits.write_text("\n".join(f"{pin.name}=={pin.version}" for pin in pins))
    done = run(*install, "-c", limits, wheel, folder=tmp_path, **settings)
    if done.returncode:
        probe = run(*install, "-c", limits, "six", folder=tmp_path, **settings)
        require("index", probe.returncode == 0, "no package index can be reached")
    assert done.returncode == 0, done.stderr
    python, csi = program(folder, "python"), program(folder, "csi")
    used = run(python, "-W", "error", "-c", USE, folder=tmp_path)
    assert used.returncode == 0, used.stderr
    assert used.stdout.strip() == "71.0", "as the README says"
    tour = run(csi, "tour", "-o", "tour", folder=tmp_path, CSI_LANGUAGE="en")
    assert (tour.returncode, tour.stderr) == (0, "")
    assert {path.name for path in (tmp_path / "tour").iterdir()} == {"report.html", "report-tables.xlsx"}
    assert b'lang="en"' in (tmp_path / "tour" / "report.html").read_bytes()
    info = run(csi, "info", folder=tmp_path, CSI_LANGUAGE="en").stdout.splitlines()
    missing = {line.split()[0] for line in info if "not installed" in line}
    assert {"jupyterlab", "hypothesis", "sphinx"} <= missing, "no extra came along"
    base = [line for line in info if "=" in line and not line.split()[-1].isalpha()]
    assert len(base) >= len(PROJECT["dependencies"]) > 0
    assert not [line for line in base if "not installed" in line]
