"""Fixtures shared by the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder with reference data and numbers that stands beside the project and is not part of it."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with reference data is not on this machine")
    return SHARED
