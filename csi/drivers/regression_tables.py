"""From a fitted driver regression to its named tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import numpy as np

from csi.drivers.regression_checks import Doubts
from csi.drivers.regression_inference import Fit
from csi.drivers.regression_numbers import FITS, SQUARE, pairs_of
from csi.estimates import Uncertainty, Unknown
from csi.estimation.engine import Grouped, Measured
from csi.inference.intervals import CORRELATION
from csi.inference.intervals import SQUARE as SQUARED
from csi.results import Block, Table

SCALES = {"square": SQUARED, "correlation": CORRELATION}


def tables_of(
    kind: str, terms: Sequence[str], main: Sequence[str], outcome: str, levels: Sequence[float], measured: Measured,
    data: Grouped, doubts: Doubts | None, standard: Sequence[int] | None = None,
) -> dict[str, Callable[[], Table]]:  # fmt: skip
    """The tables of a regression, each made when asked for.

    Parameters
    ----------
    kind : of the regression
    terms, main : names of all terms and of the main effects
    outcome : its name
    levels : of an ordered outcome
    measured : numbers with their uncertainty
    data : groups and respondents
    doubts : second looks, None for Moments
    standard : positions of the terms with a standardised coefficient, None for all
    """
    names = [(name,) for name in terms]
    coefficients = [Block("raw", [(*name, "unstandardized") for name in names])]
    if kind != "ordered":
        coefficients.insert(0, Block("lead", [("intercept", "unstandardized")]))
    own = list(range(len(names))) if standard is None else list(standard)
    coefficients.append(Block("standardized", [(*names[i], "standardized") for i in own], own, len(names)))
    fits = [Block("square", [(SQUARE[kind],)]), Block("fit", [(name,) for name in FITS[kind]])]
    related = [Block(name, [(term, name) for term in main]) for name in ("vif", "tolerance")]
    related.append(Block("condition", [(str(i + 1), "condition_index") for i in range(len(main) + 1)]))
    both = [*main, outcome]
    pairs = [(both[i], both[j]) for i, j in zip(*pairs_of(len(both)), strict=True)]
    table = partial(measured.table, data, scales=SCALES)
    found: dict[str, Callable[[], Table]] = {
        "coefficients": partial(table, ("term", "kind"), coefficients, tested=True)
    }
    if kind == "ordered":
        cuts = [(f"{a:g} | {b:g}",) for a, b in pairwise(levels)]
        found["thresholds"] = partial(table, ("term",), [Block("lead", cuts)])
    if kind == "top_box":
        found["marginal_effects"] = partial(table, ("term",), [Block("effect", names)], tested=True)
    found["fit"] = partial(table, ("kind",), fits)
    found["collinearity"] = partial(table, ("term", "kind"), related, decimals=2)
    found["correlations"] = partial(table, ("item", "other_item"), [Block("correlation", pairs)], tested=True)
    if doubts is not None:
        alone = measured.store is None
        if doubts.curved:
            found["curvature"] = partial(_second, doubts.fit, doubts.bend_table, alone)
        if kind == "ordered" and len(levels) > 2:
            found["proportional_odds"] = partial(_second, doubts.fit, doubts.cut_table, alone)
    return found


def _second(fit: Fit, make: Callable[[], tuple[list[tuple[int, str, str]], Uncertainty]], alone: bool) -> Table:
    """A table of a second look."""
    keys, uncertainty = make()
    groups, n = fit.data.groups, fit.data.n
    columns: dict[str, list[str]] = {"group": [groups[g] for g, _, _ in keys]} if groups else {}
    columns["term"] = [term for _, term, _ in keys]
    columns["kind"] = [kind for _, _, kind in keys]
    shown = Unknown(np.asarray(uncertainty.estimate)) if alone else uncertainty
    return Table(columns, shown, [n[g] for g, _, _ in keys], True)
