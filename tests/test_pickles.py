"""A Result and a Study are handed on: pickled, copied and sent to another process, with everything they said."""

from __future__ import annotations

import copy
import multiprocessing
import pickle

import numpy as np
import pandas as pd
import pytest
from test_contract import TINY, every_result, made, tiny

import csi


def same(first: csi.Result, second: csi.Result) -> None:
    """Both say the same in tables at two levels, covariances, contrasts, facts, checks, scores and both languages."""
    assert second.tables == first.tables
    for name in first.tables:
        for level in (0.95, 0.8):
            pd.testing.assert_frame_equal(second.tidy(name, level), first.tidy(name, level), check_exact=True)
        pd.testing.assert_frame_equal(second.covariance(name), first.covariance(name), rtol=1e-12)
        rows = first.table(name).rows()
        weights = {rows[0]: 1.0, rows[-1]: -0.5}
        one, other = (result.contrast(weights, name) for result in (first, second))
        np.testing.assert_allclose(numbers(other), numbers(one), rtol=1e-12)
        assert second.value(*rows[0], table=name).lower == pytest.approx(
            first.value(*rows[0], table=name).lower, nan_ok=True, abs=0
        )
    pd.testing.assert_frame_equal(second.glance(), first.glance())
    pd.testing.assert_frame_equal(second.check(), first.check())
    assert second.cite("bibtex") == first.cite("bibtex")
    assert scores(second) == scores(first)
    for language in ("en", "zh"):
        with csi.use_language(language):
            assert repr(second) == repr(first)
            assert [line.meaning for line in second.checks] == [line.meaning for line in first.checks]


def numbers(estimate: csi.Estimate) -> list[float]:
    return [estimate.estimate, estimate.std_error, estimate.lower, estimate.upper, estimate.p_value, estimate.n]


def scores(result: csi.Result) -> str:
    """The scores exactly, or what stands in their place."""
    try:
        return result.scores().to_csv(float_format="%r")
    except csi.CsiError as problem:
        return problem.code


@every_result
def test_pickled_and_back(function: str, case: str) -> None:
    for result in made(function, case):
        content = pickle.dumps(result)
        same(result, pickle.loads(content))
        assert pickle.dumps(pickle.loads(content)) is not None  # handed on once more


@every_result
def test_copied(function: str, case: str) -> None:
    for result in made(function, case):
        twin = copy.copy(result)
        assert twin is not result
        assert repr(twin) == repr(result)
        deep = copy.deepcopy(result)
        assert deep.table() is not result.table()
        pd.testing.assert_frame_equal(deep.tidy(), result.tidy())
        assert scores(deep) == scores(result)


def test_a_shallow_copy_builds_nothing() -> None:
    result = csi.fit_pls(tiny(), TINY, n_boot=0)
    assert copy.copy(result)._built == {}
    assert result._built == {}


def test_scores_of_a_pickled_result_cannot_be_changed_through_what_it_hands_out() -> None:
    result = pickle.loads(pickle.dumps(csi.fit_pls(tiny(), TINY, n_boot=0)))
    before = result.scores()
    mine = result.scores()
    mine.iloc[:, 0] = 99.0
    pd.testing.assert_frame_equal(result.scores(), before)


@pytest.fixture(scope="module")
def study() -> csi.Study:
    return csi.analyse_survey(csi.load_sample("mobile"), "SCSB", by="operator", n_boot=40)


@pytest.mark.parametrize("hand_on", [lambda one: pickle.loads(pickle.dumps(one)), copy.copy, copy.deepcopy])
def test_a_study(hand_on, study) -> None:
    twin = hand_on(study)
    assert list(twin.results) == list(study.results)
    for name, result in study.results.items():
        same(result, twin.results[name])
    for language in ("en", "zh"):
        with csi.use_language(language):
            assert repr(twin) == repr(study)
    assert dict(twin.options) == dict(study.options)


def _asked(result: csi.Result) -> tuple[list[float], str]:
    return result.tidy()["estimate"].tolist(), str(result.notes[0])


def test_a_result_goes_to_another_process_and_comes_back() -> None:
    result = csi.fit_pls(tiny(), TINY, n_boot=40)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_asked, (result,)) == _asked(result)
        same(result, pool.apply(copy.copy, (result,)))


def test_replicates_of_one_table_do_not_drag_the_others_along() -> None:
    """A table of one construct holds its own replicates only."""
    result = csi.fit_pls(csi.load_sample("mobile"), "SCSB", n_boot=200)
    table = result.table("htmt")
    held = pickle.dumps(table)
    assert len(held) < 200 * 8 * len(table.rows()) + 6_000
