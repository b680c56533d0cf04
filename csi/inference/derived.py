"""What follows from estimates that already have their uncertainty: functions of them, and sources side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.estimates import Uncertainty, Unknown
from csi.inference.intervals import Draws, Linear

Array = NDArray[np.float64]
STEP = 1e-3  # of a standard error


def function_of(uncertainty: Uncertainty, function: Callable[[Array], Array]) -> Uncertainty:
    """The uncertainty of a function of estimates: the delta method, or the function of every replicate.

    Parameters
    ----------
    uncertainty : of k estimates
    function : takes (k, b), gives (q, b)
    """
    estimate = function(uncertainty.estimate[:, None])[:, 0]
    if isinstance(uncertainty, Draws):
        method = "t" if uncertainty.method == "t" else "percentile"
        return Draws(estimate, function(uncertainty.draws), method, uncertainty.df)
    if not isinstance(uncertainty, Linear):
        return Unknown(estimate)
    k = len(uncertainty.estimate)
    steps = STEP * uncertainty.std_error
    moved = np.repeat(uncertainty.estimate[:, None], 2 * k, axis=1)
    moved[range(k), range(k)] += steps
    moved[range(k), range(k, 2 * k)] -= steps
    values = function(moved)
    with np.errstate(invalid="ignore", divide="ignore"):
        slopes = np.where(steps > 0, (values[:, :k] - values[:, k:]) / (2 * steps), 0.0)
    return Linear(estimate, slopes @ uncertainty.cov @ slopes.T, uncertainty.df)


@dataclass(frozen=True, eq=False)
class Joined:
    """Estimates from sources that know nothing of each other, such as judges and respondents, in one table.

    Attributes
    ----------
    pieces : uncertainties of the rows, one source after the other; between sources the covariance is 0
    """

    pieces: tuple[Uncertainty, ...]

    @property
    def estimate(self) -> Array:
        """(k,) all estimates."""
        return np.concatenate([piece.estimate for piece in self.pieces])

    @property
    def std_error(self) -> Array:
        """(k,) standard errors, NaN where a source has none."""
        return np.concatenate([piece.std_error for piece in self.pieces])

    def interval(self, level: float) -> tuple[Array, Array]:
        """Lower and upper limits, (k,) each."""
        limits = [piece.interval(level) for piece in self.pieces]
        return np.concatenate([low for low, _ in limits]), np.concatenate([high for _, high in limits])

    def p_value(self) -> Array:
        """(k,) two-sided p-values of 0."""
        return np.concatenate([piece.p_value() for piece in self.pieces])

    def covariance(self) -> Array:
        """(k, k), 0 between sources."""
        sizes = [len(piece.estimate) for piece in self.pieces]
        total = np.zeros((sum(sizes),) * 2)
        for start, size, piece in zip(np.cumsum([0, *sizes]), sizes, self.pieces, strict=False):
            total[start : start + size, start : start + size] = piece.covariance()
        return total

    def combine(self, weights: Array) -> Uncertainty:
        """The uncertainty of one weighted sum; degrees of freedom after Welch and Satterthwaite."""
        found = []
        start = 0
        for piece in self.pieces:
            part = weights[start : start + len(piece.estimate)]
            start += len(piece.estimate)
            if (part != 0).any():
                found.append(piece.combine(part))
        if len(found) == 1:
            return found[0]
        estimate = np.atleast_1d(weights @ self.estimate)
        variances = np.array([float(one.std_error[0]) ** 2 for one in found])
        if np.isnan(variances).any() or not found:
            return Unknown(estimate)
        freedom = np.array([getattr(one, "df", np.inf) for one in found])
        lost = (variances**2 / freedom).sum()
        df = float(variances.sum() ** 2 / lost) if lost > 0 else np.inf
        return Linear(estimate, np.array([[variances.sum()]]), df)
