"""The simplest measures: one number per item, as it was rated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.errors import DataError, OptionError, choose
from csi.estimation.engine import Estimator, Numbers
from csi.estimation.measured import Choice, Measure, Sheet, design_note, measure
from csi.inference.design import Design
from csi.inference.means import Means, Sample
from csi.inference.quantiles import OrderedColumns, QuantileStore, quantiles
from csi.inference.stores import Store
from csi.language import Note, note
from csi.references import reference
from csi.results import Block, Result

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
STATISTICS = ("mean", "score", "quantile", "sd")
DECIMALS = {"mean": 2, "score": 1, "quantile": 1, "sd": 2}

WOODRUFF = reference("woodruff1952")
LUMLEY = reference("lumley2010")


def score_items(
    survey: SurveyLike,
    items: str | Iterable[str] | None = None,
    *,
    statistic: str = "mean",
    probs: Sequence[float] = (0.25, 0.5, 0.75),
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Mean rating, mean score of 0-100, standard deviation or quantiles of every item, each with its interval.

    Use it first: one line per question, before anything is added up. Means of items on different scales are compared as
    scores; quantiles say what the middle and the unhappy quarter answered; the standard deviation how much customers
    differ.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`; reversed items are turned round first
    items : names of numeric items; all items of kind rating when None
    statistic : {"mean", "score", "quantile", "sd"}: mean in the unit of the scale; mean of 100 (x - lo) / (hi - lo),
        the ends from the codebook; quantiles at `probs`; standard deviation in the unit of the scale
    probs : shares between 0 and 1, for quantiles
    by : columns whose groups are compared, as domains of the whole design
    inference : {"linearised", "bootstrap", "none"} or None for linearised
    interval : {"score", "t", "bca", "percentile"} or None: the score interval for means of items with a scale, t for
        others and for standard deviations; BCa for a bootstrap of a plain design; quantiles have Woodruff's interval,
        or "percentile" (default) and "t" of a bootstrap
    n_boot, seed : replicates and seed of a bootstrap

    Returns
    -------
    Result
        `items` (key item, for quantiles item and quantile): a row per item, in the order given. `.scores()`: the
        ratings (scores of 0-100 with `statistic="score"`) of every respondent. `.check()`: whether 30 respondents stand
        behind every number, and whether the weights let a few carry them.

    Raises
    ------
    DataError
        `unknown_items`, `items_not_numbers`, `no_ratings`, `private_items`, `score_needs_scale`,
        `all_missing_items`; those of `Survey.split` and of the design.
    OptionError
        An unknown statistic, inference or interval; `bad_probs`; `bca_not_quantiles`, `bad_n_boot`,
        `score_needs_ends`.
    EstimationError
        `groups_too_small`, `replicates_failed`.

    Notes
    -----
    Each item is taken over those who answered it. Mean: sum w x / sum w; its interval holds the values t that
    z2(t) = n (mean - t)^2 / variance does not reject, the variance that of the likeliest answers with mean t on the
    scale, n the effective number of respondents: Wilson's interval for more than two points. Standard deviation: root
    of n / (n - 1) times the weighted mean square deviation, n answers, as in Moments. Quantile: the lowest answer at or
    below which the share lies (svyquantile's rule "math"); its interval is the t interval of that share, read off the
    distribution, so a standard error of 0 means that no other answer is in question (Woodruff 1952). Weights, strata,
    clusters, finite populations and raking enter all errors. In R: survey::svymean, svyvar, svyquantile, svyby.

    Examples
    --------
    >>> import csi
    >>> survey = csi.load_sample("tiny")
    >>> means = csi.score_items(survey, ["s1", "l1"])
    >>> means.tidy().round(3)[["item", "estimate", "std_error", "n"]].values.tolist()
    [['s1', 7.0, 0.577, 12], ['l1', 7.0, 0.577, 12]]
    >>> csi.score_items(survey, "s1", statistic="sd").value("s1").estimate
    2.0
    >>> csi.score_items(survey, "s1", statistic="quantile", probs=[0.5]).tidy()["estimate"].tolist()
    [7.0]

    """
    survey = as_survey(survey, "score_items")
    choose("statistic", statistic, STATISTICS)
    names = _names(survey, items)
    shares = check_probs(probs) if statistic == "quantile" else ()
    if statistic == "quantile" and interval == "bca":
        raise OptionError("bca_not_quantiles")
    columns, ends = survey.matrix(names), np.array(survey.scale_ends(names))
    notes = []
    if statistic == "score":
        columns, ends = _scores(survey, names, columns), np.repeat([[0.0], [100.0]], len(names), axis=1)
    elif statistic == "mean" and np.isnan(ends).any():
        notes.append(note("mean_by_t", items=[name for name, end in zip(names, ends[0], strict=True) if np.isnan(end)]))
    spread = statistic == "sd"
    rows = [(name,) for name in names] if not shares else [(name, f"{p:g}") for name in names for p in shares]
    question = Measure(
        "score_items",
        note(f"title_items_{statistic}", data=survey.name, n=len(survey)),
        _with_squares(columns) if spread else columns,
        _deviations if spread else _means,
        {"items": Sheet(("item", "quantile") if shares else ("item",), (Block("items", rows),), DECIMALS[statistic])},
        scales={"items": "mean"} if statistic in ("mean", "score") else {},
        ends=ends if statistic in ("mean", "score") else None,
        notes=tuple(notes),
        counted={"items": [i // max(len(shares), 1) for i in range(len(rows))]},
        glance={"statistic": statistic},
        scores=lambda: _frame(survey, names, columns),
        sources=(WOODRUFF, LUMLEY) if shares else (LUMLEY,),
        names=tuple(names) * (2 if spread else 1),
        estimator=partial(OfQuantiles, shares) if shares else None,
    )
    return measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))


@dataclass(frozen=True, eq=False)
class OfQuantiles(Estimator):
    """Quantiles of columns.

    Attributes
    ----------
    probs : shares at or below
    sample : the columns
    """

    probs: Sequence[float]
    sample: Sample

    drawn = ("bootstrap",)
    intervals = MappingProxyType({"linearised": "woodruff", "bootstrap": "percentile"})

    @property
    def design(self) -> Design:
        """Of all respondents."""
        return self.sample.design

    def numbers(self) -> Numbers:
        """(k,) of the sample."""
        return {"items": quantiles(self.sample, self.probs, errors=False).estimate}

    def linearised(self, method: str) -> tuple[Store, Note]:
        """Woodruff's intervals."""
        return QuantileStore(quantiles(self.sample, self.probs, errors=True)), design_note(self.design)

    def replicates(self, multipliers: Array) -> Numbers:
        """(k, b) of b replicates."""
        return {"items": self._ordered.replicates(multipliers)}

    @cached_property
    def _ordered(self) -> OrderedColumns:
        return OrderedColumns(self.sample, self.probs)

    def remark(self) -> Note:
        """How replicates are drawn."""
        return design_note(self.design, "bootstrap_raked", "bootstrap_design")


def _names(survey: Survey, items: str | Iterable[str] | None) -> list[str]:
    """The items asked for, each once; all ratings that are not private when None."""
    private = survey.codebook.private
    if items is None:
        named = [item.name for item in survey.codebook.items.values() if item.kind == "rating"]
        found = [name for name in named if name not in private]
        if not found:
            raise DataError("no_ratings", survey=survey.name)
        return found
    names = list(dict.fromkeys([items] if isinstance(items, str) else items))
    hidden = sum(name in private for name in names)
    if hidden:
        raise DataError("private_items", survey=survey.name, count=hidden, options="items=")
    if not names:
        raise DataError("no_columns", survey=survey.name)
    return names


def check_probs(probs: Sequence[float]) -> tuple[float, ...]:
    """The shares as numbers, each once, or an error: they lie between 0 and 1."""
    try:
        wanted = tuple(dict.fromkeys(float(p) for p in ([probs] if isinstance(probs, int | float) else probs)))
    except (TypeError, ValueError):
        raise OptionError("bad_probs", value=probs) from None
    if not wanted or not all(0 < p < 1 for p in wanted):
        raise OptionError("bad_probs", value=probs)
    return wanted


def _scores(survey: Survey, names: Sequence[str], ratings: Array) -> Array:
    lo, hi = survey.scale_ends(names)
    without = [name for name, known in zip(names, np.isfinite(lo) & np.isfinite(hi), strict=True) if not known]
    if without:
        raise DataError("score_needs_scale", survey=survey.name, items=without)
    return (ratings - lo) / (hi - lo) * 100


def _with_squares(ratings: Array) -> Array:
    """(n, 2 K) deviations from a point near the mean, which saves digits, and their squares."""
    some = ratings[:: max(1, len(ratings) // 10_000)]
    known = ~np.isnan(some)
    middle = np.where(known, some, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    count = ratings.shape[1]
    found = np.empty((2 * count, len(ratings)))
    np.subtract(ratings.T, middle[:, None], out=found[:count])
    np.square(found[:count], out=found[count:])
    return found.T


def _means(domain: Means, whole: Means) -> Mapping[str, Array]:
    return {"items": domain.mean}


def _deviations(domain: Means, whole: Means) -> Mapping[str, Array]:
    """Standard deviations by n - 1 respondents."""
    first, second = np.split(domain.mean, 2)
    n = np.split(domain.count, 2)[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        return {"items": np.sqrt(np.maximum(second - first**2, 0.0) * n / (n - 1))}


def _frame(survey: Survey, names: Sequence[str], columns: Array) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns, columns=list(names), index=survey.answers.index)
