"""fit_asymmetry: by hand, against the planted truth, its intervals by simulation, and bad calls in both languages."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import csi
from csi.drivers.asymmetry_numbers import asymmetry_of, effects_of, following_contrasts, ratio_of, type_of, type_p
from csi.drivers.slopes import solve_moments

NAMES = ["product", "assortment", "delivery", "courtesy", "price", "app", "extras", "tracking"]


@pytest.fixture(scope="module")
def sample():
    return csi.load_sample("drivers")


@pytest.fixture(scope="module")
def fit(sample):
    return csi.fit_asymmetry(sample, "overall", NAMES, low=4, high=8)


@pytest.fixture(scope="module")
def waves(sample):
    return csi.fit_asymmetry(sample, "overall", NAMES, low=4, high=8, by="wave")


def typed(rows: list[tuple[float, float]]) -> csi.Survey:
    """Twelve or so respondents: one driver and an outcome."""
    book = csi.Codebook.from_yaml("{scales: {ten: {lo: 1, hi: 10}}, items: {d: {scale: ten}, y: {scale: ten}}}")
    return csi.Survey.from_frame(pd.DataFrame(rows, columns=["d", "y"]), book, name="typed")


def test_the_numbers_of_the_methods_page():
    """METHODS C.5: RI .12 and PI -.30 give RIOCS .42, SGP .285714, DGP .714286, IA -.428571."""
    found = following_contrasts().numbers(np.array([[5.0], [-0.30], [0.12]]))
    assert found["asymmetry"][0, 0] == pytest.approx(-0.428571, abs=5e-7)
    assert found["potentials"][:, 0] == pytest.approx([0.42, 0.285714, 0.714286], abs=5e-7)


def test_one_driver_by_hand():
    """Means of y: low 4, middle 6, high 7, so the penalty is -2, the reward 1, and the asymmetry (1 - 2) / 3."""
    rows = [(2, 3), (3, 5), (4, 4), (5, 5), (6, 7), (7, 6), (8, 6), (9, 8), (10, 7)]
    result = csi.fit_asymmetry(typed(rows), "y", "d", low=4, high=8)
    contrasts = result.tidy().set_index("kind")
    assert contrasts["estimate"].tolist() == pytest.approx([-2, 1])
    assert result.tidy("asymmetry")["estimate"].tolist() == pytest.approx([-1 / 3])
    potentials = result.tidy("potentials").set_index("kind")["estimate"]
    assert potentials.to_dict() == pytest.approx(
        {"range_of_impact": 3, "satisfaction_potential": 1 / 3, "dissatisfaction_potential": 2 / 3}
    )
    # each mean of three has a sum of squares of 2; HC errors: variance of a mean is 2 / 3^2, times n / (n - 1)
    assert contrasts["std_error"].tolist() == pytest.approx([np.sqrt(2 * 2 / 9 * 9 / 8)] * 2)
    reach = stats.t.ppf(0.975, 9 - 3) * contrasts["std_error"].iloc[0]
    assert contrasts["upper"].iloc[0] == pytest.approx(-2 + reach)
    assert result.scores()["d"].tolist() == ["low"] * 3 + ["middle"] * 3 + ["high"] * 3


def test_cuts_by_ratings_by_labels_and_by_driver_are_the_same(sample):
    names = ["delivery", "extras"]
    plain = csi.fit_asymmetry(sample, "overall", names, low=4, high=8).tidy()
    listed = csi.fit_asymmetry(sample, "overall", names, low=[4, 3, 2, 1], high=range(8, 11)).tidy()
    mapped = csi.fit_asymmetry(sample, "overall", names, low={"delivery": 4, "extras": [1, 2, 3, 4]}, high=8).tidy()
    pd.testing.assert_frame_equal(plain, listed)
    pd.testing.assert_frame_equal(plain, mapped)
    ends = csi.fit_asymmetry(sample, "overall", "delivery", low="very poor", high="非常好").tidy()
    pd.testing.assert_frame_equal(ends, csi.fit_asymmetry(sample, "overall", "delivery", low=1, high=10).tidy())


def test_labels_of_a_reversed_item_are_turned_round():
    text = (
        "{scales: {five: {lo: 1, hi: 5, labels: {1: never, 5: always}}}, "
        "items: {d: {scale: five, reversed: true}, y: {scale: five}}}"
    )
    rows = pd.DataFrame({"d": [1, 1, 2, 3, 4, 3, 5, 5, 5], "y": [5, 4, 3, 3, 2, 4, 1, 2, 1]})
    survey = csi.Survey.from_frame(rows, csi.Codebook.from_yaml(text))
    found = csi.fit_asymmetry(survey, "y", "d", low="always", high="never").tidy()
    assert found["estimate"].tolist() == pytest.approx([4 / 3 - 3, 4.5 - 3])


def test_the_planted_penalties_and_rewards_are_found(sample, fit):
    """z of all 16 contrasts; the pooled effects of app and tracking are those of the mean customer."""
    truth = sample.codebook.truth["drivers"]
    tidy = fit.tidy()
    planted = np.array([truth[row.term][row.kind] for row in tidy.itertuples()])
    z = (tidy["estimate"] - planted) / tidy["std_error"]
    assert np.abs(z).max() < 3.5
    assert stats.chi2.sf((z**2).sum(), len(z)) > 1e-3
    asymmetry = fit.tidy("asymmetry", 1 - 0.05 / 7).set_index("term")  # Bonferroni
    for name, row in truth.items():
        if row["impact_asymmetry"] is not None:
            assert asymmetry.loc[name, "lower"] - 1e-9 <= row["impact_asymmetry"] <= asymmetry.loc[name, "upper"] + 1e-9
    labels = csi.list_three_factors(fit).set_index("term")
    assert labels.loc["extras", ["labels", "three_factor", "kano", "herzberg"]].tolist() == [
        "delighter", "excitement", "attractive", "motivator"]  # fmt: skip
    assert labels.loc["delivery", "kano"] == "must_be"
    assert "hybrid" in labels.loc["product", "labels"]


def test_a_price_that_is_best_in_the_middle_is_flagged(fit):
    check = fit.check().set_index("check")
    assert not check.loc["asymmetry_signs", "ok"]
    assert "price" in check.loc["asymmetry_signs", "meaning"]
    row = fit.tidy("asymmetry").set_index("term").loc["price"]
    assert row["estimate"] == row["lower"] == row["upper"] == -1  # a reward below 0 counts as 0 (METHODS R12)
    assert "courtesy" in check.loc["asymmetry_impact", "meaning"]


def test_a_satisfier_that_became_a_dissatisfier_is_named(waves, sample):
    check = waves.check().set_index("check")
    assert not check.loc["asymmetry_turned", "ok"]
    assert check.loc["asymmetry_turned", "value"] == 1
    assert "tracking" in check.loc["asymmetry_turned", "meaning"]
    truth = sample.codebook.truth["drivers"]["tracking"]["wave"]
    changes = waves.tidy("changes").set_index(["term", "kind"])
    for kind in ("penalty", "reward"):
        row = changes.loc[("tracking", kind)]
        assert (row["group"], row["other_group"]) == ("2", "1")
        assert row["lower"] < truth["2"][kind] - truth["1"][kind] < row["upper"]
        both = waves.tidy().set_index(["group", "term", "kind"])["estimate"]
        assert row["estimate"] == pytest.approx(both["2", "tracking", kind] - both["1", "tracking", kind])
    others = changes[changes.index.get_level_values("term") != "tracking"]
    assert others["p_value"].min() > 0.05 / len(others)  # Bonferroni: nothing else has changed


def test_the_contrasts_are_those_of_a_regression_by_hand_under_weights(sample):
    rng = np.random.default_rng(3)
    frame = sample.answers.assign(w=rng.uniform(0.5, 2, len(sample)))
    survey = csi.Survey.from_frame(frame, dataclasses.replace(sample.codebook, weight="w"))
    found = csi.fit_asymmetry(survey, "overall", NAMES, low=4, high=8).tidy()
    known = frame[[*NAMES, "overall", "w"]].dropna()
    z = np.column_stack([np.ones(len(known)), *(c for name in NAMES for c in (known[name] <= 4, known[name] >= 8))])
    z = z.astype(float)
    w = known["w"].to_numpy()
    bread = np.linalg.inv(z.T @ (z * w[:, None]))
    b = bread @ z.T @ (w * known["overall"])
    score = np.zeros((len(frame), z.shape[1]))
    score[known.index] = z * (w * (known["overall"] - z @ b)).to_numpy()[:, None]
    cov = bread @ (score.T @ score * len(frame) / (len(frame) - 1)) @ bread
    np.testing.assert_allclose(found["estimate"], b[1:], atol=1e-10)
    np.testing.assert_allclose(found["std_error"], np.sqrt(np.diag(cov))[1:], rtol=1e-9)


def test_the_bootstrap_agrees_with_linearised_errors(sample, fit):
    draws = csi.fit_asymmetry(sample, "overall", NAMES, low=4, high=8, inference="bootstrap", n_boot=800)
    pd.testing.assert_series_equal(draws.tidy()["estimate"], fit.tidy()["estimate"])
    np.testing.assert_allclose(draws.tidy()["std_error"], fit.tidy()["std_error"], rtol=0.12)
    assert set(draws.tidy("labels")["kind"]) == set(fit.tidy("labels")["kind"])


def test_moments_give_the_coefficients_of_rows():
    rng = np.random.default_rng(1)
    x, y = rng.normal(5, 2, (40, 3)), rng.normal(7, 1, 40)
    z = np.column_stack([x, y])
    first, second = np.triu_indices(4)
    mean = np.concatenate([z.mean(axis=0), (z[:, first] * z[:, second]).mean(axis=0)[:-1]])[:, None]
    expected = np.linalg.lstsq(np.column_stack([np.ones(40), x]), y, rcond=None)[0]
    np.testing.assert_allclose(solve_moments(mean, 4)[:, 0], expected, atol=1e-10)
    same = np.column_stack([x[:, :1], x[:, :1], y])
    first, second = np.triu_indices(3)
    mean = np.concatenate([same.mean(axis=0), (same[:, first] * same[:, second]).mean(axis=0)[:-1]])[:, None]
    assert np.isnan(solve_moments(mean, 3)).all()


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 5), st.floats(0.01, 5), st.floats(0.05, 1), st.floats(0.05, 1), st.floats(-0.9, 0.9))
def test_fieller_inverts_its_test(gain, loss, first, second, r):
    """A value is inside the interval exactly when its t test does not reject it; the slopes are true derivatives."""
    cov = np.array([[first**2, r * first * second], [r * first * second, second**2]])
    found = ratio_of(np.array([-loss, gain]), cov, 50.0)
    (lower,), (upper,) = found.interval(0.95)
    assert -1 <= lower <= found.asymmetry[0] <= upper <= 1
    for t in np.linspace(-0.99, 0.99, 9):
        moved, error = found.distance(np.array([t]))
        inside = 2 * stats.t.sf(abs(moved[0]) / error[0], 50) > 0.05
        assert (lower < t < upper) or not inside
    following, at, step = following_contrasts(), np.array([1.0, -loss, gain]), 1e-6
    for name, slopes in following.slopes(at).items():
        for j in range(3):
            up, down = at.copy(), at.copy()
            up[j], down[j] = up[j] + step, down[j] - step
            numbers = [following.numbers(one[:, None])[name][:, 0] for one in (up, down)]
            np.testing.assert_allclose(slopes[:, j], (numbers[0] - numbers[1]) / (2 * step), rtol=1e-3, atol=1e-6)


def test_intervals_of_asymmetry_hold_their_level_also_at_the_edge():
    """2,000 draws of contrasts around known effects; a reward of 0 puts the truth at the end of the axis, -1."""
    rng = np.random.default_rng(8)
    for loss, gain in ((0.6, 0.2), (0.6, 0.0), (0.3, 0.3)):
        truth = (gain - loss) / (gain + loss)
        drawn = np.column_stack([rng.normal(-loss, 0.1, 2000), rng.normal(gain, 0.1, 2000)]).ravel()
        cov = np.eye(4000) * 0.01
        lower, upper = ratio_of(drawn, cov, np.inf).interval(0.95)
        covered = ((lower - 1e-9 <= truth) & (truth <= upper + 1e-9)).mean()
        assert 0.935 < covered <= 0.99  # at the edge only one side can miss


def test_types_and_their_p_values():
    bands = (0.1, 0.4)
    names = [type_of(np.array([v]), bands)[0] for v in (-1, -0.41, -0.4, -0.11, -0.1, 0, 0.1, 0.11, 0.4, 0.41, np.nan)]
    assert names == [0, 0, 1, 1, 2, 2, 2, 3, 3, 4, -1]
    sure = ratio_of(np.array([-0.01, 1.0]), np.eye(2) * 0.02**2, 200.0)
    p = type_p(sure, bands)[0]
    assert p[4] == 1
    assert (p[:4] < 1e-6).all()
    unsure = type_p(ratio_of(np.array([-0.5, 0.5]), np.eye(2) * 0.2**2, 200.0), bands)[0]
    assert unsure[2] == 1
    assert (unsure[[1, 3]] > 0.05).all()


def test_wrong_signs_count_as_nothing():
    loss, gain = effects_of(np.array([[0.2], [-0.1], [-0.4], [0.0]]))
    asymmetry, total = asymmetry_of(loss, gain)
    assert np.isnan(asymmetry[0, 0])
    assert total[0, 0] == 0
    assert asymmetry[1, 0] == -1


def test_without_any_impact_there_is_no_asymmetry():
    rows = [(2, 7), (3, 8), (4, 7), (5, 6), (6, 6), (7, 7), (8, 5), (9, 6), (10, 5)]
    with_none = csi.fit_asymmetry(typed(rows), "y", "d", low=4, high=8)
    assert len(with_none.tidy("asymmetry")) == len(with_none.tidy("labels")) == 0
    assert any(one.code == "asymmetry_undefined" for one in with_none.notes)


GOOD = {"outcome": "overall", "drivers": ["delivery", "extras"], "low": 4, "high": 8}
BAD = [
    ({"drivers": ["overall", "extras"]}, csi.DataError, "outcome_in_drivers", ["overall"]),
    ({"drivers": []}, csi.DataError, "no_drivers", ["drivers="]),
    ({"drivers": ["extras", "extras"]}, csi.DataError, "items_given_twice", ["extras"]),
    ({"drivers": ["deliverry"]}, csi.DataError, "unknown_items", ["deliverry"]),
    ({"low": 0}, csi.DataError, "asymmetry_nobody", ["delivery"]),
    ({"low": 7}, csi.DataError, "asymmetry_nobody", ["delivery"]),
    ({"low": 8, "high": 8}, csi.OptionError, "cuts_overlap", ["delivery", "8"]),
    ({"low": None}, csi.OptionError, "cut_unreadable", ["low", "None"]),
    ({"low": [None]}, csi.OptionError, "cut_unreadable", ["low", "None"]),
    ({"high": "great"}, csi.OptionError, "cut_label_unknown", ["great", "excellent"]),
    ({"high": {"delivery": 8}}, csi.OptionError, "keys_differ", ["extras"]),
    ({"bands": (0.4, 0.1)}, csi.OptionError, "bad_bands", ["0.4"]),
    ({"bands": 0.4}, csi.OptionError, "bad_bands", ["0.4"]),
    ({"inference": "guess"}, csi.OptionError, "unknown_option", ["guess", "linearised"]),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("change", "kind", "code", "words"), BAD, ids=[f"{b[2]}-{i}" for i, b in enumerate(BAD)])
def test_bad_calls_say_what_is_wrong(sample, language, change, kind, code, words):
    call = GOOD | change
    with csi.use_language(language), pytest.raises(kind) as caught:
        csi.fit_asymmetry(sample, call.pop("outcome"), call.pop("drivers"), **call)
    assert caught.value.code == code
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_bad_data_say_what_is_wrong(sample, language):
    twin = csi.Survey.from_frame(sample.answers.assign(extras=sample.answers["delivery"]), sample.codebook)
    flat = csi.Survey.from_frame(sample.answers.assign(extras=5), sample.codebook)
    alone = csi.Survey.from_frame(sample.answers.assign(extras=[5.0] + [np.nan] * 1399), sample.codebook)
    cases = [(twin, "drivers_bound", ["delivery", "extras"]), (flat, "constant_items", ["extras"]),
             (alone, "drivers_nobody", ["1400"])]  # fmt: skip
    for survey, code, words in cases:
        with csi.use_language(language), pytest.raises(csi.DataError) as caught:
            csi.fit_asymmetry(survey, "overall", ["delivery", "extras"], low=4, high=8)
        assert caught.value.code == code
        assert all(word in str(caught.value) for word in words)
    none = csi.fit_asymmetry(sample, "overall", "extras", low=4, high=8, inference="none")
    with csi.use_language(language), pytest.raises(csi.OptionError) as caught:
        csi.list_three_factors(none)
    assert "asymmetry" in str(caught.value)


def test_label_sets_are_listed_by_driver_and_by_group(fit, waves):
    """The type with p = 1 first, then all that are not rejected; the types follow from the asymmetries and bands."""
    listed = csi.list_labels(fit).set_index("term")
    kept = fit.tidy("labels").query("p_value > 0.05").groupby("term")["kind"].agg(set)
    assert {term: set(labels.split("|")) for term, labels in listed["labels"].items()} == kept.to_dict()
    asymmetry = fit.tidy("asymmetry").set_index("term")["estimate"]
    types = np.array(["frustrator", "dissatisfier", "hybrid", "satisfier", "delighter"])
    assert listed["kind"].to_dict() == dict(
        zip(asymmetry.index, types[np.searchsorted([-0.4, -0.1, 0.1, 0.4], asymmetry)], strict=True)
    )
    groups = csi.list_labels(waves).set_index(["group", "term"])["kind"]
    assert (groups["1", "tracking"], groups["2", "tracking"]) == ("delighter", "frustrator")
