"""Whether what a function was given is a Survey, or a table of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from csi.data.survey import Survey
from csi.errors import DataError


def check_survey(survey: object, function: str) -> Survey:
    """The survey itself, or an error that says what was given instead."""
    if not isinstance(survey, Survey):
        raise DataError("measure_needs_survey", function=function, kind=type(survey).__name__)
    return survey


def plain_table(given: Any, function: str) -> Any:
    """Lists of lists of numbers as a frame with rows and columns 1, 2, ...; everything else as it is."""
    if not isinstance(given, list | tuple | np.ndarray):
        return given
    try:
        values = np.asarray(given, dtype=float)
    except (ValueError, TypeError):
        values = np.empty(0)
    if values.ndim != 2 or not values.size:
        raise DataError("table_not_numbers", function=function, kind=type(given).__name__)
    return pd.DataFrame(
        values,
        index=[str(i + 1) for i in range(values.shape[0])],
        columns=[str(j + 1) for j in range(values.shape[1])],
    )


def as_survey(given: object, function: str) -> Survey:
    """The survey itself; a place holder until the one door stands here."""
    return check_survey(given, function)
