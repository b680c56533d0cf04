"""The scale that a heading states, and which of its ends is the good one: (0-10), 1 to 7, 1 = bad ... 5 = good, /10."""

from __future__ import annotations

import re
from functools import cache

from csi.data.ladders import families
from csi.data.tongues import letters, plain_label

_SCALES = {(0, 1), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 8), (1, 9), (1, 10), (1, 11), (0, 3), (0, 4), (0, 5),
           (0, 6), (0, 7), (0, 10), (0, 100), (1, 100), (-2, 2), (-3, 3), (-5, 5)}  # fmt: skip
_POINTS = r"\s*(?:分|点|점|星|points?|punkte?)?\s*"
_COUNTED = (  # 1-3 times, 1-5 km are amounts
    r"times|days|weeks|months|years?|hours|min(?:ute)?s?|km|miles|people|persons|nights|visits|次|天|年|岁|月|周|小时|分钟|人|"
    r"个|元|回|歳|日|時間|번|회|명|veces|vezes|mal\b|fois|kali|años|anos|jahre|ans\b|tahun|días|dias|tage|jours|hari"
)
_LISTED = re.compile(  # week 1-4, items 1-10 are names
    r"(?:weeks?|days?|items?|parts?|questions?|floors?|sections?|chapters?|units?|modules?|steps?|phases?|aged?|ages|q|"
    r"last|teil|woche|semana|semaine|minggu|每[周月年天]|第)\s*$",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"(?<![\w.,/-])([+-]?\d{{1,3}}){_POINTS}(?:-|–|—|~|～|〜|to|bis|a|à|hasta|sampai|到|至|から|부터)\s*"
    rf"([+-]?\d{{1,3}})(?!\d|[.,/]\d|%|-\d)(?!\s*(?:{_COUNTED}))",
    re.IGNORECASE | re.ASCII,
)
_ENDS = re.compile(
    r"(?<!\d)([0-9]{1,3})\s*[=:：＝]\s*[^\d,;，；()（）]{2,60}?[,;，；、/ ]+\s*(?:\.\.\.|…)?\s*([0-9]{1,3})\s*[=:：＝]"
)
_OUT_OF = re.compile(r"(?:/|out of|von|sur|de un total de)\s*(5|7|10|100)\s*\)?\s*$", re.IGNORECASE)
_PAIR = re.compile(rf"(?<![a-z\d.,/])([+-]?\d{{1,3}}){_POINTS}([^\d]{{1,80}})", re.IGNORECASE)
_LINKS = re.compile(
    r"^\W*(?:being|means?|is|for|as|represents?|indicates?|significa|es|é|bedeutet|ist|signifie|est|berarti|表示|代表|为|是|指|が|は)?"
    r"\W*(.*?)\W*(?:\s(?:to|and|bis|und|à|et|a|y|e|sampai|hingga|dan|while)|到|至|和|から|부터)?\W*$",
    re.IGNORECASE | re.DOTALL,
)
_AMOUNTS = {"high", "low", "高", "低", "多", "少", "大", "小"}  # of stress, of trust: good or bad by what is asked
_EXTREMES = dict.fromkeys(("best", "the best", "最好", "mejor", "melhor", "terbaik", "meilleur"), 1)
_EXTREMES |= dict.fromkeys(("worst", "the worst", "最差", "peor", "pior", "terburuk", "pire"), -1)
_PARTS = re.compile(r"[,;，；、)）/。]|\.\s|\s[-–—]\s|\.\.\.|…")


def stated_scale(text: str) -> tuple[tuple[float, float] | None, bool | None]:
    """The ends of the scale that a heading states, and whether its high end is the bad one; None where it does not say.

    Examples
    --------
    >>> from csi.data.stated import stated_scale
    >>> stated_scale("Note (1 = très satisfait, 5 = très insatisfait)")
    ((1.0, 5.0), True)
    >>> stated_scale("推荐意愿(0-10)"), stated_scale("Visits: 1-3 times a week")
    (((0.0, 10.0), None), (None, None))

    """
    sides = _sides(text)
    scale = _ends(text, sorted(sides))
    good, bad = ([number for number, side in sides.items() if side == one] for one in (1, -1))
    if good and bad:
        apart = max(good) < min(bad) or max(bad) < min(good)
        return scale, max(good) < min(bad) if apart else None
    low, high = scale or (1.0, 5.0)
    told = [
        (number <= low) == (side == 1) for number, side in sides.items() if side and (number <= low or number >= high)
    ]
    return scale, told[0] if len(set(told)) == 1 else None


def _ends(text: str, worded: list[int]) -> tuple[float, float] | None:
    found = [(worded[0], worded[-1])] if len(worded) > 1 else []
    found += [(int(ends[1]), int(ends[2])) for ends in _ENDS.finditer(text)][:1]
    ranges = [one for one in _RANGE.finditer(text) if not _LISTED.search(text[: one.start()])]
    found += [(int(one[1]), int(one[2])) for one in ranges]
    for lo, hi in (sorted(pair) for pair in found):
        if (lo, hi) in _SCALES:
            return float(lo), float(hi)
    top = _OUT_OF.search(text)
    return None if top is None else (0.0 if top[1] == "100" else 1.0, float(top[1]))


def _sides(text: str) -> dict[int, int]:
    """Number -> 1, 0, -1 where words of an answer ladder beside it are good, in the middle, bad."""
    found: dict[int, int] = {}
    for pair in _PAIR.finditer(text):
        words = _LINKS.sub(r"\1", _PARTS.split(pair[2].lstrip(" =:：＝(（-–—→,，"))[0])
        worded = bool(words) and (len(words) > 3 or not words.isascii())  # S, SS, TS are codes, not words, in a heading
        side = _side_of_words().get(letters(plain_label(words))) if worded else None
        if side is not None:
            found.setdefault(int(pair[1]), side)
    return found


@cache
def _side_of_words() -> dict[str, int]:
    """Letters of a wording -> its side, 1 the good one, where all answer ladders agree; how often is neither."""
    found: dict[str, set[int]] = {letters(word): {side} for word, side in _EXTREMES.items()}
    for family in families():
        if family.name != "frequency":
            both = min(family.usual) + max(family.usual)
            for key, level in family.levels.items():
                found.setdefault(key, set()).add((2 * level > both) - (2 * level < both))
    return {key: side for key, (side, *others) in found.items() if not others and key not in _AMOUNTS}
