"""Write environment.yml, the conda recipe, from pins.txt: what pyproject.toml asks for, at the pinned versions.

    python tools/environment.py

Packages that conda-forge does not have stand in the pip section. Python itself is left open from the oldest supported
version on, so where a pin depends on the version of Python, that of the oldest one is taken: it installs on all.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pins import OLDEST, ROOT, read_pins

PIP_ONLY = ("pylopdf-fonts-zh-cn", "semopy")
OLDEST_PYTHON = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "python_full_version": f"{OLDEST}.0",
    "python_version": OLDEST,
    "sys_platform": "linux",
}


def direct_dependencies() -> list[str]:
    """Names that pyproject.toml asks for, first those of csi itself, then those of each extra, in the order there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    return list(dict.fromkeys(canonicalize_name(Requirement(text).name) for text in wanted))


def recipe() -> str:
    """The text of environment.yml."""
    pins = read_pins(ROOT / "pins.txt")
    versions = {pin.name: pin.version for pin in pins if pin.marker is None or pin.marker.evaluate(OLDEST_PYTHON)}
    lines = [
        "# Written by tools/environment.py from pins.txt; a test keeps the two in step.",
        "name: csi",
        "channels:",
        "  - conda-forge",
        "  - nodefaults",
        "dependencies:",
        f"  - python>={OLDEST}",
        "  - pip",
    ]
    names = direct_dependencies()
    lines += [f"  - {name}={versions[name]}" for name in names if name not in PIP_ONLY]
    lines += ["  - pip:"]
    lines += [f"      - {name}=={versions[name]}" for name in names if name in PIP_ONLY]
    return "\n".join([*lines, "      - -e .", ""])


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(recipe(), encoding="utf-8", newline="\n")
