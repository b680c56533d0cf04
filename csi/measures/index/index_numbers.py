"""Ratings on 0-100, and what a tree of weights makes of them, respondent by respondent or mean by mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from csi.errors import choose
from csi.measures.index.tree_layout import TreeWeights
from csi.measures.scores.transforms import min_max, percent_of_max

Array = NDArray[np.float64]
METHODS = ("min_max", "percent_of_max", "rating")


def to_100(ratings: Array, lo: Array, hi: Array, method: str = "min_max") -> Array:
    """Ratings as points of 100.

    Parameters
    ----------
    ratings : (..., k) ratings, NaN where missing
    lo, hi : (k,) ends of the scales
    method : {"min_max", "percent_of_max", "rating"}: (x - lo) / (hi - lo), x / hi, or the rating itself

    Raises
    ------
    OptionError
        An unknown method.

    Examples
    --------
    >>> import numpy as np
    >>> from csi.measures.index.index_numbers import to_100
    >>> to_100(np.array([1.0, 3.0]), np.array([1, 1]), np.array([5, 5])).tolist()
    [0.0, 50.0]
    >>> to_100(np.array([1.0, 3.0]), np.array([1, 1]), np.array([5, 5]), "percent_of_max").tolist()
    [20.0, 60.0]

    """
    choose("method", method, METHODS)
    if method == "rating":
        return ratings
    return percent_of_max(ratings, hi) if method == "percent_of_max" else min_max(ratings, lo, hi)


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
