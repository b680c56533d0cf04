"""plan_change: what change between two waves can be seen, with how many respondents."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from csi.data.sample_sizes import change_variance, power_of, two_sided
from csi.data.sampling import TARGETS, check_number, planned_variance, round_up
from csi.errors import OptionError, choose
from csi.inference.intervals import NORMAL
from csi.language import Note, note, say
from csi.results import check_level
from csi.views import number


@dataclass(frozen=True, eq=False, repr=False)
class ChangePlan:
    """Two waves, the change between them, and the chance to see it.

    Attributes
    ----------
    target : "rate", "mean" or "index"
    n_before, n : completed questionnaires of the first and of the second wave
    change : difference, second minus first, in the unit of the target
    std_error : standard error of the difference
    power : chance that a two-sided test at 1 - `level` finds it, 0-1
    level : level of the test
    notes : what was assumed
    """

    target: str
    n_before: int
    n: int
    change: float
    std_error: float
    power: float
    level: float
    notes: tuple[Note, ...]

    def _lines(self) -> list[str]:
        unit = 3 if self.target == "rate" else 2
        head = say(
            "views.change_plan", target=note(f"plan_{self.target}"), n_before=self.n_before, n=self.n,
            change=number(self.change, unit), power=f"{self.power:.0%}", level=f"{self.level:.4g}",
            std_error=number(self.std_error, unit),
        )  # fmt: skip
        return [head, *(f"- {one}" for one in self.notes)]

    def __repr__(self) -> str:
        """Return the plan in a few lines."""
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        return "<div>" + "".join(f"<p>{escape(line)}</p>" for line in self._lines()) + "</div>"


def plan_change(
    target: str = "index",
    *,
    change: float | None = None,
    n: int | None = None,
    n_before: int | None = None,
    level: float = 0.95,
    power: float = 0.8,
    p: float = 0.5,
    sd: float | None = None,
    overlap: float = 0.0,
    rho: float = 0.0,
    deff: float = 1.0,
) -> ChangePlan:
    """Smallest change that n respondents show, respondents for a change, or the power; in the unit of the target.

    Use it before the second wave of a tracking survey, and before a training whose effect is to be shown. Give `n` for
    the smallest change seen with `power`, `change` for the respondents of each wave, both for the power.

    Parameters
    ----------
    target : {"rate", "mean", "index"}
        A share 0-1, a mean in the unit of its scale, an index 0-100.
    change : difference to be seen, second wave minus first
    n : respondents of the second wave
    n_before : respondents of the first wave, as many as in the second when None
    level : level of the two-sided test, 0-1
    power : chance to see the change, 0-1; computed when `n` and `change` are both given
    p : rate of the first wave, between 0 and 1; the second has p + change
    sd : standard deviation between respondents in both waves; 20 for an index when None
    overlap : share of the second wave that was asked in the first one too (panel), 0-1
    rho : correlation of the two answers of one person, -1 to 1
    deff : design effect of both waves, see `csi.plan_sample`

    Returns
    -------
    ChangePlan
        n_before, n, change, std_error, power, notes. Nothing is estimated here.

    Raises
    ------
    OptionError
        `unknown_option`, `bad_level`, `plan_number` for a number out of its range, `plan_needs`, `plan_rate_sd`,
        `plan_change_needs` when neither n nor change is given, `plan_change_impossible` when no number of respondents,
        or no change below a rate of 1, is enough.

    Notes
    -----
    var = deff (v1 / n1 + v2 / n2 - 2 overlap n2 rho s1 s2 / (n1 n2)); smallest change = (z_level + z_power) sqrt(var).
    No finite population correction: a change is about customers in general. Asking the same people again pays by
    overlap times rho, and costs when rho is negative.

    In R: stats::power.prop.test and power.t.test without overlap (t instead of normal).

    Examples
    --------
    >>> import csi
    >>> plan = csi.plan_change("index", n=250, sd=16)
    >>> round(plan.change, 2), round(csi.plan_change("index", n=250, sd=16, overlap=1.0, rho=0.6).change, 2)
    (4.01, 2.54)
    >>> csi.plan_change("index", change=2.0, sd=16).n
    1005

    """
    choose("target", target, TARGETS)
    check_level(level)
    variance, notes = planned_variance(target, p, sd)
    _check_ranges(target, change, n, n_before, power, p, overlap, rho, deff)
    if n is not None and n_before is not None and overlap * n > n_before:
        raise OptionError("plan_number", option="overlap", value=overlap, range=f"[0, {n_before / n:.3g}]")
    reach = two_sided(level) + NORMAL.inv_cdf(power)

    def later(moved: float) -> float:
        return (p + moved) * (1 - p - moved) if target == "rate" else variance

    def error_of(moved: float, first: int, second: int) -> float:
        return (deff * change_variance(first, second, variance, later(moved), overlap, rho)) ** 0.5

    if n is None:
        n = _respondents(float(change), reach, variance, later(float(change)), overlap, rho, deff, n_before)
        n_before = n if n_before is None else n_before
    else:
        n_before = n if n_before is None else n_before
        if change is None:
            top = 1 - p if target == "rate" else np.inf
            change = _smallest(lambda moved: reach * error_of(moved, n_before, n), top)
    std_error = error_of(float(change), n_before, n)
    reached = power_of(float(change), std_error, level)
    return ChangePlan(target, int(n_before), int(n), float(change), std_error, reached, level, tuple(notes))


def _check_ranges(
    target: str, change: float | None, n: int | None, n_before: int | None, power: float, p: float, overlap: float,
    rho: float, deff: float,
) -> None:  # fmt: skip
    if n is None and change is None:
        raise OptionError("plan_change_needs")
    for option, size in (("n", n), ("n_before", n_before)):
        if size is not None:
            check_number(option, size, 2, np.inf, whole=True)
    if change is not None:
        low, high = (-p, 1 - p) if target == "rate" else (-np.inf, np.inf)
        check_number("change", change, low, high)
        if change == 0:
            raise OptionError("plan_number", option="change", value=change, range="≠ 0")
    check_number("power", power, 0, 0.9999, open_low=True)
    check_number("overlap", overlap, 0, 1)
    check_number("rho", rho, -1, 1)
    check_number("deff", deff, 0, np.inf, open_low=True)


def _respondents(
    change: float, reach: float, before: float, after: float, overlap: float, rho: float, deff: float,
    n_before: int | None,
) -> int:  # fmt: skip
    """Respondents of the second wave for a change."""
    allowed = (change / reach) ** 2 / deff
    shared = 2 * overlap * rho * (before * after) ** 0.5
    if n_before is None:
        return max(2, round_up((before + after - shared) / allowed))
    left = allowed - (before - shared) / n_before
    n = after / left if left > 0 else np.inf
    if np.isinf(n) or overlap * n > n_before:
        raise OptionError("plan_change_impossible", change=f"{change:g}", n_before=n_before)
    return max(2, round_up(n))


def _smallest(needed, top: float) -> float:
    """The change that equals what is needed to see it, by bisection; below `top`."""
    high = needed(0.0) if np.isinf(top) else top
    if np.isinf(top):
        return high
    if needed(top) > top:
        raise OptionError("plan_change_impossible", change=f"{top:g}", n_before="-")
    low = 0.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if needed(middle) <= middle else (middle, high)
    return high
