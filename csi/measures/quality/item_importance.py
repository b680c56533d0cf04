"""Where the importance of items comes from: derived from an outcome, stated by respondents, or given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.errors import DataError, EstimationError, OptionError
from csi.language import Note, note
from csi.measures.quality.association import Association, associate
from csi.measures.quality.pairs import check_items, check_keys

Array = NDArray[np.float64]


class ImportanceSource:
    """Where importance comes from: columns (n, c), how it follows from their means, unit and middle of its scale."""

    def __init__(self, kind: str, columns: Array, evaluate: Callable[[Array], Array], names: Sequence[str]) -> None:
        self.kind, self.columns, self.evaluate, self.names = kind, columns, evaluate, names
        self.middle = np.array([50.0 if kind == "stated" else np.nan, 50.0])
        self.remarks: tuple[Note, ...] = (note(f"importance_{kind}"),)


def importance_of(
    survey: Survey, function: str, names: Sequence[str], items: Sequence[str], importance: Any, outcome: str | None,
    method: str, by: str | Sequence[str] | None, exact: bool,
) -> ImportanceSource:  # fmt: skip
    """Derived, stated or given importance of items, checked.

    Parameters
    ----------
    survey, function : the answers, and the public function for messages
    names, items : what the judged items are called, and the items
    importance, outcome, method, by : as in `score_quadrants`
    exact : whether a bootstrap will compute derived importance anew in every replicate
    """
    if isinstance(importance, str) and importance != "derived":
        raise OptionError("unknown_option", option="importance", value=importance, choices=["derived"])
    if importance == "derived":
        if outcome is None:
            raise OptionError("outcome_needed", function=function)
        found = derived(survey, function, items, outcome, method, by, exact)
        labels = [*names, *([outcome] * (found.columns.shape[1] - len(names)))]
        return ImportanceSource(method, found.columns, found.evaluate, labels)
    if isinstance(importance, Mapping):
        check_keys("importance", importance, names)
        values = [importance[name] for name in names]
    else:
        values = list(importance)
        if len(values) != len(names):
            raise OptionError("length_differs", option="importance", count=len(values), expected=len(names))
    if not any(isinstance(value, str) for value in values):
        given = np.array(values, dtype=float)[:, None]
        if not np.isfinite(given).all():
            raise OptionError("importance_not_numbers", items=[names[k] for k in np.flatnonzero(~np.isfinite(given))])
        none = np.empty((len(survey), 0))
        return ImportanceSource("given", none, lambda mean: np.repeat(given, mean.shape[1], axis=1), ())
    check_items(survey, function, [*items, *values])
    return ImportanceSource("stated", scores_of(survey, values), lambda mean: mean, values)


def derived(
    survey: Survey, function: str, items: Sequence[str], outcome: str, method: str, by: str | Sequence[str] | None,
    exact: bool,
) -> Association:  # fmt: skip
    """Association of items with an outcome under the survey's weights and groups; constant items are refused."""
    check_items(survey, function, [*items, outcome])
    weight = survey.design().weight
    weight = np.ones(len(survey)) if weight is None else weight
    x, y = survey.matrix(items), survey.matrix([outcome])[:, 0]
    used = weight > 0
    spread = [_constant(column[used]) for column in (*x.T, y)]
    if any(spread):
        names = [name for name, flat in zip((*items, outcome), spread, strict=True) if flat]
        raise DataError("constant_items", items=names)
    codes = None if by is None else survey.split(by)[1]
    found = associate(x, y, weight, codes, method=method, exact=exact)
    if method == "regression" and (exact or np.isnan(found.columns).all()):
        _check_regression(x, y, weight, items)
    return found


def _check_regression(x: Array, y: Array, weight: Array, items: Sequence[str]) -> None:
    """Refuse too few complete respondents, and items that say the same."""
    rows = np.isfinite(x).all(axis=1) & np.isfinite(y) & (weight > 0)
    need = x.shape[1] + 2
    if rows.sum() < need:
        raise EstimationError("importance_too_few", n=int(rows.sum()), need=need, items=list(items))
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.linalg.eigvalsh(np.nan_to_num(np.corrcoef(x[rows].T).reshape(x.shape[1], -1)))
    if values[0] < 1e-10 * values[-1]:
        raise EstimationError("importance_collinear", items=list(items), value=float(values[0]))


def _constant(values: Array) -> bool:
    known = values[np.isfinite(values)]
    return len(known) > 0 and bool((known == known[0]).all())


def scores_of(survey: Survey, items: Sequence[str], out: Array | None = None) -> Array:
    """(n, K) scores 0-100 by the ends of the scales; written into `out` (K, n) when there is one."""
    lo, hi = survey.scale_ends(items)
    lacking = [name for name, end in zip(items, lo, strict=True) if np.isnan(end)]
    if lacking:
        raise DataError("no_scale_for_score", items=lacking, survey=survey.name)
    columns = np.empty((len(items), len(survey))) if out is None else out
    for row, item, low, high in zip(columns, items, lo, hi, strict=True):
        np.subtract(survey.matrix([item])[:, 0], low, out=row)
        row *= 100 / (high - low)
    return columns.T
