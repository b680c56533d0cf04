"""SERVQUAL on arrays: gaps, weighted gaps and the reliability of difference scores. Nothing here sees a Survey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def paired(expectation: Array, perception: Array) -> tuple[Array, Array]:
    """Both answers (n, K) where both were given, NaN elsewhere."""
    both = np.isfinite(expectation) & np.isfinite(perception)
    if both.all():
        return expectation, perception
    return np.where(both, expectation, np.nan), np.where(both, perception, np.nan)


def by_dimension(values: Array, members: Array) -> Array:
    """Mean of the items of each dimension: values (K, b), members (D, K) of 0 and 1; gives (D, b)."""
    return (members / members.sum(axis=1, keepdims=True)) @ values


def weighted(values: Array, points: Array) -> Array:
    """(1, b) sum of the dimensions' values (D, b) by their share of the points (D, b)."""
    return (values * points / points.sum(axis=0)).sum(axis=0, keepdims=True)


@dataclass(frozen=True)
class Spread:
    """What the reliability of a difference needs, (b,) each.

    Attributes
    ----------
    sd_expectation, sd_perception, sd_gap : standard deviations of the respondents' mean scores
    alpha_expectation, alpha_perception : Cronbach's alpha of both sets of items, NaN for a single item
    correlation : of the two mean scores
    reliability : of their difference
    """

    sd_expectation: Array
    sd_perception: Array
    sd_gap: Array
    alpha_expectation: Array
    alpha_perception: Array
    correlation: Array
    reliability: Array


def spread_columns(expectation: Array, perception: Array) -> Array:
    """(n, 2 k + 5) columns from whose means `spread` follows, for the k items of one dimension.

    Respondents without all 2 k answers are NaN. Items are counted from their middle, so that no digits are lost.
    """
    whole = np.hstack([expectation, perception])
    known = np.isfinite(whole).all(axis=1)
    middle = whole[known].mean(axis=0) if known.any() else np.zeros(whole.shape[1])
    whole = np.where(known[:, None], whole - middle, np.nan)
    e, p = np.hsplit(whole, 2)
    te, tp = e.sum(axis=1), p.sum(axis=1)
    return np.column_stack([whole, (e**2).sum(axis=1), (p**2).sum(axis=1), te**2, tp**2, te * tp])


def spread(mean: Array, weight: Array) -> Spread:
    """Parts and reliability of the gap from means (2 k + 5, b) over `weight` (b,) respondents."""
    k = (len(mean) - 5) // 2
    ee, pp, te2, tp2, tep = mean[2 * k :]
    me, mp = mean[:k], mean[k : 2 * k]
    item_e, item_p = ee - (me**2).sum(axis=0), pp - (mp**2).sum(axis=0)
    total_e, total_p = te2 - me.sum(axis=0) ** 2, tp2 - mp.sum(axis=0) ** 2
    both = tep - me.sum(axis=0) * mp.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = weight / (weight - 1) / k**2
        ve, vp, cov = total_e * unit, total_p * unit, both * unit
        alphas = [
            k / (k - 1) * (1 - item / total) if k > 1 else np.full(mean.shape[1], np.nan)
            for item, total in ((item_e, total_e), (item_p, total_p))
        ]
        se, sp, r = np.sqrt(ve), np.sqrt(vp), cov / np.sqrt(ve * vp)
        sd_gap = np.sqrt(np.maximum(ve + vp - 2 * cov, 0))
        return Spread(se, sp, sd_gap, *alphas, r, difference_reliability(sp, se, alphas[1], alphas[0], r))


def difference_reliability(
    sd_perception: Array, sd_expectation: Array, r_perception: Array, r_expectation: Array, correlation: Array
) -> Array:
    """Reliability of a difference: (sp^2 rpp + se^2 ree - 2 rpe sp se) / (sp^2 + se^2 - 2 rpe sp se)."""
    shared = 2 * correlation * sd_perception * sd_expectation
    with np.errstate(invalid="ignore", divide="ignore"):
        return (sd_perception**2 * r_perception + sd_expectation**2 * r_expectation - shared) / (
            sd_perception**2 + sd_expectation**2 - shared
        )


def normed_quality(expectation: Array, perception: Array, ideal: Array) -> Array:
    """Teas's normed quality: how much nearer the perception is to the ideal than the expectation, |E - I| - |P - I|."""
    return np.abs(expectation - ideal) - np.abs(perception - ideal)
