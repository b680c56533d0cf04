"""Build the site from docs/, CHANGELOG.md and the docstrings: python tools/site.py [FOLDER]; open FOLDER/index.html.

Every room of csi with public names becomes a page: its docstring, a list of its names, and what each one is.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from sphinx.cmd.build import build_main

import csi

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "site"
# The way of a survey through the house; rooms that are not named here come last, the objects of all rooms at the end.
ORDER = ("readers", "data", "scores", "public_service", "index", "evaluation", "weights", "quality", "trust", "drivers")
ORDER += ("models", "study", "report")
OBJECTS = "What is everything made of? Results, estimates, moments, errors and languages."


def rooms() -> dict[str, list[str]]:
    """Public names by the package in which they live."""
    found: dict[str, list[str]] = {}
    for name, module in csi._PUBLIC.items():
        package = module if hasattr(import_module(module), "__path__") else module.rpartition(".")[0]
        found.setdefault("csi" if package == "csi.inference" else package, []).append(name)

    def place(package: str) -> tuple[bool, int]:
        last = package.rpartition(".")[2]
        return package == "csi", ORDER.index(last) if last in ORDER else len(ORDER)

    return {package: found[package] for package in sorted(found, key=place)}


def page(package: str, names: list[str]) -> str:
    """One room as reStructuredText."""
    question, mark, rest = (OBJECTS if package == "csi" else import_module(package).__doc__ or "").partition("?")
    title = question + mark or package
    lines = [title, "=" * 2 * len(title), "", rest.strip(), "", ".. currentmodule:: csi", "", ".. autosummary::"]
    lines += ["   :nosignatures:", "", *(f"   {name}" for name in names)]
    for name in names:
        kind = "class" if isinstance(getattr(csi, name), type) else "function"
        lines += ["", name, "-" * len(name), "", f".. auto{kind}:: {name}"]
        lines += ["   :members:"] if kind == "class" else []
    return "\n".join([*lines, ""])


def list_pages(source: Path) -> None:
    """Every folder of pages hangs under its README, or under the page of the same name."""
    for folder in {path.parent for path in source.rglob("*.md")} - {source}:
        home = folder / "README.md"
        home, pages = (home, "[!R]*") if home.exists() else (source / f"{folder.name}.md", f"{folder.name}/*")
        with home.open("a", encoding="utf-8") as file:
            file.write(f"\n```{{toctree}}\n:hidden:\n:glob:\n\n{pages}\n```\n")


def build(folder: Path) -> int:
    """Write the site into a folder; any warning is an error."""
    with tempfile.TemporaryDirectory() as made:
        source = Path(made) / "docs"
        shutil.copytree(ROOT / "docs", source)
        shutil.copy(ROOT / "CHANGELOG.md", source / "changelog.md")
        list_pages(source)
        (source / "api").mkdir()
        for number, (package, names) in enumerate(rooms().items()):
            name = f"{number:02d}_{package.rpartition('.')[2]}.rst"
            (source / "api" / name).write_text(page(package, names), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        options = ["-q", "-W", "--keep-going", "-j", "auto", "-d", str(Path(made) / "trees")]
        return build_main([*options, str(source), str(folder)])


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    code = build(target)
    print(f"The site: {target / 'index.html'}" if code == 0 else "The site is not complete.")
    sys.exit(code)
