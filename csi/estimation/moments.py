"""Estimates that follow from the moments of items: PLS, reliability, factors, importances."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.errors import EstimationError, OptionError
from csi.estimation.engine import Estimator, Measured, Numbers, infer, stacked
from csi.estimation.item_moments import ItemData
from csi.estimation.parts import Groups, covariances_of_rows, numbers_of
from csi.inference.bootstrap import Batch, Resampler, Rows
from csi.inference.choice import Choice
from csi.inference.design import Design
from csi.inference.influence import Influence, covariance_from_fourth, influence
from csi.inference.jackknife import leave_one_out
from csi.inference.normal import draw_moments
from csi.inference.stores import LazyStore, LinearStore, Store
from csi.language import Note, note
from csi.moments import Moments

Array = NDArray[np.float64]
MANY = 5000  # numbers above which a linearised covariance is made table by table


@dataclass(frozen=True, eq=False)
class OfMoments(Estimator):
    """Numbers of every domain that are a function of its moments, and of what all rows together give.

    Attributes
    ----------
    domains, together : moments of the sample, one replicate each
    n_eff : effective number of respondents
    make_rows : gives the rows of each domain, those of none last
    design : of the rows; None for Moments
    moments : the Moments that were given; None for rows
    """

    domains: list[Batch]
    together: Batch
    n_eff: float
    make_rows: Callable[[], list[Rows]]
    design: Design | None
    moments: Moments | None

    def of_domain(self, g: int, batch: Batch, common: Array | None) -> Numbers:
        """(k, b) of one domain."""
        raise NotImplementedError

    def common(self, together: Batch) -> Array | None:
        """(q, b) what the numbers of every domain take from all rows together; None for nothing."""
        return None

    def finer(self) -> OfMoments:
        """The same to the precision that derivatives need."""
        return self

    def evaluate(self, domains: Iterable[Batch], together: Batch) -> Numbers:
        """(k, b), domains one after the other."""
        common, count = self.common(together), range(len(self.domains))
        return stacked([self.of_domain(g, batch, common) for g, batch in zip(count, domains, strict=False)])

    @cached_property
    def _rows(self) -> list[Rows]:
        if self.design is None:
            raise OptionError("needs_rows", inference="bootstrap")
        return self.make_rows()

    @cached_property
    def _resampler(self) -> Resampler:
        return Resampler(self._rows)

    @cached_property
    def _influence(self) -> Influence:
        return influence(self._rows, self.design, self.finer(), len(self.domains))

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
        return self._influence.accelerations()

    def linearised(self, method: str) -> tuple[Store, Note]:
        """The covariance of all numbers by their influence, from rows or from moments with fourth-order sums."""
        if self.moments is not None:
            fourth, moments, fine = self.moments.fourth, self.moments, self.finer()
            cov = covariance_from_fourth(
                fourth, moments.mean, moments.cov, moments.n, moments.sum_w, lambda one: fine.evaluate([one], one)
            )
            sizes = {name: len(values) for name, values in self.numbers().items()}
            store = LinearStore(np.nan_to_num(cov), sizes, float(fourth.units - 1))
            return store, note("linearised", units=fourth.units)
        self.design.check_lonely()
        found, df = self._influence, float(self.design.df)
        if sum(found.sizes.values()) > MANY:
            store = LazyStore(found.covariance, found.sizes, df)
        else:
            store = LinearStore(np.nan_to_num(found.covariance()), found.sizes, df)
        return store, note("linearised", units=self.design.units)

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

    data: ItemData
    groups: Groups

    def of_domain(self, g: int, batch: Batch, common: None) -> Numbers:
        """(k, b) of one group."""
        return numbers_of(self.groups[g], batch)

    def linearised(self, method: str) -> tuple[Store, Note]:
        """As for all moments, but block by block where the rows are complete."""
        if self.moments is not None or self.data.missing != "listwise":
            return super().linearised(method)
        self.design.check_lonely()
        sizes = {name: len(values) for name, values in self.numbers().items()}
        covariance = covariances_of_rows(self.data, self.groups, sizes)
        store = LazyStore(covariance, sizes, float(self.design.df))
        return store, note("linearised", units=self.design.units)


def of_items(data: ItemData, groups: Groups) -> OfItems:
    """The estimator of some numbers of prepared items."""
    return OfItems(
        data.domains, data.domains[0], data.n_eff, data.rows, data.design, data.moments, data=data, groups=groups
    )


def measure(data: ItemData, groups: Groups, choice: Choice) -> Measured:
    """The numbers of every group and the uncertainty that was chosen.

    Parameters
    ----------
    data : what was prepared
    groups : the parts of each group, which between them name every number once
    choice : resolved
    """
    return infer(of_items(data, groups), choice)
