"""Two answers to one matter: how items that belong together are named, paired and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from csi.data.survey import Survey
from csi.errors import DataError, OptionError

Items = Sequence[str] | Mapping[str, str]


def pair_items(
    survey: Survey, function: str, first: str, second: str, firsts: Items, seconds: Items
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Names of the matters, items of the first answer and of the second, in one order.

    Parameters
    ----------
    survey : the answers
    function, first, second : the public function and its two arguments, for messages
    firsts, seconds : lists of one length, paired by position and named by the second; or two mappings, name -> item

    Raises
    ------
    DataError
        `unpaired_items`, `items_given_twice`, `unknown_items`, `private_column`.

    """
    if isinstance(firsts, Mapping) != isinstance(seconds, Mapping):
        raise DataError("pairs_of_two_kinds", function=function, first=first, second=second)
    if isinstance(firsts, Mapping) and isinstance(seconds, Mapping):
        names = [name for name in firsts if name in seconds]
        lonely = [name for name in firsts if name not in seconds], [name for name in seconds if name not in firsts]
        left, right = [firsts[name] for name in names], [seconds[name] for name in names]
    else:
        left, right = ([one] if isinstance(one, str) else list(one) for one in (firsts, seconds))
        names, lonely = right, _lonely(left, right)
    if any(lonely) or not names:
        alone = [part or ["-"] for part in lonely]
        raise DataError(
            "unpaired_items", function=function, first=first, second=second, firsts=alone[0], seconds=alone[1],
            count=len(lonely[0]) + len(lonely[1]),
        )  # fmt: skip
    check_items(survey, function, [*left, *right])
    return tuple(str(name) for name in names), tuple(left), tuple(right)


def _lonely(left: Sequence[str], right: Sequence[str]) -> tuple[list[str], list[str]]:
    """Items without a partner in two lists of different length: by the number in the name, else those at the end."""
    if len(left) == len(right):
        return [], []
    numbers = [[(re.findall(r"\d+", name) or [""])[-1] for name in part] for part in (left, right)]
    if all(all(part) and len(set(part)) == len(part) for part in numbers):
        return (
            [name for name, number in zip(left, numbers[0], strict=True) if number not in numbers[1]],
            [name for name, number in zip(right, numbers[1], strict=True) if number not in numbers[0]],
        )
    return list(left[len(right) :]), list(right[len(left) :])


def check_items(survey: Survey, function: str, items: Iterable[str]) -> tuple[str, ...]:
    """The items, when they exist, are not private and stand once.

    Raises
    ------
    DataError
        `unknown_items` with what exists, `private_column`, `items_given_twice`.

    """
    names = [items] if isinstance(items, str) else list(items)
    survey.scale_ends(names)  # unknown names stop here
    for name in names:
        if name in survey.codebook.private:
            raise DataError("private_column", column=name, survey=survey.name)
    again = sorted({name for name in names if names.count(name) > 1})
    if again:
        raise DataError("items_given_twice", function=function, items=again)
    return tuple(names)


def check_scales(survey: Survey, function: str, first: Sequence[str], second: Sequence[str]) -> None:
    """Refuse pairs whose two scales are known and differ.

    Raises
    ------
    DataError
        `scales_of_pair`.

    """
    ends = np.array([survey.scale_ends(first), survey.scale_ends(second)])
    different = (ends[0] != ends[1]).any(axis=0) & np.isfinite(ends).all(axis=(0, 1))
    if different.any():
        pairs = [f"{first[k]} / {second[k]}" for k in np.flatnonzero(different)]
        raise DataError("scales_of_pair", function=function, pairs=pairs)


def check_keys(option: str, given: Iterable[object], wanted: Sequence[str]) -> None:
    """Refuse a mapping that lacks one of the names or holds another.

    Raises
    ------
    OptionError
        `keys_differ`.

    """
    names = [str(name) for name in given]
    strange, lacking = [name for name in names if name not in wanted], [name for name in wanted if name not in names]
    if strange or lacking:
        raise OptionError(
            "keys_differ", option=option, strange=strange or ["-"], lacking=lacking or ["-"], choices=list(wanted)
        )
