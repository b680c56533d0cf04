"""Penalties and rewards on arrays: impact asymmetry, its interval, and which type of driver the data do not reject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.drivers.slopes import Following
from csi.estimates import Uncertainty
from csi.inference.intervals import Linear, quantile_of, t_p_value
from csi.inference.stores import LinearStore, Places

Array = NDArray[np.float64]
TYPES = ("frustrator", "dissatisfier", "hybrid", "satisfier", "delighter")
POTENTIALS = ("range_of_impact", "satisfaction_potential", "dissatisfaction_potential")
STEPS = 9  # points of a band at which it is tested


def effects_of(contrasts: Array) -> tuple[Array, Array]:
    """Penalties as losses and rewards as gains, (k, b) each, from contrasts (2 k, b); the wrong sign counts as 0."""
    return np.maximum(-contrasts[::2], 0.0), np.maximum(contrasts[1::2], 0.0)


def asymmetry_of(loss: Array, gain: Array) -> tuple[Array, Array]:
    """Impact asymmetry (gain - loss) / (gain + loss), NaN where there is no impact, and the range gain + loss."""
    total = gain + loss
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, (gain - loss) / total, np.nan), total


def following_contrasts() -> Following:
    """What follows from the coefficients: constant, then penalty and reward of each driver."""

    def numbers(coef: Array) -> dict[str, Array]:
        asymmetry, total = asymmetry_of(*effects_of(coef[1:]))
        potentials = np.stack([np.where(total > 0, total, np.nan), (1 + asymmetry) / 2, (1 - asymmetry) / 2], axis=1)
        return {"contrasts": coef[1:], "asymmetry": asymmetry, "potentials": potentials.reshape(-1, coef.shape[1])}

    def slopes(coef: Array) -> dict[str, Array]:
        loss, gain = (part[:, 0] for part in effects_of(coef[1:, None]))
        k, total = len(loss), loss + gain
        moved = np.zeros((k, 1 + 2 * k))
        spread = np.zeros((k, 1 + 2 * k))
        at = np.arange(k)
        with np.errstate(invalid="ignore", divide="ignore"):
            moved[at, 1 + 2 * at] = 2 * gain / total**2  # a higher (weaker) penalty is a smaller loss
            moved[at, 2 + 2 * at] = 2 * loss / total**2
        spread[at, 1 + 2 * at] = -1.0
        spread[at, 2 + 2 * at] = 1.0
        potentials = np.stack([spread, moved / 2, -moved / 2], axis=1).reshape(3 * k, -1)
        return {"contrasts": np.eye(1 + 2 * k)[1:], "asymmetry": moved, "potentials": potentials}

    return Following(numbers, slopes)


@dataclass(frozen=True, eq=False)
class Ratio(Linear):
    """Linear functions of impact asymmetry, with Fieller's interval.

    Attributes
    ----------
    gain, loss : (k,) rewards, and penalties with the other sign, not cut at 0
    spread : (k, 3) variance of the gain, of the loss, and their covariance
    start, factor : (k,) the number is start + factor x asymmetry; factor 0 for a sum gain + loss, shown as it is
    """

    gain: Array = None  # type: ignore[assignment]
    loss: Array = None  # type: ignore[assignment]
    spread: Array = None  # type: ignore[assignment]
    start: Array = None  # type: ignore[assignment]
    factor: Array = None  # type: ignore[assignment]

    def distance(self, value: Array) -> tuple[Array, Array]:
        """(1 - t) gain - (1 + t) loss, which is 0 at the true asymmetry t, and its standard error, for t (k, ...)."""
        more = (..., *(None,) * (np.ndim(value) - 1))
        gain, loss, (vg, vl, c) = self.gain[more], self.loss[more], (part[more] for part in self.spread.T)
        up, down = 1 - value, 1 + value
        return up * gain - down * loss, np.sqrt(np.maximum(up**2 * vg + down**2 * vl - 2 * up * down * c, 0))

    @cached_property
    def asymmetry(self) -> Array:
        """(k,) with wrong signs counted as 0."""
        return asymmetry_of(np.maximum(self.loss, 0), np.maximum(self.gain, 0))[0]

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (k,), (k,): all asymmetries from -1 to 1 that a t test does not reject, and the estimate."""
        plain = super().interval(level)
        q = quantile_of(self.df, (1 - level) / 2)
        vg, vl, c = self.spread.T
        total, moved = self.gain + self.loss, self.gain - self.loss
        a = total**2 - q**2 * (vg + vl + 2 * c)
        b = -2 * moved * total + 2 * q**2 * (vg - vl)
        e = moved**2 - q**2 * (vg + vl - 2 * c)
        lower, upper = _hull(a, b, e)
        lower, upper = np.fmin(lower, self.asymmetry), np.fmax(upper, self.asymmetry)
        first, last = self.start + self.factor * lower, self.start + self.factor * upper
        ratio = self.factor != 0
        return (
            np.where(ratio, np.minimum(first, last), np.maximum(plain[0], 0)),
            np.where(ratio, np.maximum(first, last), plain[1]),
        )

    def p_value(self) -> Array:
        """(k,) of equal gain and loss."""
        moved, error = self.distance(np.zeros(len(self.gain)))
        return t_p_value(moved, error, self.df)


def _hull(a: Array, b: Array, c: Array) -> tuple[Array, Array]:
    """Smallest interval that holds all t from -1 to 1 with a t^2 + b t + c <= 0; NaN where there is none."""
    root = np.sqrt(np.maximum(b**2 - 4 * a * c, 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        first, last = np.sort([(-b - root) / (2 * a), (-b + root) / (2 * a)], axis=0)
    inside, left, right = (a > 0) & (last >= -1) & (first <= 1), (a <= 0) & (first >= -1), (a <= 0) & (last <= 1)
    whole = (a <= 0) & ((left & right) | (b**2 <= 4 * a * c) | ~np.isfinite(first + last))
    lower = np.select([whole | left, right, inside], [-1.0, np.maximum(last, -1), np.maximum(first, -1)], np.nan)
    upper = np.select([whole | right, left, inside], [1.0, np.minimum(first, 1), np.minimum(last, 1)], np.nan)
    return lower, upper


@dataclass(frozen=True, eq=False)
class RatioStore:
    """The covariance of all numbers, which gives asymmetries and potentials Fieller's intervals.

    Attributes
    ----------
    inner : of the blocks contrasts, asymmetry, potentials
    contrasts : (G 2 k,) penalties and rewards
    """

    inner: LinearStore
    contrasts: Array

    def uncertainty(self, estimate: Array, places: Places, scale: NDArray[np.int8]) -> Uncertainty:
        """The uncertainty of the estimates at some places, all of one block."""
        plain = self.inner.uncertainty(estimate, places, scale)
        block = places[0][0] if places else "contrasts"
        if block == "contrasts":
            return plain
        position = np.array([i for _, i in places], dtype=np.intp)
        kind = position % 3 if block == "potentials" else np.full(len(position), 3)
        driver = position // 3 if block == "potentials" else position
        low, high = 2 * driver, 2 * driver + 1  # contrasts stand first in the covariance
        cov = self.inner.cov
        spread = np.column_stack([cov[high, high], cov[low, low], -cov[low, high]])
        start, factor = np.array([0.0, 0.5, 0.5, 0.0])[kind], np.array([0.0, 0.5, -0.5, 1.0])[kind]
        return Ratio(
            plain.estimate, plain.cov, plain.df, gain=self.contrasts[high], loss=-self.contrasts[low], spread=spread,
            start=start, factor=factor,
        )  # fmt: skip


def ratio_of(contrasts: Array, cov: Array, df: float) -> Ratio:
    """Asymmetries for tests, from contrasts (2 k,) and their covariance; standard errors are not in it."""
    low, high = np.arange(0, len(contrasts), 2), np.arange(1, len(contrasts), 2)
    spread = np.column_stack([cov[high, high], cov[low, low], -cov[low, high]])
    k = len(low)
    return Ratio(
        asymmetry_of(*effects_of(contrasts[:, None]))[0][:, 0], np.zeros((k, k)), df, gain=contrasts[high],
        loss=-contrasts[low], spread=spread, start=np.zeros(k), factor=np.ones(k),
    )  # fmt: skip


def edges_of(bands: tuple[float, float]) -> Array:
    """(6,) limits of the five types of driver on the axis of impact asymmetry."""
    inner, outer = bands
    return np.array([-1.0, -outer, -inner, inner, outer, 1.0])


def type_of(asymmetry: Array, bands: tuple[float, float]) -> NDArray[np.int64]:
    """Number in `TYPES`, -1 where there is no impact; the inner limit is hybrid, the outer one not extreme."""
    inner, outer = bands
    size = (np.abs(asymmetry) > inner + 1e-12).astype(np.int64) + (np.abs(asymmetry) > outer + 1e-12)
    return np.where(np.isnan(asymmetry), -1, 2 + np.where(asymmetry < 0, -size, size))


def type_p(found: Ratio, bands: tuple[float, float]) -> Array:
    """(k, 5) p-value of each type: the largest among the asymmetries of its band, 1 for the type of the estimate."""
    edges = edges_of(bands)
    p = np.empty((len(found.gain), len(TYPES)))
    for number in range(len(TYPES)):
        grid = np.linspace(edges[number], edges[number + 1], STEPS)
        moved, error = found.distance(np.broadcast_to(grid, (len(p), STEPS)))
        p[:, number] = t_p_value(moved.ravel(), error.ravel(), found.df).reshape(moved.shape).max(axis=1)
    p[np.arange(len(p)), type_of(found.asymmetry, bands)] = 1.0
    return p


def no_impact_p(contrasts: Array, cov: Array, df: float) -> Array:
    """(k,) p-value of "neither penalty nor reward" by a Wald F test of 2 and df - 1 degrees of freedom."""
    from scipy.stats import chi2, f

    found = []
    for low in range(0, len(contrasts), 2):
        both = slice(low, low + 2)
        wald = contrasts[both] @ np.linalg.solve(cov[both, both], contrasts[both])
        found.append(f.sf(wald / 2 * (df - 1) / df, 2, df - 1) if np.isfinite(df) else chi2.sf(wald, 2))
    return np.array(found)


@dataclass(frozen=True, eq=False)
class Cut:
    """Which ratings of a driver count as low, or as high.

    Attributes
    ----------
    limit : ratings at or beyond it count, or None
    ratings : the ratings that count, where there is no limit
    """

    limit: float | None = None
    ratings: tuple[float, ...] = ()

    def low(self, column: Array) -> NDArray[np.bool_]:
        """(n,) whether a rating counts as low."""
        return np.isin(column, self.ratings) if self.limit is None else column <= self.limit

    def high(self, column: Array) -> NDArray[np.bool_]:
        """(n,) whether a rating counts as high."""
        return np.isin(column, self.ratings) if self.limit is None else column >= self.limit


def dummies(ratings: Array, low: Sequence[Cut], high: Sequence[Cut]) -> Array:
    """(n, 2 k) of 0 and 1, low and high of each of k drivers in turn, NaN where a rating is missing."""
    found = np.empty((len(ratings), 2 * ratings.shape[1]))
    for k, (below, above) in enumerate(zip(low, high, strict=True)):
        column = ratings[:, k]
        found[:, 2 * k], found[:, 2 * k + 1] = below.low(column), above.high(column)
        found[np.isnan(column), 2 * k : 2 * k + 2] = np.nan
    return found
