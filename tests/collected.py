"""What the test files say of their own measures, for the tests that hold for all: no list has to be kept elsewhere.

CONTRACT  function to {case: a call without arguments that gives a Result}; every form of the result is reached
DESIGNED  function to a call of a Survey of the sample `mobile` and an inference
DOOR      function to a call of a Survey or table of the columns of tests/test_one_door.py
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def collected(name: str) -> dict[str, Any]:
    """The entries of that name of all test files."""
    found: dict[str, Callable] = {}
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if re.search(rf"^{name}\b.*= ", path.read_text(encoding="utf-8"), re.M):
            more = getattr(import_module(path.stem), name)
            twice = sorted(found.keys() & more.keys())
            if twice:
                raise LookupError(f"{path.name}: {name} says again what is known of {', '.join(twice)}")
            found |= more
    return found
