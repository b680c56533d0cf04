"""Who is better, and is it sure: differences of groups with adjusted p-values, and the ranks they allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from csi.estimates import Uncertainty
from csi.inference.contrasts import Contrasts
from csi.language import note
from csi.measures.evaluation.closeness import rank_sets, ranks
from csi.measures.trust.analytic import Analytic
from csi.references import reference
from csi.results import Result, Table

Array = NDArray[np.float64]
PAIRWISE = 20  # groups up to which every pair is compared
KLEIN = reference("klein2020")


@dataclass(frozen=True, eq=False)
class Adjusted:
    """Differences whose p-values are adjusted by Holm, with limits that hold for all of them at once (Bonferroni).

    Attributes
    ----------
    inner : every difference on its own
    """

    inner: Contrasts

    @property
    def estimate(self) -> Array:
        """(m,) the differences."""
        return self.inner.estimate

    @property
    def std_error(self) -> Array:
        """(m,) standard errors."""
        return self.inner.std_error

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (m,), (m,) that hold together."""
        return self.inner.interval(1 - (1 - level) / max(len(self.estimate), 1))

    @cached_property
    def _alone(self) -> Array:
        return self.inner.p_value()

    def p_value(self) -> Array:
        """(m,) p-values by Holm."""
        alone = np.where(np.isnan(self._alone), np.inf, self._alone)
        order = np.argsort(alone)
        found = np.empty(len(alone))
        steps = alone[order] * (len(alone) - np.arange(len(alone)))
        found[order] = np.minimum(1.0, np.maximum.accumulate(steps))
        return np.where(np.isnan(self._alone), np.nan, found)

    def covariance(self) -> Array:
        """(m, m)."""
        return self.inner.covariance()

    def combine(self, weights: Array) -> Uncertainty:
        """One weighted sum, on its own."""
        return self.inner.combine(weights)


@dataclass(frozen=True, eq=False)
class Picked:
    """Some rows of a table's uncertainty.

    Attributes
    ----------
    inner : of all rows
    rows : which
    """

    inner: Uncertainty
    rows: tuple[int, ...]

    @property
    def estimate(self) -> Array:
        """(k,) the estimates."""
        return self.inner.estimate[list(self.rows)]

    @property
    def std_error(self) -> Array:
        """(k,) standard errors."""
        return self.inner.std_error[list(self.rows)]

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (k,), (k,)."""
        lower, upper = self.inner.interval(level)
        return lower[list(self.rows)], upper[list(self.rows)]

    def p_value(self) -> Array:
        """(k,) p-values of 0."""
        return self.inner.p_value()[list(self.rows)]

    def covariance(self) -> Array:
        """(k, k)."""
        return self.inner.covariance()[np.ix_(self.rows, self.rows)]

    def combine(self, weights: Array) -> Uncertainty:
        """One weighted sum."""
        every = np.zeros(len(self.inner.estimate))
        every[list(self.rows)] = weights
        return self.inner.combine(every)


def compare_rows(
    groups: Sequence[str], table: Uncertainty, rows: Sequence[int], n: Sequence[int], decimals: int
) -> Result:
    """Differences and ranks of one number by group.

    Parameters
    ----------
    groups : labels, (k,)
    table : the numbers of a table, with the covariance that shared respondents or clusters give them
    rows : (k,) which of them are those of the groups
    n : respondents of each
    decimals : digits a person sees
    """
    k, inner = len(groups), Picked(table, tuple(rows))
    few = k <= PAIRWISE
    pairs = list(combinations(range(k), 2)) if few else []
    weights = np.zeros((len(pairs), k))
    for row, (i, j) in zip(weights, pairs, strict=True):
        row[[i, j]] = 1.0, -1.0
    differences = Adjusted(Contrasts(inner, weights))
    tables = {"answer_ranks": partial(_ranks, groups, inner, weights, n)}
    if few:
        keys = {"group": [groups[i] for i, _ in pairs], "other_group": [groups[j] for _, j in pairs]}
        least = [min(n[i], n[j]) for i, j in pairs]
        tables["answer_differences"] = lambda: Table(keys, differences, least, True, decimals)
    return Result(
        title=note("title_compared", count=k),
        headline="answer_ranks",
        notes=(note("compared_holm", count=len(pairs)) if few else note("compared_ranks", count=k, most=PAIRWISE),),
        _tables=tables,
        _glance={"groups": k, "n": int(sum(n))},
        _checks=tuple,
        _sources=(KLEIN,),
    )


def _ranks(groups: Sequence[str], inner: Picked, weights: Array, n: Sequence[int]) -> Table:
    """Rank of each group, 1 the highest, with the ranks that all pairwise differences together do not exclude."""
    place, nothing = ranks(inner.estimate).astype(float), np.full(len(groups), np.nan)
    limits = partial(_rank_limits, inner, weights)
    return Table({"group": list(groups)}, Analytic(place, nothing, limits), list(n), False, 0)


def _rank_limits(inner: Picked, weights: Array, level: float) -> tuple[Array, Array]:
    """Lowest and highest rank of each group; of many groups by t of the differences."""
    k = len(inner.estimate)
    if k > PAIRWISE:
        found = rank_sets(inner.estimate, inner.covariance(), np.inf, level).astype(float)
        return found[:, 0], found[:, 1]
    first, second = np.nonzero(weights > 0)[1], np.nonzero(weights < 0)[1]
    lower, upper = Contrasts(inner, weights).interval(1 - (1 - level) / len(weights))
    behind = np.bincount(first[upper < 0], minlength=k) + np.bincount(second[lower > 0], minlength=k)
    ahead = np.bincount(first[lower > 0], minlength=k) + np.bincount(second[upper < 0], minlength=k)
    return 1.0 + behind, float(k) - ahead
