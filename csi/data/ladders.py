"""Answer ladders in nine languages: which of two labels is the better, and how many steps the ladder has.

A label has a level within a family of labels (非常满意 3, 满意 2, 比较满意 1, 一般 0, ... 非常不满意 -3); a ladder is
the set of levels a question offers. The direction comes from the words alone, never from the position of an option.
The words stand in csi/data/tongues.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import Any

from csi.data.cells import plain_text
from csi.data.scales import Scale
from csi.data.tongues import TONGUES, letters, no_answer, plain_label, spellings, tongue

__all__ = [
    "MANY",
    "Ladder",
    "Readings",
    "choose_ladder",
    "is_kano",
    "kano_answers",
    "no_answer",
    "number_beside",
    "plain_label",
    "read_ladders",
    "usual_patterns",
    "yes_no",
]

_NUMBERED = re.compile(r"[(\[]?(\d{1,2})[)\]]?\s*(?:分|点|점)?\s*[.、:)=(–—-]*\s*[^\d\s]")
_SCORED = re.compile(r"[^\d\s]\s*(?:\(\s*(\d{1,2})\s*(?:分|点|점)?\s*\)|[-–—=:]\s*(\d{1,2}))$")
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*")
_EAST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_MOST = 20  # more labels are no ladder
MANY = 50  # from so many answers on, a step that nobody chose is taken not to exist


@dataclass(frozen=True, eq=False)
class Family:
    """Labels that can be compared, by their letters.

    Attributes
    ----------
    name : what they say, such as satisfaction
    language : language of the words
    verified : whether they were seen in a real export or questionnaire
    levels : letters of a wording -> level
    words : letters of a wording -> the wording; all spellings of one wording give the same
    usual : level -> its usual wording
    patterns : the sets of levels that are a ladder
    grown : from a word and its opposite, so that its patterns are those of other such families
    two_steps : whether the word and its opposite alone are a ladder
    template : from a template of steps; used where all its steps, or many of them and no other family, are there
    """

    name: str
    language: str
    verified: bool
    levels: Mapping[str, int]
    words: Mapping[str, str]
    usual: Mapping[int, str]
    patterns: tuple[tuple[int, ...], ...]
    grown: bool = False
    two_steps: bool = True
    template: bool = False


@dataclass(frozen=True, eq=False)
class Ladder:
    """One way to read labels as the steps of a ladder.

    Attributes
    ----------
    steps : label as it stands in the file -> its step, 1 the worst or least; spellings of one wording share it
    words : the usual wording of every step
    pattern : the levels of its steps, None where the words follow no pattern
    family : what it asks for, such as satisfaction
    language : language of its words
    verified : whether such labels were seen in a real export or questionnaire
    """

    steps: Mapping[str, int]
    words: tuple[str, ...]
    pattern: tuple[int, ...] | None
    family: str = ""
    language: str = ""
    verified: bool = True

    @property
    def complete(self) -> bool:
        """Whether every step was chosen by somebody."""
        return len(set(self.steps.values())) == len(self.words)

    @property
    def scale(self) -> Scale:
        """1..k with the labels as the file words them, the usual wording where nobody chose a step."""
        own = {step: label for label, step in reversed(self.steps.items())}
        labels = {step: own.get(step, word) for step, word in enumerate(self.words, start=1)}
        return Scale(1, len(self.words), labels=labels)


@dataclass(frozen=True, eq=False)
class Readings:
    """What the labels of a question can be: ladders, all in the same order, and labels that are no answer -> reason."""

    ladders: tuple[Ladder, ...]
    missing: Mapping[str, str] = field(default_factory=dict)


def number_beside(label: str) -> int | None:
    """The number an option carries beside its words: 5 in `5 非常满意`, `非常满意(5分)`; None when there is none."""
    text = plain_text(label)
    found = _NUMBERED.match(text) or _SCORED.search(text)
    return int(next(filter(None, found.groups()))) if found else None


def read_ladders(labels: Iterable[str]) -> Readings | None:
    """The ladders that know all labels, each on a step of its own; None when there is none or two disagree.

    Labels that are spellings of one wording (`Good`, `good `, satisfecho, satisfecha) share a step;
    two wordings do not.
    """
    labels = list(labels)
    if not labels or len(labels) > _MOST:
        return None
    keys = {label: _known_spelling(label) for label in labels}
    if all(key.isascii() and len(key) <= 3 for key in keys.values()) and len(set(keys.values())) < 4:
        return None  # S, N: too little to know what the letters stand for
    missing: dict[str, str] = {}
    found = _fitting(set(keys.values()))
    if not found:
        missing = {label: reason for label in labels if (reason := no_answer(label)) is not None}
        keys = {label: key for label, key in keys.items() if label not in missing}
        found = _fitting(set(keys.values())) if missing else []
    ladders, orders = [], set()
    for family in found:
        levels = {label: family.levels[key] for label, key in keys.items()}
        orders.add(tuple(sorted(levels, key=levels.__getitem__)))
        own = tuple(sorted(set(levels.values())))
        patterns = [pattern for pattern in family.patterns if set(own) <= set(pattern)]
        if family.grown and own not in patterns and _balanced(own):  # as many steps up as down: all that were offered
            patterns.append(own)
        for pattern in patterns or [own] * (len(own) > 1):
            steps = {label: pattern.index(level) + 1 for label, level in levels.items()}
            words = tuple(family.usual[level] for level in pattern)
            about = (family.name, family.language, family.verified)
            ladders.append(Ladder(steps, words, pattern if family.grown else None, *about))
    return Readings(tuple(ladders), missing) if ladders and len(orders) == 1 else None


def _balanced(levels: Sequence[int]) -> bool:
    return len(levels) > 3 and sum(level > 0 for level in levels) == sum(level < 0 for level in levels)


def _fitting(keys: set[str]) -> list[Family]:
    """The families that know all labels, each wording on a level of its own; words of the middle alone fit none."""
    if not keys or keys <= _middle():
        return []
    index = _index()
    found: list[Family] = []
    made: list[Family] = []
    for at in sorted(set.intersection(*(index.get(key, set()) for key in keys))):
        family = families()[at]
        levels = {family.levels[key] for key in keys}
        wordings = {family.words[key] for key in keys}
        if len(levels) != len(wordings) or not (family.two_steps or not levels <= {-2, 2}):
            continue
        whole = len(levels) == len(family.usual)
        if len(levels) < 3 and not (family.grown or whole):
            continue  # often and seldom: two words of many
        if not family.template or whole:
            found.append(family)
        elif len(levels) > 3:
            made.append(family)
    return found or made


def _known_spelling(label: str) -> str:
    """The letters by which a family may know the label; of a label in two languages or with a remark, a known part."""
    plain = plain_label(label)
    key = letters(plain)
    if key in _index():
        return key
    parts = [_BRACKETS.sub(" ", plain), *_BRACKETS.findall(plain), *re.split(r"[/|,，;:：\n]|\s[-–—]\s", plain)]
    parts += ["".join(_EAST.findall(plain)), _EAST.sub(" ", plain)]
    return next((part for part in (letters(plain_label(part)) for part in parts) if part in _index()), key)


@cache
def _index() -> dict[str, set[int]]:
    """Letters of a wording -> positions of the families that know it."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for at, family in enumerate(families()):
        for key in family.levels:
            found[key].add(at)
    return dict(found)


@cache
def _middle() -> frozenset[str]:
    return frozenset(key for language in TONGUES for word in tongue(language)["middle"] for key, _ in spellings(word))


@cache
def families() -> tuple[Family, ...]:
    """All families: ladders made from templates, then those grown from a word and its opposite, then whole ones."""
    made: list[Family] = []
    grown: list[Family] = []
    whole: list[Family] = []
    patterns = tuple(tuple(pattern) for pattern in tongue("any")["patterns"])
    for language in TONGUES:
        words = tongue(language)
        for entry in words.get("families", ()):
            about = (entry["family"], language, entry.get("verified", words["verified"]))
            two = entry.get("two_steps", False)
            for word, against in entry.get("words", {}).items():
                against = _opposites(language, word, against)
                grown.append(_family(about, _grow(words, word, against, entry.get("very", ())), patterns, True, two))
                for template in words.get("templates", ()):
                    steps = [_filled(words, step, word, against) for step in template]
                    made.append(_family(about, dict(enumerate(steps)), (tuple(range(len(steps))),), template=True))
            if "levels" in entry:
                levels = {level: entry["levels"].get(level, []) for level in range(3, -4, -1)}
                levels[0] = [*levels[0], *words["middle"]]
                grown.append(_family(about, levels, patterns, True, two))
        for entry in words["ladders"]:
            about = (entry["family"], language, entry.get("verified", words["verified"]))
            whole.append(_family(about, dict(enumerate(entry["steps"])), (tuple(range(len(entry["steps"]))),)))
    return (*made, *grown, *whole)


def _family(
    about: tuple[str, str, bool],
    steps: Mapping[int, Sequence[str]],
    patterns: tuple[tuple[int, ...], ...],
    grown: bool = False,
    two_steps: bool = True,
    template: bool = False,
) -> Family:
    levels: dict[str, int] = {}
    words: dict[str, str] = {}
    usual: dict[int, str] = {}
    for level, wordings in steps.items():
        for wording in wordings:
            for key, word in spellings(wording):
                if key not in levels:
                    levels[key], words[key] = level, word
                    usual.setdefault(level, word)
    kept = tuple(pattern for pattern in patterns if set(pattern) <= set(usual))
    return Family(*about, levels, words, usual, kept, grown, two_steps, template)


def _opposites(language: str, word: str, against: Sequence[str]) -> list[str]:
    """The opposites of a word; without any, the Chinese ones: 不 + word, 没 for words that begin with 有."""
    if against or language != "zh":
        return list(against)
    bare = word.removeprefix("有")
    return [f"没{word}", f"没什么{bare}"] if bare != word else [f"不{word}"]


def _neither(words: Mapping[str, Any], word: str, against: Sequence[str]) -> list[str]:
    pairs = [form.format(word=word, other=other) for other in against for form in words.get("neither", ())]
    return [*words["middle"], *pairs]


def _filled(words: Mapping[str, Any], step: str, word: str, against: Sequence[str]) -> list[str]:
    """The wordings of a step of a template: {} the word, {-} its opposites, ~ the middle."""
    found: list[str] = []
    for form in step.split("|"):
        if form == "~":
            found += _neither(words, word, against)
        elif "{-}" in form:
            found += [form.replace("{-}", other) for other in against]
        else:
            found.append(form.replace("{}", word))
    return found


def _grow(
    words: Mapping[str, Any], word: str, against: Sequence[str], strongest: Sequence[str]
) -> dict[int, list[str]]:
    """Level -> wordings: a word, its opposites and the words of degree before them."""
    gap = words["gap"]

    def before(degrees: Iterable[str], many: Iterable[str]) -> list[str]:
        pairs = [(degree, one) for one in many for degree in degrees]
        after = [f"{one}{gap}{degree}" for degree, one in pairs] if gap else []  # agree completely
        return [*(f"{degree}{gap}{one}" for degree, one in pairs), *after]

    very = [*strongest, *words["very"]]
    return {
        3: before(very, [word]),
        2: [word],
        1: before(words["fairly"], [word]),
        0: _neither(words, word, against),
        -1: [*before(words["not_quite"], [word]), *before(words["fairly"], against)],
        -2: list(against),
        -3: [*before(very, against), *before(words["not_at_all"], [word])],
    }


def kano_answers(labels: Iterable[str]) -> dict[str, int] | None:
    """Label -> 1 like, 2 expect, 3 neutral, 4 tolerate, 5 dislike; None unless they are answers to Kano's questions.

    Labels that say why there is no answer are left out. Liking and disliking alone are no sign of Kano's questions.
    """
    answered = [label for label in labels if letters(label) in _kano() or no_answer(label) is None]
    found = {label: _kano().get(letters(plain_label(label))) or _kano().get(letters(label), 0) for label in answered}
    return found if all(found.values()) and {2, 4} & set(found.values()) and {1, 5} & set(found.values()) else None


def is_kano(labels: Iterable[str]) -> bool:
    """Whether labels are the five answers to Kano's questions, which are no ladder of satisfaction."""
    return kano_answers(labels) is not None


@cache
def _kano() -> dict[str, int]:
    found: dict[str, int] = {}
    for language in TONGUES:
        for at, step in enumerate(tongue(language).get("kano", ()), start=1):
            for word in step:
                for key, _ in spellings(word):
                    found.setdefault(key, at)
    return found


def yes_no(labels: Iterable[str]) -> dict[str, int] | None:
    """Label -> 1 for yes, 0 for no; None unless all are yes or no in one language, save words for no answer."""
    labels = list(labels)
    for language in TONGUES:
        words = {
            key: at for at, many in tongue(language)["yes_no"].items() for word in many for key, _ in spellings(word)
        }
        known = {label: words.get(letters(plain_label(label))) for label in labels}
        found = {label: value for label, value in known.items() if value is not None}
        if found and all(value is not None or no_answer(label) for label, value in known.items()):
            return found
    return None


def usual_patterns(readings: Iterable[Readings]) -> Counter[tuple[Any, ...]]:
    """How many questions of a survey would be read by each pattern, or by the same words, if each were alone."""
    return Counter((ladder := choose_ladder(one, {}, None, MANY)).pattern or ladder.words for one in readings)


def choose_ladder(
    readings: Readings, usual: Mapping[tuple[Any, ...], int], positions: Mapping[str, int] | None, answers: int
) -> Ladder:
    """The ladder of a question: how many steps it has where not all of them were chosen.

    Positions settle it. Else a ladder all of whose steps were chosen by many; else the pattern most common in the
    survey; else five steps, else the fewest.

    Parameters
    ----------
    readings : what its labels can be
    usual : pattern, or words of a ladder without one -> number of questions of the survey
    positions : label -> position among the options; from the code file or the numbers printed beside the options
    answers : number of answers
    """
    ladders = readings.ladders
    first = ladders[0]
    known = {label: positions[label] for label in first.steps if label in positions} if positions else {}
    if len(known) == len(first.steps):
        exact = [ladder for ladder in ladders if _placed(ladder, known)]
        if exact:
            ladders = tuple(exact)
        elif len(known) > 1 and sorted(known.values()) == list(range(1, len(known) + 1)) and _one_way(first, known):
            own = sorted(first.steps, key=first.steps.__getitem__)
            return replace(
                first, steps={label: step for step, label in enumerate(own, start=1)}, words=tuple(own), pattern=None
            )
    if answers >= MANY:
        ladders = tuple(ladder for ladder in ladders if ladder.complete) or ladders

    def rank(ladder: Ladder) -> tuple[int, bool, bool, int]:
        votes = usual.get(ladder.pattern or ladder.words, 0)
        return votes, ladder.complete, len(ladder.words) == 5, -len(ladder.words)

    return max(ladders, key=rank)


def _one_way(ladder: Ladder, positions: Mapping[str, int]) -> bool:
    steps = [ladder.steps[label] for label in sorted(positions, key=positions.__getitem__)]
    return all(a < b for a, b in pairwise(steps)) or all(a > b for a, b in pairwise(steps))


def _placed(ladder: Ladder, positions: Mapping[str, int]) -> bool:
    """Whether the options stand in the order of the steps, worst first or best first."""
    forward = all(positions[label] == step for label, step in ladder.steps.items())
    turned = len(ladder.words) + 1
    return forward or all(positions[label] == turned - step for label, step in ladder.steps.items())
