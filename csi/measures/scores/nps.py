"""Net promoter score: shares of promoters and detractors, their difference, and how two such scores differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.scales import brief
from csi.data.survey import Survey
from csi.errors import DataError, OptionError, choose
from csi.estimates import Uncertainty
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.contrasts import Contrasts, pair_weights, wald_statistic
from csi.inference.intervals import Linear
from csi.inference.means import Means
from csi.language import Note, note
from csi.measures.scores.levels import item_names, missing_notes, scale_of
from csi.measures.scores.nps_interval import KINDS, net_promoter
from csi.results import Block, Result, Table

Array = NDArray[np.float64]
BREAKS = (6, 9)  # highest detractor, lowest promoter, on 0-10
OTHERS = ("t", "bca", "percentile")  # intervals that are not of NPS alone
CLASSES = ("promoter", "passive", "detractor")
SOURCES = (
    {
        "text": "Reichheld, F. F. (2003). The one number you need to grow. Harvard Business Review, 81(12), 46-54.",
        "bibtex": "@article{reichheld2003, author={Reichheld, Frederick F.}, title={The one number you need to grow}, "
        "journal={Harvard Business Review}, volume={81}, number={12}, pages={46--54}, year={2003}}",
    },
    {
        "text": "Rocks, B. (2016). Interval estimation for the net promoter score. The American Statistician, 70(4), "
        "365-372.",
        "bibtex": "@article{rocks2016, author={Rocks, Brendan}, title={Interval estimation for the net promoter "
        "score}, journal={The American Statistician}, volume={70}, number={4}, pages={365--372}, year={2016}}",
    },
)


@dataclass(frozen=True, eq=False)
class _Asked:
    """What both public functions know: columns, notes, and how the variance of simple samples is divided."""

    names: list[str]
    columns: Array
    notes: list[Note]


def score_nps(
    survey: SurveyLike,
    items: str | Sequence[str] | None = None,
    *,
    breaks: tuple[float, float] | None = None,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Score the net promoter score (净推荐值) in points from -100 to 100, with the shares behind it.

    Use it for willingness to recommend. The score is coarse: its error is about twice that of a rate, so look at the
    interval before two scores are called different, and at `compare_nps` for the difference.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
    items : names of items, whole ratings; the only rating with a scale when None
    breaks : the highest rating of a detractor and the lowest of a promoter; None for (6, 9) on 0-10, and on 1-10 with a
        note; other scales have no usual breaks, so there they must be given
    by : columns that name groups
    inference : {"linearised", "bootstrap", "none"}, None for linearised
    interval : {"adjusted", "wald", "score", "t", "bca", "percentile"}, None for adjusted Wald; "score_test" is another
        name for "score"
        (BCa for a bootstrap of a plain design); the first three need linearised errors
    n_boot, seed : of a bootstrap

    Returns
    -------
    Result
        Table `nps`: (group,) item, points. Table `shares`: (group,) item, kind (promoter, passive, detractor), share
        0-1 with Wilson's interval. Each then estimate, std_error, lower, upper, n.

    Raises
    ------
    OptionError
        `nps_needs_breaks`, `nps_breaks`; an unknown inference or interval; `nps_interval`: an interval that the
        inference cannot give.
    DataError
        `nps_not_whole`; `unknown_items`, `items_not_numbers`, `items_repeated`, `item_without_scale`,
        `private_column`, `all_missing_items`, `items_needed`, `items_none_rated`.
    EstimationError
        `groups_too_small`: no group is large enough.

    Notes
    -----
    NPS = 100 (p - d); variance (p + d - (p - d)^2) / n. Adjusted Wald adds .75 promoters, 1.5 passives and .75
    detractors; score_test inverts the score test; under a design n is the effective number and t has the design's
    degrees of freedom. Missing answers are left out. Round to whole points only at the end.
    In R: nps.var and nps.test of package NPS.

    Examples
    --------
    >>> import csi
    >>> result = csi.score_nps(csi.load_sample("tiny"), "l1")
    >>> result.tidy()[["item", "estimate", "lower", "upper"]].round(1).to_numpy().tolist()
    [['l1', -8.3, -48.9, 35.5]]

    """
    survey = as_survey(survey, "score_nps")
    asked = _ask(survey, item_names(survey, items), breaks)
    return _score(asked, survey, by, Choice(inference, interval, n_boot, seed), "adjusted", "score_nps")


def compare_nps(
    survey: SurveyLike,
    items: str | Sequence[str] | None = None,
    *,
    breaks: tuple[float, float] | None = None,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Compare net promoter scores of groups, waves or items: differences in points, and whether all are equal.

    Use it with one item and `by` for groups or waves, or with several items and no `by` for questions that the same
    respondents answered (before and after).

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Where the codebook names a column `respondent` and its values repeat, rows of one respondent count as one
        sampling unit, so waves of a panel, whole or rotating, are compared within respondents.
    items : one item with `by` (the only rating with a scale when None); two or more without, compared over those who
        answered all of them
    breaks : as in `score_nps`
    by : columns that name groups, two or more of them
    inference : {"linearised", "bootstrap", "none"}, None for linearised
    interval : {"wald", "t", "bca", "percentile"}, None for Wald (percentile for a bootstrap of a plain design)
    n_boot, seed : of a bootstrap

    Returns
    -------
    Result
        Table `differences`: group, other_group (or item, other_item), then the first minus the second in points,
        std_error, lower, upper, p_value, n (the smaller of both). The later label is first. Table `nps`: the scores
        themselves. `glance`: chi2, df, p_value of the hypothesis that all scores are equal (NaN without inference).

    Raises
    ------
    OptionError
        `compare_needs_two`, `compare_one_item`; those of `score_nps`.
    DataError, EstimationError
        As `score_nps`.

    Notes
    -----
    Two groups: z = (NPS1 - NPS2) / sqrt(se1^2 + se2^2), less twice the covariance where they share respondents or
    clusters. All: Wald's chi-square, sum of (NPS_g - weighted mean)^2 / se_g^2 for independent groups; with a design F
    with its degrees of freedom. A chi-square test on the three classes would test their distribution, not the score.
    p-values of pairs are not adjusted for their number. Missing answers are left out. In R: svycontrast of survey.

    Examples
    --------
    >>> import csi
    >>> result = csi.compare_nps(csi.load_sample("tiny"), ["s1", "l1"])
    >>> result.tidy()[["item", "other_item", "estimate"]].round(1).to_numpy().tolist()
    [['l1', 's1', 8.3]]

    """
    survey = as_survey(survey, "compare_nps")
    names = item_names(survey, items)
    if by is None and len(names) < 2:
        raise OptionError("compare_needs_two", items=names)
    if by is not None and len(names) > 1:
        raise OptionError("compare_one_item", items=names)
    choose("interval", interval, (None, "wald", *OTHERS))
    asked = _ask(survey, names, breaks)
    if by is None:
        asked = _paired(asked)
        used = survey
    else:
        used, remark = _panel(survey)
        asked = replace(asked, notes=[*asked.notes, *remark])
    choice = Choice(inference, interval, n_boot, seed)
    scored = _score(asked, used, by, choice, "wald", "compare_nps", paired=used is not survey)
    if len(scored.table().rows()) < 2:
        raise OptionError("compare_needs_two", items=names)
    return _differences(scored)


def _ask(survey: Survey, names: list[str], breaks: tuple[float, float] | None) -> _Asked:
    """(n, 2k) whether each respondent is a promoter of each item, then whether a detractor."""
    limits = [_breaks(survey, name, breaks) for name in names]
    ratings = survey.matrix(names)
    k = len(names)
    columns = np.empty((2 * k, len(survey)))
    for i, (name, (low, high)) in enumerate(zip(names, limits, strict=True)):
        values = ratings[:, i]
        missing = np.isnan(values)
        between = ~missing & (values != np.rint(values))
        if between.any():
            first = float(values[between][0])
            raise DataError(
                "nps_not_whole", item=name, survey=survey.name, count=int(between.sum()), value=brief(first)
            )
        for row, holds in ((i, values >= high), (k + i, values <= low)):
            columns[row] = holds
            columns[row][missing] = np.nan
    notes = [*missing_notes(survey, names, "exclude")]
    ten = [name for name in names if str(scale_of(survey, name)) == "1-10"]
    if ten and breaks is None:
        notes.append(note("nps_scale", items=ten))
    low, high = limits[0]
    notes.insert(0, note("nps_classes", low=brief(low), high=brief(high)))
    return _Asked(names, columns.T, notes)


def _breaks(survey: Survey, name: str, breaks: tuple[float, float] | None) -> tuple[float, float]:
    """Highest rating of a detractor and lowest of a promoter."""
    scale = scale_of(survey, name)
    if breaks is None:
        if str(scale) not in ("0-10", "1-10"):
            raise OptionError("nps_needs_breaks", item=name, scale=str(scale))
        return BREAKS
    pair = tuple(breaks) if isinstance(breaks, Sequence) and not isinstance(breaks, str) else ()
    good = len(pair) == 2 and all(scale.contains(one) for one in pair) and pair[0] < pair[1]
    if not good:
        raise OptionError("nps_breaks", breaks=str(breaks), item=name, scale=str(scale))
    return float(pair[0]), float(pair[1])


def _paired(asked: _Asked) -> _Asked:
    """Only respondents who answered every item."""
    gone = np.isnan(asked.columns).any(axis=1)
    if not gone.any():
        return asked
    if gone.all():
        raise DataError("no_common_rows", items=asked.names)
    columns = asked.columns.copy()
    columns[gone] = np.nan
    remark = note("nps_paired", used=int((~gone).sum()), n=len(gone))
    return replace(asked, columns=columns, notes=[*asked.notes, remark])


def _panel(survey: Survey) -> tuple[Survey, list[Note]]:
    """The survey with respondents as sampling units, where they occur in more than one row."""
    book = survey.codebook
    if book.respondent is None or book.cluster is not None:
        return survey, []
    ids = survey.answers[book.respondent]
    repeated = ids.notna() & ids.duplicated(keep=False)
    if not repeated.any():
        return survey, []
    people, rows = int(ids[repeated].nunique()), int(repeated.sum())
    remark = note("nps_panel", people=people, rows=rows)
    return replace(survey, codebook=replace(book, cluster=book.respondent)), [remark]


def _score(
    asked: _Asked,
    survey: Survey,
    by: str | Sequence[str] | None,
    choice: Choice,
    default: str,
    function: str,
    paired: bool = False,
) -> Result:
    """Scores and shares by group; NPS's own intervals where errors are linearised."""
    k = len(asked.names)
    choose("interval", choice.interval, (None, *KINDS, "score", *OTHERS))
    if choice.interval == "score":
        choice = replace(choice, interval="score_test")
    own = choice.interval in KINDS
    if own and choice.inference not in (None, "linearised"):
        raise OptionError("nps_interval", interval=choice.interval, inference=choice.inference)

    def evaluate(domain: Means, whole: Means) -> dict[str, Array]:
        promoters, detractors = domain.mean[:k], domain.mean[k:]
        found = {"nps": 100 * (promoters - detractors)}
        return found | {"promoter": promoters, "passive": 1 - promoters - detractors, "detractor": detractors}

    shares = tuple(Block(kind, ((name, kind),), (i,), k) for i, name in enumerate(asked.names) for kind in CLASSES)
    question = Measure(
        function=function,
        title=note("nps_title"),
        columns=asked.columns,
        evaluate=evaluate,
        sheets={
            "nps": Sheet(("item",), (Block("nps", tuple((name,) for name in asked.names)),), 1),
            "shares": Sheet(("item", "kind"), shares, 3),
        },
        scales=dict.fromkeys(CLASSES, "share") | {"nps": "mean"},
        ends=np.repeat([[0.0], [1.0]], 2 * k, axis=1),
        counted=dict.fromkeys(("nps", *CLASSES), tuple(range(k))),
        notes=tuple(asked.notes),
        sources=SOURCES,
        names=(*asked.names, *asked.names),
    )
    result = measure(question, survey, by=by, choice=replace(choice, interval=None) if own else choice)
    if result._glance["inference"] != "linearised" or choice.interval == "t":
        return result
    kind = choice.interval or default
    design = survey.design()
    simple = paired and design.strata is None and design.population is None
    adjust = design.units / (design.units - 1) if simple and design.units > 1 else None
    tables = {**result._tables, "nps": _own_table(result, kind, adjust)}
    return replace(result, _tables=tables, _glance={**result._glance, "interval": kind}, _built={})


def _own_table(result: Result, kind: str, adjust: float | None) -> Callable[[], Table]:
    """The table of scores with an interval of NPS's own."""

    def build() -> Table:
        plain, shares = result.table("nps"), result.table("shares")
        inner = plain.uncertainty
        if not isinstance(inner, Linear):
            return plain
        parts = shares.uncertainty.estimate.reshape(-1, len(CLASSES))
        factor = inner.bounds.adjust if adjust is None else adjust
        return replace(plain, uncertainty=net_promoter(inner, parts[:, 0], parts[:, 2], factor, inner.bounds.df, kind))

    return build


def _differences(scored: Result) -> Result:
    """All differences between the rows of the table of scores, and the test that there is none."""
    table = scored.table("nps")
    names = tuple(table.keys)
    rows = table.rows()
    if names[0] == "group":
        rows, names = [(row[0],) for row in rows], ("group",)
    keys, weights = pair_weights(rows, 0)
    sizes = np.broadcast_to(np.asarray(table.n), len(rows))
    n = [int(sizes[row != 0].min()) for row in weights]
    columns = dict(zip((*names, f"other_{names[0]}"), zip(*keys, strict=True), strict=True))
    differences = Table(columns, Contrasts(table.uncertainty, weights), n, True, 1)
    test, remark = _test(table.uncertainty, [row[0] for row in rows], scored._glance["inference"])
    return replace(
        scored,
        title=note("nps_compare_title"),
        headline="differences",
        notes=(*scored.notes, note("nps_pairs", count=len(keys)), *remark),
        _tables={"differences": lambda: differences, **scored._tables},
        _glance={**scored._glance, **test},
        _built={},
    )


def _test(scores: Uncertainty, labels: Sequence[str], inference: str) -> tuple[dict[str, float], list[Note]]:
    """Whether all scores are equal: Wald's statistic, its degrees of freedom and p-value."""
    if inference == "none":
        return {"chi2": np.nan, "df": np.nan, "p_value": np.nan}, []
    covariance = scores.covariance()
    varied = np.diag(covariance) > 1e-12
    left = [label for label, keep in zip(labels, varied, strict=True) if not keep]
    remark = [note("nps_test_left_out", groups=left)] if left else []
    if varied.sum() < 2:
        return {"chi2": np.nan, "df": np.nan, "p_value": np.nan}, remark
    from scipy.special import chdtrc, fdtrc

    df = int(varied.sum()) - 1
    inside = covariance[np.ix_(varied, varied)]
    try:
        statistic = wald_statistic(scores.estimate[varied], inside)
    except np.linalg.LinAlgError:
        return {"chi2": np.nan, "df": df, "p_value": np.nan}, remark
    free = float(getattr(scores, "df", np.inf))
    p_value = chdtrc(df, statistic) if np.isinf(free) else fdtrc(df, free, statistic / df)
    return {"chi2": statistic, "df": df, "p_value": float(p_value)}, remark
