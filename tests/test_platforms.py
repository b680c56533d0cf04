"""What the formats of survey platforms and statistics programs say about a file: a test per fact."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pandas as pd
import platform_fixtures as made
import pytest
from platform_fixtures import codes, column, table

from csi.data.raw import compact
from csi.data.readers import google_forms, limesurvey, qualtrics, surveymonkey, tencent
from csi.data.readers.platform_columns import Column, clean, common_stem
from csi.data.readers.several_answers import as_choices, as_ranks, joined_options
from csi.data.readers.statistics import export_parquet, export_spss, export_stata
from csi.errors import CsiError

READERS = {
    "qualtrics": qualtrics,
    "surveymonkey": surveymonkey,
    "google_forms": google_forms,
    "limesurvey": limesurvey,
    "tencent": tencent,
}
EXPORTS = {
    "qualtrics": [made.qualtrics(), made.qualtrics("zh"), made.old_qualtrics()],
    "surveymonkey": [made.surveymonkey(), made.surveymonkey(expanded=False)],
    "google_forms": [made.google(), made.google("zh")],
    "limesurvey": [made.limesurvey(form) for form in ("code", "r", "spss", "es", "de", "both")],
    "tencent": [made.tencent()],
    None: [
        made.wenjuanxing(),
        [["sat", "price", "comment"], [1, 2, "good"], [2, 3, "bad"]],
        [["Timestamp", "temperature"], ["1700000001", "20.5"], ["1700000002", "20.6"]],
        [["id", "startdate", "Status", "sat"], [1, "2026-01-01", "ok", 5]],
        [["Q1", "Q2"], ["Response", "text"], ["1", "2"]],
    ],
}


def reader(name):
    return READERS[name]


@pytest.mark.parametrize(("name", "rows"), [(name, rows) for name, all_rows in EXPORTS.items() for rows in all_rows])
def test_a_file_is_recognised_by_its_own_reader_alone(name, rows):
    found = [own for own, module in READERS.items() if module.recognise(table(*rows)) is not None]
    assert found == ([name] if name else [])


@pytest.mark.parametrize(("name", "rows"), [(name, rows) for name in READERS for rows in EXPORTS[name]])
def test_an_export_is_whole(name, rows):
    """Headings are unique, everything said is about a column that is there, and it says how it knew."""
    export = reader(name).export(table(*rows))
    names = export.table.headings
    assert export.source == name
    assert str(export.how)
    assert len(set(names)) == len(names) == len(export.table.columns)
    assert all(names)
    said = {*export.texts, *export.stems, *export.items, *export.missing, *export.system, *export.private}
    assert said | set(export.roles.values()) <= set(names)
    assert {len(cells) for cells in export.table.columns} == {len(export.table)}
    assert not set(export.items) & set(export.system)


# --- Qualtrics ---------------------------------------------------------------------------------------------------


@pytest.fixture
def shop():
    return qualtrics.export(table(*made.qualtrics()))


def test_qualtrics_heading_rows_are_no_respondents(shop):
    assert len(shop.table) == 10  # twelve, a preview and a spam answer
    assert shop.table.line == 4
    assert column(shop, "ResponseId")[:4] == ["R_00000", "R_00001", "R_00002", "R_00004"]
    assert "heading_rows" in codes(shop.table.notes)


def test_qualtrics_previews_and_spam_are_counted(shop):
    note = next(note for note in shop.table.notes if note.code == "rows_not_sent")
    assert (note.values["count"], note.values["left"]) == (2, 10)


@pytest.mark.parametrize("word", ["Survey Preview", "Spam", "调查预览"])
def test_qualtrics_status_in_words(word):
    rows = made.qualtrics(preview=(), spam=())
    for i, row in enumerate(rows[3:]):
        row[2] = word if i == 4 else "IP Address"
    assert len(qualtrics.export(table(*rows)).table) == 11


def test_qualtrics_file_of_previews_alone_is_kept():
    export = qualtrics.export(table(*made.qualtrics(preview=tuple(range(12)), spam=())))
    assert len(export.table) == 12
    assert "only_previews" in codes(export.table.notes)


def test_qualtrics_wording_is_one_line_without_html(shop):
    assert shop.stems["Q1_1"] == shop.stems["Q1_2"] == "How satisfied are you with our shop ?"
    assert (shop.texts["Q1_1"], shop.texts["Q1_2"]) == ("Price", "Staff")
    assert shop.texts["Q2"] == "How likely are you to recommend us?"


def test_qualtrics_wording_in_chinese():
    export = qualtrics.export(table(*made.qualtrics("zh")))
    assert (export.stems["Q1_1"], export.texts["Q1_1"]) == ("您对本店满意吗？", "价格")
    assert export.stems["Q3_1"] == "何处？", "the words for Selected Choice are not needed"
    assert len(export.table) == 10


def test_qualtrics_seen_but_not_answered(shop):
    assert shop.missing == {"Q1_1": {-99: "blank"}}


def test_qualtrics_several_answers(shop):
    assert [shop.items[f"Q3_{i}"].kind for i in (1, 2, 3)] == ["multiple"] * 3
    assert column(shop, "Q3_1")[:4] == [None, 1, 0, 0]
    assert column(shop, "Q3_2")[:4] == [None, 1, 1, 1]
    assert (shop.stems["Q3_1"], shop.texts["Q3_1"]) == ("Where?", "Web")


def test_qualtrics_several_answers_with_minus_99_for_not_chosen():
    rows = made.qualtrics(preview=(), spam=())
    for row in rows[3:]:
        row[15:18] = [cell or -99 for cell in row[15:18]]
    export = qualtrics.export(table(*rows))
    assert column(export, "Q3_1")[:3] == [0, 1, 0]
    assert "Q3_1" not in export.missing


def test_qualtrics_text_beside_an_option_is_text(shop):
    assert shop.items["Q3_3_TEXT"].kind == "text"
    assert "Q4" not in shop.items, "a question of text alone may hold numbers: evidence decides"


def test_qualtrics_columns_of_the_platform(shop):
    assert set(shop.system) == set(made.META)
    assert set(shop.private) == {"IPAddress", "RecipientEmail", "LocationLatitude"}
    assert shop.roles == {"duration": "Duration (in seconds)", "respondent": "ResponseId"}


def test_qualtrics_trailing_empty_column_is_left_out(shop):
    assert shop.table.headings[-1] == "Q4"


def test_qualtrics_question_called_status_is_a_question():
    rows = [
        ["ResponseId", "Status"],
        ["Response ID", "Your status?"],
        ['{"ImportId":"_recordId"}', '{"ImportId":"QID9"}'],
    ]
    export = qualtrics.export(table(*rows, ["R_1", "1"], ["R_2", "2"]))
    assert export.system == ("ResponseId",)
    assert len(export.table) == 2


def test_qualtrics_without_the_third_row():
    rows = made.qualtrics()
    export = qualtrics.export(table(*rows[:2], *rows[3:]))
    assert (len(export.table), export.how.code) == (10, "qualtrics_by_columns")
    assert export.texts["Q1_1"] == "Price"
    assert [export.items[f"Q3_{i}"].kind for i in (1, 2, 3)] == ["multiple"] * 3


def test_qualtrics_with_the_names_alone():
    rows = made.qualtrics()
    export = qualtrics.export(table(rows[0], *rows[3:]))
    assert (len(export.table), export.table.line) == (10, 2)


def test_qualtrics_with_the_import_ids_alone_below_the_names():
    rows = made.qualtrics()
    export = qualtrics.export(table(rows[0], *rows[2:]))
    assert len(export.table) == 10
    assert set(export.system) == set(made.META)


def test_qualtrics_with_the_import_ids_as_heading():
    rows = made.qualtrics()
    export = qualtrics.export(table(*rows[2:]))
    assert len(export.table) == 10
    assert {"QID1_1", "QID2"} <= set(export.table.headings)
    assert export.roles["respondent"] == "_recordId"


def test_old_qualtrics_has_two_heading_rows():
    export = qualtrics.export(table(*made.old_qualtrics()))
    assert len(export.table) == 6
    assert export.texts["Q1"] == "Overall, how satisfied are you?"
    assert set(export.private) == {"Name", "ExternalDataReference", "EmailAddress", "IPAddress"}
    assert export.roles["respondent"] == "ResponseID"


def test_qualtrics_several_answers_in_one_cell():
    rows = [["ResponseId", "Q5"], ["Response ID", "Which?"], ['{"ImportId":"_recordId"}', '{"ImportId":"QID5"}']]
    cells = ["1,3", "1", "3", "1,2", "2,3", "", "-99", "1,2,3"]
    export = qualtrics.export(table(*rows, *([f"R_{i}", cell] for i, cell in enumerate(cells))))
    assert column(export, "Q5_1") == [1, 1, 0, 1, 0, None, None, 1]
    assert column(export, "Q5_3") == [1, 0, 1, 0, 1, None, None, 1]


def test_qualtrics_times_on_a_page_are_no_questions():
    names = ["ResponseId", "Q6_First Click", "Q6_Page Submit", "Q7_DO"]
    ids = ["_recordId", "QID6_FIRST_CLICK", "QID6_PAGE_SUBMIT", "QID7_DO"]
    rows = [names, names, [f'{{"ImportId":"{key}"}}' for key in ids], ["R_1", "1.5", "9.5", "1|2"]]
    assert set(qualtrics.export(table(*rows)).system) == set(names)


# --- SurveyMonkey ------------------------------------------------------------------------------------------------


def test_surveymonkey_second_row_is_no_respondent():
    export = surveymonkey.export(table(*made.surveymonkey()))
    assert (len(export.table), export.table.line) == (8, 3)


def test_surveymonkey_question_fills_the_blank_headings():
    export = surveymonkey.export(table(*made.surveymonkey()))
    names = ["How satisfied are you? [Price]", "How satisfied are you? [Staff]"]
    assert [export.stems[name] for name in names] == ["How satisfied are you?"] * 2
    assert [export.texts[name] for name in names] == ["Price", "Staff"]
    assert "How likely would you recommend us?" in export.table.headings
    assert export.table.headings[-1] == "How likely would you recommend us?"


def test_surveymonkey_headings_that_pandas_made_up_are_blank():
    rows = made.surveymonkey()
    rows[0] = [name or f"Unnamed: {i}" for i, name in enumerate(rows[0])]
    assert surveymonkey.export(table(*rows)).table.headings[10] == "How satisfied are you? [Staff]"


def test_surveymonkey_options_are_several_answers():
    export = surveymonkey.export(table(*made.surveymonkey()))
    web, shop, other = (f"Which did you use? [{option}]" for option in ("Web", "Shop", "Other (please specify)"))
    assert (export.items[web].kind, export.items[shop].kind, export.items[other].kind) == (
        "multiple",
        "multiple",
        "text",
    )
    assert column(export, web) == [None, 1, 0, 1, 0, 1, None, 1]
    assert not [name for name in export.items if "satisfied" in name], "words of a matrix are judged by evidence"


def test_surveymonkey_ids_and_times():
    export = surveymonkey.export(table(*made.surveymonkey()))
    assert export.roles == {"respondent": "Respondent ID"}
    assert set(export.private) == {"IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1"}
    assert column(export, "End Date")[0] == dt.datetime(2026, 3, 13, 13, 5), "month first, PM"
    assert len(export.system) == 9


def test_surveymonkey_condensed_has_one_heading_row():
    export = surveymonkey.export(table(*made.surveymonkey(expanded=False)))
    assert (len(export.table), export.how.code) == (8, "surveymonkey_by_ids")
    assert column(export, "How likely would you recommend us?") == list(range(8))


def test_surveymonkey_without_ids_is_known_by_its_second_row():
    rows = [row[9:-1] for row in made.surveymonkey()]
    assert surveymonkey.recognise(table(*rows)).code == "surveymonkey_by_rows"
    assert len(surveymonkey.export(table(*rows)).table) == 8


def test_surveymonkey_condensed_with_a_blank_second_row():
    rows = made.surveymonkey(expanded=False)
    export = surveymonkey.export(table(rows[0], [""] * len(rows[0]), *rows[1:]))
    assert len(export.table) == 8


def test_two_heading_rows_are_known_by_cells_that_repeat_their_options():
    rows = [
        ["Which?", "", "", "Age"],
        ["Web", "Shop", "Phone", ""],
        ["Web", "", "Phone", "31"],
        ["", "Shop", "Phone", "24"],
    ]
    export = surveymonkey.export(table(*rows, ["Web", "Shop", "", "50"]))
    assert export.how.code == "surveymonkey_by_rows"
    assert column(export, "Which? [Web]") == [1, 0, 1]


def test_surveymonkey_other_is_text_beside_options_and_a_row_of_a_matrix():
    ids = ["Respondent ID", "Collector ID", "Start Date"]
    rows = [[*ids, "Which?", "", "", "Rate", ""], ["", "", "", "Web", "Shop", "Other", "Price", "Other services"]]
    rows += [
        [1, 2, "03/01/2026 10:00:00", "Web", "", "by post", 3, 4],
        [2, 2, "03/01/2026 10:00:00", "", "Shop", "", 1, 2],
    ]
    export = surveymonkey.export(table(*rows))
    kinds = {name: item.kind for name, item in export.items.items()}
    assert kinds == {"Which? [Web]": "multiple", "Which? [Shop]": "multiple", "Which? [Other]": "text"}
    assert set(export.stems) == {"Which? [Web]", "Which? [Shop]", "Rate [Price]", "Rate [Other services]"}


def test_surveymonkey_contacts_are_private():
    rows = [
        ["Respondent ID", "Collector ID", "Start Date", "Your contact", "", "Q"],
        ["", "", "", "Name", "Phone Number", "Response"],
    ]
    export = surveymonkey.export(table(*rows, [1, 2, "03/01/2026 10:00:00", "Ann", "555", "3"]))
    assert export.private == ("Your contact [Name]", "Your contact [Phone Number]")


# --- Google Forms ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "option", "name"),
    [("en", "Fast, free delivery", "What matters?"), ("zh", "快, 免费送货", "看重什么？")],
)
def test_google_option_that_holds_a_comma_is_one_option(language, option, name):
    export = google_forms.export(table(*made.google(language)))
    own = [heading for heading in export.table.headings if heading.startswith(name)]
    assert len(own) == 3
    assert column(export, f"{name} [{option}]")[:7] == [1, 0, 0, 1, None, 0, 1]
    assert {export.stems[heading] for heading in own} == {name}


def test_google_grid_is_a_battery():
    export = google_forms.export(table(*made.google()))
    assert export.stems["Rate us [Price]"] == export.stems["Rate us [Staff]"] == "Rate us"
    assert export.texts["Rate us [Staff]"] == "Staff"


def test_google_time_and_address():
    export = google_forms.export(table(*made.google("zh")))
    assert export.system == ("时间戳记", "电子邮件地址")
    assert export.private == ("电子邮件地址",)


@pytest.mark.parametrize(
    "word", ["Marca temporal", "Carimbo de data/hora", "Horodateur", "Zeitstempel", "タイムスタンプ"]
)
def test_google_time_in_other_languages(word):
    assert google_forms.recognise(table([word, "Q"], ["01/03/2026 14:00:11", 3], ["02/03/2026 9:00:11", 4])) is not None


def test_google_with_row_numbers_before_the_time():
    rows = [["", "Timestamp", "Q"], ["0", "3/1/2026 14:00:11", 3], ["1", "3/2/2026 9:00:11", 4]]
    assert google_forms.recognise(table(*rows)) is not None
    assert google_forms.export(table(*rows)).system == ("column_1", "Timestamp")


def test_google_points_of_a_quiz_are_no_answers():
    rows = [["Timestamp", "Score", "Q"], ["3/1/2026 14:00:11", "8 / 10", 3], ["3/2/2026 9:00:11", "9 / 10", 4]]
    assert "Score" in google_forms.export(table(*rows)).system


def told(*cells):
    return joined_options(Column("q", compact(np.array(cells, dtype=object))))


def test_options_that_never_occur_apart_but_rarely_cannot_be_told():
    found = told("Price, Staff", "Price", "Staff", "Price, Staff", "Quick, Free", "Price", "Staff, Quick, Free")
    assert found is not None
    assert not found.clear
    rows = [["Timestamp", "Q"]]
    rows += [[f"3/{i}/2026 14:00:11", cell] for i, cell in enumerate(found.chosen, start=1)]
    export = google_forms.export(table(*rows, ["3/9/2026 14:00:11", "Price"]))
    assert export.items["Q"].kind == "category"
    assert "options_unclear" in codes(export.table.notes)


def test_options_by_semicolon_may_hold_commas():
    found = told("Price, low;Staff", "Staff", "Price, low", "Staff;Web", "Web", "Price, low;Web")
    assert set(found.options) == {"Price, low", "Staff", "Web"}
    assert found.clear


@pytest.mark.parametrize(
    "cells",
    [
        ["Yes, always", "No, never", "Yes, always", "No, never", "Sometimes"],
        ["good, but slow", "nice people, thanks", "too dear", "I liked it, really", "fine"],
        ["1", "2", "3", "1"],
        ["Rather satisfied", "Satisfied", "Rather satisfied"],
    ],
)
def test_cells_that_hold_one_answer_are_left_alone(cells):
    assert told(*cells) is None


def test_options_are_recovered_whatever_was_chosen():
    """Property: any set of options, one of which holds a comma, chosen at random, is read back."""
    for seed in range(30):
        rng = random.Random(seed)
        options = ["Price", "Fast, free delivery", "Staff", "Range of goods", "Parking"][: rng.randint(3, 5)]
        picks = [[option for option in options if rng.random() < 0.5] for _ in range(60)]
        found = told(*(", ".join(own) for own in picks))
        assert set(found.options) == set(options), seed
        assert all(list(found.chosen[", ".join(own)]) == own for own in picks if own)


def test_what_one_of_many_wrote_in_is_text():
    rows = [["Timestamp", "Q"]]
    rng = random.Random(3)
    for i in range(40):
        own = [option for option in ("Price", "Staff", "Web") if rng.random() < 0.6] + ["by drone"] * (i == 7)
        rows.append([f"3/{1 + i % 28}/2026 14:00:11", ", ".join(own)])
    export = google_forms.export(table(*rows))
    assert export.items["Q [other]"].kind == "text"
    assert [cell for cell in column(export, "Q [other]") if cell] == ["by drone"]
    assert {export.items[f"Q [{option}]"].kind for option in ("Price", "Staff", "Web")} == {"multiple"}


# --- LimeSurvey --------------------------------------------------------------------------------------------------

FORMS = {
    "code": "Q2[SQ001]",
    "r": "Q2.SQ001.",
    "spss": "Q2_SQ001",
    "es": "Which [SQ001]",
    "de": "Which [SQ001]",
    "both": "Q2[SQ001]",
}


@pytest.mark.parametrize("form", FORMS)
def test_limesurvey_several_answers(form):
    """Y chosen, blank beside a Y not chosen, N/A not shown, blank throughout no answer."""
    export = limesurvey.export(table(*made.limesurvey(form)))
    name = FORMS[form]
    assert export.items[name].kind == "multiple"
    assert column(export, name) == [None, 1, 0, 1, "N/A", 1, None, 1, 0]
    assert export.missing[name] == {"N/A": "not_asked"}


@pytest.mark.parametrize("form", FORMS)
def test_limesurvey_other_is_text(form):
    export = limesurvey.export(table(*made.limesurvey(form)))
    assert export.items[FORMS[form].replace("SQ001", "other")].kind == "text"


@pytest.mark.parametrize("form", FORMS)
def test_limesurvey_arrays_and_columns_of_the_platform(form):
    export = limesurvey.export(table(*made.limesurvey(form)))
    names = export.table.headings
    assert export.stems[names[7]] == export.stems[names[8]]
    assert export.system == names[:7]
    assert export.private == (names[5],)
    assert export.roles == {"respondent": names[0], "duration": names[6]}
    assert names[7] not in export.items, "numbers go to the evidence"


def test_limesurvey_not_sent_off_is_kept_and_counted():
    export = limesurvey.export(table(*made.limesurvey()))
    note = next(note for note in export.table.notes if note.code == "not_sent_off")
    assert (note.values["count"], len(export.table)) == (1, 9)


def test_limesurvey_positions_are_no_ratings():
    export = limesurvey.export(table(*made.limesurvey()))
    assert {name for name, item in export.items.items() if item.kind == "category"} == {"Q3[SQ001]", "Q3[SQ002]"}
    note = next(note for note in export.table.notes if note.code == "only_positions")
    assert note.values["columns"] == ["Q3[SQ001]", "Q3[SQ002]"]


def test_limesurvey_code_and_wording():
    export = limesurvey.export(table(*made.limesurvey("both")))
    assert (export.stems["Q1[SQ002]"], export.texts["Q1[SQ002]"]) == ("Rate", "SQ002")


def test_limesurvey_two_scales_are_two_batteries():
    meta = ["id", "submitdate", "lastpage", "startlanguage"]
    names = [f"Q5[SQ00{row}][{scale}]" for row in (1, 2) for scale in (1, 2)]
    export = limesurvey.export(
        table([*meta, *names], [1, "2026-01-01", 1, "en", 1, 2, 3, 4], [2, "", 1, "en", 2, 3, 4, 5])
    )
    assert export.stems[names[0]] == export.stems[names[2]] != export.stems[names[1]]


# --- 腾讯问卷 ----------------------------------------------------------------------------------------------------


def test_tencent_several_answers_and_text():
    export = tencent.export(table(*made.tencent()))
    first, text = "2.您喜欢哪里？:A.一丹图书馆", "2.您喜欢哪里？:其他:输入文本"
    assert column(export, first) == [None, 1, 0, 1, 0, 1, 0, 1, 0]
    assert (export.items[first].kind, export.items[text].kind) == ("multiple", "text")
    assert (export.stems[first], export.texts[first]) == ("2.您喜欢哪里？"[2:], "A.一丹图书馆")


def test_tencent_matrix_is_a_battery():
    export = tencent.export(table(*made.tencent()))
    assert export.stems["3.请评价：价格"] == export.stems["3.请评价：服务"] == "请评价"
    assert "3.请评价：价格" not in export.items


def test_tencent_columns_of_the_platform():
    export = tencent.export(table(*made.tencent()))
    assert export.roles == {"respondent": "编号", "duration": "答题时长"}
    assert set(export.private) == {"IP", "城市", "自定义字段1"}
    assert export.texts["1.总体满意度"] == "总体满意度"


# --- what the platforms share ------------------------------------------------------------------------------------


def columns(*cells, names=None):
    names = names or [f"q{i}" for i in range(len(cells))]
    return [
        Column(name, compact(np.array(own, dtype=object)), text=name) for name, own in zip(names, cells, strict=True)
    ]


def test_ranks_are_numbers():
    rng = random.Random(1)
    orders = [rng.sample([1, 2, 3], 3) for _ in range(20)]
    own = columns(*zip(*orders, strict=True))
    assert as_ranks(own)
    assert {column.kind for column in own} == {"number"}


def test_ratings_are_no_ranks():
    rng = random.Random(1)
    assert not as_ranks(columns(*([rng.randint(1, 3) for _ in range(20)] for _ in range(3))))


@pytest.mark.parametrize(
    "cells",
    [
        ([1, 1, 1], [1, 1, 1]),  # everybody gave 1
        ([5], [4]),  # one respondent
        ([1, 2, ""], [1, "", 2]),
        (["yes", "no", ""], ["no", "", "yes"]),
    ],
)
def test_ratings_are_no_several_answers(cells):
    assert not as_choices(columns(*cells))


def test_names_that_stand_twice_get_a_number():
    rows = [["Timestamp", "Q", "Q"], ["3/1/2026 14:00:11", 3, 4], ["3/2/2026 9:00:11", 4, 5]]
    export = google_forms.export(table(*rows))
    assert export.table.headings == ("Timestamp", "Q", "Q (2)")
    assert "headings_numbered" in codes(export.table.notes)


def test_wording():
    assert clean("a &lt; b<br/>\n<style>p {x}</style> c") == "a < b c"
    assert common_stem(["s - Room - a", "s - Room - b"]) == "s - Room"
    assert common_stem(["s - a"]) == common_stem(["s", "t"]) == ""


# --- SPSS, Stata, Parquet ----------------------------------------------------------------------------------------

LADDER = {1: "非常不满意", 2: "不满意", 3: "一般", 4: "满意", 5: "非常满意"}
DOWN = {6 - code: label for code, label in LADDER.items()}


@pytest.fixture
def pyreadstat():
    return pytest.importorskip("pyreadstat", reason="SPSS and Stata files are read by pyreadstat")


@pytest.fixture
def sav(tmp_path, pyreadstat):
    """Write a frame, read it as an export."""

    def write(frame, encoding=None, **given):
        path = tmp_path / "study.sav"
        pyreadstat.write_sav(pd.DataFrame(frame), path, **given)
        return export_spss(path, encoding)

    return write


def test_spss_ladder_is_a_rating_with_labels(sav):
    export = sav({"q1": [1.0, 5, 4, 2]}, variable_value_labels={"q1": LADDER}, column_labels=["总体满意度"])
    item = export.items["q1"]
    assert (item.kind, str(item.scale), item.reversed) == ("rating", "1-5", False)
    assert item.scale.labels[5.0] == {"zh": "非常满意"}
    assert export.texts == {"q1": "总体满意度"}


def test_spss_direction_comes_from_the_labels(sav):
    item = sav({"q1": [1.0, 5, 4, 2]}, variable_value_labels={"q1": DOWN}).items["q1"]
    assert (item.kind, item.reversed) == ("rating", True)


def test_spss_labelled_ends_are_a_scale(sav):
    ends = {1: "very dissatisfied", 10: "very satisfied"}
    item = sav({"q1": [1.0, 5, 7, 10]}, variable_value_labels={"q1": ends}).items["q1"]
    assert (item.kind, str(item.scale)) == ("rating", "1-10")


def test_spss_labels_that_are_no_ladder_are_categories(sav):
    export = sav({"sex": [1.0, 2, 2, np.nan]}, variable_value_labels={"sex": {1: "男", 2: "女"}})
    assert export.items["sex"].kind == "category"
    assert column(export, "sex") == ["男", "女", "女", None]


def test_spss_two_words_of_a_ladder_are_categories(sav):
    assert sav({"q": [1.0, 2]}, variable_value_labels={"q": {1: "不满意", 2: "满意"}}).items["q"].kind == "category"


def test_spss_labels_of_one_name_stay_apart(sav):
    export = sav({"x": [1.0, 2]}, variable_value_labels={"x": {1: "Other", 2: "Other"}})
    assert column(export, "x") == ["Other (1)", "Other (2)"]


def test_spss_numbers_without_labels_are_left_to_evidence(sav):
    export = sav({"age": [20.0, 31], "mean": [3.25, 4.5], "name": ["a", "b"]}, variable_value_labels={"mean": LADDER})
    assert export.items == {}


def test_spss_some_labelled_points_make_no_categories(sav):
    export = sav({"q": [1.0, 2, 3, 4, 5]}, variable_value_labels={"q": {1: "cold", 3: "mild", 5: "hot"}})
    assert export.items == {}
    assert column(export, "q") == [1, 2, 3, 4, 5]


def test_spss_user_missing_keeps_its_reasons(sav):
    labels = {**LADDER, 8: "不知道", 9: "拒绝回答", 0: "Not applicable"}
    missing = {"q1": [8, 9], "q2": [{"lo": 90, "hi": 99}], "q3": [0]}
    export = sav(
        {"q1": [5.0, 8, 9, 4], "q2": [1.0, 95, 2, 3], "q3": [0.0, 1, 2, 3]},
        variable_value_labels={"q1": labels, "q3": labels},
        missing_ranges=missing,
    )
    assert {8: "dont_know", 9: "refused"}.items() <= export.missing["q1"].items()
    assert export.missing["q2"] == {95: "blank"}
    assert export.missing["q3"][0] == "not_asked"
    assert export.items["q1"].kind == export.items["q3"].kind == "rating"
    assert str(export.items["q1"].scale) == "1-5", "a code of no answer is no point of the scale"


def test_spss_user_missing_of_categories(sav):
    labels = {1: "North", 2: "South", 9: "Refused"}
    export = sav({"region": [1.0, 2, 9]}, variable_value_labels={"region": labels}, missing_ranges={"region": [9]})
    assert column(export, "region") == ["North", "South", "Refused"]
    assert export.missing["region"] == {"Refused": "refused"}


def test_spss_labels_of_texts(sav):
    export = sav(
        {"s": ["a", "b", "z"]}, variable_value_labels={"s": {"a": "Apple", "b": "Pear"}}, missing_ranges={"s": ["z"]}
    )
    assert (column(export, "s"), export.items["s"].kind) == (["Apple", "Pear", "z"], "category")
    assert export.missing["s"] == {"z": "blank"}


def test_spss_few_values_outside_the_labels_leave_the_scale(sav):
    values = [1.0, 2, 3, 4, 5] * 10
    assert sav({"q": [*values, 55.0]}, variable_value_labels={"q": LADDER}).items["q"].kind == "rating"
    assert sav({"q": [*values, *[7.0] * 10]}, variable_value_labels={"q": LADDER}).items == {}


def test_spss_ladder_in_no_order_of_its_codes_is_left_as_words(sav):
    labels = {1: "满意", 2: "非常满意", 3: "不满意"}
    export = sav({"q": [1.0, 2, 3]}, variable_value_labels={"q": labels})
    assert (column(export, "q"), export.items) == (["满意", "非常满意", "不满意"], {})


def test_spss_codes_that_only_their_label_calls_no_answer(sav):
    labels = {**LADDER, 99: "No contesta / Refused to answer"}
    export = sav({"q": [1.0, 2, 99]}, variable_value_labels={"q": labels})
    assert (export.missing["q"], str(export.items["q"].scale)) == ({99: "refused"}, "1-5")


def test_spss_battery_in_unknown_words_is_a_rating_whose_direction_is_assumed(sav):
    labels = {1: "Całkowicie źle", 2: "Raczej źle", 3: "Raczej dobrze", 4: "Całkowicie dobrze"}
    frame = {f"q{i}": [1.0, 2, 3, 4] for i in range(3)}
    export = sav(frame, variable_value_labels=dict.fromkeys(frame, labels))
    assert {(item.kind, str(item.scale)) for item in export.items.values()} == {("rating", "1-4")}
    note = next(note for note in export.table.notes if note.code == "label_direction_assumed")
    assert note.values["columns"] == ["q0", "q1", "q2"]
    alone = sav({"region": [1.0, 2, 3, 4]}, variable_value_labels={"region": labels})
    assert alone.items["region"].kind == "category"


def test_spss_codes_beside_their_numbers_are_read_by_the_numbers(sav):
    """A scale 0-10 that the file codes 1 to 11."""
    labels = {1: "very unlikely", **{code: str(code - 1) for code in range(2, 11)}, 11: "very likely"}
    export = sav({"nps": [1.0, 11, 9]}, variable_value_labels={"nps": labels})
    assert column(export, "nps") == [0, 10, 8]
    assert str(export.items["nps"].scale) == "0-10"


def test_spss_label_none_is_an_answer(sav):
    export = sav({"diet": [1.0, 2, 2]}, variable_value_labels={"diet": {1: "None", 2: "Low fat"}})
    assert export.missing == {}


def test_spss_dates_rows_of_a_question_and_order(sav):
    day = dt.date(2026, 3, 1)
    labels = ["Day", "Rate us - Price", "Rate us - Staff"]
    export = sav({"b": [day, day], "z": [1.0, 2], "a": [2.0, 3]}, column_labels=labels, file_label="Shop study")
    assert export.table.headings == ("b", "z", "a")
    assert column(export, "b")[0] == day
    assert (export.stems, export.texts["a"]) == ({"z": "Rate us", "a": "Rate us"}, "Staff")
    assert export.title == "Shop study"


def test_spss_ticked_options_are_several_answers(sav):
    ticks = {0: "未选中", 1: "选中"}
    export = sav(
        {"m1": [1.0, 0, np.nan], "m2": [0.0, 1, np.nan]},
        column_labels=["用过：网店", "用过：门店"],
        variable_value_labels={"m1": ticks, "m2": ticks},
    )
    assert (column(export, "m1"), column(export, "m2")) == ([1, 0, None], [0, 1, None])
    assert {item.kind for item in export.items.values()} == {"multiple"}


@pytest.mark.parametrize("encoding", [None, "GB18030"])
def test_spss_chinese_texts_of_old_files(tmp_path, pyreadstat, encoding):
    """A file in GBK that declares nothing: utf-8 fails, GB18030 is tried."""
    path = tmp_path / "old.sav"
    pyreadstat.write_sav(pd.DataFrame({"q1": ["aaaaaa", "bbbbbb"]}), path, column_labels=["cccccccc"])
    data = path.read_bytes().replace(b"cccccccc", "总体满意".encode("gbk")).replace(b"aaaaaa", "北京市".encode("gbk"))
    path.write_bytes(data.replace(b"UTF-8", b"GBK  ") if encoding is None else data)
    export = export_spss(path, encoding)
    assert export.texts == {"q1": "总体满意"}
    assert column(export, "q1")[0] == "北京市"


def test_stata_kinds_of_missing_answers(tmp_path, pyreadstat):
    path = tmp_path / "study.dta"
    frame = pd.DataFrame({"q1": [1, 5, "a", "b", 3]}, dtype=object)
    labels = {"q1": {**LADDER, "a": "不知道", "b": "Refused"}}
    pyreadstat.write_dta(
        frame,
        path,
        version=14,
        column_labels=["满意度"],
        variable_value_labels=labels,
        missing_user_values={"q1": ["a", "b"]},
    )
    export = export_stata(path)
    assert export.missing["q1"] == {".a": "dont_know", ".b": "refused"}
    assert (export.items["q1"].kind, str(export.items["q1"].scale)) == ("rating", "1-5")
    assert column(export, "q1") == [1, 5, ".a", ".b", 3]


@pytest.mark.parametrize("read", [export_spss, export_stata])
def test_a_broken_file_is_one_sentence(tmp_path, pyreadstat, read):
    path = tmp_path / "broken.sav"
    path.write_bytes(b"$FL2@(#) SPSS" + bytes(range(200)))
    with pytest.raises(CsiError, match=r"broken\.sav") as error:
        read(path)
    assert error.value.code == "format_broken"


def test_a_truncated_file_is_one_sentence(tmp_path, pyreadstat):
    path = tmp_path / "cut.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": np.arange(500.0)}), path)
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(CsiError):
        export_spss(path)


@pytest.mark.parametrize(("read", "package"), [(export_spss, "pyreadstat"), (export_parquet, "pyarrow")])
def test_a_missing_package_is_one_sentence(tmp_path, monkeypatch, read, package):
    path = tmp_path / "study.bin"
    path.write_bytes(b"anything")
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(CsiError, match=f"pip install {package}"):
        read(path)


def test_parquet_keeps_types_and_the_order_of_categories(tmp_path):
    pytest.importorskip("pyarrow", reason="Parquet files are read by pyarrow")
    words = pd.Categorical(["low", "high", None], categories=["low", "mid", "high"], ordered=True)
    frame = pd.DataFrame({"q": [1, 2, 3], "w": words, "t": pd.to_datetime(["2026-01-01"] * 3), "l": [[1], [2], None]})
    frame.index = ["x", "y", "z"]
    frame.to_parquet(tmp_path / "a.parquet")
    export = export_parquet(tmp_path / "a.parquet")
    assert export.table.headings == ("q", "w", "t", "l")
    assert column(export, "q") == [1, 2, 3]
    assert column(export, "w") == ["low", "high", None]
    kept = export.table.columns[1]
    assert (kept.ordered, list(kept.categories)) == (True, ["low", "high"])


def test_broken_parquet_is_one_sentence(tmp_path):
    pytest.importorskip("pyarrow", reason="Parquet files are read by pyarrow")
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(CsiError, match=r"a\.parquet"):
        export_parquet(path)
