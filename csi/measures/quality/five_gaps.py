"""The five-gap model as a table: the fifth gap from the survey, the inner four from what was measured elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.errors import OptionError
from csi.estimates import Estimate, Uncertainty, Unknown
from csi.inference.intervals import Linear
from csi.results import Table

Array = NDArray[np.float64]
INNER = (1, 2, 3, 4)


def read_gaps(gaps: Mapping[int, float | Estimate] | None) -> dict[int, tuple[float, float]]:
    """Number of the gap -> (value, standard error); a plain number has none.

    Raises
    ------
    OptionError
        `gap_number`: a number other than 1 to 4, or a value that is none.

    """
    found = {}
    for number, value in (gaps or {}).items():
        error = value.std_error if isinstance(value, Estimate) else np.nan
        known = isinstance(value, Estimate | int | float) and np.isfinite(float(value))
        if number not in INNER or not known:
            raise OptionError("gap_number", number=str(number), value=str(value), choices=[str(k) for k in INNER])
        found[int(number)] = (float(value), float(error))
    return dict(sorted(found.items()))


def five_gaps(overall: Callable[[], Table], given: Mapping[int, tuple[float, float]]) -> Table:
    """The gaps that are known: the given ones, and the fifth, by group where there are groups.

    Parameters
    ----------
    overall : gives the table `overall_gap`
    given : of `read_gaps`; they are independent of this survey
    """
    table = overall()
    own = [i for i, row in enumerate(table.rows()) if row[-2:] == ("gap", "unweighted")]
    whole = table.uncertainty
    grouped = "group" in table.keys
    groups = [table.keys["group"][i] for i in own] if grouped else [""]
    rows, estimate, source = [], [], []
    for group, i in zip(groups, own, strict=True):
        start = (group,) if grouped else ()
        rows += [(*start, f"gap_{number}") for number in given] + [(*start, "gap_5")]
        estimate += [value for value, _ in given.values()] + [whole.estimate[i]]
        source += [-1 - k for k in range(len(given))] + [i]
    index = np.array(source)
    n = np.broadcast_to(np.asarray(table.n), len(table.rows()))
    counts = [int(n[i]) if i >= 0 else 0 for i in source]
    names = ("group", "term") if grouped else ("term",)
    keys = dict(zip(names, zip(*rows, strict=True), strict=True))
    values = np.array(estimate, dtype=float)
    if isinstance(whole, Unknown):
        return Table(keys, Unknown(values), counts)
    covariance = np.zeros((len(values), len(values)))
    fifth = index >= 0
    covariance[np.ix_(fifth, fifth)] = whole.covariance()[np.ix_(index[fifth], index[fifth])]
    for k, (_, error) in enumerate(given.values()):
        same = index == -1 - k
        covariance[np.ix_(same, same)] = error**2
    return Table(
        keys, _Partly(values, covariance, float(getattr(whole, "df", np.inf)), whole=whole, source=index), counts
    )


@dataclass(frozen=True, eq=False)
class _Partly(Linear):
    """Estimates some of which came without an error: their intervals are unknown, not empty.

    Attributes
    ----------
    whole : the uncertainty of the table that the others are rows of
    source : (k,) their place in it, negative for what was given
    """

    whole: Uncertainty | None = None
    source: NDArray[np.int64] | None = None

    @property
    def _own(self) -> NDArray[np.bool_]:
        """(k,) rows of the table; none in a sum of rows."""
        return np.zeros(len(self.estimate), dtype=bool) if self.source is None else self.source >= 0

    @property
    def _known(self) -> NDArray[np.bool_]:
        return np.isfinite(np.diag(self.cov))

    @property
    def std_error(self) -> Array:  # type: ignore[override]
        """(k,) NaN where none was given."""
        return np.where(self._known, np.sqrt(np.maximum(np.nan_to_num(np.diag(self.cov)), 0)), np.nan)

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits by t of what was given, NaN without an error; the others as their table has them."""
        known = self._known
        inner = Linear(self.estimate, np.nan_to_num(self.cov), self.df)
        limits = [np.where(known, limit, np.nan) for limit in inner.interval(level)]
        own = self._own
        for limit, shown in zip(limits, self.whole.interval(level) if own.any() else (), strict=False):
            limit[own] = shown[self.source[own]]
        return limits[0], limits[1]

    def p_value(self) -> Array:
        """(k,) NaN where no error was given."""
        p = np.where(self._known, Linear(self.estimate, np.nan_to_num(self.cov), self.df).p_value(), np.nan)
        own = self._own
        if own.any():
            p[own] = self.whole.p_value()[self.source[own]]
        return p

    def combine(self, weights: Array) -> Uncertainty:
        """A weighted sum, of unknown error when it holds a number without one."""
        used = np.asarray(weights) != 0
        if used.any() and self._own[used].all():
            rows = np.zeros(len(self.whole.estimate))
            np.add.at(rows, self.source[used], np.asarray(weights, dtype=float)[used])
            return self.whole.combine(rows)
        part = self.cov[np.ix_(used, used)]
        total = np.asarray(weights)[used] @ part @ np.asarray(weights)[used]
        return _Partly(np.atleast_1d(weights @ self.estimate), np.atleast_2d(total), self.df)
