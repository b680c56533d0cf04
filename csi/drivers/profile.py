"""Limits of importances: the smallest and the largest within an ellipsoid around the correlations.

Where an importance comes out low its standard error comes out low too, since it is nearly flat at its minimum; so its
limits are not put around it, but found by moving the correlations (on Fisher's z) the way that changes it fastest, as
far as their covariance allows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from csi.drivers.importance_numbers import closed_form, regression_of
from csi.drivers.lmg import lmg
from csi.drivers.lmg_slopes import lmg_slopes
from csi.inference.bootstrap import Batch
from csi.inference.intervals import Draws, normal_share, quantile_of
from csi.sums import upper

Array = NDArray[np.float64]
STEP = 1e-5  # of a correlation on Fisher's z, in numeric derivatives
HALVINGS = 40  # of a step that leaves what correlations can be
DEFINITE = 1e-10  # smallest eigenvalue of correlations that can be


@dataclass(frozen=True)
class Function:
    """Importances by one method, as a function of the correlations.

    Attributes
    ----------
    method : "lmg", or one with a closed form
    sizes : drivers of each of the g players
    """

    method: str
    sizes: tuple[int, ...]

    @property
    def steps(self) -> int:
        """Steps of the search; the more subsets the dearer they are."""
        g = len(self.sizes)
        return 3 if g <= 5 else 2 if g <= 12 else 1

    @property
    def ends(self) -> tuple[float, float]:
        """Between which importances lie."""
        return -np.inf if self.method == "pratt" else 0.0, np.inf if self.method in ("pratt", "beta_squared") else 1.0

    @property
    def off(self) -> NDArray[np.intp]:
        """Where correlations of two variables stand in the upper triangle."""
        rows, columns = upper(sum(self.sizes) + 1)
        return np.flatnonzero(rows != columns)

    def half(self, w: Array) -> Array:
        """(cells, b) correlations, the upper triangle, from Fisher's z (off, b)."""
        rows, columns = upper(sum(self.sizes) + 1)
        half = np.ones((len(rows), w.shape[1]))
        half[rows != columns] = np.tanh(w)
        return half

    def values(self, w: Array) -> Array:
        """(g, b) importances at correlations on Fisher's z (off, b)."""
        half = self.half(w)
        if self.method == "lmg":
            return lmg(half, self.sizes)
        batch = Batch(np.zeros((sum(self.sizes) + 1, w.shape[1])), half)
        return closed_form(regression_of(batch.correlation), self.method, self.sizes)

    def slopes(self, w: Array) -> Array:
        """(g, off, b) derivatives of the importances."""
        off, b = w.shape
        if self.method == "lmg":
            return lmg_slopes(self.half(w), self.sizes)[:, self.off] * (1 - np.tanh(w) ** 2)
        moved = STEP * np.eye(off)[:, :, None]
        there = np.concatenate([w[:, None] + moved, w[:, None] - moved], axis=1).reshape(off, -1)
        up, down = np.split(self.values(there).reshape(len(self.sizes), 2, off, b), 2, axis=1)
        return (up - down)[:, 0] / (2 * STEP)

    def possible(self, w: Array) -> NDArray[np.bool_]:
        """(b,) whether there are such correlations."""
        p = sum(self.sizes) + 1
        batch = Batch(np.zeros((p, w.shape[1])), self.half(w))
        return np.linalg.eigvalsh(batch.correlation.transpose(2, 0, 1))[:, 0] > DEFINITE


def profile(function: Function, w: Array, cov: Array, importance: Array, shares: Array) -> tuple[Array, Array]:
    """Smallest and largest importance and share of each player within an ellipsoid around the correlations.

    Parameters
    ----------
    function : importances of g players
    w : (off,) correlations on Fisher's z
    cov : (off, off) their covariance
    importance, shares : (g,) half axes of the ellipsoid for each number, in standard errors; shares may be none

    Returns
    -------
    (2, g), (2, g) : importances and shares (0-1), smallest and largest; w_(m+1) = w +- q V g_m / sqrt(g_m' V g_m), with
        g_m the derivative at w_m, and the best of the values on the way
    """
    g = len(importance)
    reach = np.concatenate([-importance, importance, -shares, shares])  # of each point, with its direction
    points = np.arange(len(reach))
    player, share, sign = points % g, points >= 2 * g, np.sign(reach)  # what a point looks for
    start = np.repeat(w[:, None], len(points), axis=1)
    here, best = start[:, :1], np.full(len(points), np.nan)
    for _ in range(function.steps):
        slopes = _towards(function, here, player, share)
        ahead = cov @ slopes
        with np.errstate(invalid="ignore", divide="ignore"):
            move = np.nan_to_num(ahead / np.sqrt((slopes * ahead).sum(axis=0)), posinf=0.0, neginf=0.0) * reach
        here = start + _shortened(function, start, move)
        found = function.values(here)
        value = found[player, points] / np.where(share, found.sum(axis=0), 1.0)
        best = np.where(sign < 0, np.fmin(best, value), np.fmax(best, value))
    return best[: 2 * g].reshape(2, -1), best[2 * g :].reshape(2, -1)


def _towards(function: Function, here: Array, player: NDArray[np.intp], share: NDArray[np.bool_]) -> Array:
    """(off, points) derivative of the number each point looks for; `here` is one place for all points, or one each."""
    slopes, values = function.slopes(here), function.values(here)
    at = np.zeros(len(player), dtype=np.intp) if here.shape[1] == 1 else np.arange(len(player))
    total = values.sum(axis=0)
    own = slopes[player, :, at].T
    with np.errstate(invalid="ignore", divide="ignore"):
        of_share = (own - (values / total)[player, at] * slopes.sum(axis=0)[:, at]) / total[at]
    return np.where(share, of_share, own)


def _shortened(function: Function, start: Array, move: Array) -> Array:
    """Moves (off, points), halved until there are such correlations."""
    for _ in range(HALVINGS):
        outside = ~function.possible(start + move)
        if not outside.any():
            return move
        move = np.where(outside, move / 2, move)
    return np.where(function.possible(start + move), move, 0.0)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What limits of the importances of one group are made of.

    Attributes
    ----------
    function : the importances
    w, cov : (off,), (off, off) correlations on Fisher's z and their covariance
    importance, shares : (g,) estimates, shares 0-1, or none of these
    importance_bias, shares_bias : (g,) to be taken from lower limits
    root_error : (g,) standard errors of z of the root of the importances
    df : degrees of freedom of the design
    shares_df : (g,) those of shares, fewer where a few respondents decide
    draws, shares_draws : (g, B) replicates, for percentiles instead of the ellipsoid
    wider : factor of the squared tails of percentiles, n / (n - 1) where units are drawn n of n
    """

    function: Function
    w: Array
    cov: Array
    importance: Array
    shares: Array
    importance_bias: Array
    shares_bias: Array
    root_error: Array
    df: float
    shares_df: Array
    draws: Array | None = None
    shares_draws: Array | None = None
    wider: float = 1.0
    _known: dict[float, dict[str, Array]] = field(default_factory=dict, repr=False)

    def limits(self, level: float) -> dict[str, Array]:
        """Limits (2, g) of importances and of shares (0-1)."""
        if level not in self._known:
            reach = self.reach(level)
            ends = profile(self.function, self.w, self.cov, *reach) if self.draws is None else self._percentiles(*reach)
            self._known[level] = self.bounded(*ends, level)
        return self._known[level]

    def _percentiles(self, importance: Array, shares: Array) -> tuple[Array, Array]:
        """Percentiles (2, g) of the replicates, at tails that allow for few respondents."""
        found = []
        for draws, reach in ((self.draws, importance), (self.shares_draws, shares)):
            tail = normal_share(-reach * np.sqrt(self.wider))
            both = None if draws is None else Draws(np.zeros(len(reach)), draws, "percentile")
            found.append(np.zeros((2, 0)) if both is None else np.stack([both.quantile(tail), both.quantile(1 - tail)]))
        return found[0], found[1]

    def reach(self, level: float) -> tuple[Array, Array]:
        """Quantiles of t: of importances, and of shares."""
        tail = (1 - level) / 2
        own = np.full(len(self.importance), quantile_of(self.df, tail))
        return own, np.array([quantile_of(df, tail) for df in self.shares_df])

    def bounded(self, importance: Array, shares: Array, level: float) -> dict[str, Array]:
        """Limits from smallest and largest values (2, g): less the bias, 0 for a driver not told from 0."""
        q = quantile_of(self.df, (1 - level) / 2)
        least, most = self.function.ends
        size = np.minimum(np.abs(np.maximum(self.importance - self.importance_bias, least)), 1 - 1e-12)
        nothing = np.arctanh(np.sqrt(size)) <= q * self.root_error
        found = {}
        for name, value, (lower, highest), less, end in (
            ("importance", self.importance, importance, self.importance_bias, most),
            ("shares", self.shares, shares, self.shares_bias, max(1.0, -least)),
        ):
            down = np.maximum(np.fmin(np.fmin(value, lower), lower - less), least)
            up = np.minimum(np.fmax(value, highest), end)
            none = nothing if len(value) else nothing[:0]
            found[name] = np.stack([np.where(none, np.minimum(down, 0), down), np.where(none, np.maximum(up, 0), up)])
        return found
