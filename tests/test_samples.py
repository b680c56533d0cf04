"""The samples are what their tool makes, hold what their codebooks promise, and the printed moments are as printed."""

import importlib.util
import json
import shutil
import sys
import tomllib
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f

import csi
from csi.data import samples
from csi.errors import DataError

ROOT = Path(__file__).resolve().parents[1]
SATISFACTION = ["sat_overall", "sat_expectations", "sat_ideal"]


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("samples_tool", ROOT / "tools" / "samples.py")
    module = importlib.util.module_from_spec(spec)
    path = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


@pytest.fixture(scope="module")
def built(tool):
    """The files of data/samples and of the pair of 问卷星 files, made once; the tool has them made already."""
    made, pair = tool.build(), tool.build_wenjuanxing()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tool, "build", lambda: made)
        patch.setattr(tool, "build_wenjuanxing", lambda: pair)
        yield made


@pytest.fixture(scope="module")
def mobile():
    return samples.load_sample("mobile")


@pytest.fixture(scope="module")
def raw():
    """The columns with a role, straight from the file."""
    return pd.read_csv(ROOT / "data" / "samples" / "mobile.csv", encoding="utf-8-sig")


@pytest.fixture(scope="module")
def attentive(mobile, raw):
    ids = [one for rows in mobile.codebook.truth["careless"]["rows"].values() for one in rows]
    return ~raw["id"].isin(ids).to_numpy()


@pytest.fixture(scope="module")
def satisfaction(mobile):
    """Index 0-100 of each respondent by equal weights, NaN where an answer is missing."""
    return (mobile.matrix(SATISFACTION).mean(axis=1) - 1) / 9 * 100


# The files ------------------------------------------------------------------------------------------------------


def test_the_files_are_what_the_tool_makes(tool, built):
    made = built
    kept = {path.name: path.read_bytes() for path in tool.TARGET.iterdir() if path.name in made}
    names = ("app_kano", "hotel", "mobile", "pvc_complaints", "pvc_customers", "pvc_visits", "service_hall", "tiny")
    names = (*names, "drivers", "expectations")
    assert set(kept) == {f"{name}{end}" for name in names for end in (".csv", ".yaml")}
    for name, content in made.items():
        assert kept[name] == content, f"{name} differs; run python tools/samples.py"
    assert tool.main(["--check"]) == 0
    assert all(len(content) < 500_000 for content in made.values())
    assert made["tiny.csv"].startswith(b"\xef\xbb\xbf")
    assert b"\r" not in b"".join(made.values())


def test_the_check_names_a_changed_file(tool, built, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tool, "TARGET", tmp_path)
    assert tool.main([]) == 0
    assert tool.main(["--check"]) == 0
    (tmp_path / "tiny.csv").write_bytes(b"q1\n1\n")
    (tmp_path / "old.csv").write_bytes(b"q1\n1\n")
    assert tool.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert "tiny.csv" in said
    assert "old.csv" in said
    assert "mobile" not in said


def test_the_wheel_carries_the_samples_where_the_loader_looks_first():
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert build["targets"]["wheel"]["force-include"] == {"data/samples": "csi/_samples"}
    package = Path(csi.__file__).parent
    assert list(samples._FOLDERS) == [package / "_samples", ROOT / "data" / "samples"]


def test_the_first_folder_that_exists_is_listed_without_a_registry(tmp_path, monkeypatch):
    folder = tmp_path / "_samples"
    folder.mkdir()
    for end in (".csv", ".yaml"):
        shutil.copy(ROOT / "data" / "samples" / f"tiny{end}", folder / f"another{end}")
    (folder / "alone.csv").write_text("q1\n1\n", encoding="utf-8")
    monkeypatch.setattr(samples, "_FOLDERS", (tmp_path / "absent", folder, ROOT / "data" / "samples"))
    assert samples.list_samples()["name"].tolist() == ["another"]
    assert len(samples.load_sample("another")) == 12
    with pytest.raises(DataError, match="another"):
        samples.load_sample("tiny")


def test_list_samples_speaks_both_languages():
    table = samples.list_samples().set_index("name")
    assert table.loc["tiny", ["respondents", "items"]].tolist() == [12, 6]
    assert table.loc["mobile", ["respondents", "items"]].tolist() == [3000, 26]
    with csi.use_language("zh"):
        assert samples.list_samples().set_index("name").loc["mobile", "title"] == "四家移动运营商、三期调查"


def test_a_sample_is_the_same_object_and_cannot_be_changed(mobile):
    assert samples.load_sample("mobile") is mobile
    taken = mobile.answers
    taken.loc[:, "sat_overall"] = 0.0
    assert mobile.answers["sat_overall"].min() == 1


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("load", "exist"), [("load_sample", ("mobile", "tiny")), ("load_moments", ("acsi2015", "mobi"))]
)
def test_an_unknown_name_lists_what_exists(load, exist, language):
    with pytest.raises(DataError) as raised:
        getattr(samples, load)("mobil")
    with csi.use_language(language):
        said = str(raised.value)
    assert all(word in said for word in ("mobil", *exist))


# tiny -----------------------------------------------------------------------------------------------------------


def test_tiny_is_pleasant_by_hand():
    survey = samples.load_sample("tiny")
    answers = survey.answers
    assert answers.mean().tolist() == [7, 7, 7, 6, 6, 7]
    assert answers.std().tolist() == [2.0] * 6
    assert (survey.reasons == 0).all(axis=None)
    assert survey.codebook.constructs() == {
        "Quality": ("q1", "q2"),
        "Satisfaction": ("s1", "s2", "s3"),
        "Loyalty": ("l1",),
    }
    assert (answers.corr() > 0.3).all(axis=None)
    assert answers["q1"].cov(answers["q2"]) == pytest.approx(35 / 11)


# mobile: the sample -----------------------------------------------------------------------------------------------


def test_mobile_has_its_design(mobile, raw):
    assert mobile.codebook.roles == {
        "weight": "weight",
        "strata": "region",
        "cluster": "interviewer",
        "case": "operator",
        "wave": "wave",
        "duration": "seconds",
        "respondent": "id",
    }
    assert (raw.groupby(["operator", "wave"]).size() == 250).all()
    assert raw["id"].is_unique
    assert raw["interviewer"].nunique() == 40
    assert (raw.groupby("interviewer")["region"].nunique() == 1).all()
    share = raw.groupby("region")["weight"].sum() / raw["weight"].sum()
    assert share.to_dict() == pytest.approx(mobile.codebook.truth["region"]["share"], abs=0.02)


def test_every_kind_of_missing_answer_is_there_and_few(mobile, raw):
    from csi.data.codebook import REASONS

    reasons = mobile.reasons[list(mobile.items)].to_numpy()
    share = {reason: float((reasons == code).mean()) for code, reason in enumerate(REASONS)}
    assert share["invalid"] == 0
    planned = mobile.codebook.truth["missing"]
    for reason, rate in planned["rates"].items():
        assert share[reason] == pytest.approx(rate, rel=0.3), reason
    item, wave, rate = (planned["not_asked"][key] for key in ("item", "wave", "share"))
    asked = mobile.reasons[item].to_numpy() != REASONS.index("not_asked")
    assert (raw.loc[~asked, "wave"] == wave).all()
    assert (~asked[raw["wave"] == wave]).mean() == pytest.approx(rate, abs=0.03)
    ecsi = [name for name in mobile.items if name not in ("recommend", "complained")]
    assert np.isfinite(mobile.matrix(ecsi)).all(axis=1).mean() > 0.75


def test_four_in_a_hundred_are_careless_and_only_the_truth_knows(mobile, raw, attentive):
    assert (~attentive).mean() == 0.04
    assert not any("careless" in column for column in mobile.answers.columns)
    assert raw["seconds"][~attentive].median() < raw["seconds"][attentive].median() / 3
    straight = raw["id"].isin(mobile.codebook.truth["careless"]["rows"]["straight"]).to_numpy()
    ten = [name for name, item in mobile.codebook.items.items() if item.scale is not None and item.scale.hi == 10]
    spread = mobile.answers[ten].std(axis=1)
    assert (spread[straight] == 0).all()
    assert (spread[attentive] > 0).all()


def test_ratings_look_like_satisfaction_ratings(mobile, attentive):
    answers = mobile.answers[attentive]
    for name, item in mobile.codebook.items.items():
        if item.scale is None or (item.scale.lo, item.scale.hi) != (1, 10):
            continue
        values = answers[name]
        assert set(values.dropna()) <= set(range(1, 11))
        assert values.skew() > 0.4 if item.reversed else values.skew() < -0.4
        assert 6.3 < (11 - values.mean() if item.reversed else values.mean()) < 8.3
    assert [item.name for item in mobile.codebook.items.values() if item.reversed] == ["expect_wrong", "quality_wrong"]
    assert answers["expect_wrong"].corr(answers["expect_overall"]) < -0.2
    assert answers["complained"].corr(answers["sat_overall"]) < -0.2
    assert answers["recommend"].min() == 0
    assert answers["loyal_price"].max() == 25


def test_interviewers_differ(raw, satisfaction, attentive):
    """One-way analysis of variance of the deviations from each region's mean."""
    keep = np.isfinite(satisfaction) & attentive
    table = pd.DataFrame({"y": satisfaction, "region": raw["region"], "who": raw["interviewer"]})[keep]
    y = table["y"] - table.groupby("region")["y"].transform("mean")
    size = table.groupby("who").size().to_numpy()
    means = y.groupby(table["who"]).transform("mean")
    between = (means**2).sum() / (40 - 4)
    within = ((y - means) ** 2).sum() / (len(y) - 40)
    assert f.sf(between / within, 40 - 4, len(y) - 40) < 1e-6
    icc = (between - within) / (between + (size.mean() - 1) * within)
    assert 0.02 < icc < 0.10


def test_weights_matter_and_lead_to_the_truth(mobile, raw, satisfaction, attentive):
    keep = np.isfinite(satisfaction) & attentive
    plain = satisfaction[keep].mean()
    weighted = np.average(satisfaction[keep], weights=raw["weight"][keep])
    truth = mobile.codebook.truth["index"]["all"]["Satisfaction"]
    assert weighted - plain > 1
    assert abs(weighted - truth) < 1
    assert len(keep) / (1 + raw["weight"].var() / raw["weight"].mean() ** 2) == pytest.approx(2487, abs=5)


def test_operators_differ_where_the_truth_says_so(mobile, raw, satisfaction):
    truth = mobile.codebook.truth
    operator = {name: row["Satisfaction"] for name, row in truth["index"]["operator"].items()}
    first, second = truth["tie"]["operators"]
    assert operator[first] - operator[second] == pytest.approx(truth["tie"]["difference"], abs=0.002)
    assert 0 < truth["tie"]["difference"] < 0.3
    assert operator["Amber"] > max(operator[name] for name in ("Birch", "Coral", "Dune")) + 4
    wave = truth["index"]["satisfaction_by_wave"]["Dune"]
    assert wave["2026H1"] - wave["2025H2"] == pytest.approx(truth["improved"]["difference"], abs=0.002)
    assert truth["improved"]["difference"] > 5

    keep = np.isfinite(satisfaction)
    table = raw[keep].assign(score=satisfaction[keep] * raw["weight"][keep])
    sums = table.groupby("operator")[["score", "weight"]].sum()
    found = sums["score"] / sums["weight"]
    assert found.idxmax() == "Amber"
    assert found["Amber"] - found.drop("Amber").max() > 2
    assert found.to_dict() == pytest.approx(operator, abs=2.5)
    sums = table[table["operator"] == "Dune"].groupby("wave")[["score", "weight"]].sum()
    found = sums["score"] / sums["weight"]
    assert found["2026H1"] - found["2025H2"] > 3


def test_the_planted_paths_are_found_in_the_answers(mobile, attentive):
    """Regressions on composites of equal weights, their correlations freed from error by alpha (or the loading)."""
    truth = mobile.codebook.truth
    blocks = {name: [*items] for name, items in mobile.codebook.constructs().items()}
    blocks["Complaints"] = ["complaint_handling"]
    everything = [item for items in blocks.values() for item in items]
    values = mobile.matrix(everything)
    values = values[np.isfinite(values).all(axis=1) & attentive]
    standard = pd.DataFrame((values - values.mean(axis=0)) / values.std(axis=0), columns=everything)
    score = pd.DataFrame({name: standard[items].mean(axis=1) for name, items in blocks.items()})
    trust = {}
    for name, items in blocks.items():
        k = len(items)
        r = (standard[items].corr().to_numpy().sum() - k) / (k * (k - 1)) if k > 1 else truth["loadings"][items[0]] ** 2
        trust[name] = k * r / (1 + (k - 1) * r)
    root = np.sqrt(pd.Series(trust)[list(blocks)])
    clean = score.corr() / np.outer(root, root)
    for target in {path["target"] for path in truth["paths"]}:
        planted = {path["source"]: path["path"] for path in truth["paths"] if path["target"] == target}
        sources = list(planted)
        matrix = clean.loc[sources, sources].to_numpy().copy()
        np.fill_diagonal(matrix, 1.0)
        found = np.linalg.solve(matrix, clean.loc[sources, target].to_numpy())
        assert dict(zip(sources, found, strict=True)) == pytest.approx(planted, abs=0.12), target


# mobile: the simulator --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def population(tool):
    """240,000 people in the shares of the population, each with an interviewer of their own."""
    simulator = sys.modules["samples_mobile"]
    cells = list(product(simulator.OPERATORS, simulator.WAVES, simulator.REGION_SHARE, simulator.USE_SHARE))
    counts = [round(20_000 * simulator.REGION_SHARE[cell[2]] * simulator.USE_SHARE[cell[3]]) for cell in cells]
    rows = [cell for cell, count in zip(cells, counts, strict=True) for _ in range(count)]
    frame = dict(zip(("operator", "wave", "region", "use"), map(list, zip(*rows, strict=True)), strict=True))
    frame["interviewer"] = [f"{number:06d}" for number in range(len(rows))]
    rng = np.random.Generator(np.random.PCG64(7))
    return simulator, rng, simulator.draw_latent(rng, frame), np.array(frame["operator"])


def test_latent_scores_have_the_planted_paths_and_variance_one(population):
    simulator, _, latent, _ = population
    assert latent.var(axis=0) == pytest.approx(np.ones(7), abs=0.015)
    assert latent.mean(axis=0) == pytest.approx(np.zeros(7), abs=0.012)
    assert np.corrcoef(latent.T) == pytest.approx(simulator.correlations(), abs=0.01)
    table = pd.DataFrame(latent, columns=simulator.CONSTRUCTS)
    for target in simulator.CONSTRUCTS[1:]:
        planted = {source: path for (source, to), path in simulator.PATHS.items() if to == target}
        found = np.linalg.lstsq(table[list(planted)].to_numpy(), table[target].to_numpy(), rcond=None)[0]
        assert found == pytest.approx(np.array(list(planted.values())), abs=0.012)


def test_the_truth_of_the_indices_is_the_mean_of_a_large_population(population, mobile):
    simulator, rng, latent, operator = population
    truth = mobile.codebook.truth["index"]
    amber = []
    for name, item in simulator.ITEMS.items():
        answers = simulator.draw_item(rng, item, latent)
        error = answers.std() / np.sqrt(len(answers))
        assert answers.mean() == pytest.approx(truth["item_means"][name], abs=5 * error), name
        if name in SATISFACTION:
            amber.append(answers[operator == "Amber"].mean())
    assert (np.mean(amber) - 1) / 9 * 100 == pytest.approx(truth["operator"]["Amber"]["Satisfaction"], abs=0.3)


def test_the_levels_of_operators_and_waves_do_not_touch_the_paths(population):
    """Means zero and orthogonal between constructs over the population, so no path is confounded by them."""
    simulator = population[0]
    cells = simulator.cells()
    share = np.array([share for _, share, _ in cells])
    levels = np.array([shift for *_, shift in cells])
    assert share.sum() == pytest.approx(1)
    assert share @ levels == pytest.approx(np.zeros(7), abs=1e-12)
    cross = levels.T @ (share[:, None] * levels)
    assert cross - np.diag(np.diag(cross)) == pytest.approx(np.zeros((7, 7)), abs=1e-12)


# Printed moments ----------------------------------------------------------------------------------------------------

MOBI_MEANS = """IMAG 7.640 7.780 6.744 7.588 7.932; CUEX 7.580 7.532 7.424;
PERQ 7.944 7.192 7.700 7.916 7.872 7.776 7.592; PERV 6.156 6.916;
CUSA 7.988 7.128 7.316; CUSCO 7.068; CUSL 7.452 4.988 7.668"""
MOBI_SDS = """IMAG 1.7000 1.6873 2.1318 1.8417 1.5573; CUEX 1.6218 1.7927 2.1028;
PERQ 1.4216 1.8914 1.8219 1.6516 1.4533 1.6299 1.8437; PERV 2.1833 1.8424; CUSA 1.2337 1.7652 1.7471; CUSCO 2.2742;
CUSL 2.6586 2.8390 2.2184"""
ACSI_MEANS = (
    "8.287658 8.281461 7.699542 8.114929 8.075451 7.752897 7.430612 7.646861 7.838184 7.088386 7.179197 7.804365"
)
ACSI_SDS = "1.649966 1.721439 2.387532 1.867998 1.989047 2.511658 2.212951 2.146294 2.105833 2.269357 2.346189 2.429714"


def printed(text):
    blocks = [block.split() for block in text.split(";")]
    return {
        stem if len(values) == 1 else f"{stem}{number}": float(value)
        for stem, *values in blocks
        for number, value in enumerate(values, 1)
    }


def test_mobi_moments_are_the_printed_ones():
    moments = samples.load_moments("mobi")
    assert (moments.n, len(moments.names), set(moments.lo), set(moments.hi)) == (250, 24, {1.0}, {10.0})
    assert "48:159-205" in moments.source
    assert dict(zip(moments.names, moments.mean, strict=True)) == pytest.approx(printed(MOBI_MEANS), abs=5e-4)
    assert dict(zip(moments.names, moments.sd, strict=True)) == pytest.approx(printed(MOBI_SDS), abs=5.1e-5)


def test_acsi_moments_are_the_printed_ones():
    moments = samples.load_moments("acsi2015")
    assert (moments.n, set(moments.lo), set(moments.hi)) == (7422, {1.0}, {10.0})
    assert moments.names[:3] == ("OVERALLX", "CUSTOMX", "WRONGX")
    assert "48:109123" in moments.source
    assert moments.mean.tolist() == [float(value) for value in ACSI_MEANS.split()]
    assert moments.sd == pytest.approx([float(value) for value in ACSI_SDS.split()], abs=1e-12)
    names = list(moments.names)
    assert moments.correlation[names.index("SATIS"), names.index("CUSTOMQ")] == pytest.approx(0.839080)
    assert moments.correlation[names.index("QP"), names.index("PQ")] == pytest.approx(0.894843)


@pytest.mark.parametrize("name", ["mobi", "acsi2015"])
def test_moments_equal_the_reference_table(name, shared):
    table = json.loads((shared / "reference" / f"{name}_moments.json").read_text(encoding="utf-8"))
    moments = samples.load_moments(name)
    assert list(moments.names) == table["names"]
    assert moments.mean.tolist() == table["mean"]
    assert moments.sd == pytest.approx(table["sd_ddof1"], abs=1e-14)
    assert moments.correlation == pytest.approx(np.array(table["correlation"]), abs=1e-14)


SAMPLES = Path(__file__).parents[1] / "data" / "samples"


@pytest.mark.parametrize("name", [path.stem for path in sorted(SAMPLES.glob("*.csv"))])
def test_without_its_codebook_no_scale_of_a_sample_is_wrong(name):
    right = csi.read_survey(SAMPLES / f"{name}.csv", SAMPLES / f"{name}.yaml").codebook.items
    read, asked = {}, ""
    try:
        read = csi.read_survey(SAMPLES / f"{name}.csv").codebook.items
    except csi.AskedError as question:
        asked = str(question)
    assert read or "scale=" in asked
    both = [key for key in {*read} & {*right} if right[key].kind == read[key].kind == "rating"]
    ends = {key: [(book[key].scale.lo, book[key].scale.hi) for book in (read, right)] for key in both}
    assert {key: pair for key, pair in ends.items() if pair[0] != pair[1]} == {}
