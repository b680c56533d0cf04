"""LMG of McFadden's pseudo-R2: how much each driver adds to the likelihood of an ordered or two-valued outcome.

Every set of drivers has its regression. A log-likelihood at its maximum does not move with the coefficients, so the
influence of a respondent on it is his own log-likelihood less the mean: errors need no derivative and no resampling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.drivers.driver_data import Players
from csi.drivers.importance_sources import sources_of
from csi.drivers.importance_tables import Tested
from csi.drivers.ordered import Model, SeparatedError, fit_cumulative, refuse_separation
from csi.drivers.regression import outcome_boxes, outcome_levels
from csi.drivers.regression_data import Domain, DriverData, prepare_drivers
from csi.errors import DataError, OptionError, choose
from csi.estimates import Unknown
from csi.inference.intervals import Linear
from csi.language import Note, note
from csi.moments import Moments
from csi.results import Result, Table

Array = NDArray[np.float64]
MOST = 10  # drivers; 1,024 regressions
INFERENCE = ("linearised", "none")


@dataclass(frozen=True, eq=False)
class Shares:
    """LMG of one domain.

    Attributes
    ----------
    lmg : (p,) importances, in units of McFadden's R2
    r2 : McFadden's R2 with all drivers
    influence : (p + 1, m) influence of each respondent on both
    model : the regression on all drivers
    """

    lmg: Array
    r2: float
    influence: Array
    model: Model


def fit_pseudo(
    survey: Survey | Moments,
    outcome: str,
    players: Players,
    *,
    kind: str,
    boxes: int | None,
    link: str,
    by: str | Sequence[str] | None,
    inference: str | None,
) -> Result:
    """Importances of an ordered or two-valued outcome as a Result.

    Raises
    ------
    DataError, OptionError, EstimationError
        As `fit_drivers`; `pseudo_too_many`; an inference other than linearised and none.
    """
    if isinstance(survey, Moments):
        raise DataError("pseudo_needs_rows", kind=kind)
    choose("inference", inference, (None, *INFERENCE))
    if len(players.names) > MOST:
        raise OptionError("pseudo_too_many", count=len(players.names), most=MOST, kind=kind)
    data = prepare_drivers(survey, outcome, players.every, by=by, interactions=None, reference=None)
    notes: list[Note] = []
    outcomes, levels = outcome_boxes(data, boxes, notes) if kind == "top_box" else outcome_levels(data, "refuse", notes)
    parts = [np.flatnonzero([term.parts[0] in columns for term in data.terms]) for columns in players.columns]
    found = [
        _shares(data, domain, y.astype(np.int64), len(levels), parts, link)
        for domain, y in zip(data.domains, outcomes, strict=True)
    ]
    return _result(data, players, found, parts, kind, inference == "none", notes)


def lmg_factors(count: int) -> Array:
    """(count, 2 ** count) what the R2 of each set of drivers counts in the LMG of each driver; bit j is driver j."""
    weight = [factorial(size) * factorial(count - size - 1) / factorial(count) for size in range(count)]
    factors = np.empty((count, 2**count))
    for members in range(2**count):
        size = members.bit_count()
        for j in range(count):
            inside = members >> j & 1
            factors[j, members] = weight[size - 1] if inside else -weight[size]
    return factors


def _shares(
    data: DriverData, domain: Domain, y: NDArray[np.int64], levels: int, parts: Sequence[NDArray[np.intp]], link: str
) -> Shares:
    """LMG of McFadden's R2 in one domain, with the influence of each respondent."""
    count, w = len(parts), domain.weight / domain.weight.sum()
    factors = np.vstack([lmg_factors(count), np.zeros(2**count)])
    factors[-1, -1] = 1.0  # R2 of all drivers
    values, moved = np.zeros(count + 1), np.zeros((count + 1, len(y)))
    model = None
    for members in range(1, 2**count):
        columns = np.concatenate([part for j, part in enumerate(parts) if members >> j & 1])
        try:
            model = fit_cumulative(domain.x[:, columns], y, domain.weight, levels, link)
        except SeparatedError as problem:
            refuse_separation([data.names[i] for i in columns], domain.x[:, columns], y, problem, data.place(domain))
            raise
        mean, null = w @ model.loglik, w @ model.null
        r2 = 1 - mean / null
        influence = -(model.loglik - mean) / null + mean * (model.null - null) / null**2
        values += factors[:, members] * r2
        moved += factors[:, members, None] * (influence * w)
    return Shares(values[:-1], float(values[-1]), moved, model)


def _covariance(data: DriverData, influence: Sequence[Array]) -> Array:
    """Covariance of the numbers of all domains under each other, from influence (k, m) of each."""
    size = sum(len(part) for part in influence)
    values, start = np.zeros((size, data.design.pieces)), 0
    for part, domain in zip(influence, data.domains, strict=True):
        pieces = data.design.piece[domain.rows]
        for row in part:
            values[start] = np.bincount(pieces, weights=row, minlength=data.design.pieces)
            start += 1
    return data.design.covariance(values)


def _wald(data: DriverData, one: Shares, at: int, parts: Sequence[NDArray[np.intp]]) -> Array:
    """(p,) p-values of each driver's coefficients in the full regression."""
    from scipy.special import fdtrc

    influence = [np.zeros((0, len(domain.rows))) for domain in data.domains]
    influence[at] = one.model.influence[len(one.model.lead) :]
    cov = _covariance(data, influence)
    found = []
    for part in parts:
        b, v = one.model.coef[part], cov[np.ix_(part, part)]
        df = max(data.design.df - len(part) + 1, 1)
        found.append(fdtrc(len(part), df, float(b @ np.linalg.solve(v, b)) / len(part)))
    return np.array(found)


def _result(
    data: DriverData,
    players: Players,
    found: Sequence[Shares],
    parts: Sequence[NDArray[np.intp]],
    kind: str,
    bare: bool,
    notes: Sequence[Note],
) -> Result:
    p, groups = len(players.names), len(found)
    estimate = np.concatenate([one.lmg for one in found])
    whole = np.array([one.r2 for one in found])
    first, second = Unknown(estimate), Unknown(whole)
    if not bare:
        cov = _covariance(data, [one.influence for one in found])
        at = np.arange(groups * (p + 1)).reshape(groups, p + 1)
        rows = at[:, :p].ravel()
        tests = np.concatenate([_wald(data, one, g, parts) for g, one in enumerate(found)])
        df = float(data.design.df)
        first = Tested(Linear(estimate, cov[np.ix_(rows, rows)], df), tests)
        second = Linear(whole, cov[np.ix_(at[:, p], at[:, p])], df)
    keys = {"group": np.repeat(data.groups, p).tolist()} if data.groups else {}
    labels = {"group": list(data.groups)} if data.groups else {}
    n = list(data.n)
    importance = Table(keys | {"term": list(players.names) * groups}, first, np.repeat(n, p).tolist(), not bare)
    r2 = Table(labels | {"term": ["mcfadden"] * groups}, second, n)
    facts = {"units": data.design.units, "strata": data.design.strata_count}
    remark = note("no_inference") if bare else note("linearised_design", **facts)
    return Result(
        title=note("title_importance_lmg", outcome=data.outcome, data=data.name, n=sum(data.n)),
        headline="importance",
        notes=(*data.notes, *notes, note("pseudo_importance", count=2**p - 1), remark),
        _tables={"importance": lambda: importance, "r2": lambda: r2},
        _glance={
            "method": "lmg", "n": sum(data.n), "n_dropped": data.dropped,
            "inference": "none" if bare else "linearised",
        },
        _checks=lambda: (),
        _sources=sources_of("lmg"),
    )  # fmt: skip
