"""score_agreement: how far raters or coders agree, beyond what chance would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.errors import DataError, EstimationError, choose
from csi.estimation.engine import Measured, infer
from csi.estimation.item_moments import chosen_items, refuse_private
from csi.estimation.measured import CSI
from csi.estimation.standing import group_codes
from csi.estimation.sums import Cases, OfSums, SumPart
from csi.inference.choice import Choice
from csi.language import Note, note
from csi.measures.trust.agreement_numbers import (
    WeightedRows,
    agreement_of,
    counts_of,
    kappas_of,
    rows_of_counts,
    variances_of,
)
from csi.references import reference
from csi.results import Block, Check, Result, Table

Array = NDArray[np.float64]
TERMS = (
    "percent_agreement", "fleiss_kappa", "krippendorff_nominal", "krippendorff_ordinal", "krippendorff_interval",
    "r_wg",
)  # fmt: skip
KAPPAS = ("agreement", "kappa", "kappa_linear", "kappa_quadratic")
NEED = 3  # cases
SPAN = 10_000  # of whole numbers that are told apart by counting
TENTATIVE = 0.667  # of Krippendorff's alpha, below which no conclusion is drawn
SOURCES = (
    reference("cohen1968"),
    reference("fleiss1971"),
    reference("krippendorff2004"),
    reference("james1984"),
    CSI,
)


@dataclass(frozen=True, eq=False)
class Ratings:
    """What the raters chose.

    Attributes
    ----------
    name : of the survey
    raters : columns
    codes : (m, k) positions of the categories chosen for the cases used, -1 for none
    values : (q,) of the categories
    labels : of the categories
    ordered : whether they are numbers
    expected : variance of ratings given at random on the scale, None where it is not known
    weight : (m,) with a mean of 1
    used : (n,) which cases are used
    cases : their units and groups
    notes : facts about the data
    """

    name: str
    raters: tuple[str, ...]
    codes: NDArray[np.int64]
    values: Array
    labels: tuple[str, ...]
    ordered: bool
    expected: float | None
    weight: Array
    used: NDArray[np.bool_]
    cases: Cases
    notes: tuple[Note, ...]


def score_agreement(
    survey: SurveyLike,
    items: Sequence[str],
    *,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    by: str | Sequence[str] | None = None,
) -> Result:
    """Agreement of raters or coders: percent agreement, kappas, Krippendorff's alpha, r_wg; shares of 1, or below 0.

    Use it when several people code the same comments or judge the same cases, also with gaps. For ratings without gaps
    `fit_icc` separates the raters' levels from their noise.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        One row per case that is judged, one column per rater, all of them numbers or all of them categories.
    items : list of str
        The columns of the raters, two or more.
    inference : {"linearised", "bootstrap", "none"}, optional
        None means linearised. Normal theory does not exist for categories.
    interval : {"t", "bca", "percentile"}, optional
        None means t on Fisher's z with the degrees of freedom of the design; BCa for a bootstrap of a plain design.
    n_boot : int
        Replicates; 0 equals `inference="none"`.
    seed : int
        The same seed gives the same draws on any machine.
    by : str or list of str, optional
        Columns that form groups of cases, as domains of the whole design.

    Returns
    -------
    Result
        Tables `agreement` (term = percent_agreement | fleiss_kappa | krippendorff_nominal | krippendorff_ordinal |
        krippendorff_interval | r_wg) and `pairs` (item, other_item, kind = agreement | kappa | kappa_linear |
        kappa_quadratic). With `by` `group` comes first; n is cases. `scores()` gives the agreeing share of pairs and
        r_wg of every case.

    Raises
    ------
    DataError, EstimationError, OptionError
        `not_a_survey`, `too_few_items`, `raters_mixed`, `no_common_cases`, `one_category`,
        unknown items, impossible options.

    Notes
    -----
    Cases with fewer than two ratings are left out. Kappa = 1 - disagreement / disagreement by chance, weights 0 or 1,
    distance (linear), squared distance (quadratic) between the values. Krippendorff: the same over all pairs of values
    within cases, corrected for small numbers. r_wg = 1 - mean variance within cases / variance of equally likely
    answers on the scale; it is not cut at 0, and needs scales in the codebook. Survey weights weight cases.

    In R: `psych::cohen.kappa`; `irr::kripp.alpha`, `irr::kappam.fleiss`; `multilevel::rwg`.

    Examples
    --------
    >>> import csi
    >>> coded = {"a": [1, 2, 3, 3, 2, 1, 4, 1, 2], "b": [1, 2, 3, 3, 2, 2, 4, 1, 2]}
    >>> found = csi.score_agreement(csi.Survey.from_frame(coded), ["a", "b"])
    >>> round(float(found.value("percent_agreement")), 4)
    0.8889

    """
    survey = as_survey(survey, "score_agreement")
    raters = chosen_items(survey, items, "score_agreement")
    if len(raters) < 2:
        facts = {"function": "score_agreement", "count": len(raters), "need": 2, "items": list(raters)}
        raise EstimationError("too_few_items", **facts)
    choose("inference", inference, (None, "linearised", "bootstrap", "none"))
    ratings = _ratings(survey, raters, by)
    choice = Choice(inference, interval, n_boot, seed).resolve(ratings.cases)
    counts = counts_of(ratings.codes, len(ratings.values))
    rows = WeightedRows(counts, ratings.values, ratings.weight)
    evaluate = partial(
        agreement_of, values=ratings.values, ordered=ratings.ordered, expected=ratings.expected
    )  # fmt: skip
    whole = SumPart(rows, evaluate)
    found = infer(OfSums(ratings.cases, [whole]), choice)

    def pairs() -> Table:
        chosen = [(i, j) for i in range(len(raters)) for j in range(i + 1, len(raters))]
        parts = [_pair_part(ratings, i, j) for i, j in chosen]
        each = infer(OfSums(ratings.cases, parts), choice)
        kinds = KAPPAS if ratings.ordered else KAPPAS[:2]
        blocks = [Block(f"{i} {j} {one}", [(raters[i], raters[j], one)]) for i, j in chosen for one in kinds]
        scales = {block.numbers: 1 for block in blocks}
        table = each.table(ratings.cases, ("item", "other_item", "kind"), blocks, scales=scales)
        return replace(table, n=[_judged_by_both(ratings, *key[:-1]) for key in table.rows()])

    return _result(ratings, found, counts, pairs)


def _result(ratings: Ratings, found: Measured, counts: Array, pairs: Any) -> Result:
    notes = [*ratings.notes, *found.notes, note("icc_raters_fixed")]
    if ratings.ordered and ratings.expected is None:
        notes.append(note("no_r_wg"))
    terms = [term for term in TERMS if term in found.numbers]
    scales = dict.fromkeys(terms, 1)
    cases = ratings.cases
    return Result(
        title=note("title_agreement", data=ratings.name, n=sum(cases.n), raters=len(ratings.raters)),
        headline="agreement",
        notes=tuple(notes),
        _tables={
            "agreement": lambda: found.table(
                cases, ("term",), [Block(term, [(term,)]) for term in terms], scales=scales
            ),
            "pairs": pairs,
        },
        _glance={
            "n": sum(cases.n), "n_dropped": int((~ratings.used).sum()), "n_raters": len(ratings.raters),
            "inference": found.method, "interval": found.interval, "n_boot": found.n_boot, "n_failed": found.n_failed,
        },
        _checks=lambda: _checks(ratings, found),
        _scores=lambda: _scores(ratings, counts),
        _sources=SOURCES,
    )  # fmt: skip


def _ratings(survey: Survey, raters: tuple[str, ...], by: object) -> Ratings:
    """The raters' choices as codes, with cases that fewer than two judged left out."""
    refuse_private(survey, raters)
    lo, hi = survey.scale_ends(raters)
    numeric = [survey.codebook.items[name].numeric for name in raters]
    if any(numeric) and not all(numeric):
        raise DataError("raters_mixed", items=list(raters))
    notes = [*survey.notes]
    expected = None
    if all(numeric):
        matrix = survey.matrix(raters)
        values, codes = _coded(matrix)
        labels = tuple(f"{value:g}" for value in values)
        scales = [survey.codebook.items[name].scale for name in raters]
        if np.isfinite(lo).all() and (lo == lo[0]).all() and (hi == hi[0]).all():
            step = float(scales[0].step)  # 0 allows every number between the ends
            expected = float(((hi[0] - lo[0] + step) ** 2 - step**2) / 12)
    else:
        answers = survey.answers
        flat, names = pd.factorize(pd.concat([answers[name].astype(object) for name in raters]), sort=False)
        codes = flat.reshape(len(raters), -1).T.astype(np.int64)
        values, labels = np.arange(len(names), dtype=float), tuple(str(name) for name in names)
    design = survey.design()
    used = (codes >= 0).sum(axis=1) >= 2
    if design.weight is not None:
        used &= design.weight > 0
    if not used.any():
        raise EstimationError("no_common_cases", items=list(raters), rows=len(codes))
    codes = codes if used.all() else codes[used]
    chosen = sum(np.bincount(column + 1, minlength=len(values) + 1) for column in codes.T)[1:]
    if (chosen > 0).sum() < 2:
        raise DataError("one_category", items=list(raters), value=labels[int(chosen.argmax())])
    if (~used).any():
        notes.append(note("agreement_dropped", dropped=int((~used).sum()), n=int(used.sum())))
    groups, group_of = group_codes(survey, used, by, NEED, notes)
    if not groups and used.sum() < NEED:
        raise EstimationError("too_few", n=int(used.sum()), need=NEED, what="score_agreement")
    weight = np.ones(int(used.sum())) if design.weight is None else design.weight[used]
    mine = group_of[used]
    n = tuple(np.bincount(mine[mine >= 0], minlength=max(1, len(groups))).tolist())
    cases = Cases(design.piece[used], mine, groups, n, design)
    return Ratings(
        survey.name, raters, codes, values, labels, all(numeric), expected, weight / weight.mean(),
        used, cases, tuple(notes),
    )  # fmt: skip


def _coded(matrix: Array) -> tuple[Array, NDArray[np.int64]]:
    """The values that occur (q,), in order, and where each rating stands among them, -1 for none."""
    columns = matrix.T
    values = np.unique(np.concatenate([_distinct(column) for column in columns]))
    if not len(values):
        return values, np.full(matrix.shape, -1)
    codes = np.empty(columns.shape, dtype=np.int64)
    whole = values.astype(np.int64)
    near = (whole == values).all() and whole[-1] - whole[0] < SPAN
    place = np.searchsorted(whole, np.arange(whole[0], whole[-1] + 1)) if near else None
    for row, column in zip(codes, columns, strict=True):
        gap = np.isnan(column)
        filled = np.where(gap, values[0], column)
        row[:] = np.searchsorted(values, filled) if place is None else place[filled.astype(np.int64) - whole[0]]
        row[gap] = -1
    return values, codes.T


def _distinct(column: Array) -> Array:
    """The values that occur in a column; whole numbers that lie close together are counted, not sorted."""
    known = column[~np.isnan(column)]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    if not (np.isfinite([low, high]).all() and high - low < SPAN):
        return np.unique(known)
    whole = known.astype(np.int64)
    if (whole != known).any():
        return np.unique(known)
    first = int(low)
    return (np.flatnonzero(np.bincount(whole - first)) + first).astype(float)


def _pair_part(ratings: Ratings, i: int, j: int) -> SumPart:
    """The cells of the table of two raters, and what follows from them; one number in a sparse row of each case."""
    from scipy.sparse import csr_array

    q = len(ratings.values)
    first, second = ratings.codes[:, i], ratings.codes[:, j]
    both = np.flatnonzero((first >= 0) & (second >= 0))
    cells = first[both] * q + second[both]
    rows = csr_array((ratings.weight[both], (both, cells)), shape=(len(first), q * q))

    def evaluate(table: Array) -> dict[str, Array]:
        found = kappas_of(table, q, ratings.values, ratings.ordered)
        return {f"{i} {j} {name}": values for name, values in found.items()}

    return SumPart(rows, evaluate)


def _judged_by_both(ratings: Ratings, *key: str) -> int:
    """Cases of a group (first when there are groups) that two raters judged."""
    *group, first, second = key
    chosen = ratings.codes[:, [ratings.raters.index(first), ratings.raters.index(second)]]
    mine = ratings.cases.codes == (ratings.cases.groups.index(group[0]) if group else 0)
    return int((mine & (chosen >= 0).all(axis=1)).sum())


def _scores(ratings: Ratings, counts: Array) -> pd.DataFrame:
    """Agreeing share of pairs and r_wg of every case."""
    rows = rows_of_counts(counts)
    found = {"percent_agreement": rows[:, 1]}
    if ratings.expected is not None:
        found["r_wg"] = 1 - variances_of(counts, ratings.values) / ratings.expected
    scores = pd.DataFrame(np.nan, index=range(len(ratings.used)), columns=list(found))
    scores.loc[np.flatnonzero(ratings.used)] = np.column_stack(list(found.values()))
    return scores


def _checks(ratings: Ratings, found: Measured) -> tuple[Check, ...]:
    term = "krippendorff_interval" if ratings.ordered else "krippendorff_nominal"
    value = float(found.numbers[term].min())
    lines = [Check("krippendorff", value, f">= {TENTATIVE}", value >= TENTATIVE, False, {"value": value})]
    return tuple(lines + found.checks())
