"""Ratings on 0-100, and what a tree of weights makes of them, respondent by respondent or mean by mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from csi.errors import OptionError, choose
from csi.measures.tree_layout import TreeWeights

Array = NDArray[np.float64]
TRANSFORMS = ("minmax", "percent_of_max", "none")


def to_100(values: Array, lo: Array, hi: Array, method: str = "minmax") -> Array:
    """Ratings as points of 100.

    Parameters
    ----------
    values : (..., k) ratings, NaN where missing
    lo, hi : (k,) ends of the scales
    method : {"minmax", "percent_of_max", "none"}: (x - lo) / (hi - lo), x / hi, or the rating itself

    Raises
    ------
    OptionError
        An unknown method; `percent_needs_zero`: percent_of_max of a scale that goes below 0.

    Examples
    --------
    >>> import numpy as np
    >>> from csi.measures.index_numbers import to_100
    >>> to_100(np.array([1.0, 3.0]), np.array([1, 1]), np.array([5, 5])).tolist()
    [0.0, 50.0]
    >>> to_100(np.array([1.0, 3.0]), np.array([1, 1]), np.array([5, 5]), "percent_of_max").tolist()
    [20.0, 60.0]

    """
    choose("transform", method, TRANSFORMS)
    if method == "none":
        return values
    if method == "percent_of_max":
        if (lo < 0).any():
            raise OptionError("percent_needs_zero", lo=float(np.min(lo)))
        return 100 * values / hi
    return 100 * (values - lo) / (hi - lo)


def node_values(tree: TreeWeights, items: Array) -> Array:
    """(N, b) value of every node from values (L, b) of the items: weighted sums, NaN where an item has none."""
    return tree.within @ items


def node_scores(tree: TreeWeights, items: Array) -> Array:
    """(n, N) score of every respondent at every node.

    Parameters
    ----------
    tree : weights
    items : (n, L) scores of the items, NaN where missing

    Notes
    -----
    Missing answers are settled level by level: a group is the weighted mean of those of its parts that have a score, so
    that groups keep their weights; NaN where none has.
    """
    scores = np.full((len(items), len(tree.names)), np.nan)
    scores[:, tree.leaves] = items
    for at in np.argsort(-tree.depth, kind="stable"):
        parts = np.flatnonzero(tree.parent == at)
        if not len(parts):
            continue
        found = ~np.isnan(scores[:, parts])
        weight = found @ tree.share[parts]
        total = np.where(found, scores[:, parts], 0.0) @ tree.share[parts]
        with np.errstate(invalid="ignore", divide="ignore"):
            scores[:, at] = np.where(weight > 0, total / weight, np.nan)
    return scores
