"""Fixtures shared by the tests."""

from __future__ import annotations

import os
from pathlib import Path

if "PYTEST_XDIST_WORKER" in os.environ:  # the workers share the cores; numpy, imported later, takes one for each
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


def require(name: str, there: bool, reason: str) -> None:
    """Skip where something outside Python is missing; fail where the variable CSI_REQUIRE names it."""
    if there:
        return
    if name in os.environ.get("CSI_REQUIRE", "").split(","):
        pytest.fail(f"CSI_REQUIRE asks for {name}: {reason}")
    pytest.skip(reason)


@pytest.fixture
def shared() -> Path:
    """The folder with reference data and numbers that stands beside the project and is not part of it."""
    require("shared", SHARED.is_dir(), "the folder ../shared with reference data is not on this machine")
    return SHARED


@pytest.fixture
def plain_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty pictures on pages: drawing them takes most of the time of a page, and many tests look at other things."""
    monkeypatch.setattr("csi.report.render.draw", lambda name, *_: f'<svg role="img" aria-label="{name}"></svg>')
