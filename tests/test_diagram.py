"""Path diagrams: every word readable, every arrow clear of what it does not join, the numbers those of the Result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from conftest import require
from hypothesis import given, settings
from hypothesis import strategies as st
from readable import find_cut, find_overlaps, text_boxes

import csi
from csi.errors import CsiError
from csi.estimates import Unknown
from csi.language import LANGUAGES, note, pick, use_language
from csi.models.catalog import MODELS
from csi.report.diagram import plot_paths
from csi.report.fonts import chinese_faces
from csi.report.layout import Arrow, Box, Layout, faults, layered
from csi.report.places import fixed, known_places
from csi.results import Result, Table

NINE = """
    Quality ~ Image; Value ~ Quality + Price; Service ~ Image; Satisfaction ~ Quality + Value + Service + Image
    Trust ~ Satisfaction + Image; Complaints ~ Satisfaction; Loyalty ~ Satisfaction + Trust + Complaints
"""


@pytest.fixture(scope="module")
def mobile():
    return csi.fit_pls(csi.load_sample("mobile"), "ECSI_2005", n_boot=100)


def speak(language):
    require("fonts", language == "en" or bool(chinese_faces()), "no Chinese font on this machine")
    return use_language(language)


def assert_readable(figure):
    boxes = text_boxes(figure)
    assert find_overlaps(boxes) == []
    assert find_cut(figure, boxes) == []


def texts(figure):
    return [box.text for box in text_boxes(figure)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MODELS)
def test_every_national_model_stands_at_its_places(name, language):
    model = csi.load_model(name)
    places = known_places(model.names)
    for size in ((1.5, 0.8), (1.3, 0.55), (2.4, 1.2)):
        for label in ((0.9, 0.36), (0.0, 0.0)):
            layout = fixed(places, model.paths, dict.fromkeys(model.names, size), dict.fromkeys(model.paths, label))
            assert faults(layout) == []
    with speak(language):
        figure = plot_paths(name)
        assert_readable(figure)
        drawn = " ".join(texts(figure)).replace("\n", " ")
        for construct in model.constructs:
            assert pick(construct.text) in drawn
        arrows = [artist.get_gid() for artist in figure.axes[0].patches if str(artist.get_gid()).startswith("path ")]
        assert sorted(arrows) == sorted(f"path {source} -> {target}" for source, target in model.paths)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fit_shows_the_numbers_of_its_tables(mobile, language):
    with speak(language):
        figure = plot_paths(mobile)
    assert_readable(figure)
    drawn = texts(figure)
    for row in mobile.tidy("paths").itertuples():
        assert f"{row.estimate:.2f}" in drawn
        assert f"[{row.lower:.2f}, {row.upper:.2f}]" in drawn
    for row in mobile.tidy("index").itertuples():
        assert f"{row.estimate:.1f} [{row.lower:.1f}, {row.upper:.1f}]" in drawn
    quality = mobile.tidy("constructs")
    for row in quality[quality["term"] == "r2"].itertuples():
        assert f"R² {row.estimate:.2f}" in drawn


def test_the_level_is_that_of_the_intervals(mobile):
    wide, narrow = (set(texts(plot_paths(mobile, level=level))) for level in (0.99, 0.5))
    row = mobile.tidy("paths", 0.99).iloc[0]
    assert f"[{row.lower:.2f}, {row.upper:.2f}]" in wide - narrow


@dataclass(frozen=True)
class Limits(Unknown):
    """Estimates with intervals a tenth to either side."""

    def interval(self, level):
        return self.estimate - 0.1, self.estimate + 0.1


def test_lines_tell_size_and_doubt():
    """Of three paths one is sure, one is sure and negative, one may be nothing."""
    paths = {"source": ["A", "A", "B"], "target": ["B", "C", "C"]}
    tables = {
        "paths": Table(paths, Limits(np.array([0.6, -0.3, 0.05])), 9),
        "constructs": Table({"construct": ["B"], "term": ["r2"]}, Unknown(np.array([0.36])), 9),
    }
    result = Result(
        note("title_sample", data="made up", n=9), "paths", (),
        {name: lambda name=name: tables[name] for name in tables}, {"model": "made up"}, lambda: (),
    )  # fmt: skip
    lines = {patch.get_gid(): patch for patch in plot_paths(result).axes[0].patches if patch.get_gid()}
    sure, negative, doubtful = (lines[f"path {pair}"] for pair in ("A -> B", "A -> C", "B -> C"))
    assert sure.get_linewidth() > negative.get_linewidth() > doubtful.get_linewidth()
    assert sure.get_linestyle() == negative.get_linestyle() == "solid"
    assert doubtful.get_linestyle() != "solid"
    assert len({sure.get_edgecolor(), negative.get_edgecolor(), doubtful.get_edgecolor()}) == 3


def test_without_replicates_there_are_numbers_and_no_intervals():
    fit = csi.fit_pls(csi.load_sample("tiny"), "Satisfaction ~ Quality; Loyalty ~ Satisfaction", n_boot=0)
    drawn = texts(plot_paths(fit))
    assert f"{fit.tidy('paths')['estimate'].iloc[0]:.2f}" in drawn
    assert not any("[" in text or "nan" in text for text in drawn)
    assert any("No intervals" in text for text in drawn)


def test_a_group_is_drawn_alone_and_must_be_named():
    fit = csi.fit_pls(csi.load_sample("mobile"), "ECSI_2005", by="operator", n_boot=0)
    with pytest.raises(CsiError, match="Amber, Birch, Coral, Dune"):
        plot_paths(fit)
    with pytest.raises(CsiError, match="Amber"):
        plot_paths(fit, group="Elm")
    figure = plot_paths(fit, group="Dune")
    paths = fit.tidy("paths")
    assert "Dune" in figure.title_text
    for value in paths[paths["group"] == "Dune"]["estimate"]:
        assert f"{value:.2f}" in texts(figure)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_of_ones_own_has_labels_of_its_own(language):
    labels = {
        "Quality": "感知质量",
        "Image": "a very long name for what people think of the brand, its past and future",
    }
    with speak(language):
        figure = plot_paths(NINE, labels=labels)
        assert_readable(figure)
        if chinese_faces():
            assert "感知质量" in texts(figure)


def test_what_is_no_model_and_no_result_is_refused():
    with pytest.raises(CsiError, match="plot_paths takes a Result or a Study, not DataFrame"):
        plot_paths(csi.load_sample("tiny").answers)
    with pytest.raises(CsiError, match="no model 'ECSJ'"):
        plot_paths("ECSJ")


@st.composite
def models(draw):
    """Constructs in causal order, and some of the arrows that lead forward; all joined."""
    count = draw(st.integers(2, 12))
    pairs = [(f"C{i}", f"C{j}") for i in range(count) for j in range(i + 1, count)]
    paths = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=45, unique=True))
    return [f"C{i}" for i in range(count) if any(f"C{i}" in pair for pair in paths)], paths


@settings(max_examples=60, deadline=None)
@given(models(), st.tuples(st.floats(0.8, 2.5), st.floats(0.4, 1.4)), st.booleans())
def test_the_layout_of_any_model_has_no_fault(model, size, labelled):
    names, paths = model
    label = (0.9, 0.36) if labelled else (0.0, 0.0)
    layout = layered(names, paths, dict.fromkeys(names, size), dict.fromkeys(paths, label))
    assert faults(layout) == []
    assert set(layout.boxes) == set(names)
    assert set(layout.arrows) == set(paths)
    for (source, target), arrow in layout.arrows.items():
        start, end = arrow.points()[[0, -1]]
        for point, box in ((start, layout.boxes[source]), (end, layout.boxes[target])):
            assert box.holds(point[None], 1e-6).all()
            assert not box.holds(point[None], -1e-6).any()
        if labelled:
            assert np.hypot(*(arrow.points() - (arrow.label.x, arrow.label.y)).T).min() < 0.12
    places = [(box.x, box.y, box.width, box.height) for box in layout.boxes.values()]
    x, y, wide, high = np.array(places).T
    assert (x - wide / 2).min() > -1e-9
    assert (x + wide / 2).max() < layout.width + 1e-9
    assert (y - high / 2).min() > -1e-9
    assert (y + high / 2).max() < layout.height + 1e-9


@settings(max_examples=8, deadline=None)
@given(models())
def test_the_picture_of_any_model_is_readable(model):
    _, paths = model
    assert_readable(plot_paths("; ".join(f"{target} ~ {source}" for source, target in paths)))


def test_faults_are_found():
    """A test of the test: each kind of fault is one."""
    box = {"A": Box(1, 1, 1, 0.5), "B": Box(4, 1, 1, 0.5), "C": Box(2.5, 1, 0.5, 0.5)}
    line = np.array([[1.5, 1], [2, 1], [3, 1], [3.5, 1]])
    arrow = Arrow(line, Box(2, 1.0, 0.2, 0.1))
    good = Layout(5, 2, {"A": box["A"], "B": box["B"]}, {("A", "B"): arrow})
    assert faults(good) == []
    assert any("through box C" in fault for fault in faults(Layout(5, 2, box, good.arrows)))
    moved = Arrow(line, Box(1.4, 1, 0.4, 0.2))
    assert any("on box A" in fault for fault in faults(Layout(5, 2, good.boxes, {("A", "B"): moved})))
    both = {("A", "B"): arrow, ("B", "A"): Arrow(line[::-1] + np.array([0, 0.02]), Box(2.1, 1, 0.2, 0.1))}
    found = faults(Layout(5, 2, good.boxes, both))
    assert any("on label" in fault for fault in found)
    assert any("through label" in fault for fault in found)
    assert any("on box" in fault for fault in faults(Layout(5, 2, {"A": box["A"], "B": Box(1.2, 1, 1, 1)}, {})))
