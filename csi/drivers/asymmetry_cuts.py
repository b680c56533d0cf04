"""Which ratings count as low and as high, as the user said it: numbers, ratings, or their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from csi.data.survey import Survey
from csi.drivers.asymmetry_numbers import Cut
from csi.errors import OptionError
from csi.measures.quality.pairs import check_keys


def read_cuts(survey: Survey, names: Sequence[str], low: Any, high: Any) -> tuple[list[Cut], list[Cut]]:
    """Cuts of every driver; refuses what cannot be read and ratings that count on both sides.

    Raises
    ------
    OptionError
        `cut_unreadable`, `cut_label_unknown`, `cuts_overlap`, `keys_differ`.

    """
    both = []
    for option, given in (("low", low), ("high", high)):
        if isinstance(given, Mapping):
            check_keys(option, given, names)
            both.append([_cut(survey, option, name, given[name]) for name in names])
        else:
            both.append([_cut(survey, option, name, given) for name in names])
    for k, name in enumerate(names):
        found = np.unique(survey.matrix([name]))
        found = found[~np.isnan(found)]
        twice = found[both[0][k].low(found) & both[1][k].high(found)]
        if len(twice):
            raise OptionError("cuts_overlap", item=name, ratings=[f"{one:g}" for one in twice])
    return both[0], both[1]


def _cut(survey: Survey, option: str, name: str, given: Any) -> Cut:
    if isinstance(given, int | float | np.number) and not isinstance(given, bool) and np.isfinite(given):
        return Cut(limit=float(given))
    many = [given] if isinstance(given, str) else list(given) if isinstance(given, list | tuple | set | range) else []
    if not many:
        raise OptionError("cut_unreadable", option=option, item=name, value=str(given))
    return Cut(ratings=tuple(sorted(_rating(survey, option, name, one) for one in many)))


def _rating(survey: Survey, option: str, name: str, one: Any) -> float:
    """A rating as it counts: a label's code, turned round for reversed items."""
    if isinstance(one, str):
        item = survey.codebook.items[name]
        labels = item.scale.labels if item.scale is not None else {}
        codes = {text: code for code, texts in labels.items() for text in texts.values()}
        if one not in codes:
            raise OptionError("cut_label_unknown", option=option, item=name, value=one, choices=list(codes) or ["-"])
        code = float(codes[one])
        return item.scale.lo + item.scale.hi - code if item.reversed else code
    if isinstance(one, int | float | np.number) and not isinstance(one, bool) and np.isfinite(one):
        return float(one)
    raise OptionError("cut_unreadable", option=option, item=name, value=str(one))
