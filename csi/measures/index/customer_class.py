"""Classes of customers by what they buy and mean to the company: A, B, C, or key, strategic, ordinary and potential."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from csi.data.given import SurveyLike, as_survey
from csi.errors import DataError, OptionError, choose

if TYPE_CHECKING:
    import pandas as pd

SCHEMES = ("abc", "relation")


def classify_customers(
    survey: SurveyLike,
    value: str,
    *,
    scheme: str = "abc",
    cuts: Sequence[float] = (0.8, 0.95),
    strategic: str | None = None,
) -> pd.DataFrame:
    """Class of every customer by its share of the value (0-1): A, B, C, or key, strategic, ordinary and potential.

    Use it to draw a sample by class, to weigh customers in `score_blend` (customer_weights=, customer_class=), or to
    compare classes. The sources call two schemes by one name, one with three classes, one with four: say which.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`; one row per customer
    value : column of numbers of 0 or more
    scheme : {"abc", "relation"}
    cuts : shares of the value, from the largest customer down, at which class A and class B end; key customers end at
        the first
    strategic : column with 1 for customers of strategic importance whatever they buy now; for "relation"

    Returns
    -------
    DataFrame
        One row per customer, in the order of the survey: value, share (of the total, 0-1), cumulative (share of it and
        all larger customers), customer_class (A, B, C; or key, strategic, ordinary, potential; None without a value).

    Raises
    ------
    DataError
        `unknown_items`, `items_not_numbers`; `class_values`: negative values, or no value above 0.
    OptionError
        `class_cuts`, an unknown scheme, `class_needs_relation`: strategic= with "abc".

    Notes
    -----
    A customer belongs to A while those before it hold less than the first cut of the total: the one that reaches it is
    in A. Equal values keep the order of the survey. "relation": strategic where marked; else potential where nothing is
    bought yet (value 0 or missing); else key up to the first cut of what these customers buy; else ordinary. Survey
    weights do not count. In R: cut(cumsum(sort(x, decreasing = TRUE)) / sum(x), ...).

    Examples
    --------
    >>> import csi
    >>> firms = csi.Survey.from_frame({"firm": list("abcd"), "tonnes": [10.5, 70.5, 15.5, 3.5]})
    >>> csi.classify_customers(firms, "tonnes")["customer_class"].tolist()
    ['B', 'A', 'A', 'C']

    """
    import pandas as pd

    survey = as_survey(survey, "classify_customers")
    choose("scheme", scheme, SCHEMES)
    first, second = _cuts(cuts)
    if strategic is not None and scheme == "abc":
        raise OptionError("class_needs_relation")
    values = survey.matrix([value])[:, 0]
    if (values < 0).any() or not np.nansum(values) > 0:
        raise DataError("class_values", survey=survey.name, column=value, count=int((values < 0).sum()))
    marked = np.zeros(len(values), dtype=bool) if strategic is None else survey.matrix([strategic])[:, 0] > 0
    cumulative = _cumulative(values)
    classes = np.full(len(values), None, dtype=object)
    if scheme == "abc":
        before = cumulative - values / np.nansum(values)
        for name, start in (("A", 0.0), ("B", first), ("C", second)):
            classes[before >= start - 1e-12] = name
        classes[np.isnan(values)] = None
    else:
        others = np.where(marked, np.nan, values)
        before = _cumulative(others) - others / max(np.nansum(others), 1e-300)
        classes[:] = "ordinary"
        classes[before < first - 1e-12] = "key"
        classes[~(values > 0)] = "potential"
        classes[marked] = "strategic"
    index = survey.answers.index
    columns = {"value": values, "share": values / np.nansum(values), "cumulative": cumulative}
    return pd.DataFrame(columns, index=index).assign(customer_class=pd.Series(classes, index=index, dtype=object))


def _cuts(cuts: Sequence[float]) -> tuple[float, float]:
    numbers = [float(cut) for cut in cuts]
    if len(numbers) != 2 or not 0 < numbers[0] < numbers[1] <= 1:
        raise OptionError("class_cuts", cuts=numbers)
    return numbers[0], numbers[1]


def _cumulative(values: np.ndarray) -> np.ndarray:
    """Share of the total held by each customer and all that are larger; NaN where a value is missing."""
    order = np.argsort(np.where(np.isnan(values), np.inf, -values), kind="stable")
    total = np.nansum(values)
    shares = np.full(len(values), np.nan)
    shares[order] = np.cumsum(np.nan_to_num(values[order])) / total if total > 0 else np.nan
    shares[np.isnan(values)] = np.nan
    return shares
