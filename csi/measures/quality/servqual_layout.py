"""What SERVQUAL is told: which answers are pairs, which dimension each belongs to, and what the dimensions weigh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.errors import DataError, OptionError
from csi.language import Note, note
from csi.measures.quality.pairs import Items, check_items, check_keys, check_scales, pair_items

Array = NDArray[np.float64]
TOTAL = 100.0  # importance points a respondent shares out


@dataclass(frozen=True)
class Layout:
    """Names of the pairs, their items, and which dimension each belongs to."""

    names: tuple[str, ...]
    expectations: tuple[str, ...]
    perceptions: tuple[str, ...]
    dimensions: tuple[str, ...]
    owner: tuple[int, ...]

    @property
    def members(self) -> Array:
        """(D, K) 1 where the pair belongs to the dimension."""
        return (np.arange(len(self.dimensions))[:, None] == np.array(self.owner)).astype(float)

    def at(self, dimension: int) -> list[int]:
        """Numbers of the pairs of a dimension."""
        return [k for k, own in enumerate(self.owner) if own == dimension]

    def complete(self, e: Array, p: Array) -> NDArray[np.bool_]:
        """(D,) whether two respondents or more answered everything of the dimension."""
        both = np.isfinite(e) & np.isfinite(p)
        return np.array([both[:, self.at(d)].all(axis=1).sum() > 1 for d in range(len(self.dimensions))])


def layout_of(
    survey: Survey, function: str, expectations: Items, perceptions: Items,
    dimensions: Mapping[str, Sequence[str]] | None,
) -> Layout:  # fmt: skip
    """Pairs and dimensions as given, or by the codebook's constructs, checked."""
    names, first, second = pair_items(survey, function, "expectations", "perceptions", expectations, perceptions)
    check_scales(survey, function, first, second)
    if dimensions is None:
        of = [survey.codebook.items[item].construct for item in second]
        lacking = [name for name, one in zip(names, of, strict=True) if one is None]
        if lacking:
            raise DataError("no_dimension", items=lacking, survey=survey.name)
        found = tuple(dict.fromkeys(str(one) for one in of))
        return Layout(names, first, second, found, tuple(found.index(str(one)) for one in of))
    parts = [[part] if isinstance(part, str) else list(part) for part in dimensions.values()]
    listed = [name for part in parts for name in part]
    again = sorted({name for name in listed if listed.count(name) > 1})
    if again:
        raise DataError("items_given_twice", function=function, items=again)
    check_keys("dimensions", listed, names)
    found = tuple(dimensions)
    place = {name: d for d, part in enumerate(parts) for name in part}
    return Layout(names, first, second, found, tuple(place[name] for name in names))


@dataclass(frozen=True, eq=False)
class Points:
    """Importance points: columns (n, D) of shares, or constants (D,); None for none."""

    columns: Array | None
    constant: Array | None
    notes: tuple[Note, ...] = ()


def points_of(survey: Survey, function: str, dimensions: Sequence[str], points: Mapping[str, Any] | None) -> Points:
    """Importance points of the dimensions, checked against their total."""
    if points is None:
        return Points(None, None)
    check_keys("points", points, dimensions)
    values = [points[d] for d in dimensions]
    words = [isinstance(value, str) for value in values]
    if any(words) and not all(words):
        raise OptionError("points_mixed", function=function)
    if not any(words):
        constant = np.array(values, dtype=float)
        if not (np.isfinite(constant).all() and (constant >= 0).all()) or abs(constant.sum() - TOTAL) > 0.01:
            raise OptionError(
                "points_sum", total=float(constant.sum()), expected=f"{TOTAL:g}", values=[f"{v:g}" for v in constant]
            )
        return Points(None, constant / TOTAL, (note("points_constant"),))
    columns = survey.matrix(check_items(survey, function, values))
    answered = np.isfinite(columns).all(axis=1)
    with np.errstate(invalid="ignore"):
        good = answered & (np.abs(columns.sum(axis=1) - TOTAL) <= 0.01) & (columns >= 0).all(axis=1)
    if not good.any():
        raise DataError(
            "points_nobody", survey=survey.name, items=values, expected=f"{TOTAL:g}", answered=int(answered.sum())
        )
    shares = np.where(good[:, None], columns / TOTAL, np.nan)
    odd = int((answered & ~good).sum())
    remarks = (note("points_not_total", count=odd, expected=f"{TOTAL:g}"),) if odd else ()
    return Points(shares, None, remarks)
