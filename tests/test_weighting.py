"""Raking, post-stratification and trimming: by hand, by property, and with every wrong target named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import csi
from csi.language import use_language


def crossed(cells: list[list[int]]) -> csi.Survey:
    """A survey with so many respondents in each cell of row and column."""
    rows = [(f"r{i}", f"c{j}") for i, line in enumerate(cells) for j, count in enumerate(line) for _ in range(count)]
    frame = pd.DataFrame(rows, columns=["row", "column"])
    return csi.Survey.from_frame(frame.assign(q=np.arange(len(rows)) % 10 + 1), name="crossed")


ROWS, COLUMNS = {"r0": 50, "r1": 50}, {"c0": 45, "c1": 55}


def table(survey: csi.Survey) -> np.ndarray:
    frame = survey.answers[["row", "column"]].assign(w=survey.design().weight)
    return frame.pivot_table(index="row", columns="column", values="w", aggfunc="sum").to_numpy()


def test_raking_gives_the_worked_table() -> None:
    """METHODS C.7: cells [[20, 30], [10, 40]], rows 50 and 50, columns 45 and 55."""
    survey = crossed([[20, 30], [10, 40]])
    raked = csi.rake(survey, {"row": ROWS, "column": COLUMNS})
    found = table(raked)
    np.testing.assert_allclose(found, [[28.446458, 21.553542], [16.553542, 33.446458]], atol=5e-7)
    factors = found / np.array([[20, 30], [10, 40]])
    # printed to six digits, the first one cut and not rounded: 28.446458 / 20 is 1.4223229
    np.testing.assert_allclose(factors, [[1.422322, 0.718451], [1.655354, 0.836162]], atol=1e-6)
    odds = found[0, 0] * found[1, 1] / (found[0, 1] * found[1, 0])
    assert odds == pytest.approx(20 * 40 / (30 * 10), abs=1e-8)


def test_raking_meets_every_margin_and_keeps_the_sum() -> None:
    survey = csi.load_sample("mobile")
    targets = {
        "operator": dict(zip(["Amber", "Birch", "Coral", "Dune"], [0.4, 0.3, 0.2, 0.1], strict=True)),
        "wave": {"2025H1": 0.3, "2025H2": 0.3, "2026H1": 0.4},
        "region": {"north": 0.4, "east": 0.3, "south": 0.2, "west": 0.1},
    }
    raked = csi.rake(survey, targets)
    weight = raked.design().weight
    assert weight.sum() == pytest.approx(survey.design().weight.sum(), rel=1e-12)
    for column, wanted in targets.items():
        shares = pd.Series(weight).groupby(raked.answers[column].astype(str).to_numpy()).sum() / weight.sum()
        for level, share in wanted.items():
            assert shares[level] == pytest.approx(share, abs=1e-9)
    again = csi.rake(raked, targets, name="again")
    np.testing.assert_allclose(again.design().weight, weight, rtol=1e-8)


def test_scaling_the_first_weights_changes_only_the_sum() -> None:
    survey = crossed([[20, 30], [10, 40]])
    base = np.linspace(1, 3, len(survey))
    one = csi.rake(survey.with_weight(base, "w"), {"row": ROWS, "column": COLUMNS}).design().weight
    ten = csi.rake(survey.with_weight(10 * base, "w"), {"row": ROWS, "column": COLUMNS}).design().weight
    np.testing.assert_allclose(ten, 10 * one, rtol=1e-9)


def test_post_stratifying_cells_is_one_division() -> None:
    survey = crossed([[20, 30], [10, 40]])
    cells = {("r0", "c0"): 0.1, ("r0", "c1"): 0.2, ("r1", "c0"): 0.3, ("r1", "c1"): 0.4}
    weighted = csi.post_stratify(survey, ["row", "column"], cells)
    np.testing.assert_allclose(table(weighted), [[10, 20], [30, 40]], atol=1e-9)
    alone = csi.post_stratify(survey, "row", ROWS)
    np.testing.assert_allclose(
        alone.design().weight, csi.rake(survey, {"row": ROWS}).design().weight, atol=1e-12
    )  # fmt: skip


def test_trimmed_weights_keep_their_bounds_and_their_margins() -> None:
    survey = crossed([[20, 30], [10, 40]])
    skewed = survey.with_weight(np.where(np.arange(100) % 10 == 0, 8.0, 1.0), "w")
    free = csi.rake(skewed, {"row": ROWS, "column": COLUMNS}).design().weight
    assert free.max() > 3 * free.mean()
    cut = csi.rake(skewed, {"row": ROWS, "column": COLUMNS}, trim=(0.2, 3.0))
    weight = cut.design().weight
    assert weight.max() <= 3.0 * weight.mean() * (1 + 1e-5)
    found = table(cut)
    np.testing.assert_allclose(found.sum(axis=1) / found.sum(), [0.5, 0.5], atol=1e-8)
    assert any("3.0" in str(note) for note in cut.notes)


def test_weights_stay_with_another_codebook_and_say_what_they_cost() -> None:
    raked = csi.rake(crossed([[20, 30], [10, 40]]), {"row": ROWS, "column": COLUMNS})
    again = raked.with_codebook(raked.codebook)
    np.testing.assert_array_equal(again.design().weight, raked.design().weight)
    with use_language("zh"):
        assert any("设计效应" in str(note) for note in raked.notes)


def test_kish_by_hand() -> None:
    survey = crossed([[2, 1], [1, 2]]).with_weight([1, 1, 1, 2, 2, 3], "w")
    facts = csi.check_weights(survey).tidy().set_index("term")["estimate"]
    assert facts["effective_n"] == 100 / 20
    assert facts["design_effect"] == pytest.approx(1.2)
    heavy = survey.with_weight([1, 1, 1, 1, 1, 95], "v")
    assert not csi.check_weights(heavy).check().set_index("check").loc["dominant_weight", "ok"]


def test_respondents_of_weight_zero_stay_out() -> None:
    survey = crossed([[20, 30], [10, 40]])
    kept = survey.keep(np.arange(100) > 4)
    raked = csi.rake(kept, {"row": ROWS, "column": COLUMNS}, name="raked")
    assert (raked.design().weight[:5] == 0).all()
    assert (raked.design().weight[5:] > 0).all()


BAD = {
    "empty": (lambda s: csi.rake(s, {}), ["crossed", "region"], ["crossed", "目标"]),
    "unknown": (lambda s: csi.rake(s, {"row": {**ROWS, "r9": 5}}), ["r9", "r0", "merge"], ["r9", "r0", "并入"]),
    "missing": (lambda s: csi.rake(s, {"row": {"r0": 1}}), ["row", "r1"], ["row", "r1"]),
    "negative": (lambda s: csi.rake(s, {"row": {"r0": -1, "r1": 2}}), ["row", "r0", "negative"], ["r0", "负数"]),
    "not one": (lambda s: csi.rake(s, {"row": {"r0": 0.5, "r1": 0.4}}), ["row", "0.9", "1"], ["row", "0.9"]),
    "differ": (
        lambda s: csi.rake(s, {"row": ROWS, "column": {"c0": 40, "c1": 50}}),
        ["row (100)", "column (90)"],
        ["row (100)", "column (90)", "不一致"],
    ),
    "column": (lambda s: csi.rake(s, {"rows": ROWS}), ["rows", "row"], ["rows", "row"]),
    "trim": (lambda s: csi.rake(s, {"row": ROWS}, trim=(2, 3)), ["2", "0.3"], ["2", "0.3"]),
    "narrow": (
        lambda s: csi.rake(s, {"row": {"r0": 0.9, "r1": 0.1}}, trim=(0.9, 1.1)),
        ["0.9", "1.1", "widen"],
        ["0.9", "1.1", "放宽"],
    ),
    "exists": (lambda s: csi.rake(s, {"row": ROWS}, name="q"), ["'q'", "crossed"], ["'q'", "crossed"]),
    "type": (lambda s: csi.check_weights(3), ["check_weights", "int"], ["check_weights", "int"]),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", list(BAD))
def test_wrong_targets_are_named(case: str, language: str) -> None:
    call, english, chinese = BAD[case]
    with use_language(language), pytest.raises(csi.CsiError) as caught:
        call(crossed([[20, 30], [10, 40]]))
    with use_language(language):
        assert all(word in str(caught.value) for word in (english if language == "en" else chinese)), str(caught.value)


def test_targets_that_no_weights_can_meet_stop() -> None:
    """An empty cell makes row r0 equal column c0, so their targets contradict each other."""
    survey = crossed([[20, 0], [0, 40]])
    with pytest.raises(csi.EstimationError, match=r"did not converge after|did not converge: after"):
        csi.rake(survey, {"row": {"r0": 0.5, "r1": 0.5}, "column": {"c0": 0.4, "c1": 0.6}})


def test_respondents_without_a_level_are_counted() -> None:
    frame = pd.DataFrame({"sex": ["f", None, "m", "f"], "q": [7, 8, 9, 6]})
    with pytest.raises(csi.DataError, match="1 respondents have no value in 'sex'"):
        csi.rake(csi.Survey.from_frame(frame), {"sex": {"f": 0.5, "m": 0.5}})
