"""How sure a net promoter score is: Wald, adjusted Wald and score intervals from its two shares.

Everything in this file up to `NetPromoter` works on shares from 0 to 1 and differences from -1 to 1; arrays (k,).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.inference.intervals import Linear, quantile_of, t_p_value
from csi.inference.score_interval import Bounded, score_limits, score_z

Array = NDArray[np.float64]
KINDS = ("adjusted", "wald", "score_test")
PSEUDO = (0.75, 1.5, 0.75)  # promoters, passives, detractors that Rocks adds to the counts


def net_variance(promoters: Array, detractors: Array) -> Array:
    """Variance of one respondent's +1, 0 or -1: p + d - (p - d)^2."""
    return promoters + detractors - (promoters - detractors) ** 2


def wald_parts(promoters: Array, detractors: Array, n: Array) -> tuple[Array, Array]:
    """Centre and standard error of Wald's interval; the variance is divided by n."""
    return promoters - detractors, np.sqrt(net_variance(promoters, detractors) / n)


def adjusted_parts(promoters: Array, detractors: Array, n: Array) -> tuple[Array, Array]:
    """Centre and standard error of the adjusted Wald interval: three pseudo-respondents, .75, 1.5 and .75."""
    more = n + sum(PSEUDO)
    return wald_parts((promoters * n + PSEUDO[0]) / more, (detractors * n + PSEUDO[2]) / more, more)


def net_shares(promoters: Array, detractors: Array) -> Bounded:
    """The distribution of the k scores' +1, 0 and -1."""
    p, d = (np.atleast_1d(np.asarray(one, dtype=float)) for one in (promoters, detractors))
    points = np.broadcast_to([-1.0, 0.0, 1.0], (len(p), 3))
    return Bounded(points, np.stack([d, 1 - p - d, p], axis=1), np.full(len(p), -1.0), np.full(len(p), 1.0))


def net_limits(kind: str, promoters: Array, detractors: Array, n: Array, z: float) -> tuple[Array, Array]:
    """Limits of p - d, never beyond -1 and 1.

    Parameters
    ----------
    kind : {"adjusted", "wald", "score_test"}
    promoters, detractors : shares 0-1
    n : respondents, or the effective number under a design
    z : quantile, 1.96 for 95 %
    """
    if kind == "score_test":
        return score_limits(net_shares(promoters, detractors), n, z)
    centre, error = (adjusted_parts if kind == "adjusted" else wald_parts)(promoters, detractors, n)
    return np.maximum(centre - z * error, -1.0), np.minimum(centre + z * error, 1.0)


@dataclass(frozen=True, eq=False)
class NetPromoter:
    """The uncertainty of k net promoter scores in points.

    Attributes
    ----------
    estimate : (k,) points, -100 to 100
    cov : (k, k) their linearised covariance, in squared points
    promoters, detractors : (k,) shares 0-1
    n : (k,) respondents; under a design the effective number, variance of one over variance of the mean
    df : degrees of freedom of the design, infinite for a simple random sample
    kind : {"adjusted", "wald", "score_test"}
    """

    estimate: Array
    cov: Array = field(repr=False)
    promoters: Array
    detractors: Array
    n: Array
    df: float
    kind: str

    @cached_property
    def std_error(self) -> Array:
        """(k,) standard errors, the same for every kind; 0 where all respondents are of one class."""
        return np.sqrt(np.maximum(np.diag(self.cov), 0))

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (k,), (k,) in points."""
        z = quantile_of(self.df, (1 - level) / 2)
        lower, upper = net_limits(self.kind, self.promoters, self.detractors, self.n, z)
        return 100 * lower, 100 * upper

    def p_value(self) -> Array:
        """(k,) two-sided p-values of 0, the inversion of the interval."""
        if self.kind == "score_test":
            z = score_z(net_shares(self.promoters, self.detractors), self.n, np.zeros(len(self.n)))
            return t_p_value(z, np.ones(len(z)), self.df)
        parts = adjusted_parts if self.kind == "adjusted" else wald_parts
        return t_p_value(*parts(self.promoters, self.detractors, self.n), self.df)

    def covariance(self) -> Array:
        """(k, k)."""
        return self.cov

    def combine(self, weights: Array) -> Linear:
        """The uncertainty of one weighted sum, by Wald."""
        cov = np.atleast_2d(weights @ self.cov @ weights)
        return Linear(np.atleast_1d(weights @ self.estimate), cov, self.df)


def net_promoter(
    inner: Linear, promoters: Array, detractors: Array, adjust: float, df: float, kind: str
) -> NetPromoter:
    """The uncertainty of scores whose linearised covariance is known.

    Parameters
    ----------
    inner : linearised uncertainty of the k scores, in points
    promoters, detractors : (k,) shares 0-1
    adjust : n / (n - 1) where the covariance divides by n - 1, so that the score's variance is divided by n
    df : degrees of freedom, infinite for a simple random sample
    kind : {"adjusted", "wald", "score_test"}
    """
    cov = inner.cov / adjust
    variance = np.diag(cov) / 1e4
    one = net_variance(promoters, detractors)
    counts = np.ones(len(one)) if inner.bounds is None or inner.bounds.counts is None else inner.bounds.counts
    with np.errstate(divide="ignore", invalid="ignore"):
        n = np.where(variance > 1e-18, one / variance, counts)
    return NetPromoter(inner.estimate, cov, promoters, detractors, n, df, kind)
