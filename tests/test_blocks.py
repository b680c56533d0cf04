"""The scale of a column by its values: the block that carries the mass, never extremes; ties are left open."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csi.data.blocks import judge, within


def verdict(tally: dict[float, int]):
    values = sorted(tally)
    return judge(np.array(values, dtype=float), np.array([tally[value] for value in values]))


FIVE = {1: 3, 2: 19, 3: 47, 4: 59, 5: 22}
TEN = {1: 2, 2: 3, 3: 6, 4: 12, 5: 12, 6: 31, 7: 31, 8: 19, 9: 27, 10: 9}


@pytest.mark.parametrize(
    ("tally", "ends", "suspects"),
    [
        (FIVE, (1, 5), {}),
        ({**FIVE, 0: 6}, (1, 5), {0: "suspected_code"}),
        ({**FIVE, -9: 6}, (1, 5), {-9: "suspected_code"}),
        ({**FIVE, 99: 6}, (1, 5), {99: "suspected_code"}),
        ({**FIVE, 8: 3, 9: 6}, (1, 5), {8: "suspected_code", 9: "suspected_code"}),
        ({**FIVE, 44: 1}, (1, 5), {44: "outside_scale"}),
        ({**FIVE, 6: 1}, (1, 5), {6: "outside_scale"}),
        ({**FIVE, 4.5: 17}, (1, 5), {}),
        ({**FIVE, 3.7: 1}, (1, 5), {3.7: "outside_scale"}),
        (TEN, (1, 10), {}),
        ({**TEN, 0: 2}, (0, 10), {}),
        ({**TEN, 95: 4, 96: 2, 98: 9, 99: 9}, (1, 10), dict.fromkeys((95, 96, 98, 99), "suspected_code")),
        ({1: 5, 2: 9, 3: 20, 4: 30, 5: 40, 6: 30, 7: 20}, (1, 7), {}),
        ({1: 5, 2: 9, 3: 20, 4: 30, 5: 40, 6: 30, 7: 20, 9: 4}, (1, 7), {9: "suspected_code"}),
        ({-3: 2, -2: 3, -1: 5, 0: 4, 1: 5, 2: 6, 3: 3}, (-3, 3), {}),
        ({-2: 2, -1: 5, 0: 4, 1: 5, 2: 6}, (-2, 2), {}),
        ({0: 50, 1: 40}, (0, 1), {}),
        ({2: 30, 3: 20, 5: 10}, (1, 5), {}),
    ],
)
def test_the_block_that_carries_the_mass_is_the_scale(tally, ends, suspects):
    found = verdict(tally)
    assert found.ends == ends
    assert dict(found.suspects) == suspects


@pytest.mark.parametrize(
    ("tally", "choices"),
    [
        (dict.fromkeys((1, 2, 3, 4), 20), {(1, 4), (1, 5)}),
        (dict.fromkeys((1, 2, 3), 20), {(1, 3), (1, 5)}),
        (dict.fromkeys((1, 2, 3, 4, 5, 6), 20), {(1, 6), (1, 7)}),
        ({**TEN, 0: 20}, {(0, 10), (1, 10)}),
        ({2: 4, 3: 3, 9: 20, 10: 31}, {(1, 10), (0, 10)}),
        ({0: 20, 1: 20, 2: 20, 3: 30, 4: 20}, {(0, 4), (1, 5)}),
        ({**FIVE, 0: 40}, {(0, 5), (1, 5)}),
    ],
)
def test_what_the_values_do_not_decide_is_left_open(tally, choices):
    found = verdict(tally)
    assert found.ends is None
    assert set(found.choices) == choices


@pytest.mark.parametrize(
    "tally",
    [
        {25: 3, 31: 2, 44: 1, 47: 1, 19: 2},
        {1.37: 4, 2.91: 3, 3.33: 5},
        {2019: 4, 2020: 5, 2021: 9},
        {120: 4, 3400: 2, 15: 4},
    ],
)
def test_amounts_are_no_ratings(tally):
    found = verdict(tally)
    assert found.ends is None
    assert not found.choices


@settings(max_examples=200, deadline=None)
@given(
    top=st.sampled_from([5, 7, 10]),
    counts=st.lists(st.integers(5, 60), min_size=10, max_size=10),
    code=st.sampled_from([99, 98, 77, 88, 999, -1, -9, -99]),
    times=st.integers(1, 20),
)
def test_codes_never_change_what_the_other_cells_mean(top, counts, code, times):
    tally = dict(zip(range(1, top + 1), counts, strict=False))
    clean, coded = verdict(tally), verdict({**tally, code: times})
    assert clean.ends == coded.ends == (1, top)
    assert dict(coded.suspects) == {code: "suspected_code"}


def test_given_ends_are_kept_whatever_lies_outside():
    values, counts = np.array([0.0, 1, 2, 3, 4, 99]), np.array([3, 5, 5, 5, 5, 1])
    found = within(values, counts, (1, 4), "given")
    assert found.ends == (1, 4)
    assert dict(found.suspects) == {0: "suspected_code", 99: "suspected_code"}
