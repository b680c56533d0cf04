"""What a driver regression hands over to statsmodels: its rows, its coefficients, and their covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.drivers.regression_inference import Fit
from csi.errors import OptionError
from csi.estimation.engine import Measured, pick
from csi.language import Note

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Handed:
    """One regression as plain numbers, which a file can hold.

    Attributes
    ----------
    kind, link : of the regression
    outcome, names : what the outcome and the k terms are called
    levels : of an ordered outcome, lowest first
    x, y, weight : (m, k), (m,) and (m,) its rows; y holds numbers of levels where it is not linear; weights average 1
    coef : (q,) intercept and then the terms; of an ordered outcome the terms and then the thresholds
    cov : (q, q) their covariance
    df : degrees of freedom of t, infinite for z
    weighted : whether weights differ or respondents were not drawn alone
    remarks : how the covariance was made
    """

    kind: str
    link: str
    outcome: str
    names: tuple[str, ...]
    levels: tuple[float, ...]
    x: Array
    y: Array
    weight: Array
    coef: Array
    cov: Array
    df: float
    weighted: bool
    remarks: tuple[Note, ...]


def hand_over(fit: Fit, measured: Measured) -> dict[str, Handed]:
    """The regression of every group, by its label; of all respondents under ""."""
    if measured.store is None:
        raise OptionError("statsmodels_no_errors")
    data, found = fit.data, {}
    parts = ("raw", "lead") if fit.kind == "ordered" else ("lead", "raw")
    sizes = {name: len(fit.values[0][name].value) for name in parts}
    places = [
        (name, g * sizes[name] + i) for g in range(len(data.domains)) for name in parts for i in range(sizes[name])
    ]
    coef = pick(measured.numbers, places)
    sure = measured.store.uncertainty(coef, places, np.zeros(len(places), dtype=np.int8))
    cov, dfs = sure.covariance(), getattr(sure, "dfs", np.full(len(places), getattr(sure, "df", np.inf)))
    own = np.arange(len(places)).reshape(len(data.domains), -1)
    for g, (domain, rows) in enumerate(zip(data.domains, own, strict=True)):
        found[domain.label] = Handed(
            fit.kind, fit.link, data.outcome, data.names, fit.levels[g], domain.x, fit.outcomes[g], domain.weight,
            coef[rows], cov[np.ix_(rows, rows)], float(dfs[rows[0]]), not data.design.equal, measured.notes,
        )  # fmt: skip
    return found
