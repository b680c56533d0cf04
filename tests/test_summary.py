"""`summary` is the view as text: three rules, the cells of `tidy` rounded, everything that must be known beside it."""

from __future__ import annotations

import pandas as pd
import pytest
from test_contract import both_languages, every_result, made, tiny

import csi
from csi.views import number, width


@both_languages
@every_result
def test_every_table_stands_between_its_rules(function: str, case: str, language: str) -> None:
    with csi.use_language(language):
        for result in made(function, case):
            assert repr(result) == result.summary()
            for name in result.tables:
                lines = result.summary(name).splitlines()
                thick = [i for i, line in enumerate(lines) if line and set(line) == {"="}]
                thin = [i for i, line in enumerate(lines) if line and set(line) == {"-"}]
                assert len(thick) == 2
                assert thin == [thick[0] + 2]
                body = lines[thin[0] + 1 : thick[1]]
                assert len(body) == len(result.tidy(name))
                reach = width(lines[thick[0]])
                assert max(width(line) for line in (lines[thick[0] + 1], *body)) == reach
                for note in result.notes:
                    assert f"- {note}" in lines
                for line in result.checks:
                    assert (f"! {line.meaning}" in lines) == (not line.ok)
                assert all(table in lines[-1] for table in result.tables)


def test_the_level_is_that_of_the_limits_and_is_said() -> None:
    rate = csi.score_rate(tiny(), "s1", satisfied=8)
    text = rate.summary(level=0.8)
    (row,) = rate.tidy(level=0.8).itertuples()
    assert f"{number(row.lower)}  {number(row.upper)}" in text
    assert "80%" in text
    assert "80%" not in rate.summary()
    with pytest.raises(csi.OptionError):
        rate.summary(level=95)
    with pytest.raises(csi.OptionError, match="rate"):
        rate.summary("nothing")


def test_to_frame_is_tidy() -> None:
    nps = csi.score_nps(tiny(), ["s1", "l1"])
    pd.testing.assert_frame_equal(nps.to_frame(), nps.tidy())
    pd.testing.assert_frame_equal(nps.to_frame("shares", 0.8), nps.tidy("shares", 0.8))
