"""The limits of R2 of a linear driver regression: the rule that importances follow, with the jackknife's error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.drivers.bounded import Bounded, R2Evidence
from csi.drivers.importance_numbers import to_root
from csi.drivers.regression_data import DriverData
from csi.drivers.regression_numbers import linear_of_moments
from csi.estimates import Uncertainty
from csi.estimation.engine import JACKKNIFE_UP_TO, Measured
from csi.inference.bootstrap import Batch, Rows, rows_of
from csi.inference.jackknife import JackknifeStore, contributions, leave_one_out, units_of
from csi.inference.stores import Places

Array = NDArray[np.float64]
NAMES = ("square", "fit")  # R2; adjusted R2 and sigma


@dataclass(frozen=True, eq=False)
class R2Store:
    """A store whose R2 and adjusted R2 have limits of their own.

    Attributes
    ----------
    inner : of everything
    near : of `NAMES`: by leaving out sampling units where they are few, else `inner`
    evidence : of R2
    """

    inner: Any
    near: Any
    evidence: R2Evidence

    @property
    def df(self) -> float:
        """Degrees of freedom."""
        return float(self.inner.df)

    def uncertainty(self, estimate: Array, places: Places, scale: NDArray[np.int8]) -> Uncertainty:
        """The uncertainty of the estimates at some places."""
        if any(name not in NAMES for name, _ in places):
            return self.inner.uncertainty(estimate, places, scale)
        return Bounded(self.near.uncertainty(estimate, places, scale), partial(_limits, self.evidence, tuple(places)))


def _limits(evidence: R2Evidence, places: Places, level: float) -> tuple[Array, Array]:
    """Limits of rows of `NAMES`, NaN for sigma, which follows adjusted R2 in each group."""
    plain, adjusted = (evidence.limits(level, which) for which in (False, True))
    ends = np.full((2, len(places)), np.nan)
    for i, (name, row) in enumerate(places):
        if name == "square":
            ends[:, i] = [end[row] for end in plain]
        elif row % 2 == 0:
            ends[:, i] = [end[row // 2] for end in adjusted]
    return ends[0], ends[1]


def bound_r2(data: DriverData, measured: Measured, df: float) -> Measured:
    """Limits of R2 of a linear regression from rows; `df` are degrees of freedom for sigma."""
    design, r2 = data.design, measured.numbers["square"]
    held, there = _left_out(data), [units_of(design, domain.rows) for domain in data.domains]
    free = [max(float(one.sum() - len(np.unique(design.unit_stratum[one]))), 1.0) for one in there]
    if held is None:
        near, error = measured.store, _error(measured, r2)
    else:
        near = JackknifeStore(held, design, df)
        error = np.sqrt(np.diag(near.covariance([("root", g) for g in range(len(r2))])))
    evidence = R2Evidence(r2, error, np.array(free), data.n, len(data.terms))
    return replace(measured, store=R2Store(measured.store, near, evidence))


def bound_r2_of_moments(measured: Measured, n: int, p: int) -> Measured:
    """Limits of R2 of a linear regression from moments with fourth-order sums."""
    r2, store = measured.numbers["square"], measured.store
    evidence = R2Evidence(r2, _error(measured, r2), np.full(1, store.df + p), (n,), p)
    return replace(measured, store=R2Store(store, store, evidence))


def _error(measured: Measured, r2: Array) -> Array:
    """Standard errors of z of the root of R2 by the delta method."""
    places = [("square", g) for g in range(len(r2))]
    plain = measured.store.uncertainty(r2, places, np.zeros(len(r2), dtype=np.int8)).std_error
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(plain / (2 * np.sqrt(r2) * (1 - r2)), posinf=0.0)


def rows_of_fit(data: DriverData) -> list[Rows]:
    """Terms and outcome, ready to be resampled."""
    columns = np.full((data.design.n, len(data.terms) + 1), np.nan)
    for domain in data.domains:
        columns[domain.rows] = np.column_stack([domain.x, domain.y])
    return rows_of(columns, data.design, "listwise", data.codes)


def _left_out(data: DriverData) -> Mapping[str, Array] | None:
    """What each sampling unit brings to R2 and sigma, or None where units are many or cannot be left out."""
    design = data.design
    if design.pieces > JACKKNIFE_UP_TO:
        return None
    design.check_lonely()

    def evaluate(domains: list[Batch], _: Batch | None) -> dict[str, Array]:
        found = [linear_of_moments(part, n, data.main) for part, n in zip(domains, data.n, strict=False)]
        made = {name: np.concatenate([part[name] for part in found]) for name in NAMES}
        return made | {"root": to_root(made["square"])}

    rows = rows_of_fit(data)
    try:
        held_out = leave_one_out(rows, design, evaluate)
    except np.linalg.LinAlgError:  # without some respondent the drivers follow from each other
        return None
    value = evaluate([part.batch(sum(z.sum(axis=0) for _, z in part.parts())[:, None]) for part in rows], None)
    found = {name: contributions(held, value[name][:, 0], design) for name, held in held_out.items()}
    return found if all(np.isfinite(values).all() for values in found.values()) else None
