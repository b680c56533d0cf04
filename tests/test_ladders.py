"""Answer ladders in nine languages: direction and steps from the words, odd words left alone, words for no answer."""

from __future__ import annotations

import random

import pytest

from csi.data.ladders import choose_ladder, is_kano, kano_answers, no_answer, read_ladders, usual_patterns, yes_no
from csi.data.tongues import TONGUES, tongue

# Worst or least first.
LADDERS = {
    "zh": [
        "非常不满意 不满意 一般 满意 非常满意", "很不满意 不太满意 一般 比较满意 非常满意",
        "非常不同意 不同意 中立 同意 非常同意",
        "完全不符合 比较不符合 一般 比较符合 完全符合", "非常不重要 不重要 一般 重要 非常重要",
        "从不 很少 有时 经常 总是",
        "非常不可能 不可能 一般 可能 非常可能", "非常差 差 一般 好 非常好",
        "远低于预期 低于预期 符合预期 高于预期 远高于预期",
        "非常困难 困难 一般 容易 非常容易", "不满意 一般 满意", "差评 中评 好评",
        "非常不满意 不满意 比较不满意 一般 比较满意 满意 非常满意",
    ],
    "en": [
        "Very dissatisfied|Dissatisfied|Neutral|Satisfied|Very satisfied",
        "Extremely dissatisfied|Somewhat dissatisfied|Neither satisfied nor dissatisfied|Somewhat satisfied|"
        "Extremely satisfied",
        "Strongly disagree|Disagree|Neither agree nor disagree|Agree|Strongly agree",
        "Strongly disagree|Disagree|Somewhat disagree|Neutral|Somewhat agree|Agree|Strongly agree",
        "Not at all important|Slightly important|Moderately important|Very important|Extremely important",
        "Very unlikely|Unlikely|Neutral|Likely|Very likely", "Never|Rarely|Sometimes|Often|Always",
        "Poor|Fair|Good|Very good|Excellent", "Very difficult|Difficult|Neutral|Easy|Very easy",
        "Much worse than expected|Worse than expected|As expected|Better than expected|Much better than expected",
        "Bad|Average|Good", "Poor|Fair|Good|Excellent",
    ],
    "es": [
        "Muy insatisfecho|Insatisfecho|Ni satisfecho ni insatisfecho|Satisfecho|Muy satisfecho",
        "Malo|Regular|Bueno|Muy bueno|Excelente",
        "Totalmente en desacuerdo|En desacuerdo|Ni de acuerdo ni en desacuerdo|De acuerdo|Totalmente de acuerdo",
        "Nunca|Casi nunca|A veces|Casi siempre|Siempre", "Muy difícil|Difícil|Neutral|Fácil|Muy fácil",
        "Muy insatisfecha|Insatisfecha|Algo insatisfecha|Ni satisfecha ni insatisfecha|Algo satisfecha|Satisfecha|"
        "Muy satisfecha",
        "Totalmente en desacuerdo|En desacuerdo|Algo en desacuerdo|Neutral|Algo de acuerdo|De acuerdo|"
        "Totalmente de acuerdo",
    ],
    "pt": [
        "Muito insatisfeito|Insatisfeito|Neutro|Satisfeito|Muito satisfeito", "Péssimo|Ruim|Regular|Bom|Ótimo",
        "Discordo totalmente|Discordo parcialmente|Nem concordo nem discordo|Concordo parcialmente|"
        "Concordo totalmente",
        "Nunca|Raramente|Às vezes|Frequentemente|Sempre",
        "Nada importante|Pouco importante|Neutro|Importante|Muito importante",
        "Discordo totalmente|Discordo|Discordo parcialmente|Neutro|Concordo parcialmente|Concordo|Concordo totalmente",
    ],
    "id": [
        "Sangat Tidak Setuju|Tidak Setuju|Netral|Setuju|Sangat Setuju",
        "Sangat Tidak Setuju|Tidak Setuju|Setuju|Sangat Setuju",
        "Sangat Tidak Puas|Tidak Puas|Cukup Puas|Puas|Sangat Puas", "Tidak Pernah|Jarang|Kadang-kadang|Sering|Selalu",
        "Sangat Kurang|Kurang|Cukup|Baik|Sangat Baik",
        "Sangat Tidak Setuju|Tidak Setuju|Kurang Setuju|Setuju|Sangat Setuju", "STS|TS|KS|S|SS",
        "Sangat Tidak Puas|Tidak Puas|Kurang Puas|Puas|Sangat Puas",
        "Sangat Tidak Setuju|Tidak Setuju|Agak Tidak Setuju|Netral|Agak Setuju|Setuju|Sangat Setuju",
    ],
    "fr": [
        "Très insatisfait|Insatisfait|Neutre|Satisfait|Très satisfait", "Mauvais|Moyen|Bien|Très bien|Excellent",
        "Pas du tout d'accord|Plutôt pas d'accord|Ni d'accord ni pas d'accord|Plutôt d'accord|Tout à fait d'accord",
        "Jamais|Rarement|Parfois|Souvent|Toujours",
        "Pas du tout satisfait|Plutôt insatisfait|Plutôt satisfait|Très satisfait",
        "Très insatisfait|Insatisfait|Plutôt insatisfait|Neutre|Plutôt satisfait|Satisfait|Très satisfait",
        "Pas du tout d'accord|Pas d'accord|Plutôt pas d'accord|Neutre|Plutôt d'accord|D'accord|Tout à fait d'accord",
    ],
    "de": [
        "sehr unzufrieden|eher unzufrieden|teils, teils|eher zufrieden|sehr zufrieden",
        "ungenügend|mangelhaft|ausreichend|befriedigend|gut|sehr gut",
        "trifft überhaupt nicht zu|trifft eher nicht zu|teils teils|trifft eher zu|trifft voll zu",
        "nie|selten|manchmal|oft|immer",
        "stimme überhaupt nicht zu|stimme eher nicht zu|neutral|stimme eher zu|stimme voll und ganz zu",
        "sehr unzufrieden|unzufrieden|eher unzufrieden|weder noch|eher zufrieden|zufrieden|sehr zufrieden",
        "stimme gar nicht zu|stimme nicht zu|stimme eher nicht zu|neutral|stimme eher zu|stimme zu|stimme voll zu",
    ],
    "ja": [
        "とても不満|不満|どちらともいえない|満足|とても満足", "不満|やや不満|どちらともいえない|やや満足|満足",
        "全くそう思わない|あまりそう思わない|どちらともいえない|ややそう思う|とてもそう思う",
        "とても悪い|悪い|普通|良い|とても良い",
        "非常に不満|不満|やや不満|普通|やや満足|満足|非常に満足",
        "全くそう思わない|そう思わない|あまりそう思わない|どちらともいえない|ややそう思う|そう思う|強くそう思う",
        "まったく|あまり|ときどき|よく|いつも",
        "期待を大きく下回った|期待を下回った|期待通り|期待を上回った|期待を大きく上回った",
    ],
    "ko": [
        "매우 불만족|불만족|보통|만족|매우 만족", "전혀 그렇지 않다|그렇지 않다|보통이다|그렇다|매우 그렇다",
        "매우 나쁨|나쁨|보통|좋음|매우 좋음",
        "전혀|드물게|가끔|자주|항상", "전혀 중요하지 않다|중요하지 않다|보통이다|중요하다|매우 중요하다",
        "매우 불만족|불만족|만족|매우 만족", "매우 불만족|불만족|약간 불만족|보통|약간 만족|만족|매우 만족",
        "기대보다 훨씬 못함|기대보다 못함|기대와 비슷함|기대보다 좋음|기대보다 훨씬 좋음",
    ],
}  # fmt: skip
ALL = [(language, ladder) for language, ladders in LADDERS.items() for ladder in ladders]


def rungs(ladder: str) -> list[str]:
    return ladder.split("|") if "|" in ladder else ladder.split()


def steps(labels, answers=100):
    readings = read_ladders(labels)
    return None if readings is None else choose_ladder(readings, {}, None, answers).steps


@pytest.mark.parametrize(("language", "ladder"), ALL)
def test_the_words_give_the_steps(language, ladder):
    wanted = {word: step for step, word in enumerate(rungs(ladder), start=1)}
    for seed in range(3):
        labels = list(wanted)
        random.Random(seed).shuffle(labels)
        assert dict(steps(labels)) == wanted


@pytest.mark.parametrize(("language", "ladder"), ALL)
def test_spelling_changes_nothing(language, ladder):
    words = rungs(ladder)
    wanted = list(range(1, len(words) + 1))
    for spelt in (
        [word.upper() for word in words],
        [f"  {word} " for word in words],
        [f"😀 {word}" for word in words],
        [f"{word}." for word in words],
        [f"{step} - {word}" for step, word in enumerate(words, start=1)],
    ):
        found = steps(spelt)
        assert found is not None, spelt
        assert [found[label] for label in spelt] == wanted


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        (["非常满意", "满意", "一般"], [5, 4, 3]),
        (["Satisfied", "Very satisfied", "Neutral"], [4, 5, 3]),
        (["Siempre", "A veces", "Nunca"], [5, 3, 1]),
        (["Sangat Puas", "Puas", "Tidak Puas"], [5, 4, 2]),
        (["SS", "S", "N", "TS"], [5, 4, 3, 2]),
        (["Muito satisfeita", "Neutro", "Insatisfeita"], [5, 3, 2]),
        (["Très satisfaite", "Satisfaite", "Insatisfaite"], [5, 4, 2]),
        (["sehr zufrieden", "eher zufrieden", "eher unzufrieden", "unzufrieden"], [7, 5, 3, 2]),
        (["とても満足", "満足", "不満"], [5, 4, 2]),
        (["매우 만족", "보통", "불만족"], [5, 3, 2]),
    ],
)
def test_a_step_that_nobody_chose_keeps_its_place(labels, wanted):
    assert [steps(labels, 10)[label] for label in labels] == wanted


@pytest.mark.parametrize(
    ("ladder", "wanted"),
    [
        ("很满意 满意 基本满意 不满意 很不满意", [5, 4, 3, 2, 1]),
        ("非常满意 满意 基本满意 不满意 非常不满意", [5, 4, 3, 2, 1]),
        ("非常满意 满意 基本满意 不满意", [4, 3, 2, 1]),
        ("非常满意 满意 基本满意", [5, 4, 3]),
        ("满意 基本满意 不满意", [3, 2, 1]),
        ("符合 基本符合 不符合", [3, 2, 1]),
        ("完全符合 基本符合 一般 基本不符合 完全不符合", [5, 4, 3, 2, 1]),
    ],
)
def test_basically_satisfied_is_the_middle_where_no_other_middle_is(ladder, wanted):
    assert [steps(ladder.split())[label] for label in ladder.split()] == wanted


@pytest.mark.parametrize(
    "ladder",
    [
        "非常满意|满意|一般|不满意|非常不满意",
        "Very satisfied|Satisfied|Neutral|Dissatisfied|Very dissatisfied",
        "Muy satisfecha|Satisfecha|Neutral|Insatisfecha|Muy insatisfecha",
        "Muito satisfeito|Satisfeito|Neutro|Insatisfeito|Muito insatisfeito",
        "sehr zufrieden|zufrieden|neutral|unzufrieden|sehr unzufrieden",
        "très satisfait|satisfait|neutre|insatisfait|très insatisfait",
        "Sangat Puas|Puas|Netral|Tidak Puas|Sangat Tidak Puas",
        "とても満足|満足|普通|不満|とても不満",
        "매우 만족|만족|보통|불만족|매우 불만족",
    ],
)
def test_three_steps_are_three_unless_few_answered_beside_questions_of_five(ladder):
    five = ladder.split("|")
    three = five[1:4]
    assert [steps(three)[label] for label in three] == [3, 2, 1]
    usual = usual_patterns([read_ladders(five)] * 3)
    assert [choose_ladder(read_ladders(three), usual, None, 20).steps[label] for label in three] == [4, 3, 2]


def test_every_word_of_the_files_is_text():
    """YAML reads `true`, `no` and `null` as something else where they are not quoted."""

    def walk(part, path):
        if isinstance(part, dict):
            for key, value in part.items():
                walk(value, (*path, key))
        elif isinstance(part, list):
            for value in part:
                walk(value, path)
        elif path[-1] not in ("verified", "two_steps", "patterns"):
            assert isinstance(part, str), (path, part)

    for language in ("any", *TONGUES):
        walk(tongue(language), (language,))


def test_two_spellings_of_a_rung_share_it():
    assert dict(steps(["Good", "good ", "Bad"])) == {"Good": 2, "good ": 2, "Bad": 1}
    found = steps(["Muy satisfecha", "Muy satisfecho", "Satisfecha", "Insatisfecho", "Muy insatisfecho", "Neutral"])
    assert found["Muy satisfecha"] == found["Muy satisfecho"] == 5


@pytest.mark.parametrize(
    "labels",
    [
        ["red", "green", "blue"], ["Yes", "No"], ["是", "否"], ["男", "女"], ["North", "South"], ["18-24", "25-34"],
        ["Sim", "Não"], ["Oui", "Non"], ["N", "S", "A"], ["S", "N"], ["SS", "S"], ["Online", "Store"], ["一般"],
        ["Neutral"], ["了解", "不了解"], ["Madrid", "Sevilla"],
    ],
)  # fmt: skip
def test_other_words_are_no_ladder(labels):
    assert read_ladders(labels) is None


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("不清楚", "dont_know"), ("Don't know", "dont_know"), ("No sabe", "dont_know"), ("Não sei", "dont_know"),
        ("weiß nicht", "dont_know"), ("Ne sait pas", "dont_know"), ("tidak tahu", "dont_know"), ("わからない",
        "dont_know"),
        ("모름", "dont_know"), ("不适用", "not_asked"), ("N/A", "blank"), ("Not applicable", "not_asked"),
        ("no aplica", "not_asked"), ("entfällt", "not_asked"), ("非該当", "not_asked"), ("拒答", "refused"),
        ("Non concernée", "not_asked"),
        ("Prefer not to say", "refused"), ("keine Angabe", "refused"), ("prefiero no contestar", "refused"),
        ("(跳过)", "skipped"), (".", "blank"), ("-", "blank"), ("—", "blank"), ("/", "blank"), ("无回答", None),
        ("#DIV/0!", "unreadable"), ("5", None), ("good", None), ("很好", None),
        ("No contesta", "refused"), ("No estoy segura", "dont_know"), ("Sin respuesta", "blank"),
        ("Não se aplica", "not_asked"), ("Prefiro não responder", "refused"), ("Em branco", "blank"),
        ("Tidak berlaku", "not_asked"), ("Tidak mau menjawab", "refused"), ("Kosong", "blank"),
        ("Non renseigné", "blank"), ("Refus", "refused"), ("keine Antwort", "blank"),
        ("答えたくない", "refused"), ("無回答", "blank"), ("해당 없음", "not_asked"), ("응답 거부", "refused"),
        ("무응답", "blank"),
    ],
)  # fmt: skip
def test_words_for_no_answer(cell, reason):
    assert no_answer(cell) == reason


@pytest.mark.parametrize("language", TONGUES)
def test_every_word_for_no_answer_gives_its_own_reason(language):
    for reason, words in tongue(language)["no_answer"].items():
        assert not [word for word in words if "|" in word or no_answer(word) != reason]


@pytest.mark.parametrize(
    "labels",
    [
        ["Me gusta", "Lo espero", "Me da igual", "Lo tolero", "No me gusta"],
        ["J'aime", "C'est normal", "Ça m'est égal", "Je peux vivre avec", "Je n'aime pas"],
        ["Das würde mich sehr freuen", "Das setze ich voraus", "Das ist mir egal", "Das könnte ich in Kauf nehmen",
         "Das würde mich sehr stören"],
        ["Suka", "Mengharapkan", "Netral", "Toleransi", "Tidak suka"],
    ],
)  # fmt: skip
def test_kano_answers_in_other_languages(labels):
    assert kano_answers(reversed(labels)) == {label: at for at, label in enumerate(labels, start=1)}


def test_kano_answers_and_yes_no():
    assert is_kano(["I like it", "I expect it", "I am neutral", "I can tolerate it", "I dislike it"])
    assert is_kano(["我很喜欢", "理应如此", "无所谓", "勉强可以接受", "我不喜欢"])
    assert is_kano(["Cela me ferait très plaisir", "Je l'accepterais", "Cela me dérangerait beaucoup"])
    assert not is_kano(["Very satisfied", "Satisfied", "Neutral"])
    assert yes_no(["Oui", "Non"]) == {"Oui": 1, "Non": 0}
    assert yes_no(["red", "No"]) is None
