"""Which scale the values of one column were given on: by the block that carries the mass, never by extremes.

Everything here works on the distinct values of a column and how often each occurs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ends = tuple[float, float]

USUAL = (5, 7, 10)  # tops of the usual scales that begin with 1
MOST = 11  # the longest scale whose points are counted one by one
RARE = 0.02  # share of answers beyond an end that is a typing error when the end itself is well used
ZEROS = 0.10  # share of zeros below 1-5 or 1-7 from which they may be a rung
_CODES = frozenset(
    [0, 8, 9, 66, 77, 88, 777, 888, 7777, 8888, *range(90, 100), *range(990, 1000), *range(9990, 10000), 99999]
)


@dataclass(frozen=True)
class Verdict:
    """What the values of a column say of its scale.

    Attributes
    ----------
    ends : lowest and highest rating; None where the column holds no ratings or the evidence leaves it open
    step : distance of neighbouring points
    suspects : value -> "suspected_code" or "outside_scale"
    choices : the scales between which the values leave it open, the likelier first
    by : what decided: "given", "heading", "values", "battery", "neighbours", "recommend";
        "few" where no more than two values occur, too few to tell anything alone
    doubted : the value that leaves it open, where it is one (0)
    """

    ends: Ends | None = None
    step: float = 1.0
    suspects: Mapping[float, str] = field(default_factory=dict)
    choices: tuple[Ends, ...] = ()
    by: str = "values"
    doubted: float | None = None

    @property
    def open(self) -> bool:
        """Whether two scales remain."""
        return self.ends is None and bool(self.choices)


def looks_like_code(value: float) -> bool:
    """Whether a value outside a scale is one that questionnaires use for no answer."""
    return value < 0 or value in _CODES


def within(
    values: NDArray[np.float64], counts: NDArray[np.intp], ends: Ends, by: str, step: float | None = None
) -> Verdict:
    """The verdict when the ends are known: what lies outside or between the points is no rating."""
    lo, hi = ends
    if step is not None:
        points = np.abs((values - lo) / step - np.round((values - lo) / step)) < 0.02
        outside = values[~points | (values < lo - 0.01) | (values > hi + 0.01)]
        reasons = {float(v): "suspected_code" if looks_like_code(v) else "outside_scale" for v in outside}
        return Verdict((float(lo), float(hi)), step, reasons, by=by)
    inside = (values >= lo) & (values <= hi)
    halves = inside & (values % 1 == 0.5)
    step = 0.5 if hi - lo <= MOST and (halves.any() or lo % 1 or hi % 1) else 1.0
    if hi - lo > MOST and (inside & (values % 1 != 0)).any():
        step = 0.0
    points = inside & (((values - lo) / step) % 1 == 0) if step else inside
    outside = values[~points]
    reasons = {
        float(v): "suspected_code" if looks_like_code(v) and not lo <= v <= hi else "outside_scale" for v in outside
    }
    return Verdict((float(lo), float(hi)), step, reasons, by=by)


def judge(values: NDArray[np.float64], counts: NDArray[np.intp]) -> Verdict:
    """The scale of a column by its values alone.

    Parameters
    ----------
    values : (u,) distinct answers, ascending
    counts : (u,) how often each occurs

    """
    total = int(counts.sum())
    if not total:
        return Verdict()
    broken = values * 2 % 1 != 0
    if counts[broken].sum() > 0.05 * total:
        return Verdict()  # computed means, amounts
    if _one_below(values[~broken], counts[~broken], total):
        reach = float(values[values > 0].max())
        return Verdict(choices=((-reach, reach), (0.0, reach)))
    if (signed := _signed(values[~broken], counts[~broken], total)) is not None:
        return within(values, counts, signed, "values")
    small = (values >= 0) & (values <= MOST) & ~broken
    far = (values > MOST) & ~broken
    codes = np.array([looks_like_code(v) for v in values], dtype=bool)
    plain_far = far & ~codes
    amounts = plain_far.sum() > 1 or counts[plain_far].sum() > 2
    if counts[small].sum() < 0.5 * total or (amounts and counts[plain_far].sum() > 0.05 * total):
        return _hundred(values, counts, total)
    tally = np.zeros(MOST + 1, dtype=np.intp)
    for value, count in zip(values[small], counts[small], strict=True):
        tally[int(value + 0.5)] += count  # 4.5 belongs to a scale that reaches 5
        if value % 1:
            tally[int(value)] += 0
    found = _small(tally)
    if found.ends is not None:
        return within(values, counts, found.ends, "values")
    return found


def _signed(values: NDArray[np.float64], counts: NDArray[np.intp], total: int) -> Ends | None:
    """-k..k where both signs are used like rungs of one scale."""
    near = np.abs(values) <= 5
    low, high = near & (values < 0), near & (values > 0)
    rungs = len(np.unique(np.floor(values[low])))
    if rungs < 2 or counts[low].sum() < 0.05 * total or not high.any() or counts[near].sum() < 0.9 * total:
        return None
    reach = max(-values[low].min(), values[high].max())
    if values[high].max() > -values[low].min() + 1 or not (near & (values == 0)).any():
        return None
    return (-float(np.ceil(reach)), float(np.ceil(reach)))


def _one_below(values: NDArray[np.float64], counts: NDArray[np.intp], total: int) -> bool:
    """Whether -1 stands beside used 0 to 2 or 3: a rung of -3..3, or no answer on 0-3."""
    known = set(values.tolist())
    return (
        known <= {-1.0, 0.0, 1.0, 2.0, 3.0} and {-1.0, 0.0, 2.0} <= known and counts[values == 0].sum() >= 0.05 * total
    )


def _hundred(values: NDArray[np.float64], counts: NDArray[np.intp], total: int) -> Verdict:
    """0-100 where nearly everything lies on it and its upper half is used; else no rating."""
    inside = (values >= 0) & (values <= 100)
    if counts[inside].sum() < 0.9 * total or values[inside].max(initial=0) <= 50 or (values[inside] % 1 != 0).any():
        return Verdict()
    outside = [looks_like_code(v) for v in values[~inside]]
    return Verdict(choices=((0.0, 100.0),)) if all(outside) else Verdict()


def _small(tally: NDArray[np.intp]) -> Verdict:
    """The scale of whole ratings 0-11 by how often each occurs."""
    tops = _tops(tally)
    if tops is None:
        return Verdict()
    top, others = tops
    zeros, rest = int(tally[0]), tally[1 : top + 1]
    used = np.flatnonzero(rest) + 1
    if top == 1 or not len(used):
        return Verdict((0.0, 1.0)) if zeros and len(used) else Verdict(choices=((1.0, 5.0), (1.0, 7.0)), by="few")
    if zeros:
        return _with_zeros(tally, top, others)
    if others:
        by = "few" if top < 3 else "values"
        return Verdict(choices=((1.0, float(max(top, 3))), (1.0, float(others))), by=by)
    if top == 10 and used[0] > 1:
        return Verdict(choices=((1.0, 10.0), (0.0, 10.0)))
    return Verdict((1.0, float(top)))


def _with_zeros(tally: NDArray[np.intp], top: int, other: int) -> Verdict:
    """Whether zeros are a rung or no answer."""
    zeros, rest = int(tally[0]), tally[1 : top + 1]
    share = zeros / (zeros + rest.sum())
    longer = other or top
    if top >= 10:
        near = max(int(tally[1]), int(tally[2]), 1)
        if zeros <= near and top == 10 and not other:
            return Verdict((0.0, 10.0))
        return Verdict(choices=((0.0, 10.0), (1.0, 10.0)), doubted=0.0)
    if longer in USUAL and top in USUAL and share < ZEROS and not other:
        return Verdict((1.0, float(top)))
    choices = ((0.0, float(top)), (1.0, float(longer)))
    return Verdict(choices=choices, doubted=0.0)


def _tops(tally: NDArray[np.intp]) -> tuple[int, int] | None:
    """The highest rung, and another one that it could be as well (0 for none); None where there is no scale."""
    n = int(tally[1:].sum())
    used = np.flatnonzero(tally[1:]) + 1
    if not n:
        return None
    if used[-1] == 1:
        return 1, 0
    for top in USUAL:
        beyond = [int(value) for value in used if value > top]
        if not beyond:
            return (top, 0) if used[-1] == top else (int(used[-1]), top)
        share = tally[beyond].sum() / n
        if share > 0.2 or not tally[top]:
            continue
        ended = tally[top] >= max(2, 0.03 * n)
        gap = beyond[0] - top > 1
        if gap and set(beyond) <= {8, 9} and top < 8:
            sure = n >= 20 and ended and (top == 5 or tally[top] >= 0.05 * n)
            return (top, 0) if sure else (top, 10)
        if share <= RARE and tally[beyond].sum() <= 0.1 * tally[top] and len(beyond) == 1 and ended:
            return top, 0
    return (10, 0) if tally[11] <= RARE * n and tally[10] >= 0.03 * n else (MOST, 0)


def settle(verdict: Verdict, ends: Ends, values: NDArray[np.float64], counts: NDArray[np.intp], by: str) -> Verdict:
    """An open verdict closed by evidence from elsewhere, if that is one of its choices."""
    return within(values, counts, ends, by) if ends in verdict.choices else verdict


def crowded(verdict: Verdict, ends: Ends, values: NDArray[np.float64], counts: NDArray[np.intp]) -> bool:
    """Whether so many chose the highest rung that occurs that a higher one, chosen by nobody, is hard to believe."""
    at = values[(values <= ends[1]) & (values >= ends[0])]
    if not len(at) or at.max() >= ends[1]:
        return False
    total = counts.sum()
    return bool(total >= 30 and counts[values == at.max()].sum() >= 0.25 * total)
