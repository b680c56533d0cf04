"""What the heading of a column says of it, in any of nine languages: private, an amount, a group, a role, a rating."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from csi.data.ladders import families
from csi.data.tongues import letters, plain_label
from csi.words import package_yaml

_NUMBER = re.compile(
    r"^\s*(?:[A-Za-z]{0,3}\d{1,3}(?:[-_.]\d{1,3})*[a-z]?\s*[、.．:：)）_-]\s*|\(\d{1,3}\)\s*|\d{1,3}\s+(?=\D))"
)
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_JOINTS = re.compile(r"[_./\\|]+|(?<=\w)-(?=\w)")
_LATIN = re.compile(r"^[=a-zà-ÿœ0-9()\[\]?*+:|\\.#°ºñ' _-]+$", re.IGNORECASE)
_OWN = re.compile(
    r"(?:\S+ ){0,2}(?:what is your|your|which|select|choose|please (?:select|choose|indicate)|enter your|您的|你的|"
    r"您所|"
    r"year of study|año de estudios?|ano de estudo|année d'études?|请问|"
    r"请选择|あなたの|귀하의|su|sua|seu|cu[aá]l es su|qual (?:é )?(?:o )?(?:seu|sua)|ihr|welche|votre|quel|apa)"
)
_ASKED = re.compile(
    r"how (?:many|much|long|old)|number of|your age|\bage\b|income|salary|年龄|收入|多少|多久|多长|几[次个天年]|"
    r"何[回歳人年]|몇|cu[aá]nt|quant[oa]s|edad|combien|wie (?:viele|lange|alt)|berapa|umur|usia|date of|duration"
)
_GIVE = re.compile(r"your|enter|provide|leave|fill|请|填写|留下|su |sua |seu |votre|ihre?|anda|isi")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")
_PHONE = re.compile(
    r"(?:\+?\d{1,3}[ -]?)?(?:1[3-9]\d{9}|"
    r"0\d{1,4}[ -]\d{3,4}[ -]?\d{3,4}|\+\d[\d ()-]{7,16}\d|\d{3}-\d{3}-\d{4}|"
    r"\(\d{2,4}\) ?\d{3,5}[ -]?\d{3,4}|08\d{8,11})"
)
_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?:\D.*)?|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){4,7}", re.IGNORECASE)
_DOTTED = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_DIGITS = re.compile(r"\d(?:[ -]?\d){6,}")
_CITIZEN = re.compile(r"\d{17}[\dXx]|\d{6}-\d{7}|\d{3}\.\d{3}\.\d{3}-\d{2}")
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
_PARTS = re.compile(r"[,;，；、)）/。]|\.\s|\s[-–—]\s|\.\.\.|…")


@dataclass(frozen=True)
class Heading:
    """What a heading says.

    Attributes
    ----------
    plain : the heading without a leading question number
    private : what it tells of a person (name, email, phone, address, ip, national_id, birth, account, location)
    amount : the kind of number that is no rating (id, age, count, time, money, year, coordinate, other), or None
    group : whether it names a grouping question such as gender or branch
    role : weight, strata, cluster, wave, case, respondent or duration, or None
    overall, recommend : whether it is the question for overall satisfaction, for recommendation
    rated : whether it is worded like a question answered by ratings
    high_bad : whether it says that a high number is bad (True) or good (False); None where it says neither
    scale : the ends of the scale that it states, or None
    about : what the question is about, some of satisfaction, ease, intention, importance, expectation
    """

    plain: str
    private: str | None = None
    amount: str | None = None
    group: bool = False
    role: str | None = None
    overall: bool = False
    recommend: bool = False
    rated: bool = False
    high_bad: bool | None = None
    scale: tuple[float, float] | None = None
    about: tuple[str, ...] = ()


@lru_cache(maxsize=20_000)
def heading_of(text: str) -> Heading:
    """What a heading says, from its words alone."""
    text = " ".join(str(text).split())
    plain = _NUMBER.sub("", text, count=1).strip() or text
    spaced = _normal(plain)
    said = _patterns()
    rated, overall, recommend = (_found(said[kind], spaced) for kind in ("rated", "overall", "recommend"))
    role = next((name for name, words in said["roles"].items() if _found(words, spaced)), None)
    amount = next((name for name, words in said["amounts"].items() if _found(words, spaced)), None)
    if amount not in (None, "id") and (_found(said["not_amount"], spaced) or overall or recommend):
        amount = None
    if amount not in (None, "id") and len(spaced.split()) > 5 and not _ASKED.search(spaced):
        amount = None
    private = None if rated else _private(said, plain)
    scale, high_bad = stated_scale(text)
    if high_bad is None:
        whole = _normal(text)
        bad, good = _found(said["high_bad"], whole), _found(said["low_bad"], whole)
        high_bad = None if bad == good else bad
    return Heading(
        plain=plain,
        private=private,
        amount=None if role in ("weight", "duration") else amount,
        group=_is_group(said, spaced),
        role=role,
        overall=overall and not _found(said["not_overall"], spaced),
        recommend=recommend,
        rated=rated or overall or recommend,
        high_bad=high_bad,
        scale=scale,
        about=tuple(name for name, words in said["about"].items() if _found(words, spaced)),
    )


def _private(said: dict[str, Any], plain: str) -> str | None:
    """What a heading, or one of its languages, asks of a person; long sentences only where they ask to give it."""
    for part in dict.fromkeys((plain, *re.split(r"\s*[/／]\s*", plain))):
        text = _normal(part)
        found = next((name for name, words in said["private"].items() if _found(words, text)), None)
        if found and (len(text.split()) <= 6 or _GIVE.search(text)):
            return found
    return None


def _is_group(said: dict[str, Any], text: str) -> bool:
    """Whether a heading names a group, and not something of one such as its image."""
    if not _found(said["group"], text) or _found(said["not_group"], text):
        return False
    return _is_short(text) or _OWN.match(text) is not None


def _is_short(text: str) -> bool:
    """Whether a heading names a thing rather than says a sentence about it."""
    return len(text.split()) <= 4 and sum(character >= "\u3040" for character in text) <= 8


def _normal(text: str) -> str:
    """Words apart and in small letters: satOverall, sat_overall -> sat overall."""
    return " ".join(_JOINTS.sub(" ", _CAMEL.sub(" ", text)).split()).casefold().strip(" ?？:：*.。!")


@cache
def _patterns() -> dict[str, Any]:
    return {
        kind: {name: _compiled(part) for name, part in listed.items()}
        if isinstance(listed, dict)
        else _compiled(listed)
        for kind, listed in package_yaml("data", "headings.yaml").items()
    }


def _compiled(listed: str) -> tuple[re.Pattern[str], ...]:
    """Three patterns: the whole heading, words between blanks, parts of words in scripts without blanks."""
    words = [word.strip().casefold().replace("-?", "[ -]?") for word in listed.split(",") if word.strip()]
    whole = [word[1:] for word in words if word.startswith("=")]
    latin = [word for word in words if not word.startswith("=") and _LATIN.match(word)]
    other = [word for word in words if not word.startswith("=") and not _LATIN.match(word)]
    return (
        re.compile(rf"^(?:{'|'.join(whole) or '(?!)'})$"),
        re.compile(rf"(?<![^\W\d_])(?:{'|'.join(latin) or '(?!)'})(?![^\W\d_])"),
        re.compile("|".join(other) or "(?!)"),
    )


def _found(patterns: Sequence[re.Pattern[str]], text: str) -> bool:
    whole, words, parts = patterns
    return bool(whole.match(text) or words.search(text) or parts.search(text))


def private_cells(texts: Sequence[str]) -> str | None:
    """What most cells of a column tell of a person by their look: email, phone, ip or national_id; None for others."""
    for kind, pattern in (("email", _MAIL), ("ip", _IP), ("national_id", _CITIZEN), ("phone", _PHONE)):
        if 2 * sum(pattern.fullmatch(text.strip()) is not None for text in texts) > len(texts):
            return kind
    return None


def masked(text: str) -> str:
    """A text with mail addresses, telephone and identity numbers, network addresses and long numbers blotted out."""
    for pattern in (_MAIL, _CITIZEN, _PHONE, _DOTTED, _DIGITS):
        text = pattern.sub("•••", text)
    return text


_EXTREMES |= dict.fromkeys(("worst", "the worst", "最差", "peor", "pior", "terburuk", "pire"), -1)


def stated_scale(text: str) -> tuple[tuple[float, float] | None, bool | None]:
    """The ends of the scale that a heading states, and whether its high end is the bad one; None where it does not say.

    Examples
    --------
    >>> from csi.data.headings import stated_scale
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
