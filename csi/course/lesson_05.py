"""Exercises of lesson 05, can we trust the answers: careless people, alpha, length of a scale, the first eigenvalue."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from csi.course.tasks import NumberTask, OwnResultTask
from csi.data.samples import load_sample

Array = NDArray[np.float64]
EXPECTATION, REVERSED = ("expect_overall", "expect_needs", "expect_wrong"), "expect_wrong"
WANTED = 0.9


@cache
def fast_people() -> NumberTask:
    """05.1: the planted careless people whose time is below a third of the median."""
    survey = load_sample("mobile")
    planted = {one for people in survey.codebook.truth["careless"]["rows"].values() for one in people}
    careless = survey.answers["id"].isin(planted).to_numpy()
    seconds = survey.answers["seconds"].to_numpy(float)
    fast = seconds < np.nanmedian(seconds) / 3
    both, share = fast & careless, float(fast[careless].mean())
    half = seconds < np.nanmedian(seconds) / 2
    return NumberTask(
        right=share, tolerance=0.005, said="ex_05_1",
        mistakes={
            "precision_for_sensitivity": float(both.sum() / fast.sum()),
            "share_flagged": float(fast.mean()),
            "share_missed": 1 - share,
            "half_of_median": float(half[careless].mean()),
            "count_found": float(both.sum()),
        },
    )  # fmt: skip


def expectation_ratings(*, turned: bool = True) -> tuple[Array, Array]:
    """Complete answers to the three items (n, 3), and the weights (n,)."""
    survey = load_sample("mobile")
    x = survey.answers[list(EXPECTATION)].to_numpy(float)
    weight = survey.answers[survey.codebook.weight].to_numpy(float)
    if turned:
        place = EXPECTATION.index(REVERSED)
        x[:, place] = 1 + 10 - x[:, place]
    known = ~np.isnan(x).any(axis=1)
    return x[known], weight[known]


def alpha_of(cov: Array) -> float:
    """Alpha from a covariance matrix (k, k)."""
    k = len(cov)
    return float(k / (k - 1) * (1 - np.trace(cov) / cov.sum()))


@cache
def raw_alpha() -> NumberTask:
    """05.2: alpha from the weighted covariances of the turned items."""
    x, weight = expectation_ratings()
    cov = np.cov(x.T, aweights=weight)
    sd = np.sqrt(np.diag(cov))
    r = cov / np.outer(sd, sd)
    r12, r13, r23 = r[0, 1], r[0, 2], r[1, 2]
    loadings = np.sqrt([r12 * r13 / r23, r12 * r23 / r13, r13 * r23 / r12])
    common = loadings.sum() ** 2
    asked, weight_asked = expectation_ratings(turned=False)
    right = alpha_of(cov)
    return NumberTask(
        right=right, tolerance=1 / 500, said="ex_05_2",
        mistakes={
            "alpha_standardised": alpha_of(r),
            "omega_for_alpha": float(common / (common + (1 - loadings**2).sum())),
            "reversed_left": alpha_of(np.cov(asked.T, aweights=weight_asked)),
            "without_k": right * 2 / 3,
            "mean_correlation": float((r12 + r13 + r23) / 3),
            "two_items": alpha_of(cov[:2, :2]),
        },
        values={"item": REVERSED},
    )  # fmt: skip


@cache
def length() -> NumberTask:
    """05.3: items that bring alpha to the wanted level, by the formula of Spearman and Brown."""
    x, weight = expectation_ratings()
    alpha = alpha_of(np.cov(x.T, aweights=weight))
    k = len(EXPECTATION)

    def needed(now: float, wanted: float) -> int:
        return math.ceil(k * wanted * (1 - now) / (now * (1 - wanted)))

    right = needed(alpha, WANTED)
    return NumberTask(
        right=float(right), tolerance=0.5, said="ex_05_3",
        mistakes={
            "times_longer": float(math.ceil(right / k)),
            "items_added": float(right - k),
            "lower_target": float(needed(alpha, 8 / 10)),
            "times_inverted": float(math.ceil(k * k / right)),
        },
        values={"items": k, "alpha": f"{alpha:.2f}"},
    )  # fmt: skip


@cache
def harman() -> NumberTask:
    """05.4: the largest eigenvalue of the correlations of the expectations, as a share."""
    survey = load_sample("hotel")

    def values(letters: str) -> Array:
        items = [f"{letter}{number:02d}" for letter in letters for number in range(1, 23)]
        x = survey.answers[items].dropna().to_numpy(float)
        return np.linalg.eigvalsh(np.corrcoef(x.T))[::-1]

    own = values("e")
    return NumberTask(
        right=float(own[0] / own.sum()), tolerance=0.005, said="ex_05_4",
        mistakes={
            "eigenvalue_itself": float(own[0]),
            "percent_for_share_of_one": float(100 * own[0] / own.sum()),
            "perceptions_for_expectations": float(values("p")[0] / len(own)),
            "all_pairs_together": float(values("ep")[0] / (2 * len(own))),
            "five_eigenvalues": float(own[:5].sum() / own.sum()),
        },
    )  # fmt: skip


EXERCISES = (fast_people, raw_alpha, length, harman)
OWN = OwnResultTask("ex_05_5", "reliability")  # 05.5: reliability of a scale of the student's own
