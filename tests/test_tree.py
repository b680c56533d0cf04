"""Indicator trees: what is read, what is refused, and what each policy makes of weights that do not sum as declared."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.measures.index.index_numbers import node_scores, node_values
from csi.measures.index.tree_given import as_tree

PRINTED = """
product 50 产品质量
  quality 30 品质
  packaging 10 包装
  usability 10 使用性
purchase 20 购销过程
  reception 8 接待
  procedure 8 程序
  price_payment 10 价格和付款
service 30 相关服务
  transport 8 运输
  problem_handling 12 问题处理
  technical_support 10 技术支持和服务
"""
QUESTIONNAIRE = np.array([90, 80, 85, 95, 70, 60, 75, 65, 80.0])
VISIT = np.array([80, 65, 80, 95, 80, 50, 80, 65, 95.0])


def printed() -> csi.IndicatorTree:
    return csi.IndicatorTree.parse(PRINTED)


def total(tree: csi.IndicatorTree, policy: str, items: np.ndarray) -> float:
    weights = tree.weights(policy)
    return float(weights.effective[weights.leaves] @ items)


# By hand and as published ---------------------------------------------------------------------------------------


def test_the_worked_customer_under_both_policies():
    """METHODS E, the chemical company's worked customer: 80.0692 and 76.8154; 79.7170 and 76.6038."""
    tree = printed()
    assert total(tree, "within_group", QUESTIONNAIRE) == pytest.approx(80.0692, abs=5e-5)
    assert total(tree, "within_group", VISIT) == pytest.approx(76.8154, abs=5e-5)
    assert total(tree, "global", QUESTIONNAIRE) == pytest.approx(79.7170, abs=5e-5)
    assert total(tree, "global", VISIT) == pytest.approx(76.6038, abs=5e-5)


def test_raw_weights_over_100_would_overstate_by_the_sum():
    """84.50 and 81.20 are what nobody should print: 106/100 of the global policy."""
    assert 1.06 * total(printed(), "global", QUESTIONNAIRE) == pytest.approx(84.50, abs=1e-9)
    assert 1.06 * total(printed(), "global", VISIT) == pytest.approx(81.20, abs=1e-9)


def test_what_within_group_makes_of_the_purchase_process():
    """8, 8, 10 of 20 points: 160/26, 160/26, 200/26."""
    frame = printed().to_frame("within_group").set_index("indicator")["indicator_weight"] * 100
    assert frame[["reception", "procedure", "price_payment"]].tolist() == pytest.approx([160 / 26, 160 / 26, 200 / 26])
    assert frame[["product", "purchase", "service"]].tolist() == pytest.approx([50, 20, 30])
    shares = printed().to_frame("global").set_index("indicator")["indicator_weight"]
    assert shares[["product", "purchase", "service"]].tolist() == pytest.approx([50 / 106, 26 / 106, 30 / 106])


def test_strict_stops_and_names_the_group():
    tree = printed()
    assert tree.sums == (("purchase", 26.0, 20.0),)
    with pytest.raises(csi.DataError) as caught:
        tree.weights()
    assert all(word in str(caught.value) for word in ("purchase", "26", "20", "within_group", "global"))


@pytest.mark.parametrize(("policy", "word"), [("within_group", "6.15385"), ("global", "7.54717")])
def test_nothing_is_rescaled_without_a_note(policy, word):
    (note,) = printed().weights(policy).notes
    assert all(part in str(note) for part in ("purchase", "26", "20", word))
    with csi.use_language("zh"):
        assert word in str(note)


def test_a_flat_table_that_sums_to_106_is_refused_too():
    weights = dict(zip("abc", (50, 26, 30), strict=True))
    tree = csi.IndicatorTree.from_mapping(weights)
    assert tree.sums == (("overall", 106.0, 100.0),)
    assert tree.weights("global").effective[1:].tolist() == pytest.approx([50 / 106, 26 / 106, 30 / 106])


def test_shares_within_groups_multiply_down_the_tree():
    """.6 x .25 = .15 by hand, at three levels."""
    tree = csi.IndicatorTree.from_mapping(
        {
            "a": {"weight": 0.6, "parts": {"a1": {"weight": 0.25, "parts": {"x": 0.5, "y": 0.5}}, "a2": 0.75}},
            "b": {"weight": 0.4, "parts": {"b1": 0.2, "b2": 0.8}},
        }
    )
    assert tree.basis == "shares"
    weights = tree.weights()
    found = dict(zip(weights.names, weights.effective, strict=True))
    assert found == pytest.approx(
        {"overall": 1, "a": 0.6, "a1": 0.15, "x": 0.075, "y": 0.075, "a2": 0.45, "b": 0.4, "b1": 0.08, "b2": 0.32}
    )
    assert weights.depth.tolist() == [0, 1, 2, 3, 3, 2, 1, 2, 2]


def test_shares_that_do_not_sum_keep_their_products_under_global():
    """.5 x (.6, .6) and .5 x (.5, .5): products .3 .3 .25 .25, their sum 1.1."""
    parts = {
        "a": {"weight": 0.5, "parts": {"a1": 0.6, "a2": 0.6}},
        "b": {"weight": 0.5, "parts": {"b1": 0.5, "b2": 0.5}},
    }
    tree = csi.IndicatorTree.from_mapping(parts, basis="shares")
    weights = tree.weights("global")
    assert weights.effective[weights.leaves].tolist() == pytest.approx([0.3 / 1.1, 0.3 / 1.1, 0.25 / 1.1, 0.25 / 1.1])
    within = tree.weights("within_group")
    assert within.effective[within.leaves].tolist() == pytest.approx([0.25] * 4)


# Ways to write a tree -------------------------------------------------------------------------------------------

YAML = """
product:
  weight: 60
  zh: 产品
  rationale: {en: bags tear, zh: 包装易破}
  parts: {quality: 40, packaging: {weight: 20, en: bags}}
service: 40
"""
OUTLINES = [
    "product 60\n  quality 40\n  packaging 20\nservice 40",
    "product（60）\n\tquality：40\n\tpackaging 20%\nservice: 40",
]
TABLE = pd.DataFrame(
    {
        "indicator": ["quality", "product", "packaging", "service"],
        "parent": ["product", None, "product", None],
        "weight": [40, 60, 20, 40],
    }
)


@pytest.mark.parametrize("written", [*OUTLINES, TABLE, {"product": {"quality": 40, "packaging": 20}, "service": 40}])
def test_every_way_to_write_it_says_the_same(written):
    tree, notes = as_tree(written)
    assert notes == ()
    frame = tree.to_frame().set_index("indicator")["indicator_weight"]
    assert frame[["product", "quality", "packaging", "service"]].tolist() == pytest.approx([0.6, 0.4, 0.2, 0.4])


def test_yaml_carries_wording_and_rationale(tmp_path):
    path = tmp_path / "tree.yaml"
    path.write_text(YAML, encoding="utf-8")
    tree = csi.IndicatorTree.read(path)
    assert as_tree(str(path))[0] == tree
    frame = tree.to_frame().set_index("indicator")
    assert frame.loc["product", ["zh", "rationale"]].tolist() == ["产品", "bags tear"]
    assert frame.loc["packaging", "en"] == "bags"
    with csi.use_language("zh"):
        assert tree.to_frame().set_index("indicator").loc["product", "rationale"] == "包装易破"


def test_a_table_and_an_outline_are_read_back_as_they_were():
    tree = printed()
    for policy in ("within_group", "global"):
        again = csi.IndicatorTree.from_frame(tree.to_frame(policy))
        pd.testing.assert_frame_equal(again.to_frame(policy), tree.to_frame(policy))
    with csi.use_language("zh"):
        assert csi.IndicatorTree.parse(str(tree)) == tree


def test_one_indicator_at_the_top_is_the_whole():
    tree = csi.IndicatorTree.parse("index 100\n  a 60\n  b 40")
    assert tree.weights().names == ("index", "a", "b")


def test_weights_that_another_measure_derived_are_taken_with_a_note():
    """AHP's published weights .636986 .258285 .104729 become the tree; several methods at once are refused."""
    matrix = [[1, 3, 5], ["1/3", 1, 3], ["1/5", "1/3", 1]]
    derived = csi.derive_indicator_weights(items=["s1", "s2", "l1"], judgements=matrix, methods=["ahp"])
    tree, notes = as_tree(derived)
    assert tree.weights().effective[1:].tolist() == pytest.approx([0.636986, 0.258285, 0.104729], abs=1e-6)
    assert [note.code for note in notes] == ["tree_estimated"]
    both = csi.derive_indicator_weights(csi.load_sample("tiny"), ["s1", "s2"], methods=["equal", "critic"])
    with pytest.raises(csi.DataError, match="one method"):
        as_tree(both)


# Properties -----------------------------------------------------------------------------------------------------


@st.composite
def balanced(draw, depth: int = 3) -> csi.IndicatorTree:
    """A tree in points whose sums are right, up to three levels deep."""
    count = 0

    def grow(level: int) -> tuple[object, float]:
        nonlocal count
        if level == 0 or (level < depth and draw(st.booleans())):
            return float(draw(st.integers(1, 9))), 0.0
        parts, weight = {}, 0.0
        for _ in range(draw(st.integers(1, 3))):
            count += 1
            name = f"n{count}"
            part, _ = grow(level - 1)
            parts[name] = part
            weight += part if isinstance(part, float) else part["weight"]
        return {"weight": weight, "parts": parts}, weight

    made, _ = grow(depth)
    return csi.IndicatorTree.from_mapping({"whole": made}, basis="points")


@settings(max_examples=60, deadline=None)
@given(balanced(), st.randoms(use_true_random=False))
def test_policies_agree_where_sums_are_right_and_flat_equals_nested(tree, random):
    assert tree.sums == ()
    settled = {policy: tree.weights(policy) for policy in ("strict", "within_group", "global")}
    for weights in settled.values():
        assert weights.notes == ()
        np.testing.assert_allclose(weights.effective, settled["strict"].effective, atol=1e-12)
        np.testing.assert_allclose(weights.within.sum(axis=1), 1, atol=1e-12)
    weights = settled["strict"]
    items = np.array([random.uniform(0, 100) for _ in weights.leaves])
    values = node_values(weights, items[:, None])[:, 0]
    nested = node_scores(weights, items[None])[0]
    np.testing.assert_allclose(values, nested, atol=1e-9)
    below = weights.within > 0
    assert all(
        items[row].min() - 1e-9 <= value <= items[row].max() + 1e-9 for row, value in zip(below, values, strict=True)
    )
    flat = csi.IndicatorTree.from_mapping(dict(zip(weights.items, weights.effective[weights.leaves], strict=True)))
    assert total(flat, "within_group", items) == pytest.approx(values[0])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 50), min_size=2, max_size=6), st.floats(0.01, 100))
def test_the_unit_of_weights_does_not_matter(weights, factor):
    names = [f"i{k}" for k in range(len(weights))]
    for policy in ("within_group", "global"):
        one = csi.IndicatorTree.from_mapping(dict(zip(names, weights, strict=True))).weights(policy)
        other = csi.IndicatorTree.from_mapping({n: w * factor for n, w in zip(names, weights, strict=True)}).weights(
            policy
        )
        np.testing.assert_allclose(one.effective, other.effective, rtol=1e-12)


def test_a_missing_part_is_settled_within_its_group():
    """Group a keeps its weight of .6: its mean is that of y alone, 40; total .6 x 40 + .4 x 80 = 56."""
    weights = csi.IndicatorTree.parse("a 60\n  x 30\n  y 30\nb 40").weights()
    scores = node_scores(weights, np.array([[np.nan, 40, 80], [np.nan, np.nan, 80], [np.nan] * 3]))
    assert scores[0].tolist() == pytest.approx([56, 40, np.nan, 40, 80], nan_ok=True)
    assert scores[1].tolist() == pytest.approx([80, np.nan, np.nan, np.nan, 80], nan_ok=True)
    assert np.isnan(scores[2]).all()


# Bad trees ------------------------------------------------------------------------------------------------------

BAD: list[tuple[Callable[[], object], list[str], list[str]]] = [
    (lambda: as_tree(7), ["int", "IndicatorTree"], ["int", "指标体系"]),
    (lambda: csi.IndicatorTree.from_mapping({}), ["overall", "no indicator"], ["没有指标"]),
    (lambda: csi.IndicatorTree.parse("  \n"), ["no indicator"], ["没有指标"]),
    (lambda: csi.IndicatorTree.from_mapping({"a": -1, "b": 2}), ["'a'", "-1", "0 or more"], ["a", "-1"]),
    (lambda: csi.IndicatorTree.from_mapping({"a": "much"}), ["'a'", "much"], ["a", "much"]),
    (lambda: csi.IndicatorTree.from_mapping({"a": None, "b": 1}), ["no weight", "a"], ["没有权重", "a"]),
    (lambda: csi.IndicatorTree.from_mapping({"g": {"a": 0, "b": 0}}), ["'g'", "weigh 0", "a, b"], ["g", "全为 0"]),
    (lambda: csi.IndicatorTree.parse("a 1\nb 2\na 3"), ["more than once", "a"], ["重复", "a"]),
    (
        lambda: csi.IndicatorTree.from_mapping({"g": {"weight": 1, "items": {}}}),
        ["'g'", "items", "parts"],
        ["g", "items", "parts"],
    ),
    (lambda: csi.IndicatorTree.parse("a 1\n    b 1\n  c 1"), ["line 3", "c 1"], ["第 3 行", "c 1"]),
    (lambda: csi.IndicatorTree.parse(": 5"), ["line 1", ": 5"], ["第 1 行"]),
    (
        lambda: csi.IndicatorTree.from_mapping(
            {"a": {"weight": 7, "parts": {"x": 3}}, "b": {"weight": 5, "parts": {"y": 2}}}
        ),
        ["basis", "a", "3", "7"],
        ["basis", "a", "3", "7"],
    ),
    (
        lambda: csi.IndicatorTree.from_frame(pd.DataFrame({"item": ["a"]})),
        ["indicator", "weight"],
        ["indicator", "weight"],
    ),
    (
        lambda: csi.IndicatorTree.from_frame(pd.DataFrame({"indicator": ["a"], "weight": [1], "parent": ["z"]})),
        ["z", "a"],
        ["z", "a"],
    ),
    (
        lambda: csi.IndicatorTree.from_frame(
            pd.DataFrame({"indicator": ["a", "b", "c"], "weight": [1, 1, 1], "parent": ["b", "a", None]})
        ),
        ["themselves", "b, a"],
        ["自身之下"],
    ),
    (
        lambda: csi.IndicatorTree.read("/nowhere/tree.yaml"),
        ["tree.yaml", "cannot be opened"],
        ["tree.yaml", "无法打开"],
    ),
    (lambda: printed().weights("silently"), ["policy", "strict"], ["policy", "strict"]),
    (lambda: csi.IndicatorTree.parse("a 1", basis="percent"), ["basis", "points"], ["basis", "points"]),
]


@pytest.mark.parametrize(("call", "english", "chinese"), BAD)
def test_one_clear_sentence(call, english, chinese):
    for language, words in (("en", english), ("zh", chinese)):
        with csi.use_language(language), pytest.raises(csi.CsiError) as caught:
            call()
        with csi.use_language(language):
            text = str(caught.value)
        assert all(word in text for word in words), text


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(csi.DataError, match=r"bad\.yaml"):
        csi.IndicatorTree.read(path)


def test_a_tree_cannot_be_changed():
    with pytest.raises(AttributeError):
        printed().basis = "shares"
