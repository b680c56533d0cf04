"""Importance of items by a PLS model: what an item adds to its construct, times the construct's total effect."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from csi.errors import DataError
from csi.estimates import Uncertainty, Unknown
from csi.inference.intervals import Draws
from csi.results import Result, Table

Array = NDArray[np.float64]


def pls_importance(fit: object, outcome: str, drivers: Sequence[str]) -> Uncertainty:
    """Outer weight of each driver times the total effect of its construct on the outcome's construct.

    The errors are those of the fit's own replicates; a fit without replicates gives none.
    """
    needed = {"outer", "effects"}
    if not isinstance(fit, Result) or not needed <= set(fit.tables) or "group" in fit.table("outer").keys:
        raise DataError("fit_not_pls", kind=type(fit).__name__)
    outer, effects = fit.table("outer"), fit.table("effects")
    construct = {item: name for name, item, kind in outer.rows() if kind == "outer_weight"}
    lacking = [name for name in (outcome, *drivers) if name not in construct]
    if lacking:
        raise DataError("fit_lacks_items", items=lacking, choices=list(construct))
    target = construct[outcome]
    weights = _Side(outer, [(construct[name], name, "outer_weight") for name in drivers])
    moves = _Side(effects, [(construct[name], target, "total") for name in drivers])
    estimate = weights.estimate * moves.estimate
    if weights.draws is None or moves.draws is None or weights.draws.shape != moves.draws.shape:
        return Unknown(estimate)
    return Draws(estimate, weights.draws * moves.draws, "percentile", np.inf)


class _Side:
    """Some rows of a table: estimates, and replicates where there are any; 0 for an effect that the model lacks."""

    def __init__(self, table: Table, keys: Sequence[tuple[str, ...]]) -> None:
        place = {row: i for i, row in enumerate(table.rows())}
        at = np.array([place.get(key, -1) for key in keys])
        self.estimate: Array = np.where(at < 0, 0.0, table.uncertainty.estimate[at])
        inner = table.uncertainty
        drawn = inner.draws if isinstance(inner, Draws) else None
        self.draws: Array | None = None if drawn is None else np.where(at[:, None] < 0, 0.0, drawn[at])
