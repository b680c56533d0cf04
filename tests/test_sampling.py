"""Sample sizes, strata, changes and calendars: published numbers, by hand, by property and by simulation."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.data.sample_sizes import (
    allocate,
    cluster_effect,
    effective_size,
    size_for_margin,
    stratified_variance,
    weighting_effect,
)
from csi.data.survey_calendar import add_months, add_working_days
from csi.errors import CsiError

Z = 1.959963984540054
CLASSES = {"A": 60, "B": 340, "C": 1600}


# --- sizes and margins ------------------------------------------------------------------------------------------


def test_the_worked_numbers_of_a_rate() -> None:
    assert size_for_margin(0.25, 0.05, 0.95) == pytest.approx(384.15, abs=0.01)
    assert csi.plan_sample("rate", margin=0.05).n == 385
    sizes = {
        population: csi.plan_sample("rate", margin=0.05, population=population).n
        for population in (100, 500, 1000, 10000)
    }
    assert sizes == {100: 80, 500: 218, 1000: 278, 10000: 370}


def test_250_respondents_for_two_points_imply_a_deviation_of_16() -> None:
    assert pytest.approx(16.13, abs=0.01) == 2 * 250**0.5 / Z
    plan = csi.plan_sample("index", n=250, sd=16)
    assert plan.margin == pytest.approx(Z * 16 / 250**0.5)
    assert round(plan.margin) == 2
    assert csi.plan_sample("index", margin=2, sd=16).n == 246


def test_kish_and_clusters_by_hand() -> None:
    weights = [1, 1, 1, 2, 2, 3]
    assert effective_size(weights) == pytest.approx(5.0)
    assert weighting_effect(weights) == pytest.approx(1.2)
    assert weighting_effect(weights) == pytest.approx(1 + (np.std(weights) / np.mean(weights)) ** 2)
    assert cluster_effect(11, 0.05) == pytest.approx(1.5)
    plain = csi.plan_sample("rate", margin=0.05)
    planned = csi.plan_sample("rate", margin=0.05, weight_cv=0.2**0.5, cluster_size=11, rho=0.05)
    assert planned.design_effect == pytest.approx(1.2 * 1.5)
    assert planned.n == 692  # 1.8 x 384.15
    assert planned.effective_n == pytest.approx(692 / 1.8)
    assert plain.design_effect == 1


def test_a_response_rate_asks_more_people() -> None:
    plan = csi.plan_sample("rate", margin=0.05, response_rate=0.35)
    assert (plan.n, plan.invited) == (385, 1100)
    short = csi.plan_sample("rate", margin=0.05, population=1000, response_rate=0.2)
    assert short.invited == 1390
    assert any(one.code == "plan_short" for one in short.notes)


def test_asking_everybody_leaves_no_margin() -> None:
    plan = csi.plan_sample("rate", n=500, population=100)
    assert (plan.n, plan.margin) == (100, 0.0)


@settings(max_examples=80, deadline=None)
@given(
    st.floats(0.01, 0.2), st.floats(0.02, 0.98), st.one_of(st.none(), st.integers(2, 100_000)), st.floats(0.8, 0.99),
    st.floats(0, 1), st.floats(1, 30), st.floats(0, 0.3),
)  # fmt: skip
def test_the_margin_of_the_planned_size_is_the_one_asked_for(margin, p, population, level, cv, size, rho) -> None:
    design = {"p": p, "population": population, "level": level, "weight_cv": cv, "cluster_size": size, "rho": rho}
    plan = csi.plan_sample("rate", margin=margin, **design)
    assert plan.margin <= margin * (1 + 1e-9)
    if plan.n > 1:
        assert csi.plan_sample("rate", n=plan.n - 1, **design).margin > margin * (1 - 1e-6)


def test_the_margin_holds_19_of_20_samples() -> None:
    """4,000 samples without replacement from 1,000 customers, of whom 600 are satisfied."""
    plan = csi.plan_sample("rate", margin=0.05, p=0.6, population=1000)
    drawn = np.random.default_rng(1).hypergeometric(600, 400, plan.n, size=4000) / plan.n
    assert np.mean(np.abs(drawn - 0.6) <= 0.05) == pytest.approx(0.95, abs=0.015)


# --- strata -----------------------------------------------------------------------------------------------------


def test_proportional_strata_have_equal_weights() -> None:
    plan = csi.plan_sample("index", n=200, sd=16, strata=CLASSES)
    assert plan.strata["n"].tolist() == [6, 34, 160]
    np.testing.assert_allclose(plan.strata["weight"], [10, 10, 10])
    assert plan.design_effect == pytest.approx(1)
    assert plan.population == 2000
    np.testing.assert_allclose(plan.strata["share"], [0.1] * 3)


def test_neyman_gives_more_to_where_customers_differ() -> None:
    strata = {"A": {"population": 1000, "sd": 30}, "B": {"population": 1000, "sd": 10}}
    plan = csi.plan_sample("index", n=100, strata=strata, allocation="neyman")
    assert plan.strata["n"].tolist() == [75, 25]
    even = csi.plan_sample("index", n=100, strata=strata, allocation="equal")
    assert even.strata["n"].tolist() == [50, 50]
    assert plan.margin < even.margin


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(200, 3000), st.floats(5, 30)), min_size=2, max_size=4), st.integers(-5, 5))
def test_no_other_allocation_beats_neymans(classes: list[tuple[int, float]], moved: int) -> None:
    """Apart from rounding and the finite population, which shift the optimum by little."""
    population = np.array([size for size, _ in classes], dtype=float) * 1e6
    spread = np.array([sd for _, sd in classes])
    exact = 100 * population * spread / (population * spread).sum()
    other = exact.copy()
    other[0] += moved / 10
    other[1] -= moved / 10
    if (other <= 0).any():
        return
    best = stratified_variance(exact, population, spread**2)
    assert best <= stratified_variance(other, population, spread**2) * (1 + 1e-9)


def test_a_minimum_per_class_weights_the_others_up() -> None:
    """A 60 of 60, B 60 of 340, C 180 of 1600: Kish's effect by hand, margin by the stratified formula."""
    plan = csi.plan_sample("index", n=300, sd=16, strata=CLASSES, minimum=60)
    assert plan.strata["n"].tolist() == [60, 60, 180]
    weight = np.repeat([1, 340 / 60, 1600 / 180], [60, 60, 180])
    assert plan.design_effect == pytest.approx(300 * (weight**2).sum() / weight.sum() ** 2)
    b = (340 / 2000) ** 2 * 16**2 / 60 * (340 - 60) / 339
    c = (1600 / 2000) ** 2 * 16**2 / 180 * (1600 - 180) / 1599
    assert plan.margin == pytest.approx(Z * (b + c) ** 0.5)
    assert plan.strata["margin"].tolist()[0] == 0
    assert plan.strata["margin"].tolist()[1] == pytest.approx(Z * 16 * (280 / 339 / 60) ** 0.5)


def test_a_factor_samples_a_class_more() -> None:
    strata = {"key": {"population": 500, "factor": 3}, "ordinary": 1500}
    assert csi.plan_sample("rate", n=200, strata=strata).strata["n"].tolist() == [100, 100]


def test_strata_for_a_margin_are_just_enough() -> None:
    wanted = {"sd": 18, "strata": CLASSES, "minimum": 40, "response_rate": 0.5}
    plan = csi.plan_sample("index", margin=2, **wanted)
    assert plan.margin <= 2 < csi.plan_sample("index", n=plan.n - 1, **wanted).margin
    assert plan.strata["n"].sum() == plan.n
    assert plan.strata["invited"].tolist() == [2 * n for n in plan.strata["n"]]
    assert any(one.code == "plan_short" for one in plan.notes)  # 80 of 60 key customers


def test_a_stratified_margin_holds_19_of_20_samples() -> None:
    rng = np.random.default_rng(2)
    rates = {"A": 0.9, "B": 0.7, "C": 0.5}
    strata = {name: {"population": size, "p": rates[name]} for name, size in CLASSES.items()}
    plan = csi.plan_sample("rate", n=400, strata=strata, minimum=50)
    truth = sum(CLASSES[name] * rates[name] for name in CLASSES) / 2000
    drawn = np.zeros(4000)
    for name, n in zip(plan.strata["stratum"], plan.strata["n"], strict=True):
        good = round(CLASSES[name] * rates[name])
        drawn += CLASSES[name] / 2000 * rng.hypergeometric(good, CLASSES[name] - good, n, size=4000) / n
    assert np.mean(np.abs(drawn - truth) <= plan.margin) == pytest.approx(0.95, abs=0.015)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 400), st.integers(0, 60)), min_size=1, max_size=6), st.integers(0, 2500))
def test_allocation_keeps_the_total_and_the_bounds(classes: list[tuple[int, int]], total: int) -> None:
    most = np.array([size for size, _ in classes])
    least = np.minimum([minimum for _, minimum in classes], most)
    sizes = allocate(total, most.astype(float), least, most)
    assert (sizes >= least).all()
    assert (sizes <= most).all()
    assert sizes.sum() == np.clip(total, least.sum(), most.sum())


# --- change -----------------------------------------------------------------------------------------------------


def test_change_by_hand() -> None:
    """(1.96 + .8416) sqrt(2 x 16^2 / 250)."""
    plan = csi.plan_change("index", n=250, sd=16)
    assert plan.change == pytest.approx((Z + 0.8416212335729143) * (2 * 256 / 250) ** 0.5)
    assert plan.power == pytest.approx(0.8, abs=1e-4)
    assert (plan.n_before, plan.n) == (250, 250)


def test_a_panel_sees_smaller_changes() -> None:
    whole = csi.plan_change("index", n=250, sd=16, overlap=1, rho=0.6)
    half = csi.plan_change("index", n=250, sd=16, overlap=0.5, rho=0.6)
    none = csi.plan_change("index", n=250, sd=16)
    assert whole.std_error == pytest.approx((2 * 256 * 0.4 / 250) ** 0.5)
    assert half.std_error == pytest.approx((2 * 256 * 0.7 / 250) ** 0.5)
    assert whole.change < half.change < none.change
    other = csi.plan_change("index", n=100, n_before=400, sd=16, overlap=0.5, rho=0.6)
    assert other.std_error == pytest.approx((256 / 400 + 256 / 100 - 2 * 50 * 0.6 * 256 / (400 * 100)) ** 0.5)


def test_size_change_and_power_agree() -> None:
    for options in ({"sd": 18}, {"sd": 18, "overlap": 0.6, "rho": 0.5, "deff": 1.4}, {"sd": 18, "n_before": 900}):
        plan = csi.plan_change("index", change=3, **options)
        assert plan.power >= 0.8 - 1e-9
        assert csi.plan_change("index", change=3, **(options | {"n": plan.n - 1})).power < 0.8
        assert csi.plan_change("index", **(options | {"n": plan.n})).change <= 3 + 1e-9
    rate = csi.plan_change("rate", change=0.05, p=0.85)
    assert csi.plan_change("rate", n=rate.n, p=0.85).change == pytest.approx(0.05, abs=1e-4)
    assert rate.std_error == pytest.approx(((0.85 * 0.15 + 0.9 * 0.1) / rate.n) ** 0.5)


def test_power_is_how_often_a_change_is_found() -> None:
    """4,000 pairs of waves of 150, 90 people in both, answers correlated by .5, a change of 4 points."""
    plan = csi.plan_change("index", n=150, change=4, sd=16, overlap=0.6, rho=0.5)
    rng = np.random.default_rng(3)
    first = rng.standard_normal((4000, 150))
    second = rng.standard_normal((4000, 150))
    second[:, :90] = 0.5 * first[:, :90] + 0.75**0.5 * second[:, :90]
    difference = 4 + 16 * (second.mean(axis=1) - first.mean(axis=1))
    assert difference.std() == pytest.approx(plan.std_error, rel=0.04)
    assert np.mean(np.abs(difference) > Z * plan.std_error) == pytest.approx(plan.power, abs=0.025)


# --- calendar ---------------------------------------------------------------------------------------------------


def test_the_rules_of_the_year() -> None:
    calendar = csi.plan_calendar("2026-01-05")
    by_kind = calendar.groupby("kind")["date"].apply(lambda days: [day.month for day in days]).to_dict()
    assert by_kind["monthly_sample"] == [1, 2, 4, 5, 7, 8, 10, 11]
    assert by_kind["quarterly_survey"] == [3, 6, 9]
    assert by_kind["yearly_survey"] == [12]
    for months in (1, 3, 6):
        assert by_kind[f"new_month_{months}"] == list(range(1, 13))
    shares = calendar.groupby("kind")["share"].unique().apply(list).to_dict()
    assert shares["monthly_sample"] == [0.1]
    assert shares["yearly_survey"] == [1.0]
    frames = calendar.set_index("kind")["frame"]
    assert set(frames["monthly_sample"]) == {"active_3_months"}
    assert frames["yearly_survey"] == "all_customers"


def test_a_report_is_due_within_ten_working_days() -> None:
    """Closing on Friday 16 January 2026: Monday is day one, Friday 30 January day ten."""
    first = csi.plan_calendar("2026-01-02", months=1).iloc[0]
    assert str(first["closes"].date()) == "2026-01-16"
    assert str(first["report_due"].date()) == "2026-01-30"
    later = csi.plan_calendar("2026-01-02", months=1, holidays=["2026-01-19", "2026-01-24"], workdays=["2026-01-25"])
    assert (
        str(later.iloc[0]["report_due"].date()) == "2026-01-30"
    )  # a holiday and a worked Sunday; the Saturday is none
    longer = csi.plan_calendar("2026-01-02", months=1, holidays=[date(2026, 1, 19)])
    assert str(longer.iloc[0]["report_due"].date()) == "2026-02-02"


@settings(max_examples=80, deadline=None)
@given(
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.integers(1, 40),
    st.sets(st.dates(date(2020, 1, 1), date(2035, 12, 31)), max_size=5),
)
def test_working_days_are_those_of_numpy(day: date, days: int, holidays: set[date]) -> None:
    expected = np.busday_offset(day, days, roll="backward", holidays=list(holidays))
    assert add_working_days(day, days, holidays) == expected.astype(date)


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.integers(-40, 40))
def test_months_are_those_of_pandas(day: date, months: int) -> None:
    assert add_months(day, months) == (pd.Timestamp(day) + pd.DateOffset(months=months)).date()


def customers(**columns: object) -> pd.DataFrame:
    frame = {
        "customer": ["new", "old", "gone", "talking", "latest"],
        "first_order": ["2026-01-31", "2024-03-01", "2023-01-01", None, "2026-03-20"],
        "last_order": ["2026-04-10", "2026-03-30", "2025-06-01", None, None],
    }
    return pd.DataFrame(frame | columns)


def test_who_is_due_when() -> None:
    calendar = csi.plan_calendar("2026-01-31", months=12, customers=customers())
    asked = calendar.groupby("customer")[["date", "kind"]].apply(
        lambda part: [(str(row.date.date()), row.kind) for row in part.itertuples()]
    )
    assert [entry for entry in asked["new"] if entry[1].startswith("new")] == [
        ("2026-02-28", "new_month_1"),
        ("2026-04-30", "new_month_3"),
        ("2026-07-31", "new_month_6"),
    ]
    assert "talking" not in asked  # a potential customer has no order
    assert asked["gone"] == [("2026-12-31", "yearly_survey")]
    assert ("2026-03-31", "quarterly_survey") in asked["latest"]  # its only order was eleven days before
    assert ("2026-04-30", "new_month_1") in asked["latest"]
    assert not calendar.duplicated(["date", "customer"]).any()


@settings(max_examples=30, deadline=None)
@given(
    st.dates(date(2026, 1, 1), date(2026, 1, 31)), st.lists(st.integers(0, 360), min_size=1, max_size=20, unique=True)
)
def test_every_new_customer_is_asked_once_at_each_age(start: date, ages: list[int]) -> None:
    first = [start + timedelta(days=age) for age in ages]
    table = pd.DataFrame({"customer": ages, "first_order": first, "last_order": first})
    calendar = csi.plan_calendar(start, months=20, kinds=["new_customer"], customers=table)
    counts = calendar.groupby("customer")["kind"].apply(sorted)
    assert counts.map(lambda kinds: kinds == ["new_month_1", "new_month_3", "new_month_6"]).all()
    assert sorted(counts.index) == sorted(ages)
    begun = dict(zip(ages, first, strict=True))
    for row in calendar.itertuples():
        due = add_months(begun[row.customer], int(row.kind.rpartition("_")[2]))
        assert due <= row.date.date() < due + timedelta(days=32)


def test_a_monthly_sample_is_a_share_of_the_active_and_repeatable() -> None:
    many = pd.DataFrame(
        {"customer": range(200), "first_order": "2020-01-01", "last_order": ["2026-01-01", "2025-01-01"] * 100}
    )
    draw = [
        csi.plan_calendar("2026-01-05", months=1, customers=many, monthly_share=0.15, seed=seed) for seed in (1, 1, 2)
    ]
    assert len(draw[0]) == 15
    assert (draw[0]["customer"] % 2 == 0).all()  # the others have not ordered for a year
    pd.testing.assert_frame_equal(draw[0], draw[1])
    assert draw[0]["customer"].tolist() != draw[2]["customer"].tolist()


def test_a_monthly_sample_by_class_asks_more_of_the_important() -> None:
    shares = {"A": 1.0, "B": 0.5, "C": 0.1}
    plain = csi.plan_calendar("2026-01-05", months=1, kinds="monthly_sample", monthly_share=shares)
    assert plain[["stratum", "share"]].to_numpy().tolist() == [["A", 1.0], ["B", 0.5], ["C", 0.1]]
    many = pd.DataFrame({"customer": range(100), "first_order": "2020-01-01", "last_order": "2026-01-01"})
    many["stratum"] = ["A"] * 5 + ["B"] * 15 + ["C"] * 80
    drawn = csi.plan_calendar("2026-01-05", months=1, monthly_share=shares, customers=many)
    assert drawn["stratum"].value_counts().to_dict() == {"A": 5, "B": 8, "C": 8}
    weighted = (1 / drawn["share"]).groupby(drawn["stratum"]).sum()
    assert weighted.to_dict() == {"A": 5, "B": 16, "C": 80}  # 8 of 15: rounded up


def test_a_rate_near_its_end_is_warned_of() -> None:
    plan = csi.plan_sample("rate", margin=0.05, p=0.98)
    assert plan.n == 31
    assert [one.code for one in plan.notes] == ["plan_rate_assumed", "plan_few"]
    assert "0.6" in str(plan.notes[1])


# --- words ------------------------------------------------------------------------------------------------------


def test_plans_speak_both_languages_and_their_numbers_do_not() -> None:
    def plans() -> list[object]:
        return [csi.plan_sample("index", margin=2, strata=CLASSES), csi.plan_change("rate", n=400, p=0.9)]

    english = plans()
    assert "385" in repr(csi.plan_sample())
    with csi.use_language("zh"):
        for one, other in zip(english, plans(), strict=True):
            assert one.n == other.n
            assert "置信水平" in repr(other)
            assert "置信水平" in other._repr_html_()
        assert "设计效应" in repr(english[0])
        calendar = csi.plan_calendar("2026-01-05", months=1)
    assert calendar["kind"].tolist()[0] == "new_month_1"
    assert "新客户" in calendar["meaning"].tolist()[0]


def calendar(**more: object) -> pd.DataFrame:
    return csi.plan_calendar("2026-01-05", **more)


BAD = [
    (lambda: csi.plan_sample("median"), ["median", "rate", "index"]),
    (lambda: csi.plan_sample(margin=0.05, n=100), ["margin=", "n="]),
    (lambda: csi.plan_sample(margin=5), ["margin=5", "1]"]),
    (lambda: csi.plan_sample(margin=0), ["margin=0"]),
    (lambda: csi.plan_sample(p=85), ["p=85", "(0, 1)"]),
    (lambda: csi.plan_sample(p=1), ["p=1", "(0, 1)"]),
    (lambda: calendar(monthly_share={}), ["monthly_share"]),
    (lambda: calendar(monthly_share={"A": 0.5}, customers=customers()), ["stratum", "last_order"]),
    (lambda: calendar(monthly_share={"A": 0.5}, customers=customers(stratum=list("AAABC"))), ["B", "C", "A"]),
    (lambda: csi.plan_sample(sd=3), ["sd=", "p="]),
    (lambda: csi.plan_sample("mean", margin=0.2), ["mean", "sd="]),
    (lambda: csi.plan_sample("mean", sd=2), ["mean", "margin="]),
    (lambda: csi.plan_sample(n=10.5), ["n=10.5"]),
    (lambda: csi.plan_sample(level=95), ["95"]),
    (lambda: csi.plan_sample(response_rate=30), ["response_rate=30"]),
    (lambda: csi.plan_sample(rho=2), ["rho=2"]),
    (lambda: csi.plan_sample(cluster_size=0), ["cluster_size=0"]),
    (lambda: csi.plan_sample(population="many"), ["population", "many"]),
    (lambda: csi.plan_sample(strata={}), ["strata"]),
    (lambda: csi.plan_sample(strata={"A": 10.5}), ["A", "10.5"]),
    (lambda: csi.plan_sample(strata={"A": {"size": 5}}), ["A", "size", "population"]),
    (lambda: csi.plan_sample(strata={"A": {"population": 5, "sd": 3}}), ["A", "sd", "p"]),
    (lambda: csi.plan_sample(strata=CLASSES, population=1999), ["2000", "1999"]),
    (lambda: csi.plan_sample(strata=CLASSES, n=2001), ["n=2001", "2000"]),
    (lambda: csi.plan_sample(strata=CLASSES, n=100, minimum=60), ["n=100", "180"]),
    (lambda: csi.plan_sample(strata=CLASSES, allocation="optimal"), ["optimal", "neyman"]),
    (lambda: csi.plan_change(), ["n=", "change="]),
    (lambda: csi.plan_change(n=200, overlap=1.0, n_before=100), ["overlap=1.0", "0.5"]),
    (lambda: csi.plan_change(change=0), ["change=0"]),
    (lambda: csi.plan_change("rate", change=0.3, p=0.8), ["change=0.3", "0.2]"]),
    (lambda: csi.plan_change("rate", n=10, p=0.95), ["0.05"]),
    (lambda: csi.plan_change(change=1, n_before=100), ["1", "100"]),
    (lambda: csi.plan_change(n=100, power=80), ["power=80"]),
    (lambda: csi.plan_calendar("soon"), ["start", "soon"]),
    (lambda: csi.plan_calendar(20260105), ["start", "20260105"]),
    (lambda: calendar(months=0), ["months=0"]),
    (lambda: calendar(kinds=["weekly"]), ["weekly", "monthly_sample"]),
    (lambda: calendar(monthly_share=10), ["monthly_share=10"]),
    (lambda: calendar(holidays=["spring"]), ["holidays", "spring"]),
    (
        lambda: calendar(customers=pd.DataFrame({"customer": [1], "first": ["2026-01-01"]})),
        ["first_order", "last_order", "first"],
    ),
    (lambda: calendar(customers=customers(customer=list("aabbc"))), ["2"]),
    (lambda: calendar(customers=customers(last_order=["yesterday"] * 5)), ["last_order", "5", "yesterday"]),
    (lambda: calendar(customers=customers(last_order=["2020-01-01"] * 5)), ["4"]),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("call", "held"), BAD)
def test_a_bad_call_says_what_is_wrong(call: object, held: list[str], language: str) -> None:
    with csi.use_language(language):
        with pytest.raises(CsiError) as caught:
            call()
        sentence = str(caught.value)
    assert all(word in sentence for word in held), sentence
