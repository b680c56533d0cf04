"""The sampling design as arrays: weights, strata, clusters and finite populations, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.errors import DataError, choose
from csi.inference.calibration import Calibration
from csi.sums import check_weights

Array = NDArray[np.float64]
LONELY = ("fail", "certainty", "adjust", "average")


@dataclass(frozen=True, eq=False)
class Design:
    """How the respondents were drawn.

    Attributes
    ----------
    n : number of respondents, those with weight 0 included
    weight : (n,) survey weights, or None for equal weights; only their ratios matter
    strata : (n,) stratum numbers, or None
    cluster : (n,) cluster numbers, or None; the same number in two strata means two clusters
    population : (n,) number of sampling units in the population of the respondent's stratum, or None for a population
        so large that it does not matter; the same for all respondents of a stratum
    lonely_psu : what a stratum with one sampling unit means: "fail" (refuse), "certainty" (it was not sampled but taken
        for sure and adds no variance), "adjust" (its distance from the mean of all units counts), "average" (it adds as
        much as the other strata do on average)
    calibration : what the weights were raked from and to, or None

    Raises
    ------
    DataError
        `missing_weights`, `negative_weights`, `zero_weights`; `wrong_shape` for arrays of another length;
        `missing_population`, `population_differs`, `population_small`.
    OptionError
        An unknown `lonely_psu`.

    Examples
    --------
    >>> from csi.inference.design import Design
    >>> design = Design(4, cluster=[0, 0, 1, 1])
    >>> design.units, design.df
    (2, 1)

    """

    n: int
    weight: Array | None = None
    strata: NDArray[np.int64] | None = None
    cluster: NDArray[np.int64] | None = None
    population: Array | None = None
    lonely_psu: str = "fail"
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        for name in ("weight", "strata", "cluster", "population"):
            values = getattr(self, name)
            if values is not None:
                kind = np.int64 if name in ("strata", "cluster") else float
                values = np.asarray(values, dtype=kind)
                if values.shape != (self.n,):
                    raise DataError("wrong_shape", what=name, shape=str(values.shape), expected=str((self.n,)))
                object.__setattr__(self, name, values)
        choose("lonely_psu", self.lonely_psu, LONELY)
        check_weights(self.weight)
        if self.population is not None:
            self._check_population()

    def _check_population(self) -> None:
        known = np.isfinite(self.population) & (self.population > 0)
        if not known.all():
            raise DataError("missing_population", count=int((~known).sum()))
        lowest = np.full(self.strata_count, np.inf)
        highest = np.zeros(self.strata_count)
        stratum = self.unit_stratum[self.unit]
        np.minimum.at(lowest, stratum, self.population)
        np.maximum.at(highest, stratum, self.population)
        if (lowest < highest).any():
            raise DataError("population_differs", count=int((lowest < highest).sum()))
        small = lowest < self.stratum_units
        if small.any():
            at = int(np.flatnonzero(small)[0])
            raise DataError(
                "population_small", count=int(small.sum()), population=lowest[at], units=int(self.stratum_units[at])
            )

    @property
    def plain(self) -> bool:
        """Whether there are neither strata nor clusters, finite populations nor raked weights."""
        return self.strata is None and self.cluster is None and self.population is None and self.calibration is None

    @property
    def equal(self) -> bool:
        """Whether it is a simple random sample: plain, every respondent with the same weight."""
        return self.plain and (self.weight is None or bool((self.weight == self.weight[:1]).all()))

    @cached_property
    def unit(self) -> NDArray[np.int64]:
        """(n,) number of the sampling unit of each respondent: the cluster within the stratum, or the respondent."""
        if self.cluster is None:
            return np.arange(self.n)
        cluster = _ranks(self.cluster)
        if self.strata is None:
            return cluster
        return _ranks(_ranks(self.strata) * (cluster.max(initial=0) + 1) + cluster)

    @cached_property
    def units(self) -> int:
        """Number of sampling units."""
        return int(self.unit.max()) + 1 if self.n else 0

    @property
    def piece(self) -> NDArray[np.int64]:
        """(n,) number of what a replicate gives one multiplier: the sampling unit; each respondent of raked weights."""
        return self.unit if self.calibration is None else np.arange(self.n)

    @property
    def pieces(self) -> int:
        """Number of pieces."""
        return self.units if self.calibration is None else self.n

    @cached_property
    def unit_stratum(self) -> NDArray[np.int64]:
        """(units,) number of the stratum of each sampling unit, 0 when there are no strata."""
        stratum = np.zeros(self.units, dtype=np.int64)
        if self.strata is not None:
            stratum[self.unit] = _ranks(self.strata)
        return stratum

    @cached_property
    def stratum_units(self) -> NDArray[np.int64]:
        """(strata,) number of sampling units in each stratum."""
        return np.bincount(self.unit_stratum)

    @property
    def strata_count(self) -> int:
        """Number of strata, 1 when there are none."""
        return len(self.stratum_units)

    @property
    def df(self) -> int:
        """Degrees of freedom of a variance: sampling units minus strata."""
        return self.units - (self.strata_count if self.units else 0)

    @cached_property
    def sampled_share(self) -> Array:
        """(strata,) share of the population's units that are in the sample; 0 without finite populations."""
        if self.population is None:
            return np.zeros(self.strata_count)
        population = np.zeros(self.strata_count)
        population[self.unit_stratum[self.unit]] = self.population
        return self.stratum_units / population

    @property
    def sampled_fraction(self) -> float:
        """Share of all units of the population that are in the sample; 0 without finite populations."""
        if self.population is None:
            return 0.0
        return float(self.units / (self.stratum_units / self.sampled_share).sum())

    @property
    def lonely(self) -> NDArray[np.bool_]:
        """(strata,) strata with one sampling unit that is not all there is of them."""
        return (self.stratum_units < 2) & (self.sampled_share < 1)

    def check_lonely(self) -> None:
        """Refuse a stratum with one sampling unit unless `lonely_psu` says what it means."""
        if self.lonely_psu == "fail" and self.lonely.any():
            raise DataError("lonely_unit", count=int(self.lonely.sum()), strata=self.strata_count)

    def covariance(self, values: Array) -> Array:
        """Linearised covariance (k, k) of estimates from influence values.

        Parameters
        ----------
        values : (k, pieces) influence of each sampling unit (of each respondent where weights are raked)

        Notes
        -----
        Sum over strata of (1 - f) m / (m - 1) times the scatter of the m units about their mean; raked weights first
        lose what the margins explain.
        """
        if self.calibration is not None:
            weight = np.ones(self.n) if self.weight is None else self.weight
            values = self.sum_units(self.calibration.residual(values, weight))
        return self.unit_covariance(values)

    def unit_covariance(self, values: Array) -> Array:
        """Linearised covariance (k, k) from the influence of each sampling unit (k, units), of raked weights too."""
        self.check_lonely()
        scale, centred, share = self.variance_rule()
        if self.strata_count == 1:
            mean = values.mean(axis=1, keepdims=True) * centred[0]
            moved = values - mean
            return moved @ moved.T * (scale[0] * share)
        means = self._by_stratum(values) / self.stratum_units * centred
        moved = (values - means[:, self.unit_stratum]) * np.sqrt(scale)[self.unit_stratum]
        return moved @ moved.T * share

    def variance_rule(self) -> tuple[Array, Array, float]:
        """How strata enter a variance: factor (strata,), whether units are centred (strata,), and a factor for all."""
        m = self.stratum_units
        with np.errstate(divide="ignore"):
            scale = np.where(m > 1, m / (m - 1), 1.0) * (1 - self.sampled_share)
        lonely = self.lonely
        centred = np.ones(len(m))
        share = 1.0
        if lonely.any():
            if self.lonely_psu == "adjust":
                centred = np.where(lonely, 0.0, 1.0)
            else:
                scale = np.where(lonely, 0.0, scale)
            if self.lonely_psu == "average":
                sampled = self.sampled_share < 1
                share = sampled.sum() / max((sampled & ~lonely).sum(), 1)
        return scale, centred, float(share)

    def sum_units(self, values: Array) -> Array:
        """(k, n) values of respondents added up to (k, units)."""
        if self.cluster is None:
            return values
        return np.stack([np.bincount(self.unit, weights=row, minlength=self.units) for row in values])

    def _by_stratum(self, values: Array) -> Array:
        """(k, units) added up to (k, strata)."""
        return np.stack([np.bincount(self.unit_stratum, weights=row, minlength=self.strata_count) for row in values])


def _ranks(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) place of each code among those that occur, in order; without sorting where the codes are small."""
    low, high = codes.min(initial=0), codes.max(initial=0)
    if high - low > 4 * len(codes):
        return np.unique(codes, return_inverse=True)[1]
    there = np.bincount(codes - low) > 0
    return (there.cumsum() - 1)[codes - low]
