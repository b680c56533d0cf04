"""Write pins.txt (every package of the environment) and tools/uv.txt, tools/pip.txt (what installs them), with hashes.

    python tools/pins.py             add what pyproject.toml asks for, keep the other versions
    python tools/pins.py --upgrade   take the newest versions of everything; then write "Numbers that moved"

Afterwards run tools/environment.py. No line of these files holds an address, so any index will do.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
OLDEST = "3.11"
EXTRAS = ("all", "build", "docs", "test")
INSTALLERS = ("pip", "uv")


@dataclass(frozen=True)
class Pin:
    """One line of a file of pins: a name, its only version, where it holds, and the SHA-256 of each of its files."""

    name: str
    version: str
    marker: Marker | None
    hashes: tuple[str, ...]


def read_pins(path: Path) -> list[Pin]:
    """All pins of a file; a line that is not `name==version ; marker --hash=sha256:...` raises."""
    pins = []
    for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        wanted, *hashes = re.split(r"\s+--hash=sha256:", line.strip())
        requirement = Requirement(wanted)
        exact = re.fullmatch(r"==([^*,]+)", str(requirement.specifier))
        if not exact or not hashes or not all(re.fullmatch(r"[0-9a-f]{64}", one) for one in hashes):
            raise ValueError(f"{path.name}: {line[:60]!r} is not an exact version with its hashes")
        pins.append(Pin(canonicalize_name(requirement.name), exact[1], requirement.marker, tuple(hashes)))
    return pins


def uv_program() -> str:
    """The uv that start.py installed, else the one on PATH."""
    found = shutil.which("uv", path=str(ROOT / ".uv" / "bin")) or shutil.which("uv")
    if found is None:
        sys.exit("tools/pins.py needs uv: run start.py first, which puts it into .uv")
    return found


def resolve(wanted: str, target: str, *options: str) -> None:
    """Resolve `wanted` for every Python from the oldest on and every system into `target`."""
    options = ("-q", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "-p", OLDEST, *options)
    resolver = [uv_program(), "pip", "compile", *options, "-o", target]
    if wanted == "pyproject.toml":
        subprocess.run([*resolver, wanted], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    else:
        subprocess.run([*resolver, "-"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, input=wanted, text=True)
    if "://" in (ROOT / target).read_text(encoding="utf-8"):
        sys.exit(f"{target} holds an address; resolve it from an index, not from a link")


def main() -> None:
    """Write the three files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions of everything")
    options = ["--upgrade"] if parser.parse_args().upgrade else []
    resolve("pyproject.toml", "pins.txt", *[f"--extra={extra}" for extra in EXTRAS], *options)
    for name in INSTALLERS:
        resolve(name, f"tools/{name}.txt", *options)


if __name__ == "__main__":
    main()
