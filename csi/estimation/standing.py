"""Groups in which something can be estimated; the others are named and do not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from csi.errors import CsiError
from csi.language import Note, note


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
