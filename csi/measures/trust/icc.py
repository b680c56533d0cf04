"""fit_icc: how far raters give the same ratings, as intraclass correlations in the six forms of Shrout and Fleiss."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey_or_moments
from csi.errors import EstimationError
from csi.estimation.item_moments import ItemData, chosen_items, prepare_items
from csi.estimation.measured import CSI
from csi.estimation.moment_inference import Measured, Numbers, Part, choose_inference, measure
from csi.inference.bootstrap import Batch
from csi.language import note
from csi.measures.trust.analytic import Analytic
from csi.moments import Moments
from csi.results import Block, Check, Result, Table

Array = NDArray[np.float64]
FORMS = ("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")
SQUARES = ("between_targets", "within_targets", "between_raters", "residual")
MODERATE = 0.5  # of ICC2; Koo and Li (2016)
SOURCES = (
    {
        "text": "Shrout, P. E. & Fleiss, J. L. (1979). Intraclass correlations: uses in assessing rater reliability. "
        "Psychological Bulletin 86, 420-428.",
        "bibtex": "@article{shrout1979, author={Shrout, Patrick E. and Fleiss, Joseph L.}, year={1979}, volume={86},\n"
        "  title={Intraclass correlations: uses in assessing rater reliability}, journal={Psychological Bulletin},\n"
        "  pages={420--428}}",
    },
    CSI,
)


def fit_icc(
    survey_or_moments: SurveyLike | Moments,
    items: Sequence[str],
    *,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    by: str | Sequence[str] | None = None,
) -> Result:
    """Intraclass correlations of raters in all six forms of Shrout and Fleiss; shares of 1, possibly negative.

    Use it when the same raters, such as mystery shoppers or coders, judge the same cases. For categories or missing
    ratings use `score_agreement`; for the items of a scale `check_reliability`.

    Parameters
    ----------
    survey_or_moments : Moments, or Survey, or a table, Series, dict or file, see `as_survey`
        One row per case that is judged, one numeric column per rater.
    items : list of str
        The columns of the raters, two or more.
    inference : {"linearised", "bootstrap", "normal", "none"}, optional
        None means linearised for a Survey and for Moments with fourth-order sums, normal theory for other Moments.
    interval : {"t", "bca", "percentile"}, optional
        None means t on Fisher's z with the degrees of freedom of the design; BCa for a bootstrap of a plain design.
    n_boot : int
        Replicates or draws; 0 equals `inference="none"`.
    seed : int
        The same seed gives the same draws on any machine.
    by : str or list of str, optional
        Columns that form groups of cases, as domains of the whole design.

    Returns
    -------
    Result
        Tables `icc` (kind = icc1 | icc2 | icc3 for one rater, icc1k | icc2k | icc3k for the mean of all raters),
        `mean_squares` (term = between_targets | within_targets | between_raters | residual), and for independent cases
        that count alike `icc_limits` (kind; limits and p-value from F). With `by` `group` comes first; n is cases.

    Raises
    ------
    DataError, EstimationError, OptionError
        `too_few_items`, `constant_items`, unknown items, too few cases, impossible options.

    Notes
    -----
    icc1: raters differ from case to case; icc2: raters are a sample of raters, and their level counts; icc3: these
    raters only, and their level does not count (icc3k is raw alpha). The intervals of `icc` draw cases and hold the
    raters fixed; those of `icc_limits` (Shrout and Fleiss) also let raters vary in icc2, and assume normal ratings.
    Cases with a missing rating are left out. Survey weights enter means and covariances.

    In R: `psych::ICC`.

    Examples
    --------
    >>> import csi
    >>> judged = {"a": [9, 6, 8, 7, 10, 6], "b": [2, 1, 4, 1, 5, 2], "c": [5, 3, 6, 2, 6, 4], "d": [8, 2, 8, 6, 9, 7]}
    >>> found = csi.fit_icc(csi.Survey.from_frame(judged), ["a", "b", "c", "d"])
    >>> found.tidy()["estimate"].round(2).tolist()
    [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]

    """
    survey_or_moments = as_survey_or_moments(survey_or_moments, "fit_icc")
    chosen = chosen_items(survey_or_moments, items, "fit_icc")
    if len(chosen) < 2:
        raise EstimationError("too_few_items", function="fit_icc", count=len(chosen), need=2, items=list(chosen))
    data = prepare_items(survey_or_moments, chosen, missing="listwise", by=by, need=3, what="fit_icc")
    method, kind = choose_inference(data, inference, interval, n_boot)
    every = range(len(chosen))
    parts = [[Part(every, partial(_numbers, n))] for n in data.n]
    found = measure(data, parts, method, kind, n_boot, seed)
    notes = [*data.notes, *found.notes, note("icc_raters_fixed")]
    tables = {
        "icc": lambda: found.table(
            data, ("kind",), [Block(form, [(form,)]) for form in FORMS], scales=dict.fromkeys(FORMS, 1)
        ),
        "mean_squares": lambda: found.table(data, ("term",), [Block(term, [(term,)]) for term in SQUARES]),
    }
    if data.equal:
        tables["icc_limits"] = lambda: _limits(data, found)
    else:
        notes.append(note("no_icc_limits"))
    return Result(
        title=note("title_icc", data=data.name, n=sum(data.n), raters=len(chosen)),
        headline="icc",
        notes=tuple(notes),
        _tables=tables,
        _glance={
            "n": sum(data.n), "n_dropped": data.dropped, "n_eff": data.n_eff, "n_raters": len(chosen),
            "inference": found.method, "interval": found.interval, "n_boot": found.n_boot, "n_failed": found.n_failed,
        },
        _checks=lambda: _checks(found),
        _sources=SOURCES,
    )  # fmt: skip


def _numbers(n: int, batch: Batch) -> Numbers:
    """Mean squares of the two-way table of n cases by raters, and the six forms, from means and covariances."""
    cov = batch.cov
    k = len(cov)
    own, total = np.einsum("iib->b", cov), cov.sum(axis=(0, 1))
    msr = total / k
    mse = (own - total / k) / (k - 1)
    msc = n * ((batch.mean - batch.mean.mean(axis=0)) ** 2).sum(axis=0) / (k - 1)
    msw = (msc + (n - 1) * mse) / n
    with np.errstate(invalid="ignore", divide="ignore"):
        found = {
            "icc1": (msr - msw) / (msr + (k - 1) * msw),
            "icc2": (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n),
            "icc3": (msr - mse) / (msr + (k - 1) * mse),
            "icc1k": (msr - msw) / msr,
            "icc2k": (msr - mse) / (msr + (msc - mse) / n),
            "icc3k": (msr - mse) / msr,
        }
    found |= {"between_targets": msr, "within_targets": msw, "between_raters": msc, "residual": mse}
    return {name: values[None] for name, values in found.items()}


def shrout_fleiss(squares: Array, n: int, k: int, level: float) -> tuple[Array, Array]:
    """Limits (6,), (6,) of the six forms from mean squares (between, within, raters, residual) of n cases, k raters."""
    from scipy.special import fdtri

    msr, msw, msc, mse = squares
    share = (1 + level) / 2
    lower, upper = np.empty(6), np.empty(6)
    for at, below, df in ((0, msw, n * (k - 1)), (2, mse, (n - 1) * (k - 1))):
        low = msr / below / fdtri(n - 1, df, share)
        high = msr / below * fdtri(df, n - 1, share)
        lower[at], upper[at] = (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)
        lower[at + 3], upper[at + 3] = 1 - 1 / low, 1 - 1 / high
    icc2 = (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n)
    raters = msc / mse
    part = n * (1 + (k - 1) * icc2) - k * icc2
    top = (k - 1) * (n - 1) * (k * icc2 * raters + part) ** 2
    v = top / ((n - 1) * k**2 * icc2**2 * raters**2 + part**2)
    f, g = fdtri(n - 1, v, share), fdtri(v, n - 1, share)
    rest = k * msc + (k * n - k - n) * mse
    lower[1] = n * (msr - f * mse) / (f * rest + n * msr)
    upper[1] = n * (g * msr - mse) / (rest + n * g * msr)
    lower[4], upper[4] = (k * end / (1 + (k - 1) * end) for end in (lower[1], upper[1]))
    return lower, upper


def _limits(data: ItemData, found: Measured) -> Table:
    """The six forms with Shrout and Fleiss's limits and the F test that cases do not differ."""
    from scipy.special import fdtrc

    k = len(data.items)
    keys, values, tests, n, squares = [], [], [], [], []
    for g, count in enumerate(data.n):
        msr, msw, msc, mse = (float(found.numbers[term][g]) for term in SQUARES)
        squares.append(np.array([msr, msw, msc, mse]))
        for form in FORMS:
            keys.append((data.groups[g], form) if data.groups else (form,))
            values.append(float(found.numbers[form][g]))
            one = form in ("icc1", "icc1k")
            df = count * (k - 1) if one else (count - 1) * (k - 1)
            tests.append(float(fdtrc(count - 1, df, msr / (msw if one else mse))))
            n.append(count)

    limits = partial(_shrout_fleiss, squares, list(data.n), k)
    names = ("group", "kind") if data.groups else ("kind",)
    uncertainty = Analytic(np.array(values), np.full(len(values), np.nan), limits, np.array(tests))
    return Table(dict(zip(names, zip(*keys, strict=True), strict=True)), uncertainty, n, tested=True)


def _shrout_fleiss(squares: list[Array], n: list[int], k: int, level: float) -> tuple[Array, Array]:
    ends = [shrout_fleiss(part, count, k, level) for part, count in zip(squares, n, strict=True)]
    return np.concatenate([low for low, _ in ends]), np.concatenate([high for _, high in ends])


def _checks(found: Measured) -> tuple[Check, ...]:
    value = float(found.numbers["icc2"].min())
    lines = [Check("icc", value, f">= {MODERATE}", value >= MODERATE, False, {"value": value})]
    return tuple(lines + found.checks())
