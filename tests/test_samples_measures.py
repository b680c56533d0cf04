"""The samples of the measures hold what their codebooks say: each planted fact is found by a computation of its own.

z is (found - planted) / standard error; the files are fixed, so a test passes or fails for good. Truths that were
integrated are also compared with large draws of the simulators.
"""

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csi.data.codebook import REASONS
from csi.data.samples import load_sample

ROOT = Path(__file__).resolve().parents[1]
NAMES = (
    "pvc_customers",
    "pvc_visits",
    "pvc_complaints",
    "service_hall",
    "hotel",
    "app_kano",
    "drivers",
    "expectations",
)
HAN = re.compile(r"[\u3400-\u9fff]")
NINE = [
    "quality",
    "packaging",
    "usability",
    "reception",
    "procedure",
    "price_payment",
    "transport",
    "problem_handling",
    "technical_support",
]
PRINTED = np.array([30, 10, 10, 8, 8, 10, 8, 12, 10])
WITHIN = np.array([30, 10, 10, 20 * 8 / 26, 20 * 8 / 26, 20 * 10 / 26, 8, 12, 10]) / 100
POINTS = {5: 95, 4: 80, 3: 65, 2: 50, 1: 30}
ADJUST = {
    "unhandled": -5,
    "handled_dissatisfied": -5,
    "rather_dissatisfied": -3,
    "basically_satisfied": -1,
    "satisfied": 0,
    "very_satisfied": 2,
}


@pytest.fixture(scope="module")
def tool():
    """The simulators, by name."""
    path, known = list(sys.path), set(sys.modules)
    spec = importlib.util.spec_from_file_location("samples_tool_of_measures", ROOT / "tools" / "samples.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path[:] = path
    assert {"samples_pvc", "samples_hall", "samples_hotel", "samples_kano"} <= set(sys.modules) | known
    return module


def z_of_mean(values, planted):
    """Distance of a mean from the planted one in standard errors."""
    values = np.asarray(values, dtype=float)
    values = values[~np.isnan(values)]
    return (values.mean() - planted) / (values.std(ddof=1) / np.sqrt(len(values)))


def z_of_ratio(top, base, planted):
    """The same for a ratio of totals over independent units (firms)."""
    top, base = np.asarray(top, dtype=float), np.asarray(base, dtype=float)
    residual = top - planted * base
    return residual.sum() / np.sqrt(len(base) * residual.var(ddof=1))


def likely(z, limit=3.5):
    """No single z beyond the limit, and as a whole no more and no less spread than chance allows."""
    z = np.asarray(list(z), dtype=float)
    assert np.abs(z).max() < limit, z.round(2)
    assert stats.chi2.sf((z**2).sum(), len(z)) > 1e-3, z.round(2)
    return True


def rng(seed=5):
    return np.random.Generator(np.random.PCG64(seed))


# All samples ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_word_stands_in_both_languages(name):
    book = load_sample(name).codebook
    said = [book.title, *(item.text for item in book.items.values())]
    said += [text for item in book.items.values() if item.scale for text in item.scale.labels.values()]
    said += [text for labels in book.truth["labels"].values() for text in labels.values()]
    for text in said:
        assert set(text) == {"en", "zh"}
        assert HAN.search(text["zh"]), text
        assert not HAN.search(text["en"]), text
    wording = [item.text["en"] for item in book.items.values()]
    assert len(set(wording)) == len(wording)


@pytest.mark.parametrize("name", NAMES)
def test_every_category_has_its_label(name):
    survey = load_sample(name)
    labels = survey.codebook.truth["labels"]
    for column in survey.answers.columns:
        if column in labels:
            found = set(survey.answers[column].dropna().astype(str))
            assert found == set(labels[column]), column
        else:
            kind = survey.codebook.items[column].kind if column in survey.codebook.items else "role"
            assert kind != "category", column


@pytest.mark.parametrize("name", NAMES)
def test_the_files_are_small_and_no_answer_is_off_its_scale(name):
    file = ROOT / "data" / "samples" / f"{name}.csv"
    assert file.stat().st_size < 500_000
    survey = load_sample(name)
    assert (survey.reasons != REASONS.index("invalid")).all(axis=None)
    if survey.codebook.respondent is not None:
        assert survey.answers[survey.codebook.respondent].is_unique


# pvc: sixty business customers ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pvc():
    """Customers with their index, firms with everything known of them, the truth."""
    survey = load_sample("pvc_customers")
    truth = survey.codebook.truth
    people = survey.answers.copy()
    people["index"] = survey.matrix(NINE) @ WITHIN
    people["flat"] = people["id"].isin(truth["perfunctory"]["rows"])
    visits = load_sample("pvc_visits")
    firms = visits.answers.set_index("firm")
    points = np.array([[POINTS.get(level, 80) for level in row] for row in visits.matrix(NINE).tolist()])
    firms["visit"] = np.where(firms["visit_date"].notna(), points @ WITHIN, np.nan)
    firms["mentioned"] = (visits.reasons[NINE].to_numpy() == 0).sum(axis=1)
    firms["truth"] = pd.Series(dict(truth["satisfaction"]["firm"]))
    log = load_sample("pvc_complaints").answers
    firms["complaints"] = log.groupby("firm").size().reindex(firms.index).fillna(0)
    firms["adjust"] = log["outcome"].astype(str).map(ADJUST).groupby(log["firm"]).sum().reindex(firms.index).fillna(0)
    firms["customer_class"] = firms["customer_class"].astype(str)
    for column in ("customer_class", "firm"):
        people[column] = people[column].astype(str)
    return people, firms, truth


@pytest.mark.parametrize(
    ("weights", "expected"),
    [(WITHIN, (80.0692, 76.8154, 78.1169, 77.1169)), (PRINTED / 106, (79.7170, 76.6038, 77.8491, 76.8491))],
)
def test_the_first_firm_is_the_worked_customer(pvc, weights, expected):
    people, firms, _ = pvc
    rows = people[people["firm"] == "F001"]
    assert len(rows) == 1
    assert people["firm"].iloc[0] == firms.index[0] == "F001"
    assert rows[NINE].iloc[0].tolist() == [90, 80, 85, 95, 70, 60, 75, 65, 80]
    assert firms.loc["F001", NINE].fillna(9).tolist() == [4, 3, 9, 5, 9, 2, 9, 3, 5]
    log = load_sample("pvc_complaints").answers
    own = [ADJUST[word] for word in log.loc[log["firm"].astype(str) == "F001", "outcome"].astype(str)]
    assert sorted(own) == [-3, 2]
    asked = rows[NINE].iloc[0].to_numpy(dtype=float) @ weights
    heard = np.array([POINTS.get(level, 80) for level in firms.loc["F001", NINE].tolist()]) @ weights
    found = (asked, heard, 0.4 * asked + 0.6 * heard, 0.4 * asked + 0.6 * heard + sum(own))
    assert found == pytest.approx(expected, abs=5e-5)


def test_the_printed_weights_are_those_of_the_method(pvc):
    _, _, truth = pvc
    assert list(truth["printed_weights"]) == NINE
    assert list(truth["printed_weights"].values()) == PRINTED.tolist()
    assert sum(truth["printed_weights"].values()) == 106
    assert dict(truth["printed_group_weights"]) == {"ProductQuality": 50, "PurchaseProcess": 20, "RelatedService": 30}


def test_firms_are_drawn_by_class_from_a_small_population(pvc):
    people, firms, truth = pvc
    customers, visits = load_sample("pvc_customers").codebook, load_sample("pvc_visits").codebook
    assert (customers.strata, customers.cluster, customers.weight) == ("customer_class", "firm", "weight")
    assert (visits.strata, visits.respondent, visits.weight) == ("customer_class", "firm", "weight")
    assert load_sample("pvc_complaints").codebook.cluster == "firm"
    assert customers.constructs() == visits.constructs()
    assert [*customers.items][1:10] == NINE
    assert firms.groupby("customer_class").size().to_dict() == {"A": 20, "B": 22, "C": 18}
    per_class = firms.groupby("customer_class")[["population", "weight"]].agg(["min", "max"])
    assert per_class["population"].to_numpy().tolist() == [[24, 24], [72, 72], [160, 160]]
    assert truth["satisfaction"]["customers"] == 256
    assert firms["weight"].to_numpy() == pytest.approx(
        (firms["population"] / firms.groupby("customer_class")["truth"].transform("size")).to_numpy(), abs=5e-5
    )
    same = people.drop_duplicates("firm").set_index("firm").loc[firms.index]
    assert (same[["customer_class", "population", "weight"]] == firms[["customer_class", "population", "weight"]]).all(
        axis=None
    )
    size = people.groupby("firm").size()
    assert set(size) == {1, 2, 3, 4}
    several = people[people["firm"].isin(size.index[size > 1])]
    decides = several.assign(one=several["role"].astype(str) == "decision_maker").groupby("firm")["one"].sum()
    assert (decides == 1).all()
    log = load_sample("pvc_complaints").answers
    assert set(log["firm"].astype(str)) < set(firms.index)


def test_all_nine_answers_are_given_or_none(pvc):
    people, firms, _ = pvc
    given = people[NINE].notna().sum(axis=1)
    assert set(given) == {0, 9}
    assert people.loc[given == 0, "remark"].isna().all()
    visited = firms["visit_date"].notna()
    assert 40 < visited.sum() < 60
    reasons = load_sample("pvc_visits").reasons[NINE].to_numpy()
    assert (reasons[~visited.to_numpy()] == REASONS.index("not_asked")).all()
    assert set(np.unique(reasons[visited.to_numpy()])) == {0, REASONS.index("skipped")}


def test_true_satisfaction_of_the_population_is_found_in_the_sample(pvc):
    """Stratified mean with finite population correction; and the classes around their expectations."""
    _, firms, truth = pvc
    stated = truth["satisfaction"]
    z, total, variance = [], 0.0, 0.0
    for name, rows in firms.groupby("customer_class"):
        size, n = rows["population"].iloc[0], len(rows)
        error = stated["sd"][name] ** 2 / n * (1 - n / size)
        z.append((rows["truth"].mean() - stated["customer_class"][name]) / np.sqrt(error))
        total += size / 256 * rows["truth"].mean()
        variance += (size / 256) ** 2 * error
        expected = truth["expected"]["customer_class"][name]
        z.append((stated["customer_class"][name] - expected["satisfaction"]) / (expected["sd"] / np.sqrt(size)))
    assert likely([*z, (total - stated["all"]) / np.sqrt(variance)])
    mean = sum(stated["customer_class"][name] * size for name, size in (("A", 24), ("B", 72), ("C", 160))) / 256
    assert mean == pytest.approx(stated["all"], abs=1e-4)


def test_perfunctory_questionnaires_are_flat_and_flatter(pvc):
    people, firms, truth = pvc
    back = people["quality"].notna()
    flat = back & (people[NINE].nunique(axis=1) == 1)
    assert (flat == people["flat"]).all()
    assert set(people.loc[flat, "quality"]) == {90, 95, 100}
    assert truth["perfunctory"]["mean"] == 95
    phrases = {"没意见", "很好", "都挺好"}
    assert set(people.loc[flat, "remark"].dropna()) == phrases
    assert people.loc[back & ~flat, "remark"].isin(phrases).sum() < 10
    assert set(people["remark"].dropna()) <= set(truth["remarks"])
    z = [z_of_mean(people.loc[flat, "index"], 95)]
    for name, rows in people[people["firm"] != "F001"].assign(back=back, flat=flat).groupby("customer_class"):
        expected = truth["expected"]["customer_class"][name]
        sums = rows[["back", "flat"]].astype(float).groupby(rows["firm"]).sum()
        asked = rows.groupby("firm").size()
        z.append(z_of_ratio(sums["flat"], sums["back"], expected["questionnaire_perfunctory"]))
        z.append(z_of_ratio(sums["back"], asked, expected["questionnaire_returned"]))
    assert likely(z)
    unhappy = people["firm"].map(firms["truth"]) < 70
    assert flat[back & unhappy].mean() > flat[back & ~unhappy].mean()


def test_questionnaires_say_what_was_planted_and_flatter_more_where_less_is_felt(pvc):
    people, _, truth = pvc
    z = []
    for name, rows in people[(people["firm"] != "F001") & people["quality"].notna()].groupby("customer_class"):
        expected = truth["expected"]["customer_class"][name]
        for planted, chosen in (("index", rows), ("index_of_the_others", rows[~rows["flat"]])):
            by_firm = chosen.groupby("firm")["index"].agg(["sum", "size"])
            z.append(z_of_ratio(by_firm["sum"], by_firm["size"], expected[f"questionnaire_{planted}"]))
    assert likely(z)
    stated = truth["expected"]["customer_class"]
    flattery = [row["questionnaire_index"] - row["satisfaction"] for row in stated.values()]
    assert 0 < flattery[0] < flattery[1] < flattery[2]


def test_informants_of_a_firm_disagree_as_planted(pvc):
    """Pairs of honest informants, their roles taken out: variance of a difference is twice that of one informant."""
    people, _, truth = pvc
    stated = truth["informants"]
    role = people["role"].astype(str)
    shift = sum(
        weight * role.map(stated["role_offsets"].get(item, {})).fillna(0.0).astype(float)
        for item, weight in zip(NINE, WITHIN, strict=True)
    )
    honest = people.assign(index=people["index"] - shift)[people["quality"].notna() & ~people["flat"]]
    within = honest.groupby("firm")["index"].agg(["var", "size"]).query("size > 1")
    freedom = int((within["size"] - 1).sum())
    planted = stated["leaning_sd"] ** 2 + stated["answer_sd"] ** 2 * (WITHIN**2).sum()
    found = (within["var"] * (within["size"] - 1)).sum() / planted
    assert freedom > 25
    assert 0.005 < stats.chi2.sf(found, freedom) < 0.995


def test_visits_are_nearer_to_the_truth_than_questionnaires(pvc):
    people, firms, truth = pvc
    z = []
    for name, rows in firms.drop(index="F001").groupby("customer_class"):
        expected = truth["expected"]["customer_class"][name]
        visited = rows[rows["visit_date"].notna()]
        z.append(z_of_mean(visited["visit"], expected["visit_index"]))
        z.append(z_of_mean(visited["mentioned"] / 9, expected["visit_mentioned"]))
        r, planted = visited["visit"].corr(visited["truth"]), expected["visit_correlation_with_satisfaction"]
        z.append((np.arctanh(r) - np.arctanh(planted)) * np.sqrt(len(visited) - 3))
    assert likely(z)
    asked = people[people["quality"].notna()].groupby("firm")["index"].mean()
    both = firms.assign(asked=asked).dropna(subset=["asked", "visit"])
    assert both["visit"].corr(both["truth"]) > 0.75 > 0.5 > both["asked"].corr(both["truth"])
    assert (both["visit"] - both["truth"]).std() < (both["asked"] - both["truth"]).std()


def test_unhappy_customers_leave_and_complain(pvc):
    _, firms, truth = pvc
    z = []
    for name, rows in firms.drop(index="F001").groupby("customer_class"):
        expected = truth["expected"]["customer_class"][name]
        share = expected["left"]
        z.append((rows["left"].mean() - share) / np.sqrt(share * (1 - share) / len(rows)))
        z.append(z_of_mean(rows["complaints"], expected["complaints"]))
        z.append(z_of_mean(rows["adjust"], expected["adjustment"]))
    others = firms.drop(index="F001")
    planted = {name: row["complaints"] for name, row in truth["expected"]["customer_class"].items()}
    assert abs(z_of_mean(others["complaints"] - others["customer_class"].map(planted), 0)) < 2.5
    assert likely(z)
    assert firms.loc[firms["left"] == 1, "truth"].mean() < firms.loc[firms["left"] == 0, "truth"].mean() - 5
    planted = {name: share for name, (share, _) in truth["complaints"]["outcomes"].items()}
    assert {name: points for name, (_, points) in truth["complaints"]["outcomes"].items()} == ADJUST
    log = load_sample("pvc_complaints").answers
    drawn = log[log["firm"].astype(str) != "F001"]["outcome"].astype(str).value_counts()
    counts = np.array([drawn[name] for name in planted])
    assert stats.chisquare(counts, counts.sum() * np.array(list(planted.values()))).pvalue > 0.001


def test_the_integrated_truth_of_the_firms_is_that_of_many_firms(tool):
    """40,000 firms of class C: questionnaires, visits, complaints and departures."""
    pvc, population = tool.samples_pvc, sys.modules["samples_pvc_population"]
    random, size, row = rng(), 40_000, population.CLASSES["C"]
    level = row["mean"] + row["sd"] * random.standard_normal(size)
    scores = level[:, None] + population.offsets() + population.ITEM_SD * random.standard_normal((size, 9))
    satisfaction = scores @ WITHIN
    expected = population.expected()["C"]
    assert likely([z_of_mean(satisfaction, expected["satisfaction"])])
    assert satisfaction.std() == pytest.approx(expected["sd"], rel=0.015)
    firm, role = pvc.draw_informants(random, ["C"] * size)
    drawn = pvc.draw_answers(random, scores[firm], level[firm], role)
    back, flat = drawn["returned"], drawn["perfunctory"]
    index = drawn["ratings"] @ WITHIN
    by_firm = {
        name: np.bincount(firm, values, minlength=size)
        for name, values in {
            "asked": np.ones(len(firm)),
            "back": back,
            "flat": flat,
            "index": back * index,
            "honest": (back & ~flat) * index,
            "others": back & ~flat,
        }.items()
    }
    levels = pvc.draw_levels(random, scores)
    counted = np.array([0, 30, 50, 65, 80, 95])[np.where(levels == 9, 4, levels)]
    visit = counted @ WITHIN
    assert np.corrcoef(visit, satisfaction)[0, 1] == pytest.approx(
        expected["visit_correlation_with_satisfaction"], abs=0.005
    )
    left = satisfaction + population.LEAVES_SD * random.standard_normal(size) < population.LEAVES_AT
    firms = [f"F{number}" for number in range(size)]
    log = pd.DataFrame(pvc.draw_complaints(random, level, firms), columns=["firm", "day", "kind", "outcome"])
    log = log[log["firm"] != "F001"]
    added = log["outcome"].map(ADJUST).groupby(log["firm"]).sum().reindex(firms).fillna(0)
    number = log.groupby("firm").size().reindex(firms).fillna(0)
    assert likely(
        [
            z_of_ratio(by_firm["back"], by_firm["asked"], expected["questionnaire_returned"]),
            z_of_ratio(by_firm["flat"], by_firm["back"], expected["questionnaire_perfunctory"]),
            z_of_ratio(by_firm["index"], by_firm["back"], expected["questionnaire_index"]),
            z_of_ratio(by_firm["honest"], by_firm["others"], expected["questionnaire_index_of_the_others"]),
            z_of_mean(visit, expected["visit_index"]),
            z_of_mean((levels != 9).mean(axis=1), expected["visit_mentioned"]),
            z_of_mean(left, expected["left"]),
            z_of_mean(number[1:], expected["complaints"]),
            z_of_mean(added[1:], expected["adjustment"]),
        ]
    )


# service_hall: 6,000 cases at twelve windows ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def hall():
    survey = load_sample("service_hall")
    cases = survey.answers.copy()
    cases["window"] = cases["window"].astype(str)
    cases["rated"] = cases["rating"].notna()
    cases["active"] = cases["rated"] & (cases["defaulted"] == 0)
    return cases, survey.codebook.truth


def test_every_window_fills_in_ratings_by_its_rule(hall):
    cases, truth = hall
    assert len(cases) == 6000
    assert sorted(cases["window"].unique()) == [f"W{number:02d}" for number in range(1, 13)]
    assert load_sample("service_hall").codebook.case == "window"
    rule = cases["window"].map({name: row["rule"] for name, row in truth["window"].items()})
    filled = cases["defaulted"] == 1
    assert (cases.loc[filled, "rating"] == rule[filled]).all()
    assert (cases["rated"] | (rule == 0)).all()
    assert set(rule) == {0, 3, 5}
    assert [name for name, row in truth["window"].items() if row["rule"] == 5] == list(truth["made_of_defaults"])
    assert pd.to_datetime(cases["date"]).is_monotonic_increasing
    assert (pd.to_datetime(cases["date"]).dt.day_of_week < 5).all()
    assert (cases["waiting"].isna() == (cases["channel"].astype(str) == "online")).all()


def test_the_rates_of_every_window_are_the_planted_ones(hall):
    """Exact binomial tails for shares near 1, z for the means."""
    cases, truth = hall
    tails, z = [], []
    for name, rows in [("all", cases), *cases.groupby("window")]:
        planted = truth["all"] if name == "all" else truth["window"][name]
        rated, active = rows[rows["rated"]], rows[rows["active"]]
        for key, hits, n in (
            ("participation", rows["active"].sum(), len(rows)),
            ("active_good_rate", (active["rating"] >= 3).sum(), len(active)),
            ("active_very_satisfied_rate", (active["rating"] == 5).sum(), len(active)),
            ("good_rate", (rated["rating"] >= 3).sum(), len(rated)),
            ("very_satisfied_rate", (rated["rating"] == 5).sum(), len(rated)),
            ("defaulted_share", (rated["defaulted"] == 1).sum(), len(rated)),
        ):
            tails.append(stats.binomtest(int(hits), n, planted[key]).pvalue)
        z += [z_of_mean(active["rating"], planted["active_mean"]), z_of_mean(rated["rating"], planted["mean"])]
    assert min(tails) > 1e-3
    assert likely(z)
    assert truth["all"]["participation"] == pytest.approx(0.64, abs=0.01)
    assert truth["all"]["good_rate"] == pytest.approx(0.99, abs=0.002)


def test_two_windows_shine_by_ratings_nobody_gave(hall):
    cases, truth = hall
    stated = pd.DataFrame({name: dict(row) for name, row in truth["window"].items()}).T
    made = list(truth["made_of_defaults"])
    others = stated.drop(index=made)
    assert made == ["W05", "W09"]
    assert (stated.loc[made, "good_rate"] > 0.99).all()
    assert (stated.loc[made, "active_good_rate"] < others["active_good_rate"].min() - 0.04).all()
    assert (stated.loc[made, "latent_mean"] < others["latent_mean"].min() - 0.5).all()
    assert (stated.loc[made, "defaulted_share"] > 0.8).all()
    assert (stated.loc[made, "very_satisfied_rate"] > others["very_satisfied_rate"].max() - 0.02).all()
    assert stated["good_rate"].max() - stated["good_rate"].min() < 0.017  # the ceiling
    active = cases[cases["active"]]
    good = (active["rating"] >= 3).groupby(active["window"]).mean()
    assert sorted(good.nsmallest(2).index) == made
    assert (stated["good_rate_if_all_rated"] < stated["active_good_rate"]).all()  # unhappy people rate less


def test_longer_waits_and_more_visits_cost_ratings(hall):
    cases, truth = hall
    site = cases[cases["active"] & cases["waiting"].notna()]
    assert stats.spearmanr(site["waiting"], site["rating"]).statistic < -0.08
    by_visits = cases[cases["active"]].groupby("visits")["rating"].mean()
    assert by_visits[1] > by_visits[2] > by_visits[3]
    shares = truth["shares"]
    expected = [len(cases) * share for share in shares["visits"].values()]
    assert stats.chisquare(cases["visits"].value_counts().sort_index(), expected).pvalue > 0.001
    assert stats.binomtest(int((cases["channel"].astype(str) == "online").sum()), 6000, shares["online"]).pvalue > 0.001
    for column in ("window", "matter"):
        counts = cases[column].astype(str).value_counts()
        expected = [6000 * share for share in shares[column].values()]
        assert stats.chisquare([counts[name] for name in shares[column]], expected).pvalue > 0.001
    groups = [rows["rating"] for _, rows in cases[cases["active"]].groupby(cases["matter"].astype(str))]
    assert stats.kruskal(*groups).pvalue > 0.001  # matters make no difference


def test_bad_ratings_are_followed_step_by_step(hall):
    cases, truth = hall
    bad = cases["rating"] <= 2
    assert 30 < bad.sum() < 80
    for column in ("replied", "followed_up", "rectified"):
        assert (cases[column].notna() == bad).all()
    for column in ("days_to_rectify", "rectified_satisfied"):
        assert (cases[column].notna() == (cases["rectified"] == 1)).all()
    assert (cases.loc[cases["followed_up"] == 1, "replied"] == 1).all()
    assert (cases.loc[cases["rectified"] == 1, "followed_up"] == 1).all()
    before = bad
    for step, chance in truth["follow_up"]["each_of_the_step_before"].items():
        done = cases[step] == 1
        assert stats.binomtest(int(done.sum()), int(before.sum()), chance).pvalue > 0.01, step
        before = done
    days = cases["days_to_rectify"].dropna()
    assert days.min() >= 1
    assert (days > truth["follow_up"]["median_days"]).sum() in range(5, len(days) - 4)


def test_the_exact_truth_of_the_windows_is_that_of_many_cases(tool):
    hall = tool.samples_hall
    truth = hall.window_truth()
    drawn = hall.draw_cases(rng(), 600_000)
    names, z, tails = list(hall.WINDOWS), [], []
    for at, name in enumerate(names):
        here = drawn["window"] == at
        level, active = drawn["level"][here], drawn["active"][here]
        planted = truth["window"][name]
        z += [
            z_of_mean(level, planted["mean_if_all_rated"]),
            z_of_mean(level[active], planted["active_mean"]),
            z_of_mean(active, planted["participation"]),
            z_of_mean(level[active] >= 3, planted["active_good_rate"]),
            z_of_mean(level >= 3, planted["good_rate_if_all_rated"]),
        ]
        shown = np.append(level[active], np.full((~active).sum() if planted["rule"] else 0, planted["rule"]))
        tails.append(z_of_mean(shown >= 3, planted["good_rate"]))
    assert likely(z, limit=4)
    assert likely(tails)


# hotel: 600 guests, 22 pairs ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hotel():
    survey = load_sample("hotel")
    return survey, survey.codebook.truth


def dimensions(survey):
    found = {}
    for name, items in survey.codebook.constructs().items():
        e = [item for item in items if re.fullmatch(r"e\d\d", item)]
        if e:
            found[name] = (e, [f"p{item[1:]}" for item in e])
    return found


def alpha(values):
    cov = np.cov(values, rowvar=False)
    k = len(cov)
    return k / (k - 1) * (1 - np.trace(cov) / cov.sum())


def test_the_hotel_asks_twenty_two_pairs_in_five_dimensions(hotel):
    survey, truth = hotel
    found = dimensions(survey)
    assert {name: len(e) for name, (e, _) in found.items()} == {
        "Tangibles": 4,
        "Reliability": 5,
        "Responsiveness": 4,
        "Assurance": 4,
        "Empathy": 5,
    }
    assert [item for e, _ in found.values() for item in e] == [f"e{number:02d}" for number in range(1, 23)]
    for name, (e, p) in found.items():
        for item in (*e, *p):
            assert survey.codebook.items[item].construct == name
            assert survey.codebook.items[item].reversed == (name in ("Responsiveness", "Empathy"))
            assert (survey.codebook.items[item].scale.lo, survey.codebook.items[item].scale.hi) == (1, 7)
    assert dict(truth["pairs"]) == {f"e{number:02d}": f"p{number:02d}" for number in range(1, 23)}
    raw = survey.answers
    assert raw["p10"].corr(raw["p11"]) > 0.3
    assert raw["p10"].corr(raw["p05"]) < -0.1  # stored as asked


def test_gaps_and_their_parts_are_the_planted_ones(hotel):
    survey, truth = hotel
    z = []
    for name, (e, p) in dimensions(survey).items():
        planted, expected, perceived = truth["dimension"][name], survey.matrix(e), survey.matrix(p)
        keep = np.isfinite(expected).all(axis=1) & np.isfinite(perceived).all(axis=1)
        e_score, p_score = expected[keep].mean(axis=1), perceived[keep].mean(axis=1)
        z += [
            z_of_mean(e_score, planted["expectation"]),
            z_of_mean(p_score, planted["perception"]),
            z_of_mean(p_score - e_score, planted["gap"]),
        ]
        assert planted["gap"] == pytest.approx(planted["perception"] - planted["expectation"], abs=2e-4)
    assert likely(z)
    gaps = {name: row["gap"] for name, row in truth["dimension"].items()}
    assert truth["gap"]["unweighted"] == pytest.approx(np.mean(list(gaps.values())), abs=1e-4)
    assert truth["gap"]["weighted"] == pytest.approx(
        sum(truth["weights"][name] * gap for name, gap in gaps.items()), abs=1e-4
    )
    assert min(gaps, key=gaps.get) == "Reliability"


def test_reliabilities_of_expectations_perceptions_and_gaps_are_found(hotel):
    """Alpha on the scale log(1 - alpha), where its error is nearly sqrt(2 k / ((k - 1) n)) (van Zyl et al. 2000)."""
    survey, truth = hotel
    z = []
    for name, (e, p) in dimensions(survey).items():
        planted, expected, perceived = truth["dimension"][name], survey.matrix(e), survey.matrix(p)
        keep = np.isfinite(expected).all(axis=1) & np.isfinite(perceived).all(axis=1)
        n, k = keep.sum(), len(e)
        for key, values in (
            ("alpha_expectation", expected[keep]),
            ("alpha_perception", perceived[keep]),
            ("alpha_gap", perceived[keep] - expected[keep]),
        ):
            z.append(np.log((1 - alpha(values)) / (1 - planted[key])) / np.sqrt(2 * k / ((k - 1) * n)))
        r = np.corrcoef(expected[keep].mean(axis=1), perceived[keep].mean(axis=1))[0, 1]
        z.append((np.arctanh(r) - np.arctanh(planted["correlation"])) * np.sqrt(n - 3))
        sp, se, r_pe = planted["sd_perception"], planted["sd_expectation"], planted["correlation"]
        top = sp**2 * planted["alpha_perception"] + se**2 * planted["alpha_expectation"] - 2 * r_pe * sp * se
        assert top / (sp**2 + se**2 - 2 * r_pe * sp * se) == pytest.approx(planted["reliability_of_gap"], abs=5e-4)
        assert planted["reliability_of_gap"] < planted["alpha_perception"]
    assert likely(z)


def test_importance_points_add_up_and_have_the_planted_means(hotel):
    survey, truth = hotel
    names = ["points_tangibles", "points_reliability", "points_responsiveness", "points_assurance", "points_empathy"]
    points = survey.answers[names]
    given = points.notna().all(axis=1)
    assert (points[given].sum(axis=1) == 100).all()
    assert points[~given].isna().all(axis=None)
    kinds = survey.answers["guest_type"].astype(str)
    z, by_kind = [], []
    for column, dimension in zip(names, truth["weights"], strict=True):
        z.append(z_of_mean(points.loc[given, column], 100 * truth["weights"][dimension]))
        for kind, weights in truth["weights_by_guest_type"].items():
            by_kind.append(z_of_mean(points.loc[given & (kinds == kind), column], 100 * weights[dimension]))
    assert likely(z)
    assert likely(by_kind)
    assert sum(truth["weights"].values()) == pytest.approx(1)
    share = {kind: (kinds == kind).sum() for kind in truth["guest_type"]["share"]}
    assert (
        stats.chisquare(list(share.values()), [600 * s for s in truth["guest_type"]["share"].values()]).pvalue > 0.001
    )


def test_responsiveness_drives_though_reliability_is_said_to_matter_most(hotel):
    """Regression within guest types on scores whose correlations are freed from error by alpha; bootstrap errors."""
    survey, truth = hotel
    found = dimensions(survey)
    blocks = [survey.matrix(p) for _, p in found.values()]
    overall = survey.answers["overall"].to_numpy()
    kinds = survey.answers["guest_type"].astype(str).to_numpy()
    keep = np.isfinite(np.hstack(blocks)).all(axis=1) & np.isfinite(overall)
    blocks, overall, kinds = [block[keep] for block in blocks], overall[keep], kinds[keep]

    def drives(rows):
        y = overall[rows]
        scores = np.column_stack([block[rows].mean(axis=1) for block in blocks])
        for kind in np.unique(kinds):
            here = kinds[rows] == kind
            scores[here] -= scores[here].mean(axis=0)
            y = np.where(here, y - y[here].mean(), y)
        trust = np.sqrt([alpha(block[rows]) for block in blocks])
        r = np.corrcoef(scores, rowvar=False) / np.outer(trust, trust)
        np.fill_diagonal(r, 1)
        r_y = np.array([np.corrcoef(score, y)[0, 1] for score in scores.T]) / trust
        return np.linalg.solve(r, r_y)

    estimate = drives(np.arange(len(overall)))
    random = rng()
    replicates = [drives((random.random(len(overall)) * len(overall)).astype(int)) for _ in range(200)]
    planted = np.array(list(truth["overall"]["drives"].values()))
    assert likely((estimate - planted) / np.std(replicates, axis=0))
    names = list(found)
    assert names[int(np.argmax(estimate))] == truth["overall"]["driver"] == "Responsiveness"
    assert max(truth["weights"], key=truth["weights"].get) == "Reliability"
    inner = truth["overall"]["correlation_of_latent_perceptions"]
    r = np.full((5, 5), inner) + np.eye(5) * (1 - inner)
    assert planted @ r @ planted == pytest.approx(truth["overall"]["r2"], abs=1e-3)
    assert likely([z_of_mean(overall, truth["overall"]["mean"])])


def test_touchpoints_are_rated_by_those_who_used_them(hotel):
    survey, truth = hotel
    z = []
    for name, planted in truth["touchpoint"].items():
        asked = survey.reasons[name] != REASONS.index("not_asked")
        assert (survey.answers[name].notna() == asked).all()
        if planted["used"] == 1:
            assert asked.all()
        else:
            z.append((asked.mean() - planted["used"]) / np.sqrt(planted["used"] * (1 - planted["used"]) / 600))
        z.append(z_of_mean(survey.answers[name], planted["mean"]))
    assert likely(z)
    assert min(truth["touchpoint"], key=lambda name: truth["touchpoint"][name]["mean"]) == "breakfast"


def test_some_pairs_lack_one_of_their_two_answers(hotel):
    survey, truth = hotel
    e = np.isfinite(survey.matrix([f"e{number:02d}" for number in range(1, 23)]))
    p = np.isfinite(survey.matrix([f"p{number:02d}" for number in range(1, 23)]))
    assert (e & ~p).sum() > 50
    assert (p & ~e).sum() > 50
    block = ~e.any(axis=1)
    assert 3 < block.sum() < 20
    assert stats.binomtest(int((~p).sum()), p.size, truth["missing"]["p"]).pvalue > 0.001
    assert stats.binomtest(int((~e[~block]).sum()), e[~block].size, truth["missing"]["e"]).pvalue > 0.001
    reasons = survey.reasons[[f"p{number:02d}" for number in range(1, 23)]].to_numpy()
    assert set(np.unique(reasons)) == {0, REASONS.index("dont_know")}


def test_the_integrated_truth_of_the_hotel_is_that_of_many_guests(tool):
    hotel = tool.samples_hotel
    random, size = rng(), 200_000
    kinds = (random.random(size)[:, None] >= np.cumsum(list(hotel.TYPES.values()))[:-1]).sum(axis=1)
    latent = hotel.draw_latent(random, kinds)
    ratings = hotel.draw_ratings(random, latent)
    journey = hotel.draw_journey(random, latent["p"], kinds)
    z = [z_of_mean(journey["overall"], hotel.overall_mean())]
    for name in hotel.TOUCHPOINTS:
        used = journey[name] != hotel.NOT_ASKED
        planted = hotel.touchpoint_truth(name)
        z.append(z_of_mean(journey[name][used], planted["mean"]))
        assert used.mean() == pytest.approx(planted["used"], abs=0.005)
    for name, row in hotel.DIMENSIONS.items():
        planted, sides = hotel.dimension_truth(name), {}
        for side in "ep":
            values = np.column_stack([ratings[side + number] for number in hotel.members(name)]).astype(float)
            sides[side] = 8 - values if row["reversed"] else values
        e, p = sides["e"].mean(axis=1), sides["p"].mean(axis=1)
        z += [
            z_of_mean(e, planted["expectation"]),
            z_of_mean(p, planted["perception"]),
            z_of_mean(p - e, planted["gap"]),
        ]
        assert alpha(sides["e"]) == pytest.approx(planted["alpha_expectation"], abs=0.004)
        assert alpha(sides["p"]) == pytest.approx(planted["alpha_perception"], abs=0.004)
        assert alpha(sides["p"] - sides["e"]) == pytest.approx(planted["alpha_gap"], abs=0.004)
        assert (e.std(), p.std(), (p - e).std()) == pytest.approx(
            (planted["sd_expectation"], planted["sd_perception"], planted["sd_gap"]), rel=0.006
        )
        assert np.corrcoef(e, p)[0, 1] == pytest.approx(planted["correlation"], abs=0.01)
    assert likely(z)


# app_kano: 500 users, twelve features ---------------------------------------------------------------------------

# Rows: functional like, expect, neutral, live with, dislike; columns: dysfunctional in the same order (METHODS C.3).
TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
OTHER = ("QAAAO", "RQIIM", "RIIIM", "RIIQM", "RRRRQ")
NUMBERS = [f"{number:02d}" for number in range(1, 13)]
F_POINTS, D_POINTS = {1: 4, 2: 2, 3: 0, 4: -1, 5: -2}, {1: -2, 2: -1, 3: 0, 4: 2, 5: 4}


@pytest.fixture(scope="module")
def kano():
    survey = load_sample("app_kano")
    return survey.answers, survey.codebook.truth


def classes(answers, number, table=TABLE):
    pair = answers[[f"f{number}", f"d{number}"]].dropna().astype(int)
    return pd.Series([table[f - 1][d - 1] for f, d in pair.to_numpy().tolist()], index=pair.index)


def test_the_pairs_fall_into_the_planted_classes(kano):
    answers, truth = kano
    tests = []
    for number in NUMBERS:
        planted = truth["features"][number]["shares"]
        assert sum(planted.values()) == pytest.approx(1, abs=1e-9)
        counts = classes(answers, number).value_counts().reindex(list(planted)).fillna(0)
        tests.append(stats.chisquare(counts, counts.sum() * np.array(list(planted.values()))).pvalue)
        assert counts.sum() > 480
    assert min(tests) > 0.002
    assert stats.combine_pvalues(tests).pvalue > 0.001


def test_the_other_table_calls_a_fifth_of_the_indifferent_questionable(kano):
    answers, truth = kano
    share = truth["questionable_share_of_indifferent"]
    moved = [(classes(answers, number) == "I", classes(answers, number, OTHER) == "Q") for number in NUMBERS]
    hits, n = sum((i & q).sum() for i, q in moved), sum(i.sum() for i, _ in moved)
    assert share == pytest.approx(0.2)
    assert stats.binomtest(int(hits), int(n), share).pvalue > 0.001


def test_answers_within_a_class_have_the_planted_shares(kano):
    answers, truth = kano
    seen = pd.concat(
        [
            pd.DataFrame({"class": classes(answers, number), "f": answers[f"f{number}"], "d": answers[f"d{number}"]})
            for number in NUMBERS
        ]
    ).dropna()
    for name, pairs in truth["answer_pairs"].items():
        counts = seen[seen["class"] == name].groupby(["f", "d"]).size()
        expected = np.array([share for *_, share in pairs])
        assert expected.sum() == pytest.approx(1)
        assert all(TABLE[f - 1][d - 1] == name for f, d, _ in pairs)
        found = np.array([counts.get((f, d), 0) for f, d, _ in pairs])
        assert found.sum() == counts.sum()
        if len(pairs) > 1:
            assert stats.chisquare(found, found.sum() * expected).pvalue > 0.001, name


def test_what_follows_from_the_classes_is_stated_right(kano):
    """Better, worse and strengths recomputed from the planted shares, and from the answers."""
    _, truth = kano
    for number in NUMBERS:
        rows = [truth["features"][number], *truth["features"][number].get("segment", {}).values()]
        for row in rows:
            a, o, m, i, _, _ = row["shares"].values()
            assert row["better"] == pytest.approx((a + o) / (a + o + m + i), abs=1e-4)
            assert row["worse"] == pytest.approx(-(o + m) / (a + o + m + i), abs=1e-4)
            assert row["total_strength"] == pytest.approx(a + o + m, abs=1e-4)
            two = sorted(row["shares"].values())[-2:]
            assert row["category_strength"] == pytest.approx(two[1] - two[0], abs=1e-4)


def test_better_worse_means_and_importance_are_found(kano):
    answers, truth = kano
    z = []
    for number in NUMBERS:
        planted, found = truth["features"][number], classes(answers, number)
        usable = found[~found.isin(["R", "Q"])]
        z.append(z_of_mean(usable.isin(["A", "O"]), planted["better"]))
        z.append(-z_of_mean(usable.isin(["O", "M"]), -planted["worse"]))
        z.append(z_of_mean(answers[f"f{number}"].map(F_POINTS), planted["functional"]))
        z.append(z_of_mean(answers[f"d{number}"].map(D_POINTS), planted["dysfunctional"]))
        inside = answers.loc[usable.index]
        z.append(z_of_mean(inside[f"f{number}"].map(F_POINTS), planted["functional_without_r_q"]))
        z.append(z_of_mean(inside[f"d{number}"].map(D_POINTS), planted["dysfunctional_without_r_q"]))
        z.append(z_of_mean(answers[f"i{number}"], planted["importance"]))
    assert np.abs(z).max() < 4
    assert np.mean(np.square(z)) < 1.6


def test_the_special_features_are_special(kano):
    answers, truth = kano
    features, tie = truth["features"], truth["tie"]
    shares = features[tie["feature"]]["shares"]
    assert shares["O"] == shares["M"] == max(shares.values())
    assert list(features[tie["feature"]]["category"]) == list(tie["categories"]) == ["O", "M"]
    counts = classes(answers, tie["feature"]).value_counts()
    assert abs(counts["O"] - counts["M"]) < 3 * np.sqrt(counts["O"] + counts["M"])
    assert features[truth["indifferent"]]["category"] == "I"
    assert features[truth["reverse"]]["category"] == "R"
    assert classes(answers, truth["indifferent"]).mode()[0] == "I"
    assert classes(answers, truth["reverse"]).mode()[0] == "R"
    number = truth["differs_by_segment"]
    by_segment = features[number]["segment"]
    segment = answers["segment"].astype(str)
    assert {name: row["category"] for name, row in by_segment.items()} == {"new": "O", "experienced": "I"}
    for name, row in by_segment.items():
        found = classes(answers[segment == name], number)
        counts = found.value_counts().reindex(list(row["shares"])).fillna(0)
        assert counts.idxmax() == row["category"]
        assert stats.chisquare(counts, counts.sum() * np.array(list(row["shares"].values()))).pvalue > 0.001
    assert stats.binomtest(int((segment == "new").sum()), 500, truth["segment"]["new"]).pvalue > 0.001
    categories = {number: row["category"] for number, row in features.items()}
    assert {"A", "O", "M", "I", "R"} <= {name for name in categories.values() if isinstance(name, str)}
    assert features["07"]["category_strength"] < 0.06  # attractive or indifferent: not to be told apart


def test_kano_pairs_share_their_construct_and_few_answers_are_missing(kano):
    survey = load_sample("app_kano")
    assert len(survey) == 500
    items = survey.codebook.items
    for number, row in survey.codebook.truth["features"].items():
        assert {items[side + number].construct for side in "fdi"} == {row["feature"]}
    ratings = survey.matrix([side + number for side in "fdi" for number in NUMBERS])
    missing = survey.codebook.truth["missing"]
    assert stats.binomtest(int(np.isnan(ratings).sum()), ratings.size, missing).pvalue > 0.001
