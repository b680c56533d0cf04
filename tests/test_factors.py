"""Factor analysis: against psych, R's own rotations and factanal, by hand, and by recovery of planted factors."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csi
from csi.measures.trust.factor_count import average_partial, count_factors
from csi.measures.trust.factor_extraction import extract
from csi.measures.trust.factor_numbers import most_factors, solve
from csi.measures.trust.rotation import rotate, rotate_best

GOLDEN = Path(__file__).parent / "golden"
PSYCH = json.loads((GOLDEN / "psych_mobi.json").read_text())
TRUST = json.loads((GOLDEN / "trust.json").read_text())
ITEMS = PSYCH["fa_minres_oblimin_4"]["loadings"]["rows"]

SAME = 1e-9  # the same definition in two programs
STOPPED = 1e-4  # psych stops extraction and oblimin at about 1e-5


def aligned(ours: np.ndarray, theirs: np.ndarray) -> tuple[list[int], np.ndarray]:
    """The order and signs of our columns that come nearest to theirs."""
    m = ours.shape[1]
    order = min(permutations(range(m)), key=lambda p: -np.abs((ours[:, p] * theirs).sum(axis=0)).sum())
    return list(order), np.sign((ours[:, order] * theirs).sum(axis=0))


def pattern(result: csi.Result) -> np.ndarray:
    frame = result.tidy("loadings")
    return frame["estimate"].to_numpy().reshape(-1, frame["factor"].nunique())


def planted(loadings: np.ndarray, phi: np.ndarray) -> np.ndarray:
    matrix = loadings @ phi @ loadings.T
    np.fill_diagonal(matrix, 1.0)
    return matrix


def table(matrix: np.ndarray, n: int = 300) -> csi.Moments:
    names = [f"x{i + 1}" for i in range(len(matrix))]
    return csi.Moments.from_table(names, n=n, mean=[0] * len(names), sd=[1] * len(names), correlation=matrix)


@pytest.fixture(scope="module")
def oblimin() -> csi.Result:
    return csi.fit_factors(csi.load_moments("mobi"), ITEMS, n_factors=4, n_boot=0)


def test_minres_and_oblimin_are_those_of_psych(oblimin: csi.Result) -> None:
    theirs = PSYCH["fa_minres_oblimin_4"]
    loadings = np.array(theirs["loadings"]["data"])
    order, sign = aligned(pattern(oblimin), loadings)
    np.testing.assert_allclose(pattern(oblimin)[:, order] * sign, loadings, atol=STOPPED)
    phi = np.eye(4)
    for row in oblimin.tidy("factor_correlations").itertuples():
        i, j = int(row.factor[1]) - 1, int(row.other_factor[1]) - 1
        phi[i, j] = phi[j, i] = row.estimate
    phi = phi[np.ix_(order, order)] * np.outer(sign, sign)
    np.testing.assert_allclose(phi, theirs["Phi"]["data"], atol=STOPPED)
    frame = oblimin.tidy("communalities")
    for term, key in (("communality", "communality"), ("uniqueness", "uniq")):
        ours = frame.loc[frame["term"] == term, "estimate"]
        np.testing.assert_allclose(ours, list(theirs[key].values()), atol=1e-5)
    variance = oblimin.tidy("variance").query("term == 'ss_loadings'")["estimate"].to_numpy()[order]
    np.testing.assert_allclose(variance, theirs["Vaccounted"]["data"][0], atol=24 * 2 * STOPPED)  # sums of 24 squares


@pytest.mark.parametrize("key", ["fa_minres_oblimin_4", "fa_ml_varimax_4"])
def test_fit_is_that_of_psych(key: str) -> None:
    theirs = PSYCH[key]
    method, rotation = key.split("_")[1:3]
    result = csi.fit_factors(
        csi.load_moments("mobi"), ITEMS, n_factors=4, method=method, rotation=rotation, n_boot=0
    )  # fmt: skip
    fit = {row.term: row for row in result.tidy("fit", 0.9).itertuples()}
    assert fit["chi2"].estimate == pytest.approx(theirs["chi"], rel=1e-6)
    assert fit["chi2"].p_value == pytest.approx(theirs["p"], rel=1e-4)
    assert fit["rmsr"].estimate == pytest.approx(theirs["rms"], abs=1e-6)
    assert fit["tli"].estimate == pytest.approx(theirs["TLI"], abs=1e-6)
    assert fit["bic"].estimate == pytest.approx(theirs["BIC"], rel=1e-6)
    rmsea = fit["rmsea"]
    assert [rmsea.estimate, rmsea.lower, rmsea.upper] == pytest.approx(theirs["RMSEA"][:3], abs=1e-6)


def test_ml_uniquenesses_are_those_of_psych_and_factanal() -> None:
    result = csi.fit_factors(csi.load_moments("mobi"), ITEMS, n_factors=4, method="ml", rotation="none", n_boot=0)
    ours = result.tidy("communalities").query("term == 'uniqueness'")["estimate"]
    np.testing.assert_allclose(ours, list(PSYCH["fa_ml_varimax_4"]["uniq"].values()), atol=2e-5)
    names = TRUST["rotations"]["items"]
    matrix = csi.load_moments("mobi").select(names).correlation
    found = extract(matrix[None], 3, "ml")
    assert found.converged.all()
    np.testing.assert_allclose(found.uniquenesses[0], TRUST["factanal"]["uniquenesses"], atol=1e-5)
    assert found.objective[0] == pytest.approx(TRUST["factanal"]["objective"], abs=1e-9)


def test_the_varimax_of_psych_had_not_arrived() -> None:
    """psych turns by R's varimax with its default tolerance, .002 away; the criterion of csi's solution is higher."""
    result = csi.fit_factors(csi.load_moments("mobi"), ITEMS, n_factors=4, method="ml", rotation="varimax", n_boot=0)
    theirs = np.array(PSYCH["fa_ml_varimax_4"]["loadings"]["data"])
    order, sign = aligned(pattern(result), theirs)
    ours = pattern(result)[:, order] * sign
    np.testing.assert_allclose(ours, theirs, atol=3e-3)

    def criterion(loadings: np.ndarray) -> float:
        squares = (loadings / np.sqrt((loadings**2).sum(axis=1, keepdims=True))) ** 2
        return float(squares.var(axis=0).sum())

    assert criterion(ours) > criterion(theirs)


@pytest.mark.parametrize(("rotation", "close"), [("varimax", 1e-7), ("promax", 1e-6), ("oblimin", 1e-6)])
def test_rotations_are_those_of_r_when_it_iterates_long_enough(rotation: str, close: float) -> None:
    golden = TRUST["rotations"]
    unrotated = np.array(golden["unrotated"])[None]
    found, reached = rotate_best(unrotated, rotation, seed=1)
    assert reached >= 3
    order, sign = aligned(found.loadings[0], np.array(golden[rotation]))
    np.testing.assert_allclose(found.loadings[0][:, order] * sign, golden[rotation], atol=close)
    if rotation != "varimax":
        phi = found.phi[0][np.ix_(order, order)] * np.outer(sign, sign)
        np.testing.assert_allclose(phi, golden[f"{rotation}_phi"], atol=close)


@pytest.mark.parametrize("rotation", ["varimax", "promax", "oblimin"])
def test_rotation_changes_no_communality(rotation: str) -> None:
    unrotated = np.array(TRUST["rotations"]["unrotated"])[None]
    found = rotate(unrotated, rotation)
    implied = found.loadings[0] @ found.phi[0] @ found.loadings[0].T
    np.testing.assert_allclose(implied, unrotated[0] @ unrotated[0].T, atol=1e-9)
    np.testing.assert_allclose(np.diag(found.phi[0]), 1, atol=1e-9)


def test_scores_are_those_of_psych(shared: Path) -> None:
    frame = pd.read_csv(shared / "data" / "mobi.csv")
    result = csi.fit_factors(csi.Survey.from_frame(frame[ITEMS]), ITEMS, n_factors=4, n_boot=0)
    theirs = np.array(PSYCH["fa_minres_oblimin_4"]["scores"]["data"])
    order, sign = aligned(pattern(result), np.array(PSYCH["fa_minres_oblimin_4"]["loadings"]["data"]))
    np.testing.assert_allclose(result.scores().to_numpy()[:10, order] * sign, theirs, atol=5e-4)


def test_factorability_is_that_of_psych() -> None:
    result = csi.check_factorability(csi.load_moments("mobi"), ITEMS, n_boot=0)
    assert float(result.value("kmo")) == pytest.approx(PSYCH["KMO"]["MSA"], abs=SAME)
    np.testing.assert_allclose(result.tidy("items")["estimate"], list(PSYCH["KMO"]["MSAi"].values()), atol=SAME)
    bartlett = result.tidy("bartlett").set_index("term")
    assert bartlett.loc["chi2", "estimate"] == pytest.approx(PSYCH["bartlett"]["chisq"], abs=1e-6)
    assert bartlett.loc["chi2", "p_value"] == 0
    assert float(result.value("harman_share")) == pytest.approx(9.4752 / 24, abs=5e-6)  # METHODS.md C.7
    eigen = PSYCH["parallel"]["pc.values"]
    assert float(result.value("smallest_eigenvalue")) == pytest.approx(min(eigen), abs=SAME)
    assert bartlett.loc["determinant", "estimate"] == pytest.approx(np.prod(eigen), rel=1e-9)


def test_factorability_by_hand() -> None:
    """Three items with correlations r: a pair given the third correlates r / (1 + r)."""
    r = 0.5
    result = csi.check_factorability(table(np.full((3, 3), r) + (1 - r) * np.eye(3)), n_boot=0)
    q = r / (1 + r)
    assert float(result.value("kmo")) == pytest.approx(r**2 / (r**2 + q**2))
    assert result.tidy("anti_image")["estimate"].to_numpy() == pytest.approx([q] * 3)
    assert float(result.value("harman_share")) == pytest.approx((1 + 2 * r) / 3)
    determinant = 1 + 2 * r**3 - 3 * r**2
    assert float(result.value("determinant", table="bartlett")) == pytest.approx(determinant)
    chi2 = -(300 - 1 - 11 / 6) * np.log(determinant)
    assert float(result.value("chi2", table="bartlett")) == pytest.approx(chi2)


def test_unrelated_items_are_not_worth_a_factor() -> None:
    rng = np.random.default_rng(3)
    survey = csi.Survey.from_frame(pd.DataFrame(rng.integers(1, 8, (400, 6)), columns=list("abcdef")))
    result = csi.check_factorability(survey, list("abcdef"))
    failed = {line.check for line in result.checks if not line.ok}
    assert "kmo" in failed
    assert abs(float(result.value("kmo")) - 0.5) < 0.1


def test_how_many_factors() -> None:
    matrix = csi.load_moments("mobi").select(ITEMS).correlation
    found = count_factors(matrix, 250, seed=1)
    np.testing.assert_allclose(found.components, PSYCH["parallel"]["pc.values"], atol=SAME)
    np.testing.assert_allclose(found.factors, PSYCH["parallel"]["fa.values"], atol=1e-6)
    np.testing.assert_allclose(found.partial[1:9], PSYCH["map"], atol=SAME)
    # chance: two programs' random samples agree within their own noise
    np.testing.assert_allclose(found.mean_components, PSYCH["parallel"]["pc.sim"], atol=0.02)
    np.testing.assert_allclose(found.mean_factors, PSYCH["parallel"]["fa.sim"], atol=0.02)
    assert found.by_components == 2  # as psych
    assert found.by_map == 2
    assert found.by_factors in (3, 4)  # psych, which adds resampled answers to the chance, says 4


def test_average_partial_by_hand() -> None:
    matrix = np.array([[1, 0.6, 0.3], [0.6, 1, 0.2], [0.3, 0.2, 1]])
    assert average_partial(matrix)[0] == pytest.approx((0.36 + 0.09 + 0.04) / 3)


SIMPLE = np.zeros((9, 2))
SIMPLE[:5, 0], SIMPLE[5:, 1] = [0.8, 0.7, 0.6, 0.75, 0.5], [0.9, 0.7, 0.55, 0.65]
PHI = np.array([[1, 0.4], [0.4, 1]])


@pytest.mark.parametrize("method", ["minres", "ml"])
@pytest.mark.parametrize("rotation", ["oblimin", "promax"])
def test_a_planted_structure_comes_back(method: str, rotation: str) -> None:
    """Without sampling error oblimin finds a pure structure exactly; promax, which aims at powers, nearly."""
    result = csi.fit_factors(
        table(planted(SIMPLE, PHI)), n_factors=2, method=method, rotation=rotation, n_boot=0
    )  # fmt: skip
    order, sign = aligned(pattern(result), SIMPLE)
    close = 1e-7 if rotation == "oblimin" else 0.06
    np.testing.assert_allclose(pattern(result)[:, order] * sign, SIMPLE, atol=close)
    assert result.tidy("factor_correlations")["estimate"].item() == pytest.approx(0.4, abs=close * 2)
    assert float(result.value("rmsr", table="fit")) == pytest.approx(0, abs=1e-8)
    assert result.check()["ok"].all()


def test_orthogonal_factors_by_varimax_and_without_rotation() -> None:
    matrix = planted(SIMPLE, np.eye(2))
    turned = csi.fit_factors(table(matrix), n_factors=2, rotation="varimax", n_boot=0)
    order, sign = aligned(pattern(turned), SIMPLE)
    np.testing.assert_allclose(pattern(turned)[:, order] * sign, SIMPLE, atol=1e-7)
    assert "factor_correlations" not in turned.tables
    plain = pattern(csi.fit_factors(table(matrix), n_factors=2, rotation="none", n_boot=0))
    np.testing.assert_allclose(plain.T @ plain, np.diag(np.diag(plain.T @ plain)), atol=1e-7)


def answers_of(rng: np.random.Generator, n: int) -> csi.Survey:
    scores = rng.standard_normal((n, 2)) @ np.linalg.cholesky(PHI).T
    noise = rng.standard_normal((n, 9)) * np.sqrt(1 - (SIMPLE**2).sum(axis=1))
    return csi.Survey.from_frame(pd.DataFrame(scores @ SIMPLE.T + noise, columns=[f"x{i}" for i in range(9)]))


def test_planted_loadings_lie_in_their_intervals() -> None:
    rng = np.random.default_rng(11)
    inside = []
    for _ in range(40):
        result = csi.fit_factors(answers_of(rng, 500), [f"x{i}" for i in range(9)], n_factors=2)
        order, sign = aligned(pattern(result), SIMPLE)
        assert (sign > 0).all()
        truth = SIMPLE[:, np.argsort(order)].reshape(-1)
        frame = result.tidy()
        inside.append(((frame["lower"] <= truth) & (truth <= frame["upper"])).mean())
    assert 0.93 <= np.mean(inside) <= 0.97


def test_linearised_and_bootstrap_errors_agree() -> None:
    survey, names = answers_of(np.random.default_rng(5), 1500), [f"x{i}" for i in range(9)]
    linear = csi.fit_factors(survey, names)
    assert linear.glance()["n_factors"].item() == 2  # parallel analysis finds the number
    drawn = csi.fit_factors(survey, names, n_factors=2, inference="bootstrap", n_boot=600)
    for name in ("loadings", "communalities", "factor_correlations", "variance"):
        ratio = drawn.tidy(name)["std_error"] / linear.tidy(name)["std_error"]
        assert ratio.between(0.85, 1.2).all(), name
    first = [0, 1, 9, 10]  # the eigenvalues that stand apart; those of noise change places from sample to sample
    ratio = drawn.tidy("eigenvalues")["std_error"] / linear.tidy("eigenvalues")["std_error"]
    assert ratio[first].between(0.85, 1.2).all()


def test_normal_theory_agrees_with_rows_that_are_normal() -> None:
    rng = np.random.default_rng(12)
    scores = rng.standard_normal((2000, 2)) @ np.linalg.cholesky(PHI).T
    columns = scores @ SIMPLE.T + rng.standard_normal((2000, 9)) * np.sqrt(1 - (SIMPLE**2).sum(axis=1))
    names = [f"x{i}" for i in range(9)]
    rows = csi.fit_factors(csi.Survey.from_frame(pd.DataFrame(columns, columns=names)), names, n_factors=2)
    drawn = csi.fit_factors(csi.Moments.from_frame(columns, names), n_factors=2, n_boot=600)
    assert (drawn.tidy()["std_error"] / rows.tidy()["std_error"]).between(0.8, 1.25).all()


def test_one_factor_of_three_items_by_hand() -> None:
    """Exactly identified: the loading of x1 is the root of r12 r13 / r23."""
    matrix = np.array([[1, 0.56, 0.48], [0.56, 1, 0.42], [0.48, 0.42, 1]])
    result = csi.fit_factors(table(matrix), n_factors=1, n_boot=0)
    assert pattern(result)[:, 0] == pytest.approx([0.8, 0.7, 0.6], abs=1e-8)
    assert "factor_correlations" not in result.tables


def test_order_of_items_changes_nothing() -> None:
    moments = csi.load_moments("mobi")
    one = csi.fit_factors(moments, ITEMS, n_factors=3, n_boot=0).tidy()
    other = csi.fit_factors(moments, ITEMS[::-1], n_factors=3, n_boot=0).tidy()
    both = one.merge(other, on=["item", "factor"])
    np.testing.assert_allclose(both["estimate_x"], both["estimate_y"], atol=1e-7)


def test_groups_have_factors_of_their_own() -> None:
    survey = csi.load_sample("mobile")
    items = [name for name in survey.items if name.startswith(("image", "quality"))]
    grouped = csi.fit_factors(survey, items, n_factors=2, by="operator")
    assert set(grouped.tidy()["group"]) == {"Amber", "Birch", "Coral", "Dune"}
    answers = survey.answers
    answers["weight"] = answers["weight"].where(answers["operator"] == "Birch", 0.0)
    birch = csi.fit_factors(csi.Survey.from_frame(answers, survey.codebook), items, n_factors=2)
    mine = grouped.tidy().query("group == 'Birch'").drop(columns="group").reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, birch.tidy(), rtol=1e-5, atol=1e-6)


def test_heywood_cases_are_inadmissible() -> None:
    matrix = np.array([[1, 0.9, 0.8, 0.5], [0.9, 1, 0.6, 0.45], [0.8, 0.6, 1, 0.4], [0.5, 0.45, 0.4, 1]])
    result = csi.fit_factors(table(matrix), n_factors=1, n_boot=0)
    line = result.checks[0]
    assert (line.check, line.ok) == ("heywood", False)
    assert "x1" in line.meaning
    with pytest.raises(csi.EstimationError):
        csi.fit_factors(table(matrix), n_factors=1, n_boot=0, strict=True)


def test_replicates_cannot_flip_or_swap_factors() -> None:
    """Two factors of nearly equal size swap their order from sample to sample unless they are matched."""
    equal = np.zeros((8, 2))
    equal[:4, 0] = equal[4:, 1] = 0.7
    drawn = csi.fit_factors(table(planted(equal, np.eye(2)), n=200), n_factors=2, n_boot=500, rotation="varimax")
    large = drawn.tidy().query("estimate > 0.5")
    assert (large["std_error"] < 0.09).all()


@pytest.mark.parametrize(("p", "most"), [(3, 1), (4, 1), (5, 2), (6, 3), (9, 5), (24, 17)])
def test_the_most_factors_that_items_identify(p: int, most: int) -> None:
    assert most_factors(p) == most


def test_the_same_seed_gives_the_same_solution() -> None:
    matrix = csi.load_moments("mobi").select(ITEMS).correlation
    one, other = (solve(matrix, 4, "minres", "oblimin", seed) for seed in (1, 2))
    again = solve(matrix, 4, "minres", "oblimin", 1)
    assert (one.loadings == again.loadings).all()
    np.testing.assert_allclose(one.loadings, other.loadings, atol=1e-7)  # random starts find the same minimum


MOBI = csi.load_moments("mobi")
DOUBLED = csi.Survey.from_frame({"a": [1, 2, 4, 5, 7, 3], "b": [1, 2, 4, 5, 7, 3], "c": [2, 2, 5, 4, 6, 1]})
BAD = {
    "two items": (lambda: csi.fit_factors(MOBI, ITEMS[:2]), csi.EstimationError, ["fit_factors", "3", "CUEX1"]),
    "too many": (lambda: csi.fit_factors(MOBI, ITEMS[:6], n_factors=4), csi.EstimationError, ["4", "6", "3"]),
    "none": (lambda: csi.fit_factors(MOBI, n_factors=0), csi.OptionError, ["n_factors=0"]),
    "half": (lambda: csi.fit_factors(MOBI, n_factors=1.5), csi.OptionError, ["1.5"]),
    "method": (lambda: csi.fit_factors(MOBI, method="pca"), csi.OptionError, ["pca", "minres", "ml"]),
    "rotation": (lambda: csi.fit_factors(MOBI, rotation="equamax"), csi.OptionError, ["equamax", "oblimin", "none"]),
    "unknown item": (lambda: csi.fit_factors(MOBI, ["CUEX1", "CUEX9", "CUSA1"]), csi.DataError, ["CUEX9", "CUEX1"]),
    "doubled": (lambda: csi.fit_factors(DOUBLED, ["a", "b", "c"]), csi.EstimationError, ["a = b", "items="]),
    "doubled kmo": (lambda: csi.check_factorability(DOUBLED, ["a", "b", "c"]), csi.EstimationError, ["a = b"]),
    "sum": (
        lambda: csi.check_factorability(
            csi.Survey.from_frame({"a": [1, 2, 4, 5, 7, 3], "b": [3, 2, 4, 1, 7, 2], "c": [4, 4, 8, 6, 14, 5]}),
            ["a", "b", "c"],
        ),
        csi.EstimationError,
        ["survey", 'missing="listwise"'],
    ),
    "impossible": (
        lambda: csi.fit_factors(table(np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]))),
        csi.EstimationError,
        ["Moments"],
    ),
    "constant": (
        lambda: csi.fit_factors(csi.Survey.from_frame({"a": [1, 2, 4], "b": [2, 2, 2], "c": [1, 1, 2]}), list("abc")),
        csi.EstimationError,
        ["3", "5"],
    ),
    "constant of many": (
        lambda: csi.fit_factors(
            csi.Survey.from_frame({"a": [1, 2, 4, 3, 5, 4], "b": [2] * 6, "c": [1, 1, 2, 3, 3, 5]}), list("abc")
        ),
        csi.DataError,
        ["b", "items="],
    ),
    "not a survey": (lambda: csi.check_factorability([1]), csi.DataError, ["list", "Survey"]),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", list(BAD))
def test_bad_calls_say_what_to_do(case: str, language: str) -> None:
    call, kind, words = BAD[case]
    with csi.use_language(language):
        with pytest.raises(kind) as caught:
            call()
        message = str(caught.value)
    assert all(word in message for word in words), message
