"""Groups of respondents by the labels of one or several columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.errors import DataError


def joined_groups(
    parts: Sequence[tuple[Sequence[str], NDArray[np.int64]]], n: int
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Labels of the groups that occur, joined by " · ", and the (n,) number of each respondent's group.

    Parameters
    ----------
    parts : for each column its labels and the (n,) number of each cell's label, -1 where it is missing
    n : number of respondents
    """
    joint = np.zeros(n, dtype=np.int64)
    for labels, codes in parts:
        joint = np.where((codes < 0) | (joint < 0), -1, joint * max(len(labels), 1) + codes)
    found, inverse = np.unique(joint[joint >= 0], return_inverse=True)
    codes = np.full(n, -1, dtype=np.int64)
    codes[joint >= 0] = inverse
    names = []
    for value in found.tolist():
        words = []
        for labels, _ in reversed(parts):
            value, place = divmod(value, len(labels))
            words.append(labels[place])
        names.append(" · ".join(reversed(words)))
    return tuple(names), codes


def units_of(survey: Any, role: str) -> NDArray[np.int64] | None:
    """(n,) number of each respondent's stratum or cluster; None where the codebook names no such column.

    Raises
    ------
    DataError
        `missing_design` with the count.

    """
    column = getattr(survey.codebook, role)
    if column is None:
        return None
    codes = survey.labels_of(column)[1]
    if (codes < 0).any():
        count = int((codes < 0).sum())
        raise DataError("missing_design", role=role, column=column, survey=survey.name, count=count)
    return codes
