"""The order of the house: who may import whom, and what no module may hold."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "csi"
# Lowest first. A module imports from lower ranks and from its own folder.
RANKS = (
    "words",
    "references",
    "errors",
    "language",
    "views",
    "estimates",
    "kept",
    "results",
    "frames",
    "sums",
    "moments",
    "inference",
    "data",
    "estimation",
    "measures",
    "models",
    "drivers",
    "cases",
    "study",
    "specifications",
    "drafts",
    "report",
    "course",
    "",  # csi/__init__.py, the table of public names: only the command may ask it, for the version
    "cli",
    "__main__",
)
# The rooms of csi/measures, lowest first, under the same rule.
ROOMS = ("scores", "public_service", "index", "evaluation", "weights", "quality", "trust")
COPYLEFT = {"plspm", "seminr", "pyreadr", "rpy2", "pingouin", "PyQt5", "PyQt6"}
PICTURES = {"matplotlib", "seaborn"}
CATCH_ALL = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "tools"}
LONGEST_FILE = 420  # "about 400 lines" in the design
LONGEST_FUNCTION = 60  # without its docstring


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}
CHECKED = [name for name in MODULES if name != "csi"]


def imported(name: str, trees: dict[str, ast.Module] | None = None) -> list[str]:
    """Everything a module imports, wherever the import stands; names taken from a package are resolved to modules."""
    trees = trees or TREES
    package = name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]
    found: list[str] = []
    for node in ast.walk(trees[name]):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            up = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*up, *(node.module.split(".") if node.module else [])])
            found += [f"{source}.{a.name}" if f"{source}.{a.name}" in MODULES else source for a in node.names]
        elif isinstance(node, ast.Call) and "import" in ast.unparse(node.func):
            found += [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return found


def rank(name: str) -> tuple[int, int]:
    part, room = folder(name)
    if part not in RANKS or (room and room not in ROOMS):
        raise LookupError(f"{name} has no rank; give it one in RANKS or ROOMS and in the design")
    return RANKS.index(part), ROOMS.index(room) if room else -1


def folder(name: str) -> tuple[str, str]:
    """The folder of a module, and its room where the folder has rooms."""
    parts = name.split(".")[1:]
    return (parts[0] if parts else ""), (parts[1] if parts[0:1] == ["measures"] and parts[1:] else "")


def own(name: str) -> list[str]:
    return [target for target in imported(name) if target == "csi" or target.startswith("csi.")]


def test_a_module_imports_from_below_or_its_own_folder():
    above = [
        f"{name} imports {target}, which is above"
        for name in CHECKED
        for target in own(name)
        if rank(target) >= rank(name) and folder(target) != folder(name)
    ]
    assert above == []


def test_imports_never_form_a_circle():
    edges = {name: {target for target in own(name) if target in MODULES} - {name} for name in CHECKED}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for target in sorted(edges.get(name, ())):
                visit(target, (*trail, name))
            done.add(name)

    for name in CHECKED:
        visit(name, ())
    assert done >= set(CHECKED)


def test_what_comes_from_outside():
    roots = {name: {target.split(".")[0] for target in imported(name)} for name in MODULES}
    assert [name for name in MODULES if roots[name] & COPYLEFT] == [], "code under the GPL stays out of this project"
    drawing = [name for name in MODULES if roots[name] & PICTURES and not name.startswith("csi.report")]
    assert drawing == [], "pictures are made in csi/report only"


def test_no_module_asserts_on_what_a_user_gave():
    found = [
        f"{name}, line {node.lineno}" for name in MODULES for node in ast.walk(TREES[name]) if type(node) is ast.Assert
    ]
    assert found == [], "raise an error with a sentence"


def test_a_module_is_one_idea():
    assert [name for name in MODULES if set(name.split(".")) & CATCH_ALL] == []
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > LONGEST_FILE] == []
    assert [
        f"{name}.{node.name}: {lines} lines"
        for name in MODULES
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := code_lines(node)) > LONGEST_FUNCTION
    ] == []


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its head and docstring."""
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return function.end_lineno - body[0].lineno + 1


def test_the_walk_sees_imports_in_functions_under_type_checking_and_by_name():
    """A test of the test: each way to import is found."""
    source = """
if TYPE_CHECKING:
    from csi.data.survey import Survey
def inside():
    import csi.report
    from ..moments import Moments
    from csi import results
    import_module("csi.study")
"""
    found = imported("csi.models.pls", {"csi.models.pls": ast.parse(source)})
    assert {"csi.data.survey", "csi.report", "csi.moments", "csi.results", "csi.study"} <= set(found)


def test_the_map_of_the_house_is_the_tree():
    """CONTRIBUTING has one line a folder of csi/ and a room of csi/measures, in the order of their ranks."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(csi/\S+)` \| \S.* \|$", text, re.M)
    holds = [path.parent for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE]
    rooms = [path for path in holds if path.parent in (PACKAGE, PACKAGE / "measures")]
    assert sorted(shown) == sorted(path.relative_to(ROOT).as_posix() for path in rooms)
    ranks = [rank(path.replace("/", ".")) for path in shown]
    assert ranks == sorted(ranks)
