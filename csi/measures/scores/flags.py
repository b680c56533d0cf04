"""Columns that say yes or no: complained, retained, replied, rectified."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.codebook import offered
from csi.data.survey import Survey
from csi.errors import DataError

Array = NDArray[np.float64]
YES = ("1", "yes", "y", "true", "是", "有")
NO = ("0", "no", "n", "false", "否", "无", "没有")


def column_of(survey: Survey, column: str) -> pd.Series:
    """A column of the answers, if it is there and not private.

    Raises
    ------
    DataError
        `private_column`, `unknown_column` with what exists.

    """
    if column in survey.codebook.private:
        raise DataError("private_column", column=column, survey=survey.name)
    answers = survey.answers
    if column not in answers.columns:
        visible = [name for name in answers.columns if name not in survey.codebook.private]
        raise DataError("unknown_column", column=column, survey=survey.name, choices=offered(str(column), visible))
    return answers[column]


def flag_column(survey: Survey, column: str) -> Array:
    """(n,) 1 for yes, 0 for no, NaN where there is no answer; numbers 0 and 1, True and False, or words.

    Raises
    ------
    DataError
        `flags_not_yes_no`, `private_column`, `unknown_column`.

    """
    values = column_of(survey, column)
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        found = values.to_numpy(dtype=float, na_value=np.nan)
        wrong = ~np.isnan(found) & (found != 0) & (found != 1)
        example = f"{found[wrong][0]:g}" if wrong.any() else ""
    else:
        known = {**dict.fromkeys(YES, 1.0), **dict.fromkeys(NO, 0.0)}
        codes, texts = pd.factorize(values)
        worth = [known.get(str(text).strip().casefold(), np.inf) for text in texts]
        found = np.array([*worth, np.nan])[codes]
        wrong = np.isinf(found)
        example = str(texts[codes[wrong][0]]) if wrong.any() else ""
    if wrong.any():
        raise DataError(
            "flags_not_yes_no", column=column, survey=survey.name, count=int(wrong.sum()), value=example, yes=YES, no=NO
        )
    return found


def number_column(survey: Survey, column: str) -> Array:
    """(n,) a column of numbers, NaN where there is none.

    Raises
    ------
    DataError
        `column_not_numbers`, `private_column`, `unknown_column`.

    """
    values = column_of(survey, column)
    if not pd.api.types.is_numeric_dtype(values):
        raise DataError("column_not_numbers", column=column, survey=survey.name)
    return values.to_numpy(dtype=float, na_value=np.nan)
