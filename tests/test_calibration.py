"""Raking on arrays: it converges, says when it cannot, treats replicates alike, and leaves residuals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.errors import EstimationError
from csi.inference.bootstrap import draw
from csi.inference.calibration import Calibration, rake_weights
from csi.inference.design import Design


def random_margins(rng: np.random.Generator, n: int) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Two margins whose every combination occurs, and targets that contradict nothing."""
    margins = (np.arange(n) % 3, (np.arange(n) // 3) % 2)
    targets = tuple(rng.dirichlet(np.full(levels, 20.0)) for levels in (3, 2))
    return margins, targets


def shares(weight: np.ndarray, codes: np.ndarray, levels: int) -> np.ndarray:
    return np.bincount(codes, weight, levels) / weight.sum()


seeds = st.integers(0, 2**32 - 1)


@given(seeds)
@settings(max_examples=30, deadline=None)
def test_every_margin_is_met_and_proportions_within_cells_stay(seed):
    rng = np.random.default_rng(seed)
    margins, targets = random_margins(rng, 24)
    base = rng.uniform(0.2, 3, 24)
    found = rake_weights(base, margins, targets)
    assert found.gap <= 1e-10
    for codes, target in zip(margins, targets, strict=True):
        np.testing.assert_allclose(shares(found.weight, codes, len(target)), target, atol=1e-9)
    assert found.weight.sum() == pytest.approx(base.sum())
    factor = found.weight / base
    cell = margins[0] * 2 + margins[1]
    for k in range(6):
        np.testing.assert_allclose(factor[cell == k], factor[cell == k][0])
    table = np.array([factor[cell == k][0] for k in range(6)]).reshape(3, 2)
    np.testing.assert_allclose(table[:, :1] * table[:1], table * table[0, 0], rtol=1e-9)  # one factor per level


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_replicates_together_are_replicates_one_by_one(seed):
    rng = np.random.default_rng(seed)
    margins, targets = random_margins(rng, 24)
    base = rng.uniform(0.2, 3, (24, 1)) * rng.poisson(1.0, (24, 7))
    together = rake_weights(base, margins, targets).weight
    for b in range(7):
        try:
            alone = rake_weights(base[:, b], margins, targets).weight
        except EstimationError:
            alone = np.full(24, np.nan)
        np.testing.assert_array_equal(together[:, b], alone)


def test_one_margin_is_post_stratification():
    codes = np.array([0, 0, 1, 1, 1])
    base = np.array([1.0, 3.0, 2.0, 1.0, 1.0])
    found = rake_weights(base, (codes,), (np.array([0.25, 0.75]),))
    np.testing.assert_allclose(found.weight, [0.5, 1.5, 3.0, 1.5, 1.5])
    assert found.iterations == 1


def test_a_level_with_target_0_gets_no_weight():
    codes = np.array([0, 1, 1, 2])
    found = rake_weights(np.ones(4), (codes,), (np.array([0.5, 0.5, 0.0]),))
    np.testing.assert_allclose(found.weight, [2, 1, 1, 0])


def test_zero_cells_converge_where_the_targets_allow_it():
    first, second = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])  # nobody in cell (1, 0)
    found = rake_weights(np.ones(4), (first, second), (np.array([0.6, 0.4]), np.array([0.3, 0.7])))
    np.testing.assert_allclose(found.weight / 4, [0.3, 0.3, 0.2, 0.2], atol=1e-9)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("margins", "targets"),
    [
        # nobody in the cells off the diagonal, so that both margins are the same people
        (([0, 0, 1, 1], [0, 0, 1, 1]), ([0.5, 0.5], [0.4, 0.6])),
        # (0, 1) is empty: those of the second level of b are all in the second of a, who are fewer
        (([0, 0, 1, 1], [0, 0, 0, 1]), ([0.7, 0.3], [0.5, 0.5])),
        # a level that nobody has
        (([0, 0, 1, 1], [0, 1, 0, 1]), ([0.5, 0.5], [0.4, 0.4, 0.2])),
    ],
)
def test_targets_that_contradict_each_other_are_refused(margins, targets, language):
    codes, wanted = [np.array(one) for one in margins], [np.array(one) for one in targets]
    with csi.use_language(language), pytest.raises(EstimationError) as caught:
        rake_weights(np.ones(4), codes, wanted)
    assert caught.value.code == "raking_failed"
    assert f"{caught.value.values['gap']:.2g}" in str(caught.value)
    assert np.isnan(rake_weights(np.ones((4, 2)), codes, wanted).weight).all()


def test_a_replicate_without_a_level_is_missing_and_costs_no_time():
    margins, targets = (np.array([0, 0, 1, 1]),), (np.array([0.5, 0.5]),)
    base = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    found = rake_weights(base, margins, targets)
    np.testing.assert_allclose(found.weight[:, 0], 1)
    assert np.isnan(found.weight[:, 1]).all()
    assert found.iterations == 1
    assert found.gap < 1e-10


def test_residuals_by_hand():
    """One margin: the contribution loses its mean, weighted by the base weights, in every level."""
    base, codes = np.array([1.0, 3.0, 2.0, 1.0, 1.0]), np.array([0, 0, 1, 1, 1])
    calibration = Calibration(base, (codes,), (np.array([0.25, 0.75]),))
    weight = calibration.raked(base)
    contribution = np.array([[4.0, 8.0, 1.0, 5.0, 7.0]])
    means = np.array([7.0, 7.0, 3.5, 3.5, 3.5])  # (4 + 3 x 8) / 4 and (2 + 5 + 7) / 4
    left = calibration.residual(weight * contribution, weight)
    np.testing.assert_allclose(left, weight * (contribution - means))
    np.testing.assert_allclose(np.bincount(codes, left[0] / weight * base), 0, atol=1e-12)


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_residuals_are_those_of_weighted_least_squares(seed):
    """Two margins: what is left of u after its regression on all dummies is orthogonal to each of them."""
    rng = np.random.default_rng(seed)
    margins, targets = random_margins(rng, 24)
    base = rng.uniform(0.2, 3, 24)
    calibration = Calibration(base, margins, targets)
    weight = calibration.raked(base)
    u = rng.normal(size=(2, 24))
    left = calibration.residual(weight * u, weight) / weight
    dummies = np.concatenate([np.arange(len(t))[:, None] == codes for codes, t in zip(margins, targets, strict=True)])
    np.testing.assert_allclose(dummies * base @ left.T, 0, atol=1e-10)
    slopes = np.linalg.lstsq((dummies * np.sqrt(base)).T, (u * np.sqrt(base)).T, rcond=None)[0]
    np.testing.assert_allclose(left, u - slopes.T @ dummies, atol=1e-10)


def test_residuals_pass_over_weights_of_0():
    base, codes = np.array([1.0, 3.0, 2.0, 1.0, 1.0]), np.array([0, 0, 1, 1, 2])
    calibration = Calibration(base, (codes,), (np.array([0.25, 0.75, 0.0]),))
    weight = calibration.raked(base)
    left = calibration.residual((weight * np.arange(1.0, 6.0))[None], weight)
    assert weight[4] == 0
    assert left[0, 4] == 0
    assert np.isfinite(left).all()


def test_every_replicate_meets_the_margins():
    rng = np.random.default_rng(8)
    margins, targets = random_margins(rng, 60)
    base = rng.uniform(0.5, 2, 60)
    calibration = Calibration(base, margins, targets)
    weight = calibration.raked(base)
    design = Design(60, weight, np.arange(60) % 2, np.arange(60) // 4, calibration=calibration)
    (_, multipliers), *_ = draw(design, 50, 1)
    assert multipliers.shape == (60, 50)
    again = weight[:, None] * multipliers
    whole = ~np.isnan(again).any(axis=0)
    assert whole.sum() > 40
    for codes, target in zip(margins, targets, strict=True):
        for b in np.flatnonzero(whole):
            np.testing.assert_allclose(shares(again[:, b], codes, len(target)), target, atol=1e-9)
