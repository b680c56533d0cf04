"""draft_codebook: what can be known is filled in, what has to be decided stays open and is named."""

from __future__ import annotations

import pytest

import csi
from csi.drafts import draft_text, open_items


def ratings(*names: str) -> csi.Survey:
    columns = {name: [(3 * i + j) % 5 + 1 for i in range(12)] for j, name in enumerate(names)}
    return csi.Survey.from_frame(columns, name="shop")


def constructs(survey: csi.Survey, model: object = None) -> dict[str, str | None]:
    return {name: item.construct for name, item in csi.draft_codebook(survey, model).items.items()}


def test_names_of_public_data_are_known(shared):
    survey = csi.read_csv(shared / "data" / "mobi.csv")
    book = csi.draft_codebook(survey, "ECSI_2005")
    sizes = {name: len(items) for name, items in book.constructs().items()}
    assert sizes == {
        "Image": 5, "Expectation": 3, "Quality": 7, "Value": 2, "Satisfaction": 3, "Complaints": 1, "Loyalty": 3,
    }  # fmt: skip
    assert not any(item.reversed for item in book.items.values())  # mobi is stored already turned round


def test_the_sample_drafted_from_bare_columns_is_its_own_codebook_again():
    sample = csi.load_sample("mobile")
    book = csi.draft_codebook(csi.Survey.from_frame(sample.answers, name="bare"))
    wanted = sample.codebook.items
    for name, item in book.items.items():
        if name in wanted and wanted[name].construct:
            assert item.construct == wanted[name].construct
            assert item.reversed == wanted[name].reversed
    assert book.roles == {
        "weight": "weight", "case": "operator", "wave": "wave", "duration": "seconds", "respondent": "id",
    }  # fmt: skip
    bare = csi.Survey.from_frame(sample.answers, name="bare")
    assert "# ? cluster: interviewer?" in draft_text(book, survey=bare)  # offered, not decided
    assert csi.analyse_survey(sample.with_codebook(sample.codebook), "SCSB", n_boot=0).model.names


@pytest.mark.parametrize(
    ("question", "construct"),
    [
        ("总体来说，您对本店满意吗？", "Satisfaction"),
        ("您会向亲友推荐本店吗？", "Loyalty"),
        ("服务人员的态度如何？", "Quality"),
        ("就价格而言，性价比如何？", "Value"),
        ("您投诉过吗？", "Complaints"),
        ("到店之前您的预期有多高？", "Expectation"),
        ("How satisfied are you overall?", "Satisfaction"),
        ("Would you recommend us?", "Loyalty"),
        ("This company is innovative.", "Image"),
        ("您喜欢蓝色吗？", None),
        ("您对价格满意吗？会推荐吗？", None),  # three constructs in one question: for a person to decide
    ],
)
def test_wording_names_a_construct_only_where_it_is_clear(question, construct):
    assert list(constructs(ratings(f"3、{question}")).values()) == [construct]


def test_a_question_worded_like_the_catalogue_brings_its_direction():
    survey = ratings("根据您的实际体验，这家银行的产品和服务出现问题的频率有多高？")
    (item,) = csi.draft_codebook(survey).items.values()
    assert (item.construct, item.reversed) == ("Quality", True)


def test_a_model_limits_what_is_suggested():
    survey = ratings("满意吗", "会推荐吗", "CUSA1")
    own = "Satisfaction =~ CUSA1; Satisfaction ~ Loyal"
    assert constructs(survey, own) == {"满意吗": "Satisfaction", "会推荐吗": None, "CUSA1": "Satisfaction"}


def test_what_the_codebook_says_is_kept():
    survey = csi.load_sample("tiny")
    assert csi.draft_codebook(survey) == survey.codebook


def test_text_reads_back_and_marks_what_is_open():
    survey = ratings("满意吗", "q2", 'it\'s: [odd] "name"', "一个" * 80)
    book = csi.draft_codebook(survey)
    assert open_items(book) == ("q2", 'it\'s: [odd] "name"', "一个" * 80)
    for language in ("en", "zh"):
        with csi.use_language(language):
            text = draft_text(book)
        assert csi.Codebook.from_yaml(text) == book
        lines = text.splitlines()
        marks = [i for i, line in enumerate(lines) if line.startswith("  # ") and "construct" in line]
        assert [lines[i + 1].strip(" '\"?")[:4] for i in marks][:2] == ["q2: ", "it''"]
        assert "Satisfaction" in lines[2] + lines[3]  # the constructs there are to choose from
    assert "TODO" not in text


def test_private_columns_stay_private():
    survey = csi.Survey.from_frame({"满意吗": [1, 2, 3, 4, 5, 3], "手机号": [f"1390000000{i}" for i in range(6)]})
    book = csi.draft_codebook(survey)
    assert book.private == ("手机号",)
    assert "139" not in draft_text(book)


def test_only_a_survey_is_drafted():
    with pytest.raises(csi.DataError, match=r"csi\.as_survey"):
        csi.draft_codebook([1])
    with pytest.raises(csi.ModelError, match="ECSI_2005"):
        csi.draft_codebook(ratings("a"), "ECSII")
