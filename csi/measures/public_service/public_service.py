"""好差评: what people say of a matter handled for them, how many say it, and what follows from a bad word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.errors import choose
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.means import Means
from csi.language import Note, Term, note
from csi.measures.public_service.service_cases import RULES, Cases, read_cases
from csi.references import references
from csi.results import Block, Check, Result

Array = NDArray[np.float64]
CEILING = 0.99  # a good rate from here on cannot rank windows
DEFAULTED = 0.10  # a share of defaulted ratings from here on decides the good rate
ACTIVE = 0.50
LEVEL_SCORES = (10, 8, 6, 3, 0)

SOURCES = references("gbt39735")


def score_public_service(
    survey: SurveyLike,
    *,
    rating: str = "rating",
    defaulted: str | None = "defaulted",
    replied: str | None = "replied",
    followed_up: str | None = "followed_up",
    rectified: str | None = "rectified",
    rectified_satisfied: str | None = "rectified_satisfied",
    days: str | None = "days_to_rectify",
    days_limit: float | None = None,
    good: int = 3,
    level_scores: Sequence[float] | Mapping[float, float] = LEVEL_SCORES,
    unrated: str = "exclude",
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Score ratings of public services (好差评), one row per case: shares 0-1, and points of the levels.

    Use it for a service hall or platform, by window or channel. Reported good rates near 100 % rest on ratings that a
    rule filled in: read the good rate among active ratings, and how many rate at all, first.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`; one row per case
    rating : item with the levels, the highest the best; blank where nobody rated
    defaulted : column, yes where a rule filled the rating in, blank for no; None where there is no such rule
    replied, followed_up, rectified : columns, yes where a bad rating was answered, the person contacted, the cause put
        right; blank at a bad rating means no. None, or absent from the data: left out
    rectified_satisfied : column, yes where the person was satisfied with that; blank: not asked
    days : column, working days until the cause was put right
    days_limit : working days allowed; adds the share of bad ratings put right in time
    good : how many of the best levels are good; all others are bad
    level_scores : points of the levels, from the best to the worst, or level to points
    unrated : {"exclude", "neutral", "satisfied", "very_satisfied"}: leave cases without a rating out, or count them as
        level 3, 4 or 5 of five and as defaulted, as some rules do
    by : columns that name groups, such as the window or the channel
    inference : {"linearised", "bootstrap", "none"}, None for linearised; bad ratings are too rare in small groups for
        a bootstrap
    interval : {"score", "wilson", "t", "bca", "percentile"}, None for the score interval, Wilson's for shares, and t
        for days (BCa for a bootstrap of a plain design)
    n_boot, seed : of a bootstrap

    Returns
    -------
    Result
        Table `rates`: (group,) term: participation (active ratings / cases), unrated (1 - participation), good_rate and
        bad_rate (of ratings), active_good_rate and active_bad_rate (of active ratings), defaulted_share (of ratings,
        where it is known), and of bad ratings reply_rate, follow_up_rate, rectified_rate, in_time_rate;
        rectified_satisfied_rate of those put right and asked. Table `scores`: level_score, active_level_score. Table
        `levels`: share of each level among ratings. Table `unrated_rules`: kind (recorded, active, as_neutral,
        as_satisfied, as_very_satisfied), term: good rate and level score by other rules. Table `days`: mean working
        days. Each then estimate, std_error, lower, upper, n.

    Raises
    ------
    DataError
        `default_without_rating`, `flags_not_yes_no`, `unknown_column`, `private_column`, `all_missing_items`; those of
        `Survey.matrix`.
    OptionError
        `level_scores_missing`, `service_levels`, `boxes_outside`; an unknown `unrated`.
    EstimationError
        Those of `measure`.

    Notes
    -----
    The names are those of GB/T 39734 and 39735, the formulas csi's own. Rates of bad ratings are rare: rows without any
    are left out. Wilson's intervals with the cases of a group as a domain; weights as in `score_rate`.
    In R: svyby(~ good, ~ window, design, svymean) of survey.

    Examples
    --------
    >>> import csi
    >>> cases = csi.Survey.from_frame({"rating": [5, 4, 3, 1, 5, None], "defaulted": [0, 0, 0, 0, 1, 0]})
    >>> rates = csi.score_public_service(cases).tidy().set_index("term")["estimate"]
    >>> rates[["participation", "good_rate", "active_good_rate"]].round(3).tolist()
    [0.667, 0.8, 0.75]

    """
    survey = as_survey(survey, "score_public_service")
    choose("unrated", unrated, ("exclude", *RULES))
    columns = {"defaulted": defaulted, "replied": replied, "followed_up": followed_up, "rectified": rectified}
    columns |= {"rectified_satisfied": rectified_satisfied, "days_to_rectify": days}
    cases = read_cases(survey, rating, columns, good, level_scores, unrated)
    return measure(_question(cases, days_limit), survey, by=by, choice=Choice(inference, interval, n_boot, seed))


def _question(cases: Cases, days_limit: float | None) -> Measure:
    """The measure of all rates: means of columns that are missing outside their denominator."""
    rates = _rates(cases, days_limit)
    blocks: dict[str, list[tuple[str, tuple[str, ...], Array, bool]]] = {
        "rates": [(term, (term,), values, True) for term, values in rates.items()],
        "scores": [
            ("level_score", ("level_score",), cases.points, False),
            ("active_level_score", ("active_level_score",), _among(cases.points, cases.active), False),
        ],
        "levels": [
            (f"level_{i}", (label,), _among((cases.level == i).astype(float), cases.rated), True)
            for i, label in enumerate(cases.labels)
        ],
        "unrated_rules": [
            (f"{kind}_{term}", (kind, term), values, term == "good_rate")
            for kind, pair in cases.rules().items()
            for term, values in zip(("good_rate", "level_score"), pair, strict=True)
        ],
    }
    if cases.days is not None:
        mended = cases.complained & (cases.done["rectified"] > 0)
        blocks["days"] = [("mean_days", ("mean_days",), _among(cases.days, mended), False)]
    kept = {table: [one for one in rows if not np.isnan(one[2]).all()] for table, rows in blocks.items()}
    order = [one for rows in kept.values() for one in rows]
    names = [one[0] for one in order]
    keys = {
        "rates": ("term",),
        "scores": ("term",),
        "levels": ("level",),
        "unrated_rules": ("kind", "term"),
        "days": ("term",),
    }
    decimals = {"scores": 2, "days": 1}

    def evaluate(domain: Means, whole: Means) -> dict[str, Array]:
        return {name: domain.mean[i : i + 1] for i, name in enumerate(names)}

    sheets = {
        table: Sheet(keys[table], tuple(Block(name, (key,)) for name, key, _, _ in rows), decimals.get(table, 3))
        for table, rows in kept.items()
        if rows
    }
    worth = (float(cases.worth.min()), float(cases.worth.max()))
    return Measure(
        function="score_public_service",
        title=note("service_title"),
        columns=np.array([one[2] for one in order]).T,
        evaluate=evaluate,
        sheets=sheets,
        scales={one[0]: "share" if one[3] else "mean" for one in order},
        ends=np.array(
            [worth if "level_score" in one[0] else (0.0, 1.0) if one[3] else (np.nan, np.nan) for one in order]
        ).T,
        counted={name: i for i, name in enumerate(names)},
        notes=(*cases.notes, *_left_out(blocks, kept)),
        check=_checks,
        sources=SOURCES,
        names=tuple(names),
        need=0,
    )


def _among(values: Array, which: NDArray[np.bool_]) -> Array:
    """The values with NaN outside their denominator."""
    return np.where(which, values, np.nan)


def _rates(cases: Cases, days_limit: float | None) -> dict[str, Array]:
    """(n,) 0 or 1 per case, NaN outside the denominator, for every rate."""
    rated, active, bad = cases.rated, cases.active, cases.complained
    is_good = cases.good.astype(float)
    is_active = active.astype(float)
    rates = {
        "participation": is_active,
        "unrated": 1 - is_active,
        "good_rate": _among(is_good, rated),
        "active_good_rate": _among(is_good, active),
        "bad_rate": _among(1 - is_good, rated),
        "active_bad_rate": _among(1 - is_good, active),
    }
    if cases.by_rule:
        rates["defaulted_share"] = _among(1 - is_active, rated)
    for column, term in (("replied", "reply_rate"), ("followed_up", "follow_up_rate"), ("rectified", "rectified_rate")):
        if column in cases.done:
            rates[term] = _among(cases.done[column], bad)
    if cases.days is not None and days_limit is not None:
        in_time = (cases.done["rectified"] > 0) & (np.nan_to_num(cases.days, nan=np.inf) <= days_limit)
        rates["in_time_rate"] = _among(in_time.astype(float), bad)
    if "rectified_satisfied" in cases.done:
        asked = bad & ~np.isnan(cases.done["rectified_satisfied"])
        if "rectified" in cases.done:
            asked &= cases.done["rectified"] > 0
        rates["rectified_satisfied_rate"] = _among(cases.done["rectified_satisfied"], asked)
    return rates


def _left_out(blocks: Mapping[str, list], kept: Mapping[str, list]) -> list[Note]:
    """Numbers that have no case below the line."""
    gone = [Term(one[0]) for one in blocks["rates"] if one not in kept["rates"]]
    return [note("service_left_out", terms=gone)] if gone else []


def _checks(numbers: Mapping[str, Array]) -> list[Check]:
    """What makes a good rate hard to believe."""
    good = numbers["good_rate"]
    groups = int(np.isfinite(good).sum())
    found = []
    for code, name, holds, rule in (
        ("service_ceiling", "good_rate", lambda v: v < CEILING, f"< {CEILING}"),
        ("service_defaulted", "defaulted_share", lambda v: v <= DEFAULTED, f"<= {DEFAULTED}"),
        ("service_active", "participation", lambda v: v >= ACTIVE, f">= {ACTIVE}"),
    ):
        if name not in numbers:
            continue
        values = numbers[name][np.isfinite(numbers[name])]
        bad = int((~holds(values)).sum())
        worst = float(values.min() if code == "service_active" else values.max())
        facts = {"count": bad, "groups": groups, "worst": worst}
        found.append(Check(code, worst, rule, bad == 0, False, facts))
    return found
