"""One reader of answers: what a cell says as a number, a reason or nothing, decided by its column."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from csi.data.answers import cells_of, seconds
from csi.data.codebook import REASONS


def numbers(cells, decimal=None):
    found = cells_of(pd.Series(cells, dtype=object), "q", decimal)
    return found.spread(found.numbers, np.nan).tolist()


def reasons(cells):
    found = cells_of(pd.Series(cells, dtype=object), "q")
    return [REASONS[code] for code in found.spread(found.tokens, 0)]


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["5.0", " 4 ", "3\u3000", "２", "٤", "+1"], [5, 4, 3, 2, 4, 1]),
        (["4分", "5 分", "3星", "2 stars", "1 point"], [4, 5, 3, 2, 1]),
        (["80%", "100 %", "５％"], [80, 100, 5]),
        (["4/5", "3 / 5", "5 out of 5"], [4, 3, 5]),
        (["★★★★☆", "★★☆☆☆", "★★★★★"], [4, 2, 5]),
        (["3 (★★★☆☆)", "5 (★★★★★)"], [3, 5]),
        (["5 - very", "1 - not at all", "3"], [5, 1, 3]),
        (["10 - Extremely likely", "9", "0 - Not at all likely"], [10, 9, 0]),
        (["1.非常不满意", "2.不满意", "5.非常满意"], [1, 2, 5]),
        (["1,54", "0,99", "2,01", "1"], [1.54, 0.99, 2.01, 1]),
        ([7, 8.0, np.int64(9)], [7, 8, 9]),
        ([True, False], [1, 0]),
    ],
)
def test_numbers_in_every_form(cells, wanted):
    assert numbers(cells) == wanted


@pytest.mark.parametrize(
    "cells",
    [
        ["4,5", *["3"] * 60],  # one comma is no rule
        ["1,200", "2,345", "3,111"],  # thousands
        ["12 Main Street", "3 Elm", "3 Oak"],
        ["3 nights", "2 nights", "1 nights"],
        ["18-24", "25-34"],
        ["1" * 400, "9" * 400],
        ["3/12", "4/7", "5/6"],
        ["True", "False"],
        ["2026-03-01", "12:30"],
    ],
)
def test_words_dates_and_odd_forms_are_no_numbers(cells):
    found = cells_of(pd.Series(cells, dtype=object), "q")
    odd = [i for i, cell in enumerate(found.distinct) if cell != "3"]
    assert np.isnan(found.numbers[odd]).all()


def test_decimals_can_be_said():
    assert numbers(["4,5", "3", "2"], decimal=",") == [4.5, 3, 2]
    assert np.isnan(numbers(["1,5", "2,5", "3,5", "4"], decimal=".")[:3]).all()


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("00:03:12", 192), ("03:12", 192), ("1分20秒", 80), ("310秒", 310), ("310", 310), ("2小时3分", 7380),
        ("3 min 12 s", 192), ("1h 2m", 3720), (dt.time(0, 3, 12), 192), (dt.timedelta(minutes=2), 120),
        ("soon", None), ("", None), ("2026-01-01", None), (dt.datetime(2026, 1, 1), None),
    ],
)  # fmt: skip
def test_times_taken(cell, wanted):
    assert seconds(cell) == wanted


def test_blanks_of_every_kind_and_words_for_no_answer():
    found = reasons(["", " ", "\u3000", "\xa0", "N/A", "-", "不清楚", "Don't know", "不适用", "拒答", "(跳过)", "5"])
    assert found == [
        "blank", "blank", "blank", "blank", *found[4:6], "dont_know", "dont_know", "not_asked", "refused", "skipped",
        "answered",
    ]  # fmt: skip
    assert set(found[4:6]) <= {"blank", "not_asked"}
