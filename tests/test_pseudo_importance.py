"""LMG of McFadden's R2: against statsmodels and every order, by property, and with errors that resampling confirms."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.miscmodels.ordinal_model import OrderedModel

import csi
from csi.drivers.pseudo_importance import lmg_factors
from csi.language import use_language

DRIVERS = ["a", "b", "c"]


def made_up(n: int = 400, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3)) @ np.array([[1.0, 0.6, 0.0], [0.0, 0.8, 0.3], [0.0, 0.0, 0.95]])
    latent = 0.9 * x[:, 0] + 0.5 * x[:, 1] + rng.logistic(size=n)
    ratings = np.clip(np.rint(5 + 1.6 * x), 1, 10)
    frame = pd.DataFrame(ratings, columns=DRIVERS)
    return frame.assign(
        y=np.digitize(latent, [-1.5, 0.0, 1.2]) + 1, w=rng.integers(1, 4, n), g=np.where(x[:, 2] > 0, "p", "q")
    )


def survey_of(frame: pd.DataFrame, weight: str | None = None) -> csi.Survey:
    text = "scales: {ten: {lo: 1, hi: 10}, four: {lo: 1, hi: 4}}\nitems:\n"
    text += "".join(f"  {name}: {{scale: ten}}\n" for name in DRIVERS) + "  y: {scale: four}\n"
    if weight:
        text = f"roles: {{weight: {weight}}}\n" + text
    return csi.Survey.from_frame(frame, csi.Codebook.from_yaml(text), name="made up")


def by_orders(r2: dict[frozenset, float]) -> np.ndarray:
    """Mean gain of each driver over all orders of arrival."""
    gains = np.zeros(len(DRIVERS))
    orders = list(permutations(DRIVERS))
    for order in orders:
        for i, name in enumerate(order):
            before = frozenset(order[:i])
            gains[DRIVERS.index(name)] += r2[before | {name}] - r2[before]
    return gains / len(orders)


def all_sets(fit) -> dict[frozenset, float]:
    sets = [frozenset(name for j, name in enumerate(DRIVERS) if k >> j & 1) for k in range(8)]
    return {one: 0.0 if not one else fit(sorted(one)) for one in sets}


def test_top_boxes_against_statsmodels_and_every_order() -> None:
    frame = made_up()
    y = (frame["y"] >= 3).astype(float)
    r2 = all_sets(lambda names: sm.Logit(y, sm.add_constant(frame[names])).fit(disp=0).prsquared)
    found = csi.fit_importance(survey_of(frame), "y", DRIVERS, kind="top_box", boxes=2)
    np.testing.assert_allclose(found.tidy()["estimate"], by_orders(r2), atol=1e-8)
    assert found.tidy("r2")["estimate"][0] == pytest.approx(r2[frozenset(DRIVERS)], abs=1e-8)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_ordered_against_statsmodels_and_every_order(link: str) -> None:
    frame = made_up()
    y = frame["y"].astype(pd.CategoricalDtype(ordered=True))

    def fit(names: list[str]) -> float:
        model = OrderedModel(y, frame[names], distr=link).fit(method="bfgs", disp=0, gtol=1e-5, maxiter=500)
        shares = frame["y"].value_counts(normalize=True)
        return 1 - model.llf / float(np.log(frame["y"].map(shares)).sum())

    found = csi.fit_importance(survey_of(frame), "y", DRIVERS, kind="ordered", link=link)
    np.testing.assert_allclose(found.tidy()["estimate"], by_orders(all_sets(fit)), atol=1e-6)


def test_they_add_up_and_weights_are_repeated_rows() -> None:
    frame = made_up()
    found = csi.fit_importance(survey_of(frame, "w"), "y", DRIVERS, kind="ordered")
    assert found.tidy()["estimate"].sum() == pytest.approx(found.tidy("r2")["estimate"][0], abs=1e-12)
    repeated = frame.loc[frame.index.repeat(frame["w"])].reset_index(drop=True)
    again = csi.fit_importance(survey_of(repeated), "y", DRIVERS, kind="ordered", inference="none")
    np.testing.assert_allclose(found.tidy()["estimate"], again.tidy()["estimate"], atol=1e-8)
    assert again.tidy()["std_error"].isna().all()


def test_errors_are_those_of_resampling() -> None:
    frame = made_up()
    found = csi.fit_importance(survey_of(frame), "y", DRIVERS, kind="top_box", boxes=2).tidy()
    rng = np.random.default_rng(1)
    draws = []
    for _ in range(250):
        part = frame.iloc[rng.integers(0, len(frame), len(frame))].reset_index(drop=True)
        one = csi.fit_importance(survey_of(part), "y", DRIVERS, kind="top_box", boxes=2, inference="none")
        draws.append(one.tidy()["estimate"].to_numpy())
    ratio = found["std_error"].to_numpy()[:2] / np.std(draws, axis=0, ddof=1)[:2]  # c has no effect: a kink at 0
    assert ((ratio > 0.85) & (ratio < 1.15)).all(), ratio
    assert found["p_value"][0] < 1e-6
    assert found["p_value"][2] > 0.01


def test_groups_are_domains_and_clusters_count() -> None:
    frame = made_up()
    by = csi.fit_importance(survey_of(frame), "y", DRIVERS, kind="top_box", boxes=2, by="g").tidy()
    for group in ("p", "q"):
        alone = survey_of(frame[frame["g"] == group].reset_index(drop=True))
        alone = csi.fit_importance(alone, "y", DRIVERS, kind="top_box", boxes=2).tidy()
        mine = by[by["group"] == group]
        np.testing.assert_allclose(mine["estimate"], alone["estimate"], atol=1e-9)
        np.testing.assert_allclose(mine["std_error"], alone["std_error"], rtol=5e-3)
    twice = pd.concat([frame, frame], ignore_index=True).assign(who=np.tile(np.arange(len(frame)), 2).astype(str))
    clustered = survey_of(twice).with_design(cluster="who")
    once = csi.fit_importance(survey_of(frame), "y", DRIVERS, kind="top_box", boxes=2).tidy()
    both = csi.fit_importance(clustered, "y", DRIVERS, kind="top_box", boxes=2).tidy()
    np.testing.assert_allclose(both["std_error"], once["std_error"], rtol=1e-9)


def test_a_question_of_categories_is_one_player() -> None:
    frame = made_up().assign(kind=lambda f: np.where(f["a"] > 6, "high", np.where(f["a"] < 4, "low", "middle")))
    text = "scales: {ten: {lo: 1, hi: 10}, four: {lo: 1, hi: 4}}\nitems:\n  b: {scale: ten}\n  y: {scale: four}\n"
    survey = csi.Survey.from_frame(frame, csi.Codebook.from_yaml(text + "  kind: {kind: category}\n"))
    found = csi.fit_importance(survey, "y", ["kind", "b"], kind="top_box", boxes=2)
    y = (frame["y"] >= 3).astype(float)
    dummies = pd.get_dummies(frame["kind"], drop_first=True, dtype=float)
    sets = {(): 0.0}
    for names in (("kind",), ("b",), ("kind", "b")):
        x = pd.concat([dummies if name == "kind" else frame[[name]] for name in names], axis=1)
        sets[names] = sm.Logit(y, sm.add_constant(x)).fit(disp=0).prsquared
    whole = sets["kind", "b"]
    expected = [(sets["kind",] + whole - sets["b",]) / 2, (sets["b",] + whole - sets["kind",]) / 2]
    np.testing.assert_allclose(found.tidy()["estimate"], expected, atol=1e-8)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_factors_divide_the_whole(count: int) -> None:
    factors = lmg_factors(count)
    rng = np.random.default_rng(count)
    r2 = rng.random(2**count)
    r2[0] = 0.0
    assert (factors @ r2).sum() == pytest.approx(r2[-1], abs=1e-12)


BAD = {
    "method": (lambda s: csi.fit_importance(s, "y", DRIVERS, kind="ordered", method="johnson"), ["johnson", "lmg"]),
    "kind": (lambda s: csi.fit_importance(s, "y", DRIVERS, kind="logit"), ["logit", "top_box"]),
    "boxes": (lambda s: csi.fit_importance(s, "y", DRIVERS, kind="top_box"), ["boxes", "1-4"]),
    "bootstrap": (
        lambda s: csi.fit_importance(s, "y", DRIVERS, kind="ordered", inference="bootstrap"),
        ["bootstrap", "linearised"],
    ),
    "moments": (lambda s: csi.fit_importance(s.moments([*DRIVERS, "y"]), "y", DRIVERS, kind="ordered"), ["ordered"]),
    "outcome": (lambda s: csi.fit_importance(s, "y", ["a", "y"], kind="ordered"), ["y"]),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", list(BAD))
def test_wrong_calls_are_named(case: str, language: str) -> None:
    call, words = BAD[case]
    survey = survey_of(made_up(60))
    with use_language(language), pytest.raises(csi.CsiError) as caught:
        call(survey)
    with use_language(language):
        assert all(word in str(caught.value) for word in words), str(caught.value)


def test_too_many_drivers_are_refused() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.integers(1, 11, (60, 12)).astype(float), columns=[f"x{i}" for i in range(12)])
    survey = csi.Survey.from_frame(frame.assign(x0=frame["x0"] > 5).astype(float))
    with pytest.raises(csi.OptionError, match="at most 10"):
        csi.fit_importance(survey, "x0", [f"x{i}" for i in range(1, 12)], kind="top_box")
