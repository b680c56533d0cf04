"""What an improvement would bring, on arrays: slopes from moments, partial R2, and robustness values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.drivers.slopes import complete, solve_moments
from csi.inference.intervals import quantile_of
from csi.inference.means import Means

Array = NDArray[np.float64]
ALPHA = 0.05  # of the robustness value that asks what would take a significant effect away


@dataclass(frozen=True, eq=False)
class Products:
    """Drivers, outcome and their products, whose means hold a regression.

    Attributes
    ----------
    columns : (n, K) k drivers and the outcome counted from `centre`, then the upper triangle of their products
    centre : (k + 1,)
    """

    columns: Array
    centre: Array

    @property
    def size(self) -> int:
        """Drivers and outcome together."""
        return len(self.centre)

    def regression(self, domain: Means) -> tuple[Array, Array, Array]:
        """Slopes (k, b), mean outcome (b,), and partial R2 of each driver (k, b)."""
        p = self.size
        slopes = solve_moments(domain.mean[:-1], p)[1:]
        first, second = np.triu_indices(p)
        cov = np.zeros((domain.mean.shape[1], p, p))
        cov[:, first, second] = cov[:, second, first] = domain.mean[p:].T
        cov -= domain.mean[:p].T[:, :, None] * domain.mean[:p].T[:, None, :]
        bad = np.isnan(slopes).any(axis=0)
        cov[bad] = np.eye(p)
        left = np.maximum(cov[:, -1, -1] - np.einsum("kb,bk->b", np.nan_to_num(slopes), cov[:, :-1, -1]), 0)
        alone = 1 / np.einsum("bkk->bk", np.linalg.inv(cov[:, :-1, :-1])).T  # variance not explained by other drivers
        gained = slopes**2 * alone
        with np.errstate(invalid="ignore", divide="ignore"):
            return slopes, self.centre[-1] + domain.mean[p - 1], gained / (gained + left)


def products_of(x: Array, y: Array) -> Products:
    """Of drivers (n, k) and outcome (n,); respondents who lack an answer are NaN in every column."""
    both = complete(x, y)
    centre = np.nanmean(both, axis=0)
    both = both - centre
    first, second = np.triu_indices(both.shape[1])
    return Products(np.column_stack([both, both[:, first] * both[:, second]]), centre)


def robustness_value(partial_r2: Array, df: Array | float, *, alpha: float | None = None) -> Array:
    """Robustness value of a coefficient, 0 to 1 (Cinelli & Hazlett 2020).

    The share of what is left of both driver and outcome that an unmeasured cause would have to explain to bring the
    coefficient to 0, or, with `alpha`, to a t value that is no longer significant.

    Parameters
    ----------
    partial_r2 : of the driver with the outcome, t^2 / (t^2 + df)
    df : residual degrees of freedom
    alpha : of the two-sided test, or None for 0

    Examples
    --------
    >>> import numpy as np
    >>> round(float(robustness_value(np.array(4.18445**2 / (4.18445**2 + 783)), 783)), 3)
    0.139

    """
    with np.errstate(divide="ignore", invalid="ignore"):
        f = np.sqrt(partial_r2 / (1 - partial_r2))
        critical = 0.0
        if alpha is not None:
            df = np.broadcast_to(np.asarray(df, dtype=float), f.shape)
            critical = np.array([quantile_of(one - 1, alpha / 2) / np.sqrt(one - 1) if one > 1 else np.inf
                                 for one in df.ravel()]).reshape(f.shape)  # fmt: skip
        over = f - critical
        value = 0.5 * (np.sqrt(over**4 + 4 * over**2) - over**2)
        far = (f**2 - critical**2) / (1 + f**2)  # where explaining all of the outcome would not be the hardest way
        value = np.where((critical > 0) & (f * critical > 1), far, value)
        value = np.where(np.isinf(f), 1.0, value)
    return np.where(over > 0, value, np.where(np.isnan(f), np.nan, 0.0))
