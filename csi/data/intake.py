"""What was handed in as a table, before its columns are typed; and copies to hand out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from csi.errors import DataError


def table_of(frame: Any, name: str) -> pd.DataFrame:
    """The pandas table of what was handed in, with its column names checked."""
    if hasattr(frame, "to_pandas"):  # polars, pyarrow
        frame = frame.to_pandas()
    elif isinstance(frame, dict):
        try:
            frame = pd.DataFrame(frame)
        except ValueError as error:
            raise DataError("not_a_table", survey=name, found=str(error)) from None
    if not isinstance(frame, pd.DataFrame):
        raise DataError("not_a_table", survey=name, found=type(frame).__name__)
    frame = frame.copy(deep=False)
    frame.columns = [str(column) for column in frame.columns]
    places: dict[str, list[int]] = {}
    for place, column in enumerate(frame.columns, start=1):
        places.setdefault(column, []).append(place)
    twice = [f"{column} ({', '.join(map(str, where))})" for column, where in places.items() if len(where) > 1]
    if twice:
        raise DataError("columns_twice", file=name, columns=twice)
    if not len(frame) or not len(frame.columns):
        raise DataError("no_respondents", file=name)
    return frame


def own_copy(frame: pd.DataFrame) -> pd.DataFrame:
    """A shallow copy (copy-on-write); extension columns, whose arrays could be changed in place, are copied."""
    copy = frame.copy(deep=False)
    for name in copy.columns[[isinstance(dtype, pd.api.extensions.ExtensionDtype) for dtype in copy.dtypes]]:
        copy[name] = copy[name].copy(deep=True)
    return copy
