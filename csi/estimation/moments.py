"""Estimates that follow from the moments of items: PLS, reliability, factors, importances."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.errors import EstimationError, OptionError
from csi.estimation.engine import Estimator, Measured, Numbers, infer
from csi.estimation.item_moments import ItemData
from csi.estimation.parts import Groups, covariances_of_rows, joined
from csi.inference.bootstrap import Batch, Resampler, Rows
from csi.inference.choice import Choice
from csi.inference.design import Design
from csi.inference.influence import covariance_from_fourth, influence
from csi.inference.jackknife import leave_one_out
from csi.inference.normal import draw_moments
from csi.inference.stores import LazyStore, LinearStore, Store
from csi.language import Note, note
from csi.moments import Moments

Array = NDArray[np.float64]
Evaluate = Callable[[list[Batch], Batch], Numbers]


@dataclass(frozen=True, eq=False)
class OfMoments(Estimator):
    """Numbers that are a function of the moments of every domain, and of all rows together.

    Attributes
    ----------
    domains, together : moments of the sample, one replicate each
    evaluate : takes both for b replicates; returns named arrays (k, b)
    n_eff : effective number of respondents
    make_rows : gives the rows of each domain, those of none last
    design : of the rows; None for Moments
    moments : the Moments that were given; None for rows
    fine : `evaluate` to the precision that derivatives need
    """

    domains: list[Batch]
    together: Batch
    evaluate: Evaluate
    n_eff: float
    make_rows: Callable[[], list[Rows]]
    design: Design | None
    moments: Moments | None
    fine: Evaluate | None = None

    @cached_property
    def _rows(self) -> list[Rows]:
        if self.design is None:
            raise OptionError("needs_rows", inference="bootstrap")
        return self.make_rows()

    @cached_property
    def _resampler(self) -> Resampler:
        return Resampler(self._rows)

    def _fine(self, domains: list[Batch], together: Batch) -> Numbers:
        return (self.fine or self.evaluate)(domains, together)

    def numbers(self) -> Numbers:
        """(k,) of the sample."""
        return {name: values[:, 0] for name, values in self.evaluate(self.domains, self.together).items()}

    def replicates(self, multipliers: Array) -> Numbers:
        """(k, b) from the moments of b replicates."""
        return self.evaluate(*self._resampler.batches(multipliers))

    def held_out(self) -> Numbers:
        """(k, units) without each sampling unit in turn."""
        return leave_one_out(self._rows, self.design, self.evaluate)

    def accelerations(self) -> Numbers:
        """(k,) from the influence of each unit."""
        return influence(self._rows, self.design, self._fine).accelerations()

    def linearised(self, method: str) -> tuple[Store, Note]:
        """The covariance of all numbers by their influence, from rows or from moments with fourth-order sums."""
        if self.moments is not None:
            fourth, moments = self.moments.fourth, self.moments
            cov = covariance_from_fourth(
                fourth, moments.mean, moments.cov, moments.n, moments.sum_w, lambda batch: self._fine([batch], batch)
            )
            df, units = float(fourth.units - 1), fourth.units
        else:
            self.design.check_lonely()
            cov = influence(self._rows, self.design, self._fine).covariance()
            df, units = float(self.design.df), self.design.units
        sizes = {name: len(values) for name, values in self.numbers().items()}
        return LinearStore(np.nan_to_num(cov), sizes, df), note("linearised", units=units)

    def normal(self, n_boot: int, seed: int) -> tuple[Iterable[tuple[int, Numbers]], float, Note]:
        """Draws of the moments under the normal distribution, through the same numbers."""
        batch, n = self.together, self.n_eff
        if self.moments is not None and self.moments.pairs is not None:
            n = float(self.moments.pairs.n.min()) * self.moments.n_eff / self.moments.n
        if n - 1 < len(batch.mean):
            raise EstimationError("too_few_normal", n=round(n, 1), need=len(batch.mean) + 1)
        if np.linalg.eigvalsh(batch.correlation[:, :, 0])[0] <= 1e-12:
            raise EstimationError("not_definite_normal")
        moved = draw_moments(batch.mean[:, 0], batch.cov[:, :, 0], n, n_boot, seed)
        draws = ((start, self.evaluate([part], part)) for start, part in moved)
        return draws, n - 1, note("normal_theory", n=round(n, 1), draws=n_boot)


@dataclass(frozen=True, eq=False)
class OfItems(OfMoments):
    """Numbers of the items of every group; from complete rows errors are made when a table asks for them.

    Attributes
    ----------
    data : what was prepared
    groups : the parts of each group, which between them name every number once
    """

    data: ItemData | None = None
    groups: Groups = ()

    def linearised(self, method: str) -> tuple[Store, Note]:
        """As for all moments, but block by block where the rows are complete."""
        if self.moments is not None or self.data.missing != "listwise":
            return super().linearised(method)
        self.design.check_lonely()
        sizes = {name: len(values) for name, values in self.numbers().items()}
        covariance = covariances_of_rows(self.data, self.groups, sizes)
        store = LazyStore(covariance, sizes, float(self.design.df))
        return store, note("linearised", units=self.design.units)


def measure(data: ItemData, groups: Groups, choice: Choice) -> Measured:
    """The numbers of every group and the uncertainty that was chosen.

    Parameters
    ----------
    data : what was prepared
    groups : the parts of each group, which between them name every number once
    choice : resolved
    """
    estimator = OfItems(
        data.domains, data.domains[0], joined(groups), data.n_eff, data.rows, data.design, data.moments, None, data,
        groups,
    )  # fmt: skip
    return infer(estimator, choice)
