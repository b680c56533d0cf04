"""National indices that are composites of simple scores: KCSI of rates on the best levels, UKCSI of mean ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.errors import OptionError, choose
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.means import Means
from csi.language import note
from csi.measures.scores.levels import item_names, level_columns, missing_notes, scale_of, top_levels
from csi.measures.scores.transforms import point_ends, transform_items
from csi.references import reference
from csi.results import Block, Result

Array = NDArray[np.float64]
COMPOSITES = ("KCSI", "UKCSI")
PARTS = ("overall", "elements", "repurchase")
VERSIONS = {"current": (0.30, 0.50, 0.20), "earlier": (0.40, 0.40, 0.20)}  # KCSI's shares of its three parts
BOXES = 2

KMAC = reference("kcsi")
ICS = reference("ukcsi")


@dataclass(frozen=True, eq=False)
class _Kcsi:
    """Items of the three parts, and the weight of every item within its part.

    Attributes
    ----------
    names : all items, part by part
    parts : (3, k) weights that add up to 1 in each row
    """

    names: list[str]
    parts: Array


def score_composite(
    survey: SurveyLike,
    composite: str,
    items: Mapping[str, str | Sequence[str]] | Sequence[str] | None = None,
    *,
    version: str | None = None,
    importance: Mapping[str, float] | None = None,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Score a national index that is a composite of simple scores, in points up to 100: KCSI or UKCSI.

    Use it to stand beside a published figure. They are no structural models: for ACSI, ECSI or CCSI use `fit_pls`.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
    composite : {"KCSI", "UKCSI"}
    items : for KCSI {"overall": ..., "elements": [...], "repurchase": ...}, all on 1-7, or None where constructs of the
        codebook have these names; for UKCSI the items of its metrics, all on 1-10
    version : for KCSI {"current", "earlier"}: overall, elements and repurchase count 30/50/20 or 40/40/20; None for
        current. UKCSI has one form, None
    importance : for KCSI, item to importance (0 or more) of every item of `elements`; None for equal importance
    by : columns that name groups
    inference : {"linearised", "bootstrap", "none"}, None for linearised
    interval : {"score", "t", "bca", "percentile"}, None for the score interval, as in `score_index` (BCa for a
        bootstrap of a plain design)
    n_boot, seed : of a bootstrap

    Returns
    -------
    Result
        Table `composite`: (group,) term, points. Table `components`: (group,) term; KCSI: the three parts as shares
        0-1; UKCSI: each metric in points. Table `versions`: (group,) term, the same answers by the other rule: current
        and earlier; percent_of_max and min_max. Each then estimate, std_error, lower, upper, n.

    Raises
    ------
    OptionError
        An unknown `composite` or `version`; `composite_needs`, `composite_scale`, `composite_importance`,
        `composite_version`.
    DataError, EstimationError
        As `score_rate`.

    Notes
    -----
    KCSI = 100 (.3 overall + .5 elements + .2 repurchase), each the share on the best two of seven levels; elements: the
    mean of the items' shares weighted by importance (the publisher's formula below the parts was not read). UKCSI: mean
    over the metrics of 10 x mean rating, percent of the maximum, so it runs from 10 to 100. Missing answers are left
    out, item by item. In R: svymean and svycontrast of survey.

    Examples
    --------
    >>> import csi
    >>> result = csi.score_composite(csi.load_sample("tiny"), "UKCSI", ["s1", "s2", "s3"])
    >>> result.tidy("versions")[["term", "estimate"]].round(2).to_numpy().tolist()
    [['percent_of_max', 63.33], ['min_max', 59.26]]

    """
    survey = as_survey(survey, "score_composite")
    choose("composite", composite, COMPOSITES)
    if composite == "KCSI":
        question = _kcsi(survey, items, version, importance)
    else:
        question = _ukcsi(survey, items, version, importance)
    return measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))


def _kcsi(survey: Survey, items: object, version: str | None, importance: Mapping[str, float] | None) -> Measure:
    choose("version", version, (None, *VERSIONS))
    spec = _kcsi_items(survey, items, importance)
    _check_scale(survey, spec.names, "KCSI", "1-7")
    columns = level_columns(survey, spec.names, [top_levels(survey, name, BOXES, "boxes") for name in spec.names])
    weights = {name: np.array(one) @ spec.parts for name, one in VERSIONS.items()}
    shown = version or "current"

    def evaluate(domain: Means, whole: Means) -> dict[str, Array]:
        parts = spec.parts @ domain.mean
        found = {name: parts[i : i + 1] for i, name in enumerate(PARTS)}
        found |= {name: 100 * (weight @ domain.mean)[None] for name, weight in weights.items()}
        return found | {"composite": found[shown]}

    least = np.isnan(columns).sum(axis=0)
    counted = {part: int(np.argmax(np.where(row > 0, least, -1))) for part, row in zip(PARTS, spec.parts, strict=True)}
    sheets = {
        "composite": Sheet(("term",), (Block("composite", (("KCSI",),)),), 1),
        "components": Sheet(("term",), tuple(Block(part, ((part,),)) for part in PARTS), 3),
        "versions": Sheet(("term",), tuple(Block(name, ((name,),)) for name in VERSIONS), 1),
    }
    shares = ", ".join(f"{100 * one:.0f}" for one in VERSIONS[shown])
    return Measure(
        function="score_composite",
        title=note("composite_title", composite="KCSI"),
        columns=columns,
        evaluate=evaluate,
        sheets=sheets,
        scales=dict.fromkeys(PARTS, "share") | dict.fromkeys((*VERSIONS, "composite"), "mean"),
        ends=np.repeat([[0.0], [1.0]], len(spec.names), axis=1),
        counted=counted,
        notes=(note("kcsi_rule", shares=shares), note("kcsi_break"), *missing_notes(survey, spec.names, "exclude")),
        sources=(KMAC,),
        names=tuple(spec.names),
    )


def _kcsi_items(survey: Survey, items: object, importance: Mapping[str, float] | None) -> _Kcsi:
    """Items of the three parts, from the call or from constructs of these names."""
    if items is None:
        found = {name.casefold(): names for name, names in survey.codebook.constructs().items()}
        items = {part: found[part] for part in PARTS if part in found}
    given = dict(items) if isinstance(items, Mapping) else {}
    lacking = [part for part in PARTS if not given.get(part)]
    strange = [str(name) for name in given if name not in PARTS]
    if lacking or strange or not isinstance(items, Mapping):
        raise OptionError("composite_needs", composite="KCSI", needs=list(PARTS), missing=lacking or strange or ["-"])
    blocks = [[given[part]] if isinstance(given[part], str) else list(given[part]) for part in PARTS]
    names = item_names(survey, [name for block in blocks for name in block])
    parts = np.zeros((len(PARTS), len(names)))
    start = 0
    for i, block in enumerate(blocks):
        parts[i, start : start + len(block)] = 1 / len(block)
        start += len(block)
    if importance is not None:
        elements = blocks[1]
        values = [importance.get(name, np.nan) for name in elements]
        good = np.isfinite(values).all() and min(values) >= 0 and sum(values) > 0 and set(importance) <= set(elements)
        if not good:
            raise OptionError("composite_importance", items=elements)
        parts[1, len(blocks[0]) : len(blocks[0]) + len(elements)] = np.array(values) / sum(values)
    return _Kcsi(names, parts)


def _ukcsi(survey: Survey, items: object, version: str | None, importance: object) -> Measure:
    if version is not None or importance is not None:
        raise OptionError("composite_version", composite="UKCSI")
    if items is None or isinstance(items, Mapping) or not len(items):  # type: ignore[arg-type]
        raise OptionError("composite_needs", composite="UKCSI", needs=[note("ukcsi_metrics")], missing=["-"])
    names = item_names(survey, items)  # type: ignore[arg-type]
    _check_scale(survey, names, "UKCSI", "1-10")
    columns = transform_items(survey, names, "percent_of_max")

    def evaluate(domain: Means, whole: Means) -> dict[str, Array]:
        mean = domain.mean.mean(axis=0, keepdims=True)
        return {
            "metrics": domain.mean,
            "percent_of_max": mean,
            "min_max": (mean - 10) / 0.9,
            "composite": mean,
        }

    return Measure(
        function="score_composite",
        title=note("composite_title", composite="UKCSI"),
        columns=columns,
        evaluate=evaluate,
        sheets={
            "composite": Sheet(("term",), (Block("composite", (("UKCSI",),)),), 1),
            "components": Sheet(("term",), (Block("metrics", tuple((name,) for name in names)),), 1),
            "versions": Sheet(("term",), tuple(Block(one, ((one,),)) for one in ("percent_of_max", "min_max")), 2),
        },
        scales=dict.fromkeys(("metrics", "percent_of_max", "min_max", "composite"), "mean"),
        ends=point_ends(survey, names, "percent_of_max"),
        counted={"metrics": tuple(range(len(names)))},
        notes=(note("ukcsi_rule"), *missing_notes(survey, names, "exclude")),
        sources=(ICS,),
        names=tuple(names),
    )


def _check_scale(survey: Survey, names: Sequence[str], composite: str, expected: str) -> None:
    other = [f"{name} ({scale})" for name in names if str(scale := scale_of(survey, name)) != expected]
    if other:
        raise OptionError("composite_scale", composite=composite, expected=expected, items=other)
