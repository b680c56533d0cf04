"""Pictures: readable in both languages, true to their tables, the same bytes each time, safe inside a page."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import matplotlib
import numpy as np
import pandas as pd
import pytest
from conftest import require
from readable import find_cut, find_overlaps, text_boxes

import csi
from csi.data.codebook import REASONS, Codebook, Item
from csi.data.responses import missing_counts, rating_counts, same_answer_share
from csi.data.scales import Scale
from csi.data.survey import Survey
from csi.errors import CsiError
from csi.estimates import Unknown
from csi.language import LANGUAGES, note, use_language
from csi.report import fonts, plots, style
from csi.results import Result, Table

CHAIN = "Satisfaction ~ Quality; Loyalty ~ Satisfaction"
HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def survey():
    return csi.load_sample("mobile")


@pytest.fixture(scope="module")
def study(survey):
    return csi.analyse_survey(survey, "ECSI_2005", by="operator", n_boot=100)


DRAW = {
    "paths": lambda study: plots.plot_paths(study),
    "index": lambda study: plots.plot_index(study),
    "index_one": lambda study: plots.plot_index(study, "Satisfaction"),
    "index_whole": lambda study: plots.plot_index(study.fit, order="value"),
    "priorities": lambda study: plots.plot_priorities(study),
    "loadings": lambda study: plots.plot_loadings(study),
    "ratings": lambda study: plots.plot_ratings(study.survey),
    "missing": lambda study: plots.plot_missing(study.survey),
}


def speak(language):
    require("fonts", language == "en" or bool(fonts.chinese_faces()), "no Chinese font on this machine")
    return use_language(language)


def assert_readable(figure):
    boxes = text_boxes(figure)
    assert find_overlaps(boxes) == []
    assert find_cut(figure, boxes) == []


def texts(figure):
    return [box.text for box in text_boxes(figure)]


def marked(axes, name):
    """The artist that was given this name."""
    return next(artist for artist in axes.get_children() if artist.get_gid() == name)


def spans(axes, name):
    """Ends of the lines of a collection, (k, 2, 2)."""
    return np.array([path.vertices for path in marked(axes, name).get_paths()])


def made_up(table, keys, estimates):
    """A Result of one table without inference."""
    return Result(
        title=note("title_sample", data="made up", n=9),
        headline=table,
        notes=(),
        _tables={table: lambda: Table(keys, Unknown(np.array(estimates, dtype=float)), 9, decimals=1)},
        _glance={"model": "made up"},
        _checks=lambda: (),
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DRAW)
def test_every_picture_is_readable_in_both_languages(study, name, language):
    with speak(language):
        figure = DRAW[name](study)
        assert_readable(figure)
        assert figure.title_text in " ".join(texts(figure)).replace("\n", " ")
        if language == "zh":
            assert HAN.search(figure.title_text)


@pytest.mark.parametrize("name", DRAW)
def test_the_same_content_is_the_same_bytes_and_stands_alone(study, name):
    first, second = DRAW[name](study), None
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "black", "lines.linewidth": 9, "figure.dpi": 50}):
        second = DRAW[name](study)
        assert plots.figure_png(first) == plots.figure_png(second)
        svg = plots.figure_svg(second)
    assert plots.figure_svg(first) == svg == plots.figure_svg(second)
    assert not re.search(r"https?:|<!|<\?|xmlns|<metadata|<style|<script|<text|@import", svg)
    assert all(address.startswith(("#", "data:image/png")) for address in re.findall(r'href="([^"]*)"', svg))
    root = ET.fromstring(svg)
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    used = set(re.findall(r"url\(#([^)]+)\)", svg)) | set(re.findall(r'href="#([^"]+)"', svg))
    assert used == set(ids)
    assert root.get("role") == "img"
    assert root.get("aria-label") == first.title_text
    assert root.get("viewBox")
    assert len(svg) < 500_000


def test_two_pictures_on_a_page_share_no_id_that_means_two_things(study):
    one, other = (plots.figure_svg(DRAW[name](study)) for name in ("index", "loadings"))
    assert not set(re.findall(r'id="([^"]+)"', one)) & set(re.findall(r'id="([^"]+)"', other))


def test_savefig_writes_no_date(study, tmp_path):
    for name in ("a.svg", "b.svg"):
        DRAW["index"](study).savefig(tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert b"date" not in (tmp_path / "a.svg").read_bytes()


def test_no_window_library_is_loaded_and_a_notebook_gets_png():
    code = (
        "import csi, sys\n"
        f"fit = csi.fit_pls(csi.load_sample('tiny'), {CHAIN!r}, n_boot=0)\n"
        "assert csi.plot_index(fit)._repr_png_()[:4] == b'\\x89PNG'\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    ran = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_without_matplotlib_one_sentence_says_what_to_install():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import csi\n"
        "try: csi.plot_index\n"
        "except csi.OutputError as error: print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install matplotlib" in ran.stdout


# -- fonts ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_chinese_font(monkeypatch):
    for module in (fonts, style):
        monkeypatch.setattr(module, "chinese_faces", lambda: ())


@pytest.mark.parametrize("name", DRAW)
def test_without_a_chinese_font_the_picture_is_there_and_says_how_to_get_one(study, name, no_chinese_font):
    with use_language("zh"):
        figure = DRAW[name](study)
        assert "字体" in str(fonts.font_note())
    assert_readable(figure)
    drawn = " ".join(texts(figure)).replace("\n", " ")
    assert not HAN.search(drawn)
    assert "Noto Sans CJK SC" in drawn


def test_chinese_names_become_codes_only_where_they_cannot_be_drawn(no_chinese_font):
    survey = Survey.from_frame({"满意一": [1, 5, 7, 9, 4], "q2": [2, 3, 9, 9, 1]}, scale={"*": (1, 10)})
    figure = plots.plot_ratings(survey)
    drawn = texts(figure)
    assert "item 1" in drawn
    assert "q2" in drawn
    assert not HAN.search(" ".join(drawn))
    assert "Noto Sans CJK SC" in " ".join(drawn).replace("\n", " ")


def test_with_a_font_chinese_names_stay_in_an_english_picture():
    require("fonts", bool(fonts.chinese_faces()), "no Chinese font on this machine")
    result = made_up("index", {"group": ["北京", "上海"], "construct": ["满意", "满意"]}, [70, 60])
    assert {"北京", "上海"} <= set(texts(plots.plot_index(result)))


def test_signs_no_font_has_are_left_out():
    result = made_up(
        "index", {"construct": ["good \U0001fae0 service", "\U0001fae0", "tab\there\nand there"]}, [70, 60, 50]
    )
    drawn = texts(plots.plot_index(result))
    assert "good service" in drawn
    assert "construct 2" in drawn
    assert "tab here and there" in drawn


@pytest.mark.parametrize(
    ("text", "columns", "lines", "expected"),
    [
        ("customer satisfaction", 12, 3, "customer\nsatisfaction"),
        ("顾客满意度指数", 8, 3, "顾客满意\n度指数"),
        ("顾客满意，指数", 8, 3, "顾客满意，\n指数"),
        ("one two three four", 7, 2, "one two\nthree…"),
        ("unbreakable", 4, 3, "unbr\neaka\nble"),
        ("", 4, 3, ""),
    ],
)
def test_labels_are_broken_into_lines(text, columns, lines, expected):
    assert fonts.fold(text, columns, lines) == expected


# -- index ------------------------------------------------------------------------------------------------------------


def test_index_stands_where_the_table_says(study):
    table = study.fit.tidy("index").sort_values("estimate", ascending=False)
    axes = plots.plot_index(study.fit, order="value").axes[0]
    points = marked(axes, "estimates")
    assert points.get_xdata().tolist() == table["estimate"].tolist()
    assert points.get_ydata().tolist() == list(range(len(table)))
    assert spans(axes, "intervals")[:, :, 0].tolist() == table[["lower", "upper"]].to_numpy().tolist()


def test_groups_have_a_panel_per_construct_and_the_whole_sample_as_a_line(study):
    figure = plots.plot_index(study)
    table, whole = study.groups.tidy("index"), study.fit.tidy("index").set_index("construct")["estimate"]
    constructs = list(dict.fromkeys(table["construct"]))
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert len(panels) == len(constructs)
    for axes, construct in zip(panels, constructs, strict=True):
        rows = table[table["construct"] == construct]
        assert marked(axes, "estimates").get_xdata().tolist() == rows["estimate"].tolist()
        assert spans(axes, "intervals")[:, :, 0].tolist() == rows[["lower", "upper"]].to_numpy().tolist()
        assert marked(axes, "whole sample").get_xdata()[0] == whole[construct]


def test_one_construct_by_group_is_ordered_by_value(study):
    table = study.groups.tidy("index")
    rows = table[table["construct"] == "Loyalty"]
    for order, expected in ((None, rows.sort_values("estimate", ascending=False)), ("given", rows)):
        axes = plots.plot_index(study, "Loyalty", order=order).axes[0]
        assert [label.get_text() for label in axes.get_yticklabels()] == expected["group"].tolist()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("constructs", [1, 3, 8])
def test_forty_groups_with_long_names_stay_readable(language, constructs):
    groups = [f"分公司 {i} of the northern region with a long name" for i in range(40)]
    names = [f"C{j}" for j in range(constructs)]
    keys = {"group": [g for g in groups for _ in names], "construct": names * 40}
    values = 60 + 20 * np.sin(np.arange(40 * constructs))
    with speak(language):
        figure = plots.plot_index(made_up("index", keys, values))
    assert_readable(figure)
    drawn = [marked(axes, "estimates").get_xdata() for axes in figure.axes if axes.get_visible() and axes.lines]
    assert sum(map(len, drawn)) == 40 * constructs


@pytest.mark.parametrize("values", [[71.25], [-12.0, 104.5, 50.0], [50.0, 50.0]])
def test_one_group_and_indices_beyond_the_scale_are_drawn(values):
    keys = {"group": [f"g{i}" for i in range(len(values))], "construct": ["Satisfaction"] * len(values)}
    axes = plots.plot_index(made_up("index", keys, values), order="given").axes[0]
    low, high = axes.get_xlim()
    assert marked(axes, "estimates").get_xdata().tolist() == values
    assert low < min(values) <= max(values) < high


def test_a_label_that_is_code_is_only_text():
    words = ["<script>alert(1)</script>", "$x^2$ & \\frac{1}{2}", '"quoted" --> end']
    figure = plots.plot_index(made_up("index", {"construct": words}, [70, 60, 50]))
    assert set(words) <= set(texts(figure))
    for content in (plots.figure_svg(figure), plots.figure_svg(figure, words[0])):
        assert "<script" not in content
        ET.fromstring(content)
    assert ET.fromstring(plots.figure_svg(figure, words[0])).get("aria-label") == words[0]
    model = plots.plot_paths("A ~ B", labels={"A": words[0], "B": words[1]})
    assert "<script" not in plots.figure_svg(model)
    assert words[1] in " ".join(texts(model)).replace("\n", " ")


# -- priorities and loadings ------------------------------------------------------------------------------------------


def test_priorities_stand_where_the_table_says(study):
    axes = plots.plot_priorities(study, "Loyalty").axes[0]
    table = study.fit.tidy("priorities")
    table = table[table["target"] == "Loyalty"]
    importance, performance = (table[table["kind"] == kind] for kind in ("importance", "performance"))
    points = marked(axes, "drivers")
    assert points.get_xdata().tolist() == importance["estimate"].tolist()
    assert points.get_ydata().tolist() == performance["estimate"].tolist()
    assert spans(axes, "importance")[:, :, 0].tolist() == importance[["lower", "upper"]].to_numpy().tolist()
    assert spans(axes, "performance")[:, :, 1].tolist() == performance[["lower", "upper"]].to_numpy().tolist()
    assert marked(axes, "mean importance").get_xdata()[0] == pytest.approx(importance["estimate"].mean())
    assert marked(axes, "mean performance").get_ydata()[0] == pytest.approx(performance["estimate"].mean())


def test_the_target_is_satisfaction_unless_named(study):
    assert plots.plot_priorities(study).title_text == plots.plot_priorities(study, "Satisfaction").title_text
    assert plots.plot_priorities(study.fit).title_text == plots.plot_priorities(study).title_text
    with pytest.raises(CsiError, match="Expectation, Quality, Value, Satisfaction"):
        plots.plot_priorities(study, "Image")


def test_many_drivers_close_together_keep_their_names_apart():
    names = [f"Driver number {i}" for i in range(12)]
    rows = [("Satisfaction", name, kind) for kind in ("importance", "performance") for name in names]
    near = [*(0.3 + 0.004 * np.arange(12)), *(70 + 0.3 * np.cos(np.arange(12)))]
    keys = dict(zip(("target", "construct", "kind"), zip(*rows, strict=True), strict=True))
    figure = plots.plot_priorities(made_up("priorities", keys, near))
    assert_readable(figure)
    assert set(names) <= set(texts(figure))


def test_a_single_driver_has_no_quarters():
    fit = csi.fit_pls(csi.load_sample("tiny"), "Satisfaction ~ Quality", n_boot=0)
    drawn = " ".join(texts(plots.plot_priorities(fit)))
    assert "keep up" not in drawn
    assert "low priority" not in drawn
    assert "Quality" in drawn


def test_loadings_stand_where_the_table_says(study):
    figure = plots.plot_loadings(study)
    table = study.fit.tidy("outer")
    table = table[table["kind"] == "loading"]
    panels = [axes for axes in figure.axes if any(line.get_gid() == "estimates" for line in axes.lines)]
    assert (
        np.concatenate([marked(axes, "estimates").get_xdata() for axes in panels]).tolist()
        == table["estimate"].tolist()
    )
    drawn = np.concatenate([spans(axes, "intervals")[:, :, 0] for axes in panels])
    assert drawn.tolist() == table[["lower", "upper"]].to_numpy().tolist()
    assert [marked(axes, "rule").get_xdata()[0] for axes in panels] == [0.7] * len(panels)
    words = [label.get_text() for axes in panels for label in axes.get_yticklabels()]
    assert words == table["item"].tolist()


@pytest.mark.parametrize("draw", [plots.plot_index, plots.plot_priorities, plots.plot_loadings])
def test_without_replicates_points_stand_alone(draw):
    figure = draw(csi.fit_pls(csi.load_sample("tiny"), CHAIN, n_boot=0))
    assert_readable(figure)
    drawn = " ".join(texts(figure)).replace("\n", " ")
    assert "nan" not in drawn.lower()
    assert "interval" not in drawn or "No intervals" in drawn or "no intervals" in drawn


# -- ratings and missing answers --------------------------------------------------------------------------------------


def small_survey(weights=None):
    scale = Scale(1, 5, labels={1: {"en": "poor", "zh": "差"}, 5: {"en": "good", "zh": "好"}})
    items = {name: Item(name, scale=scale) for name in ("a", "b", "c")}
    items["secret"] = Item("secret", scale=scale)
    frame = {"a": [1, 5, 5, 99], "b": [2, 2, 2, 2], "c": [2, np.nan, 5, 2], "secret": [1, 2, 3, 4]}
    if weights is not None:
        frame["w"] = weights
    book = Codebook(
        items=items, weight=None if weights is None else "w", private=("secret",), missing_codes={99: "refused"}
    )
    return Survey.from_frame(pd.DataFrame(frame), book, "small")


def test_ratings_are_counted_by_hand():
    counts = rating_counts(small_survey([1.0, 2.0, 1.0, 7.0]), ["a"])
    assert counts["low"].tolist() == counts["high"].tolist() == [1, 2, 3, 4, 5]
    assert counts["count"].tolist() == [1, 0, 0, 0, 2]
    assert counts["share"].tolist() == [0.25, 0, 0, 0, 0.75]
    assert set(counts["n"]) == {3}
    assert rating_counts(small_survey(), ["a"])["share"].tolist() == pytest.approx([1 / 3, 0, 0, 0, 2 / 3])


def test_long_scales_are_counted_in_ten_classes():
    book = Codebook(items={"x": Item("x", scale=Scale(0, 100))})
    counts = rating_counts(Survey.from_frame({"x": [0, 9, 10, 55, 100, 99]}, book), ["x"])
    assert counts["count"].tolist() == [2, 1, 0, 0, 0, 1, 0, 0, 0, 2]
    assert counts[["low", "high"]].iloc[-1].tolist() == [90, 100]


def test_missing_answers_and_equal_answers_are_counted_by_hand():
    survey = small_survey()
    counts = missing_counts(survey, ["a", "c"]).set_index(["item", "reason"])
    assert counts["count"].to_dict() == {("a", "blank"): 0, ("a", "refused"): 1, ("c", "blank"): 1, ("c", "refused"): 0}
    assert counts["share"].max() == 0.25
    assert same_answer_share(survey, ["a", "b", "c"]).tolist() == pytest.approx([2 / 3, 0.5, 2 / 3, 1.0])


def test_bars_are_the_shares(survey):
    figure = plots.plot_ratings(survey, ["sat_overall", "sat_ideal"])
    counts = rating_counts(survey, ["sat_overall", "sat_ideal"])
    axes = figure.axes[0]
    widths = {}
    for bar in axes.patches:
        widths.setdefault(bar.get_y() + bar.get_height() / 2, []).append((bar.get_x(), bar.get_width()))
    for row, item in enumerate(("sat_overall", "sat_ideal")):
        shares = counts[counts["item"] == item]["share"].to_numpy()
        assert [width for _, width in widths[row]] == pytest.approx((100 * shares).tolist())
        assert [left for left, _ in widths[row]] == pytest.approx((100 * (np.cumsum(shares) - shares)).tolist())
    assert any("weighted" in text for text in texts(figure))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_a_scale_and_nobody_who_answered(language):
    survey = small_survey()
    frame = {"a": [1.0, 5.0], "b": [np.nan, np.nan], "c": [1.0, 1.0], "secret": [1.0, 1.0]}
    empty = Survey.from_frame(pd.DataFrame(frame), survey.codebook)
    with speak(language):
        drawn = " ".join(texts(plots.plot_ratings(empty)))
        assert ("1 poor" if language == "en" else "1 差") in drawn
        assert csi.language.say("plots.ratings_none") in drawn
        assert "weighted by" not in drawn
        assert "secret" not in drawn


def test_the_missing_map_is_the_reasons(survey):
    figure = plots.plot_missing(survey)
    bars, grid = figure.axes[0], figure.axes[2]
    rows = np.linspace(0, len(survey) - 1, 300).round().astype(int)
    items = list(survey.items)
    assert (np.asarray(marked(grid, "map").get_array()) == survey.reasons[items].to_numpy()[rows]).all()
    heights = np.zeros(len(items))
    for bar in bars.patches:
        heights[round(bar.get_x() + bar.get_width() / 2)] += bar.get_height()
    assert heights == pytest.approx(100 * (survey.reasons[items] != 0).mean().to_numpy())
    alike = spans(figure.axes[3], "same answer")[:, 1, 0]
    ratings = [name for name in items if str(survey.codebook.items[name].scale) == "1-10"]
    expected = 100 * same_answer_share(survey, ratings)[rows]
    assert alike.tolist() == pytest.approx(expected[np.isfinite(expected)].tolist())
    assert any("300 of 3000" in text for text in texts(figure))


def brightness(colour):
    return np.dot(matplotlib.colors.to_rgb(colour), (0.299, 0.587, 0.114))


def test_reasons_have_colours_that_differ_in_print():
    grey = [brightness(style.REASON_COLOURS[reason]) for reason in REASONS[1:]]
    assert len(style.REASON_COLOURS) == len(REASONS) - 1
    assert np.diff(np.sort(grey)).min() > 0.04
    ladder = [brightness(colour) for colour in style.LADDER]
    assert (np.diff(ladder) < -0.05).all()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("items", [1, 2, 5, 70, 150])
def test_few_and_many_items_are_readable(items, language):
    rng = np.random.default_rng(items)
    frame = {f"{i}、您对我们的服务 (part {i}) 有多满意": rng.integers(1, 6, 12).astype(float) for i in range(items)}
    frame[next(iter(frame))][3] = np.nan
    survey = Survey.from_frame(pd.DataFrame(frame), scale={"*": (1, 5)})
    with speak(language):
        assert_readable(plots.plot_missing(survey))
        if items < 100:
            assert_readable(plots.plot_ratings(survey))


def test_nothing_missing_is_said():
    assert "No answer is missing." in texts(plots.plot_missing(csi.load_sample("tiny")))


def test_private_columns_are_never_drawn():
    survey = small_survey()
    for draw in (plots.plot_missing, plots.plot_ratings):
        assert "secret" not in " ".join(texts(draw(survey)))
        with pytest.raises(CsiError, match="private"):
            draw(survey, ["secret"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plots.plot_index("ECSI"), "plot_index takes a Result or a Study, not str"),
        (lambda: plots.plot_loadings(None), "plot_loadings takes a Result or a Study, not NoneType"),
        (lambda: plots.plot_ratings([1]), "plot_ratings takes a Survey, a table"),
        (lambda: plots.plot_missing({}), "no columns"),
        (lambda: plots.plot_missing(small_survey(), []), "no item to draw"),
        (lambda: plots.plot_ratings(small_survey(), ["d"]), "unknown items: d"),
        (lambda: plots.plot_ratings(Survey.from_frame({"x": ["a", "b"]})), "no rating with a scale"),
        (lambda: plots.plot_index(made_up("other", {"construct": ["A"]}, [1.0])), "it has: other"),
        (lambda: plots.plot_index(made_up("index", {"construct": ["A"]}, [1.0]), "B"), "choose one of: A"),
        (lambda: plots.plot_index(made_up("index", {"construct": ["A"]}, [1.0]), order="size"), "value, given"),
        (lambda: plots.plot_index(made_up("index", {"construct": ["A"]}, [1.0]), []), "choose one of: A"),
        (lambda: plots.plot_index(made_up("index", {"construct": ["A"]}, [1.0]), level=95), "between 0 and 1"),
        (lambda: plots.plot_loadings(csi.fit_pls(csi.load_sample("tiny"), CHAIN, n_boot=0), group="x"), "no groups"),
        (lambda: plots.figure_png(plots.plot_paths("SCSB"), dpi=0), "dpi=0"),
    ],
)  # fmt: skip
def test_bad_calls_get_one_sentence(call, words):
    with pytest.raises(CsiError) as caught:
        call()
    assert words in str(caught.value)
    with use_language("zh"):
        assert HAN.search(str(caught.value))
