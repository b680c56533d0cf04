"""Bands: scores between two limits that carry one name, such as excellent, good, fair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from csi.data.given import plain_numbers
from csi.errors import DataError, in_a_line


@dataclass(frozen=True, eq=False)
class Bands:
    """Bands in rising order, each from its lower limit up to, not including, the next; the last one includes its end.

    Attributes
    ----------
    names : (k,) from the worst to the best
    edges : (k + 1,) limits, rising
    """

    names: tuple[str, ...]
    edges: NDArray[np.float64]

    def place(self, values: ArrayLike) -> NDArray[np.int64]:
        """Number of the band of each value, -1 for NaN or outside all bands."""
        found = np.asarray(values, dtype=float)
        place = np.searchsorted(self.edges, found, side="right") - 1
        place = np.where(found == self.edges[-1], len(self.names) - 1, place)
        inside = (found >= self.edges[0]) & (found <= self.edges[-1])
        return np.where(inside, place, -1).astype(np.int64)


def check_bands(bands: Mapping[str, Sequence[float]]) -> Bands:
    """Bands without gaps and overlaps.

    Raises
    ------
    DataError
        `bands_empty`, `band_limits`, `bands_gap`, `bands_overlap`, each with the bands concerned.

    """
    if not isinstance(bands, Mapping) or not bands:
        raise DataError("bands_empty")
    limits: list[tuple[float, float, str]] = []
    for name, ends in bands.items():
        try:
            pair = [float(end) for end in ends]
        except (TypeError, ValueError):
            raise DataError("band_limits", band=name, limits=in_a_line(ends)) from None
        if len(pair) != 2 or not np.isfinite(pair).all() or not pair[0] < pair[1]:
            raise DataError("band_limits", band=name, limits=", ".join(f"{end:g}" for end in pair))
        limits.append((pair[0], pair[1], str(name)))
    limits.sort()
    for (_, high, below), (low, _, above) in pairwise(limits):
        if low != high:
            code = "bands_gap" if low > high else "bands_overlap"
            raise DataError(code, below=below, above=above, low=min(low, high), high=max(low, high))
    edges = np.array([low for low, _, _ in limits] + [limits[-1][1]])
    return Bands(tuple(name for _, _, name in limits), edges)


def classify_bands(values: ArrayLike, bands: Mapping[str, Sequence[float]]) -> list[str | None]:
    """Classify scores by a table of bands; gives the name of each score's band.

    Use it to put words on scores. A score near a limit may well lie on its other side: look at its interval.

    Parameters
    ----------
    values : (k,) scores, in the unit of the limits
    bands : name to (lower limit, upper limit); neighbours share a limit, which belongs to the upper band

    Returns
    -------
    list of k names
        None for NaN or a score outside all bands.

    Raises
    ------
    DataError
        `bands_gap`, `bands_overlap`, `band_limits`, `bands_empty`, `values_not_numbers`.

    Notes
    -----
    Half-open bands [lower, upper); the highest one includes its upper limit. In R: cut(x, edges, right = FALSE,
    include.lowest = TRUE).

    Examples
    --------
    >>> import csi
    >>> csi.classify_bands([59.9, 60, 100], {"weak": (0, 60), "fair": (60, 75), "strong": (75, 100)})
    ['weak', 'fair', 'strong']

    """
    table = check_bands(bands)
    return [
        table.names[i] if i >= 0 else None for i in table.place(np.atleast_1d(plain_numbers(values, "classify_bands")))
    ]
