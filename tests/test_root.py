"""The root: the starter, the pins, the recipes made of them, and what no file of the project may hold."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import csi

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# In pieces, so that this file does not hold what it looks for.
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted",
    "pypi" + ".tuna",
    "mirrors." + "aliyun",
    "ana" + "conda.org",
    "ana" + "conda.com",
    "npm" + "js",
    "/simp" + "le/",
]
MACHINE_PATH = re.compile(r"(?<![\w.~-])(?:/(?:work|root|home|opt|Users)/\w|[A-Z]:\\Users\\)")
BINARY = {".png", ".xlsx", ".gz", ".zip", ".ico"}


def load(path: str) -> ModuleType:
    """Load a script of the project that is not part of the package."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


START, PINS, ENVIRONMENT = load("start.py"), load("tools/pins.py"), load("tools/environment.py")


def project_files() -> list[Path]:
    """What belongs to the project: tracked and new files, or everything in a copy without git."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
        return [ROOT / name for name in listed if name and (ROOT / name).is_file()]
    made = re.compile(r"\.(?!ci\b)|__pycache__$|report$")
    folders = [path for path in ROOT.iterdir() if path.is_dir() and not made.match(path.name)]
    found = [*ROOT.iterdir(), *(path for folder in folders for path in folder.rglob("*"))]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


FOREIGN = ("15_korean_cp949.csv", "21_german_cp1252.csv")  # fixtures in the encodings that their names say
TEXTS = {
    path: path.read_text(encoding="utf-8")
    for path in project_files()
    if path.suffix not in BINARY and path.name not in FOREIGN
}


# The pins


@pytest.mark.parametrize("name", ["pins.txt", "tools/uv.txt", "tools/pip.txt"])
def test_every_pin_is_exact_hashed_and_without_an_address(name):
    pins = PINS.read_pins(ROOT / name)
    assert pins
    assert "://" not in TEXTS[ROOT / name]
    assert all(len(set(pin.hashes)) == len(pin.hashes) > 0 for pin in pins)


@pytest.mark.parametrize("line", ["six>=1 --hash=sha256:" + "0" * 64, "six==1.17.0", "six==1.17.0 --hash=sha256:0"])
def test_a_pin_that_is_not_exact_or_not_hashed_is_refused(line, tmp_path):
    (tmp_path / "pins.txt").write_text(line)
    with pytest.raises(ValueError, match="is not an exact version"):
        PINS.read_pins(tmp_path / "pins.txt")


def test_the_environment_holds_exactly_the_pinned_versions():
    if Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
        pytest.skip("not inside the project's own .venv, where alone the pins hold")
    applies = [pin for pin in PINS.read_pins(ROOT / "pins.txt") if pin.marker is None or pin.marker.evaluate()]
    assert len(applies) > 50
    installed = {canonicalize_name(one.metadata["Name"]): one.version for one in metadata.distributions()}
    differing = {
        pin.name: f"{installed.get(pin.name, 'missing')}, pinned {pin.version}"
        for pin in applies
        if pin.name not in installed or Version(installed[pin.name]) != Version(pin.version)
    }
    assert differing == {}, "delete .venv/csi-ready and run start.py"


def test_everything_asked_for_is_pinned_at_a_version_that_is_asked_for():
    extras = PROJECT["optional-dependencies"]
    assert set(extras) == set(PINS.EXTRAS)
    pins = PINS.read_pins(ROOT / "pins.txt")
    for text in [*PROJECT["dependencies"], *(one for extra in extras.values() for one in extra)]:
        wanted = Requirement(text)
        versions = [pin.version for pin in pins if pin.name == canonicalize_name(wanted.name)]
        assert versions, f"{text} is not in pins.txt; run tools/pins.py"
        assert all(wanted.specifier.contains(version) for version in versions), text


def test_the_conda_recipe_is_the_one_made_of_the_pins():
    text = TEXTS[ROOT / "environment.yml"]
    assert text == ENVIRONMENT.recipe(), "run tools/environment.py"
    recipe = yaml.safe_load(text)
    listed = [one for one in recipe["dependencies"] if isinstance(one, str)] + recipe["dependencies"][-1]["pip"]
    names = {re.split(r"[=>]", one)[0] for one in listed}
    assert names == {"python", "pip", "-e .", *ENVIRONMENT.direct_dependencies()}


# The starter


def test_the_starter_can_be_read_by_an_old_python():
    ast.parse(TEXTS[ROOT / "start.py"], feature_version=(3, 4))
    assert TEXTS[ROOT / "start.py"].isascii()


def test_the_starter_tells_an_old_python_what_is_needed(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    monkeypatch.setattr(sys, "version", "3.10.13 (main)")
    assert START.main([]) == "csi needs Python 3.11 or newer, this is 3.10.13; install a newer one and use it."


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["-h"], 0), (["tets"], 2)])
def test_the_starter_explains_itself_before_it_does_anything(arguments, code):
    command = [sys.executable, str(ROOT / "start.py"), *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == code
    assert "python3 start.py test" in ran.stdout
    assert ran.stderr == ""


def test_the_starter_reports_a_file_of_ones_own_from_where_one_stands(monkeypatch, tmp_path):
    called = []
    monkeypatch.setattr(START, "make_environment", lambda: None)
    monkeypatch.setattr(START.subprocess, "call", lambda command, cwd=None: called.append((command, cwd)) or 0)
    monkeypatch.chdir(tmp_path)
    assert START.main(["report", "answers.csv", "--by", "branch"]) == 0
    ((command, folder),) = called
    assert command == [str(ROOT / START.INSIDE), "-m", "csi", "report", "answers.csv", "--by", "branch"]
    assert folder == str(tmp_path)


def test_uv_goes_where_pip_goes(monkeypatch):
    for name in START.UV_NAMES.values():
        monkeypatch.delenv(name, raising=False)
    config = (
        ":env:.find-links='/wheels'\n"
        "global.extra-index-url='\\nfile:///a\\nfile:///b'\n"
        "global.find-links='/other'\n"
        "global.index-url='file:///all'\n"
        "install.index-url='file:///mine'\n"
        "install.trusted-host='one two'\n"
        "global.timeout='60'\n"
        "global.user='true'\n"
    )
    settings = START.uv_settings(config)
    assert settings["UV_DEFAULT_INDEX"] == "file:///mine"
    assert settings["UV_INDEX"] == "file:///a file:///b"
    assert settings["UV_FIND_LINKS"] == "/wheels"
    assert settings["UV_INSECURE_HOST"] == "one two"
    assert settings["UV_HTTP_TIMEOUT"] == "60"
    assert "user" not in str(settings)
    monkeypatch.setenv("UV_DEFAULT_INDEX", "file:///said")
    assert START.uv_settings(config)["UV_DEFAULT_INDEX"] == "file:///said"


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A project folder with two files, and installers that only write down that they were called."""
    for name in ("pins.txt", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    called = []

    def install(way):
        def make(python, quiet):
            called.append(way)
            assert not Path(START.STAMP).exists(), "no stamp while the environment is being made"
            for path in (Path(START.INSIDE), Path(START.STAMP)):
                path.parent.mkdir(parents=True, exist_ok=True)
            Path(START.INSIDE).touch()

        return make

    monkeypatch.setattr(START, "ROOT", str(tmp_path))
    monkeypatch.setattr(START, "install_with_uv", install("uv"))
    monkeypatch.setattr(START, "install_with_pip", install("pip"))
    monkeypatch.chdir(tmp_path)
    return called


def test_the_environment_is_made_once_and_anew_when_the_pins_change(bare):
    START.make_environment()
    START.make_environment()
    assert bare == ["uv"]
    Path("pins.txt").write_text("other")
    START.make_environment()
    assert bare == ["uv", "uv"]
    Path(START.INSIDE).unlink()
    START.make_environment()
    assert bare == ["uv", "uv", "uv"]


def test_an_interrupted_environment_is_made_anew(bare, monkeypatch):
    def interrupt(python, quiet):
        raise KeyboardInterrupt

    made = START.install_with_uv
    monkeypatch.setattr(START, "install_with_uv", interrupt)
    with pytest.raises(KeyboardInterrupt):
        START.make_environment()
    assert bare == []
    monkeypatch.setattr(START, "install_with_uv", made)
    START.make_environment()
    assert bare == ["uv"]


def test_pip_takes_over_where_uv_is_not_to_be_had(bare, monkeypatch):
    def fail(python, quiet):
        raise subprocess.CalledProcessError(1, ["uv"])

    monkeypatch.setattr(START, "install_with_uv", fail)
    START.make_environment()
    assert bare == ["pip"]


def test_the_first_command_names_files_that_are_there():
    assert (ROOT / "data/samples/mobile.csv").is_file()
    assert (ROOT / "data/samples/mobile.yaml").is_file()
    assert {"data/samples/mobile.csv", "data/samples/mobile.yaml"} < set(START.JOBS["report"])
    assert START.JOBS["report"][-1] == START.PAGE


def test_the_check_of_a_clean_clone_can_be_run():
    for name in (".ci/run", "tools/ci_setup.sh"):
        assert os.access(ROOT / name, os.X_OK), name
        assert "set -euo pipefail" in TEXTS[ROOT / name]
        subprocess.run(["bash", "-n", str(ROOT / name)], check=True)
    assert "start.py test" in TEXTS[ROOT / ".ci/run"]
    assert "start.py test -m lessons" in TEXTS[ROOT / ".ci/run"]


def test_the_starter_runs_the_tests_on_all_cores_and_says_how_long_that_takes(monkeypatch, capsys):
    called = []
    monkeypatch.setattr(START, "make_environment", lambda: None)
    monkeypatch.setattr(START.subprocess, "call", lambda command: called.append(command) or 0)
    monkeypatch.chdir(ROOT)
    assert START.main(["test"]) == 0
    assert "minutes" in capsys.readouterr().out
    assert START.main(["test", "-n0", "-x"]) == 0
    assert capsys.readouterr().out == ""
    both, one = called
    assert both[both.index("-n") + 1] == "logical"
    assert one[-2:] == ["-n0", "-x"]


# The files


def test_no_file_names_a_registry_or_a_folder_of_one_machine():
    assert [(path, word) for path in sorted(TEXTS) for word in REGISTRIES if word in TEXTS[path]] == []
    assert [(path, found) for path in sorted(TEXTS) for found in MACHINE_PATH.findall(TEXTS[path])] == []


def test_links_between_pages_lead_somewhere():
    links = [
        (path, target)
        for path in sorted(TEXTS)
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", TEXTS[path])
        if "://" not in target
    ]
    assert len(links) > 50
    assert [(path, target) for path, target in links if not (path.parent / target).exists()] == []


def test_the_readme_gives_both_commands_in_both_languages():
    text = TEXTS[ROOT / "README.md"]
    assert len(re.findall(r"^python3 start\.py$", text, re.M)) >= 2
    assert len(re.findall(r"^python3 start\.py test$", text, re.M)) >= 2


def test_one_version_everywhere():
    citation = yaml.safe_load(TEXTS[ROOT / "CITATION.cff"])
    assert csi.__version__ == PROJECT["version"] == str(citation["version"])
    assert re.search(rf"^## {re.escape(csi.__version__)}\b", TEXTS[ROOT / "CHANGELOG.md"], re.M)
    assert "### Numbers that moved" in TEXTS[ROOT / "CHANGELOG.md"]


def test_the_changes_stand_by_version_under_the_usual_heads():
    """As Keep a Changelog asks for, with a head of our own for results that differ on the same data."""
    _, *parts = re.split(r"^## ", TEXTS[ROOT / "CHANGELOG.md"], flags=re.M)
    versions = [part.split()[0] for part in parts]
    assert versions[0] == "Unreleased"
    assert versions[1] == csi.__version__
    assert versions[1:] == sorted(versions[1:], key=Version, reverse=True)
    usual = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Numbers that moved"}
    for part in parts:
        heads = re.findall(r"^### (.+)$", part, re.M)
        assert set(heads) <= usual
        assert len(heads) == len(set(heads))
        assert heads[-1] == "Numbers that moved"


def test_the_citation_has_what_the_format_asks_for():
    citation = yaml.safe_load(TEXTS[ROOT / "CITATION.cff"])
    assert {"cff-version", "message", "title", "authors", "type", "license"} <= set(citation)
    assert all("name" in author or {"family-names", "given-names"} <= set(author) for author in citation["authors"])
    assert citation["license"] == PROJECT["license"] == "MIT"
    assert TEXTS[ROOT / "LICENSE"].startswith("MIT License\n\nCopyright (c) 2026 The csi authors\n")


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["check", "format"])
def test_ruff_has_nothing_to_say(command):
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
