"""One number with its uncertainty, and what a table must know of many that were made together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from csi.errors import OptionError
from csi.views import number, public_names

Array = NDArray[np.float64]


class Uncertainty(Protocol):
    """What a table needs to know of k estimates that were made together."""

    estimate: Array

    @property
    def std_error(self) -> Array:
        """(k,) standard errors."""

    def interval(self, level: float) -> tuple[Array, Array]:
        """Lower and upper limits, (k,) each."""

    def p_value(self) -> Array:
        """(k,) two-sided p-values of 0."""

    def covariance(self) -> Array:
        """(k, k)."""

    def combine(self, weights: Array) -> Uncertainty:
        """The uncertainty of one weighted sum."""


@dataclass(frozen=True, eq=False)
class Unknown:
    """Estimates without inference: every standard error is NaN."""

    estimate: Array

    @property
    def std_error(self) -> Array:
        """(k,) NaN."""
        return np.full(len(self.estimate), np.nan)

    def interval(self, level: float) -> tuple[Array, Array]:
        """NaN."""
        return self.std_error, self.std_error

    def p_value(self) -> Array:
        """NaN."""
        return self.std_error

    def covariance(self) -> Array:
        """NaN."""
        return np.full((len(self.estimate),) * 2, np.nan)

    def combine(self, weights: Array) -> Unknown:
        """The weighted sum, still without inference."""
        return Unknown(np.atleast_1d(weights @ self.estimate))


@dataclass(frozen=True, eq=False)
class Estimate:
    """One number with its uncertainty; it acts as a float, except that two of them are never compared or subtracted.

    Attributes
    ----------
    estimate : the number, in the unit of its table
    std_error : its standard error, NaN without inference, 0 for a constant
    level : level of the interval
    lower, upper : limits of the interval
    n : respondents behind it
    p_value : two-sided p-value of the hypothesis that it is 0, the inversion of the interval

    Examples
    --------
    >>> from csi.estimates import Estimate
    >>> share = Estimate(0.8, 0.05, 0.95, 0.70, 0.90, 64)
    >>> float(share) * 100
    80.0

    """

    estimate: float
    std_error: float
    level: float
    lower: float
    upper: float
    n: int
    p_value: float = float("nan")

    __dir__ = public_names

    def __float__(self) -> float:
        return float(self.estimate)

    def __repr__(self) -> str:
        span = f"[{number(self.lower)}, {number(self.upper)}]"
        return f"{number(self.estimate)} ± {number(self.std_error)} {self.level:.0%} {span} n={self.n}"

    def _use_contrast(self, *_: object) -> Any:
        raise OptionError("use_contrast")

    def __sub__(self, other: object) -> float:
        return self._use_contrast() if isinstance(other, Estimate) else float(self) - other  # type: ignore[operator]

    def __rsub__(self, other: float) -> float:
        return other - float(self)

    def __add__(self, other: object) -> float:
        return self._use_contrast() if isinstance(other, Estimate) else float(self) + other  # type: ignore[operator]

    __radd__ = __add__

    def __mul__(self, other: float) -> float:
        return float(self) * float(other)

    __rmul__ = __mul__

    def __truediv__(self, other: float) -> float:
        return float(self) / float(other)

    def __rtruediv__(self, other: float) -> float:
        return other / float(self)

    def __neg__(self) -> float:
        return -float(self)

    def __abs__(self) -> float:
        return abs(float(self))

    def __round__(self, digits: int | None = None) -> float:
        return round(float(self), digits)

    def __lt__(self, other: object) -> bool:
        return self._use_contrast() if isinstance(other, Estimate) else float(self) < other  # type: ignore[operator]

    def __gt__(self, other: object) -> bool:
        return self._use_contrast() if isinstance(other, Estimate) else float(self) > other  # type: ignore[operator]

    def __le__(self, other: object) -> bool:
        return self._use_contrast() if isinstance(other, Estimate) else float(self) <= other  # type: ignore[operator]

    def __ge__(self, other: object) -> bool:
        return self._use_contrast() if isinstance(other, Estimate) else float(self) >= other  # type: ignore[operator]
