"""From ratings to points of 100, in two ways that are never mixed, and mean scores on either."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from csi.data.given import SurveyLike, as_survey, plain_numbers
from csi.data.ruling import ends_of
from csi.data.scales import Scale
from csi.data.survey import Survey
from csi.errors import DataError, OptionError, choose
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.language import note
from csi.measures.scores.levels import item_names, missing_notes, scale_of
from csi.results import Block, Result

Array = NDArray[np.float64]
METHODS = ("rating", "min_max", "percent_of_max")


def min_max(ratings: ArrayLike, lo: ArrayLike, hi: ArrayLike) -> Array:
    """100 (rating - lo) / (hi - lo): the worst rating is 0, the best 100."""
    low = np.asarray(lo, dtype=float)
    return 100 * (np.asarray(ratings, dtype=float) - low) / (np.asarray(hi, dtype=float) - low)


def percent_of_max(ratings: ArrayLike, hi: ArrayLike) -> Array:
    """100 rating / hi: the best rating is 100, the worst is not 0 unless the scale begins at 0."""
    return 100 * np.asarray(ratings, dtype=float) / np.asarray(hi, dtype=float)


def derive_points(
    values: ArrayLike, scale: Scale | Sequence[float], *, method: str = "min_max", given: str = "rating"
) -> Array:
    """Derive points of one kind from ratings or from points of the other kind; each kind is in points up to 100.

    Use it to bring a published score to your own kind before you compare: 76.8 as percent of the maximum of 1-10 is a
    mean rating of 7.68, and 74.22 on the scale where the worst rating is 0.

    Parameters
    ----------
    values : numbers of any shape, NaN for missing
    scale : Scale, or its two ends such as (1, 10)
    method : {"min_max", "percent_of_max", "rating"}: what comes out. min_max runs from 0 to 100; percent_of_max from
        100 lo / hi to 100
    given : {"rating", "min_max", "percent_of_max"}: what goes in

    Returns
    -------
    ndarray
        Same shape as `values`.

    Raises
    ------
    OptionError
        `percent_needs_positive` for a percent of the maximum of a scale that goes below 0; an unknown `method` or
        `given`.
    DataError
        `points_outside`: a value that the scale cannot give, with the kinds of points it could be; `scale_ends`.

    Notes
    -----
    min_max = 100 (x - lo) / (hi - lo); percent_of_max = 100 x / hi. The two agree only at the top and on scales that
    begin at 0. In R: 100 * (x - lo) / (hi - lo).

    Examples
    --------
    >>> import csi
    >>> csi.derive_points([76.8], (1, 10), given="percent_of_max").round(2).tolist()
    [74.22]
    >>> csi.derive_points([1, 2, 3, 4, 5], (1, 5)).tolist()
    [0.0, 25.0, 50.0, 75.0, 100.0]

    """
    choose("method", method, METHODS)
    choose("given", given, METHODS)
    ends = scale if isinstance(scale, Scale) else Scale(*ends_of(scale))
    for kind in (method, given):
        _check_percent(kind, ends, "scale")
    found = plain_numbers(values, "derive_points")
    low, high = (float(_to(kind, given, ends)) for kind in (ends.lo, ends.hi))
    outside = (found < low - 1e-9) | (found > high + 1e-9)
    if outside.any():
        worst = float(found[outside].flat[0])
        raise DataError("points_outside", count=int(outside.sum()), value=worst, given=given, low=low, high=high)
    return np.asarray(_to(_back(found, given, ends), method, ends))


def _to(ratings: ArrayLike, method: str, scale: Scale) -> Array:
    if method == "min_max":
        return min_max(ratings, scale.lo, scale.hi)
    return percent_of_max(ratings, scale.hi) if method == "percent_of_max" else np.asarray(ratings, dtype=float)


def _back(points: Array, given: str, scale: Scale) -> Array:
    if given == "min_max":
        return scale.lo + points * (scale.hi - scale.lo) / 100
    return points * scale.hi / 100 if given == "percent_of_max" else points


def _check_percent(method: str, scale: Scale, item: str) -> None:
    if method == "percent_of_max" and scale.lo < 0:
        raise OptionError("percent_needs_positive", item=item, scale=str(scale))


def transform_items(survey: Survey, names: Sequence[str], method: str) -> Array:
    """(n, k) ratings of items in the good direction, as points of one kind."""
    choose("method", method, METHODS)
    ratings = survey.matrix(names)
    if method == "rating":
        return ratings
    scales = [scale_of(survey, name) for name in names]
    columns = np.empty(ratings.shape[::-1])
    for k, (name, scale) in enumerate(zip(names, scales, strict=True)):
        _check_percent(method, scale, name)
        columns[k] = _to(ratings[:, k], method, scale)
    return columns.T


def point_ends(survey: Survey, names: Sequence[str], method: str) -> Array:
    """(2, k) the lowest and highest points that items can have."""
    scales = [scale_of(survey, name) for name in names]
    return np.array([[float(_to(end, method, scale)) for scale in scales for end in [getattr(scale, side)]]
                     for side in ("lo", "hi")])  # fmt: skip


def score_mean(
    survey: SurveyLike,
    items: str | Sequence[str] | None = None,
    *,
    method: str = "min_max",
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Score mean satisfaction (满意度得分) of items, in points 0-100 or in rating units.

    Use it for the mean of every item, weighted by the survey weight; for a weighted sum of items use an index.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
    items : names of items with a scale; the only one of the survey when None
    method : {"min_max", "percent_of_max", "rating"}: points from 0 (worst rating) to 100; percent of the highest
        rating; the rating itself. One call, one kind: a note says which
    by : columns that name groups
    inference : {"linearised", "bootstrap", "none"}, None for linearised
    interval : {"score", "t", "bca", "percentile"}, None for the score interval, as in `score_items` (BCa for a
        bootstrap of a plain design)
    n_boot, seed : of a bootstrap

    Returns
    -------
    Result
        Table `means`: (group,) item, then estimate, std_error, lower, upper, n.

    Raises
    ------
    OptionError
        An unknown `method`; `percent_needs_positive`.
    DataError
        `unknown_items`, `items_not_numbers`, `items_repeated`, `item_without_scale`, `private_column`,
        `all_missing_items`, `items_needed`, `items_none_rated`.
    EstimationError
        `groups_too_small`: no group is large enough.

    Notes
    -----
    Reversed items are turned round; missing answers are left out, item by item. In R: svymean(~ x, design).

    Examples
    --------
    >>> import csi
    >>> csi.score_mean(csi.load_sample("tiny"), "s1").tidy()["estimate"].round(2).tolist()
    [66.67]
    >>> csi.score_mean(csi.load_sample("tiny"), "s1", method="percent_of_max").tidy()["estimate"].round(2).tolist()
    [70.0]

    """
    survey = as_survey(survey, "score_mean")
    names = item_names(survey, items)
    columns = transform_items(survey, names, method)
    rows = tuple((name,) for name in names)
    question = Measure(
        function="score_mean",
        title=note("mean_title"),
        columns=columns,
        evaluate=lambda domain, whole: {"means": domain.mean},
        sheets={"means": Sheet(("item",), (Block("means", rows),), 2)},
        scales={"means": "mean"},
        ends=point_ends(survey, names, method),
        counted={"means": tuple(range(len(names)))},
        notes=(note(f"mean_{method}"), *missing_notes(survey, names, "exclude")),
        names=tuple(names),
    )
    return measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))
