"""The four quadrants on arrays: where the lines lie, on which side an item stands, and how sure that is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# (important, performs well) -> quadrant, and the two sides of the diagonal
QUADRANTS = ("low_priority", "possible_overkill", "concentrate_here", "keep_up")
SIDES = ("improve", "maintain")
CUTS = ("mean", "median", "scale", "diagonal")


def lines(importance: Array, performance: Array, cuts: tuple[str | float, str | float], middle: Array) -> Array:
    """Where the lines lie, (2, b): of importance, of performance.

    Parameters
    ----------
    importance, performance : (K, b)
    cuts : "mean" or "median" of the items, "scale" for the middle of the scale, or a number
    middle : (2,) middle of both scales, NaN where there is none
    """
    found = np.empty((2, importance.shape[1]))
    for row, values, cut, centre in zip(found, (importance, performance), cuts, middle, strict=True):
        if cut == "mean":
            row[:] = values.mean(axis=0)
        elif cut == "median":
            row[:] = np.median(values, axis=0)
        else:
            row[:] = centre if cut == "scale" else float(cut)
    return found


def quadrant(importance: Array, performance: Array) -> NDArray[np.int64]:
    """Number in `QUADRANTS` from distances to the two lines, of any shape; on a line counts as above it."""
    return 2 * (_above(importance)).astype(np.int64) + _above(performance)


def _above(distance: Array) -> NDArray[np.bool_]:
    return np.round(distance, 12) >= 0


def side(gap: Array) -> NDArray[np.int64]:
    """Number in `SIDES` from performance minus importance; on the diagonal counts as above it."""
    return _above(gap).astype(np.int64)


def quadrant_p(distance: Array, error: Array, df: float) -> Array:
    """p-value of each quadrant that the item truly lies in it.

    Parameters
    ----------
    distance, error : (2, K) distances from the lines of importance and performance, and their standard errors, which
        hold the errors of the lines too
    df : degrees of freedom

    Returns
    -------
    (K, 4) in the order of `QUADRANTS`

    Notes
    -----
    A quadrant is rejected when either distance lies on the wrong side by more than chance allows: twice the smaller of
    the two one-sided p-values (Bonferroni). So it is rejected at a level exactly when the two-sided interval of a
    distance lies wholly beyond its line, and the true quadrant is kept at least as often as the level says.
    """
    below, above = _one_sided(distance, error, df)
    found = np.empty((distance.shape[1], 4))
    for number in range(4):
        important, good = number >= 2, number % 2 == 1
        first = above[0] if important else below[0]
        second = above[1] if good else below[1]
        found[:, number] = np.minimum(1.0, 2 * np.minimum(first, second))
    return found


def side_p(gap: Array, error: Array, df: float) -> Array:
    """p-value (K, 2) of each side of the diagonal, in the order of `SIDES`; the interval of the gap decides."""
    below, above = _one_sided(gap, error, df)
    return np.minimum(1.0, 2 * np.column_stack([below, above]))


def _one_sided(distance: Array, error: Array, df: float) -> tuple[Array, Array]:
    """p-values of "truly below the line" and "truly above it"; 0 or 1 where there is no error."""
    from scipy.special import stdtr

    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(error > 0, distance / error, np.where(_above(distance), np.inf, -np.inf))
    above = stdtr(df if np.isfinite(df) else 1e12, z)
    return 1 - above, above
