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
from csi.errors import DataError, OptionError, choose
from csi.estimates import Unknown
from csi.estimation.engine import Estimator, Numbers, infer
from csi.estimation.standing import group_codes
from csi.inference.choice import Choice, check_n_boot
from csi.inference.design import Design
from csi.inference.intervals import CORRELATION, MEAN, SHARE, SQUARE
from csi.inference.means import Evaluate, Sample, accelerations, estimates, evaluate_all, linearise
from csi.inference.rating_shares import RatingShares
from csi.inference.stores import BoundStore, Store, pick
from csi.language import Note, note
from csi.references import reference
from csi.results import Block, Check, Result, Table, stack

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
INFERENCE = ("linearised", "bootstrap", "none")
INTERVALS = ("score", "wilson", "t", "bca", "percentile")
BOUNDED = ("share", "mean")
SCALES = {"plain": 0, "correlation": CORRELATION, "square": SQUARE, "share": SHARE, "mean": MEAN}
NEED = 2  # respondents a group must have

CSI = reference("csi")


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


@dataclass(frozen=True, eq=False)
class OfMeans(Estimator):
    """Numbers that are a function of the means of every domain, and of the whole sample.

    Attributes
    ----------
    sample : what means are taken of
    evaluate : takes both for b replicates; returns named arrays (k, b)
    """

    sample: Sample
    evaluate: Evaluate

    drawn = ("bootstrap",)

    @property
    def design(self) -> Design:
        """Of all respondents."""
        return self.sample.design

    def numbers(self) -> Numbers:
        """(k,) of the sample."""
        return estimates(self.sample, self.evaluate)

    def replicates(self, multipliers: Array) -> Numbers:
        """(k, b) from the means of b replicates."""
        return evaluate_all(self.evaluate, *self.sample.replicate_means(multipliers))

    def accelerations(self) -> Numbers:
        """(k,) from the influence of each respondent."""
        return accelerations(self.sample, self.evaluate)

    def linearised(self, method: str) -> tuple[Store, Note]:
        """The covariance of all numbers under the design."""
        return linearise(self.sample, self.evaluate), design_note(self.design)

    def remark(self) -> Note:
        """How replicates are drawn."""
        return design_note(self.design, "bootstrap_raked", "bootstrap_design")


def design_note(design: Design, raked: str = "raked_errors", other: str = "linearised_design") -> Note:
    """What the reader must know of the errors: linearised ones unless other notes are named."""
    facts = {"units": design.units, "strata": design.strata_count}
    return note(other if design.calibration is None else raked, **facts)


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
    estimator : for numbers that are no function of means: takes the sample; `evaluate` is then not used
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
    estimator: Callable[[Sample], Estimator] | None = None


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
    estimator = OfMeans(sample, question.evaluate) if question.estimator is None else question.estimator(sample)
    resolved = _choose(question, choice, sample.design, estimator.intervals)
    found = infer(estimator, resolved)
    numbers, store = found.numbers, found.store
    if question.estimator is None and store is not None:
        bounds = replace(_bounds(question, sample, numbers, found.method), always=found.interval != "t")
        store = replace(store, bounds=bounds)
    notes += found.notes
    _note_gaps(sample, len(survey), notes)
    _note_lost(question, sample, numbers, notes)
    used = int(sum(len(part.rows) for part in sample.parts))
    weight = np.concatenate([part.weight for part in sample.parts])
    glance = {"n": used, "n_eff": float(weight.sum() ** 2 / (weight @ weight)), "inference": found.method}
    glance |= {"interval": found.interval, "n_boot": found.n_boot, "n_failed": found.n_failed, **question.glance}
    tables = {name: partial(_table, question, sample, numbers, store, sheet) for name, sheet in question.sheets.items()}
    facts = {"data": survey.name, "n": len(survey)}
    return Result(
        title=replace(question.title, values={**facts, **question.title.values}),
        headline=next(iter(question.sheets)),
        notes=tuple(notes),
        _tables=tables,
        _glance=glance,
        _checks=lambda: (*_people(question, sample), *question.check(numbers), *found.checks()),
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
    groups, codes = group_codes(survey, used[:, None] & ~np.isnan(columns), by, question.need, notes)
    return Sample(columns, design, codes, groups)


def _choose(question: Measure, choice: Choice, design: Design, own: Mapping[str, str]) -> Choice:
    """Resolve the defaults and refuse what cannot be had; `own` names intervals that the estimator has."""
    choose("inference", choice.inference, (None, *INFERENCE))
    choose("interval", choice.interval, (None, *INTERVALS))
    bounded = _bounded(question)
    if choice.interval in ("score", "wilson") and not bounded:
        raise OptionError("score_needs_ends", function=question.function, interval=choice.interval)
    method = choice.inference or "linearised"
    if method == "none" or (method == "bootstrap" and choice.n_boot == 0):
        return replace(choice, inference="none", interval="")
    usual = "score" if bounded and choice.interval != "t" else "t"
    drawn = method == "bootstrap"
    if drawn:
        check_n_boot(choice.n_boot)
    if choice.interval in ("bca", "percentile"):
        kind = choice.interval_of(method, design.plain)
    elif method in own and (choice.interval is None or not drawn):
        kind = own[method]
    else:
        kind = "bca" if drawn and design.plain and choice.interval is None else usual
    return replace(choice, inference=method, interval=kind)


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
