"""The index whose indicator weights are the importance points of the respondents themselves, with their error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.errors import OptionError, choose
from csi.estimation.measured import Sheet
from csi.inference.means import Means
from csi.language import Note, note
from csi.measures.index.index_numbers import to_100
from csi.measures.index.tree import IndicatorTree
from csi.measures.index.tree_layout import TreeWeights
from csi.results import Block

Array = NDArray[np.float64]
WHOSE = ("pooled", "own")


@dataclass(frozen=True, eq=False)
class StatedIndex:
    """What follows from the means of the items and of their points.

    Attributes
    ----------
    member : (N, L) 1 where an item stands below a node or is it
    lo, hi : (L,) ends of the scales
    method : how ratings become points of 100
    own : whether a group has the weights of its own respondents instead of those of the whole sample
    """

    member: Array
    lo: Array
    hi: Array
    method: str
    own: bool

    def __call__(self, domain: Means, whole: Means) -> Mapping[str, Array]:
        """Index and weight (N, b) of every node; points added and lost (N - 1, b) below the root."""
        count = len(self.lo)
        points = (domain if self.own else whole).mean[count:]
        items = to_100(domain.mean[:count].T, self.lo, self.hi, self.method).T
        top = self.hi[0] if self.method == "rating" else 100.0
        weight = points / points.sum(axis=0)
        share = self.member @ weight
        index = (self.member @ (weight * items)) / share
        return {
            "index": index,
            "adds": (share * index)[1:],
            "loses": (share * (top - index))[1:],
            "weight": share,
        }


def points_columns(survey: Survey, tree: IndicatorTree, points: Any) -> tuple[Array, tuple[Note, ...]]:
    """(n, L) importance points of the items of a tree, and who is left out.

    Raises
    ------
    OptionError
        `points_of_items`: the points do not fit the items.
    """
    items = tree.items
    if isinstance(points, Mapping):
        lost = [name for name in items if name not in points]
        asked = [points[name] for name in items if name in points]
    else:
        asked = list(points)
        lost = [] if len(asked) == len(items) else list(items)
    if lost:
        raise OptionError("points_of_items", count=len(asked), items=list(items), without=lost)
    found = survey.matrix(asked)
    gaps = np.isnan(found).any(axis=1)
    nothing = ~gaps & ~(found.sum(axis=1) > 0)
    notes = ()
    if gaps.any() or nothing.any():
        notes = (note("points_left_out", gaps=int(gaps.sum()), zero=int(nothing.sum()), n=len(survey)),)
    return np.where((gaps | nothing)[:, None], np.nan, found), notes


def mean_points(survey: Survey, stated: Array) -> Array:
    """(L,) weighted mean points, for the scores of single respondents."""
    weight = survey.design().weight
    used = ~np.isnan(stated).any(axis=1)
    return np.average(stated[used], axis=0, weights=None if weight is None else weight[used])


def members(tree: IndicatorTree) -> Array:
    """(N, L) 1 where an item belongs to a node."""
    return (tree.reweighted([1.0] * len(tree.items)).weights().within > 0).astype(float)


def stated_sheets(sheets: Mapping[str, Sheet], weights: TreeWeights) -> dict[str, Sheet]:
    """The sheets of an index with its weights as a table of their own."""
    rows = tuple((name,) for name in weights.names)
    return {**sheets, "node_weights": Sheet(("indicator",), (Block("weight", rows),), 3)}


def check_whose(indicator_weights: str, by: str | Sequence[str] | None) -> tuple[bool, tuple[Note, ...]]:
    """Whether groups have weights of their own, and the note that says so."""
    choose("indicator_weights", indicator_weights, WHOSE)
    if by is None:
        return False, ()
    return indicator_weights == "own", (note(f"index_weights_{indicator_weights}"),)
