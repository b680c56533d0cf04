"""score_response: how many of the people drawn answered, by the definitions of AAPOR."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.errors import DataError, OptionError, in_a_line
from csi.estimates import Unknown
from csi.inference.intervals import NORMAL, Linear
from csi.language import note
from csi.references import references
from csi.results import Check, Result, Table

Array = NDArray[np.float64]

CODES = ("I", "P", "R", "NC", "O", "UH", "UO", "NE")
ELIGIBLE = ("I", "P", "R", "NC", "O")
UNKNOWN = ("UH", "UO")
CLEAR = 0.1  # response rates that differ by more depend on what is assumed of the unknown

# rate -> (numerator, denominator, how cases of unknown eligibility count: all, their eligible share e, none)
_CONTACTED = ("I", "P", "R", "O")
RATES: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "RR1": (("I",), ELIGIBLE, "all"),
    "RR2": (("I", "P"), ELIGIBLE, "all"),
    "RR3": (("I",), ELIGIBLE, "share"),
    "RR4": (("I", "P"), ELIGIBLE, "share"),
    "RR5": (("I",), ELIGIBLE, "none"),
    "RR6": (("I", "P"), ELIGIBLE, "none"),
    "COOP1": (("I",), _CONTACTED, "none"),
    "COOP2": (("I", "P"), _CONTACTED, "none"),
    "COOP3": (("I",), ("I", "P", "R"), "none"),
    "COOP4": (("I", "P"), ("I", "P", "R"), "none"),
    "REF1": (("R",), ELIGIBLE, "all"),
    "REF2": (("R",), ELIGIBLE, "share"),
    "REF3": (("R",), ELIGIBLE, "none"),
    "CON1": (_CONTACTED, ELIGIBLE, "all"),
    "CON2": (_CONTACTED, ELIGIBLE, "share"),
    "CON3": (_CONTACTED, ELIGIBLE, "none"),
}

_SOURCES = references("aapor2016", "wilson1927")


@dataclass(frozen=True, eq=False)
class WilsonRates:
    """The uncertainty of k rates whose cases were drawn together.

    Attributes
    ----------
    estimate : (k,) rates, 0-1
    cov : (k, k) covariance
    n : (k,) cases in the denominators; the interval is Wilson's with p(1-p)/v cases in their place, which for a
        plain proportion is the same number
    """

    estimate: Array
    cov: Array
    n: Array

    @property
    def std_error(self) -> Array:
        """(k,) standard errors."""
        return np.sqrt(np.maximum(np.diag(self.cov), 0))

    def interval(self, level: float) -> tuple[Array, Array]:
        """Wilson's limits, (k,) each."""
        p, v = self.estimate, np.diag(self.cov)
        inside = (p > 0) & (p < 1) & (v > 1e-18)
        with np.errstate(invalid="ignore", divide="ignore"):
            size = np.where(inside, p * (1 - p) / v, self.n)
        return wilson_limits(p, size, level)

    def p_value(self) -> Array:
        """NaN: nobody asks whether a response rate is 0."""
        return np.full(len(self.estimate), np.nan)

    def covariance(self) -> Array:
        """(k, k)."""
        return self.cov

    def combine(self, weights: Array) -> Linear:
        """The uncertainty of one weighted sum, by the normal distribution."""
        return Linear(np.atleast_1d(weights @ self.estimate), np.atleast_2d(weights @ self.cov @ weights))


def wilson_limits(share: Array, n: Array, level: float) -> tuple[Array, Array]:
    """Wilson's limits of proportions `share` of `n` cases, (k,) each.

    Examples
    --------
    >>> import numpy as np
    >>> from csi.data.response_rates import wilson_limits
    >>> lower, upper = wilson_limits(np.array([81 / 263]), np.array([263]), 0.95)
    >>> lower.round(4).item(), upper.round(4).item()
    (0.2553, 0.3662)

    """
    z = NORMAL.inv_cdf((1 + level) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return np.maximum(middle - reach, 0), np.minimum(middle + reach, 1)


@dataclass(frozen=True, eq=False)
class Outcome:
    """Outcome rates of one survey.

    Attributes
    ----------
    names : the k rates whose denominator is not empty
    uncertainty : of the k rates
    e : share of the cases of unknown eligibility that count as eligible
    """

    names: tuple[str, ...]
    uncertainty: WilsonRates
    e: float


def outcome_rates(counts: Mapping[str, float], e: float | None = None) -> Outcome:
    """The AAPOR rates of counts by disposition, with multinomial errors.

    Parameters
    ----------
    counts : code -> cases, for codes of `CODES`
    e : share of the unknown that is eligible; estimated as eligible / (eligible + NE) when None

    Notes
    -----
    A rate is a / b with a and b sums of counts, the unknown in b times e. It moves with the count of a code by
    (a' - p b') / b; an estimated e moves too. With these slopes s and shares q of the codes among all N cases,
    cov = N (S diag(q) S' - (S q)(S q)').
    """
    cases = np.array([float(counts.get(code, 0)) for code in CODES])
    place = {code: i for i, code in enumerate(CODES)}
    eligible = np.isin(CODES, ELIGIBLE).astype(float)
    unknown = np.isin(CODES, UNKNOWN).astype(float)
    known, outside = cases @ eligible, cases[place["NE"]]
    e_slope = np.zeros(len(CODES))
    if e is None:
        e = known / (known + outside) if known + outside > 0 else 1.0
        if known + outside > 0:
            e_slope = (outside * eligible - known * (np.arange(len(CODES)) == place["NE"])) / (known + outside) ** 2
    names, values, slopes, sizes = [], [], [], []
    for name, (top, bottom, rule) in RATES.items():
        a, b = np.isin(CODES, top).astype(float), np.isin(CODES, bottom).astype(float)
        share = {"all": 1.0, "share": e, "none": 0.0}[rule]
        b = b + share * unknown
        size = cases @ b
        if size <= 0:
            continue
        p = cases @ a / size
        moved = b + (e_slope * (cases @ unknown) if rule == "share" else 0.0)
        names.append(name)
        values.append(p)
        slopes.append((a - p * moved) / size)
        sizes.append(size)
    total = cases.sum()
    s, q = np.array(slopes).reshape(-1, len(CODES)), cases / total
    mean = s @ q
    cov = total * ((s * q) @ s.T - np.outer(mean, mean))
    return Outcome(tuple(names), WilsonRates(np.array(values), cov, np.array(sizes)), float(e))


def score_response(dispositions: Mapping[str, float] | Iterable[Any], *, e: float | None = None) -> Result:
    """Response, cooperation, refusal and contact rates of a survey by AAPOR's definitions, 0-1.

    Use it to say how many of those who were drawn answered; a response rate says nothing about how different the
    others are: see `csi.compare_nonresponse`.

    Parameters
    ----------
    dispositions : final disposition codes, one for each case that was drawn, or a mapping of code to number of cases.
        I complete, P partial, R refusal and break-off, NC no contact, O other eligible, UH unknown whether there is
        anybody, UO unknown otherwise, NE not eligible; in capital or small letters
    e : share of the cases of unknown eligibility that are eligible, 0-1; when None it is estimated from the cases whose
        eligibility is known, eligible / (eligible + NE)

    Returns
    -------
    Result
        Table response_rates: term (RR1 to RR6, COOP1 to COOP4, REF1 to REF3, CON1 to CON3), with Wilson intervals; n is
        the number of cases in the denominator, rounded. Table dispositions: term, cases. `check()`: whether the rates
        depend on what is assumed of the unknown. Rates with an empty denominator are left out and named in a note.

    Raises
    ------
    DataError
        `unknown_disposition`, `bad_disposition_count`, `no_dispositions`.
    OptionError
        `plan_number` for an e outside 0-1.

    Notes
    -----
    With E = I + P + R + NC + O and U = UH + UO: RR1 = I / (E + U), RR3 = I / (E + e U), RR5 = I / E; RR2, RR4 and RR6
    count P as well. COOP1 = I / (I + P + R + O), COOP3 leaves out O, COOP2 and COOP4 count P. REF = R and
    CON = I + P + R + O over the denominators of RR1, RR3 and RR5. Every case counts once: a sample drawn with unequal
    probabilities needs sums of design weights as counts, whose errors this does not give. Where e is estimated, its
    error is in RR3, RR4, REF2 and CON2, and Wilson's interval uses p(1 - p) / variance for n.

    In R: outcomerate::outcomerate (rates only).

    Examples
    --------
    >>> import csi
    >>> result = csi.score_response({"I": 4, "P": 2, "R": 1, "NC": 1, "O": 1, "UH": 1, "UO": 1, "NE": 1})
    >>> rates = result.tidy().set_index("term")["estimate"].round(3)
    >>> rates[["RR1", "RR3", "RR5", "COOP1"]].to_dict()
    {'RR1': 0.364, 'RR3': 0.37, 'RR5': 0.444, 'COOP1': 0.5}

    """
    counts = count_dispositions(dispositions)
    if e is not None and not (isinstance(e, int | float | np.number) and 0 <= e <= 1):
        raise OptionError("plan_number", option="e", value=e, range="[0, 1]")
    outcome = outcome_rates(counts, e)
    total = int(sum(counts.values()))
    notes = [note("response_e_given" if e is not None else "response_e", value=f"{outcome.e:.3f}")]
    empty = [name for name in RATES if name not in outcome.names]
    if empty:
        notes.append(note("response_empty", rates=empty))
    codes = [code for code in CODES if counts[code] > 0]
    return Result(
        title=note("title_response", n=total),
        headline="response_rates",
        notes=tuple(notes),
        _tables={
            "response_rates": lambda: Table(
                {"term": list(outcome.names)}, outcome.uncertainty, np.rint(outcome.uncertainty.n).astype(int).tolist()
            ),
            "dispositions": lambda: Table(
                {"term": [f"disposition_{code}" for code in codes]},
                Unknown(np.array([counts[code] for code in codes])),
                total,
                decimals=0,
            ),
        },
        _glance={"n": total},
        _checks=lambda: _checks(outcome),
        _sources=_SOURCES,
    )


def count_dispositions(dispositions: Mapping[str, float] | Iterable[Any]) -> dict[str, float]:
    """Cases by disposition code, all codes of `CODES`."""
    pairs: Iterable[tuple[Any, Any]]
    if isinstance(dispositions, Mapping):
        pairs = dispositions.items()
    elif isinstance(dispositions, str) or not isinstance(dispositions, Iterable):
        raise DataError("unknown_disposition", codes=[str(in_a_line(dispositions))], choices=CODES)
    else:
        pairs = ((code, 1) for code in dispositions)
    counts = dict.fromkeys(CODES, 0.0)
    strange: dict[str, int] = {}
    for code, count in pairs:
        name = str(code).strip().upper()
        if name not in counts:
            strange[str(code)] = strange.get(str(code), 0) + 1
            continue
        if not isinstance(count, int | float | np.number) or not (np.isfinite(count) and count >= 0):
            raise DataError("bad_disposition_count", code=code, value=count)
        counts[name] += float(count)
    if strange:
        raise DataError("unknown_disposition", codes=list(strange), choices=CODES)
    if sum(counts[code] for code in CODES if code != "NE") <= 0:
        raise DataError("no_dispositions", choices=CODES)
    return counts


def _checks(outcome: Outcome) -> tuple[Check, ...]:
    rate = dict(zip(outcome.names, outcome.uncertainty.estimate.tolist(), strict=True))
    if "RR5" not in rate:
        return ()
    spread = rate["RR5"] - rate["RR1"]
    facts = {"lowest": f"{rate['RR1']:.1%}", "highest": f"{rate['RR5']:.1%}"}
    return (Check("unknown_eligibility", spread, f"<= {CLEAR}", spread <= CLEAR, False, facts),)
