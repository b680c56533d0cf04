"""The sampling design as arrays: weights, strata and clusters, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.errors import DataError
from csi.sums import check_weights


@dataclass(frozen=True, eq=False)
class Design:
    """How the respondents were drawn.

    Attributes
    ----------
    n : number of respondents, those with weight 0 included
    weight : (n,) survey weights, or None for equal weights; only their ratios matter
    strata : (n,) stratum numbers, or None
    cluster : (n,) cluster numbers, or None; the same number in two strata means two clusters

    Raises
    ------
    DataError
        `missing_weights`, `negative_weights`, `zero_weights`; `wrong_shape` for arrays of another length.

    Examples
    --------
    >>> from csi.inference.design import Design
    >>> design = Design(4, cluster=[0, 0, 1, 1])
    >>> design.units, design.df
    (2, 1)

    """

    n: int
    weight: NDArray[np.float64] | None = None
    strata: NDArray[np.int64] | None = None
    cluster: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        for name in ("weight", "strata", "cluster"):
            values = getattr(self, name)
            if values is not None:
                values = np.asarray(values, dtype=float if name == "weight" else np.int64)
                if values.shape != (self.n,):
                    raise DataError("wrong_shape", what=name, shape=str(values.shape), expected=str((self.n,)))
                object.__setattr__(self, name, values)
        check_weights(self.weight)

    @property
    def plain(self) -> bool:
        """Whether there are neither strata nor clusters."""
        return self.strata is None and self.cluster is None

    @cached_property
    def unit(self) -> NDArray[np.int64]:
        """(n,) number of the sampling unit of each respondent: the cluster within the stratum, or the respondent."""
        if self.cluster is None:
            return np.arange(self.n)
        if self.strata is None:
            return np.unique(self.cluster, return_inverse=True)[1]
        both = np.stack([self.strata, self.cluster], axis=1)
        return np.unique(both, axis=0, return_inverse=True)[1].reshape(-1)

    @cached_property
    def units(self) -> int:
        """Number of sampling units."""
        return int(self.unit.max()) + 1 if self.n else 0

    @cached_property
    def unit_stratum(self) -> NDArray[np.int64]:
        """(units,) number of the stratum of each sampling unit, 0 when there are no strata."""
        stratum = np.zeros(self.units, dtype=np.int64)
        if self.strata is not None:
            stratum[self.unit] = np.unique(self.strata, return_inverse=True)[1]
        return stratum

    @property
    def df(self) -> int:
        """Degrees of freedom of a variance: sampling units minus strata."""
        return self.units - (int(self.unit_stratum.max()) + 1 if self.units else 0)

    def check_lonely(self) -> None:
        """Refuse a stratum with one sampling unit: it says nothing about the variance within the stratum."""
        sizes = np.bincount(self.unit_stratum)
        if (sizes < 2).any():
            raise DataError("lonely_unit", count=int((sizes < 2).sum()), strata=len(sizes))
