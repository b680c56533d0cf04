"""Groups in which something can be estimated; the others are named and do not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.errors import CsiError, EstimationError
from csi.language import Note, note


def group_codes(
    survey: Survey, used: NDArray[np.bool_], by: str | Sequence[str] | None, need: int, notes: list[Note]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Labels, and codes (n,) of all respondents, of the groups that are large enough; notes name the others.

    Parameters
    ----------
    used : (n,) who counts, or (n, K) who does in each of K columns: then a group is as large as in its smallest one
    by : columns that form groups, or None
    need : respondents a group needs
    notes : gets what was left out

    Raises
    ------
    EstimationError
        `groups_too_small`: no group is large enough.

    """
    if by is None:
        return (), np.zeros(len(used), dtype=np.int64)
    labels, codes = survey.split(by)
    shown = by if isinstance(by, str) else ", ".join(by)
    columns = used.reshape(len(used), -1).T
    sizes = np.array([np.bincount(codes[one & (codes >= 0)], minlength=len(labels)) for one in columns]).min(axis=0)
    large = [g for g in range(len(labels)) if sizes[g] >= need]
    small = [f"{labels[g]} ({sizes[g]})" for g in range(len(labels)) if sizes[g] < need]
    if not large:
        raise EstimationError("groups_too_small", by=shown, need=need, groups=small or ["-"])
    if small:
        notes.append(note("small_groups", groups=small, need=need))
    lost = int((columns.any(axis=0) & (codes < 0)).sum())
    if lost:
        notes.append(note("no_group", count=lost, by=shown))
    return tuple(labels[g] for g in large), renumbered(codes, large, len(labels))


def standing_groups(groups: Sequence[str], check: Callable[[int], None]) -> tuple[list[int], list[Note]]:
    """Numbers of the groups that pass a check, and a note with the reason for each of the others.

    Parameters
    ----------
    groups : labels; empty for one group of all, which must pass
    check : takes the number of a group and raises where nothing can be estimated in it

    Raises
    ------
    CsiError
        That of the first group, when none passes.

    """
    kept, notes, problems = [], [], []
    for g, label in enumerate(groups or [""]):
        try:
            check(g)
            kept.append(g)
        except CsiError as problem:
            problems.append(problem)
            notes.append(note("group_left_out_because", group=label, reason=problem))
    if not kept:
        raise problems[0]
    return kept, notes


def renumbered(codes: NDArray[np.int64], kept: Sequence[int], count: int) -> NDArray[np.int64]:
    """Numbers of groups (n,) when of `count` groups only some are kept; -1 for the others, and for none."""
    place = np.full(count + 1, -1, dtype=np.int64)
    place[list(kept)] = np.arange(len(kept))
    return place[codes]
