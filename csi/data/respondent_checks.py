"""Whether enough respondents stand behind numbers, and whether a few of them carry all the weight."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from csi.language import note
from csi.results import Check

Array = NDArray[np.float64]
LEAST = 30  # respondents below which a number rests on a handful of answers
COSTLY = 2.0  # times fewer respondents that unequal weights are worth


def few_respondents(sizes: Sequence[int], groups: Sequence[str] = ()) -> Check:
    """Whether every group (or the whole, one size) has `LEAST` respondents; the others are named with their number."""
    pairs = zip(groups or [note("whole_sample")], sizes, strict=True)
    few = [note("row_value", name=label, value=size) for label, size in pairs if size < LEAST]
    return Check("few_respondents", min(sizes), f">= {LEAST}", not few, False, {"least": LEAST, "groups": few})


def dominant_weight(weights: Sequence[Array], groups: Sequence[str] = ()) -> Check:
    """Whether weights, all positive, make the respondents of a group worth less than half of their number.

    Parameters
    ----------
    weights : of each group, (n,); of the whole, one array
    groups : labels; empty for the whole
    """
    sizes = [effective_size(w) for w in weights]
    worst = max(effect for _, effect in sizes)
    bad = [
        note("weight_carried", group=label, n=len(w), effective=f"{effective:.1f}", share=f"{w.max() / w.sum():.0%}")
        for label, w, (effective, effect) in zip(groups or [note("whole_sample")], weights, sizes, strict=True)
        if effect > COSTLY
    ]
    return Check("dominant_weight", worst, f"<= {COSTLY:g}", not bad, False, {"carried": bad})


def effective_size(weight: Array) -> tuple[float, float]:
    """Kish's effective number of respondents, and the design effect of weights (n,), all positive."""
    effective = float(weight.sum() ** 2 / (weight @ weight))
    return effective, len(weight) / effective
