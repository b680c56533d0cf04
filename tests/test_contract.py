"""One contract for every Result: its tables, views, checks and contrasts, in both languages and at two levels.

`RESULTS` holds a call for every public function that gives back a Result or a Study; a test fails when one is missing.
"""

from __future__ import annotations

import dataclasses
import inspect
import itertools
from collections.abc import Callable
from functools import cache
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from collected import collected

import csi
from csi.views import column_glossary, html_view, text_view

KEYS = {"group", "construct", "other_construct", "item", "source", "target", "kind", "term"}
N_BOOT = 60


def tiny() -> csi.Survey:
    return csi.load_sample("tiny")


TINY = csi.PathModel.parse("Satisfaction ~ Quality; Loyalty ~ Satisfaction")
QUALITY = ["quality_needs", "quality_network", "quality_service"]
CONTESTED = ["image_trust", "image_stable", "image_customers"]  # no region is best, or worst, on all of them
JUDGES = [[[1, 3, 5], ["1/3", 1, 3], ["1/5", "1/3", 1]], [[1, 1, 2], [1, 1, 4], ["1/2", "1/4", 1]]]
BRANCHES = pd.DataFrame([[7, 9, 9], [8, 7, 8], [9, 6, 8]], index=["x", "y", "z"], columns=["a", "b", "c"])
MEMBERSHIP = pd.DataFrame([[0.2, 0.5, 0.3], [0.5, 0.3, 0.2]], index=["a", "b"], columns=["good", "fair", "poor"])
CHOICES = pd.DataFrame(
    [(person, 1, item, int(item == best), int(item == worst))
     for person, best, worst in ((1, "a", "c"), (2, "b", "a"), (3, "c", "b"), (4, "a", "b"), (5, "b", "c"))
     for item in "abc"],
    columns=["respondent", "set", "item", "best", "worst"],
)  # fmt: skip
SEVEN = csi.Survey.from_frame(
    {"a": [7, 6, 5, 4, 6, 1], "b": [7, 7, 6, 2, 3, 5], "c": [6, 5, 7, 1, 6, 2], "d": [7, 6, 4, 2, 7, 1],
     "told": [0, 1, 0, 1, 0, 1], "stays": [1, 1, 1, 0, 1, 0]},
    csi.Codebook.from_yaml("{scales: {seven: {lo: 1, hi: 7}}, items: {a: {scale: seven}, b: {scale: seven}, "
                           "c: {scale: seven}, d: {scale: seven}}}"),
)  # fmt: skip
HALL = csi.Survey.from_frame(
    {"window": ["A"] * 4 + ["B"] * 4, "rating": [5, 4, 1, None, 5, 2, 3, 5], "defaulted": [0, 0, 0, 0, 1, 0, 0, 0],
     "replied": [None, None, 1, None, None, 0, None, None], "rectified": [None, None, 1, None, None, 1, None, None],
     "days_to_rectify": [None, None, 7, None, None, 3, None, None]},
    csi.Codebook.from_yaml("{scales: {five: {lo: 1, hi: 5}}, items: {rating: {scale: five}}}"),
)  # fmt: skip

INDICATORS = {"Satisfaction": {"s1": 30, "s2": 30}, "Loyalty": {"l1": 40}}
MOBILE_INDICATORS = {"sat_overall": 60, "sat_ideal": 40}
PVC_INDICATORS = {
    "ProductQuality": {"weight": 50, "parts": {"quality": 30, "packaging": 10, "usability": 10}},
    "PurchaseProcess": {"weight": 20, "parts": {"reception": 8, "procedure": 8, "price_payment": 10}},
    "RelatedService": {"weight": 30, "parts": {"transport": 8, "problem_handling": 12, "technical_support": 10}},
}


def pvc() -> tuple[csi.Survey, csi.Survey, csi.Survey]:
    return csi.load_sample("pvc_customers"), csi.load_sample("pvc_visits"), csi.load_sample("pvc_complaints")


def blended(survey: csi.Survey, inference: str) -> csi.Result:
    """A blend of a consumer survey: what was heard of a respondent is made of two other answers."""
    frame = survey.answers
    heard = pd.DataFrame(
        {"id": frame["id"], "sat_overall": 10 * frame["image_trust"], "sat_ideal": 10 * frame["loyal_repurchase"]}
    )
    book = csi.Codebook(items={name: csi.Item(name, scale=csi.Scale(0, 100)) for name in MOBILE_INDICATORS})
    visits = csi.Survey.from_frame(heard, book, name="visits")
    log = pd.DataFrame({"id": frame.loc[frame["complained"] == 1, "id"], "outcome": "rather_dissatisfied"})
    book = csi.Codebook(items={"outcome": csi.Item("outcome", kind="category")})
    complaints = csi.Survey.from_frame(log, book, name="log")
    return csi.score_blend(
        survey, visits, complaints, MOBILE_INDICATORS, customer="id", inference=inference, n_boot=N_BOOT
    )  # fmt: skip


TEN = dict(zip(range(1, 11), ("dislike", "dislike", "dislike", "live_with", "live_with", "neutral", "expect", "expect",
                              "like", "like"), strict=True))  # fmt: skip
KANO = [[f"{side}{number:02d}" for number in (1, 5, 8)] for side in "fd"]
HOTEL = [[f"{side}{number:02d}" for number in range(1, 23)] for side in "ep"]
HOTEL_POINTS = {
    name: f"points_{name.lower()}" for name in ("Tangibles", "Reliability", "Responsiveness", "Assurance", "Empathy")
}
JOURNEY = ["arrival", "room", "breakfast", "front_desk", "checkout"]
PRINTED = pd.DataFrame({"item": ["a", "b", "c"], "importance": [3.8, 3.3, 2.1], "performance": [2.6, 2.0, 3.3]})

ASKED = {"expectation": "expectation", "performance": "performance", "disconfirmation": "disconfirmation"}

# function -> calls of it that between them reach every form of its result
RESULTS: dict[str, dict[str, Callable[[], object]]] = {
    "fit_pls": {
        "survey": lambda: csi.fit_pls(tiny(), TINY, n_boot=N_BOOT),
        "design": lambda: csi.fit_pls(csi.load_sample("mobile"), "SCSB", n_boot=N_BOOT),
        "by": lambda: csi.fit_pls(csi.load_sample("mobile"), "SCSB", by="operator", n_boot=N_BOOT),
        "moments": lambda: csi.fit_pls(csi.load_moments("mobi"), "ECSI_2005", n_boot=N_BOOT),
        "linearised": lambda: csi.fit_pls(csi.load_sample("mobile"), "SCSB", inference="linearised"),
        "none": lambda: csi.fit_pls(tiny(), TINY, n_boot=0),
        "inadmissible": lambda: csi.fit_pls(csi.load_moments("mobi"), "ECSI_2005", consistent=True, n_boot=0),
    },
    "score_kano": {
        "sample": lambda: csi.score_kano(
            csi.load_sample("app_kano"), *KANO, importance=["i01", "i05", "i08"], rule="strength"
        ),
        "by": lambda: csi.score_kano(csi.load_sample("app_kano"), *KANO, by="segment", table="pouliot"),
        "bootstrap": lambda: csi.score_kano(
            csi.load_sample("app_kano"), *KANO, inference="bootstrap", n_boot=N_BOOT, rule="sums"
        ),
        "none": lambda: csi.score_kano(csi.load_sample("app_kano"), *KANO, inference="none"),
    },
    "score_quadrants": {
        "derived": lambda: csi.score_quadrants(
            csi.load_sample("mobile"), QUALITY, outcome="sat_overall", by="operator"
        ),
        "regression": lambda: csi.score_quadrants(
            csi.load_sample("mobile"), QUALITY, outcome="sat_overall", method="regression", cuts=("median", 70)
        ),
        "stated": lambda: csi.score_quadrants(
            tiny(), ["s1", "s2"], importance=["q1", "q2"], cuts="diagonal", inference="bootstrap", n_boot=N_BOOT
        ),
        "given": lambda: csi.score_quadrants(
            tiny(), {"a": "s1", "b": "s2"}, importance={"a": 3, "b": 2}, inference="none"
        ),
        "table": lambda: csi.score_quadrants(PRINTED, cuts="median"),
    },
    "score_servqual": {
        "hotel": lambda: csi.score_servqual(
            csi.load_sample("hotel"),
            *HOTEL,
            points=HOTEL_POINTS,
            ideal=7,
            gaps={1: -0.2, 2: csi.Estimate(-1, 0.1, 0.95, -1.2, -0.8, 9)},
        ),
        "by": lambda: csi.score_servqual(csi.load_sample("hotel"), *HOTEL, by="guest_type"),
        "bootstrap": lambda: csi.score_servqual(
            tiny(),
            ["q1", "q2"],
            ["s1", "s2"],
            dimensions={"All": ["s1", "s2"]},
            points={"All": 100},
            inference="bootstrap",
            n_boot=N_BOOT,
        ),
        "none": lambda: csi.score_servqual(
            tiny(), ["q1", "q2"], ["s1", "s2"], dimensions={"All": ["s1", "s2"]}, inference="none", gaps={4: -0.1}
        ),
    },
    "score_journey": {
        "hotel": lambda: csi.score_journey(csi.load_sample("hotel"), JOURNEY, outcome="overall", by="guest_type"),
        "bootstrap": lambda: csi.score_journey(
            csi.load_sample("hotel"), JOURNEY, outcome="overall", inference="bootstrap", n_boot=N_BOOT
        ),
        "one": lambda: csi.score_journey(tiny(), {"desk": "q1"}, indicator_weights={"desk": 1}, inference="none"),
    },
    "classify_disconfirmation": {
        "tiny": lambda: csi.classify_disconfirmation(tiny(), "q1", "s1"),
        "by": lambda: csi.classify_disconfirmation(csi.load_sample("hotel"), *HOTEL, tolerance=1, by="guest_type"),
        "bootstrap": lambda: csi.classify_disconfirmation(tiny(), "q1", "s1", inference="bootstrap", n_boot=N_BOOT),
    },
    "fit_asymmetry": {
        "sample": lambda: csi.fit_asymmetry(
            csi.load_sample("drivers"), "overall", ["delivery", "price", "extras"], low=4, high=8
        ),
        "by": lambda: csi.fit_asymmetry(
            csi.load_sample("drivers"), "overall", ["delivery", "tracking"], low=4, high=8, by="wave"
        ),
        "bootstrap": lambda: csi.fit_asymmetry(
            csi.load_sample("drivers"),
            "overall",
            ["delivery", "extras"],
            low=4,
            high=8,
            inference="bootstrap",
            n_boot=N_BOOT,
        ),
        "none": lambda: csi.fit_asymmetry(
            csi.load_sample("drivers"), "overall", ["courtesy"], low=4, high=8, inference="none"
        ),
    },
    "simulate_improvement": {
        "costs": lambda: csi.simulate_improvement(
            csi.load_sample("drivers"),
            "overall",
            ["delivery", "extras"],
            moves={"delivery": 1, "extras": 0.5},
            costs={"delivery": 2, "extras": 1},
        ),
        "by": lambda: csi.simulate_improvement(
            csi.load_sample("drivers"), "overall", ["app", "extras"], moves={"app": 1}, by="segment"
        ),
        "bootstrap": lambda: csi.simulate_improvement(
            tiny(), "s1", ["q1", "q2"], moves={"q1": 1}, inference="bootstrap", n_boot=N_BOOT
        ),
        "none": lambda: csi.simulate_improvement(tiny(), "s1", ["q1"], moves={"q1": 1}, inference="none"),
    },
    "fit_expectations": {
        "full": lambda: csi.fit_expectations(
            csi.load_sample("expectations"),
            "satisfaction",
            **ASKED,
            desired="desired",
            norms=["norm_best"],
            needs="needs",
            equity="equity",
            affect="pleased",
        ),
        "bootstrap": lambda: csi.fit_expectations(
            csi.load_sample("expectations"), "satisfaction", **ASKED, inference="bootstrap", n_boot=N_BOOT
        ),
        "by": lambda: csi.fit_expectations(
            csi.load_sample("mobile"),
            "sat_overall",
            expectation="expect_overall",
            performance="quality_overall",
            by="operator",
        ),
        "none": lambda: csi.fit_expectations(
            csi.load_sample("expectations"), "satisfaction", **ASKED, inference="none"
        ),
    },
    "compare_specifications": {
        "boot": lambda: csi.compare_specifications(tiny(), TINY, missing=["listwise"], n_boot=N_BOOT),
        "none": lambda: csi.compare_specifications(tiny(), TINY, flagged=["keep"], n_boot=0),
    },
    "score_items": {
        "plain": lambda: csi.score_items(tiny()),
        "quantile": lambda: csi.score_items(csi.load_sample("mobile"), statistic="quantile", by="operator"),
        "sd": lambda: csi.score_items(csi.load_sample("mobile"), statistic="sd", inference="bootstrap", n_boot=N_BOOT),
        "drawn": lambda: csi.score_items(
            tiny(), statistic="quantile", probs=[0.3], inference="bootstrap", n_boot=N_BOOT
        ),
        "none": lambda: csi.score_items(tiny(), statistic="score", inference="none"),
    },
    "check_weights": {"weighted": lambda: csi.check_weights(csi.load_sample("mobile"))},
    "check_responses": {
        "mobile": lambda: csi.check_responses(csi.load_sample("mobile")),
        "tiny": lambda: csi.check_responses(tiny(), limits={"person_sd": None}),
    },
    "score_response": {
        "counts": lambda: csi.score_response({"I": 40, "P": 12, "R": 11, "NC": 30, "O": 1, "UH": 20, "NE": 9}),
        "codes": lambda: csi.score_response(["I", "I", "R", "UO"], e=0.5),
    },
    "compare_nonresponse": {
        "late": lambda: csi.compare_nonresponse(tiny(), late=[0, 1] * 6),
        "all": lambda: csi.compare_nonresponse(
            csi.load_sample("mobile"),
            ["sat_overall", "expect_wrong"],
            late=[True, False, True] * 1000,
            frame={"operator": {"Amber": 40, "Birch": 30, "Coral": 20, "Dune": 10}},
            response_rate=0.4,
        ),
    },
    "derive_indicator_weights": {
        "survey": lambda: csi.derive_indicator_weights(
            tiny(), ["q1", "q2", "s2"], outcome="s1", points=["q1", "q2", "s2"]
        ),
        "cases": lambda: csi.derive_indicator_weights(
            csi.load_sample("mobile"), QUALITY, outcome="sat_overall", cases="operator", judgements=JUDGES
        ),
        "bootstrap": lambda: csi.derive_indicator_weights(
            tiny(), ["q1", "q2"], outcome="s1", inference="bootstrap", n_boot=N_BOOT, methods=["regression", "critic"]
        ),
        "table": lambda: csi.derive_indicator_weights(cases=BRANCHES, judgements=JUDGES[0]),
        "choices": lambda: csi.derive_indicator_weights(choices=CHOICES),
    },
    "score_fuzzy": {
        "survey": lambda: csi.score_fuzzy(tiny(), ["q1", "q2"], operator="min_sum"),
        "tree": lambda: csi.score_fuzzy(
            csi.load_sample("mobile"),
            indicator_weights={"product": (0.6, dict.fromkeys(QUALITY[:2], 0.5)), QUALITY[2]: 0.4},
            grades={"low": range(1, 5), "middle": range(5, 8), "high": range(8, 11)},
            by="operator",
        ),
        "bootstrap": lambda: csi.score_fuzzy(tiny(), ["q1", "q2"], inference="bootstrap", n_boot=N_BOOT),
        "printed": lambda: csi.score_fuzzy(MEMBERSHIP, grade_values=[100, 60, 20]),
    },
    "score_topsis": {
        "survey": lambda: csi.score_topsis(csi.load_sample("mobile"), QUALITY),
        "bootstrap": lambda: csi.score_topsis(csi.load_sample("mobile"), QUALITY, inference="bootstrap", n_boot=N_BOOT),
        "table": lambda: csi.score_topsis(BRANCHES, cost=["b"]),
    },
    "score_grey": {
        "survey": lambda: csi.score_grey(csi.load_sample("mobile"), QUALITY),
        "table": lambda: csi.score_grey(BRANCHES),
    },
    "check_reliability": {
        "tiny": lambda: csi.check_reliability(tiny()),
        "by": lambda: csi.check_reliability(csi.load_sample("mobile"), QUALITY, by="operator"),
        "bootstrap": lambda: csi.check_reliability(tiny(), inference="bootstrap", n_boot=N_BOOT),
        "moments": lambda: csi.check_reliability(csi.load_moments("mobi"), n_boot=N_BOOT),
    },
    "check_factorability": {
        "design": lambda: csi.check_factorability(csi.load_sample("mobile"), QUALITY),
        "by": lambda: csi.check_factorability(csi.load_sample("mobile"), QUALITY, by="operator"),
        "plain": lambda: csi.check_factorability(tiny()),
    },
    "fit_factors": {
        "design": lambda: csi.fit_factors(csi.load_sample("mobile"), [*QUALITY, *CONTESTED], n_factors=2),
        "by": lambda: csi.fit_factors(csi.load_sample("mobile"), QUALITY, by="operator", rotation="varimax"),
        "moments": lambda: csi.fit_factors(csi.load_moments("mobi"), method="ml", rotation="promax", n_boot=N_BOOT),
        "bootstrap": lambda: csi.fit_factors(tiny(), rotation="none", inference="bootstrap", n_boot=N_BOOT),
    },
    "fit_drivers": {
        "tiny": lambda: csi.fit_drivers(tiny(), "s1", ["q1", "q2"]),
        "by": lambda: csi.fit_drivers(csi.load_sample("mobile"), "sat_overall", QUALITY, by="operator"),
        "interactions": lambda: csi.fit_drivers(
            csi.load_sample("mobile"), "sat_overall", QUALITY[:2], interactions="operator"
        ),
        "moments": lambda: csi.fit_drivers(csi.load_moments("mobi"), "CUSA1", ["PERQ1", "PERQ2"]),
        "ordered": lambda: csi.fit_drivers(
            csi.load_sample("mobile"), "sat_overall", QUALITY[:2], kind="ordered", by="operator", empty_levels="merge"
        ),
        "top_box": lambda: csi.fit_drivers(
            tiny(), "s1", ["q1"], kind="top_box", boxes=3, inference="bootstrap", n_boot=N_BOOT
        ),
        "robust": lambda: csi.fit_drivers(tiny(), "s1", ["q1", "q2"], inference="hc3"),
        "none": lambda: csi.fit_drivers(tiny(), "s1", ["q1", "q2"], inference="none"),
    },
    "compare_importance": {
        "stated": lambda: csi.compare_importance(
            csi.load_sample("mobile"),
            "sat_overall",
            QUALITY,
            stated=["image_trust", "image_stable", "image_customers"],
            fit=csi.fit_pls(csi.load_sample("mobile"), "ECSI_2005", n_boot=0),
        ),
        "by": lambda: csi.compare_importance(csi.load_sample("mobile"), "sat_overall", QUALITY, by="operator"),
        "bootstrap": lambda: csi.compare_importance(
            tiny(),
            "s1",
            ["q1", "q2"],
            fit=csi.fit_pls(tiny(), TINY, n_boot=N_BOOT),
            inference="bootstrap",
            n_boot=N_BOOT,
        ),
        "none": lambda: csi.compare_importance(tiny(), "s1", ["q1", "q2"], n_boot=0),
    },
    "fit_importance": {
        "ordered": lambda: csi.fit_importance(csi.load_sample("mobile"), "sat_overall", QUALITY, kind="ordered"),
        "top_box": lambda: csi.fit_importance(
            csi.load_sample("mobile"), "sat_overall", QUALITY[:2], kind="top_box", boxes=2, by="operator"
        ),
        "lmg": lambda: csi.fit_importance(csi.load_sample("mobile"), "sat_overall", QUALITY),
        "by": lambda: csi.fit_importance(
            csi.load_sample("mobile"), "sat_overall", QUALITY, method="johnson", adjust="holm", by="operator"
        ),
        "players": lambda: csi.fit_importance(
            csi.load_sample("mobile"),
            "sat_overall",
            {"Quality": QUALITY, "Price": "value_price"},
            inference="bootstrap",
            n_boot=N_BOOT,
        ),
        "moments": lambda: csi.fit_importance(
            csi.load_moments("mobi"), "CUSA1", ["PERQ1", "PERQ2", "PERQ3"], method="pratt", n_boot=N_BOOT
        ),
        "sampled": lambda: csi.fit_importance(
            tiny(), "s1", ["q1", "q2"], method="lmg_sampled", n_orders=20, adjust="none"
        ),
        "one": lambda: csi.fit_importance(tiny(), "s1", "q1", n_boot=0),
    },
    "fit_icc": {
        "tiny": lambda: csi.fit_icc(tiny(), ["s1", "s2", "s3"]),
        "by": lambda: csi.fit_icc(csi.load_sample("mobile"), QUALITY, by="operator"),
    },
    "score_agreement": {
        "tiny": lambda: csi.score_agreement(tiny(), ["s1", "s2", "s3"]),
        "by": lambda: csi.score_agreement(csi.load_sample("mobile"), QUALITY, by="operator"),
        "bootstrap": lambda: csi.score_agreement(tiny(), ["s1", "s2"], inference="bootstrap", n_boot=N_BOOT),
    },
    "score_rate": {
        "plain": lambda: csi.score_rate(tiny(), ["s1", "l1"], satisfied=8),
        "counted": lambda: csi.score_rate(
            csi.load_sample("mobile"), "recommend", satisfied=[9, 10], missing="count_as_not_satisfied", by="operator"
        ),
        "bootstrap": lambda: csi.score_rate(tiny(), "s1", satisfied=8, inference="bootstrap", n_boot=N_BOOT),
        "none": lambda: csi.score_rate(tiny(), "s1", satisfied=8, inference="none"),
    },
    "score_csat": {"plain": lambda: csi.score_csat(tiny(), ["s1", "s2"], boxes=3)},
    "score_top_box": {"by": lambda: csi.score_top_box(csi.load_sample("mobile"), "sat_overall", by="operator")},
    "score_ces": {"plain": lambda: csi.score_ces(tiny(), ["s1", "s2"])},
    "score_mean": {
        "points": lambda: csi.score_mean(csi.load_sample("mobile"), ["sat_overall", "recommend"], by="operator"),
        "percent": lambda: csi.score_mean(tiny(), "s1", method="percent_of_max", inference="bootstrap", n_boot=N_BOOT),
    },
    "score_nps": {
        "adjusted": lambda: csi.score_nps(csi.load_sample("mobile"), "recommend", by="operator"),
        "score_test": lambda: csi.score_nps(tiny(), ["s1", "l1"], interval="score_test"),
        "bootstrap": lambda: csi.score_nps(tiny(), "l1", inference="bootstrap", n_boot=N_BOOT),
        "none": lambda: csi.score_nps(tiny(), "l1", inference="none"),
    },
    "compare_nps": {
        "groups": lambda: csi.compare_nps(csi.load_sample("mobile"), "recommend", by="operator"),
        "pairs": lambda: csi.compare_nps(tiny(), ["s1", "s2", "l1"], inference="bootstrap", n_boot=N_BOOT),
        "none": lambda: csi.compare_nps(tiny(), ["s1", "l1"], inference="none"),
    },
    "score_composite": {
        "ukcsi": lambda: csi.score_composite(csi.load_sample("mobile"), "UKCSI", ["sat_overall"], by="operator"),
        "kcsi": lambda: csi.score_composite(SEVEN, "KCSI", {"overall": "a", "elements": ["b", "c"], "repurchase": "d"}),
    },
    "score_kpi": {
        "all": lambda: csi.score_kpi(
            SEVEN, satisfaction="a", recommend="b", repurchase="c", complaint="told", retention="stays", satisfied=6
        ),
        "by": lambda: csi.score_kpi(csi.load_sample("mobile"), satisfaction="sat_overall", by="operator"),
    },
    "score_public_service": {
        "plain": lambda: csi.score_public_service(HALL, days_limit=5),
        "filled": lambda: csi.score_public_service(HALL, unrated="neutral", by="window"),
        "none": lambda: csi.score_public_service(HALL, inference="none"),
    },
    "compare_target": {
        "shares": lambda: csi.compare_target(csi.score_rate(tiny(), ["s1", "l1"], satisfied=8), 0.6),
        "exact": lambda: csi.compare_target((186, 200), 0.9, method="exact"),
        "nps": lambda: csi.compare_target(csi.score_nps(tiny(), ["s1", "l1"]), 10, alternative="less"),
        "two_sided": lambda: csi.compare_target(csi.score_mean(tiny(), "s1"), 60, alternative="two_sided"),
    },
    "compare_equivalence": {
        "groups": lambda: csi.compare_equivalence(
            csi.score_rate(csi.load_sample("mobile"), "recommend", satisfied=8, by="operator"), 0.1
        ),
        "target": lambda: csi.compare_equivalence(csi.score_mean(tiny(), ["s1", "s2"]), 10, target=60),
    },
    "analyse_survey": {
        "plain": lambda: csi.analyse_survey(tiny(), TINY, n_boot=N_BOOT),
        "by": lambda: csi.analyse_survey(csi.load_sample("mobile"), "SCSB", by="operator", n_boot=N_BOOT),
    },
    "score_index": {
        "plain": lambda: csi.score_index(tiny(), INDICATORS),
        "global": lambda: csi.score_index(tiny(), {"s1": 60, "s2": 46}, policy="global", missing="complete"),
        "by": lambda: csi.score_index(csi.load_sample("mobile"), MOBILE_INDICATORS, by="operator"),
        "bootstrap": lambda: csi.score_index(
            tiny(), INDICATORS, inference="bootstrap", n_boot=N_BOOT, method="percent_of_max"
        ),
        "none": lambda: csi.score_index(tiny(), INDICATORS, inference="none"),
    },
    "score_blend": {
        "plain": lambda: csi.score_blend(*pvc(), PVC_INDICATORS, policy="within_group"),
        "by": lambda: csi.score_blend(
            *pvc(), PVC_INDICATORS, policy="global", by="customer_class", attrition=-5, cap=100
        ),
        "bootstrap": lambda: csi.score_blend(
            *pvc(), PVC_INDICATORS, policy="global", inference="bootstrap", n_boot=N_BOOT, customer_weights="volume"
        ),
        "questionnaire": lambda: csi.score_blend(
            pvc()[0], None, None, {"quality": 60, "transport": 40}, inference="none"
        ),
    },
}

RESULTS |= collected("CONTRACT")


@cache
def made(function: str, case: str) -> tuple[csi.Result, ...]:
    answer = RESULTS[function][case]()
    return tuple(answer.results.values()) if isinstance(answer, csi.Study) else (answer,)


CASES = [(function, case) for function, cases in RESULTS.items() for case in cases]
every_result = pytest.mark.parametrize(("function", "case"), CASES, ids=[f"{f}-{c}" for f, c in CASES])
both_languages = pytest.mark.parametrize("language", ["en", "zh"])


def inferential() -> list[str]:
    """Public functions whose result carries standard errors, by their annotation."""
    found = []
    for name, module in csi._PUBLIC.items():
        thing = getattr(import_module(module), name)
        if inspect.isfunction(thing) and inspect.signature(thing).return_annotation in ("Result", "Study"):
            found.append(name)
    return found


def test_every_public_function_with_a_result_is_here() -> None:
    assert sorted(inferential()) == sorted(RESULTS)


@every_result
@pytest.mark.parametrize("level", [0.95, 0.8])
def test_tables_are_keys_then_estimates(function: str, case: str, level: float) -> None:
    for result in made(function, case):
        assert result.tables[0] == result.headline
        assert len(set(result.tables)) == len(result.tables)
        for name in result.tables:
            tidy = result.tidy(name, level)
            columns = list(tidy.columns)
            at = columns.index("estimate")
            expected = ["estimate", "std_error", "lower", "upper"]
            expected += ["p_value", "n"] if "p_value" in columns else ["n"]
            assert columns[at:] == expected
            assert set(columns[:at]) <= set(column_glossary())
            assert columns[:at], name
            assert not tidy.duplicated(columns[:at]).any()
            assert tidy["estimate"].notna().all()
            assert pd.api.types.is_integer_dtype(tidy["n"])
            assert (tidy["n"] >= 0).all()
            known = tidy["std_error"].notna()
            assert (tidy.loc[known, "lower"] <= tidy.loc[known, "upper"] + 1e-12).all()
            assert not any(str(round(100 * level)) in column for column in columns)


@every_result
def test_wider_level_gives_wider_intervals(function: str, case: str) -> None:
    for result in made(function, case):
        for name in result.tables:
            wide, narrow = result.tidy(name, 0.95), result.tidy(name, 0.8)
            known = (wide["std_error"] > 0).to_numpy()
            assert (wide["lower"][known] <= narrow["lower"][known] + 1e-12).all()
            assert (wide["upper"][known] >= narrow["upper"][known] - 1e-12).all()
            pd.testing.assert_series_equal(wide["estimate"], narrow["estimate"])


@every_result
def test_asking_changes_nothing(function: str, case: str) -> None:
    for result in made(function, case):
        before = result.tidy()
        mine = result.tidy()
        mine["estimate"] = 0.0
        pd.testing.assert_frame_equal(result.tidy(), before)
        with pytest.raises(dataclasses.FrozenInstanceError):
            result.notes = ()


@every_result
def test_glance_and_check_use_the_glossary(function: str, case: str) -> None:
    for result in made(function, case):
        glance = result.glance()
        assert len(glance) == 1
        assert set(glance.columns) <= set(column_glossary())
        check = result.check()
        assert list(check.columns) == ["check", "value", "rule", "ok", "meaning"]
        assert check["ok"].is_monotonic_increasing  # failures first


@both_languages
@every_result
def test_views_show_the_same_lines(function: str, case: str, language: str) -> None:
    with csi.use_language(language):
        for result in made(function, case):
            text, html = text_view(result), html_view(result)
            assert repr(result) == text
            assert result._repr_html_() == html
            bare = html.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&#x27;", "'")
            bare = bare.replace("&quot;", '"')
            for note in result.notes:
                assert str(note) in text
                assert str(note) in bare
            for line in result.checks:
                if not line.ok:
                    assert line.meaning in text
                    assert line.meaning in bare
            assert "0x" not in html
            assert all(note.code for note in result.notes)


@every_result
def test_numbers_do_not_speak_a_language(function: str, case: str) -> None:
    for result in made(function, case):
        english = {name: result.tidy(name) for name in result.tables}
        with csi.use_language("zh"):
            for name in result.tables:
                pd.testing.assert_frame_equal(result.tidy(name), english[name])
            assert text_view(result) != ""


@every_result
def test_covariance_belongs_to_the_standard_errors(function: str, case: str) -> None:
    for result in made(function, case):
        for name in result.tables:
            errors, covariance = result.tidy(name)["std_error"], result.covariance(name)
            assert covariance.shape == (len(errors),) * 2
            known = errors.notna().to_numpy()
            spread = np.sqrt(np.diag(covariance))
            np.testing.assert_allclose(spread[known], errors[known], rtol=2e-2, atol=1e-9)


@every_result
def test_a_contrast_of_one_row_is_that_row(function: str, case: str) -> None:
    for result in made(function, case):
        for name in result.tables:
            row = result.tidy(name).iloc[-1]
            keys = tuple(row[: row.index.get_loc("estimate")])
            alone = result.contrast({keys: 2.0}, table=name)
            assert float(alone) == pytest.approx(2 * row["estimate"])
            if np.isfinite(row["std_error"]):
                assert alone.std_error == pytest.approx(2 * row["std_error"], rel=1e-6, abs=1e-9)
            value = result.value(*keys, table=name)
            assert float(value) == row["estimate"]
            with pytest.raises(csi.OptionError):
                value - value
            with pytest.raises(csi.OptionError):
                value < value  # noqa: B015


@both_languages
@every_result
def test_wrong_names_list_what_exists(function: str, case: str, language: str) -> None:
    with csi.use_language(language):
        for result in made(function, case):
            with pytest.raises(csi.OptionError) as caught:
                result.tidy("nothing")
            assert all(name in str(caught.value) for name in result.tables)
            with pytest.raises(csi.OptionError) as caught:
                result.contrast({"nothing": 1})
            assert str(result.table().rows()[0][0]) in str(caught.value)
            for level in (0, 1, 95):
                with pytest.raises(csi.OptionError) as caught:
                    result.tidy(level=level)
                assert str(level) in str(caught.value)
            with pytest.raises(csi.OptionError):
                result.cite("word")


@every_result
def test_nothing_is_printed(function: str, case: str, capfd: pytest.CaptureFixture) -> None:
    RESULTS[function][case]()
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == ""


def design_frame() -> pd.DataFrame:
    frame = csi.load_sample("mobile").answers.iloc[:700]
    return frame.reset_index(drop=True)


def with_roles(frame: pd.DataFrame, **roles: str) -> csi.Survey:
    book = csi.load_sample("mobile").codebook
    none = dict.fromkeys(("weight", "strata", "cluster", "wave", "duration", "respondent"))
    book = dataclasses.replace(book, **(none | {"case": "operator", "missing_codes": {}} | roles))
    return csi.Survey.from_frame(frame, book, name="part")


CALLS: dict[str, Callable[[csi.Survey, str], object]] = {
    "score_kano": lambda survey, inference: csi.score_kano(
        survey,
        ["quality_network", "quality_service"],
        ["quality_products", "sat_overall"],
        answers=TEN,
        n_boot=N_BOOT,
        inference=inference,
    ),
    "score_quadrants": lambda survey, inference: csi.score_quadrants(
        survey, QUALITY, outcome="sat_overall", n_boot=N_BOOT, inference=inference
    ),
    "score_servqual": lambda survey, inference: csi.score_servqual(
        survey,
        ["expect_overall", "expect_needs"],
        ["quality_overall", "quality_needs"],
        dimensions={"A": ["quality_overall"], "B": ["quality_needs"]},
        n_boot=N_BOOT,
        inference=inference,
    ),
    "score_journey": lambda survey, inference: csi.score_journey(
        survey,
        ["quality_information", "complaint_handling", "recommend"],
        outcome="sat_overall",
        not_used=["blank"],
        n_boot=N_BOOT,
        inference=inference,
    ),
    "classify_disconfirmation": lambda survey, inference: csi.classify_disconfirmation(
        survey, "expect_overall", "quality_overall", n_boot=N_BOOT, inference=inference
    ),
    "derive_indicator_weights": lambda survey, inference: csi.derive_indicator_weights(
        survey,
        QUALITY,
        outcome="sat_overall",
        points=QUALITY,
        methods=["points", "regression", "entropy", "critic"],
        n_boot=N_BOOT,
        inference=inference,
    ),
    "score_fuzzy": lambda survey, inference: csi.score_fuzzy(
        survey, QUALITY, operator="min_sum", indicator_weights=[0.5, 0.3, 0.2], n_boot=N_BOOT, inference=inference
    ),
    "score_topsis": lambda survey, inference: csi.score_topsis(
        survey, CONTESTED, by="region", n_boot=N_BOOT, inference=inference
    ),
    "score_grey": lambda survey, inference: csi.score_grey(
        survey, CONTESTED, by="region", n_boot=N_BOOT, inference=inference
    ),
    "check_reliability": lambda survey, inference: csi.check_reliability(
        survey, QUALITY, n_boot=N_BOOT, inference=inference
    ),
    "check_factorability": lambda survey, inference: csi.check_factorability(
        survey, QUALITY, n_boot=N_BOOT, inference=inference
    ),
    "fit_factors": lambda survey, inference: csi.fit_factors(
        survey, [*QUALITY, *CONTESTED], n_factors=2, n_boot=N_BOOT, inference=inference
    ),
    "fit_drivers": lambda survey, inference: csi.fit_drivers(
        survey, "sat_overall", QUALITY, n_boot=N_BOOT, inference=inference
    ),
    "compare_importance": lambda survey, inference: csi.compare_importance(
        survey, "sat_overall", QUALITY, n_boot=N_BOOT, inference=inference
    ),
    "fit_importance": lambda survey, inference: csi.fit_importance(
        survey, "sat_overall", QUALITY, n_boot=N_BOOT, inference=inference
    ),
    "fit_icc": lambda survey, inference: csi.fit_icc(survey, QUALITY, n_boot=N_BOOT, inference=inference),
    "score_agreement": lambda survey, inference: csi.score_agreement(
        survey, QUALITY, n_boot=N_BOOT, inference=inference
    ),
    "fit_asymmetry": lambda survey, inference: csi.fit_asymmetry(
        survey, "sat_overall", QUALITY[:2], low=5, high=8, n_boot=N_BOOT, inference=inference
    ),
    "simulate_improvement": lambda survey, inference: csi.simulate_improvement(
        survey, "sat_overall", QUALITY, moves={"quality_network": 1}, n_boot=N_BOOT, inference=inference
    ),
    "fit_expectations": lambda survey, inference: csi.fit_expectations(
        survey,
        "sat_overall",
        expectation="expect_overall",
        performance="quality_overall",
        n_boot=N_BOOT,
        inference=inference,
    ),
    "fit_pls": lambda survey, inference: csi.fit_pls(survey, "SCSB", n_boot=N_BOOT, inference=inference),
    "compare_specifications": lambda survey, inference: csi.compare_specifications(
        survey, "SCSB", n_boot=N_BOOT, scheme=["path"], flagged=["keep"], weighting=["weighted"]
    ),
    "score_items": lambda survey, inference: csi.score_items(survey, "sat_overall", n_boot=N_BOOT, inference=inference),
    "check_responses": lambda survey, inference: csi.check_responses(survey),
    "compare_nonresponse": lambda survey, inference: csi.compare_nonresponse(
        survey, ["sat_overall"], late=np.arange(len(survey)) % 3 == 0
    ),
    "check_weights": lambda survey, inference: csi.check_weights(survey),
    "score_rate": lambda survey, inference: csi.score_rate(
        survey, ["sat_overall", "recommend"], satisfied=8, n_boot=N_BOOT, inference=inference
    ),
    "score_csat": lambda survey, inference: csi.score_csat(
        survey, "sat_overall", boxes=3, n_boot=N_BOOT, inference=inference
    ),
    "score_top_box": lambda survey, inference: csi.score_top_box(
        survey, "sat_overall", boxes=3, n_boot=N_BOOT, inference=inference
    ),
    "score_ces": lambda survey, inference: csi.score_ces(survey, "sat_overall", n_boot=N_BOOT, inference=inference),
    "score_mean": lambda survey, inference: csi.score_mean(survey, "sat_overall", n_boot=N_BOOT, inference=inference),
    "score_nps": lambda survey, inference: csi.score_nps(survey, "recommend", n_boot=N_BOOT, inference=inference),
    "compare_nps": lambda survey, inference: csi.compare_nps(
        survey, "recommend", by="operator", n_boot=N_BOOT, inference=inference
    ),
    "score_composite": lambda survey, inference: csi.score_composite(
        survey, "UKCSI", ["sat_overall", "sat_ideal"], n_boot=N_BOOT, inference=inference
    ),
    "score_kpi": lambda survey, inference: csi.score_kpi(
        survey, satisfaction="sat_overall", recommend="recommend", n_boot=N_BOOT, inference=inference
    ),
    "score_public_service": lambda survey, inference: csi.score_public_service(
        survey, rating="recommend", defaulted=None, level_scores=range(10, -1, -1), n_boot=N_BOOT, inference=inference
    ),
    "compare_target": lambda survey, inference: csi.compare_target(
        csi.score_rate(survey, "recommend", satisfied=8, n_boot=N_BOOT, inference=inference), 0.5
    ),
    "compare_equivalence": lambda survey, inference: csi.compare_equivalence(
        csi.score_mean(survey, "recommend", by="operator", n_boot=N_BOOT, inference=inference), 5
    ),
    "analyse_survey": lambda survey, inference: csi.analyse_survey(survey, "SCSB", n_boot=N_BOOT, inference=inference),
    "score_index": lambda survey, inference: csi.score_index(
        survey, MOBILE_INDICATORS, inference=inference, n_boot=N_BOOT
    ),
    "score_blend": blended,
}

CALLS |= collected("DESIGNED")


def takes_inference(function: str) -> bool:
    """Whether a function lets its user choose the inference, by name or among its options."""
    parameters = inspect.signature(getattr(csi, function)).parameters
    return "inference" in parameters or "options" in parameters


@pytest.mark.parametrize("role", ["weight", "strata", "cluster"])
@pytest.mark.parametrize("inference", ["bootstrap", "linearised", "normal"])
@pytest.mark.parametrize("function", list(RESULTS))
def test_a_design_is_honoured_or_refused(function: str, role: str, inference: str) -> None:
    """Declaring weights, strata or clusters changes the standard errors, or the call raises; weights move estimates.

    Results without any standard error are facts about the sample; whether a function gives such is seen from its table.
    """
    first = next(iter(inspect.signature(getattr(csi, function)).parameters))
    if not first.startswith(("survey", "questionnaire")):
        return  # it takes no respondents, so there is no design to honour
    frame = design_frame()
    column = {"weight": "weight", "strata": "region", "cluster": "interviewer"}[role]

    def errors(survey: csi.Survey) -> tuple[np.ndarray, np.ndarray]:
        answer = CALLS[function](survey, inference)
        fit = answer.fit if isinstance(answer, csi.Study) else answer
        tidy = fit.tidy("index") if "index" in fit.tables else fit.tidy()
        return tidy["estimate"].to_numpy(), tidy["std_error"].to_numpy()

    plain, declared = with_roles(frame), with_roles(frame, **{role: column})
    try:
        estimate, error = errors(plain)
    except csi.OptionError as problem:
        if (problem.code, problem.values.get("option")) != ("unknown_option", "inference"):
            raise
        return
    if np.isnan(error).all():
        return
    if inference == "normal" and role != "weight" and takes_inference(function):
        with pytest.raises(csi.OptionError, match="normal"):
            errors(declared)
        return
    other_estimate, other_error = errors(declared)
    assert (np.abs(other_error - error) > 1e-9).all()
    if role == "weight":
        assert (np.abs(other_estimate - estimate) > 1e-6).all()
    else:
        np.testing.assert_allclose(other_estimate, estimate, rtol=0, atol=1e-9)


def test_the_glossary_says_what_every_column_is() -> None:
    for name, entry in column_glossary().items():
        assert set(entry) == {"type", "unit", "en", "zh"}, name
        assert entry["type"] in {"text", "number", "integer", "boolean"}, name
        assert entry["en"], name
        assert entry["zh"], name


def test_an_estimate_acts_as_a_float() -> None:
    value = made("fit_pls", "survey")[0].value("Satisfaction")
    assert value * 2 == 2 * value == 2 * float(value)
    assert value / 2 == float(value) / 2
    assert value - 1 == float(value) - 1
    assert -value == -float(value)
    assert round(value, 1) == round(float(value), 1)
    assert value > 0
    assert not value < 0


def test_pairs_of_rows_have_a_symmetric_covariance() -> None:
    covariance = made("fit_pls", "by")[0].covariance()
    for a, b in itertools.islice(itertools.combinations(covariance.index, 2), 20):
        assert covariance.loc[a, b] == pytest.approx(covariance.loc[b, a])
