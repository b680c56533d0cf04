"""The one place that knows which frame library a table comes from: columns in, floats out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.errors import DataError


def columns_of(frame: Any, exclude: Sequence[Any] = ()) -> tuple[str, ...]:
    """Names of the columns that hold numbers, without those in `exclude`; x1, x2, ... for an array."""
    left_out = {name for name in exclude if isinstance(name, str)}
    if hasattr(frame, "column_names"):  # pyarrow
        names = [field.name for field in frame.schema if str(field.type) not in ("string", "large_string")]
    elif hasattr(frame, "columns"):  # pandas, polars
        names = [str(name) for name in frame.columns if _is_numeric(frame[name])]
    else:
        array = np.asarray(frame)
        if array.ndim != 2:
            raise DataError("wrong_shape", what="frame", shape=str(array.shape), expected="(n, p)")
        return tuple(f"x{i + 1}" for i in range(array.shape[1]))
    return tuple(name for name in names if name not in left_out)


def matrix_of(frame: Any, names: Sequence[str]) -> NDArray[np.float64]:
    """(n, p) floats of the named columns, NaN where an answer is missing.

    Works for pandas, polars and pyarrow tables; the columns of an array are taken in order. A single block of float64
    is handed on without a copy.
    """
    if not hasattr(frame, "columns") and not hasattr(frame, "column_names"):
        array = np.asarray(frame, dtype=float)
        if array.ndim != 2 or array.shape[1] != len(names):
            raise DataError("wrong_shape", what="frame", shape=str(array.shape), expected=f"(n, {len(names)})")
        return array
    existing = list(frame.column_names if hasattr(frame, "column_names") else frame.columns)
    unknown = [name for name in names if name not in existing]
    if unknown:
        raise DataError("unknown_items", items=unknown, choices=existing)
    values = np.empty((len(names), len(frame)))
    for i, name in enumerate(names):
        values[i] = _floats(frame[name], name)
    return values.T


def _is_numeric(column: Any) -> bool:
    kind = str(column.dtype).lower()
    return kind.startswith(("int", "uint", "float", "bool", "decimal"))


def _floats(column: Any, name: str) -> NDArray[np.float64]:
    try:
        if hasattr(column, "combine_chunks"):  # pyarrow
            return np.asarray(column.to_numpy(), dtype=float)
        if hasattr(column, "cast"):  # polars
            return column.cast(float).to_numpy()
        return column.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise DataError("not_numeric", item=name, detail=str(error).splitlines()[0]) from error
    except Exception as error:  # polars raises its own error classes for text that is no number
        if type(error).__module__.startswith("polars"):
            raise DataError("not_numeric", item=name, detail=str(error).splitlines()[0]) from error
        raise
