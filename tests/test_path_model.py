"""PathModel: the notation, the order of constructs, where items come from, what is refused and how it is said."""

import pickle
from itertools import combinations, pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from csi import ModelError, use_language
from csi.data.codebook import Codebook, Item
from csi.data.scales import Scale
from csi.models.items import Construct
from csi.models.path import PathModel

TEN = Scale(1, 10)

MOBI = """
# measurement
Image =~ IMAG1 + IMAG2 + IMAG3   # three of five
Expectation =~ CUEX1 + CUEX2; Quality <~ PERQ1 + PERQ2
Loyalty =~ CUSL1

Satisfaction =~ CUSA1 +
    CUSA2
    + CUSA3
Loyalty ~ Image
Satisfaction ~ Quality
Quality ~ Expectation; Expectation ~ Image
Satisfaction ~ Expectation + Image
Loyalty ~ Satisfaction
"""


def book(**constructs):
    """A codebook of ratings: construct -> item names."""
    return Codebook(
        items={item: Item(item, TEN, construct=name) for name, items in constructs.items() for item in items}
    )


def codes(model):
    return [remark.code for remark in model.notes]


def test_parse_reads_every_form_of_the_notation():
    model = PathModel.parse(MOBI, name="mobi")
    assert model.names == ("Image", "Expectation", "Quality", "Satisfaction", "Loyalty")
    assert model.construct("Image") == Construct("Image", ("IMAG1", "IMAG2", "IMAG3"), "A")
    assert model.construct("Quality") == Construct("Quality", ("PERQ1", "PERQ2"), "B")
    assert model.construct("Satisfaction").items == ("CUSA1", "CUSA2", "CUSA3")
    assert model.paths == (
        ("Image", "Expectation"),
        ("Expectation", "Quality"),
        ("Image", "Satisfaction"),
        ("Expectation", "Satisfaction"),
        ("Quality", "Satisfaction"),
        ("Image", "Loyalty"),
        ("Satisfaction", "Loyalty"),
    )
    assert model.exogenous == ("Image",)
    assert model.endogenous == ("Expectation", "Quality", "Satisfaction", "Loyalty")
    assert model.predecessors("Satisfaction") == ("Image", "Expectation", "Quality")
    assert model.predecessors("Image") == ()
    assert model.items[:3] == ("IMAG1", "IMAG2", "IMAG3")
    assert model.unfilled == ()


def test_chinese_names_and_marks_read_like_the_others():
    chinese = PathModel.parse("满意度 =~ 总体满意 + q.2；满意度 ～ 形象_1 ＋ 质量 ＃ 注释", name="中文")
    plain = PathModel.parse("满意度 =~ 总体满意 + q.2\n满意度 ~ 形象_1 + 质量", name="中文")
    assert chinese == plain
    assert chinese.names == ("形象_1", "质量", "满意度")
    assert chinese.unfilled == ("形象_1", "质量")


def test_the_order_of_lines_does_not_change_which_model_it_is():
    lines = MOBI.replace("+\n", "+ ").replace("\n    +", " +").splitlines()
    turned = PathModel.parse("\n".join(reversed(lines)), name="mobi")
    straight = PathModel.parse(MOBI, name="mobi")
    assert set(turned.constructs) == set(straight.constructs)
    assert set(turned.paths) == set(straight.paths)


word = st.text("abcXYZ质量满意_", min_size=1, max_size=4).filter(str.isidentifier)


@st.composite
def models(draw):
    """Text of a random acyclic model, its statements shuffled, some constructs without items."""
    names = draw(st.lists(word, min_size=2, max_size=7, unique=True))
    pairs = draw(st.lists(st.sampled_from(list(combinations(names, 2))), min_size=1, unique=True))
    lines = []
    for number, name in enumerate(dict.fromkeys(end for pair in pairs for end in pair)):
        count = draw(st.integers(0, 3))
        operator = draw(st.sampled_from(["=~", "<~"]))
        if count:
            lines.append(f"{name} {operator} {' + '.join(f'item{number}.{k}' for k in range(count))}")
    lines += [f"{target} ~ {source}" for source, target in pairs]
    return "\n".join(draw(st.permutations(lines))), pairs


@given(models())
def test_round_trip_and_causal_order(case):
    text, pairs = case
    model = PathModel.parse(text)
    assert PathModel.parse(model.to_lavaan()) == model
    assert set(model.paths) == set(pairs)
    position = {name: place for place, name in enumerate(model.names)}
    assert all(position[source] < position[target] for source, target in pairs)
    assert model.order == model.names
    assert set(model.exogenous) | set(model.endogenous) == set(model.names)
    for name in model.names:
        assert set(model.predecessors(name)) == {source for source, target in pairs if target == name}


@given(models(), st.randoms(use_true_random=False))
def test_an_arrow_back_is_always_a_cycle(case, random):
    text, pairs = case
    source, target = random.choice(pairs)
    assume((target, source) not in pairs)
    with pytest.raises(ModelError) as caught:
        PathModel.parse(f"{text}\n{source} ~ {target}")
    assert caught.value.code == "model_cycle"
    cycle = caught.value.values["cycle"].split(" -> ")
    assert cycle[0] == cycle[-1]
    arrows = {*pairs, (target, source)}
    assert all(pair in arrows for pair in pairwise(cycle))


# text, code, words of the English sentence, words of the Chinese one
BAD_TEXT = [
    ("", "model_empty", ["'m'", "no statement", "Satisfaction ~ Quality"], ["“m”", "没有任何语句"]),
    ("  \n # only a comment \n ;", "model_empty", ["no statement"], ["没有任何语句"]),
    (7, "model_not_text", ["text", "int"], ["文本", "int"]),
    ("S ~ A\nS A", "model_syntax", ["line 2", "'S A'", "=~"], ["第 2 行", "'S A'"]),
    ("S ~ A\n\nS =~ ", "model_syntax", ["line 3", "'S =~'"], ["第 3 行"]),
    ("S ~ A + + B", "model_syntax", ["line 1"], ["第 1 行"]),
    ("~ A", "model_syntax", ["line 1", "'~ A'"], ["第 1 行"]),
    ("S ~ A ~ B", "model_syntax", ["line 1"], ["第 1 行"]),
    ("S ~ A\nA ~~ S", "model_operator", ["line 2", "~~", "not supported"], ["第 2 行", "~~", "不受支持"]),
    ("S ~ A\nind := a*b", "model_operator", ["line 2", ":=", "not supported"], ["第 2 行", ":="]),
    ("A -> S", "model_operator", ["->"], ["->"]),
    ("S = A", "model_operator", ["operator ="], ["运算符 ="]),
    ("S ~ b1*A", "model_coefficient", ["line 1", "'b1*A'", "write A alone"], ["第 1 行", "'b1*A'", "只写 A"]),
    ("S =~ 0.5*x + y\nS ~ A", "model_coefficient", ["line 1", "0.5*x"], ["第 1 行", "0.5*x"]),
    ("S ~ 1A", "model_name", ["line 1", "'1A'"], ["第 1 行", "'1A'"]),
    ("S ~ A B", "model_name", ["'A B'", "missing +"], ["'A B'", "漏写了 +"]),
    ("S ~ A:B", "model_name", ["'A:B'"], ["'A:B'"]),
    ("S =~ Q1-1\nS ~ A", "model_name", ["'Q1-1'"], ["'Q1-1'"]),
    ("S =~ x + y", "model_no_path", ["'m'", "no path"], ["“m”", "没有路径"]),
    ("S ~ A\nS ~ B + S", "model_self_path", ["line 2", "S to itself"], ["第 2 行", "S 指向自身"]),
    ("S ~ A\nS ~ B + A", "model_duplicate_path", ["line 2", "A -> S", "twice"], ["第 2 行", "A -> S", "重复"]),
    ("S =~ x\nS ~ A\nS =~ y", "model_duplicate_measurement", ["line 3", "S is defined twice"], ["第 3 行", "两次"]),
    ("S =~ x + y\nA =~ z + x\nS ~ A", "model_shared_item", ["line 2", "'x'", "A", "S"], ["第 2 行", "'x'"]),
    ("S =~ x + x\nS ~ A", "model_shared_item", ["line 1", "'x'", "once"], ["第 1 行", "只写一次"]),
    ("S =~ x + A\nS ~ A", "model_item_is_construct", ["line 1", "'A'", "S"], ["第 1 行", "'A'"]),
    (
        "S =~ x\nS ~ A\nL =~ y",
        "model_isolated",
        ["line 3", "L has items but no path"],
        ["第 3 行", "L 有题项而没有路径"],
    ),
    ("B ~ A\nC ~ B\nA ~ C", "model_cycle", ["line 3", "A -> B -> C -> A"], ["第 3 行", "A -> B -> C -> A"]),
    ("S ~ A + B\nB ~ S", "model_cycle", ["line 2", "S -> B -> S", "cycle"], ["第 2 行", "循环"]),
]


@pytest.mark.parametrize(("text", "code", "english", "chinese"), BAD_TEXT, ids=lambda case: repr(case)[:40])
def test_bad_text_is_refused_in_one_clear_sentence(text, code, english, chinese):
    with pytest.raises(ModelError) as caught:
        PathModel.parse(text, name="m")
    assert caught.value.code == code
    _says(caught.value, english, chinese)


def _says(error, english, chinese):
    for language, expected in (("en", english), ("zh", chinese)):
        with use_language(language):
            sentence = str(error)
        assert "\n" not in sentence
        for part in expected:
            assert part in sentence
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


SMALL = PathModel.parse("S =~ x + y\nS ~ A", name="m")
BAD_CALLS = [
    (
        lambda: SMALL.construct("B"),
        "unknown_construct",
        ["'m'", "'B'", "it has: A, S"],
        ["“m”", "'B'", "现有：A、S"],
    ),
    (lambda: SMALL.predecessors("B"), "unknown_construct", ["'B'"], ["'B'"]),
    (
        lambda: PathModel("m", (Construct("A"), Construct("S")), (("A", "T"),)),
        "unknown_construct",
        ["'T'", "A, S"],
        ["'T'", "A、S"],
    ),
    (
        lambda: PathModel("m", (Construct("A"), Construct("S")), (("A", "S"), ("S", "A"))),
        "model_cycle",
        ["'m'", "A -> S -> A"],
        ["“m”", "A -> S -> A"],
    ),
    (
        lambda: SMALL.resolve(["x", "z"]),
        "model_unknown_items",
        ["'m'", "1 of its items", "y", "x, z"],
        ["1 个题项", "y", "x、z"],
    ),
    (
        lambda: SMALL.resolve(["x", "y", "a1"], book(B=["a1"])),
        "unfilled_constructs",
        ["1 constructs", "A", "`construct: A`", "A =~ item1 + item2", "x, y, a1"],
        ["1 个潜变量", "`construct: A`", "PathModel.parse"],
    ),
    (lambda: SMALL.to_seminr(), "unfilled_model", ["A", "model.resolve"], ["A", "model.resolve"]),
    (
        lambda: SMALL.resolve(["x", "y", "Q1-1"], book(A=["Q1-1"])).to_lavaan(),
        "unwritable_names",
        ["Q1-1", "rename"],
        ["Q1-1", "改名"],
    ),
]


@pytest.mark.parametrize(("call", "code", "english", "chinese"), BAD_CALLS)
def test_bad_calls_are_refused_in_one_clear_sentence(call, code, english, chinese):
    with pytest.raises(ModelError) as caught:
        call()
    assert caught.value.code == code
    _says(caught.value, english, chinese)


def test_items_come_from_the_model_then_the_codebook_then_known_names():
    model = PathModel.parse("Value =~ own\nSatisfaction ~ Image + Value")
    codebook = book(Image=["i2", "i1", "own"], Value=["v1"])
    filled = model.resolve(["CUSA2", "own", "v1", "i1", "i2", "CUSA1"], codebook)
    assert filled.construct("Value").items == ("own",)  # the line wins over the codebook, which says v1
    assert filled.construct("Image").items == ("i2", "i1")  # codebook order, without the item the line took
    assert filled.construct("Satisfaction").items == ("CUSA1", "CUSA2")
    assert codes(filled) == ["items_from_aliases"]
    assert "Satisfaction (CUSA1 + CUSA2)" in str(filled.notes[0])
    assert filled.resolve(["CUSA2", "own", "v1", "i1", "i2", "CUSA1"], codebook) == filled
    assert model.unfilled == ("Image", "Satisfaction")  # the model itself is as it was


def test_only_numeric_items_that_are_there_fill_a_construct():
    codebook = Codebook(
        items={
            "a1": Item("a1", TEN, construct="A"),
            "gone": Item("gone", TEN, construct="A"),
            "why": Item("why", kind="text", construct="A"),
            "s1": Item("s1", TEN, construct="S"),
        }
    )
    filled = PathModel.parse("S ~ A").resolve(["a1", "why", "s1"], codebook)
    assert filled.items == ("a1", "s1")


def test_a_name_in_other_letter_case_counts_only_if_one_item_has_it():
    model = PathModel("m", (Construct("A", aliases=(("q", "OLD"),)), Construct("S", ("s",))), (("A", "S"),))
    assert model.resolve(["old", "s"]).construct("A").items == ("old",)
    assert model.resolve(["old", "OLD", "s"]).construct("A").items == ("OLD",)
    with pytest.raises(ModelError, match="q\\|OLD"):
        model.resolve(["old", "Old", "s"])


def test_an_item_that_the_codebook_gives_to_another_construct_is_not_taken_by_name():
    model = PathModel.parse("Satisfaction =~ s\nSatisfaction ~ Image")
    filled = model.resolve(["IMAG1", "IMAG2", "s"], book(Elsewhere=["IMAG1"]))
    assert filled.construct("Image").items == ("IMAG2",)


def test_seminr_code_names_modes_single_items_and_paths():
    model = PathModel.parse(
        "Image =~ i1 + i2; Quality <~ q1 + q2; Loyalty =~ l1; Quality ~ Image; Loyalty ~ Image + Quality"
    )
    assert model.to_seminr() == "\n".join(
        [
            "measurement <- constructs(",
            '  composite("Image", c("i1", "i2"), weights = mode_A),',
            '  composite("Quality", c("q1", "q2"), weights = mode_B),',
            '  composite("Loyalty", single_item("l1"))',
            ")",
            "structure <- relationships(",
            '  paths(from = c("Image"), to = "Quality"),',
            '  paths(from = c("Image", "Quality"), to = "Loyalty")',
            ")",
        ]
    )
    assert 'reflective("Image", c("i1", "i2"))' in model.to_seminr(consistent=True)
    quoted = SMALL.resolve(["x", "y", 'say "a"'], book(A=['say "a"'])).to_seminr()
    assert r'single_item("say \"a\"")' in quoted


def test_both_views_show_the_same_lines_in_the_chosen_language():
    model = PathModel(
        "m<1>", (Construct("A", text={"en": "cause", "zh": "原因"}), Construct("S", ("s",))), (("A", "S"),)
    )
    with use_language("zh"):
        text, html = repr(model), model._repr_html_()
    assert "2 个潜变量，1 条路径" in text
    assert "A (原因)" in text
    assert "S =~ s <- A" in text
    assert "S =~ s &lt;- A" in html
    assert "m&lt;1&gt;" in html
    assert len(html.splitlines()) == len(text.splitlines()) == 3
    assert "A (cause)" in repr(model)
