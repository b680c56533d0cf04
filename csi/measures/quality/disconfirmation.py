"""classify_disconfirmation: better than expected, as expected, worse, and where each branch leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.errors import OptionError
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.means import Means
from csi.language import note
from csi.measures.quality.pairs import check_scales, pair_items
from csi.references import references
from csi.results import Block, Result

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
FUNCTION = "classify_disconfirmation"
CLASSES = ("better_than_expected", "as_expected", "worse_than_expected")
BRANCHES = ("loyal", "satisfied", "complaint")
SOURCES = references("oliver1980")


def classify_disconfirmation(
    survey: SurveyLike,
    expectation: str | Sequence[str] | Mapping[str, str],
    perception: str | Sequence[str] | Mapping[str, str],
    *,
    tolerance: float = 0.0,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Share of customers who found it better than, as, or worse than expected; 0 to 1.

    The cognition-expectation model (认知-预期模型): perception above expectation makes loyal customers, equal makes
    satisfied ones, below makes complaints. The branches are what the model says, not what these customers did.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Its weights, strata, clusters and raking count; reversed items are turned round.
    expectation, perception : item, list of items, or mapping of name to item
        Paired by position or by name, on one scale.
    tolerance : float
        Differences up to this many scale points, both ways, still count as expected (zone of indifference).
    by : str or list of str, optional
        Columns that form groups.
    inference : {"linearised", "bootstrap", "none"}, optional
        None means linearised.
    interval : {"score", "wilson", "t", "bca", "percentile"}, optional
        None means the score interval, Wilson's form of it for shares; t for pairs whose scale is not known (BCa for a
        bootstrap of a plain design).
    n_boot, seed : int
        Of a bootstrap.

    Returns
    -------
    Result
        Tables `disconfirmation` (item, kind = better_than_expected | as_expected | worse_than_expected, term = loyal |
        satisfied | complaint) and `mean_disconfirmation` (item; perception minus expectation, in scale points).
        `scores()` names the class of every respondent.

    Raises
    ------
    DataError
        `unpaired_items`, `scales_of_pair`, `items_given_twice`.
    OptionError
        `bad_tolerance`.

    Notes
    -----
    A respondent without one of the two answers does not count for that pair. Source: Oliver's expectancy
    disconfirmation; Woodruff, Cadotte and Jenkins for the zone of indifference.

    In R: `survey::svymean` of the three indicators.

    Examples
    --------
    >>> import csi
    >>> result = csi.classify_disconfirmation(csi.load_sample("tiny"), "q1", "s1")
    >>> result.tidy()["estimate"].round(3).tolist()
    [0.25, 0.417, 0.333]

    """
    survey = as_survey(survey, FUNCTION)
    if not (isinstance(tolerance, int | float) and np.isfinite(tolerance) and tolerance >= 0):
        raise OptionError("bad_tolerance", value=str(tolerance))
    names, first, second = pair_items(survey, FUNCTION, "expectation", "perception", expectation, perception)
    check_scales(survey, FUNCTION, first, second)
    moved = survey.matrix(second) - survey.matrix(first)
    classes = classify(moved, tolerance)
    pairs = [f"{a} + {b}" for a, b in zip(first, second, strict=True)]
    (lo, hi), (least, most) = survey.scale_ends(first), survey.scale_ends(second)
    ends = np.array([least - hi, most - lo])
    question = _question(survey, names, pairs, moved, classes, tolerance, ends)
    return measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))


def classify(moved: Array, tolerance: float) -> Array:
    """Number in `CLASSES` of differences perception minus expectation; NaN stays NaN."""
    reach = tolerance + 1e-9
    found = np.where(moved > reach, 0.0, np.where(moved < -reach, 2.0, 1.0))
    return np.where(np.isnan(moved), np.nan, found)


def _question(
    survey: Survey,
    names: Sequence[str],
    pairs: Sequence[str],
    moved: Array,
    classes: Array,
    tolerance: float,
    ends: Array,
) -> Measure:
    count = len(names)
    flags = [np.where(np.isnan(classes), np.nan, classes == k).T for k in range(3)]

    def evaluate(domain: Means, _: Means) -> dict[str, Array]:
        return {"mean": domain.mean[:count], "shares": domain.mean[count:]}

    kinds = list(zip(CLASSES, BRANCHES, strict=True))
    shares = [
        Block("shares", [(name, *kinds[c])], [c * count + k], 3 * count)
        for k, name in enumerate(names)
        for c in range(3)
    ]
    return Measure(
        function=FUNCTION,
        title=note("title_disconfirmation", data=survey.name, pairs=count),
        columns=np.concatenate([moved.T, *flags]).T,
        evaluate=evaluate,
        sheets={
            "disconfirmation": Sheet(("item", "kind", "term"), tuple(shares), decimals=3),
            "mean_disconfirmation": Sheet(("item",), (Block("mean", [(name,) for name in names]),), 3, True),
        },
        scales={"shares": "share", "mean": "mean"},
        ends=np.hstack([ends, np.repeat([[0.0], [1.0]], 3 * count, axis=1)]),
        counted={"mean": list(range(count)), "shares": list(range(count, 4 * count))},
        notes=(note("disconfirmation_zone", tolerance=f"{tolerance:g}"),),
        scores=partial(_scores, names, classes),
        sources=SOURCES,
        names=[*pairs] * 4,
    )


def _scores(names: Sequence[str], classes: Array) -> pd.DataFrame:
    import pandas as pd

    words = np.array([*CLASSES, None], dtype=object)
    cells = np.where(np.isnan(classes), 3, classes).astype(np.intp)
    return pd.DataFrame(words[cells], columns=list(names))
