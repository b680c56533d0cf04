"""What was handed in as a table, before its columns are typed; the parts of a Survey; and copies to hand out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pandas as pd

from csi.errors import DataError


def is_table(given: Any) -> bool:
    """Whether something holds columns, or is one: a table or Series of pandas, polars or Arrow, a mapping."""
    return isinstance(given, pd.DataFrame | pd.Series | Mapping) or hasattr(type(given), "to_pandas")


def table_of(frame: Any, name: str) -> pd.DataFrame:
    """The pandas table of what was handed in, with its column names checked; a Series without name is "answers"."""
    if not is_table(frame):
        raise DataError("not_a_table", survey=name, found=type(frame).__name__)
    if isinstance(frame, Mapping):
        try:
            frame = pd.DataFrame(dict(frame))
        except (ValueError, TypeError) as error:
            raise DataError("not_a_table", survey=name, found=str(error)) from None
    elif hasattr(frame, "to_pandas"):
        frame = _to_pandas(frame)
    if isinstance(frame, pd.Series):
        frame = frame.to_frame("answers" if frame.name in (None, "") else frame.name)
    frame = frame.copy(deep=False)
    frame.columns = [str(column) for column in frame.columns]
    places: dict[str, list[int]] = {}
    for place, column in enumerate(frame.columns, start=1):
        places.setdefault(column, []).append(place)
    twice = [f"{column} ({', '.join(map(str, where))})" for column, where in places.items() if len(where) > 1]
    if twice:
        raise DataError("columns_twice", file=name, columns=twice)
    if not len(frame.columns):
        raise DataError("table_empty", survey=name)
    if not len(frame):
        raise DataError("no_respondents", file=name)
    return frame


def _to_pandas(frame: Any) -> Any:
    """A table or Series of polars or Arrow in pandas; polars needs pyarrow for it, which may not be installed."""
    try:
        return frame.to_pandas()
    except ModuleNotFoundError:
        return pd.DataFrame((frame if hasattr(frame, "columns") else frame.to_frame()).to_dict(as_series=False))


def own_copy(frame: pd.DataFrame) -> pd.DataFrame:
    """A shallow copy (copy-on-write); extension columns, whose arrays could be changed in place, are copied."""
    copy = frame.copy(deep=False)
    for name in copy.columns[[isinstance(dtype, pd.api.extensions.ExtensionDtype) for dtype in copy.dtypes]]:
        copy[name] = copy[name].copy(deep=True)
    return copy


def set_parts(survey: Any, given: tuple[Any, ...], parts: dict[str, Any]) -> None:
    """Set the parts of a Survey; one that is called with answers says which door they go through."""
    if given or set(parts) != {part.name for part in fields(survey)}:
        found = next(iter((*given, *parts.values())), None)
        raise DataError("survey_called", kind="None" if found is None else type(found).__name__)
    for name, value in parts.items():
        object.__setattr__(survey, name, value)
