"""score_servqual: gaps between expectation and perception, with their errors and what to doubt of difference scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.estimates import Estimate
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.means import Means
from csi.language import Note, note
from csi.measures.quality.five_gaps import five_gaps, read_gaps
from csi.measures.quality.label_tables import with_tables
from csi.measures.quality.pairs import Items, check_keys
from csi.measures.quality.servqual_layout import Layout, Points, layout_of, points_of
from csi.measures.quality.servqual_numbers import by_dimension, normed_quality, paired, spread, spread_columns, weighted
from csi.references import references
from csi.results import Block, Check, Result

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
FUNCTION = "score_servqual"
PARTS = ("expectation", "perception", "gap")
RELIABILITY = 0.70
CEILING = 0.50  # share of expectations at the top of the scale
SPREADS = (
    "sd_expectation", "sd_perception", "sd_gap", "alpha_expectation", "alpha_perception", "correlation", "reliability",
)  # fmt: skip
SOURCES = references("parasuraman1988", "cronin1992")


def score_servqual(
    survey: SurveyLike,
    expectations: Items,
    perceptions: Items,
    *,
    dimensions: Mapping[str, Sequence[str]] | None = None,
    points: Mapping[str, str] | Mapping[str, float] | None = None,
    ideal: float | Mapping[str, float] | None = None,
    gaps: Mapping[int, float | Estimate] | None = None,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Service quality as perception minus expectation, in the unit of the rating; negative when service falls short.

    Use it to see where service lags behind what customers expect. Gaps are difference scores: read `check()`, and
    compare SERVPERF (perception alone), which predicts satisfaction better in most studies.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Reversed items are turned round by the codebook. Weights, strata, clusters and raking count.
    expectations, perceptions : list of items, or mapping of name to item
        Paired by position, or by name; lists name each pair by its perception.
    dimensions : mapping of dimension to names of pairs, optional
        None takes the construct of each perception from the codebook.
    points : mapping of dimension to item, or to number, optional
        Importance points: items in which each respondent shares out 100 points, or constants that add up to 100.
    ideal : number, or mapping of name to number, optional
        Ideal amount of each attribute for normed quality, where more is not always better.
    gaps : mapping of 1, 2, 3 or 4 to number or Estimate, optional
        Inner gaps of the five-gap model, measured elsewhere.
    by : str or list of str, optional
        Columns that form groups.
    inference : {"linearised", "bootstrap", "none"}, optional
        None means linearised.
    interval : {"score", "t", "bca", "percentile"}, optional
        None means the score interval, of gaps between minus and plus the width of the scale; t for items whose scale is
        not known and for reliabilities (BCa for a bootstrap of a plain design).
    n_boot, seed : int
        Of a bootstrap.

    Returns
    -------
    Result
        Tables `dimensions` (construct, kind = expectation | perception | gap), `overall_gap` (kind, term = unweighted |
        points_weighted | weighted_individual), `item_gaps` (item, kind), `servperf` (construct; all who answered the
        perception), `dimension_weights` (construct; 0-1), `difference_reliability` (construct, term = sd_expectation |
        sd_perception | sd_gap | alpha_expectation | alpha_perception | correlation | reliability), `normed_quality`
        (construct), `five_gaps` (term = gap_1 ... gap_5). `scores()` gives each respondent's mean gap by dimension.

    Raises
    ------
    DataError
        `unpaired_items`: an expectation without its perception, or the reverse; `points_nobody`; `items_given_twice`;
        `scales_of_pair`; `no_dimension`.
    OptionError
        `keys_differ`, `points_sum`, `points_mixed`, `gap_number`.

    Notes
    -----
    Gap of an item: mean of P - E over those who answered both; others are counted in a note. Dimension: mean of its
    items. Unweighted: mean of the dimensions. points_weighted: sum of w gap, w = mean points / 100;
    weighted_individual: mean of each respondent's own sum. Respondents whose points do not add up to 100 do not count
    for weights. Reliability of a difference: (sp^2 rpp + se^2 ree - 2 rpe sp se) / (sp^2 + se^2 - 2 rpe sp se), r by
    alpha, over those with all answers of a dimension. Normed quality: |E - I| - |P - I|.

    In R: means and errors by `survey::svymean` of the differences; alpha by `psych::alpha`.

    Examples
    --------
    >>> import csi
    >>> survey = csi.Survey.from_frame({"e1": [7, 6, 7], "p1": [5, 6, 6], "e2": [6, 7, 7], "p2": [6, 6, 5]})
    >>> fit = csi.score_servqual(survey, ["e1", "e2"], ["p1", "p2"], dimensions={"Care": ["p1", "p2"]})
    >>> fit.tidy()["estimate"].round(3).tolist()
    [6.667, 5.667, -1.0]

    """
    survey = as_survey(survey, FUNCTION)
    layout = layout_of(survey, FUNCTION, expectations, perceptions, dimensions)
    scheme = points_of(survey, FUNCTION, layout.dimensions, points)
    given = read_gaps(gaps)
    e, p = (survey.matrix(items) for items in (layout.expectations, layout.perceptions))
    question = _question(survey, layout, scheme, e, p, _ideal(layout, ideal))
    choice = Choice(inference, interval, n_boot, seed)
    result = measure(question, survey, by=by, choice=choice)
    later = cache(partial(_reliability, survey, layout, e, p, by, choice))
    tables: dict[str, Callable] = {}
    if layout.complete(e, p).any():
        tables["difference_reliability"] = lambda: later().table("difference_reliability")
    tables["five_gaps"] = partial(five_gaps, partial(result.table, "overall_gap"), given)
    found = with_tables(result, tables)
    checks = partial(_checks, found, layout, survey, e, result._checks)
    remark = note("five_gaps_open", gaps=[note(f"gap_text_{k}") for k in range(1, 5) if k not in given])
    extra = (remark,) if len(given) < 4 else ()
    return replace(found, notes=(*found.notes, *extra), _checks=checks, _built={})


def _ideal(layout: Layout, ideal: float | Mapping[str, float] | None) -> Array | None:
    if ideal is None:
        return None
    if not isinstance(ideal, Mapping):
        return np.full(len(layout.names), float(ideal))
    check_keys("ideal", ideal, layout.names)
    return np.array([ideal[name] for name in layout.names], dtype=float)


def _question(survey: Survey, layout: Layout, points: Points, e: Array, p: Array, ideal: Array | None) -> Measure:
    both_e, both_p = paired(e, p)
    count, members = len(layout.names), layout.members
    parts: dict[str, Array] = {"e": both_e, "p": both_p}
    if both_p is not p:
        parts["alone"] = p
    if points.columns is not None:
        parts["points"] = points.columns
        own = (by_dimension(np.nan_to_num(both_p - both_e).T, members) * points.columns.T).sum(axis=0)
        known = np.isfinite(both_e).all(axis=1) & np.isfinite(points.columns).all(axis=1)
        if known.any():
            perceived = (by_dimension(np.nan_to_num(both_p).T, members) * points.columns.T).sum(axis=0)
            parts["own"] = np.where(known[:, None], np.column_stack([own, perceived]), np.nan)
    if ideal is not None:
        parts["normed"] = normed_quality(both_e, both_p, ideal)
    edges = np.cumsum([0, *(part.shape[1] for part in parts.values())])
    place = {name: slice(int(edges[i]), int(edges[i + 1])) for i, name in enumerate(parts)}

    def evaluate(domain: Means, _: Means) -> dict[str, Array]:
        mean = {name: domain.mean[at] for name, at in place.items()}
        pairs = {"expectation": mean["e"], "perception": mean["p"], "gap": mean["p"] - mean["e"]}
        found = {f"item_{part}": values for part, values in pairs.items()}
        dims = {part: by_dimension(values, members) for part, values in pairs.items()}
        found |= dims
        found |= {f"all_{part}": values.mean(axis=0, keepdims=True) for part, values in dims.items()}
        found["servperf"] = by_dimension(mean.get("alone", mean["p"]), members)
        weights = mean.get("points")
        if points.constant is not None:
            weights = np.repeat(points.constant[:, None], domain.mean.shape[1], axis=1)
        if weights is not None:
            found["weights"] = weights / weights.sum(axis=0)
            found |= {f"weighted_{part}": weighted(values, weights) for part, values in dims.items()}
        if "own" in mean:
            found |= {"own_gap": mean["own"][:1], "own_perception": mean["own"][1:]}
        if "normed" in mean:
            found["normed"] = by_dimension(mean["normed"], members)
        return found

    return Measure(
        function=FUNCTION,
        title=note("title_servqual", data=survey.name, items=count, dimensions=len(layout.dimensions)),
        columns=np.concatenate([part.T for part in parts.values()]).T,
        evaluate=evaluate,
        sheets=_sheets(layout, weights=points.columns is not None or points.constant is not None,
                       own="own" in parts, normed=ideal is not None),
        scales=dict.fromkeys(_bounded_numbers(), "mean"), ends=_ends(survey, layout, parts),
        counted=_counted(layout, place, np.isfinite(both_e).sum(axis=0)),
        notes=(*_unpaired(layout, e, p), *points.notes),
        scores=partial(_scores, layout, both_e, both_p),
        sources=SOURCES,
        names=_names(survey, layout, parts, points),
    )  # fmt: skip


def _bounded_numbers() -> list[str]:
    """Names of the numbers that are means of ratings or of differences of ratings."""
    return [
        *(f"{kind}{part}" for kind in ("item_", "", "all_", "weighted_", "own_") for part in PARTS),
        "servperf",
        "normed",
    ]


def _ends(survey: Survey, layout: Layout, parts: Mapping[str, Array]) -> Array:
    """(2, K) ends of the columns: of ratings those of the scale, of differences its width to both sides."""
    e, p = (np.array(survey.scale_ends(items)) for items in (layout.expectations, layout.perceptions))
    width = np.array([e[0] - e[1], e[1] - e[0]])
    own = np.array([[width[0].min(), width[1].max()], [p[0].min(), p[1].max()]]).T
    none = np.full((2, len(layout.dimensions)), np.nan)
    found = {"e": e, "p": p, "alone": p, "points": none, "own": own, "normed": width}
    return np.hstack([found[part] for part in parts])


def _names(survey: Survey, layout: Layout, parts: Mapping[str, Array], points: Points) -> tuple[str, ...]:
    pairs = tuple(f"{a} + {b}" for a, b in zip(layout.expectations, layout.perceptions, strict=True))
    named = {"e": pairs, "p": pairs, "alone": layout.perceptions, "normed": pairs}
    named |= {"points": layout.dimensions, "own": ("points", "points")}
    return tuple(name for part in parts for name in named[part])


def _sheets(layout: Layout, *, weights: bool, own: bool, normed: bool) -> dict[str, Sheet]:
    dims = layout.dimensions
    blocks = [Block(part, [(d, part)], [k], len(dims)) for k, d in enumerate(dims) for part in PARTS]
    totals = [Block(f"all_{part}", [(part, "unweighted")]) for part in PARTS]
    totals += [Block(f"weighted_{part}", [(part, "points_weighted")]) for part in PARTS] if weights else []
    totals += [Block(f"own_{part}", [(part, "weighted_individual")]) for part in PARTS[1:]] if own else []
    count = len(layout.names)
    items = [Block(f"item_{part}", [(name, part)], [k], count) for k, name in enumerate(layout.names) for part in PARTS]
    sheets = {
        "dimensions": Sheet(("construct", "kind"), tuple(blocks), decimals=3),
        "overall_gap": Sheet(("kind", "term"), tuple(totals), decimals=3),
        "item_gaps": Sheet(("item", "kind"), tuple(items), decimals=3),
        "servperf": Sheet(("construct",), (Block("servperf", [(d,) for d in dims]),), decimals=3),
    }
    if weights:
        sheets["dimension_weights"] = Sheet(("construct",), (Block("weights", [(d,) for d in dims]),), decimals=3)
    if normed:
        sheets["normed_quality"] = Sheet(
            ("construct",), (Block("normed", [(d,) for d in dims]),), decimals=3, tested=True
        )
    return sheets


def _counted(layout: Layout, place: Mapping[str, slice], answered: Array) -> dict[str, int | Sequence[int]]:
    """The columns whose respondents are the n of each number; of a dimension those of the item answered least."""
    count = len(layout.names)
    least = np.argsort(np.argsort(answered, kind="stable"), kind="stable")
    first = [min(layout.at(d), key=least.__getitem__) for d in range(len(layout.dimensions))]
    found: dict[str, int | Sequence[int]] = {f"item_{part}": list(range(count)) for part in PARTS}
    found |= dict.fromkeys((*PARTS, "normed"), first)
    alone = place.get("alone", place["p"]).start
    found["servperf"] = [alone + k for k in first]
    if "points" in place:
        found["weights"] = [place["points"].start + d for d in range(len(first))]
    if "own" in place:
        found |= dict.fromkeys(("own_gap", "own_perception"), place["own"].start)
    return found


def _unpaired(layout: Layout, e: Array, p: Array) -> tuple[Note, ...]:
    """How many answers stand without their partner, and on how many items."""
    alone = [np.isfinite(e) & ~np.isfinite(p), np.isfinite(p) & ~np.isfinite(e)]
    if not any(part.any() for part in alone):
        return ()
    items = int((alone[0] | alone[1]).any(axis=0).sum())
    people = int((alone[0] | alone[1]).any(axis=1).sum())
    return (
        note(
            "half_pairs", expectations=int(alone[0].sum()), perceptions=int(alone[1].sum()), items=items, people=people
        ),
    )


def _scores(layout: Layout, e: Array, p: Array) -> pd.DataFrame:
    """Each respondent's mean gap over the pairs answered, by dimension."""
    import pandas as pd

    found = {}
    for d, name in enumerate(layout.dimensions):
        gaps = p[:, layout.at(d)] - e[:, layout.at(d)]
        known = np.isfinite(gaps).sum(axis=1)
        total = np.nan_to_num(gaps).sum(axis=1)
        found[name] = np.where(known > 0, total / np.maximum(known, 1), np.nan)
    return pd.DataFrame(found)


def _reliability(
    survey: Survey, layout: Layout, e: Array, p: Array, by: str | Sequence[str] | None, choice: Choice
) -> Result:
    """Parts and reliability of the difference scores, estimated when they are asked for."""
    chosen = np.flatnonzero(layout.complete(e, p))
    columns = [spread_columns(e[:, layout.at(d)], p[:, layout.at(d)]) for d in chosen]
    edges = np.cumsum([0, *(part.shape[1] for part in columns)])

    def evaluate(domain: Means, _: Means) -> dict[str, Array]:
        parts = [spread(domain.mean[a:b], domain.weight[a]) for a, b in pairwise(edges)]
        return {name: np.array([getattr(part, name) for part in parts]) for name in SPREADS}

    names = [layout.dimensions[d] for d in chosen]
    blocks = tuple(Block(term, [(d, term)], [k], len(names)) for k, d in enumerate(names) for term in SPREADS)
    question = Measure(
        FUNCTION, note("title_servqual", data=survey.name, items=len(layout.names), dimensions=len(names)),
        np.hstack(columns), evaluate, {"difference_reliability": Sheet(("construct", "term"), blocks, decimals=3)},
        scales={"correlation": "correlation"}, counted=dict.fromkeys(SPREADS, edges[:-1].tolist()), need=0,
        names=[name for name, part in zip(names, columns, strict=True) for _ in range(part.shape[1])],
    )  # fmt: skip
    return measure(question, survey, by=by, choice=choice.unbounded())


def _checks(
    result: Result, layout: Layout, survey: Survey, e: Array, before: Callable[[], tuple[Check, ...]]
) -> tuple[Check, ...]:
    """Reliability of the differences, and expectations that leave gaps no room."""
    lines = list(before())
    if "difference_reliability" in result.tables:
        tidy = result.tidy("difference_reliability")
        tidy = tidy[tidy["term"] == "reliability"]
        if len(tidy):
            bad = sorted(set(tidy.loc[tidy["estimate"] < RELIABILITY, "construct"]))
            worst = float(tidy["estimate"].min())
            facts = {"constructs": bad or ["-"], "worst": worst}
            lines.append(Check("gap_reliability", worst, f">= {RELIABILITY}", not bad, False, facts))
    _, hi = survey.scale_ends(layout.expectations)
    top = []
    for d in range(len(layout.dimensions)):
        at = layout.at(d)
        values = e[:, at]
        known = np.isfinite(values) & np.isfinite(hi[at])
        top.append(float((known & (values >= hi[at] - 1e-9)).sum() / known.sum()) if known.any() else 0.0)
    crowded = [name for name, share in zip(layout.dimensions, top, strict=True) if share > CEILING]
    facts = {"constructs": crowded or ["-"], "worst": max(top)}
    lines.append(Check("variance_restriction", max(top), f"<= {CEILING}", not crowded, False, facts))
    return tuple(lines)
