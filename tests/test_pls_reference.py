"""fit_pls against R seminr and semPLS, the published ECSI and ACSI numbers, and given bootstrap rows.

The numbers in tests/golden were printed by seminr 2.3.4 and semPLS 1.0-10 (versions and dates inside); tools/golden.py
copied them. They are compared from the moments that ship with csi, and from the raw file where it is at hand.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csi

GOLDEN = Path(__file__).parent / "golden"
THREE_DIGITS = 5.5e-4
EXACT = 1e-8  # the definitions are the same, so only the iteration's tolerance of 1e-12 separates the programs
CONSTRUCTS = ["Image", "Expectation", "Quality", "Value", "Satisfaction", "Complaints", "Loyalty"]

SEMINR = {
    "modeA_path_weighting_tol12": {"scheme": "path"},
    "modeA_path_factorial_tol12": {"scheme": "factorial"},
    "modeB_path_weighting_tol12": {"scheme": "path", "modes": dict.fromkeys(CONSTRUCTS, "B")},
    "modeB_path_factorial_tol12": {"scheme": "factorial", "modes": dict.fromkeys(CONSTRUCTS, "B")},
    "plsc_path_weighting_tol12": {"scheme": "path", "consistent": True},
    "plsc_path_factorial_tol12": {"scheme": "factorial", "consistent": True},
    "unit_weights": {"modes": dict.fromkeys(CONSTRUCTS, "unit")},
}
SEMPLS = {"pathWeighting": "path", "centroid": "centroid", "factorial": "factorial"}


def golden(name: str) -> dict:
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


def matrix(part: dict) -> pd.DataFrame:
    columns = part["cols"] if isinstance(part["cols"], list) else [part["cols"]]
    data = np.array(part["data"], dtype=float).reshape(len(part["rows"]), len(columns))
    return pd.DataFrame(data, index=part["rows"], columns=columns)


def wide(frame: pd.DataFrame, row: str, column: str) -> pd.DataFrame:
    return frame.pivot(index=row, columns=column, values="estimate")


def agree(ours: pd.DataFrame, theirs: pd.DataFrame, tolerance: float = EXACT) -> None:
    """Every cell of ours equals theirs, and theirs has no further cell that is not 0 or missing."""
    other = theirs.reindex(index=ours.index, columns=ours.columns)
    known = ours.notna()
    np.testing.assert_allclose(ours.to_numpy()[known], other.to_numpy()[known], rtol=0, atol=tolerance)
    rest = theirs.reindex(index=ours.index, columns=ours.columns).to_numpy()[~known.to_numpy()]
    assert not np.nan_to_num(rest).any()


@pytest.fixture(params=["moments", "raw"])
def mobi(request: pytest.FixtureRequest) -> object:
    """The mobi data from the table of moments that ships, and from the raw file."""
    if request.param == "moments":
        return csi.load_moments("mobi")
    return csi.read_csv(request.getfixturevalue("shared") / "data" / "mobi.csv")


@pytest.mark.parametrize("setting", list(SEMINR))
def test_equals_seminr(mobi: object, setting: str) -> None:
    theirs = golden("seminr_mobi.json")[setting]
    fit = csi.fit_pls(mobi, "ECSI_2005", n_boot=0, tolerance=1e-12, **SEMINR[setting])
    outer = fit.tidy("outer")
    agree(wide(outer[outer.kind == "outer_weight"], "item", "construct"), matrix(theirs["weights"]))
    agree(wide(outer[outer.kind == "loading"], "item", "construct"), matrix(theirs["loadings"]))
    agree(wide(fit.tidy("paths"), "source", "target"), matrix(theirs["path_coef"]))
    effects = fit.tidy("effects")
    agree(wide(effects[effects.kind == "total"], "source", "target"), matrix(theirs["total_effects"]))
    agree(wide(effects[effects.kind == "indirect"], "source", "target"), matrix(theirs["total_indirect"]))
    terms = wide(fit.tidy("constructs"), "construct", "term")
    r2 = matrix(theirs["rSquared"]).T.rename(columns={"Rsq": "r2", "AdjRsq": "r2_adjusted"})
    agree(terms[["r2", "r2_adjusted"]].dropna(), r2)
    reliability = matrix(theirs["reliability"])
    names = {"alpha": "alpha", "rhoC": "rho_c", "AVE": "ave", "rhoA": "rho_a"}
    agree(terms[list(names.values())], reliability.rename(columns=names))


@pytest.mark.parametrize("setting", ["modeA_path_weighting_tol12", "modeB_path_factorial_tol12"])
def test_htmt_equals_seminr(mobi: object, setting: str) -> None:
    theirs = matrix(golden("seminr_mobi.json")[setting]["htmt"])
    ours = csi.fit_pls(mobi, "ECSI_2005", n_boot=0).tidy("htmt")
    assert len(ours) == 21
    for row in ours.itertuples():
        cells = [theirs.loc[row.construct, row.other_construct], theirs.loc[row.other_construct, row.construct]]
        assert row.estimate == pytest.approx(np.nanmax(cells), abs=EXACT)


@pytest.mark.parametrize("setting", list(SEMPLS))
def test_equals_sempls(mobi: object, setting: str) -> None:
    theirs = golden("sempls_mobi.json")[setting]
    fit = csi.fit_pls(mobi, "ECSI_2005", n_boot=0, tolerance=1e-12, scheme=SEMPLS[setting])
    outer = fit.tidy("outer")
    agree(wide(outer[outer.kind == "outer_weight"], "item", "construct"), matrix(theirs["outer_weights"]))
    agree(wide(outer[outer.kind == "loading"], "item", "construct"), matrix(theirs["outer_loadings"]))
    agree(wide(fit.tidy("paths"), "source", "target"), matrix(theirs["paths"]))
    effects = fit.tidy("effects")
    agree(wide(effects[effects.kind == "total"], "source", "target"), matrix(theirs["total"]))
    terms = wide(fit.tidy("constructs"), "construct", "term")
    agree(terms[["r2"]].dropna().rename(columns={"r2": "R-squared"}), matrix(theirs["rsq"]))
    assert fit.glance()["gof"][0] == pytest.approx(matrix(theirs["gof"]).loc["GoF"].item(), abs=EXACT)


def test_scores_equal_seminr(shared: Path) -> None:
    """Scores are on 0-100 here and standardised there; standardised again they are the same."""
    theirs = golden("seminr_mobi.json")["modeA_path_weighting_tol12"]["scores"]
    scores = csi.fit_pls(csi.read_csv(shared / "data" / "mobi.csv"), "ECSI_2005", n_boot=0, tolerance=1e-12).scores()
    standard = (scores - scores.mean()) / scores.std()
    first = matrix(theirs["first10"])
    np.testing.assert_allclose(standard.iloc[:10][first.columns], first, rtol=0, atol=EXACT)
    for construct, total in theirs["colsum_abs"].items():
        assert standard[construct].abs().sum() == pytest.approx(total, abs=1e-6)


def test_index_is_the_weighted_mean_of_the_scores(shared: Path) -> None:
    fit = csi.fit_pls(csi.read_csv(shared / "data" / "mobi.csv"), "ECSI_2005", n_boot=0)
    np.testing.assert_allclose(fit.scores().mean(), fit.tidy("index").set_index("construct")["estimate"], atol=1e-10)


def test_published_indices_and_importance(mobi: object) -> None:
    """METHODS B.4: indices on 0-100 with unstandardised weights, equal weights, IPMA on Satisfaction."""
    fit = csi.fit_pls(mobi, "ECSI_2005", n_boot=0, tolerance=1e-12, target="Satisfaction")
    published = [73.5280, 72.4738, 74.9766, 62.3468, 72.4541, 67.4222, 70.9139]
    np.testing.assert_allclose(fit.tidy("index")["estimate"], published, atol=5e-5)
    assert float(fit.value("Satisfaction", table="index_equal")) == pytest.approx(71.9704, abs=5e-5)
    priorities = fit.tidy("priorities")
    importance = priorities[priorities.kind == "importance"].set_index("construct")["estimate"]
    assert set(priorities["target"]) == {"Satisfaction"}
    for construct, value in {"Image": 0.4147, "Expectation": 0.4323, "Quality": 0.6398, "Value": 0.1383}.items():
        assert importance[construct] == pytest.approx(value, abs=5e-5)
    performance = priorities[priorities.kind == "performance"].set_index("construct")["estimate"]
    assert performance["Quality"] == pytest.approx(74.9766, abs=5e-5)


def test_metric_form_is_the_published_ecsi_paper() -> None:
    """Tenenhaus et al. 2005: covariances, centroid scheme, mode A; GoF over items of multi-item blocks.

    The three digits at hand were rounded from four (.46550 became .466), so half a unit of each digit is allowed.
    """
    fit = csi.fit_pls(
        csi.load_moments("mobi"), "ECSI_2005", scheme="centroid", standardized=False, n_boot=0, tolerance=1e-12
    )
    paths = fit.tidy("paths").set_index(["source", "target"])["estimate"]
    printed = {
        ("Image", "Expectation"): 0.493, ("Expectation", "Quality"): 0.545, ("Expectation", "Value"): 0.066,
        ("Quality", "Value"): 0.540, ("Image", "Satisfaction"): 0.153, ("Expectation", "Satisfaction"): 0.037,
        ("Quality", "Satisfaction"): 0.544, ("Value", "Satisfaction"): 0.200, ("Satisfaction", "Complaints"): 0.540,
        ("Image", "Loyalty"): 0.212, ("Satisfaction", "Loyalty"): 0.466, ("Complaints", "Loyalty"): 0.050,
    }  # fmt: skip
    for path, value in printed.items():
        assert paths[path] == pytest.approx(value, abs=THREE_DIGITS), path
    terms = wide(fit.tidy("constructs"), "construct", "term")
    r2 = {"Expectation": 0.243, "Quality": 0.297, "Value": 0.335, "Satisfaction": 0.672, "Complaints": 0.292,
          "Loyalty": 0.432}  # fmt: skip
    for construct, value in r2.items():
        assert terms.loc[construct, "r2"] == pytest.approx(value, abs=THREE_DIGITS), construct
    communality = {"Image": 0.476, "Expectation": 0.471, "Quality": 0.574, "Value": 0.849, "Satisfaction": 0.682,
                   "Complaints": 1.0, "Loyalty": 0.520}  # fmt: skip
    for construct, value in communality.items():
        assert terms.loc[construct, "ave"] == pytest.approx(value, abs=THREE_DIGITS), construct
    assert fit.glance()["gof"][0] == pytest.approx(0.4645, abs=5.01e-5)


def test_seminr_submodel() -> None:
    """METHODS B.4: Image, Expectation and Value on Satisfaction; mode A with path weighting, PLSc with factorial."""
    model = csi.PathModel.parse(
        "Image =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5; Expectation =~ CUEX1 + CUEX2 + CUEX3; Value =~ PERV1 + PERV2;"
        "Satisfaction =~ CUSA1 + CUSA2 + CUSA3; Satisfaction ~ Image + Expectation + Value"
    )
    moments = csi.load_moments("mobi")
    fit = csi.fit_pls(moments, model, n_boot=0, tolerance=1e-12)
    paths = fit.tidy("paths").set_index("source")["estimate"]
    assert paths[["Image", "Expectation", "Value"]].tolist() == pytest.approx(
        [0.447003897, 0.171830104, 0.316425319], abs=1e-8
    )
    terms = wide(fit.tidy("constructs"), "construct", "term")
    assert terms.loc["Satisfaction", "r2"] == pytest.approx(0.590603320426892, abs=1e-8)
    assert terms.loc["Satisfaction", "r2_adjusted"] == pytest.approx(0.585610677993074, abs=1e-8)
    # the published reliabilities stop at 7e-8 of these, the tolerance of the program that printed them
    assert terms.loc["Image", ["alpha", "rho_c", "ave", "rho_a"]].tolist() == pytest.approx(
        [0.722834595, 0.818325774, 0.477979835, 0.745291554], abs=1e-7
    )
    consistent = csi.fit_pls(moments, model, scheme="factorial", consistent=True, n_boot=0, tolerance=1e-12)
    paths = consistent.tidy("paths").set_index("source")["estimate"]
    assert paths[["Image", "Expectation", "Value"]].tolist() == pytest.approx(
        [0.537704707, 0.240967662, 0.258279868], abs=1e-7
    )


ACSI = """
E =~ OVERALLX + CUSTOMX + WRONGX
Q =~ OVERALLQ + CUSTOMQ + WRONGQ
V =~ PQ + QP
S =~ SATIS + CONFIRM + IDEAL
L =~ REPUR
Q ~ E
V ~ E + Q
S ~ E + Q + V
L ~ S
"""


def test_acsi_2015_mode_a() -> None:
    """CATALOGUE 2.6, to its printed digits."""
    fit = csi.fit_pls(csi.load_moments("acsi2015"), csi.PathModel.parse(ACSI), n_boot=0, tolerance=1e-12)
    outer = fit.tidy("outer")
    weights = outer[outer.kind == "outer_weight"]["estimate"].tolist()
    printed = [0.3982, 0.4872, 0.3069, 0.4066, 0.4058, 0.2978, 0.5015, 0.5259, 0.3862, 0.3384, 0.3561, 1]
    assert weights == pytest.approx(printed, abs=5.1e-5)
    loadings = outer[outer.kind == "loading"]["estimate"].tolist()
    printed = [0.8672, 0.9090, 0.6903, 0.9351, 0.9445, 0.7941, 0.9721, 0.9746, 0.9415, 0.9090, 0.9234, 1]
    assert loadings == pytest.approx(printed, abs=5.1e-5)
    printed = [0.6814, 0.0623, 0.7497, 0.0243, 0.4550, 0.4942, 0.8373]
    assert fit.tidy("paths")["estimate"].tolist() == pytest.approx(printed, abs=5.1e-5)
    r2 = fit.tidy("constructs").query("term == 'r2'")["estimate"].tolist()
    assert r2 == pytest.approx([0.4643, 0.6295, 0.8369, 0.7010], abs=5.1e-5)
    assert fit.tidy("index")["estimate"].tolist() == pytest.approx([79.657, 78.006, 72.699, 71.120, 75.604], abs=5e-4)
    assert float(fit.value("S", table="index_equal")) == pytest.approx(70.762, abs=5e-4)


def test_acsi_2015_mode_b() -> None:
    modes = dict.fromkeys("EQVSL", "B")
    fit = csi.fit_pls(csi.load_moments("acsi2015"), csi.PathModel.parse(ACSI), modes=modes, n_boot=0, tolerance=1e-12)
    loadings = fit.tidy("outer").query("kind == 'loading'")["estimate"].tolist()
    printed = [0.803, 0.980, 0.575, 0.963, 0.964, 0.685, 0.944, 0.992, 0.979, 0.853, 0.904, 1]
    assert loadings == pytest.approx(printed, abs=5.1e-4)
    printed = [0.7011, 0.0552, 0.7694, 0.0200, 0.4760, 0.4855, 0.8448]
    assert fit.tidy("paths")["estimate"].tolist() == pytest.approx(printed, abs=5.1e-5)
    terms = wide(fit.tidy("constructs"), "construct", "term")
    assert terms["r2"].dropna()[["Q", "V", "S", "L"]].tolist() == pytest.approx(
        [0.4916, 0.6545, 0.8611, 0.7137], abs=5.1e-5
    )
    assert terms.loc[["E", "Q", "V", "S"], "ave"].tolist() == pytest.approx([0.645, 0.775, 0.938, 0.835], abs=5.1e-4)
    assert terms.loc[["E", "Q", "V", "S"], "alpha"].tolist() == pytest.approx([0.767, 0.873, 0.945, 0.915], abs=5.1e-4)
    htmt = wide(fit.tidy("htmt"), "construct", "other_construct")
    printed = {("E", "Q"): 0.8197, ("E", "V"): 0.6580, ("E", "S"): 0.7189, ("Q", "V"): 0.8619, ("Q", "S"): 0.9535,
               ("V", "S"): 0.9314}  # fmt: skip
    for pair, value in printed.items():
        assert htmt.loc[pair] == pytest.approx(value, abs=5.1e-5)


def given_rows(shared: Path) -> np.ndarray:
    with (shared / "reference" / "boot_indices_mobi_seed123_1000x250.csv").open(encoding="utf-8") as file:
        lines = list(csv.reader(file))[1:]
    return np.array(lines, dtype=np.int64) - 1


def test_given_rows_give_the_given_replicates(shared: Path) -> None:
    """seminr's 1,000 replicates from the rows each of them drew; no signs are matched there."""
    from csi.models.pls import replay_bootstrap

    survey = csi.read_csv(shared / "data" / "mobi.csv")
    theirs = pd.read_csv(shared / "reference" / "seminr_mobi_boot_paths_replicates.csv")
    drawn = given_rows(shared)
    assert drawn.shape == (1000, 250)
    found = replay_bootstrap(survey, "ECSI_2005", drawn)
    paths = csi.fit_pls(survey, "ECSI_2005", n_boot=0).tidy("paths")
    names = [f"{row.source} -> {row.target}" for row in paths.itertuples()]
    np.testing.assert_allclose(found["paths"].T, theirs[names].to_numpy(), rtol=0, atol=1e-8)


def test_standard_errors_of_the_given_replicates(shared: Path) -> None:
    """The spread of the replayed replicates is what seminr printed as bootstrap SD, for paths, weights and loadings."""
    from csi.models.pls import replay_bootstrap

    survey = csi.read_csv(shared / "data" / "mobi.csv")
    reference = json.loads((shared / "reference" / "seminr_mobi_bootstrap.json").read_text(encoding="utf-8"))
    found = replay_bootstrap(survey, "ECSI_2005", given_rows(shared))
    fit = csi.fit_pls(survey, "ECSI_2005", n_boot=0)
    items = fit.tidy("outer").query("kind == 'loading'")["item"].tolist()
    for part in ("weights", "loadings"):
        table = matrix(reference[part])
        table.index = [name.split()[0] for name in table.index]
        np.testing.assert_allclose(
            found[part].std(axis=1, ddof=1), table.loc[items, table.columns[2]], rtol=0, atol=1e-7
        )


def test_bootstrap_error_of_the_loyalty_index(shared: Path) -> None:
    """1.9 when every replicate re-estimates the weights; 1.38 is what fixed weights would give."""
    survey = csi.read_csv(shared / "data" / "mobi.csv")
    fit = csi.fit_pls(survey, "ECSI_2005")
    assert fit.value("Loyalty").std_error == pytest.approx(1.915, rel=0.04)
    scores = fit.scores()["Loyalty"]
    assert scores.std(ddof=0) / np.sqrt(len(scores)) == pytest.approx(1.379, abs=5e-4)
