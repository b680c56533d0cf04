"""Pictures of measures: readable in both languages, true to their tables, one sentence for each wrong call."""

from __future__ import annotations

import numpy as np
import pytest
from test_plots import HAN, assert_readable, marked, spans, speak, texts

import csi
from csi.errors import CsiError
from csi.language import LANGUAGES, use_language
from csi.report import plots
from csi.report.plot_drivers import heights

DRIVERS = ["product", "assortment", "delivery", "courtesy", "price", "app", "extras", "tracking"]
FUNCTIONAL = [f"f{i:02d}" for i in range(1, 13)]
DYSFUNCTIONAL = [f"d{i:02d}" for i in range(1, 13)]
TREE = csi.IndicatorTree.parse(
    "product 50 产品质量\n  quality 30 质量\n  packaging 10 包装\n  usability 10 使用方便性\n"
    "process 20 购买过程\n  reception 8 接待\n  procedure 8 手续\n  price_payment 10 价格与付款\n"
    "service 30 相关服务\n  transport 8 运输\n  problem_handling 12 问题处理\n  technical_support 10 技术支持"
)


@pytest.fixture(scope="module")
def made() -> dict[str, csi.Result]:
    mobile, hotel, app = (csi.load_sample(name) for name in ("mobile", "hotel", "app_kano"))
    items = [name for name, item in mobile.codebook.items.items() if item.construct in ("Quality", "Value", "Image")]
    pairs = [f"{i:02d}" for i in range(1, 23)]
    return {
        "specifications": csi.compare_specifications(mobile, "SCSB", scheme=["path"], n_boot=60),
        "nps": csi.score_nps(mobile, "recommend", by="operator"),
        "nps_alone": csi.score_nps(mobile, "recommend", inference="none"),
        "kano": csi.score_kano(app, FUNCTIONAL, DYSFUNCTIONAL),
        "kano_groups": csi.score_kano(app, FUNCTIONAL[:4], DYSFUNCTIONAL[:4], by="segment"),
        "quadrants": csi.score_quadrants(mobile, items, outcome="sat_overall"),
        "gaps": csi.score_servqual(hotel, [f"e{i}" for i in pairs], [f"p{i}" for i in pairs]),
        "asymmetry": csi.fit_asymmetry(csi.load_sample("drivers"), "overall", DRIVERS, low=4, high=8),
        "importance": csi.compare_importance(csi.load_sample("drivers"), "overall", DRIVERS),
        "surface": csi.fit_expectations(
            csi.load_sample("expectations"), "satisfaction", expectation="expectation", performance="performance"
        ),
        "tree": csi.score_index(csi.load_sample("pvc_customers"), TREE, policy="within_group"),
    }


DRAW = {
    "specifications": lambda made: plots.plot_specifications(made["specifications"]),
    "decisions": lambda made: plots.plot_estimates(made["specifications"], "decisions", target=0, order="value"),
    "nps": lambda made: plots.plot_nps(made["nps"], order="value"),
    "nps_alone": lambda made: plots.plot_nps(made["nps_alone"]),
    "kano": lambda made: plots.plot_kano(made["kano"]),
    "kano_continuous": lambda made: plots.plot_kano(made["kano"], "continuous"),
    "kano_group": lambda made: plots.plot_kano(made["kano_groups"], group=made["kano_groups"].tidy()["group"].iloc[0]),
    "quadrants": lambda made: plots.plot_quadrants(made["quadrants"]),
    "gaps": lambda made: plots.plot_gaps(made["gaps"], order="value"),
    "gaps_items": lambda made: plots.plot_gaps(made["gaps"], "item_gaps"),
    "tree": lambda made: plots.plot_tree(made["tree"], TREE),
    "surface": lambda made: plots.plot_surface(made["surface"]),
    "asymmetry": lambda made: plots.plot_asymmetry(made["asymmetry"]),
    "importance": lambda made: plots.plot_importance(made["importance"]),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DRAW)
def test_every_picture_is_readable_in_both_languages(made, name, language):
    with speak(language):
        figure = DRAW[name](made)
        assert_readable(figure)
        assert figure.title_text in " ".join(texts(figure)).replace("\n", " ")
        if language == "zh":
            assert HAN.search(figure.title_text)


@pytest.mark.parametrize("name", DRAW)
def test_the_same_content_is_the_same_bytes(made, name):
    assert plots.figure_svg(DRAW[name](made)) == plots.figure_svg(DRAW[name](made))


def test_estimates_are_where_the_table_has_them(made):
    table = made["specifications"].tidy("decisions", 0.9)
    figure = plots.plot_estimates(made["specifications"], "decisions", level=0.9)
    points = marked(figure.axes[0], "estimates")
    np.testing.assert_allclose(points.get_xdata(), table["estimate"])
    lines = spans(figure.axes[0], "intervals")
    np.testing.assert_allclose(lines[:, 0, 0], table["lower"])
    np.testing.assert_allclose(lines[:, 1, 0], table["upper"])


def test_the_curve_is_ordered_and_marks_the_decisions(made):
    table = made["specifications"].tidy().sort_values("estimate", kind="stable")
    figure = plots.plot_specifications(made["specifications"])
    above, below = figure.axes
    points = marked(above, "estimates").get_offsets()
    np.testing.assert_allclose(points[:, 1], table["estimate"])
    taken = marked(below, "weighting unweighted").get_offsets()[:, 0]
    assert taken.tolist() == np.flatnonzero(table["weighting"] == "unweighted").tolist()


def test_bars_of_recommendation_add_up_and_scores_stand_beside_them(made):
    figure = plots.plot_nps(made["nps"])
    bars, points = figure.axes
    scores = made["nps"].tidy()
    shares = made["nps"].tidy("shares")
    widths = {
        kind: [bar.get_width() for bar in bars.patches if bar.get_gid() == kind]
        for kind in ("detractor", "passive", "promoter")
    }
    for kind, drawn in widths.items():
        np.testing.assert_allclose(drawn, shares[shares["kind"] == kind]["estimate"])
    np.testing.assert_allclose(np.sum(list(widths.values()), axis=0), 1)
    np.testing.assert_allclose(marked(points, "estimates").get_xdata(), scores["estimate"])


@pytest.mark.parametrize("level", [0.95, 0.5])
def test_kano_ellipses_are_those_of_the_covariance(made, level):
    figure = plots.plot_kano(made["kano"], level=level)
    axes = figure.axes[0]
    points = marked(axes, "points").get_offsets()
    table = made["kano"].tidy("better_worse").pivot(index="item", columns="term", values="estimate")
    np.testing.assert_allclose(points, np.column_stack([table["worse"].abs(), table["better"]]))
    ellipses = [patch for patch in axes.patches if patch.get_gid() == "ellipse"]
    whole = made["kano"].covariance("better_worse")
    for name, ellipse in zip(table.index, ellipses, strict=True):
        block = whole.loc[[(name, "worse"), (name, "better")], [(name, "worse"), (name, "better")]].to_numpy()
        area = np.pi * -2 * np.log(1 - level) * np.sqrt(np.linalg.det(block))
        assert np.pi * ellipse.width * ellipse.height / 4 == pytest.approx(area, rel=1e-6)


def test_a_tilted_ellipse_leans_the_way_the_errors_go_together(made):
    """In the map the worse coefficient has no sign, so its covariance with better is turned round."""
    whole = made["kano"].covariance("better_worse")
    names = list(dict.fromkeys(made["kano"].tidy("better_worse")["item"]))
    both = [-whole.loc[(name, "worse"), (name, "better")] for name in names]
    ellipses = [patch for patch in plots.plot_kano(made["kano"]).axes[0].patches if patch.get_gid() == "ellipse"]
    strong = [i for i, value in enumerate(both) if abs(value) > 2e-5]
    assert strong
    for i in strong:
        wide = ellipses[i].width > ellipses[i].height
        assert wide
        assert np.sign(np.sin(2 * np.radians(ellipses[i].angle))) == np.sign(both[i])


def test_quadrant_lines_and_points_are_those_of_the_result(made):
    axes = plots.plot_quadrants(made["quadrants"]).axes[0]
    lines = made["quadrants"].tidy("lines").set_index("term")["estimate"]
    assert marked(axes, "cut across").get_xdata()[0] == pytest.approx(lines["performance"])
    assert marked(axes, "cut up").get_ydata()[0] == pytest.approx(lines["importance"])
    table = made["quadrants"].tidy("positions")
    points = marked(axes, "points").get_offsets()
    wide = table.pivot(index="item", columns="term", values="estimate").loc[list(dict.fromkeys(table["item"]))]
    np.testing.assert_allclose(points, wide[["performance", "importance"]])


def test_gaps_are_drawn_as_they_are(made):
    left, right = plots.plot_gaps(made["gaps"]).axes
    table = made["gaps"].tidy("dimensions").pivot(index="construct", columns="kind", values="estimate")
    table = table.loc[list(dict.fromkeys(made["gaps"].tidy("dimensions")["construct"]))]
    np.testing.assert_allclose(marked(left, "expectation").get_xdata(), table["expectation"])
    np.testing.assert_allclose(marked(left, "perception").get_xdata(), table["perception"])
    np.testing.assert_allclose(marked(right, "estimates").get_xdata(), table["gap"])


def test_the_surface_has_the_slopes_of_the_table_along_its_lines(made):
    """Along congruence the height is slope t + curvature t^2, along incongruence with y = t and x = -t turned round."""
    table = made["surface"].tidy("model_coefficients")
    slopes = table[table["model"] == "surface_of_expectation"]["estimate"].to_numpy()
    named = made["surface"].tidy("surface").set_index("kind")["estimate"]
    t = np.array([-2.0, 1.0, 3.0])
    expected = named["congruence_slope"] * t + named["congruence_curvature"] * t**2
    np.testing.assert_allclose(heights(slopes, t, t), expected, atol=1e-12)
    expected = named["incongruence_slope"] * t + named["incongruence_curvature"] * t**2
    np.testing.assert_allclose(heights(slopes, t, -t), expected, atol=1e-12)
    axes = plots.plot_surface(made["surface"], reach=3).axes[0]
    np.testing.assert_allclose(marked(axes, "congruence").get_xdata(), marked(axes, "congruence").get_ydata())
    assert axes.get_xlim() == (-3, 3)


def test_asymmetries_are_drawn_as_they_are(made):
    axes = plots.plot_asymmetry(made["asymmetry"]).axes[0]
    table = made["asymmetry"].tidy("asymmetry").set_index("term")
    reach = made["asymmetry"].tidy("potentials").query("kind == 'range_of_impact'").set_index("term")["estimate"]
    points = marked(axes, "drivers").get_offsets()
    np.testing.assert_allclose(points, np.column_stack([table["estimate"], reach.loc[table.index]]))
    lines = spans(axes, "intervals")
    np.testing.assert_allclose(lines[:, :, 0], table[["lower", "upper"]])


def test_areas_of_importance_are_shares_and_numbers_are_ranks(made):
    axes = plots.plot_importance(made["importance"]).axes[0]
    shares = made["importance"].tidy("importance_shares")
    wide = shares.pivot(index="term", columns="kind", values="estimate")
    order = wide.mean(axis=1)[list(dict.fromkeys(shares["term"]))].sort_values(ascending=False, kind="stable").index
    for kind in wide.columns:
        areas = marked(axes, kind).get_sizes()
        np.testing.assert_allclose(areas / areas.sum(), wide.loc[order, kind] / wide[kind].sum(), rtol=1e-9)
    drawn = [text.get_text() for text in axes.texts]
    assert sorted(drawn) == sorted(
        f"{rank:.0f}" for kind in wide.columns for rank in wide[kind].rank(ascending=False, method="min")
    )


def test_a_tree_names_every_node_with_its_index(made):
    with speak("zh"):
        figure = plots.plot_tree(made["tree"], TREE)
    drawn = " ".join(texts(figure))
    for row in made["tree"].tidy().itertuples():
        assert f"{row.estimate:.1f} [{row.lower:.1f}, {row.upper:.1f}]" in drawn
    assert "价格与付款" in drawn
    assert "7.69%" in drawn


BAD = {
    "rows": (lambda made: plots.plot_estimates(made["gaps"], where={"kind": "gape"}), ["kind=gape"]),
    "key": (lambda made: plots.plot_estimates(made["gaps"], where={"kinds": "gap"}), ["kinds", "construct"]),
    "table": (lambda made: plots.plot_estimates(made["gaps"], "nothing"), ["nothing", "item_gaps"]),
    "many": (lambda made: plots.plot_estimates(made["kano"], "category_shares"), ["72", "60", "item"]),
    "nps": (lambda made: plots.plot_nps(made["gaps"]), ["nps", "item_gaps"]),
    "kano": (lambda made: plots.plot_kano(made["kano_groups"]), ["plot_kano", "group="]),
    "scores": (lambda made: plots.plot_kano(made["kano"], "better"), ["better", "continuous"]),
    "gaps": (lambda made: plots.plot_gaps(made["gaps"], "items"), ["items", "item_gaps"]),
    "tree": (lambda made: plots.plot_tree(made["tree"], {"quality": 1, "speed": 1}), ["speed", "packaging"]),
    "surface": (lambda made: plots.plot_surface(made["surface"], "surface"), ["surface_of_expectation"]),
    "reach": (lambda made: plots.plot_surface(made["surface"], reach=0), ["reach"]),
    "result": (lambda made: plots.plot_specifications(3), ["plot_specifications", "int"]),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", list(BAD))
def test_wrong_calls_get_one_sentence(made, case, language):
    call, words = BAD[case]
    with use_language(language), pytest.raises(CsiError) as caught:
        call(made)
    with use_language(language):
        assert all(word in str(caught.value) for word in words), str(caught.value)
