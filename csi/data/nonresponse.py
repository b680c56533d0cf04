"""compare_nonresponse: what those who did not answer may have done to the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.errors import DataError, OptionError
from csi.inference.design import Design
from csi.inference.intervals import Linear
from csi.language import Note, note
from csi.results import Check, Result, Table

Array = NDArray[np.float64]

LEVEL = 0.05  # of all items together, at which late respondents count as different
ROUNDED = 0.005  # by so much shares may miss 1
FAR = 0.05  # share of the frame by which a group may be missed


@dataclass(frozen=True, eq=False)
class Means:
    """Weighted means of k columns over a domain, and how each sampling unit (respondent of raked weights) moves them.

    Attributes
    ----------
    mean : (k,)
    influence : (k, pieces) of the design
    n : (k,) respondents with a value and a positive weight
    """

    mean: Array
    influence: Array
    n: NDArray[np.int64]


def domain_means(values: Array, design: Design, inside: NDArray[np.bool_] | None = None) -> Means:
    """Weighted means over the rows `inside`, with the design kept whole: others have weight 0.

    Parameters
    ----------
    values : (n, k), NaN where missing; a missing value leaves its own mean only
    design : of all n rows
    inside : (n,); all rows when None
    """
    weight = np.ones(design.n) if design.weight is None else design.weight
    if inside is not None:
        weight = np.where(inside, weight, 0.0)
    k = values.shape[1]
    mean, influence, n = np.empty(k), np.empty((k, design.pieces)), np.empty(k, dtype=np.int64)
    for j, column in enumerate(values.T):
        seen = ~np.isnan(column)
        w = np.where(seen, weight, 0.0)
        x = np.where(seen, column, 0.0)
        total = w.sum()
        with np.errstate(invalid="ignore", divide="ignore"):
            mean[j] = (w @ x) / total
            moved = w * (x - mean[j]) / total
        alone = design.pieces == design.n and design.cluster is None
        influence[j] = moved if alone else np.bincount(design.piece, weights=moved, minlength=design.pieces)
        n[j] = np.count_nonzero(w)
    return Means(mean, influence, n)


def manski_bounds(mean: ArrayLike, response: ArrayLike, lo: ArrayLike, hi: ArrayLike) -> tuple[Array, Array]:
    """Lowest and highest mean of everybody when a share `response` answered and the others may think anything.

    Examples
    --------
    >>> from csi.data.nonresponse import manski_bounds
    >>> lower, upper = manski_bounds(0.9, 0.4, 0, 1)
    >>> lower.round(2).item(), upper.round(2).item()
    (0.36, 0.96)

    """
    known = np.multiply(response, mean)
    return known + (1 - np.asarray(response)) * lo, known + (1 - np.asarray(response)) * hi


@dataclass(frozen=True, eq=False)
class Margin:
    """One column of the frame beside the respondents.

    Attributes
    ----------
    column : its name
    labels : (k,) groups
    codes : (n,) group of each respondent, -1 where it is missing
    frame : (k,) shares of the frame
    found : weighted shares of the respondents
    """

    column: str
    labels: tuple[str, ...]
    codes: NDArray[np.int64]
    frame: Array
    found: Means


def compare_nonresponse(
    survey: SurveyLike,
    items: Iterable[str] | None = None,
    *,
    late: str | ArrayLike | None = None,
    frame: Mapping[str, Mapping[str, float]] | None = None,
    response_rate: float | None = None,
) -> Result:
    """Signs and limits of non-response bias: late answers, the frame, bounds; in rating points and shares.

    Use it beside every response rate. None of the three proves that there is no bias: those who answered only after a
    reminder may resemble those who never did, known groups may be missed, and bounds say what cannot be ruled out.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`; its weights, strata and clusters count
    items : names of numeric items; all ratings when None; reversed items are turned round
    late : column of true or false (1 or 0), or (n,) such values: who answered late, after a reminder
    frame : column -> {group: share or number of customers}, what is known of everybody; every group of the survey must
        be there and the other way round
    response_rate : share of those drawn who answered, above 0 and up to 1; adds bounds, for items with a scale

    Returns
    -------
    Result
        With `late`: tables late_difference (item; late minus early, with p-values) and early_late (item, kind early or
        late). With `frame`: table frame (item = column, group, kind: frame, respondents, difference, factor; factor =
        frame / respondents is the weighting-class adjustment). With `response_rate`: table bounds (item, kind:
        respondents, lower_bound, upper_bound; limits of Manski, whose standard errors are those of the sample).
        `scores()`: factor_COLUMN of each respondent, for each column of the frame. `check()`: whether late answers
        differ (Bonferroni over the items), and whether a group of the frame is missed by more than 5 % of everybody.

    Raises
    ------
    DataError
        `unknown_items`, `items_not_numbers`, `no_ratings`, `unknown_column`, `private_column`, `late_not_flags`,
        `late_one_side`, `frame_levels`, `frame_shares`, `frame_total`, `ends_needed`, `lonely_unit` and those
        of `Survey.design`.
    OptionError
        `nonresponse_nothing` without late, frame and response_rate; `plan_number` for a rate outside 0-1.

    Notes
    -----
    Means and shares are weighted; standard errors are linearised with the design, t with its degrees of freedom; early
    and late are domains of one design, so their difference has its covariance. A missing answer leaves its item only.
    Bounds: r m + (1 - r) lo and r m + (1 - r) hi, the ends of the scale in place of all that was not answered; answers
    missing within the questionnaire are not among them. A factor uses one column at a time; for several columns
    together rake the weights.

    In R: survey::svyby with svycontrast; survey::postStratify for the factors.

    Examples
    --------
    >>> import csi
    >>> result = csi.compare_nonresponse(csi.load_sample("tiny"), ["s1"], response_rate=0.4)
    >>> result.tidy("bounds").set_index("kind")["estimate"].round(2).to_dict()
    {'respondents': 7.0, 'lower_bound': 3.4, 'upper_bound': 8.8}

    """
    if late is None and frame is None and response_rate is None:
        raise OptionError("nonresponse_nothing")
    survey = as_survey(survey, "compare_nonresponse")
    if response_rate is not None:
        number = isinstance(response_rate, int | float | np.number) and not isinstance(response_rate, bool)
        if not (number and 0 < response_rate <= 1):
            raise OptionError("plan_number", option="response_rate", value=response_rate, range="(0, 1]")
    names = _names(survey, items)
    values = survey.matrix(names)
    design = survey.design()
    design.check_lonely()
    df = float(design.df)
    tables: dict[str, Callable[[], Table]] = {}
    checks: list[Check] = []
    notes: list[Note] = [*survey.notes]
    if late is not None:
        flags, known = _late(survey, late)
        early, after = domain_means(values, design, known & ~flags), domain_means(values, design, known & flags)
        empty = [name for name, a, b in zip(names, early.n, after.n, strict=True) if not (a and b)]
        if empty:
            raise DataError("late_one_side", items=empty, survey=survey.name)
        difference = _table(
            ("item",), [(name,) for name in names], after.mean - early.mean, after.influence - early.influence,
            design, df, np.minimum(early.n, after.n), tested=True,
        )  # fmt: skip
        tables["late_difference"] = lambda: difference
        tables["early_late"] = partial(_early_late, names, early, after, design, df)
        checks.append(_late_check(names, difference))
        notes.append(note("late_counts", late=int((known & flags).sum()), early=int((known & ~flags).sum())))
    margins = [_margin(survey, column, shares, design) for column, shares in (frame or {}).items()]
    if margins:
        tables["frame"] = partial(_frame_table, margins, design, df)
        checks.append(_frame_check(margins))
    if response_rate is not None:
        lo, hi = survey.scale_ends(names)
        bare = [name for name, low in zip(names, lo, strict=True) if np.isnan(low)]
        if bare:
            raise DataError("ends_needed", items=bare, survey=survey.name, function="response_rate=")
        tables["bounds"] = partial(_bounds, names, domain_means(values, design), response_rate, (lo, hi), design, df)
        notes.append(note("bounds_meaning", missing=f"{1 - response_rate:.0%}"))
    return Result(
        title=note("title_nonresponse", data=survey.name, n=len(survey)),
        headline=next(iter(tables)),
        notes=tuple(notes),
        _tables=tables,
        _glance={"n": len(survey)},
        _checks=lambda: tuple(checks),
        _scores=(lambda: _factors(survey, margins)) if margins else None,
    )


def _names(survey: Survey, items: Iterable[str] | None) -> list[str]:
    if items is not None:
        return [items] if isinstance(items, str) else list(items)
    book = survey.codebook
    names = [name for name, item in book.items.items() if item.kind == "rating" and name not in book.private]
    if not names:
        raise DataError("no_ratings", survey=survey.name)
    return names


def _late(survey: Survey, late: str | ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who answered late, and of whom that is known."""
    if isinstance(late, str):
        survey.split(late)  # an unknown or private column stops here
        cells = survey.answers[late].to_numpy(dtype=object)
    else:
        cells = np.asarray(late, dtype=object)
    words = {"true": 1, "false": 0, "1": 1, "0": 0, "1.0": 1, "0.0": 0}
    known = ~pd.isna(cells)
    codes, distinct = pd.factorize(cells)
    read = [words.get(str(cell).strip().lower()) for cell in distinct]
    if len(cells) != len(survey) or None in read:
        strange = next((str(cell) for cell, value in zip(distinct, read, strict=True) if value is None), "-")
        raise DataError("late_not_flags", count=len(cells), rows=len(survey), value=strange)
    return np.array([*read, 0], dtype=bool)[codes], known


def _margin(survey: Survey, column: str, shares: Mapping[str, float], design: Design) -> Margin:
    labels, codes = survey.split(column)
    given = {str(label): share for label, share in shares.items()}
    unknown = [label for label in labels if label not in given]
    absent = [label for label in given if label not in labels]
    if unknown or absent:
        raise DataError("frame_levels", column=column, unknown=unknown or ["-"], absent=absent or ["-"])
    numbers = [given[label] for label in labels]
    if not all(isinstance(one, int | float | np.number) and np.isfinite(one) and one > 0 for one in numbers):
        raise DataError("frame_shares", column=column, values=[str(one) for one in numbers])
    wanted = np.array(numbers, dtype=float)
    total = float(wanted.sum())
    if wanted.max() <= 1 and abs(total - 1) > ROUNDED:
        raise DataError("frame_total", column=column, total=f"{total:.4g}")
    wanted = wanted / total
    dummies = np.where(codes[:, None] < 0, np.nan, codes[:, None] == np.arange(len(labels)))
    return Margin(column, labels, codes, wanted, domain_means(dummies, design))


def _table(
    keys: Sequence[str], rows: Sequence[tuple[str, ...]], estimate: Array, influence: Array, design: Design, df: float,
    n: ArrayLike, tested: bool = False,
) -> Table:  # fmt: skip
    columns = dict(zip(keys, zip(*rows, strict=True), strict=True))
    uncertainty = Linear(estimate, design.covariance(influence), df)
    return Table(columns, uncertainty, np.asarray(n).tolist(), tested=tested)


def _early_late(names: Sequence[str], early: Means, after: Means, design: Design, df: float) -> Table:
    order = np.arange(2 * len(names)).reshape(2, -1).T.ravel()  # item by item
    return _table(
        ("item", "kind"), [(name, kind) for name in names for kind in ("early", "late")],
        np.concatenate([early.mean, after.mean])[order], np.concatenate([early.influence, after.influence])[order],
        design, df, np.concatenate([early.n, after.n])[order],
    )  # fmt: skip


def _frame_table(margins: Sequence[Margin], design: Design, df: float) -> Table:
    rows, estimates, influences, sizes = [], [], [], []
    for one in margins:
        for j, label in enumerate(one.labels):
            share, moved, frame = one.found.mean[j], one.found.influence[j], one.frame[j]
            kinds = {
                "frame": (frame, 0 * moved),
                "respondents": (share, moved),
                "difference": (share - frame, moved),
                "factor": (frame / share, -frame / share**2 * moved),
            }
            for kind, (value, influence) in kinds.items():
                rows.append((one.column, label, kind))
                estimates.append(value)
                influences.append(influence)
                sizes.append(int(one.found.n[j]))
    return _table(("item", "group", "kind"), rows, np.array(estimates), np.stack(influences), design, df, sizes)


def _bounds(
    names: Sequence[str], found: Means, response: float, ends: tuple[Array, Array], design: Design, df: float
) -> Table:
    lower, upper = manski_bounds(found.mean, response, *ends)
    kinds = ("respondents", "lower_bound", "upper_bound")
    scaled = found.influence * response
    return _table(
        ("item", "kind"), [(name, kind) for name in names for kind in kinds],
        np.stack([found.mean, lower, upper], axis=1).ravel(),
        np.stack([found.influence, scaled, scaled], axis=1).reshape(-1, found.influence.shape[1]),
        design, df, np.repeat(found.n, 3),
    )  # fmt: skip


def _late_check(names: Sequence[str], table: Table) -> Check:
    p = table.uncertainty.p_value()
    limit = LEVEL / len(names)
    different = [name for name, value in zip(names, p, strict=True) if value < limit]
    lowest = float(np.nanmin(p)) if np.isfinite(p).any() else float("nan")
    facts = {"items": different, "count": len(names)}
    return Check("late_differs", lowest, f">= {limit:.2g}", not different, False, facts)


def _frame_check(margins: Sequence[Margin]) -> Check:
    worst, missed = 0.0, []
    for one in margins:
        gaps = one.found.mean - one.frame
        worst = max(worst, float(np.abs(gaps).max()))
        missed += [
            f"{one.column}={label} ({gap:+.1%})" for label, gap in zip(one.labels, gaps, strict=True) if abs(gap) > FAR
        ]
    return Check("frame_missed", worst, f"<= {FAR}", not missed, False, {"groups": missed})


def _factors(survey: Survey, margins: Sequence[Margin]) -> pd.DataFrame:
    columns = {}
    for one in margins:
        factor = np.append(one.frame / one.found.mean, np.nan)
        columns[f"factor_{one.column}"] = factor[one.codes]
    return pd.DataFrame(columns, index=survey.answers.index)
