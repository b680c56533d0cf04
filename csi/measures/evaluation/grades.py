"""The grades of a fuzzy evaluation: points of a scale or groups of them, what they are called and worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.scales import Scale, brief
from csi.data.survey import Survey
from csi.errors import DataError

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Grades:
    """The grades into which ratings fall, lowest first.

    Attributes
    ----------
    names : (v,) what they are called
    values : (v,) what they are worth, 0-100 unless the user said otherwise
    wording : names in both languages where the scale has them
    """

    names: tuple[str, ...]
    values: Array
    wording: tuple[Any, ...]


def common_scale(survey: Survey, names: Sequence[str]) -> Scale:
    """The scale that all items share; without labels where they differ, or where every item is reversed."""
    survey.matrix(names)  # unknown items and items without numbers stop here
    scales = {name: survey.codebook.items[name].scale for name in names}
    shown = [f"{name} ({'-' if scale is None else scale})" for name, scale in scales.items()]
    known = [scale for scale in scales.values() if scale is not None and len(scale.points)]
    if len(known) < len(scales) or not all(np.array_equal(scale.points, known[0].points) for scale in known):
        raise DataError("fuzzy_scales", survey=survey.name, items=shown)
    upright = [scale for name, scale in scales.items() if not survey.codebook.items[name].reversed]
    if upright and all(scale.labels == upright[0].labels for scale in upright):
        return upright[0]
    return Scale(known[0].lo, known[0].hi, step=known[0].step)


def read_grades(
    scale: Scale, grades: Mapping[str, Sequence[float]] | None, values: Any, ratings: Array
) -> tuple[Grades, NDArray[np.int32]]:
    """Grades, and (n, k) the number of the grade of each rating, the number of grades where it is missing."""
    points = scale.points
    worth = 100 * (points - scale.lo) / (scale.hi - scale.lo)
    if grades is None:
        labels = [scale.labels.get(float(point)) for point in points]
        every = all(labels)
        names = [str(label.get("en") or label.get("zh")) if every else brief(point)
                 for label, point in zip(labels, points, strict=True)]  # fmt: skip
        of_point = np.arange(len(points))
        wording = [dict(label) if every else name for label, name in zip(labels, names, strict=True)]
    else:
        names, of_point = _given_grades(scale, grades)
        wording = names
        worth = np.array([worth[of_point == i].mean() for i in range(len(names))])
    if len(names) < 2:
        raise DataError("fuzzy_grades_few", count=len(names))
    found = Grades(tuple(names), read_grade_values(values, names, worth), tuple(wording))
    of_point = np.append(of_point, len(names))
    place = np.empty(ratings.shape, dtype=np.int32, order="F")  # there are many of them
    for j, column in enumerate(ratings.T):
        steps = column - scale.lo
        if scale.step != 1:
            steps = np.rint(steps / scale.step)
        steps[np.isnan(steps)] = len(points)
        place[:, j] = of_point.take(steps.astype(np.intp))
    return found, place


def _given_grades(scale: Scale, grades: Mapping[str, Sequence[float]]) -> tuple[list[str], NDArray[np.int64]]:
    points = scale.points
    of_point = np.full(len(points), -1)
    for i, (name, members) in enumerate(grades.items()):
        members = [float(one) for one in np.atleast_1d(np.asarray(members, dtype=float))]
        inside = [one for one in members if scale.contains(one)]
        if not inside or len(inside) < len(members):
            outside = [brief(one) for one in members if not scale.contains(one)]
            raise DataError("fuzzy_empty_grade", grade=str(name), points=outside or ["-"], scale=str(scale))
        for one in inside:
            at = int(np.abs(points - one).argmin())
            if of_point[at] >= 0:
                raise DataError("fuzzy_grades_twice", point=brief(one), grade=str(name))
            of_point[at] = i
    left = [brief(point) for point in points[of_point < 0]]
    if left:
        raise DataError("fuzzy_grades_gap", points=left, scale=str(scale))
    return [str(name) for name in grades], of_point


def read_grade_values(values: Any, names: Sequence[str], default: Array) -> Array:
    """(v,) what grades are worth."""
    if values is None:
        return default
    if hasattr(values, "items"):
        given = {str(name): value for name, value in values.items()}
        if set(given) != set(names):
            raise DataError("fuzzy_values", found=list(given), expected=list(names))
        values = [given[name] for name in names]
    found = np.array([float(value) for value in values])
    if len(found) != len(names) or not np.isfinite(found).all():
        raise DataError("fuzzy_values", found=[brief(value) for value in found], expected=list(names))
    return found
