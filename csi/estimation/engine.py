"""One way to learn how sure estimates are, whatever they are made of.

An `Estimator` says its numbers, and how they move; `infer` does the rest: linearised errors, bootstrap, draws under the
normal distribution, BCa's acceleration, failed replicates, notes and checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from csi.errors import EstimationError
from csi.estimates import Unknown
from csi.inference.bootstrap import collect, draw, keep_memory
from csi.inference.choice import LEAST_N_BOOT, Choice
from csi.inference.design import Design
from csi.inference.intervals import acceleration
from csi.inference.progress import report
from csi.inference.stores import DrawStore, Store, pick
from csi.language import Note, note
from csi.results import Block, Check, Table, stack

Array = NDArray[np.float64]
Numbers = dict[str, Array]
JACKKNIFE_UP_TO = 1000  # sampling units; above, acceleration comes from the influence function
FAILED_SHARE = 0.05


class Estimator:
    """What is estimated, as the engine sees it: named numbers, and how they move.

    A new kind of estimate says `numbers` and `replicates`, and `linearised` where its influence is known. The others
    are for estimates that leave out a unit without counting anew, follow from moments, or can be inadmissible.

    Attributes
    ----------
    design : of the respondents; None for Moments
    drawn : inferences that make replicates; all others come from `linearised`
    intervals : inference to the interval it has where none is asked for, if not the usual one
    """

    design: Design | None
    drawn = ("bootstrap", "normal")
    intervals: Mapping[str, str] = MappingProxyType({})

    def numbers(self) -> Numbers:
        """(k,) of the sample, by name."""
        raise NotImplementedError

    def replicates(self, multipliers: Array) -> Numbers:
        """(k, b) with the sampling units taken as often as multipliers (pieces, b) say."""
        raise NotImplementedError

    def linearised(self, method: str) -> tuple[Store, Note]:
        """What knows the errors from influence, and the note that says so; `method` may be a robust one."""
        raise NotImplementedError

    def accelerations(self) -> Numbers:
        """(k,) for BCa, from the influence of each unit."""
        raise NotImplementedError

    def normal(self, n_boot: int, seed: int) -> tuple[Iterable[tuple[int, Numbers]], float, Note]:
        """Draws (k, b) under the normal distribution with the number of the first, degrees of freedom, and the note."""
        raise NotImplementedError

    def held_out(self) -> Numbers | None:
        """(k, units) without each sampling unit in turn; None where only the influence function is quick."""
        return None

    def inadmissible(self, draws: Mapping[str, Array]) -> NDArray[np.bool_]:
        """(B,) replicates whose numbers can be computed and are no possible estimates."""
        return np.zeros(0, dtype=bool)

    def remark(self) -> Note:
        """The note that says how replicates are drawn."""
        kind = "plain" if self.design.plain else "complex"
        return note("trust_bootstrap_" + kind, units=self.design.units, strata=self.design.strata_count)


class Grouped(Protocol):
    """Whose groups and respondents stand in a table."""

    groups: tuple[str, ...]
    n: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Measured:
    """Numbers per group with their uncertainty.

    Attributes
    ----------
    numbers : name to (groups x k,) estimates
    method, interval : resolved; interval "" without inference
    store : of uncertainties, None without inference
    n_boot, n_failed, n_outside : replicates made; in which something could not be computed; that are inadmissible
    notes : what the reader must know
    """

    numbers: Mapping[str, Array]
    method: str
    interval: str
    store: Store | None
    n_boot: int = 0
    n_failed: int = 0
    n_outside: int = 0
    notes: tuple[Note, ...] = ()

    def table(
        self,
        data: Grouped,
        columns: tuple[str, ...],
        blocks: Sequence[Block],
        *,
        scales: dict[str, int] | None = None,
        tested: bool = False,
        decimals: int = 3,
    ) -> Table:
        """One table from blocks of numbers; rows that cannot be computed are left out.

        Parameters
        ----------
        data : whose groups and respondents stand in the table
        columns : names of the keys
        blocks : the rows of one group
        scales : per block the scale of t intervals, 1 for Fisher's z
        tested : whether 0 is a hypothesis worth a p-value
        decimals : digits a person sees
        """
        keys, places = stack(blocks, data.groups)
        n = np.repeat(data.n, len(keys) // len(data.n))
        estimate = pick(self.numbers, places) if places else np.zeros(0)
        known = np.flatnonzero(np.isfinite(estimate))
        keys, places = [keys[i] for i in known], [places[i] for i in known]
        scale = np.array([(scales or {}).get(name, 0) for name, _ in places], dtype=np.int8)
        estimate = estimate[known]
        no_store = self.store is None or not places
        uncertainty = Unknown(estimate) if no_store else self.store.uncertainty(estimate, places, scale)
        names = ("group", *columns) if data.groups else columns
        values = list(zip(*keys, strict=True)) or [()] * len(names)
        return Table(dict(zip(names, values, strict=True)), uncertainty, n[known].tolist(), tested, decimals)

    def checks(self) -> list[Check]:
        """Whether too many replicates failed."""
        return replicate_checks(self.n_failed, self.n_boot)


def infer(estimator: Estimator, choice: Choice) -> Measured:
    """The numbers of an estimator with the uncertainty that was chosen.

    Parameters
    ----------
    estimator : what is estimated
    choice : resolved, see `Choice.resolve`

    Raises
    ------
    EstimationError
        `replicates_failed`, `too_few_normal`, `not_definite_normal`.
    """
    numbers, method, n_boot = estimator.numbers(), choice.inference, choice.n_boot
    if method == "none":
        return Measured(numbers, "none", "", None, notes=(note("no_inference"),))
    if method not in estimator.drawn:
        store, remark = estimator.linearised(method)
        return Measured(numbers, method, choice.interval, store, notes=(remark,))
    speeds: Numbers = {}
    if method == "normal":
        batches, df, remark = estimator.normal(n_boot, choice.seed)
    else:
        batches, df, remark = _resampled(estimator, choice), float(estimator.design.df), estimator.remark()
    draws = collect(batch for _, batch in report(batches, n_boot))
    if choice.interval == "bca":
        speeds = _accelerations(estimator)
    failed = failures(draws, numbers)
    notes = (remark,)
    if failed:
        notes = (*notes, note("failed_replicates", failed=failed, n_boot=n_boot))
    outside = int(np.count_nonzero(estimator.inadmissible(draws)))
    if outside:
        notes = (*notes, note("inadmissible_replicates", count=outside, n_boot=n_boot))
    kind = "t" if choice.interval == "score" else choice.interval  # the store is told what bounds the numbers have
    store = DrawStore(draws, kind, df, speeds)
    return Measured(numbers, method, choice.interval, store, n_boot, failed, outside, notes)


def _resampled(estimator: Estimator, choice: Choice) -> Iterable[tuple[int, Numbers]]:
    keep_memory()
    for start, multipliers in draw(estimator.design, choice.n_boot, choice.seed):
        yield start, estimator.replicates(multipliers)


def _accelerations(estimator: Estimator) -> Numbers:
    held_out = estimator.held_out() if estimator.design.units <= JACKKNIFE_UP_TO else None
    if held_out is None:
        return estimator.accelerations()
    return {name: acceleration(values) for name, values in held_out.items()}


def failures(draws: Numbers, numbers: Mapping[str, Array]) -> int:
    """Replicates in which a number that the sample has could not be computed.

    A number fails alone: it is NaN where it cannot be computed (what is infinite becomes NaN here), and its errors come
    from the replicates that have it.

    Parameters
    ----------
    draws : name to (k, B)
    numbers : name to (k,) of the sample

    Raises
    ------
    EstimationError
        `replicates_failed`: fewer than 20 replicates, or fewer than half of them, have any of the numbers.
    """
    n_boot = next(iter(draws.values())).shape[1]
    some, every = np.zeros(n_boot, dtype=bool), np.ones(n_boot, dtype=bool)
    for name, values in draws.items():
        if not np.isfinite(values.sum()):
            draws[name] = values = np.where(np.isinf(values), np.nan, values)
        missing = np.isnan(values[np.isfinite(numbers[name])])
        some |= missing.any(axis=0)
        every &= missing.all(axis=0)
    lost = int(every.sum())
    if n_boot - lost < max(LEAST_N_BOOT, n_boot / 2):
        raise EstimationError("replicates_failed", failed=lost, n_boot=n_boot)
    return int(some.sum())


def replicate_checks(failed: int, n_boot: int, name: str = "replicates") -> list[Check]:
    """Whether too many replicates failed; nothing where none were made."""
    if not n_boot:
        return []
    share = failed / n_boot
    facts = {"count": failed, "n_boot": n_boot}
    return [Check(name, share, f"<= {FAILED_SHARE}", share <= FAILED_SHARE, False, facts)]


def stacked(domains: Sequence[Callable[[], Numbers] | Numbers]) -> Numbers:
    """The numbers of all domains, one under the other."""
    found = [one() if callable(one) else one for one in domains]
    if len(found) == 1:
        return found[0]
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}
