"""Columns of the same answer words are read as one question would be: nobody's step is invented, none is lost."""

import pytest

import csi


def scales(columns):
    survey = csi.Survey.from_frame(columns)
    return {name: item.scale for name, item in survey.codebook.items.items()}, survey


def test_a_step_that_one_row_lacks_is_there_by_the_others():
    words = ["Not important", "Rather unimportant", "Rather important", "Very important"]
    lacking = [words[1]] * 5 + [words[2]] * 11 + [words[3]] * 39
    found, survey = scales(
        {"goal [a]": (words * 14)[:55], "goal [b]": lacking, "goal [c]": words[:1] * 3 + lacking[3:]}
    )
    assert {str(scale) for scale in found.values()} == {"1-4"}
    assert survey.answers["goal [b]"].value_counts().to_dict() == {4.0: 39, 3.0: 11, 2.0: 5}
    assert not [doubt for doubt in survey.doubts if doubt.code == "ladder_lacking"]


def test_a_step_that_nobody_chose_anywhere_is_named():
    words = ["Disagree", "Neutral", "Agree", "Strongly agree"]
    found, survey = scales({"q": words * 5})
    assert str(found["q"]) == "1-5"
    (doubt,) = [doubt for doubt in survey.doubts if doubt.code == "ladder_lacking"]
    assert "trongly disagree" in str(doubt)


def test_a_word_of_many_columns_that_no_ladder_knows_makes_none_a_rating():
    words = ["Sehr wichtig", "Wichtig", "Ziemlich egal", "Unwichtig"]
    rare = words[:1] * 40 + words[1:2] * 12 + words[2:3]
    found, survey = scales({"k [a]": words * 13 + words[:1], "k [b]": rare})
    assert found == {"k [a]": None, "k [b]": None}
    assert survey.answers["k [b]"].nunique() == 3


def test_two_ladders_in_one_file_keep_their_lengths():
    five = ["Nunca", "Algunas veces al Año", "Algunas veces al Mes", "Algunas veces a la Semana", "Diariamente"]
    seven = [*five[:2], "Una vez por Mes", five[2], "Una vez por Semana", *five[3:]]
    columns = {f"{i}. (MBI) a{i}": (five * 12)[:54] for i in range(1, 5)}
    columns["5. (MBI) b"] = (five[1:] * 14)[:54]
    columns |= {f"{i}. (UWES) c{i}": (seven * 8)[:54] for i in range(6, 9)}
    found, _ = scales(columns)
    assert [str(scale) for scale in found.values()] == ["1-5"] * 5 + ["1-7"] * 3


@pytest.mark.parametrize("order", [1, -1])
def test_words_decide_where_the_numbers_beside_them_are_out_of_order(order):
    cells = ["Strongly disagree (1)", "Disagree (2)", "Somewhat disagree (3)", "Neutral (4)", "Somewhat agree (8)",
             "Agree (5)", "Strongly agree (7)"][::order]  # fmt: skip
    _, survey = scales({"q": cells * 4})
    assert survey.answers["q"].head(7).tolist() == [1, 2, 3, 4, 5, 6, 7][::order]


def test_numbers_in_brackets_whose_ends_carry_words_are_ratings():
    cells = ["(1) No goals", "(2)", "(3)", "(4)", "(5)", "(6)", "(7) Very clear goals"]
    found, survey = scales({"Right now, I have": cells * 3})
    assert str(found["Right now, I have"]) == "1-7"
    assert survey.answers["Right now, I have"].head(7).tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_a_heading_that_names_a_group_does_not_hide_a_ladder():
    cells = [f"{word} ({i})" for i, word in enumerate(("Disagree", "Neutral", "Agree", "Strongly agree"), start=2)]
    found, _ = scales({"I feel satisfied [with my job]": ["Strongly disagree (1)", *cells] * 6})
    assert str(found["I feel satisfied [with my job]"]) == "1-5"


def test_degrees_after_the_word():
    words = ["Disagree completely", "Rather disagree", "Rather agree", "Agree completely"]
    found, survey = scales({"q": words * 20})
    assert str(found["q"]) == "1-4"
    assert survey.answers["q"].head(4).tolist() == [1, 2, 3, 4]


def test_answers_and_headings_in_two_languages():
    words = ["Tres Mauvais / Very Bad", "Mauvais / Bad", "Bon / Good", "Tres bon /Very Good", "Excellent /Excellent"]
    columns = {f"Zoom [{i}]": [*words[i % 2 :], "je ne sais pas/ I don't know"] * 9 for i in range(2)}
    size = min(map(len, columns.values()))
    columns = {name: cells[:size] for name, cells in columns.items()}
    columns["Nom & Post-nom /Firstname and Surname"] = [f"P{i} Q{i}" for i in range(size)]
    found, survey = scales(columns)
    assert [str(found[f"Zoom [{i}]"]) for i in range(2)] == ["1-5", "1-5"]
    assert set(survey.reasons["Zoom [0]"]) == {0, csi.data.codebook.REASONS.index("dont_know")}
    assert survey.codebook.private == ("Nom & Post-nom /Firstname and Surname",)


def test_two_words_of_a_longer_ladder_are_categories():
    found, _ = scales({"q": ["Often", "Seldom"] * 40})
    assert found == {"q": None}


def test_another_wording_of_the_middle_is_not_lost():
    words = ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"]
    columns = {f"Q33 [{i}]": (words * 14)[:60] for i in range(12)}
    columns["Q36"] = ([*words[:2], "Neither dissatisfied nor satisfied", *words[3:]] * 14)[:60]
    found, survey = scales(columns)
    assert {str(scale) for scale in found.values()} == {"1-5"}
    assert survey.answers["Q36"].tolist() == survey.answers["Q33 [0]"].tolist()
