"""From columns of numbers per respondent to a Result: what every measure of csi has in common.

A measure says which columns are averaged, how its numbers follow from the means, and which rows of which tables they
fill. Domains, weights, strata, clusters, finite populations, raking, errors and intervals are the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from csi.data.respondent_checks import dominant_weight, few_respondents
from csi.data.survey import Survey
from csi.errors import DataError, EstimationError, OptionError, choose
from csi.estimates import Unknown
from csi.inference.choice import check_n_boot
from csi.inference.design import Design
from csi.inference.intervals import CORRELATION, MEAN, SHARE, SQUARE
from csi.inference.means import Evaluate, Sample, accelerations, estimates, linearise, resample
from csi.inference.rating_shares import RatingShares
from csi.inference.stores import BoundStore, DrawStore, LinearStore, pick
from csi.language import Note, note
from csi.results import Block, Check, Result, Table, stack

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
INFERENCE = ("linearised", "bootstrap", "none")
INTERVALS = ("score", "wilson", "t", "bca", "percentile")
BOUNDED = ("share", "mean")
SCALES = {"plain": 0, "correlation": CORRELATION, "square": SQUARE, "share": SHARE, "mean": MEAN}
NEED = 2  # respondents a group must have
FAILED_SHARE = 0.05

CSI = {
    "text": "csi: customer satisfaction indices with their uncertainty, for Python (version 0.1.0).",
    "bibtex": "@software{csi, title={csi: customer satisfaction indices with their uncertainty}, version={0.1.0}}",
}


@dataclass(frozen=True)
class Sheet:
    """One table of a measure.

    Attributes
    ----------
    keys : names of the key columns, without `group`
    blocks : the rows of one group: blocks of named numbers
    decimals : digits a person sees
    tested : whether 0 is a hypothesis worth a p-value
    """

    keys: tuple[str, ...]
    blocks: tuple[Block, ...]
    decimals: int = 1
    tested: bool = False


@dataclass(frozen=True)
class Choice:
    """How to learn how sure the numbers are, as the user asked for it.

    Attributes
    ----------
    inference : {"linearised", "bootstrap", "none"} or None for linearised
    interval : {"score", "wilson", "t", "bca", "percentile"} or None: the score interval for means on a known scale,
        which for shares is Wilson's ("wilson" is another name for it), t for other numbers; BCa for a bootstrap of a
        plain design. "t" is t for all of them but those without variance
    n_boot, seed : of a bootstrap
    """

    inference: str | None = None
    interval: str | None = None
    n_boot: int = 5000
    seed: int = 1

    def unbounded(self) -> Choice:
        """The same for numbers that have no ends, so that a score interval is not asked of them."""
        return replace(self, interval=None) if self.interval in ("score", "wilson") else self


@dataclass(frozen=True, eq=False)
class Measure:
    """What is measured.

    Attributes
    ----------
    function : name of the public function, for messages
    title : what was estimated
    columns : (n, K) a value per respondent and column, NaN where there is none
    evaluate : takes the means of a domain and of the whole sample, b replicates at once; gives named numbers (k, b)
    sheets : table name to its Sheet, the headline first
    scales : name of numbers to "share" (Wilson), "mean" (the score interval of a weighted sum of means of bounded
        columns), "correlation" (Fisher's z), "square" (z of the root); else "plain"
    ends : (2, K) the lowest and highest value a column can have, NaN where that is not known; for "mean"
    counted : name of numbers to the columns whose respondents are the `n` of each number: one, or k; all when left out
    notes : facts about the data
    glance : facts of `Result.glance`
    check : takes the estimates, name to (G k,), and gives checks
    scores : gives one row per respondent
    sources : references
    need : respondents a group must have with a value in some column
    names : (K,) what the columns are called in messages
    infer : for numbers that are no function of means: takes the sample, the inference and the choice, and gives the
        numbers, name to (G k,), what knows their uncertainty (None without), replicates that failed, and what its
        intervals are called; `evaluate` is then not used
    """

    function: str
    title: Note
    columns: Array
    evaluate: Evaluate
    sheets: Mapping[str, Sheet]
    scales: Mapping[str, str] = field(default_factory=dict)
    ends: Array | None = None
    counted: Mapping[str, int | Sequence[int]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    glance: Mapping[str, Any] = field(default_factory=dict)
    check: Callable[[Mapping[str, Array]], Sequence[Check]] = field(default=lambda numbers: ())
    scores: Callable[[], pd.DataFrame] | None = None
    sources: tuple[Mapping[str, str], ...] = ()
    need: int = NEED
    names: tuple[str, ...] = ()
    infer: Callable[[Sample, str, Choice], tuple[Mapping[str, Array], Any, int, str]] | None = None


def measure(question: Measure, survey: Survey, *, by: str | Sequence[str] | None, choice: Choice) -> Result:
    """Estimate a measure from a survey, by domain, with its uncertainty.

    Raises
    ------
    DataError
        `all_missing_items`: nobody has a value in a column; those of `Survey.split` and `Survey.design`.
    EstimationError
        `groups_too_small`: no group is large enough; `replicates_failed`.
    OptionError
        An unknown inference or interval, an interval that the inference cannot give, `bad_n_boot`.

    """
    notes = [*survey.notes, *question.notes]
    sample = _sample(question, survey, by, notes)
    method, interval = _choose(question, choice, sample)
    if question.infer is None:
        numbers = estimates(sample, question.evaluate)
        store, failed = _infer(question, sample, numbers, method, interval, choice)
    else:
        numbers, store, failed, interval = question.infer(sample, method, choice)
    notes.append(_remark(sample.design, method))
    _note_gaps(sample, len(survey), notes)
    _note_lost(question, sample, numbers, notes)
    n_boot = choice.n_boot if method == "bootstrap" else 0
    used = int(sum(len(part.rows) for part in sample.parts))
    weight = np.concatenate([part.weight for part in sample.parts])
    glance = {"n": used, "n_eff": float(weight.sum() ** 2 / (weight @ weight)), "inference": method}
    glance |= {"interval": interval, "n_boot": n_boot, "n_failed": failed, **question.glance}
    tables = {name: partial(_table, question, sample, numbers, store, sheet) for name, sheet in question.sheets.items()}
    facts = {"data": survey.name, "n": len(survey)}
    return Result(
        title=replace(question.title, values={**facts, **question.title.values}),
        headline=next(iter(question.sheets)),
        notes=tuple(notes),
        _tables=tables,
        _glance=glance,
        _checks=lambda: (*_people(question, sample), *question.check(numbers), *_replicates(failed, n_boot)),
        _scores=question.scores,
        _sources=(*question.sources, CSI),
    )


def _sample(question: Measure, survey: Survey, by: str | Sequence[str] | None, notes: list[Note]) -> Sample:
    """Columns, design and domains; groups that are too small are named in a note."""
    design = survey.design()
    columns = question.columns
    used = np.ones(len(columns), dtype=bool) if design.weight is None else design.weight > 0
    empty = [k for k, column in enumerate(columns.T) if not (used & ~np.isnan(column)).any()]
    if empty:
        names = list(dict.fromkeys(question.names[i] if question.names else f"{i + 1}" for i in empty))
        raise DataError("all_missing_items", survey=survey.name, items=names, rows=int(used.sum()))
    if by is None:
        return Sample(columns, design)
    labels, codes = survey.split(by)
    rows = used & (codes >= 0)
    sizes = np.array([np.bincount(codes[rows & ~np.isnan(one)], minlength=len(labels)) for one in columns.T])
    least = sizes.min(axis=0).astype(int)
    large = np.flatnonzero(least >= question.need)
    small = [f"{labels[g]} ({least[g]})" for g in range(len(labels)) if least[g] < question.need]
    shown = by if isinstance(by, str) else ", ".join(by)
    if not len(large):
        raise EstimationError("groups_too_small", by=shown, need=question.need, groups=small or ["-"])
    if small:
        notes.append(note("groups_left_out", groups=small, need=question.need))
    lost = int((used & (codes < 0)).sum())
    if lost:
        notes.append(note("without_group", count=lost, by=shown))
    place = np.full(len(labels) + 1, -1)
    place[large] = np.arange(len(large))
    return Sample(columns, design, place[codes], tuple(labels[g] for g in large))


def _choose(question: Measure, choice: Choice, sample: Sample) -> tuple[str, str]:
    """Resolve the defaults and refuse what cannot be had."""
    choose("inference", choice.inference, (None, *INFERENCE))
    choose("interval", choice.interval, (None, *INTERVALS))
    bounded = _bounded(question)
    if choice.interval in ("score", "wilson") and not bounded:
        raise OptionError("score_needs_ends", function=question.function, interval=choice.interval)
    method = choice.inference or "linearised"
    usual = "score" if bounded and choice.interval != "t" else "t"
    if method == "none" or (method == "bootstrap" and choice.n_boot == 0):
        return "none", ""
    if method == "linearised":
        if choice.interval in ("bca", "percentile"):
            code = "percentile_needs_draws" if choice.interval == "percentile" else "bca_needs_plain"
            raise OptionError(code, inference=method)
        return method, usual
    check_n_boot(choice.n_boot)
    if choice.interval == "bca" and not sample.design.plain:
        raise OptionError("bca_needs_plain", inference=method)
    if choice.interval is None and sample.design.plain:
        return method, "bca"
    return method, choice.interval if choice.interval in ("bca", "percentile") else usual


def _infer(
    question: Measure, sample: Sample, numbers: Mapping[str, Array], method: str, interval: str, choice: Choice
) -> tuple[DrawStore | LinearStore | None, int]:
    """Store of uncertainties, and replicates that failed."""
    design = sample.design
    if method == "none":
        return None, 0
    bounds = replace(_bounds(question, sample, numbers, method), always=interval != "t")
    if method == "linearised":
        return replace(linearise(sample, question.evaluate), bounds=bounds), 0
    draws = {
        name: np.where(np.isfinite(values), values, np.nan)
        for name, values in resample(sample, question.evaluate, n_boot=choice.n_boot, seed=choice.seed).items()
    }
    failed = count_failed(draws, numbers, choice.n_boot)
    speeds = accelerations(sample, question.evaluate) if interval == "bca" else {}
    kind = "t" if interval == "score" else interval
    return DrawStore(draws, kind, float(design.df), speeds, bounds), failed


def count_failed(draws: Mapping[str, Array], numbers: Mapping[str, Array], n_boot: int) -> int:
    """Replicates in which a number that the sample has could not be computed; a group that fails fails alone.

    Raises
    ------
    EstimationError
        `replicates_failed`: more than half of the replicates of some number.

    """
    bad, most = np.zeros(n_boot, dtype=bool), 0
    for name, values in draws.items():
        missing = np.isnan(values[np.isfinite(numbers[name])])
        bad |= missing.any(axis=0)
        most = max(most, int(missing.sum(axis=1).max(initial=0)))
    if most > 0.5 * n_boot:
        raise EstimationError("replicates_failed", failed=most, n_boot=n_boot)
    return int(bad.sum())


def _remark(design: Design, method: str) -> Note:
    """What the reader must know of the errors."""
    facts = {"units": design.units, "strata": design.strata_count}
    if method == "none":
        return note("no_inference")
    raked = design.calibration is not None
    if method == "linearised":
        return note("raked_errors" if raked else "linearised_design", **facts)
    return note("bootstrap_raked" if raked else "bootstrap_design", **facts)


def _counted(question: Measure, name: str, count: int, columns: int) -> list[list[int]]:
    """For each number of a block the columns that count for its n."""
    which = question.counted.get(name)
    if which is None:
        return [list(range(columns))] * count
    return [[which]] * count if isinstance(which, int) else [[one] for one in which]


def _per_number(question: Measure, sample: Sample, values: Array, name: str, size: int) -> Array:
    """(G k,) the smallest value among the columns that count for each number."""
    which = _counted(question, name, size // len(values), values.shape[1])
    return np.array([row[columns].min() for row in values for columns in which])


def _bounded(question: Measure) -> bool:
    return any(scale in BOUNDED for scale in question.scales.values())


def _bounds(question: Measure, sample: Sample, numbers: Mapping[str, Array], method: str) -> BoundStore:
    """What score intervals need: respondents without limit in a census; normal quantiles for a simple random sample."""
    design = sample.design
    counts = {}
    if _bounded(question):
        with np.errstate(divide="ignore"):
            effective = sample.effective / (1 - design.sampled_fraction)
        counts = {name: _per_number(question, sample, effective, name, len(values)) for name, values in numbers.items()}
    simple = method == "linearised" and design.strata is None and design.cluster is None and design.units > 1
    ends = np.full((2, sample.columns.shape[1]), np.nan) if question.ends is None else question.ends
    return BoundStore(
        counts, RatingShares(sample, question.evaluate, ends), np.inf if design.equal else float(design.df),
        design.units / (design.units - 1) if simple else 1.0, design.calibration is not None,
    )  # fmt: skip


def _table(question: Measure, sample: Sample, numbers: Mapping[str, Array], store: Any, sheet: Sheet) -> Table:
    """One table; rows that cannot be computed are left out."""
    keys, places = stack(sheet.blocks, sample.groups)
    estimate = pick(numbers, places)
    blocks = {block.numbers for block in sheet.blocks}
    behind = {name: _per_number(question, sample, sample.counts, name, len(numbers[name])) for name in blocks}
    n = np.array([behind[name][i] for name, i in places], dtype=np.int64)
    known = np.isfinite(estimate)
    if not known.all():
        keys = [key for key, keep in zip(keys, known, strict=True) if keep]
        places = [place for place, keep in zip(places, known, strict=True) if keep]
        estimate, n = estimate[known], n[known]
    scale = np.array([SCALES[question.scales.get(name, "plain")] for name, _ in places], dtype=np.int8)
    uncertainty = Unknown(estimate) if store is None else store.uncertainty(estimate, places, scale)
    names = ("group", *sheet.keys) if sample.groups else sheet.keys
    values = list(zip(*keys, strict=True)) or [()] * len(names)
    return Table(dict(zip(names, values, strict=True)), uncertainty, n.tolist(), sheet.tested, sheet.decimals)


def _note_gaps(sample: Sample, n: int, notes: list[Note]) -> None:
    """Say it when numbers are taken over different respondents."""
    answered = sum(part.count for part in sample.parts)
    if answered.min() < n:
        notes.append(note("answered_only", least=int(answered.min()), most=int(answered.max()), n=n))


def _note_lost(question: Measure, sample: Sample, numbers: Mapping[str, Array], notes: list[Note]) -> None:
    """Name the groups some of whose numbers cannot be computed, so that tables lack their rows."""
    if not sample.groups:
        return
    shown = dict.fromkeys(block.numbers for sheet in question.sheets.values() for block in sheet.blocks)
    lost = np.zeros(len(sample.groups), dtype=int)
    for name in shown:
        lost += (~np.isfinite(numbers[name])).reshape(len(lost), -1).sum(axis=1)
    if lost.any():
        pairs = zip(sample.groups, lost, strict=True)
        notes.append(note("numbers_left_out", groups=[f"{label} ({count})" for label, count in pairs if count]))


def _people(question: Measure, sample: Sample) -> list[Check]:
    """Whether enough respondents stand behind the numbers of the headline, group by group, and none carries them."""
    sheet = next(iter(question.sheets.values()))
    width = sample.counts.shape[1]
    columns = sorted({
        one
        for block in sheet.blocks
        for one in _counted(question, block.numbers, len(block.rows) if block.size is None else block.size, width)
        for one in one
    })  # fmt: skip
    counts = sample.counts[
        :, columns
    ]  # a measure that needs nobody has numbers of parts of a group, which may be small
    sizes = counts.max(axis=1) if question.need == 0 else counts.min(axis=1)
    checks = [few_respondents(sizes.tolist(), sample.groups)]
    if sample.design.weight is not None:
        checks.append(dominant_weight([part.weight for part in sample.domains], sample.groups))
    return checks


def _replicates(failed: int, n_boot: int) -> list[Check]:
    if not n_boot:
        return []
    share = failed / n_boot
    facts = {"count": failed, "n_boot": n_boot}
    return [Check("replicates", share, f"<= {FAILED_SHARE}", share <= FAILED_SHARE, False, facts)]
