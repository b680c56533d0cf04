"""A study is a list of sections that know when their data are there: any survey has a page and an answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_report import Page, wrong_cells

import csi
from csi.report.html import report_page
from csi.study.asked import Asked
from csi.study.sections import NAMES, SECTIONS

SAMPLES = csi.list_samples()["name"].tolist()


def company(n: int = 240) -> pd.DataFrame:
    """An ordinary company survey: one mood behind four ratings, a group, a comment, a telephone number."""
    rng = np.random.default_rng(10)
    mood = rng.normal(size=n)

    def rated(weight: float) -> np.ndarray:
        return np.clip(np.round(3.6 + weight * mood + rng.normal(size=n) * 0.7), 1, 5).astype(int)

    frame = pd.DataFrame(
        {name: rated(weight) for name, weight in (("服务态度", 0.8), ("响应速度", 0.6), ("价格", 0.2))}
    )
    overall = 0.6 * frame["服务态度"] + 0.3 * frame["响应速度"] + 0.1 * frame["价格"] + rng.normal(size=n) * 0.4
    frame.insert(0, "总体满意度", np.clip(np.round(overall), 1, 5).astype(int))
    frame["推荐意愿"] = np.clip(np.round(7 + 2 * mood + rng.normal(size=n)), 0, 10).astype(int)
    frame["门店"] = rng.choice(["东店", "西店", "南店"], n)
    frame["您的手机号码"] = [f"139{i:08d}" for i in range(n)]
    frame["意见"] = [f"第{i}条意见，电话13812345678，邮箱 a{i}@b.cn" for i in range(n)]
    return frame


@pytest.fixture(scope="module")
def firm() -> csi.Study:
    return csi.analyse_survey(csi.Survey.from_frame(company(), name="firm"), by="门店")


def test_an_ordinary_company_survey_has_its_sections(firm):
    assert firm.sections == ("groups", "rates", "items", "drivers", "comments")
    assert firm.headline.kind == "question"
    assert firm.headline.label == "总体满意度"
    scores = (company()["总体满意度"] - 1) / 4 * 100
    assert float(firm.answer) == pytest.approx(scores.mean())
    assert firm.results["nps"].tidy()["n"].tolist() == [240]
    assert {"group_answer", "compared", "group_nps", "importance", "quadrants"} <= set(firm.results)


def test_what_moves_the_outcome_is_found(firm):
    shares = firm.results["importance"].tidy("importance_shares").set_index("term")["estimate"]
    assert shares.idxmax() == "服务态度"
    assert shares["价格"] < shares["响应速度"]
    assert "推荐意愿" not in shares.index, "what customers mean to do follows from satisfaction"


def test_what_to_begin_with_is_surely_important_and_weak():
    study = csi.analyse_survey(csi.load_sample("drivers"))
    labels = csi.list_labels(study.results["quadrants"])
    weak = labels[labels["kind"] == "concentrate_here"]
    assert study.begin_with[0] == "report.begin_unsure"
    assert {study.wording(item).rstrip("?") for item in weak["item"]} <= set(study.begin_with[1])
    surely = pd.DataFrame({"staff": [5, 4, 5, 5, 4, 5] * 40, "speed of service": [1, 2, 3, 1, 2, 3] * 40})
    rng = np.random.default_rng(3)
    surely["overall satisfaction"] = np.clip(surely["speed of service"] + rng.integers(0, 2, 240), 1, 5)
    study = csi.analyse_survey(csi.Survey.from_frame(surely, scale=(1, 5)))
    assert study.begin_with == ("report.begin_sure", ["speed of service"])
    assert "speed" in study.priority_line()


def test_groups_are_compared_with_adjusted_p_values(firm):
    frame, survey = company(), firm.survey
    table = firm.results["compared"].tidy("answer_differences").set_index(["group", "other_group"])
    scores = ((frame["总体满意度"] - 1) / 4 * 100).groupby(frame["门店"]).mean()
    for (one, other), row in table.iterrows():
        assert row["estimate"] == pytest.approx(scores[one] - scores[other])
    alone = csi.score_items(survey, ["总体满意度"], statistic="score", by="门店")
    single = {
        pair: alone.contrast({(pair[0], "总体满意度"): 1, (pair[1], "总体满意度"): -1}).p_value for pair in table.index
    }
    order = sorted(single, key=single.get)
    expected, highest = {}, 0.0
    for i, pair in enumerate(order):  # Holm by hand
        highest = max(highest, min(1.0, single[pair] * (len(order) - i)))
        expected[pair] = highest
    assert table["p_value"].to_dict() == pytest.approx(expected)
    ranks = firm.results["compared"].tidy("answer_ranks").set_index("group")
    assert ranks["estimate"].to_dict() == scores.rank(ascending=False).to_dict()
    assert ((ranks["lower"] <= ranks["estimate"]) & (ranks["estimate"] <= ranks["upper"])).all()


def test_clearly_different_groups_have_ranks_of_their_own():
    frame = company(600)
    frame.loc[frame["门店"] == "南店", "总体满意度"] = np.clip(frame["总体满意度"] - 2, 1, 5)
    study = csi.analyse_survey(csi.Survey.from_frame(frame), by="门店")
    ranks = study.results["compared"].tidy("answer_ranks").set_index("group")
    assert ranks.loc["南店", ["lower", "upper"]].tolist() == [3, 3]


@pytest.mark.usefixtures("plain_pictures")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_comments_are_masked_and_private_columns_never_shown(firm, language):
    page = report_page(firm, language)
    assert "条意见" in page
    assert "•••" in page
    for secret in ("13812345678", "@b.cn", "手机号码", "1390000"):
        assert secret not in page
    counts = firm.results["comments"].tidy().set_index("term")["estimate"]
    assert counts.to_dict() == {"written": 240, "distinct": 240}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_becomes_a_page_whose_numbers_are_cells(name, request):
    if name == "mobile":  # its pictures, and how large they are, are looked at in test_report
        request.getfixturevalue("plain_pictures")
    survey = csi.load_sample(name)
    study = csi.analyse_survey(survey, by=survey.codebook.case, n_boot=50)
    text = report_page(study, "en")
    assert wrong_cells(study, Page(text)) == []
    assert len(text.encode()) < 3e6
    assert study.answer_line()


def test_the_answer_is_the_first_that_the_survey_allows():
    kinds = {
        name: getattr(csi.analyse_survey(csi.load_sample(name), n_boot=0).headline, "kind", None) for name in SAMPLES
    }
    assert kinds == {
        "app_kano": None, "drivers": "question", "expectations": "question", "hotel": "question", "mobile": "model",
        "pvc_complaints": None, "pvc_customers": "tree", "pvc_visits": "battery", "service_hall": "question",
        "tiny": "question",
    }  # fmt: skip


def test_the_printed_method_of_questionnaire_visits_and_complaints_has_a_page():
    customers, visits, log = (csi.load_sample(f"pvc_{name}") for name in ("customers", "visits", "complaints"))
    study = csi.analyse_survey(customers, visits=visits, complaints=log)
    alone = csi.score_blend(customers, visits, log, dict(customers.codebook.tree), policy="within_group")
    assert study.headline.kind == "blend"
    assert float(study.answer) == float(alone.value("final"))
    assert "tree_sums" in [line.check for _, line in study.main_failures]
    assert wrong_cells(study, Page(report_page(study))) == []
    answers = visits.answers
    answers["firm"] = ["X" + firm for firm in answers["firm"]]
    strange = csi.Survey.from_frame(answers, visits.codebook, name="visits")
    with pytest.raises(csi.DataError, match="none of the 60 customers"):
        csi.analyse_survey(customers, visits=strange)


def test_records_dated_ahead_are_named():
    customers, visits, log = (csi.load_sample(f"pvc_{name}") for name in ("customers", "visits", "complaints"))
    ahead = log.answers
    ahead["date"] = ["2999-01-01", *ahead["date"].astype(str).tolist()[1:]]
    study = csi.analyse_survey(customers, visits=visits, complaints=csi.Survey.from_frame(ahead, log.codebook))
    (remark,) = [str(one) for one in study.notes if one.code == "records_ahead"]
    assert "1 records" in remark
    assert "2999-01-01" in remark


def test_ratings_that_a_rule_filled_in_are_no_opinion():
    hall = csi.load_sample("service_hall")
    study = csi.analyse_survey(hall)
    answers = hall.answers
    own = answers.loc[(answers["defaulted"] != 1) & answers["rating"].notna(), "rating"]
    assert float(study.answer) == pytest.approx((own - 1).mean() / 4 * 100)
    assert study.answer.n == len(own)


def test_a_section_that_is_asked_for_says_what_it_needs():
    frame = company()
    with pytest.raises(csi.OptionError) as caught:
        csi.analyse_survey(csi.Survey.from_frame(frame), sections="kanoo")
    assert all(name in str(caught.value) for name in NAMES)
    for section in ("kano", "servqual", "blend", "tree", "model", "waves", "public_service", "groups"):
        for language in ("en", "zh"):
            with csi.use_language(language), pytest.raises(csi.DataError) as caught:
                csi.analyse_survey(csi.Survey.from_frame(frame), sections=[section])
            assert section in str(caught.value)
    study = csi.analyse_survey(csi.Survey.from_frame(frame), sections=["rates"])
    assert study.sections == ("rates",)
    assert "items" not in study.results


def test_every_section_is_made_for_some_sample():
    made = set()
    for name in SAMPLES:
        survey = csi.load_sample(name)
        made |= set(csi.analyse_survey(survey, by=survey.codebook.case, n_boot=0).sections)
    assert made | {"blend"} == {one.name for one in SECTIONS}


def test_the_number_of_one_person_is_shown_nowhere_as_sure():
    study = csi.analyse_survey(csi.Survey.from_frame({"overall satisfaction": [5, 5], "staff": [4, 5]}))
    assert study.answer.upper == 100
    assert study.answer.lower < 50


def test_what_questions_are_for():
    asked = Asked(csi.Survey.from_frame(company()))
    assert asked.overall == "总体满意度"
    assert asked.recommend == ("推荐意愿",)
    assert asked.drivers("总体满意度") == ("服务态度", "响应速度", "价格")
    assert asked.battery == ("总体满意度", "服务态度", "响应速度", "价格")
    hotel = Asked(csi.load_sample("hotel"))
    assert hotel.expected[0] == "e01"
    assert hotel.perceived[-1] == "p22"
    assert set(hotel.points) == {"Tangibles", "Reliability", "Responsiveness", "Assurance", "Empathy"}
    kano = Asked(csi.load_sample("app_kano"))
    assert len(kano.functional) == len(kano.dysfunctional) == len(kano.stated) == 12
    assert kano.battery == ()


# -- any Result as a page


def test_a_result_becomes_a_page(tmp_path):
    tiny = csi.load_sample("tiny")
    rate, scores = csi.score_nps(tiny, "l1"), csi.score_items(tiny)
    page = csi.write_report(rate, tmp_path / "nps.html").read_text(encoding="utf-8")
    assert f"{float(rate.value('l1')):.1f}" in page
    both = csi.write_report([rate, scores], tmp_path / "both.html").read_text(encoding="utf-8")
    assert str(rate.title).replace("'", "&#39;") in both
    assert str(scores.title).replace("'", "&#39;") in both
    assert (tmp_path / "both-tables.xlsx").exists()
    for wrong in (5, "x", [], [rate, 5], None):
        with pytest.raises(csi.DataError, match="are written of"):
            csi.write_report(wrong, tmp_path / "wrong.html")
    assert not (tmp_path / "wrong.html").exists()
