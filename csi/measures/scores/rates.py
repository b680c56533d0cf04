"""Rates: the share of respondents on chosen levels of a scale, and what is made of such shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.errors import OptionError, choose
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.means import Means
from csi.language import Note, note
from csi.measures.scores.levels import (
    MISSING,
    bottom_levels,
    count_missing,
    item_names,
    level_columns,
    level_set,
    levels_notes,
    missing_notes,
    scale_of,
    top_levels,
)
from csi.results import Block, Result

Array = NDArray[np.float64]
SHORT = 7  # points up to which a scale has usual boxes: the best two

WILSON = {
    "text": "Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. "
    "Journal of the American Statistical Association, 22(158), 209-212.",
    "bibtex": "@article{wilson1927, author={Wilson, Edwin B.}, title={Probable inference, the law of succession, and "
    "statistical inference}, journal={Journal of the American Statistical Association}, volume={22}, number={158}, "
    "pages={209--212}, year={1927}}",
}


def score_rate(
    survey: SurveyLike,
    items: str | Sequence[str] | None = None,
    *,
    satisfied: object,
    missing: str = "exclude",
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Score the satisfaction rate (顾客满意率), a share from 0 to 1.

    Use it for the share of respondents on the levels that count as satisfied. A rate throws away how satisfied people
    are; put `score_mean` or an index beside it.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
    items : names of items with a scale; the only one of the survey when None
    satisfied : the levels that count. One number or word is that level and all better ones: 4, "满意". A list is these
        levels and no other: [4, 5]. Numbers are ratings in the good direction, so reversed items are turned round
        first; words are those the codebook prints at the points of the scale
    missing : {"exclude", "count_as_not_satisfied"}: leave out who was asked and gave no rating (don't know, skipped,
        blank, refused), or count them as not satisfied; who was not asked never counts
    by : columns that name groups
    inference : {"linearised", "bootstrap", "none"}, None for linearised
    interval : {"wilson", "score", "t", "bca", "percentile"}, None for Wilson's interval, which is the score interval of
        two points (BCa for a bootstrap of a plain design)
    n_boot, seed : of a bootstrap

    Returns
    -------
    Result
        Table `rate`: (group,) item, then estimate, std_error, lower, upper, n (respondents who count below the line).

    Raises
    ------
    OptionError
        `levels_outside`, `levels_unknown_word`, `levels_all`, `levels_none`; an unknown `missing`, inference or
        interval.
    DataError
        `unknown_items`, `items_not_numbers`, `items_repeated`, `item_without_scale`, `private_column`,
        `all_missing_items`, `items_needed`, `items_none_rated`.
    EstimationError
        `groups_too_small`: no group is large enough.

    Notes
    -----
    Rate = sum of w over the satisfied / sum of w over all who count. Wilson's interval with n, under a design with the
    effective n = p (1 - p) / variance and t with the design's degrees of freedom. A note gives the share of don't know.
    In R: prop.test(x, n, correct = FALSE); with a design svymean of survey (svyciprop has no Wilson).

    Examples
    --------
    >>> import csi
    >>> result = csi.score_rate(csi.load_sample("tiny"), ["s1", "s2"], satisfied=8)
    >>> result.tidy()[["item", "estimate", "lower", "upper", "n"]].round(3).to_numpy().tolist()
    [['s1', 0.5, 0.254, 0.746, 12], ['s2', 0.25, 0.089, 0.532, 12]]

    """
    survey = as_survey(survey, "score_rate")
    names = item_names(survey, items)
    choose("missing", missing, MISSING)
    levels = [level_set(survey, name, satisfied, "satisfied") for name in names]
    columns = level_columns(survey, names, levels)
    if missing != "exclude":
        columns = count_missing(survey, names, columns)
    notes = [*levels_notes(names, levels, "rate_levels"), *missing_notes(survey, names, missing)]
    question = share_measure("score_rate", "rate", note("rate_title"), names, columns, notes)
    return measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))


def score_csat(
    survey: SurveyLike,
    items: str | Sequence[str] | None = None,
    *,
    boxes: int | None = None,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Score CSAT, the share (0 to 1) of respondents on the best levels of a satisfaction item.

    Use it where a report asks for "CSAT": the top two boxes of a scale of up to seven points. Longer scales have no
    usual boxes (9-10 and 8-10 are both in use), so there `boxes` must be given.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
    items : names of items with a scale; the only one of the survey when None
    boxes : how many of the best levels count; None for 2 on scales of up to 7 points
    by, inference, interval, n_boot, seed : as in `score_rate`

    Returns
    -------
    Result
        Table `csat`: (group,) item, then estimate, std_error, lower, upper, n.

    Raises
    ------
    OptionError
        `csat_needs_boxes`, `boxes_outside`.
    DataError, EstimationError
        As `score_rate`.

    Notes
    -----
    Missing answers are left out. Weights and intervals as in `score_rate`. In R: as `score_rate`.

    Examples
    --------
    >>> import csi
    >>> csi.score_csat(csi.load_sample("tiny"), "s1", boxes=3).tidy()["estimate"].tolist()
    [0.5]

    """
    survey = as_survey(survey, "score_csat")
    names = item_names(survey, items)
    if boxes is None:
        long = [name for name in names if not 2 < len(scale_of(survey, name).points) <= SHORT]
        if long:
            raise OptionError("csat_needs_boxes", items=long, scale=str(scale_of(survey, long[0])), longest=SHORT)
        boxes = 2
    levels = [top_levels(survey, name, boxes, "boxes") for name in names]
    notes = [*levels_notes(names, levels, "csat_levels"), *missing_notes(survey, names, "exclude")]
    columns = level_columns(survey, names, levels)
    question = share_measure("score_csat", "csat", note("csat_title"), names, columns, notes)
    return measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))


def score_top_box(
    survey: SurveyLike,
    items: str | Sequence[str] | None = None,
    *,
    boxes: int = 2,
    bottom: int | None = None,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Score top-box and bottom-box shares (高分占比), 0 to 1, and their difference, -1 to 1.

    Use it for the two ends of a distribution: star ratings and online reviews, where the middle is thin.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
    items : names of items with a scale; the only one of the survey when None
    boxes : how many of the best levels are the top
    bottom : how many of the worst levels are the bottom; None for as many as `boxes`
    by, inference, interval, n_boot, seed : as in `score_rate`

    Returns
    -------
    Result
        Table `boxes`: (group,) item, kind (top_box, bottom_box, net_box = top - bottom), then estimate, std_error,
        lower, upper, n.

    Raises
    ------
    OptionError
        `boxes_outside`, `boxes_overlap`.
    DataError, EstimationError
        As `score_rate`.

    Notes
    -----
    Missing answers are left out. Wilson's interval for shares, the score interval of +1, 0 and -1 for the difference.
    In R: as `score_rate`.

    Examples
    --------
    >>> import csi
    >>> csi.score_top_box(csi.load_sample("tiny"), "s1", boxes=3).tidy()[["kind", "estimate"]].to_numpy().tolist()
    [['top_box', 0.5], ['bottom_box', 0.0], ['net_box', 0.5]]

    """
    survey = as_survey(survey, "score_top_box")
    names = item_names(survey, items)
    low = boxes if bottom is None else bottom
    top = [top_levels(survey, name, boxes, "boxes") for name in names]
    worst = [bottom_levels(survey, name, low, "bottom") for name in names]
    for name, above, below in zip(names, top, worst, strict=True):
        if below.high >= above.low:
            raise OptionError("boxes_overlap", boxes=boxes, bottom=low, item=name, scale=str(scale_of(survey, name)))
    k = len(names)
    columns = level_columns(survey, [*names, *names], [*top, *worst])
    blocks = tuple(
        Block(kind, ((name, kind),), (i,), k)
        for i, name in enumerate(names)
        for kind in ("top_box", "bottom_box", "net_box")
    )

    def evaluate(domain: Means, whole: Means) -> dict[str, Array]:
        above, below = domain.mean[:k], domain.mean[k:]
        return {"top_box": above, "bottom_box": below, "net_box": above - below}

    notes = [*levels_notes(names, top, "top_levels"), *levels_notes(names, worst, "bottom_levels")]
    question = Measure(
        function="score_top_box",
        title=note("boxes_title"),
        columns=columns,
        evaluate=evaluate,
        sheets={"boxes": Sheet(("item", "kind"), blocks, 3)},
        scales={"top_box": "share", "bottom_box": "share", "net_box": "mean"},
        ends=np.repeat([[0.0], [1.0]], 2 * k, axis=1),
        counted=dict.fromkeys(("top_box", "bottom_box", "net_box"), tuple(range(k))),
        notes=(*notes, *missing_notes(survey, names, "exclude")),
        sources=(WILSON,),
        names=(*names, *names),
    )
    return measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))


def score_ces(
    survey: SurveyLike,
    items: str | Sequence[str] | None = None,
    *,
    easy: int = 3,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Score the customer effort score (客户费力度): mean agreement that it was easy, in rating units, and a share.

    Use it right after a contact. An item that asks how much effort it took is `reversed` in the codebook, so that high
    is easy for every item here.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
    items : names of items with a scale, usually 1-7; the only one of the survey when None
    easy : how many of the best levels count as easy in the table `easy`
    by, inference, interval, n_boot, seed : as in `score_rate`

    Returns
    -------
    Result
        Table `ces`: (group,) item, mean rating. Table `easy`: (group,) item, share 0-1 on the best `easy` levels. Each
        then estimate, std_error, lower, upper, n.

    Raises
    ------
    OptionError
        `boxes_outside`.
    DataError, EstimationError
        As `score_rate`.

    Notes
    -----
    Missing answers are left out. Score interval for the mean, Wilson's for the share. A scale other than 1-7 is used as
    it is and named in a note. In R: svymean of survey, prop.test.

    Examples
    --------
    >>> import csi
    >>> result = csi.score_ces(csi.load_sample("tiny"), "s1")
    >>> result.tidy()["estimate"].round(2).tolist(), result.tidy("easy")["estimate"].tolist()
    ([7.0], [0.5])

    """
    survey = as_survey(survey, "score_ces")
    names = item_names(survey, items)
    levels = [top_levels(survey, name, easy, "easy") for name in names]
    k = len(names)
    ratings = survey.matrix(names).T
    columns = np.concatenate([ratings, level_columns(survey, names, levels).T]).T
    rows = tuple((name,) for name in names)
    other = [f"{name} ({scale})" for name in names if str(scale := scale_of(survey, name)) != "1-7"]
    notes = [*levels_notes(names, levels, "ces_levels"), *missing_notes(survey, names, "exclude")]
    question = Measure(
        function="score_ces",
        title=note("ces_title"),
        columns=columns,
        evaluate=lambda domain, whole: {"ces": domain.mean[:k], "easy": domain.mean[k:]},
        sheets={"ces": Sheet(("item",), (Block("ces", rows),), 2), "easy": Sheet(("item",), (Block("easy", rows),), 3)},
        scales={"ces": "mean", "easy": "share"},
        ends=np.hstack([np.array(survey.scale_ends(names)), np.repeat([[0.0], [1.0]], k, axis=1)]),
        counted={"ces": tuple(range(k)), "easy": tuple(range(k))},
        notes=(*notes, *([note("ces_scale", items=other)] if other else [])),
        sources=(WILSON,),
        names=(*names, *names),
    )
    return measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))


def share_measure(
    function: str, table: str, title: Note, names: Sequence[str], columns: Array, notes: Sequence[Note]
) -> Measure:
    """The measure of one share per item: means of columns of 0 and 1."""
    return Measure(
        function=function,
        title=title,
        columns=columns,
        evaluate=lambda domain, whole: {table: domain.mean},
        sheets={table: Sheet(("item",), (Block(table, tuple((name,) for name in names)),), 3)},
        scales={table: "share"},
        counted={table: tuple(range(len(names)))},
        notes=tuple(notes),
        sources=(WILSON,),
        names=tuple(names),
    )
