"""The samples `drivers` and `expectations` hold what their codebooks say: planted effects are found by least squares.

z is (found - planted) / standard error; the files are fixed, so a test passes or fails for good.
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from csi.data.samples import load_sample

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def tool():
    """The simulators, by name."""
    path = list(sys.path)
    spec = importlib.util.spec_from_file_location("samples_tool_of_drivers", ROOT / "tools" / "samples.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


@pytest.fixture(scope="module")
def drivers():
    survey = load_sample("drivers")
    return survey.answers.dropna(), survey.codebook.truth


@pytest.fixture(scope="module")
def expectations():
    survey = load_sample("expectations")
    return survey.answers.dropna(), survey.codebook.truth


def least_squares(x, y):
    """Coefficients, their robust standard errors, and the share of the variance explained."""
    z = np.column_stack([np.ones(len(y)), x]).astype(float)
    bread = np.linalg.inv(z.T @ z)
    b = bread @ z.T @ y
    left = y - z @ b
    cov = bread @ (z * left[:, None] ** 2).T @ z @ bread * len(y) / (len(y) - z.shape[1])
    return b, np.sqrt(np.diag(cov)), 1 - left.var() / y.var()


def likely(z, limit=3.5):
    """No single z beyond the limit, and as a whole no more spread than chance allows."""
    z = np.asarray(list(z), dtype=float)
    assert np.abs(z).max() < limit, z.round(2)
    assert stats.chi2.sf((z**2).sum(), len(z)) > 1e-3, z.round(2)
    return True


def dummies(frame, names, truth):
    """Low and high of every driver, one after the other."""
    found = [(frame[name] <= truth["low"], frame[name] >= truth["high"]) for name in names]
    return np.column_stack([column for pair in found for column in pair]).astype(float)


def planted(truth, names, **where):
    """Penalties and rewards of the drivers, in a segment and a wave."""
    rows = []
    for name in names:
        row = truth["drivers"][name]
        for column, value in where.items():
            row = row.get(column, {}).get(value, row)
        rows += [row["penalty"], row["reward"]]
    return np.array(rows)


def test_penalties_and_rewards_are_found_in_every_segment_and_wave(drivers):
    frame, truth = drivers
    names, z = list(truth["drivers"]), []
    for segment in ("new", "regular"):
        for wave in ("1", "2"):
            part = frame[(frame["segment"].astype(str) == segment) & (frame["wave"].astype(str) == wave)]
            b, error, _ = least_squares(dummies(part, names, truth), part["overall"].to_numpy())
            z += ((b[1:] - planted(truth, names, segment=segment, wave=wave)) / error[1:]).tolist()
    assert likely(z)


def test_what_each_driver_is_called_follows_from_its_effects(drivers):
    _, truth = drivers
    rows = truth["drivers"]
    for row in rows.values():
        up, down = max(row["reward"], 0), -min(row["penalty"], 0)
        if up + down == 0:
            assert row["impact_asymmetry"] is None
        else:
            assert row["impact_asymmetry"] == pytest.approx((up - down) / (up + down), abs=1e-4)
    assert rows["delivery"]["impact_asymmetry"] < -0.4 < 0.4 < rows["extras"]["impact_asymmetry"]
    assert max(rows["price"]["penalty"], rows["price"]["reward"]) < 0
    waves = rows["tracking"]["wave"]
    assert waves["1"]["impact_asymmetry"] > 0.4
    assert waves["2"]["impact_asymmetry"] < -0.4
    assert rows["app"]["segment"]["regular"]["impact_asymmetry"] is None


def test_the_linear_truth_is_found(drivers):
    """Slopes and R2; R2 by its delta-method error, 2 R (1 - R2) / sqrt(n) for normal data, widened by a half."""
    frame, truth = drivers
    names = list(truth["drivers"])
    b, error, r2 = least_squares(frame[names], frame["overall"].to_numpy())
    line = truth["linear"]
    assert likely((b[1:] - np.array(list(line["coefficient"].values()))) / error[1:])
    spread = 1.5 * 2 * np.sqrt(line["r2"]) * (1 - line["r2"]) / np.sqrt(len(frame))
    assert abs(r2 - line["r2"]) < 3 * spread
    assert sum(line["lmg"].values()) == pytest.approx(line["r2"], abs=5e-4)
    assert min(line["lmg"].values()) > 0


def test_two_pairs_of_drivers_say_nearly_the_same(drivers):
    frame, truth = drivers
    names = list(truth["drivers"])
    r = np.corrcoef(frame[names].to_numpy(dtype=float).T)
    latent = np.array(truth["latent_correlation"])
    assert np.abs(r - latent).max() < 0.09  # 3.3 / sqrt(n), and rounding takes up to .03 from a correlation
    pairs = {(names[i], names[j]) for i, j in zip(*np.where(np.triu(r, 1) > 0.65), strict=True)}
    assert pairs == {("product", "assortment"), ("delivery", "courtesy")}
    alone = stats.pearsonr(frame["courtesy"], frame["overall"])
    assert alone.statistic > 0.2  # the driver without an effect looks like one
    assert truth["drivers"]["courtesy"]["penalty"] == truth["drivers"]["courtesy"]["reward"] == 0


def test_the_integrated_truth_of_the_drivers_is_that_of_many_customers(tool):
    simulator = tool.samples_drivers
    rng = np.random.Generator(np.random.PCG64(5))
    size = 200_000
    ratings = simulator.draw_ratings(rng, size)
    new, second = rng.random(size) < 0.4, rng.random(size) < 0.5
    y = simulator.draw_outcome(rng, ratings, new, second).astype(float)
    line, found = simulator.linear_truth(), simulator.moments()
    b, _, r2 = least_squares(ratings, y)
    np.testing.assert_allclose(b[1:], list(line["coefficient"].values()), atol=0.006)
    assert r2 == pytest.approx(line["r2"], abs=0.008)
    np.testing.assert_allclose(ratings.mean(axis=0), found["mean"], atol=0.02)
    np.testing.assert_allclose(np.cov(ratings.T), found["cov"], atol=0.05)
    assert y.mean() == pytest.approx(found["outcome"], abs=0.03)


def test_answers_after_use_are_linear_in_those_before_with_the_planted_slopes(expectations):
    frame, truth = expectations
    z = []
    for name, row in truth["after"].items():
        on = list(row["on"])
        y = frame[name].to_numpy(dtype=float)
        centred = frame[on] - [truth["middle"][item] for item in on]
        b, error, _ = least_squares(centred.to_numpy(), y)
        z += ((b - [row["mean"], *row["on"].values()]) / error).tolist()
    assert likely(z)


def test_only_expectation_and_disconfirmation_make_satisfaction(expectations):
    """All other answers add nothing once the two are known, although each goes with satisfaction alone."""
    frame, truth = expectations
    y = frame["satisfaction"].to_numpy(dtype=float)
    true = ["expectation", "disconfirmation"]
    others = [name for name in frame.columns if name not in (*true, "satisfaction", "id")]
    b, error, _ = least_squares(frame[[*true, *others]].to_numpy(dtype=float), y)
    assert likely(b[3:] / error[3:])
    assert truth["model"] == "expectation_disconfirmation"
    for name in ("performance", "needs", "equity", "pleased"):
        assert stats.pearsonr(frame[name], y).pvalue < 0.001


def test_the_plane_over_expectation_and_performance_is_the_planted_one(expectations):
    frame, truth = expectations
    surface = truth["surface"]
    b, error, _ = least_squares(frame[["expectation", "performance"]], frame["satisfaction"].to_numpy(dtype=float))
    assert likely([(b[1] - surface["expectation"]) / error[1], (b[2] - surface["performance"]) / error[2]])
    assert surface["congruence_slope"] == pytest.approx(surface["expectation"] + surface["performance"], abs=1e-4)
    assert surface["incongruence_slope"] == pytest.approx(surface["expectation"] - surface["performance"], abs=1e-4)
    assert surface["expectation"] != -surface["performance"]  # so a difference score misleads


def test_answers_before_use_have_the_planted_means(expectations):
    frame, truth = expectations
    rows = {**truth["before"], "performance": truth["performance"]}
    z = [
        (frame[name].mean() - row["mean"]) / (frame[name].std() / np.sqrt(len(frame)))
        for name, row in rows.items()
        if row["mean"] + 3 * row["sd"] < 11.5
    ]  # higher ones lose what the end of the scale cuts off
    assert len(z) >= 4
    assert likely(z)


@pytest.mark.parametrize(("name", "rows"), [("drivers", 1400), ("expectations", 900)])
def test_few_answers_are_missing_and_the_file_is_small(name, rows):
    survey = load_sample(name)
    assert len(survey) == rows
    assert (ROOT / "data" / "samples" / f"{name}.csv").stat().st_size < 300_000
    items = [item for item in survey.items if survey.codebook.items[item].kind == "rating" and item != "overall"]
    gone = np.isnan(survey.matrix(items))
    assert stats.binomtest(int(gone.sum()), gone.size, survey.codebook.truth["missing"]).pvalue > 0.001
