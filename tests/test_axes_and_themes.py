"""Pictures in the user's own figures: nothing else changes there, the user's theme counts, Chinese is read."""

from __future__ import annotations

import warnings

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import seaborn as sns
from matplotlib.colors import to_hex
from readable import TextBox, find_overlaps, text_boxes
from test_fonts import bare, packaged  # noqa: F401
from test_plots import HAN, marked, speak
from test_plots_measures import TREE

import csi
from csi.errors import CsiError
from csi.language import LANGUAGES, use_language
from csi.report import fonts


@pytest.fixture(scope="module")
def made():
    mobile, drivers = csi.load_sample("mobile"), csi.load_sample("drivers")
    asked = ["quality_network", "quality_service", "quality_products", "value_price"]
    moved = ["product", "delivery", "price", "extras"]
    pairs = [[f"{side}{i:02d}" for i in range(1, 23)] for side in "ep"]
    return {
        "mobile": mobile,
        "study": csi.analyse_survey(mobile, "ECSI_2005", by="operator", n_boot=60),
        "rates": csi.score_rate(mobile, ["sat_overall", "sat_ideal"], satisfied=8, by="operator"),
        "nps": csi.score_nps(mobile, "recommend", by="operator"),
        "quadrants": csi.score_quadrants(mobile, asked, outcome="sat_overall"),
        "kano": csi.score_kano(csi.load_sample("app_kano"), ["f01", "f02", "f03"], ["d01", "d02", "d03"]),
        "tree": csi.score_index(csi.load_sample("pvc_customers"), TREE, policy="within_group"),
        "asymmetry": csi.fit_asymmetry(drivers, "overall", moved, low=4, high=8),
        "importance": csi.compare_importance(drivers, "overall", moved),
        "surface": csi.fit_expectations(
            csi.load_sample("expectations"), "satisfaction", expectation="expectation", performance="performance"
        ),
        "gaps": csi.score_servqual(csi.load_sample("hotel"), *pairs),
    }


ONE = {
    "paths": lambda made, **where: csi.plot_paths(made["study"], **where),
    "index": lambda made, **where: csi.plot_index(made["study"], "Satisfaction", **where),
    "index_whole": lambda made, **where: csi.plot_index(made["study"].fit, **where),
    "priorities": lambda made, **where: csi.plot_priorities(made["study"], **where),
    "ratings": lambda made, **where: csi.plot_ratings(made["mobile"], ["sat_overall", "sat_ideal"], **where),
    "estimates": lambda made, **where: csi.plot_estimates(made["rates"], target=0.6, **where),
    "kano": lambda made, **where: csi.plot_kano(made["kano"], **where),
    "quadrants": lambda made, **where: csi.plot_quadrants(made["quadrants"], **where),
    "tree": lambda made, **where: csi.plot_tree(made["tree"], TREE, **where),
    "surface": lambda made, **where: csi.plot_surface(made["surface"], **where),
    "asymmetry": lambda made, **where: csi.plot_asymmetry(made["asymmetry"], **where),
    "importance": lambda made, **where: csi.plot_importance(made["importance"], **where),
}
SEVERAL = {
    "index": lambda made, **where: csi.plot_index(made["study"], **where),
    "loadings": lambda made, **where: csi.plot_loadings(made["study"], **where),
    "ratings": lambda made, **where: csi.plot_ratings(made["mobile"], ["sat_overall", "complained"], **where),
    "missing": lambda made, **where: csi.plot_missing(made["mobile"], **where),
    "nps": lambda made, **where: csi.plot_nps(made["nps"], **where),
    "gaps": lambda made, **where: csi.plot_gaps(made["gaps"], **where),
    "specifications": lambda made, **where: csi.plot_specifications(made["specifications"], **where),
}


@pytest.fixture(autouse=True)
def own_session():
    """Figures and settings end with the test."""
    with matplotlib.rc_context():
        yield
    plt.close("all")


@pytest.mark.parametrize("theme", ["csi", None])
@pytest.mark.parametrize("name", ONE)
def test_a_picture_stands_in_the_users_axes_and_changes_nothing_else(made, name, theme):
    sns.set_theme(style="darkgrid")
    settings = dict(matplotlib.rcParams)
    figure, (left, right) = plt.subplots(1, 2, figsize=(18, 9))
    figure.subplots_adjust(wspace=0.5)  # numbers stand to the right of rows
    right.plot([0, 1], [0, 1])
    canvas, beside, place = figure.canvas, right.get_children(), right.get_position().bounds
    with speak("zh"):
        picture = ONE[name](made, ax=left, theme=theme)
    assert picture.ax is left
    assert HAN.search(picture.title_text)
    assert HAN.search(picture.caption_text)
    assert dict(matplotlib.rcParams) == settings
    assert figure.axes == [left, right]
    assert right.get_children() == beside
    assert right.get_position().bounds == place
    assert (figure.canvas, figure._suptitle, list(figure.texts), list(figure.legends)) == (canvas, None, [], [])
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is a warning
        figure.canvas.draw()
    boxes = [box for box in text_boxes(figure) if box.x1 < right.get_window_extent().x0]
    assert HAN.search("".join(box.text for box in boxes))
    assert find_overlaps(boxes) == []


def test_a_test_of_the_test_texts_that_cover_each_other_are_found():
    assert find_overlaps([TextBox("a", 0, 0, 9, 9), TextBox("b", 5, 5, 12, 12)]) == [("a", "b")]


@pytest.mark.parametrize("name", ["index_whole", "estimates"])
def test_what_is_drawn_is_the_same_as_in_a_figure_of_csi(made, name):
    _, ax = plt.subplots()
    drawn = [marked(ONE[name](made, **where).ax, "estimates").get_xdata() for where in ({}, {"ax": ax})]
    np.testing.assert_array_equal(*drawn)


def test_a_title_of_the_user_stays_and_without_one_the_heading_is_written(made):
    _, (left, right) = plt.subplots(1, 2)
    left.set_title("Mine", loc="right")
    for ax in (left, right):
        picture = csi.plot_index(made["study"].fit, ax=ax)
    assert [left.get_title(side) for side in ("left", "center", "right")] == ["", "", "Mine"]
    written = "".join(right.get_title(side) for side in ("left", "center", "right"))
    assert written.replace("\n", " ") == picture.title_text == "Satisfaction indices"


def test_pictures_stand_in_a_grid_of_seaborn(made):
    frame = made["rates"].tidy().rename(columns={"item": "asked"})
    grid = sns.FacetGrid(frame, col="asked", sharey=False, height=4, aspect=1.6)
    for item, ax in grid.axes_dict.items():
        csi.plot_estimates(made["rates"], where={"item": item}, ax=ax, theme=None)
        rows = frame[frame["asked"] == item]
        np.testing.assert_array_equal(marked(ax, "estimates").get_xdata(), rows["estimate"])
        assert [label.get_text() for label in ax.get_yticklabels()] == rows["group"].tolist()
    assert len(grid.figure.axes) == 2


def test_without_a_theme_the_look_is_that_of_the_session(made):
    sns.set_theme(style="ticks", palette="colorblind", font_scale=1.5)
    settings = dict(matplotlib.rcParams)
    own = csi.plot_estimates(made["rates"], theme=None)
    ours = csi.plot_estimates(made["rates"])
    assert dict(matplotlib.rcParams) == settings
    assert to_hex(marked(own.ax, "estimates").get_color()) == sns.color_palette().as_hex()[0]
    assert to_hex(marked(ours.ax, "estimates").get_color()) != sns.color_palette().as_hex()[0]
    assert own.ax.spines["top"].get_visible()
    assert not ours.ax.spines["top"].get_visible()
    assert own.ax.xaxis.label.get_fontsize() == matplotlib.rcParams["axes.labelsize"]
    assert ours.ax.xaxis.label.get_fontsize() == 10
    assert not own.ax.xaxis.get_gridlines()[0].get_visible()
    plt.style.use("dark_background")
    dark = csi.plot_ratings(made["mobile"], ["sat_overall"], theme=None)
    assert to_hex(dark.get_facecolor()) == "#000000"
    assert to_hex(dark.ax.xaxis.label.get_color()) == "#ffffff"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["index", "ratings", "missing", "nps", "gaps"])
def test_pictures_of_several_panels_are_whole_in_large_letters_of_the_user(made, name, language):
    sns.set_theme(context="talk", style="whitegrid")
    draw = ONE.get(name) or SEVERAL[name]
    with speak(language):
        picture = draw(made, theme=None)
    boxes = text_boxes(picture)
    assert find_overlaps(boxes) == []
    assert bool(HAN.search(picture.title_text)) == (language == "zh")


def removed():
    _, ax = plt.subplots()
    ax.remove()
    return ax


def closed():
    figure, ax = plt.subplots()
    plt.close(figure)
    return ax


BAD = {
    "closed": (lambda: {"ax": closed()}, ["plot_index", "ax="]),
    "removed": (lambda: {"ax": removed()}, ["plot_index", "ax="]),
    "many": (lambda: {"ax": plt.subplots(1, 2)[1]}, ["ndarray", "axes[0]"]),
    "figure": (lambda: {"ax": plt.figure()}, ["Figure", "plt.subplots"]),
    "polar": (lambda: {"ax": plt.subplots(subplot_kw={"projection": "polar"})[1]}, ["polar"]),
    "theme": (lambda: {"theme": "dark"}, ["theme", "dark", "csi", "None"]),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", BAD)
def test_axes_that_cannot_be_drawn_into_get_one_sentence(made, case, language):
    where, words = BAD[case]
    with use_language(language), pytest.raises(CsiError) as caught:
        csi.plot_index(made["study"].fit, **where())
    with use_language(language):
        said = str(caught.value)
    assert all(word in said for word in words), said
    assert "\n" not in said
    assert bool(HAN.search(said)) == (language == "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SEVERAL)
def test_several_panels_do_not_fit_into_one_axes(made, name, language):
    if name == "specifications":
        chain = "Satisfaction ~ Quality; Loyalty ~ Satisfaction"
        found = csi.compare_specifications(
            csi.load_sample("tiny"), chain, flagged=["keep"], missing=["listwise"], n_boot=0
        )
        made = {**made, "specifications": found}
    _, ax = plt.subplots()
    before = ax.get_children()
    with pytest.raises(CsiError) as caught:
        SEVERAL[name](made, ax=ax)
    with use_language(language):
        assert f"plot_{name}" in str(caught.value)
        assert "picture.axes" in str(caught.value)
    assert ax.get_children() == before


# -- the user's own figures -------------------------------------------------------------------------------------------


def chinese_figure():
    """Bars below zero with Chinese names, as seaborn draws them; it warns of every character it has no glyph for."""
    frame = {"分公司": ["北京", "上海"], "满意度（与上月之差）": [-3.5, -1.0]}
    figure, ax = plt.subplots()
    sns.barplot(frame, x="分公司", y="满意度（与上月之差）", ax=ax)
    ax.set_title("顾客满意度", fontweight="bold")
    figure.canvas.draw()


@pytest.mark.usefixtures("bare", "packaged")
def test_a_seaborn_figure_is_chinese_without_a_font_of_the_system():
    sns.set_theme()
    with pytest.warns(UserWarning, match="missing from font"):
        chinese_figure()
    settings = dict(matplotlib.rcParams)
    with csi.use_chinese_fonts(), warnings.catch_warnings():
        warnings.simplefilter("error")
        chinese_figure()
    assert dict(matplotlib.rcParams) == settings
    csi.use_chinese_fonts()
    kept = dict(matplotlib.rcParams)
    csi.use_chinese_fonts()
    assert dict(matplotlib.rcParams) == kept
    assert {name for name in settings if settings[name] != kept[name]} == {"font.family", "font.sans-serif"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chinese_figure()


@pytest.mark.usefixtures("bare")
def test_without_any_chinese_font_one_sentence_says_which_to_install(monkeypatch):
    monkeypatch.setattr(fonts, "packaged_fonts", lambda: ())
    settings = dict(matplotlib.rcParams)
    with pytest.raises(csi.OutputError) as caught:
        csi.use_chinese_fonts()
    assert "pip install pylopdf-fonts-zh-cn" in str(caught.value)
    with use_language("zh"):
        assert "中文字体" in str(caught.value)
    assert dict(matplotlib.rcParams) == settings
