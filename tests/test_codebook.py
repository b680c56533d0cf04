"""Scales, items and codebooks: what they mean, how they are read and written, and what stops them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.data.codebook import KINDS, REASONS, Codebook, Item
from csi.data.scales import FrozenMapping, Scale
from csi.errors import DataError

BOOK = """
title: {en: Mobile operators, zh: 移动运营商}
source: simulated
roles: {weight: weight, strata: region, cluster: interviewer, case: operator, wave: wave, duration: seconds,
        respondent: id, private: [ip]}
missing: {97: dont_know, "(跳过)": skipped}
scales:
  rating10: {lo: 1, hi: 10, labels: {1: {en: very poor, zh: 非常差}, 10: {en: excellent, zh: 非常好}}}
  yesno: {lo: 0, hi: 1, labels: {0: {en: no, zh: 否}, 1: {en: yes, zh: 是}}}
items:
  sat_overall: {scale: rating10, construct: Satisfaction, text: {en: "Overall, with {operator}?", zh: 总体上满意吗？}}
  qual_wrong: {scale: rating10, construct: Quality, reversed: true, missing: {99: refused}}
  complained: {scale: yesno, construct: Complaints, aliases: [Q7, 投诉]}
  sat_ideal: {scale: rating10, construct: Satisfaction}
  comment: {kind: text}
truth: {seed: 1, paths: {Quality: [0.5, 0.25]}}
"""


def test_scale_by_hand():
    scale = Scale(1, 5)
    assert scale.points.tolist() == [1, 2, 3, 4, 5]
    assert scale.contains([0, 1, 5, 6, 2.5, np.nan]).tolist() == [False, True, True, False, False, False]
    assert scale.inside([2.5, 6]).tolist() == [True, False]
    assert scale.reverse([1, 2, 5]).tolist() == [5, 4, 1]
    assert np.isnan(scale.reverse(np.nan))
    half = Scale(0, 1, step=0.1)
    assert half.contains(half.points).all()
    assert half.contains(0.30000000000000004)
    assert not half.contains(0.35)
    assert Scale(0, 100, step=0).contains(33.3)
    assert str(Scale(-3, 3)) == "-3..3"
    assert Scale(1, 5) == Scale(1.0, 5.0) != Scale(1, 7)


@given(st.integers(-5, 5), st.integers(1, 20), st.lists(st.integers(0, 20)))
def test_reversing_twice_gives_the_rating_back(lo, width, steps):
    scale = Scale(lo, lo + width)
    ratings = np.array([lo + step for step in steps if step <= width], dtype=float)
    assert scale.contains(scale.reverse(ratings)).all()
    np.testing.assert_array_equal(scale.reverse(scale.reverse(ratings)), ratings)


def test_codebook_from_yaml():
    book = Codebook.from_yaml(BOOK)
    assert list(book.items) == ["sat_overall", "qual_wrong", "complained", "sat_ideal", "comment"]
    assert book.constructs() == {
        "Satisfaction": ("sat_overall", "sat_ideal"),
        "Quality": ("qual_wrong",),
        "Complaints": ("complained",),
    }
    assert book.items["qual_wrong"].reversed
    assert book.items["complained"].scale.labels == {0: {"en": "no", "zh": "否"}, 1: {"en": "yes", "zh": "是"}}
    assert book.items["complained"].aliases == ("Q7", "投诉")
    assert book.items["comment"].kind == "text"
    assert book.missing_for("qual_wrong") == {97: "dont_know", "(跳过)": "skipped", 99: "refused"}
    assert book.missing_for("sat_overall") == {97: "dont_know", "(跳过)": "skipped"}
    assert book.roles["respondent"] == "id"
    assert book.private == ("ip",)
    assert book.truth["paths"]["Quality"] == (0.5, 0.25)


def test_yaml_round_trip_and_reading_a_file(tmp_path):
    book = Codebook.from_yaml(BOOK)
    text = book.to_yaml()
    assert Codebook.from_yaml(text) == book
    assert "非常差" in text
    assert "text: {en: 'Overall, with {operator}?', zh: 总体上满意吗？}" in text
    file = tmp_path / "book.yaml"
    file.write_text(text, encoding="utf-8-sig")
    assert Codebook.read(file) == book
    assert pickle.loads(pickle.dumps(book)) == book


_LETTERS = st.characters(codec="utf-8", exclude_characters="\0")  # a NUL is refused with a sentence
_WORDS = st.one_of(
    st.text(_LETTERS, max_size=12), st.sampled_from(["no", "yes", "null", "~", "01", "1e5", "1_0", "a: b", "是", "#"])
)
_NAMES = st.one_of(
    st.text(_LETTERS, min_size=1, max_size=8).filter(str.strip),
    st.sampled_from(["no", "007", "1", "满意度", "Q1: a", "- x", "2026-01-01"]),
)


@st.composite
def codebooks(draw):
    wording = st.dictionaries(st.sampled_from(["en", "zh"]), _WORDS)
    scales = [
        Scale(1, 5),
        Scale(1, 10, {1: {"en": "no"}, 10: {"zh": "是"}}),
        Scale(0, 100, step=0),
        Scale(1, 5, {1: {"en": "x"}}),
    ]
    names = draw(st.lists(_NAMES, min_size=1, max_size=4, unique=True))
    items = {}
    for name in names:
        kind = draw(st.sampled_from(KINDS))
        scale = draw(st.sampled_from([None, *scales])) if kind in ("rating", "number") else None
        items[name] = Item(
            name,
            scale=scale,
            text=draw(wording),
            construct=draw(st.one_of(st.none(), _NAMES)),
            reversed=scale is not None and draw(st.booleans()),
            kind=kind,
            aliases=tuple(draw(st.lists(_WORDS, max_size=2))),
        )
    codes = st.dictionaries(
        st.one_of(_WORDS, st.integers(101, 999), st.just(-9.5)), st.sampled_from(REASONS[1:]), max_size=3
    )
    own = {name: found for name in names if (found := draw(codes))}
    return Codebook(
        items,
        title=draw(wording),
        source=draw(_WORDS),
        weight=draw(st.one_of(st.none(), st.just("a weight column"))),
        private=tuple(draw(st.lists(_WORDS, max_size=2))),
        missing_codes=draw(codes),
        item_missing_codes=own,
        truth=draw(
            st.dictionaries(_WORDS, st.one_of(_WORDS, st.integers(), st.floats(allow_nan=False), st.lists(_WORDS)))
        ),
    )


@settings(max_examples=150, deadline=None)
@given(codebooks())
def test_every_codebook_survives_its_yaml(book):
    assert Codebook.from_yaml(book.to_yaml()) == book


def test_a_codebook_cannot_be_changed():
    book = Codebook.from_yaml(BOOK)
    for change in (
        lambda: book.items.__setitem__("x", Item("x")),
        lambda: book.items.pop("comment"),
        lambda: book.missing_codes.update({1: "blank"}),
        lambda: book.items["complained"].scale.labels.clear(),
        lambda: book.truth["paths"].setdefault("x", 1),
    ):
        with pytest.raises(TypeError, match="cannot be changed"):
            change()
    assert isinstance(book.items, FrozenMapping)
    assert hash(book.items["complained"].scale) == hash(Codebook.from_yaml(BOOK).items["complained"].scale)


def test_plain_wording_goes_to_its_language():
    item = Item("q", text="总体满意吗？")
    assert item.text == {"zh": "总体满意吗？"}
    assert Item("q", text="How was it?").text == {"en": "How was it?"}


BAD = [
    (lambda: Scale(5, 1), ["from 5 to 1"], ["从 5 到 1"]),
    (lambda: Scale(1, float("inf")), ["finite"], ["有限"]),
    (lambda: Scale(1, 10, step=4), ["1-10", "step 4"], ["步长 4"]),
    (lambda: Scale(1, 5, {6: "x"}), ["labels for 6", "1-5"], ["6", "没有这些点"]),
    (lambda: Scale(1, 5, {1: "bad", 2: "bad"}), ["'bad'", "1, 2"], ["bad", "1、2"]),
    (lambda: Item("q", kind="score"), ["'q'", "'score'", "rating, number"], ["score", "rating、number"]),
    (lambda: Item("q", reversed=True), ["'q'", "give it a scale"], ["反向题", "量表"]),
    (lambda: Item("q", Scale(1, 5), kind="text"), ["'q'", "text"], ["q", "text"]),
    (lambda: Codebook({"a": Item("b")}), ["'a'", "'b'"], ["“a”", "“b”"]),
    (lambda: Codebook({"w": Item("w")}, weight="w"), ["'w'", "weight"], ["既是题项又是"]),
    (
        lambda: Codebook({"a": Item("a")}, missing_codes={9: "gone"}),
        ["9", "'gone'", "dont_know"],
        ["gone", "dont_know"],
    ),
    (
        lambda: Codebook({"a": Item("a", Scale(0, 100))}, missing_codes={97: "blank"}),
        ["97", "0-100", "'a'", "`missing:`"],
        ["97", "0-100", "missing"],
    ),
    (
        lambda: Codebook({"a": Item("a")}, item_missing_codes={"b": {9: "blank"}}),
        ["unknown items: b", "there are: a"],
        ["没有这些题项：b"],
    ),
    (lambda: Codebook.from_yaml("items:\n  a: {kind: rating\n", "b.yaml"), ["b.yaml, line 3"], ["b.yaml 第 3 行"]),
    (
        lambda: Codebook.from_yaml("items:\n  q1: {}\n  q1: {}\n"),
        ["line 3", "'q1'", "second time"],
        ["第 3 行", "q1", "重复"],
    ),
    (lambda: Codebook.from_yaml("itmes: {q1: {}}"), ["'itmes'", "roles", "items"], ["itmes", "items"]),
    (lambda: Codebook.from_yaml("items: {q1: {scal: a}}"), ["items.q1", "'scal'", "scale"], ["items.q1", "scal"]),
    (
        lambda: Codebook.from_yaml("roles: {weights: w}\nitems: {q1: {}}"),
        ["roles", "'weights'", "weight"],
        ["roles", "weights"],
    ),
    (lambda: Codebook.from_yaml("roles: {strata: [a]}\nitems: {q1: {}}"), ["roles.strata", "list"], ["roles.strata"]),
    (
        lambda: Codebook.from_yaml("scales: {ten: {lo: 1, hi: 10}}\nitems: {q1: {scale: tem}}"),
        ["items.q1", "'tem'", "ten"],
        ["items.q1", "tem", "ten"],
    ),
    (
        lambda: Codebook.from_yaml("scales: {ten: {lo: 1}}\nitems: {q1: {}}"),
        ["scales.ten.hi", "(empty)"],
        ["scales.ten.hi"],
    ),
    (
        lambda: Codebook.from_yaml("scales: {t: {lo: 9, hi: 1}}\nitems: {q1: {}}"),
        ["scales.t", "from 9 to 1"],
        ["scales.t"],
    ),
    (
        lambda: Codebook.from_yaml("items: {q1: {kind: star}}", "c.yaml"),
        ["c.yaml, items.q1", "'star'"],
        ["items.q1", "star"],
    ),
    (
        lambda: Codebook.from_yaml("items: {q1: {reversed: maybe}}"),
        ["items.q1.reversed", "true | false"],
        ["q1.reversed"],
    ),
    (lambda: Codebook.from_yaml("items: {q1: {text: {fr: x}}}"), ["items.q1.text", "'fr'", "en, zh"], ["fr", "en、zh"]),
    (
        lambda: Codebook.from_yaml("items: {q1: {}}\nmissing: {null: blank}"),
        ["missing", "(empty)", "99: dont_know"],
        ["missing"],
    ),
    (lambda: Codebook.from_yaml("items: [q1, q2]"), ["items", "list", "key: value"], ["items", "list"]),
    (lambda: Codebook.from_yaml("title: x"), ["no items"], ["没有题项"]),
    (lambda: Codebook.from_yaml("just words"), ["codebook", "just words"], ["just words"]),
]


@pytest.mark.parametrize(("call", "english", "chinese"), BAD)
def test_bad_codebooks_say_what_is_wrong(call, english, chinese):
    with pytest.raises(DataError) as caught:
        call()
    for language, expected in (("en", english), ("zh", chinese)):
        with csi.use_language(language):
            sentence = str(caught.value)
        for word in expected:
            assert word in sentence, (language, sentence)


def test_codebook_file_that_cannot_be_read(tmp_path):
    (tmp_path / "other.yaml").write_text("items: {q: {}}")
    with pytest.raises(DataError, match=r"cannot be opened.*other\.yaml"):
        Codebook.read(tmp_path / "book.yaml")
    (tmp_path / "gb.yaml").write_bytes("title: 满意度\nitems: {q: {}}".encode("gb18030"))
    with pytest.raises(DataError, match="not text in utf-8"):
        Codebook.read(tmp_path / "gb.yaml")
