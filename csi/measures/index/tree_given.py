"""The indicator tree a user means: a tree, what makes one, or the weights that another measure found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from csi.errors import DataError
from csi.language import Note, note
from csi.measures.index.tree import IndicatorTree
from csi.results import Result


def as_tree(value: Any) -> tuple[IndicatorTree, tuple[Note, ...]]:
    """The tree a user means, and what must be said of it.

    Parameters
    ----------
    value : an IndicatorTree; a mapping; a table; an outline; the name of a YAML file; a Result with one weight per item

    Raises
    ------
    DataError
        `tree_kind`, `tree_result`, and those of the readers.

    """
    if isinstance(value, IndicatorTree):
        return value, ()
    if isinstance(value, Result):
        return _of_result(value), (note("tree_estimated", source=value.title),)
    if isinstance(value, pd.DataFrame):
        return IndicatorTree.from_frame(value), ()
    if isinstance(value, Mapping):
        return IndicatorTree.from_mapping(value), ()
    if isinstance(value, Path) or (isinstance(value, str) and re.search(r"\.ya?ml$", value.strip())):
        return IndicatorTree.read(value), ()
    if isinstance(value, str):
        return IndicatorTree.parse(value), ()
    raise DataError("tree_kind", kind=type(value).__name__)


def _of_result(result: Result) -> IndicatorTree:
    table = result.tidy()
    if "item" not in table.columns or table["item"].duplicated().any():
        raise DataError("tree_result", table=result.headline, columns=list(table.columns))
    return IndicatorTree.from_mapping(dict(zip(table["item"], table["estimate"], strict=True)))
