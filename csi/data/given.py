"""One door for answers: whatever a public function was given for a Survey becomes one; or a table of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.intake import is_table
from csi.data.readers.door import read_survey
from csi.data.survey import Survey
from csi.errors import AskedError, DataError
from csi.language import note
from csi.moments import Moments


class OtherTable(Protocol):
    """A table or Series of polars or Arrow, which need not be installed."""

    def to_pandas(self) -> Any:
        """The same as a table or Series of pandas."""


SurveyLike = Survey | pd.DataFrame | pd.Series | OtherTable | Mapping[str, Any] | str | PathLike[str]


def as_survey(data: SurveyLike, function: str = "as_survey") -> Survey:
    """Make a Survey of what holds answers, as every function of csi does with what it is given.

    Call it yourself to look at what was decided (`.doubts`) before anything is estimated, or to read a large table
    once for several functions. Where scales, codes or roles are known, say so with `Survey.from_frame` or `read_survey`
    instead.

    Parameters
    ----------
    data : Survey, or a table, Series, dict or file
        A Survey stays as it is. A table (pandas, polars or Arrow), a dict of columns and a Series (one item, called
        "answers" where it has no name) are read by `Survey.from_frame`: one row per respondent. A str or path names a
        file that `read_survey` reads.
    function : str
        Who asks, for messages.

    Returns
    -------
    Survey
        Its notes say what was guessed (scales, codes taken for missing, direction, roles) and that no design was
        given, unless weights were recognised; every result made of it repeats them.

    Raises
    ------
    DataError
        `not_a_survey` for anything else; those of `Survey.from_frame` and `read_survey`.
    AskedError
        `asked_by_function`: the evidence leaves something open; the message holds the argument that answers, and
        `error.answers` the choices.

    Notes
    -----
    Missing answers: as `Survey.from_frame`. Weights, strata and clusters: a column that its heading and its values
    show to be a weight counts as one; strata and clusters are never guessed, so every respondent is taken as drawn
    alone.

    Examples
    --------
    >>> import csi
    >>> survey = csi.as_survey({"wait": [1, 2, 4, 5, 3, 5], "staff": [5, 5, 4, 1, 2, 3]})
    >>> str(survey.codebook.items["wait"].scale), survey.notes[-1].code
    ('1-5', 'no_design')
    >>> csi.score_mean({"wait": [1, 2, 4, 5, 3, 5]}).tidy()["estimate"].round(1).tolist()
    [58.3]

    """
    return _read(data, function, "taken_survey")


def as_survey_or_moments(data: SurveyLike | Moments, function: str) -> Survey | Moments:
    """Moments as they are; everything else as `as_survey`."""
    return data if isinstance(data, Moments) else _read(data, function, "taken_moments")


def _read(data: Any, function: str, taken: str) -> Survey:
    if isinstance(data, Survey):
        return data
    file = isinstance(data, str | PathLike)
    if not file and not is_table(data):
        kind = "None" if data is None else type(data).__name__
        raise DataError("not_a_survey", function=function, kind=kind, taken=note(taken))
    try:
        survey = read_survey(data) if file else Survey.from_frame(data)
    except AskedError as asked:
        door = "csi.read_survey(file, ...)" if file else "csi.Survey.from_frame(table, ...)"
        facts = {"function": function, "door": door, "question": asked, "answers": asked.answers}
        raise AskedError("asked_by_function", **facts) from None
    if survey.codebook.weight is not None:
        return survey
    return replace(survey, notes=(*survey.notes, note("no_design")))


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


def plain_numbers(given: Any, function: str) -> NDArray[np.float64]:
    """What was given as numbers as an array.

    Raises
    ------
    DataError
        `values_not_numbers`.

    """
    try:
        if given is None:
            raise TypeError
        return np.array(given, dtype=float)
    except (TypeError, ValueError):
        kind = "None" if given is None else type(given).__name__
        raise DataError("values_not_numbers", function=function, kind=kind) from None
