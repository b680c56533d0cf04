"""What a rating can be: the ends of a scale, its points and the words printed at them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from csi.errors import DataError, in_a_line
from csi.views import public_names

_HAN = re.compile(r"[\u3400-\u9fff]")


class FrozenMapping(dict):
    """A dict that cannot be changed, so that a codebook stays what it was when the file was read."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a codebook cannot be changed; make a new one with dataclasses.replace")

    __setitem__ = __delitem__ = __ior__ = _refuse  # type: ignore[assignment]
    clear = pop = popitem = setdefault = update = _refuse  # type: ignore[assignment]

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenMapping, (dict(self),)


def frozen(value: Any) -> Any:
    """Mappings as `FrozenMapping`, lists as tuples, all the way down."""
    if isinstance(value, Mapping):
        return FrozenMapping({key: frozen(part) for key, part in value.items()})
    if isinstance(value, list | tuple):
        return tuple(frozen(part) for part in value)
    return value


def bilingual(text: Mapping[str, str] | str) -> FrozenMapping:
    """`{"en": ..., "zh": ...}`; a plain string is filed under the language it is written in."""
    if isinstance(text, str):
        text = {"zh" if _HAN.search(text) else "en": text} if text else {}
    return frozen(text)


@dataclass(frozen=True)
class Scale:
    """The scale of a rating.

    Attributes
    ----------
    lo, hi : ends of the scale, in the unit of the rating; they come from the questionnaire, never from the answers
    labels : rating -> wording `{"en": ..., "zh": ...}`; ends or all points
    step : distance of neighbouring points; 0 allows every number between the ends

    Raises
    ------
    DataError
        `scale_ends`, `scale_step`, `scale_label_outside`, `scale_label_twice`.

    Examples
    --------
    >>> from csi.data.scales import Scale
    >>> scale = Scale(1, 5, labels={1: "very poor", 5: {"en": "excellent", "zh": "非常好"}})
    >>> str(scale), scale.points.tolist(), scale.contains([0, 3, 3.5]).tolist(), scale.reverse([1, 4]).tolist()
    ('1-5', [1.0, 2.0, 3.0, 4.0, 5.0], [False, True, False], [5.0, 2.0])

    """

    lo: float
    hi: float
    labels: Mapping[float, Mapping[str, str]] = field(default_factory=FrozenMapping)
    step: float = 1.0

    __dir__ = public_names

    def __post_init__(self) -> None:
        try:
            lo, hi, step = float(self.lo), float(self.hi), float(self.step)
        except (TypeError, ValueError):
            raise DataError("scale_ends", lo=in_a_line(self.lo), hi=in_a_line(self.hi)) from None
        if not (math.isfinite(lo) and math.isfinite(hi) and lo < hi):
            raise DataError("scale_ends", lo=brief(lo), hi=brief(hi))
        if not (math.isfinite(step) and 0 <= step <= hi - lo) or (step and not _whole((hi - lo) / step)):
            raise DataError("scale_step", step=brief(step), scale=_span(lo, hi))
        for name, value in (("lo", lo), ("hi", hi), ("step", step)):
            object.__setattr__(self, name, value)
        labels = {float(point): bilingual(text) for point, text in self.labels.items()}
        object.__setattr__(self, "labels", FrozenMapping(labels))
        outside = [brief(point) for point in labels if not self.contains(point)]
        if outside:
            raise DataError("scale_label_outside", points=outside, scale=str(self))
        self._check_wording()

    def _check_wording(self) -> None:
        seen: dict[str, float] = {}
        for point, text in self.labels.items():
            for wording in text.values():
                read_as = unicodedata.normalize("NFKC", wording).strip().casefold()  # as answers in words are read
                if seen.setdefault(read_as, point) != point:
                    raise DataError("scale_label_twice", label=wording, points=[brief(seen[read_as]), brief(point)])

    def __str__(self) -> str:
        """Return the ends, such as 1-10."""
        return _span(self.lo, self.hi)

    @property
    def points(self) -> NDArray[np.float64]:
        """(k,) all ratings the scale has, from `lo` to `hi`; empty when `step` is 0."""
        if not self.step:
            return np.empty(0)
        return np.linspace(self.lo, self.hi, round((self.hi - self.lo) / self.step) + 1)

    def inside(self, values: ArrayLike) -> NDArray[np.bool_]:
        """Whether each value lies between the ends; False for NaN."""
        values = np.asarray(values, dtype=float)
        return (values >= self.lo) & (values <= self.hi)

    def contains(self, values: ArrayLike) -> NDArray[np.bool_]:
        """Whether each value is a point of the scale; False for NaN."""
        values = np.asarray(values, dtype=float)
        inside = self.inside(values)
        if not self.step:
            return inside
        steps = np.where(inside, (values - self.lo) / self.step, 0.0)
        return inside & (np.abs(steps - np.round(steps)) < 1e-9)

    def reverse(self, values: ArrayLike) -> NDArray[np.float64]:
        """Ratings counted from the other end: lo + hi - value; NaN stays NaN."""
        return self.lo + self.hi - np.asarray(values, dtype=float)


def brief(value: float) -> str:
    """A number as a person writes it: 7 instead of 7.0."""
    return f"{value:.15g}"


def _span(lo: float, hi: float) -> str:
    return f"{brief(lo)}-{brief(hi)}" if lo >= 0 else f"{brief(lo)}..{brief(hi)}"


def _whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-9
