"""Bad calls of the model layer and the words their one sentence must hold, in both languages.

Bad files and codebooks stand in test_readers.py, test_codebook.py and test_survey.py; bad model text in
test_path_model.py; bad moments in test_moments.py; output files in test_report.py.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csi

TINY = csi.PathModel.parse("Satisfaction ~ Quality; Loyalty ~ Satisfaction")
MOBI = "ECSI_2005"


def answers(**columns: object) -> csi.Survey:
    """The tiny sample with some columns replaced."""
    sample = csi.load_sample("tiny")
    return csi.Survey.from_frame(sample.answers.assign(**columns), sample.codebook, name="tiny")


def weighted(weights: object) -> csi.Survey:
    sample = csi.load_sample("tiny")
    book = dataclasses.replace(sample.codebook, weight="w")
    return csi.Survey.from_frame(sample.answers.assign(w=weights), book, name="tiny")


def stratified(strata: object) -> csi.Survey:
    sample = csi.load_sample("tiny")
    book = dataclasses.replace(sample.codebook, strata="region")
    return csi.Survey.from_frame(sample.answers.assign(region=strata), book, name="tiny")


def grouped(groups: object) -> csi.Survey:
    sample = csi.load_sample("tiny")
    return csi.Survey.from_frame(sample.answers.assign(shop=groups), dataclasses.replace(sample.codebook, case="shop"))


def first(rows: int) -> csi.Survey:
    sample = csi.load_sample("tiny")
    return csi.Survey.from_frame(sample.answers.iloc[:rows], sample.codebook, name="tiny")


def indefinite() -> csi.Moments:
    names = ["q1", "q2", "s1"]
    matrix = np.array([[1, 0.2, 0.8], [0.2, 1, 0.8], [0.8, 0.8, 1]])
    return csi.Moments.from_table(names, n=100, mean=[5, 5, 5], covariance=matrix)


def impossible() -> csi.Moments:
    matrix = np.array([[1, -1.5, 0.1], [-1.5, 1, 0.1], [0.1, 0.1, 1]])
    return csi.Moments.from_table(["q1", "q2", "s1"], n=100, mean=[5, 5, 5], covariance=matrix)


THREE = csi.PathModel.parse("Q =~ q1 + q2; S =~ s1; S ~ Q")
nan = np.nan

# (what is wrong, the call, words of the English sentence, words of the Chinese sentence)
BAD: list[tuple[str, Callable[[], object], list[str], list[str]]] = [
    ("unknown model", lambda: csi.fit_pls(answers(), "ECSY"), ["ECSY", "ECSI", "SCSB", "CCSI"], ["ECSY", "ECSI"]),
    ("not a model", lambda: csi.fit_pls(answers(), 7), ["int", "list_models"], ["int", "list_models"]),
    ("unknown sample", lambda: csi.load_sample("mobil"), ["mobil", "mobile", "tiny"], ["mobil", "mobile", "tiny"]),
    ("unknown moments", lambda: csi.load_moments("x"), ["'x'", "acsi2015", "mobi"], ["acsi2015", "mobi"]),
    (
        "unknown item",
        lambda: csi.fit_pls(answers(), csi.PathModel.parse("Q =~ q1 + q9; S =~ s1; S ~ Q")),
        ["q9", "q1, q2, s1"], ["q9", "q1、q2、s1"],
    ),
    (
        "unknown construct in modes",
        lambda: csi.fit_pls(answers(), TINY, modes={"Qualty": "B"}),
        ["Qualty", "Quality, Satisfaction, Loyalty"], ["Qualty", "Quality"],
    ),
    (
        "constructs the codebook does not fill",
        lambda: csi.fit_pls(answers(), csi.PathModel.parse("Satisfaction ~ Quality + Price")),
        ["Price"], ["Price"],
    ),
    ("cycle", lambda: csi.fit_pls(answers(), "A ~ B; B ~ A"), ["A", "B"], ["A", "B"]),
    ("unknown mode", lambda: csi.fit_pls(answers(), TINY, modes={"Quality": "C"}), ["'C'", "A, B, unit"], ["'C'"]),
    ("unknown scheme", lambda: csi.fit_pls(answers(), TINY, scheme="paths"), ["paths", "centroid"], ["paths"]),
    ("unknown missing", lambda: csi.fit_pls(answers(), TINY, missing="em"), ["'em'", "listwise, pairwise"], ["'em'"]),
    ("unknown inference", lambda: csi.fit_pls(answers(), TINY, inference="bayes"), ["bayes", "bootstrap"], ["bayes"]),
    ("unknown interval", lambda: csi.fit_pls(answers(), TINY, interval="hpd"), ["hpd", "bca"], ["hpd"]),
    ("unknown weights", lambda: csi.fit_pls(answers(), TINY, indicator_weights="x"), ["pooled, own"], ["pooled"]),
    ("unknown target", lambda: csi.fit_pls(answers(), TINY, target="Quality"), ["Quality", "Loyalty"], ["Quality"]),
    ("n_boot too small", lambda: csi.fit_pls(answers(), TINY, n_boot=7), ["n_boot=7", "20"], ["n_boot=7", "20"]),
    ("n_boot negative", lambda: csi.fit_pls(answers(), TINY, n_boot=-1), ["n_boot=-1"], ["n_boot=-1"]),
    ("tolerance", lambda: csi.fit_pls(answers(), TINY, tolerance=0), ["tolerance=0", "above 0"], ["tolerance=0"]),
    ("max_iter", lambda: csi.fit_pls(answers(), TINY, max_iter=0), ["max_iter=0"], ["max_iter=0"]),
    ("PLSc metric", lambda: csi.fit_pls(answers(), TINY, consistent=True, standardized=False),
     ["standardized"], ["相关"]),
    (
        "PLSc with unit weights",
        lambda: csi.fit_pls(answers(), TINY, consistent=True, modes={"Quality": "unit"}),
        ["Quality", "mode A"], ["Quality", "模式 A"],
    ),
    ("not a survey", lambda: csi.fit_pls([1, 2], TINY), ["fit_pls", "list", "as_survey"], ["fit_pls", "as_survey"]),
    ("constant item", lambda: csi.fit_pls(answers(q1=5), TINY, n_boot=0), ["q1", "same answer"], ["q1", "完全相同"]),
    ("all missing", lambda: csi.fit_pls(answers(q1=nan), TINY), ["q1", "nobody of 12", "tiny"], ["q1", "12"]),
    ("nobody complete", lambda: csi.fit_pls(answers(q1=[1, 2] * 3 + [nan] * 6, q2=[nan] * 6 + [1, 2] * 3), TINY),
     ["none of 12", "pairwise"], ["12", "pairwise"]),
    ("no common rows", lambda: csi.fit_pls(
        answers(q1=[1, 2] * 3 + [nan] * 6, q2=[nan] * 6 + [1, 2] * 3), TINY, missing="pairwise", n_boot=0),
     ["q1, q2"], ["q1、q2"]),
    ("too few", lambda: csi.fit_pls(first(2), TINY, n_boot=0), ["2 respondents", "3"], ["2 名", "3"]),
    (
        "collinear block",
        lambda: csi.fit_pls(answers(q2=lambda frame: frame.q1), TINY, modes={"Quality": "B"}, n_boot=0),
        ["Quality", "q1, q2", "collinear", "mode"], ["Quality", "共线"],
    ),
    (
        "collinear constructs",
        lambda: csi.fit_pls(
            answers(q2=lambda frame: frame.q1), csi.PathModel.parse("A =~ q1; B =~ q2; C =~ s1; C ~ A + B"), n_boot=0
        ),
        ["C", "A, B", "same information"], ["C", "A、B", "重复"],
    ),
    ("negative weights", lambda: csi.fit_pls(weighted([-1.0] * 2 + [1] * 10), TINY), ["2 survey weights"], ["2 个"]),
    ("all weights zero", lambda: csi.fit_pls(weighted(0.0), TINY), ["all 12 survey weights are 0"], ["12"]),
    ("missing weights", lambda: csi.fit_pls(weighted([nan] + [1] * 11), TINY), ["1 respondents have no"], ["1 名"]),
    ("lonely unit", lambda: csi.fit_pls(stratified(["n"] + ["s"] * 11), TINY), ["1 of 2 strata", "merge"], ["合并"]),
    ("bca in strata", lambda: csi.fit_pls(stratified(["n", "s"] * 6), TINY, interval="bca"), ["bca", '"t"'], ["bca"]),
    ("normal in strata", lambda: csi.fit_pls(stratified(["n", "s"] * 6), TINY, inference="normal"),
     ["strata"], ["分层"]),
    ("unknown by", lambda: csi.fit_pls(grouped(["a", "b"] * 6), TINY, by="shops"), ["shops", "shop"], ["shops"]),
    ("groups too small", lambda: csi.fit_pls(grouped(list("abcdefghijkl")), TINY, by="shop"), ["shop", "3"], ["shop"]),
    ("normal by", lambda: csi.fit_pls(grouped(["a", "b"] * 6), TINY, by="shop", inference="normal"), ["by="], ["by="]),
    ("by of moments", lambda: csi.fit_pls(csi.load_moments("mobi"), MOBI, by="x"), ["by="], ["by="]),
    ("bootstrap of moments", lambda: csi.fit_pls(csi.load_moments("mobi"), MOBI, inference="bootstrap"),
     ["bootstrap", "fourth=True"], ["fourth=True"]),
    ("linearised of moments", lambda: csi.fit_pls(csi.load_moments("mobi"), MOBI, inference="linearised"),
     ["linearised", "fourth=True"], ["fourth=True"]),
    ("bca of moments", lambda: csi.fit_pls(csi.load_moments("mobi"), MOBI, interval="bca"), ["bca", "normal"], ["bca"]),
    ("linear percentile", lambda: csi.fit_pls(answers(), TINY, inference="linearised", interval="percentile"),
     ["percentile"], ["percentile"]),
    ("scores of moments", lambda: csi.fit_pls(csi.load_moments("mobi"), MOBI, n_boot=0).scores(), ["Moments"], ["矩"]),
    ("too few for Wishart", lambda: csi.fit_pls(first(3).moments(["q1", "q2", "s1"]), THREE), ["normal-theory"],
     ["正态"]),
    ("no solution", lambda: csi.fit_pls(impossible(), THREE, n_boot=0), ["-0.5", "listwise"], ["-0.5"]),
    ("not definite", lambda: csi.fit_pls(indefinite(), THREE), ["positive definite"], ["非正定"]),
    (
        "no convergence, strict",
        lambda: csi.fit_pls(csi.load_moments("mobi"), MOBI, max_iter=2, n_boot=0, strict=True),
        ["did not converge", "2 steps", "max_iter"], ["未收敛", "max_iter"],
    ),
    (
        "inadmissible PLSc, strict",
        lambda: csi.fit_pls(csi.load_moments("mobi"), MOBI, consistent=True, n_boot=0, strict=True),
        ["inadmissible", "-0.0030"], ["不可接受", "-0.0030"],
    ),
    ("language", lambda: csi.use_language("fr"), ["'fr'", "en, zh"], ["'fr'"]),
]  # fmt: skip


@pytest.mark.parametrize(("call", "english", "chinese"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_one_clear_sentence(call: Callable[[], object], english: list[str], chinese: list[str]) -> None:
    with pytest.raises(csi.CsiError) as caught:
        call()
    said = {}
    for language, words in (("en", english), ("zh", chinese)):
        with csi.use_language(language):
            said[language] = str(caught.value)
        for word in words:
            assert word in said[language]
        assert "\n" not in said[language]
        assert "{" not in said[language].replace("modes={", "")
    assert said["en"] != said["zh"]


def failing(fit: csi.Result) -> dict[str, str]:
    check = fit.check()
    return dict(zip(check.loc[~check["ok"], "check"], check.loc[~check["ok"], "meaning"], strict=True))


def test_no_convergence_is_said_first() -> None:
    fit = csi.fit_pls(csi.load_moments("mobi"), MOBI, max_iter=2, n_boot=0, tolerance=1e-12)
    assert "did not converge" in failing(fit)["converged"]
    assert "did not converge" in repr(fit).splitlines()[1]
    assert not fit.glance()["converged"][0]


def test_an_inadmissible_solution_is_said_first() -> None:
    """METHODS R10: on mobi the disattenuated correlations have a smallest eigenvalue of -.003."""
    fit = csi.fit_pls(csi.load_moments("mobi"), MOBI, consistent=True, n_boot=0, tolerance=1e-12)
    check = fit.check().set_index("check")
    assert check.loc["plsc_definite", "value"] == pytest.approx(-0.003, abs=5e-4)
    assert "Inadmissible" in repr(fit).splitlines()[1]
    assert "Inadmissible" in fit._repr_html_()


def test_a_pairwise_matrix_that_is_impossible_fails_its_check() -> None:
    fit = csi.fit_pls(indefinite(), THREE, n_boot=0)
    assert "definite" in failing(fit)
    with pytest.raises(csi.EstimationError):
        csi.fit_pls(indefinite(), THREE, n_boot=0, strict=True)


def test_a_negative_weight_is_shown_with_the_index_it_makes() -> None:
    """Mode B on near duplicates gives weights of both signs; nothing is clipped, the equal-weight index is beside."""
    rng = np.random.default_rng(2)
    base = rng.normal(size=300)
    frame = pd.DataFrame(
        {"a": base + rng.normal(0, 0.2, 300), "b": base + rng.normal(0, 0.2, 300), "y": rng.normal(0, 0.2, 300)}
    )
    frame["y"] += 3 * frame["a"] - 2 * frame["b"]
    frame = np.clip(np.round(5.5 + 1.5 * frame), 1, 10)
    items = {name: csi.Item(name, scale=csi.Scale(1, 10)) for name in frame}
    survey = csi.Survey.from_frame(frame, csi.Codebook(items=items), name="signs")
    fit = csi.fit_pls(survey, csi.PathModel.parse("X <~ a + b; Y =~ y; Y ~ X"), n_boot=200)
    assert fit.value("X", "b", "outer_weight", table="outer") < 0
    assert "b (100.0%)" in failing(fit)["negative_weights"]
    assert float(fit.value("X", table="index_equal")) == pytest.approx(
        100 * (frame[["a", "b"]].mean(axis=1).mean() - 1) / 9
    )


def test_a_doubtful_weight_is_shown_with_its_share(shared: Path) -> None:
    """METHODS R5: the weight of CUSL2 on mobi is negative in 3.7 % of the replicates."""
    fit = csi.fit_pls(csi.read_csv(shared / "data" / "mobi.csv"), MOBI)
    meaning = fit.check().set_index("check").loc["negative_weights", "meaning"]
    assert "CUSL2" in meaning
    share = float(meaning.split("CUSL2 (")[1].split("%")[0])
    assert share == pytest.approx(3.7, abs=4 * 100 * np.sqrt(0.037 * 0.963 / 5000))


def test_small_groups_and_rows_without_a_group_are_said() -> None:
    fit = csi.fit_pls(grouped(["a"] * 5 + ["b"] * 5 + ["c", None]), TINY, by="shop", n_boot=0)
    said = " ".join(str(note) for note in fit.notes)
    assert "c (1)" in said
    assert fit.tidy()["group"].unique().tolist() == ["a", "b"]


def test_an_index_needs_a_scale() -> None:
    moments = csi.Moments.from_frame(csi.load_sample("tiny").answers)
    fit = csi.fit_pls(moments, "Quality =~ q1 + q2; S =~ s1 + s2 + s3; S ~ Quality", n_boot=0)
    assert "index" not in fit.tables
    assert fit.headline == "paths"
    assert any("Quality, S" in str(note) for note in fit.notes)
