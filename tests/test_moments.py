"""Moments: by hand, against pandas and numpy, by the properties that merging must have."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.sums import products, shift_matrix

NAMES = ["q1", "q2", "q3"]


def ratings(rows: int = 60, seed: int = 3, gaps: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = np.clip(np.round(rng.normal(7, 2, size=(rows, 1)) + rng.normal(0, 1.5, size=(rows, 3))), 1, 10)
    values[rng.random(values.shape) < gaps] = np.nan
    return values


def test_by_hand() -> None:
    """Ratings 7 8, 9 9, 5 7 with weights 1, 1, 2: means 6.5 and 7.75."""
    moments = csi.Moments.from_frame([[7.0, 8.0], [9.0, 9.0], [5.0, 7.0]], ["a", "b"], weights=[1, 1, 2])
    assert moments.n == 3
    assert (moments.sum_w, moments.sum_w2) == (4.0, 6.0)
    assert moments.mean.tolist() == [6.5, 7.75]
    # sum w (x - m)^2 = .25 + 6.25 + 2 * 2.25 = 11; over 4 times 3 / 2
    assert moments.cov[0, 0] == pytest.approx(11 / 4 * 1.5, abs=1e-14)
    # sum w (x - m)(y - n) = .5 * .25 + 2.5 * 1.25 + 2 * 1.5 * .75 = 5.5
    assert moments.cov[0, 1] == pytest.approx(5.5 / 4 * 1.5, abs=1e-14)
    assert moments.n_eff == pytest.approx(16 / 6)


def test_kish_example() -> None:
    """METHODS C.7: weights 1 1 1 2 2 3 count as 5 respondents."""
    moments = csi.Moments.from_frame(ratings(6), NAMES, weights=[1, 1, 1, 2, 2, 3])
    assert moments.n_eff == pytest.approx(5.0)


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, lambda data: pa.table(data)], ids=["pandas", "polars", "arrow"]
)
def test_every_frame_library_gives_the_same(make) -> None:
    values = ratings()
    data = {name: values[:, i] for i, name in enumerate(NAMES)}
    moments = csi.Moments.from_frame(make(data))
    assert moments.names == tuple(NAMES)
    np.testing.assert_allclose(moments.cov, np.cov(values.T), rtol=0, atol=1e-13)
    np.testing.assert_allclose(moments.mean, values.mean(axis=0), rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, lambda data: pa.table(data)], ids=["pandas", "polars", "arrow"]
)
def test_null_is_a_missing_answer(make) -> None:
    frame = make({"a": [1, None, 3, 4], "b": [2.0, 5.0, None, 8.0]})
    assert csi.Moments.from_frame(frame).n == 2
    assert csi.Moments.from_frame(frame).dropped == 2


def test_means_far_from_zero_lose_no_digits() -> None:
    """A shift by 1e8 moves the means and leaves the covariances; the textbook formula loses all of them here."""
    values = ratings(200)
    near, far = csi.Moments.from_frame(values, NAMES), csi.Moments.from_frame(values + 1e8, NAMES)
    np.testing.assert_allclose(far.cov, near.cov, rtol=0, atol=1e-6)
    chunks = csi.Moments.from_chunks([values[i : i + 20] + 1e8 for i in range(0, 200, 20)], NAMES)
    np.testing.assert_allclose(chunks.cov, near.cov, rtol=0, atol=1e-6)
    far_values = values + 1e8
    textbook = (far_values.T @ far_values) / 200 - np.outer(far_values.mean(0), far_values.mean(0))
    assert np.abs(textbook - near.cov).max() > 1e-2


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(st.integers(1, 79), min_size=1, max_size=5, unique=True),
    missing=st.sampled_from(["listwise", "pairwise"]),
    seed=st.integers(0, 50),
)
def test_merging_pieces_is_the_whole(cuts: list[int], missing: str, seed: int) -> None:
    values = ratings(80, seed, gaps=0.1)
    weights = np.random.default_rng(seed).uniform(0.2, 3, 80)
    whole = csi.Moments.from_frame(values, NAMES, weights=weights, missing=missing)
    edges = [0, *sorted(cuts), 80]
    total = None
    for start, end in pairwise(edges):
        rows = slice(start, end)
        if missing == "listwise" and np.isnan(values[rows]).any(axis=1).all():
            continue
        piece = csi.Moments.from_frame(values[rows], NAMES, weights=weights[rows], missing=missing)
        total = piece if total is None else total.merge(piece)
    assert total.n == whole.n
    np.testing.assert_allclose(total.mean, whole.mean, rtol=0, atol=1e-12)
    np.testing.assert_allclose(total.cov, whole.cov, rtol=0, atol=1e-11)
    assert total.sum_w2 == pytest.approx(whole.sum_w2)


def test_pairwise_is_pandas() -> None:
    frame = pd.DataFrame(ratings(gaps=0.15), columns=NAMES)
    moments = csi.Moments.from_frame(frame, missing="pairwise")
    np.testing.assert_allclose(moments.cov, frame.cov(), rtol=0, atol=1e-13)
    np.testing.assert_allclose(moments.mean, frame.mean(), rtol=0, atol=1e-13)


def test_weights_are_free_of_scale_and_zero_is_leaving_out() -> None:
    values = ratings(40)
    weights = np.where(np.arange(40) % 4 == 0, 0.0, np.arange(40) + 1.0)
    moments = csi.Moments.from_frame(values, NAMES, weights=weights)
    tenfold = csi.Moments.from_frame(values, NAMES, weights=10 * weights)
    without = csi.Moments.from_frame(values[weights > 0], NAMES, weights=weights[weights > 0])
    for other in (tenfold, without):
        np.testing.assert_allclose(other.cov, moments.cov, rtol=0, atol=1e-12)
        np.testing.assert_allclose(other.mean, moments.mean, rtol=0, atol=1e-12)
        assert other.n == moments.n == 30
    assert moments.dropped == 10


def test_a_weight_of_two_is_a_row_twice_in_point_estimates() -> None:
    values = ratings(30)
    weights = np.where(np.arange(30) < 10, 2.0, 1.0)
    weighted = csi.Moments.from_frame(values, NAMES, weights=weights)
    doubled = csi.Moments.from_frame(np.vstack([values, values[:10]]), NAMES)
    np.testing.assert_allclose(weighted.mean, doubled.mean, atol=1e-13)
    np.testing.assert_allclose(weighted.correlation, doubled.correlation, atol=1e-13)


def test_fourth_order_sums_do_not_depend_on_pieces_or_origin() -> None:
    values = ratings(90)
    weights = np.linspace(0.5, 2, 90)
    whole = csi.Moments.from_frame(values, NAMES, weights=weights, fourth=True)
    pieces = [
        csi.Moments.from_frame(values[i : i + 30], NAMES, weights=weights[i : i + 30], fourth=True) for i in (0, 30, 60)
    ]
    merged = pieces[0].merge(pieces[1]).merge(pieces[2])
    z = products(values - whole.mean) * weights[:, None]
    for moments in (whole, merged):
        assert moments.fourth.units == 90
        np.testing.assert_allclose(moments.fourth.at(whole.mean), z.T @ z, rtol=1e-10, atol=1e-8)


def test_fourth_order_sums_of_clusters_are_of_cluster_totals() -> None:
    values = ratings(40)
    cluster = np.repeat(np.arange(8), 5)
    moments = csi.Moments.from_frame(values, NAMES, fourth=True, cluster=cluster)
    z = products(values - moments.mean)
    totals = np.array([z[cluster == c].sum(axis=0) for c in range(8)])
    np.testing.assert_allclose(moments.fourth.at(moments.mean), totals.T @ totals, rtol=1e-10, atol=1e-8)
    assert moments.fourth.units == 8


def test_shift_matrix_moves_products() -> None:
    values, delta = ratings(5), np.array([0.5, -2.0, 3.0])
    np.testing.assert_allclose(products(values + delta), products(values) @ shift_matrix(delta).T, atol=1e-12)


def test_select_keeps_the_numbers() -> None:
    moments = csi.Moments.from_frame(ratings(50), NAMES, fourth=True, lo=1, hi=10)
    some = moments.select(["q3", "q1"])
    assert some.names == ("q3", "q1")
    assert some.cov[0, 1] == moments.cov[2, 0]
    assert some.hi.tolist() == [10, 10]
    alone = csi.Moments.from_frame(ratings(50)[:, [2, 0]], ["q3", "q1"], fourth=True)
    np.testing.assert_allclose(some.fourth.at(alone.mean), alone.fourth.at(alone.mean), rtol=1e-10, atol=1e-8)


def test_from_table_takes_a_triangle() -> None:
    lower = [[1, np.nan], [0.5, 1]]
    moments = csi.Moments.from_table(["a", "b"], n=50, mean=[7, 8], sd=[2, 3], correlation=lower)
    assert moments.cov.tolist() == [[4, 3], [3, 9]]


BAD = [
    (lambda: csi.Moments.from_frame(ratings(), ["a", "b", "c"], missing="em"), ["missing='em'", "listwise, pairwise"]),
    (lambda: csi.Moments.from_frame(pd.DataFrame({"a": [1.0]}), ["b"]), ["items: b", ": a"]),
    (lambda: csi.Moments.from_frame(pd.DataFrame({"a": ["x", "y"]}), ["a"]), ["'a'", "no number"]),
    (lambda: csi.Moments.from_frame(pl.DataFrame({"a": ["x", "y"]}), ["a"]), ["'a'", "no number"]),
    (lambda: csi.Moments.from_frame(np.full((3, 2), np.inf)), ["6 infinite", "x1, x2"]),
    (lambda: csi.Moments.from_frame(ratings(3), NAMES, weights=[1, -1, 2]), ["1 survey weights", "-1.0"]),
    (lambda: csi.Moments.from_frame(ratings(3), NAMES, weights=[0, 0, 0]), ["all 3 survey weights are 0"]),
    (
        lambda: csi.Moments.from_frame(ratings(3), NAMES, weights=[1, np.nan, 2]),
        ["1 respondents have no survey weight"],
    ),
    (lambda: csi.Moments.from_frame(ratings(3), NAMES, weights=[1, 2]), ["weights", "(2,)", "(3,)"]),
    (lambda: csi.Moments.from_frame(np.full((4, 2), np.nan)), ["none of 4 respondents"]),
    (lambda: csi.Moments.from_frame([1.0, 2.0]), ["(2,)", "(n, p)"]),
    (lambda: csi.Moments.from_chunks([]), ["there is no row"]),
    (lambda: csi.Moments.from_frame(ratings(), NAMES, fourth=True, missing="pairwise"), ["listwise"]),
    (lambda: csi.Moments.from_table(["a", "b"], n=9, mean=[1, 2], sd=[1, 1]), ["correlation="]),
    (
        lambda: csi.Moments.from_table(["a", "b"], n=9, mean=[1, 2], sd=[1, 1], correlation=[[1, 2], [2, 1]]),
        ["2.0", "-1 and 1"],
    ),
    (
        lambda: csi.Moments.from_table(["a", "b"], n=9, mean=[1, 2], sd=[1, 0], correlation=np.eye(2)),
        ["same answer to b"],
    ),
    (lambda: csi.Moments.from_table(["a", "b"], n=9, mean=[1, 2], covariance=[[1, 0], [1, 1]]), ["not symmetric"]),
    (lambda: csi.Moments.from_table(["a", "b"], n=1, mean=[1, 2], covariance=np.eye(2)), ["1 respondents", "2"]),
    (
        lambda: csi.Moments.from_frame(ratings(), NAMES).merge(csi.Moments.from_frame(ratings(), ["a", "b", "c"])),
        ["q1", "a, b, c"],
    ),
    (lambda: csi.Moments.from_frame(ratings(), NAMES).select(["q9"]), ["q9", "q1, q2, q3"]),
]


@pytest.mark.parametrize(("call", "words"), BAD)
def test_bad_input_is_answered_with_one_sentence(call, words: list[str]) -> None:
    with pytest.raises(csi.CsiError) as caught:
        call()
    english = str(caught.value)
    for word in words:
        assert word in english
    with csi.use_language("zh"):
        chinese = str(caught.value)
    assert chinese != english
    assert "\n" not in english + chinese
