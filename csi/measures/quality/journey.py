"""score_journey: how each touchpoint is judged, whom it reaches, where customers drop off, and which ones count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.data.codebook import REASONS
from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.errors import OptionError
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.means import Means
from csi.language import Note, note
from csi.measures.quality.association import Association
from csi.measures.quality.item_importance import derived, scores_of
from csi.measures.quality.pairs import check_items, check_keys
from csi.references import references
from csi.results import Block, Result

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
FUNCTION = "score_journey"
NOT_USED = ("not_asked", "skipped")
SOURCES = references("lemon2016")


def score_journey(
    survey: SurveyLike,
    touchpoints: Sequence[str] | Mapping[str, str],
    *,
    outcome: str | None = None,
    indicator_weights: Mapping[str, float] | None = None,
    not_used: Sequence[str] = NOT_USED,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Score the touchpoints of a customer journey: 0-100, with reach, drop-off and importance as a moment of truth.

    Use it when customers judged touchpoints one by one and did not all meet the same ones.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Its weights, strata, clusters and raking count.
    touchpoints : list of items, or mapping of name to item
        Ratings in the order of the journey; each needs a scale in the codebook.
    outcome : str, optional
        Item such as overall satisfaction; its correlation with a touchpoint's rating among those who used it is the
        touchpoint's importance.
    indicator_weights : mapping of name to number, optional
        Weight of each touchpoint in the journey's score, in any unit. None weighs by reach: every use of
        a customer counts once.
    not_used : list of reasons
        Reasons of a missing rating that say that the customer did not use the touchpoint, out of not_asked, skipped,
        blank, dont_know, refused, invalid. Other missing ratings count neither as used nor as unused.
    by : str or list of str, optional
        Columns that form groups.
    inference : {"linearised", "bootstrap", "none"}, optional
        None means linearised.
    interval : {"score", "wilson", "t", "bca", "percentile"}, optional
        None means the score interval for scores, Wilson's form of it for reach and drop-off, Fisher's z for importance,
        t for weights (BCa for a bootstrap of a plain design).
    n_boot, seed : int
        Of a bootstrap.

    Returns
    -------
    Result
        Tables `touchpoints` (item, term = score: 0-100 | reach, drop_off,
        indicator_weight: 0-1 | importance: -1 to 1) and
        `journey` (term = score; 0-100). `scores()` gives each respondent's touchpoint scores.

    Raises
    ------
    DataError
        `all_missing_items`, `no_scale_for_score`, `constant_items`, `items_given_twice`.
    OptionError
        `keys_differ`, `unknown_reasons`, `journey_weights`.

    Notes
    -----
    Reach: share of customers who used the touchpoint. Drop-off: share of those who used the one before who did not use
    this one. Journey score: sum of weight times score. Importance goes with satisfaction; it does not prove a cause.

    In R: means, ratios and errors by `survey::svymean` and `svyratio`.

    Examples
    --------
    >>> import csi
    >>> survey = csi.load_sample("tiny")
    >>> journey = csi.score_journey(survey, {"desk": "q1", "room": "q2"}, outcome="s1")
    >>> journey.tidy("journey")["estimate"].round(2).tolist()
    [66.67]

    """
    survey = as_survey(survey, FUNCTION)
    names, items = _named(touchpoints)
    check_items(survey, FUNCTION, items)
    unknown = [str(reason) for reason in not_used if reason not in REASONS[1:]]
    if unknown:
        raise OptionError("unknown_reasons", reasons=unknown, choices=list(REASONS[1:]))
    stated = _weights(names, indicator_weights)
    found = None
    if outcome is not None:
        found = derived(survey, FUNCTION, items, outcome, "correlation", by, inference == "bootstrap")
    columns, parts, unclear = _parts(survey, items, not_used, found)
    correlate = None if found is None else found.evaluate
    remarks: list[Note] = [note("journey_weights_stated" if indicator_weights else "journey_weights_reach")]
    remarks += [note("journey_unclear", count=unclear)] if unclear else []
    question = _question(survey, names, columns, parts, correlate, stated, remarks, outcome)
    return measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))


def _named(touchpoints: Sequence[str] | Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if isinstance(touchpoints, Mapping):
        return tuple(str(name) for name in touchpoints), tuple(touchpoints.values())
    items = (touchpoints,) if isinstance(touchpoints, str) else tuple(touchpoints)
    return items, items


def _weights(names: Sequence[str], weights: Mapping[str, float] | None) -> Array | None:
    """Stated weights that add up to 1."""
    if not names:
        raise OptionError("journey_empty", function=FUNCTION)
    if weights is None:
        return None
    check_keys("indicator_weights", weights, names)
    values = np.array([weights[name] for name in names], dtype=float)
    if not (np.isfinite(values).all() and (values >= 0).all() and values.sum() > 0):
        raise OptionError("journey_weights", values=[f"{value:g}" for value in values])
    return values / values.sum()


def _parts(
    survey: Survey, items: Sequence[str], not_used: Sequence[str], importance: Association | None
) -> tuple[Array, dict[str, Array], int]:
    """All columns (n, K) in one piece, its parts by name, and how many cells are neither used nor unused."""
    k = len(items)
    last = importance.columns.shape[1] if importance is not None else 0
    meaning = np.full(len(REASONS), np.nan)
    meaning[0] = 1.0
    meaning[[REASONS.index(reason) for reason in not_used]] = 0.0
    unclear = sum(int(np.isnan(meaning[survey.reasons[item].to_numpy()]).sum()) for item in items)
    sizes = {"score": k, "used": k, "both": k - 1} | ({"before": k - 1} if unclear else {})
    sizes |= {"importance": last} if importance is not None else {}
    whole = np.empty((sum(sizes.values()), len(survey)))
    parts = dict(zip(sizes, np.split(whole, np.cumsum(list(sizes.values()))[:-1]), strict=True))
    scores_of(survey, items, parts["score"])
    used, both = parts["used"], parts["both"]
    for row, item in zip(used, items, strict=True):
        row[:] = meaning[survey.reasons[item].to_numpy()]
    np.multiply(used[1:], used[:-1], out=both)
    if unclear:  # of those who say about both; without gaps that is the reach of the one before
        parts["before"][:] = np.where(np.isfinite(both), used[:-1], np.nan)
    if importance is not None:
        parts["importance"][:] = importance.columns.T
    return whole.T, {name: part.T for name, part in parts.items()}, unclear


def _question(
    survey: Survey, names: Sequence[str], columns: Array, parts: Mapping[str, Array],
    correlate: Callable[[Array], Array] | None, stated: Array | None, remarks: Sequence[Note], outcome: str | None,
) -> Measure:  # fmt: skip
    """What is averaged and how the numbers follow."""
    edges = np.cumsum([0, *(part.shape[1] for part in parts.values())])
    place = {name: slice(int(edges[i]), int(edges[i + 1])) for i, name in enumerate(parts)}
    count = len(names)

    def evaluate(domain: Means, _: Means) -> dict[str, Array]:
        mean = {name: domain.mean[at] for name, at in place.items()}
        b = domain.mean.shape[1]
        weight = mean["used"] / mean["used"].sum(axis=0) if stated is None else np.repeat(stated[:, None], b, axis=1)
        found = {"score": mean["score"], "reach": mean["used"], "indicator_weight": weight}
        found["journey"] = (weight * mean["score"]).sum(axis=0, keepdims=True)
        if count > 1:
            with np.errstate(invalid="ignore", divide="ignore"):
                found["drop_off"] = 1 - mean["both"] / mean.get("before", mean["used"][:-1])
        if correlate is not None:
            found["importance"] = correlate(mean["importance"])
        return found

    terms = ["score", "reach", "drop_off", "indicator_weight", "importance"]
    rows = []
    for k, name in enumerate(names):
        for term in terms:
            if term == "drop_off":
                rows += [Block(term, [(name, term)], [k - 1], count - 1)] if k else []
            elif term != "importance" or correlate is not None:
                rows.append(Block(term, [(name, term)], [k], count))
    counted = {
        "score": list(range(count)),
        "reach": list(range(count, 2 * count)),
        "indicator_weight": list(range(count, 2 * count)),
    }
    if count > 1:
        counted["drop_off"] = list(range(place["both"].start, place["both"].stop))
    if correlate is not None:
        counted["importance"] = [place["importance"].start + k for k in range(count)]
    width = parts["importance"].shape[1] if correlate is not None else 0
    labels = [
        *names,
        *names,
        *names[1:],
        *(names[1:] if "before" in parts else ()),
        *[(*names, outcome)[min(k, count)] for k in range(width)],
    ]
    return Measure(
        function=FUNCTION,
        title=note("title_journey", data=survey.name, touchpoints=count),
        columns=columns,
        evaluate=evaluate,
        sheets={
            "touchpoints": Sheet(("item", "term"), tuple(rows), decimals=3),
            "journey": Sheet(("term",), (Block("journey", [("score",)]),), decimals=2),
        },
        scales={"reach": "share", "drop_off": "share", "importance": "correlation", "score": "mean", "journey": "mean"},
        ends=np.where(np.arange(columns.shape[1]) < count, [[0.0], [100.0]], np.nan),
        counted=counted,
        notes=tuple(remarks),
        scores=partial(_scores, names, parts["score"]),
        sources=SOURCES,
        names=labels,
        need=2,
    )


def _scores(names: Sequence[str], score: Array) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(score, columns=list(names))
