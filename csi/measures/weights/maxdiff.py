"""Best-worst choices (MaxDiff): reading them, counting them, and the shares of a logit model, with clustered errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.intake import is_table, table_of
from csi.errors import DataError, EstimationError

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
MARKS = {"best": 1, "worst": -1, "最好": 1, "最差": -1, "最重要": 1, "最不重要": -1}
FURTHEST = 15.0  # utilities further apart than this have no finite solution behind them


@dataclass(frozen=True, eq=False)
class Choices:
    """Sets shown and what was chosen in them, S sets of p alternatives by G respondents.

    Attributes
    ----------
    items : names of the alternatives
    shown : (S, p) whether an alternative stood in a set
    best, worst : (S,) number of the alternative chosen
    respondent : (S,) number of the respondent, from 0
    weight : (S,) survey weight of the respondent
    """

    items: tuple[str, ...]
    shown: NDArray[np.bool_]
    best: Numbers
    worst: Numbers
    respondent: Numbers
    weight: Array

    @property
    def respondents(self) -> int:
        """Number of respondents."""
        return int(self.respondent.max()) + 1


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each alternative was chosen, with errors between respondents.

    Attributes
    ----------
    score : (p,) (best - worst) / appearances, -1 to 1
    cov : (p, p) covariance of `score`
    best, worst, appearances : (p,) weighted counts
    """

    score: Array
    cov: Array
    best: Array
    worst: Array
    appearances: Array


@dataclass(frozen=True, eq=False)
class Logit:
    """Best and then worst as two choices of one utility.

    Attributes
    ----------
    utility : (p,) mean 0
    share : (p,) exp(utility) / sum, the chance to be the best of all alternatives
    cov : (p, p) covariance of `share`, clustered by respondent
    iterations : steps of Newton's method
    """

    utility: Array
    share: Array
    cov: Array
    iterations: int


def count_choices(choices: Choices) -> Counts:
    """Best-minus-worst scores; linearised errors between respondents."""
    best, worst = one_hot(choices.best, len(choices.items)), one_hot(choices.worst, len(choices.items))
    w = choices.weight[:, None]
    appearances = (w * choices.shown).sum(axis=0)
    score = (w * (best - worst)).sum(axis=0) / appearances
    moved = w * (best - worst - score * choices.shown) / appearances
    return Counts(
        score, _between(moved, choices), (w * best).sum(axis=0), (w * worst).sum(axis=0), appearances
    )  # fmt: skip


def fit_logit(choices: Choices, max_iter: int = 50, tolerance: float = 1e-10) -> Logit:
    """Utilities by maximum likelihood: the best of the set, then the worst of those that are left.

    Raises
    ------
    EstimationError
        `maxdiff_no_solution` with the alternatives whose utility has no limit.

    """
    p = len(choices.items)
    utility = np.zeros(p)
    for iterations in range(1, max_iter + 1):  # noqa: B007
        score, information = _derivatives(choices, utility)
        step = np.linalg.pinv(information, rcond=1e-10, hermitian=True) @ score.sum(axis=0)
        step *= min(1.0, 2.0 / max(np.abs(step).max(), 1e-300))
        utility = utility + step
        if np.abs(utility).max() > FURTHEST or np.abs(step).max() < tolerance:
            break
    if np.abs(utility).max() > FURTHEST:
        without = [choices.items[i] for i in np.flatnonzero(np.abs(utility) > 0.8 * np.abs(utility).max())]
        raise EstimationError("maxdiff_no_solution", items=without)
    score, information = _derivatives(choices, utility)
    bread = np.linalg.pinv(information, rcond=1e-10, hermitian=True)
    cov = bread @ _between(score, choices) @ bread
    share = softmax(utility)
    slope = np.diag(share) - np.outer(share, share)
    return Logit(utility, share, slope @ cov @ slope, iterations)


def log_likelihood(choices: Choices, utility: Array) -> float:
    """Weighted log-likelihood of the model that `fit_logit` maximises."""
    every = np.arange(len(choices.best))
    first = np.where(choices.shown, utility, -np.inf)
    second = np.where(choices.shown, -utility, -np.inf)
    second[every, choices.best] = -np.inf
    found = utility[choices.best] - np.logaddexp.reduce(first, axis=1)
    found = found - utility[choices.worst] - np.logaddexp.reduce(second, axis=1)
    return float(choices.weight @ found)


def _derivatives(choices: Choices, utility: Array) -> tuple[Array, Array]:
    """Score of each set (S, p), weighted, and the information (p, p)."""
    p = len(utility)
    every = np.arange(len(choices.best))
    first = softmax(np.where(choices.shown, utility, -np.inf))
    left = choices.shown.copy()
    left[every, choices.best] = False
    second = softmax(np.where(left, -utility, -np.inf))
    w = choices.weight[:, None]
    score = w * (one_hot(choices.best, p) - first - one_hot(choices.worst, p) + second)
    information = np.zeros((p, p))
    for chance in (first, second):
        information += np.diag((w * chance).sum(axis=0)) - chance.T @ (w * chance)
    return score, information


def _between(moved: Array, choices: Choices) -> Array:
    """(p, p) variance of a sum of influences of sets, respondents being the sampling units."""
    g = choices.respondents
    totals = np.zeros((g, moved.shape[1]))
    np.add.at(totals, choices.respondent, moved)
    totals -= totals.mean(axis=0)
    return g / (g - 1) * totals.T @ totals if g > 1 else np.full((moved.shape[1],) * 2, np.nan)


def softmax(values: Array) -> Array:
    """Shares of exp(values) along the last axis."""
    moved = np.exp(values - values.max(axis=-1, keepdims=True))
    return moved / moved.sum(axis=-1, keepdims=True)


def one_hot(numbers: Numbers, p: int) -> Array:
    """(S, p) 1 where a number stands."""
    found = np.zeros((len(numbers), p))
    found[np.arange(len(numbers)), numbers] = 1.0
    return found


def read_choices(frame: Any, items: Sequence[str] | None) -> Choices:
    """Choices from a long table with one row per set and alternative.

    Parameters
    ----------
    frame : columns respondent, set, item, and best and worst (0 or 1) or choice (best, worst, 最重要, 最不重要, else
        empty); weight (of the respondent) when there is one
    items : names of the alternatives in the order wanted; sorted when None

    Raises
    ------
    DataError
        `maxdiff_columns`, `maxdiff_items`, `maxdiff_sets`, `maxdiff_twice`, `maxdiff_never_shown`,
        `missing_weights`, `negative_weights`.

    """
    import pandas as pd

    try:
        frame = table_of(frame, "choices") if is_table(frame) else pd.DataFrame(frame)
    except ValueError as problem:
        raise problem if isinstance(problem, DataError) else DataError("table_empty", survey="choices") from None
    columns = [str(column) for column in frame.columns]
    frame.columns = columns
    wanted = ["respondent", "set", "item", *(["choice"] if "choice" in columns else ["best", "worst"])]
    lost = [name for name in wanted if name not in columns]
    if lost:
        raise DataError("maxdiff_columns", lost=lost, choices=columns)
    names = frame["item"].astype(str)
    order = tuple(sorted(names.unique())) if items is None else tuple(items)
    strange = sorted(set(names) - set(order))
    if strange:
        raise DataError("maxdiff_items", items=strange, choices=list(order))
    absent = [name for name in order if name not in set(names)]
    if absent:
        raise DataError("maxdiff_never_shown", items=absent)
    best, worst = _marks(frame)
    sets, set_names = pd.factorize(pd.MultiIndex.from_frame(frame[["respondent", "set"]].astype(str)))
    place = names.map({name: i for i, name in enumerate(order)}).to_numpy()
    counts = np.zeros((len(set_names), len(order)), dtype=np.int64)
    np.add.at(counts, (sets, place), 1)
    if (counts > 1).any():
        raise DataError("maxdiff_twice", sets=_named(set_names, (counts > 1).any(axis=1)))
    chosen = np.stack([np.bincount(sets, weights=mark, minlength=len(set_names)) for mark in (best, worst)])
    both = np.bincount(sets, weights=best * worst, minlength=len(set_names))
    wrong = (chosen != 1).any(axis=0) | (both > 0) | (counts.sum(axis=1) < 2)
    if wrong.any():
        raise DataError("maxdiff_sets", count=int(wrong.sum()), sets=_named(set_names, wrong))
    best_place, worst_place = np.empty(len(set_names), np.int64), np.empty(len(set_names), np.int64)
    best_place[sets[best > 0]] = place[best > 0]
    worst_place[sets[worst > 0]] = place[worst > 0]
    respondent = pd.factorize(set_names.get_level_values(0))[0].astype(np.int64)
    weight = _weights(frame, sets, len(set_names))
    return Choices(order, counts > 0, best_place, worst_place, respondent, weight)


def _marks(frame: Any) -> tuple[Array, Array]:
    """Whether each row was chosen best, and worst."""
    if "choice" in frame.columns:
        marks = frame["choice"].astype(str).str.strip().str.lower().map(MARKS).fillna(0).to_numpy()
        return (marks > 0).astype(float), (marks < 0).astype(float)
    return tuple((frame[name].fillna(0).astype(float) > 0).to_numpy().astype(float) for name in ("best", "worst"))


def _weights(frame: Any, sets: Numbers, count: int) -> Array:
    if "weight" not in frame.columns:
        return np.ones(count)
    given = frame["weight"].to_numpy(dtype=float)
    if np.isnan(given).any():
        raise DataError("missing_weights", count=int(np.isnan(given).sum()))
    if (given < 0).any():
        raise DataError("negative_weights", count=int((given < 0).sum()), value=float(given.min()))
    weight = np.empty(count)
    weight[sets] = given
    return weight / weight.mean() if weight.any() else weight


def _named(sets: Any, flags: NDArray[np.bool_]) -> list[str]:
    """The first few sets as respondent/set."""
    found = [f"{who}/{which}" for who, which in sets[flags]]
    return found[:5] + (["..."] if len(found) > 5 else [])
