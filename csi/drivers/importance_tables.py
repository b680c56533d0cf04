"""Tables of importances: tested by the regression, compared in pairs with adjusted limits, ranked as sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from csi.drivers.lmg import pairs
from csi.errors import choose
from csi.estimates import Uncertainty, Unknown
from csi.estimation.engine import Measured
from csi.estimation.item_moments import ItemData
from csi.inference.contrasts import WHOLE, compared
from csi.inference.intervals import SQUARE, quantile_of
from csi.measures.evaluation.closeness import rank_sets, ranks
from csi.measures.trust.analytic import Analytic
from csi.results import Block, Table

Array = NDArray[np.float64]
ADJUST = ("max_t", "holm", "none")
FEW = 4  # estimates in a difference, up to which only they are looked at
DRAWS = 20_000  # of the largest of many t statistics


@dataclass(frozen=True, eq=False)
class Tested:
    """Estimates whose p-values come from a test of their own, not from the interval beside them.

    Attributes
    ----------
    inner : the uncertainty of the k estimates
    tests : (k,) p-values
    """

    inner: Uncertainty
    tests: Array

    @property
    def estimate(self) -> Array:
        """(k,) the estimates."""
        return self.inner.estimate

    @property
    def std_error(self) -> Array:
        """(k,) their standard errors."""
        return self.inner.std_error

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (k,), (k,)."""
        return self.inner.interval(level)

    def p_value(self) -> Array:
        """(k,) p-values of the test."""
        return self.tests

    def covariance(self) -> Array:
        """(k, k)."""
        return self.inner.covariance()

    def combine(self, weights: Array) -> Uncertainty:
        """A multiple of one row keeps its test; a sum of several is tested as it stands."""
        used = np.flatnonzero(weights)
        both = self.inner.combine(weights)
        return Tested(both, self.tests[used]) if len(used) == 1 else both


@dataclass(frozen=True, eq=False)
class Simultaneous:
    """Differences of estimates whose limits and p-values hold for all differences of a family at once.

    Attributes
    ----------
    inner : the uncertainty of the k estimates
    weights : (m, k) the differences
    family : (m,) number of the family of each
    adjust : "max_t" (the largest of correlated t statistics), "holm" (p-values; limits by Bonferroni) or "none"
    df : degrees of freedom of the design
    seed : of the draws of max_t
    """

    inner: Uncertainty
    weights: Array
    family: NDArray[np.int64]
    adjust: str
    df: float
    seed: int

    @cached_property
    def estimate(self) -> Array:
        """(m,) the differences."""
        return self.weights @ self.inner.estimate

    @cached_property
    def std_error(self) -> Array:
        """(m,) standard errors."""
        moved = (self.weights @ self.inner.covariance()) * self.weights
        return np.sqrt(np.maximum(moved.sum(axis=1), 0))

    @cached_property
    def _largest(self) -> dict[int, Array]:
        """Per family draws of the largest absolute t statistic where all differences are 0, in order."""
        inner = self.inner.covariance()
        values, vectors = np.linalg.eigh(inner)
        root = vectors * np.sqrt(np.maximum(values, 0))
        rng = np.random.default_rng(np.random.SeedSequence(self.seed))
        drawn = root @ rng.standard_normal((len(inner), DRAWS))
        shrink = np.sqrt(rng.chisquare(self.df, DRAWS) / self.df) if np.isfinite(self.df) else np.ones(DRAWS)
        found = {}
        for code in np.unique(self.family):
            rows = np.flatnonzero((self.family == code) & (self.std_error > 0))
            most = np.zeros(DRAWS)
            scaled = self.weights[rows] / self.std_error[rows, None]
            for row in scaled[np.count_nonzero(scaled, axis=1) <= FEW]:
                used = np.flatnonzero(row)
                np.maximum(most, np.abs(row[used] @ drawn[used]), out=most)
            dense = scaled[np.count_nonzero(scaled, axis=1) > FEW]
            for start in range(0, len(dense), 100):
                np.maximum(most, np.abs(dense[start : start + 100] @ drawn).max(axis=0), out=most)
            found[int(code)] = np.sort(most / shrink)
        return found

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (m,), (m,) that hold for all differences of a family at once; of each alone under "none"."""
        if np.isnan(self.std_error).all():
            return self.std_error, self.std_error
        reach = np.empty(len(self.estimate))
        for code in np.unique(self.family):
            at = self.family == code
            if self.adjust == "max_t":
                reach[at] = np.quantile(self._largest[int(code)], level)
            else:
                count = at.sum() if self.adjust == "holm" else 1
                reach[at] = quantile_of(self.df, (1 - level) / (2 * count))
        return self.estimate - reach * self.std_error, self.estimate + reach * self.std_error

    def p_value(self) -> Array:
        """(m,) adjusted two-sided p-values of 0."""
        with np.errstate(invalid="ignore", divide="ignore"):
            t = np.abs(self.estimate / self.std_error)
        if np.isnan(t).all():
            return t
        alone = two_sided(t, self.df)
        found = alone.copy()
        for code in np.unique(self.family):
            at = np.flatnonzero(self.family == code)
            if self.adjust == "max_t":
                beyond = DRAWS - np.searchsorted(self._largest[int(code)], t[at])
                found[at] = np.maximum((beyond + 1) / (DRAWS + 1), alone[at])
            elif self.adjust == "holm":
                found[at] = holm(alone[at])
        return found

    def covariance(self) -> Array:
        """(m, m)."""
        return self.weights @ self.inner.covariance() @ self.weights.T

    def combine(self, weights: Array) -> Uncertainty:
        """The uncertainty of one weighted sum of the differences, on its own."""
        return self.inner.combine(weights @ self.weights)


def holm(p: Array) -> Array:
    """p-values (k,) adjusted for their number by Holm's method."""
    order = np.argsort(p)
    found = np.empty(len(p))
    found[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return found


def two_sided(t: Array, df: float) -> Array:
    """(k,) two-sided p-values of t statistics."""
    from scipy.special import stdtr

    return 2 * stdtr(df if np.isfinite(df) else 1e12, -np.abs(t))


def wald_tests(found: Measured, data: ItemData, sizes: Sequence[int]) -> Array:
    """(groups x g,) p-values: all coefficients of a player in the full regression are 0 (t, or F for several)."""
    from scipy.special import fdtrc

    groups, p = len(data.domains), sum(sizes)
    if found.store is None:
        return np.full(groups * len(sizes), np.nan)
    edges, tests = np.cumsum([0, *sizes]), []
    for g in range(groups):
        places = [("beta", g * p + i) for i in range(p)]
        beta = found.numbers["beta"][g * p : (g + 1) * p]
        cov = found.store.uncertainty(beta, places, np.zeros(p, dtype=np.int8)).covariance()
        for j, size in enumerate(sizes):
            at = slice(edges[j], edges[j + 1])
            try:
                wald = float(beta[at] @ np.linalg.solve(cov[at, at], beta[at])) / size
            except np.linalg.LinAlgError:
                wald = np.nan
            df = found.store.df
            tests.append(float(fdtrc(size, df if np.isfinite(df) else 1e12, wald)))
    return np.array(tests)


@dataclass(frozen=True, eq=False)
class ImportanceTables:
    """Makes the tables of importances when they are asked for.

    Attributes
    ----------
    data : what was prepared
    found : the numbers with their uncertainty
    names, sizes : of the g players
    columns : names of the p drivers
    positive : whether importances cannot be negative, so that intervals are made on z of the root
    adjust, seed : of differences
    pairs : whether every pair of groups is compared; None for up to 30
    """

    data: ItemData
    found: Measured
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    columns: tuple[str, ...]
    positive: bool
    adjust: str
    seed: int
    pairs: bool | None = None

    def __post_init__(self) -> None:
        choose("adjust", self.adjust, ADJUST)

    @property
    def df(self) -> float:
        """Degrees of freedom of the design."""
        return np.inf if self.found.store is None else float(self.found.store.df)

    def tables(self) -> dict[str, Callable[[], Table]]:
        """Every table by name, the headline first."""
        made: dict[str, Callable[[], Table]] = {"importance": self.importance, "importance_shares": self.shares}
        if len(self.names) > 1:
            made |= {"driver_differences": self.differences, "ranks": self.ranks}
        if self.data.groups and len(self.data.groups) > 1:
            made["group_differences"] = self.group_differences
        if "gains" in self.found.numbers:
            if len(self.names) > 1:
                made["dominance"] = self.dominance
            made["conditional"] = self.conditional
        return made | {"driver_coefficients": self.coefficients, "r2": self.r2}

    def _table(self, keys: tuple[str, ...], *blocks: Block, **options: object) -> Table:
        return self.found.table(self.data, keys, blocks, **options)  # type: ignore[arg-type]

    def importance(self) -> Table:
        """Importance of each player with the p-value of its coefficients."""
        block = Block("importance", [(name,) for name in self.names])
        table = self._table(("term",), block, scales={"importance": SQUARE} if self.positive else {}, tested=True)
        tests = wald_tests(self.found, self.data, self.sizes)
        return Table(table.keys, Tested(table.uncertainty, tests), table.n, True, table.decimals)

    def shares(self) -> Table:
        """Importance in percent of the sum."""
        return self._table(("term",), Block("shares", [(name,) for name in self.names]), decimals=1)

    def differences(self) -> Table:
        """Differences between players, adjusted within each group."""
        g = len(self.names)
        inner = self._plain()
        rows = [(i, j) for i in range(g) for j in range(i + 1, g)]
        groups = len(self.data.domains)
        weights = np.zeros((groups * len(rows), groups * g))
        keys = []
        for k in range(groups):
            for at, (i, j) in enumerate(rows):
                weights[k * len(rows) + at, [k * g + i, k * g + j]] = 1.0, -1.0
                keys.append((*self.data.groups[k : k + 1], self.names[i], self.names[j]))
        family = np.repeat(np.arange(groups), len(rows))
        n = np.repeat(self.data.n, len(rows)).tolist()
        return self._compared(("term", "other_term"), keys, inner, weights, family, n)

    def group_differences(self) -> Table:
        """Differences of each player between groups, or from all groups together, adjusted together."""
        groups, n = self.data.groups, np.repeat(self.data.n, len(self.names))
        labels = [(group, name) for group in groups for name in self.names]
        keys, weights = compared(labels, 0, n, self.pairs)
        if keys[0][-1] != WHOLE:
            keys, weights = [(other, group, name) for group, name, other in keys], -weights  # the earlier one first
            order = sorted(range(len(keys)), key=lambda i: (groups.index(keys[i][0]), groups.index(keys[i][1])))
            keys, weights = [keys[i] for i in order], weights[order]
        else:
            keys = [(group, other, name) for group, name, other in keys]
        least = [int(n[row != 0].min()) for row in weights]
        family = np.zeros(len(keys), dtype=np.int64)
        return self._compared(("other_group", "term"), keys, self._plain(), weights, family, least)

    def _plain(self) -> Uncertainty:
        return self._table(("term",), Block("importance", [(name,) for name in self.names])).uncertainty

    def _compared(
        self, names: tuple[str, ...], keys: list, inner: Uncertainty, weights: Array, family: Array, n: list[int]
    ) -> Table:
        columns = ("group", *names) if self.data.groups else names
        compared = Simultaneous(inner, weights, family, self.adjust, self.df, self.seed)
        return Table(dict(zip(columns, zip(*keys, strict=True), strict=True)), compared, n, True)

    def ranks(self) -> Table:
        """Rank of each player, 1 the most important, with the set of ranks that is not excluded."""
        g = len(self.names)
        inner = self._plain()
        estimate = np.concatenate([ranks(part) for part in inner.estimate.reshape(-1, g)]).astype(float)
        nothing = np.full(len(estimate), np.nan)
        keys = [(*self.data.groups[k : k + 1], name) for k in range(len(self.data.domains)) for name in self.names]
        columns = ("group", "term") if self.data.groups else ("term",)
        limits = partial(rank_limits, inner, g, self.df)
        n = np.repeat(self.data.n, g).tolist()
        table = Analytic(estimate, nothing, limits)
        return Table(dict(zip(columns, zip(*keys, strict=True), strict=True)), table, n, False, 0)

    def dominance(self) -> Table:
        """Smallest advantage of one player over another: over all subsets, over sizes, on average."""
        rows = [(self.names[i], self.names[j]) for i, j in pairs(len(self.names))]
        kinds = [kind for kind in ("complete", "conditional", "general") if kind in self.found.numbers]
        blocks = [Block(kind, [(*row, f"{kind}_dominance") for row in rows]) for kind in kinds]
        return self._table(("term", "other_term", "kind"), *blocks)

    def conditional(self) -> Table:
        """Mean gain of R2 by each player after so many others."""
        rows = [(name, str(others)) for name in self.names for others in range(len(self.names))]
        return self._table(("term", "others"), Block("gains", rows))

    def coefficients(self) -> Table:
        """Standardised coefficients and correlations, which show the direction."""
        blocks = [Block(kind, [(name, kind) for name in self.columns]) for kind in ("beta", "correlation")]
        return self._table(("term", "kind"), *blocks, scales={"correlation": 1}, tested=True)

    def r2(self) -> Table:
        """R2 of all drivers together, as it is and adjusted for their number."""
        blocks = [Block(kind, [(kind,)]) for kind in ("r2", "r2_adjusted")]
        return self._table(("term",), *blocks, scales={"r2": SQUARE})


def rank_limits(inner: Uncertainty, g: int, df: float, level: float) -> tuple[Array, Array]:
    """Lowest and highest rank that is not excluded, for the g players of each group."""
    if isinstance(inner, Unknown):
        return inner.std_error, inner.std_error
    cov = inner.covariance()
    sets = []
    for start in range(0, len(inner.estimate), g):
        at = slice(start, start + g)
        sets.append(rank_sets(inner.estimate[at], cov[at, at], df, level))
    joined = np.concatenate(sets).astype(float)
    return joined[:, 0], joined[:, 1]
