"""The weighted satisfaction index: from the items of an indicator tree up to one number of 0-100, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.errors import DataError, OptionError, choose
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.means import Means
from csi.language import Note, note
from csi.measures.index.index_numbers import METHODS, node_scores, node_values, to_100
from csi.measures.index.stated_index import (
    StatedIndex,
    check_whose,
    mean_points,
    members,
    points_columns,
    stated_sheets,
)  # fmt: skip
from csi.measures.index.tree_given import as_tree
from csi.measures.index.tree_layout import TreeWeights
from csi.references import reference
from csi.results import Block, Check, Result

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
MISSING = ("available", "complete")

ISO_10004 = reference("iso10004")


def score_index(
    survey: SurveyLike,
    tree: Any,
    *,
    policy: str = "strict",
    method: str = "min_max",
    missing: str = "available",
    points: Mapping[str, str] | Sequence[str] | None = None,
    indicator_weights: str = "pooled",
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Weighted satisfaction index of 0-100 at every node of an indicator tree.

    Use it where the weights are decided beforehand, by a company, a standard or judges; `fit_pls` estimates weights
    that explain an outcome. Indices made with different `method` never stand in one table: 7 of 1-10 is 66.7 by
    "min_max" and 70 by "percent_of_max".

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Numeric items with scales; reversed items are turned round first.
    tree : an `IndicatorTree`, or what makes one: nested mappings, a table, an outline, the name of a YAML file, or the
        Result of a function that finds one weight per item (its error is not carried on, and a note says so)
    policy : {"strict", "within_group", "global"}: what happens when weights do not sum as declared; see `IndicatorTree`
    method : {"min_max", "percent_of_max", "rating"}: 100 (x - lo) / (hi - lo), 100 x / hi, or ratings of one scale as
        they are
    missing : {"available", "complete"}: each item by those who answered it, or only respondents who answered all
    points : items in which respondents state how important each item of the tree is, in its order or by its name; their
        mean points are the weights, with their error, and the weights of the tree do not count
    indicator_weights : {"pooled", "own"}: with `points`, groups share the weights of all respondents or have their own
    by : columns whose groups are compared
    inference : {"linearised", "bootstrap", "none"} or None for linearised
    interval : {"score", "t", "bca", "percentile"} or None: the score interval, as in `score_items`, of the weighted
        sum of each respondent's ratings; BCa for a bootstrap of a plain design
    n_boot, seed : replicates and seed of a bootstrap

    Returns
    -------
    Result
        `index` (key indicator): the whole first, then every group and item. `contributions` (keys indicator, kind):
        adds, the points an indicator brings into the index of the whole, and loses, those it misses of the most it
        could bring; over the items, or over the groups of one depth, adds sum to the index. With `points` also
        `node_weights` (indicator; 0-1). `.scores()` has a column per node. Which node lies where stands in
        `tree.to_frame()`.

    Raises
    ------
    DataError
        `tree_sums` and the others of `IndicatorTree`; `private_items`, `no_scale_for_score`, `index_scales_differ`;
        `unknown_items`, `items_not_numbers`; those of the design.
    OptionError
        An unknown policy, method, missing rule, inference or interval; `percent_needs_positive`, `points_of_items`.

    Notes
    -----
    Index of a node = sum over its items of w times the item's weighted mean, w = the item's weight divided by those of
    the node. Weights of a tree are constants without error; with `points` w is the mean points of the item over those
    of all items, taken over respondents who gave points to every item, and its error and its covariance with the
    ratings count. With "available", `.scores()` share out the weight of an answer that is missing within its group
    first, so that their mean may differ from the index a little. The `n` of a group is that of its item with the fewest
    answers. Survey weights, strata, clusters, finite populations and raking count as in every measure. Source: ISO
    10004:2018. In R: survey::svymean of a weighted sum, survey::svycontrast where the weights are means.

    Examples
    --------
    >>> import csi
    >>> tree = {"Satisfaction": {"s1": 30, "s2": 30}, "Loyalty": {"l1": 40}}
    >>> result = csi.score_index(csi.load_sample("tiny"), tree)
    >>> result.tidy()["indicator"].tolist()
    ['overall', 'Satisfaction', 's1', 's2', 'Loyalty', 'l1']
    >>> round(float(result.value("overall")), 2), round(float(result.scores()["overall"].mean()), 2)
    (63.33, 63.33)

    """
    survey = as_survey(survey, "score_index")
    found, said = as_tree(tree)
    weights = (found if points is None else found.reweighted([1.0] * len(found.items))).weights(policy)
    choose("method", method, METHODS)
    choose("missing", missing, MISSING)
    asked = ratings_of(survey, weights.items, method)
    columns = asked.ratings
    notes = [*said, *weights.notes, *_method_notes(method)]
    if missing == "complete":
        gaps = np.isnan(columns).any(axis=1)
        if gaps.any():
            columns = np.where(gaps[:, None], np.nan, columns)
            notes.append(note("index_complete", dropped=int(gaps.sum()), n=len(survey)))
    sheets, counted = _sheets(weights, method), _counted(weights, columns)
    evaluate: Any = Index(weights, asked.lo, asked.hi, method)
    every, names = columns, weights.items
    if points is not None:
        stated, remarks = points_columns(survey, found, points)
        own, whose = check_whose(indicator_weights, by)
        notes += [*remarks, *whose]
        every, names = np.hstack([columns, stated]), (*names, *names)
        evaluate = StatedIndex(members(found), asked.lo, asked.hi, method, own)
        sheets, counted = stated_sheets(sheets, weights), counted | {"weight": len(weights.items)}
        weights = found.reweighted(mean_points(survey, stated)).weights()
    question = Measure(
        "score_index",
        note("title_score_index", data=survey.name, n=len(survey)),
        every,
        evaluate,
        sheets,
        scales=dict.fromkeys(("index", "adds", "loses"), "mean"),
        ends=np.hstack([[asked.lo, asked.hi], np.full((2, every.shape[1] - len(asked.lo)), np.nan)]),
        counted=counted,
        notes=tuple(notes),
        glance={"policy": policy, "missing": missing},
        check=lambda numbers: (sums_check(found.sums if points is None else ()),),
        scores=lambda: _scores(weights, asked, columns, method, survey),
        sources=(ISO_10004,),
        names=names,
    )
    return measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))


@dataclass(frozen=True, eq=False)
class Ratings:
    """Answers to the items of a tree.

    Attributes
    ----------
    ratings : (n, L) reversed items turned round, NaN where missing
    lo, hi : (L,) ends of the scales
    """

    ratings: Array
    lo: Array
    hi: Array


def ratings_of(survey: Survey, items: Sequence[str], method: str) -> Ratings:
    """Ratings and scales of items, or an error that says what a transform lacks."""
    private = [name for name in items if name in survey.codebook.private]
    if private:
        raise DataError("private_items", survey=survey.name, count=len(private), options="tree=")
    ratings = survey.matrix(items)
    lo, hi = survey.scale_ends(items)
    bare = [name for name, end in zip(items, lo, strict=True) if np.isnan(end)]
    if bare:
        raise DataError("no_scale_for_score", survey=survey.name, items=bare)
    if method == "rating" and len({*zip(lo, hi, strict=True)}) > 1:
        scales = [f"{name} {low:g}-{high:g}" for name, low, high in zip(items, lo, hi, strict=True)]
        raise DataError("index_scales_differ", survey=survey.name, items=scales)
    below = [name for name, low in zip(items, lo, strict=True) if low < 0]
    if method == "percent_of_max" and below:
        raise OptionError("percent_needs_positive", item=below[0], scale=str(survey.codebook.items[below[0]].scale))
    return Ratings(ratings, lo, hi)


@dataclass(frozen=True, eq=False)
class Index:
    """What follows from the means of the items.

    Attributes
    ----------
    tree : weights
    lo, hi : (L,) ends of the scales
    method : how ratings become points
    """

    tree: TreeWeights
    lo: Array
    hi: Array
    method: str

    def __call__(self, domain: Means, whole: Means) -> Mapping[str, Array]:
        """Index (N, b) of every node; points added and lost (N - 1, b) by every node below the root."""
        items = to_100(domain.mean.T, self.lo, self.hi, self.method).T
        top = self.hi[0] if self.method == "rating" else 100.0
        index = node_values(self.tree, items)
        weight = self.tree.effective[1:, None]
        return {"index": index, "adds": weight * index[1:], "loses": weight * (top - index[1:])}


def _sheets(tree: TreeWeights, method: str) -> dict[str, Sheet]:
    decimals = 2 if method == "rating" else 1
    rows = tuple((name,) for name in tree.names)
    blocks = tuple(Block(kind, tuple((name, kind) for name in tree.names[1:])) for kind in ("adds", "loses"))
    return {
        "index": Sheet(("indicator",), (Block("index", rows),), decimals),
        "contributions": Sheet(("indicator", "kind"), blocks, decimals + 1),
    }


def _counted(tree: TreeWeights, columns: Array) -> dict[str, list[int]]:
    """For every node the item below it that the fewest answered."""
    answered = len(columns) - np.isnan(columns).sum(axis=0)
    below = tree.within > 0
    least = [int(np.where(row, answered, np.inf).argmin()) for row in below]
    return {"index": least, "adds": least[1:], "loses": least[1:]}


def _method_notes(method: str) -> list[Note]:
    return [] if method == "min_max" else [note("index_rating" if method == "rating" else "mean_percent_of_max")]


def sums_check(wrong: Sequence[tuple[str, float, float]]) -> Check:
    """Say whether the weights of a tree sum as declared."""
    worst = max((abs(total - expected) / expected for _, total, expected in wrong), default=0.0)
    return Check("tree_sums", worst, "= 0", not wrong, False, {"groups": [name for name, _, _ in wrong]})


def _scores(tree: TreeWeights, asked: Ratings, columns: Array, method: str, survey: Survey) -> pd.DataFrame:
    import pandas as pd

    scores = node_scores(tree, to_100(columns, asked.lo, asked.hi, method))
    return pd.DataFrame(scores, columns=list(tree.names), index=survey.answers.index)
