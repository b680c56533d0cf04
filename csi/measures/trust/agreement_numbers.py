"""Agreement of raters from counts of their answers: shares, kappas, Krippendorff's alpha, r_wg.

A case is a row of codes 0..q-1, -1 where a rater gave none; q categories stand in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.sums import upper

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
ROWS = 8192  # cases looked at together, so that their numbers stay in fast memory


def counts_of(codes: Codes, q: int) -> Array:
    """(n, q) how many raters chose each category, from codes (n, k)."""
    counts = np.zeros((len(codes), q + 1))  # a column more, the first, for those who gave none
    for start in range(0, len(codes), ROWS):
        some = codes[start : start + ROWS]
        cells = (np.arange(len(some)) * (q + 1) + 1)[:, None] + some
        found = np.bincount(cells.reshape(-1), minlength=len(some) * (q + 1))
        counts[start : start + ROWS] = found.reshape(len(some), q + 1)
    return counts[:, 1:]


def rows_of_counts(counts: Array) -> Array:
    """(n, 4 + q + q (q + 1) / 2) what is added up over cases, from counts (n, q).

    One per case with two ratings or more; agreeing pairs over all pairs; pairs that agree; pairs; ratings per category;
    coincidences (upper triangle); for the variance within cases see `variances_of`.
    """
    n, q = counts.shape
    raters = counts.sum(axis=1)
    some = raters >= 2
    chosen = np.ascontiguousarray(np.where(some[:, None], counts, 0.0).T)
    raters = np.where(some, raters, 2.0)
    found = np.empty((4 + q + q * (q + 1) // 2, n))  # laid out sum by sum, for speed
    found[0] = some
    found[2] = (chosen * (chosen - 1) / 2).sum(axis=0)
    found[3] = np.where(some, raters * (raters - 1) / 2, 0.0)
    found[1] = found[2] / np.maximum(found[3], 1)
    found[4 : 4 + q] = chosen
    start = 4 + q
    for i in range(q):
        np.multiply(chosen[i] / (raters - 1), chosen[i:], out=found[start : start + q - i])
        found[start] -= chosen[i] / (raters - 1)
        start += q - i
    return found.T


@dataclass(frozen=True, eq=False)
class WeightedRows:
    """(n, d) the weighted numbers of each case, `rows_of_counts` and last `variances_of`, made some cases at a time.

    Attributes
    ----------
    counts : (n, q)
    values : (q,)
    weight : (n,)
    """

    counts: Array
    values: Array
    weight: Array

    def __getitem__(self, keep: Any) -> WeightedRows:
        return WeightedRows(self.counts[keep], self.values, self.weight[keep])

    def _pieces(self) -> Iterator[tuple[slice, Array]]:
        """Cases, and their numbers (d, m)."""
        for start in range(0, len(self.counts), ROWS):
            cases = slice(start, start + ROWS)
            counts = self.counts[cases]
            found = np.vstack([rows_of_counts(counts).T, variances_of(counts, self.values)])
            yield cases, found * self.weight[cases]

    def sum(self, axis: int = 0) -> Array:
        """(d,) over all cases."""
        return np.sum([part.sum(axis=1) for _, part in self._pieces()], axis=axis)

    @property
    def T(self) -> TurnedRows:  # noqa: N802 as arrays have it
        """(d, n)."""
        return TurnedRows(self)


@dataclass(frozen=True, eq=False)
class TurnedRows:
    """`WeightedRows` turned round, for products from both sides."""

    rows: WeightedRows

    __array_ufunc__ = None  # an array on the left leaves the product to this class

    def __matmul__(self, multipliers: Array) -> Array:
        """(d, b) sums with the cases taken as often as (n, b) multipliers say."""
        return np.sum([part @ multipliers[cases] for cases, part in self.rows._pieces()], axis=0)

    def __rmatmul__(self, slope: Array) -> Array:
        """(k, n) what slopes (k, d) make of each case."""
        return np.concatenate([slope @ part for _, part in self.rows._pieces()], axis=1)


def variances_of(counts: Array, values: Array) -> Array:
    """(n,) variance of the ratings of each case, ddof 1; 0 for cases with fewer than two."""
    raters = np.maximum(counts.sum(axis=1), 2.0)
    mean = counts @ values / raters
    squares = counts @ values**2 - raters * mean**2
    return np.where(counts.sum(axis=1) >= 2, np.maximum(squares, 0.0) / (raters - 1), 0.0)


def agreement_of(sums: Array, values: Array, ordered: bool, expected: float | None) -> dict[str, Array]:
    """Percent agreement, Fleiss's kappa, Krippendorff's alphas and r_wg from sums (d, b) over cases.

    Parameters
    ----------
    sums : of `rows_of_counts`, and the sum of the variances within cases last
    values : (q,) of the categories
    ordered : whether the categories are numbers
    expected : variance of ratings given at random on the scale, None where the scale is not known
    """
    q = len(values)
    cases, shares = sums[0], sums[1]
    chosen = sums[4 : 4 + q]
    half = sums[4 + q : 4 + q + q * (q + 1) // 2]
    with np.errstate(invalid="ignore", divide="ignore"):
        by_chance = ((chosen / chosen.sum(axis=0)) ** 2).sum(axis=0)
        observed = shares / cases
        found = {
            "percent_agreement": sums[2] / sums[3],
            "fleiss_kappa": (observed - by_chance) / (1 - by_chance),
            "krippendorff_nominal": krippendorff(half, _nominal(q, sums.shape[1])),
        }
        if ordered:
            found["krippendorff_ordinal"] = krippendorff(half, _ordinal(_totals(half, q)))
            found["krippendorff_interval"] = krippendorff(half, _interval(values, sums.shape[1]))
        if ordered and expected is not None:
            found["r_wg"] = 1 - sums[-1] / cases / expected
    return {name: value[None] for name, value in found.items()}


def _totals(half: Array, q: int) -> Array:
    """(q, b) how often each category takes part in a coincidence, from the upper triangle (q (q + 1) / 2, b)."""
    rows, columns = upper(q)
    total = np.zeros((q, half.shape[1]))
    np.add.at(total, rows, half)
    off = rows != columns
    np.add.at(total, columns[off], half[off])
    return total


def krippendorff(half: Array, distance: Array) -> Array:
    """(b,) Krippendorff's alpha from coincidences (q (q + 1) / 2, b) and squared distances of the same shape.

    1 - (N - 1) sum o d / sum n n d over pairs of categories, N all coincidences.
    """
    q = int((np.sqrt(8 * len(half) + 1) - 1) / 2)
    rows, columns = upper(q)
    total = _totals(half, q)
    n = total.sum(axis=0)
    return 1 - (n - 1) * (half * distance).sum(axis=0) / (total[rows] * total[columns] * distance).sum(axis=0)


def _nominal(q: int, b: int) -> Array:
    rows, columns = upper(q)
    return np.repeat((rows != columns).astype(float)[:, None], b, axis=1)


def _interval(values: Array, b: int) -> Array:
    rows, columns = upper(len(values))
    return np.repeat(((values[rows] - values[columns]) ** 2)[:, None], b, axis=1)


def _ordinal(total: Array) -> Array:
    """Squared distance of two categories by the ratings between them, half of their own counted."""
    rows, columns = upper(len(total))
    above = np.cumsum(total, axis=0)
    between = above[columns] - above[rows] + total[rows] - (total[rows] + total[columns]) / 2
    return np.where((rows == columns)[:, None], 0.0, between) ** 2


def kappas_of(table: Array, q: int, values: Array, ordered: bool) -> dict[str, Array]:
    """Agreement and Cohen's kappas of two raters from their table (q * q, b), the first rater's category first."""
    cells = table.reshape(q, q, -1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cells = cells / cells.sum(axis=(0, 1))
        chance = cells.sum(axis=1)[:, None] * cells.sum(axis=0)[None]
        same = np.eye(q)[:, :, None]
        found = {"agreement": (cells * same).sum(axis=(0, 1)), "kappa": _kappa(cells, chance, 1 - same)}
        if ordered:
            gap = np.abs(values[:, None] - values)[:, :, None]
            found |= {"kappa_linear": _kappa(cells, chance, gap), "kappa_quadratic": _kappa(cells, chance, gap**2)}
    return {name: value[None] for name, value in found.items()}


def _kappa(cells: Array, chance: Array, apart: Array) -> Array:
    """(b,) 1 - disagreement / disagreement by chance."""
    return 1 - (cells * apart).sum(axis=(0, 1)) / (chance * apart).sum(axis=(0, 1))
