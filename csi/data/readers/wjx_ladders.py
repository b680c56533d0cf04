"""Answer ladders, Chinese and English: which of two labels is the better, and how many steps the ladder has.

A label has a level within a family of labels (非常满意 3, 满意 2, 比较满意 1, 一般 0, ... 非常不满意 -3); a ladder is
the set of levels a question offers. The direction comes from the words alone, never from the position of an option.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from csi.data.cells import plain_text
from csi.data.scales import Scale

_PREFIX = re.compile(
    r"^(?:[a-z]|\d{1,2})\s*[.、:)=-]\s*"  # A. or 1、
    r"|^[a-g]\s*(?=[\u4e00-\u9fff])"
    r"|^\d{1,2}\s*分?\s*(?=[^\d\s])"
)
_SCORE = re.compile(r"\s*\(\s*\d{1,3}\s*分?\s*\)$")
_IN_BRACKETS = re.compile(r"^\((.*)\)$")
_NUMBERED = re.compile(r"(\d{1,2})\s*分?\s*[.、:)=(-]?\s*[^\d\s]")
_SCORED = re.compile(r"[^\d\s]\s*\(\s*(\d{1,2})\s*分?\s*\)$")
_MOST = 20  # more labels are no ladder
MANY = 50  # from so many answers on, a step that nobody chose is taken not to exist


@dataclass(frozen=True, eq=False)
class Family:
    """Labels that can be compared: label -> level, and the ladders they form; the first label of a level is usual."""

    levels: Mapping[str, int]
    patterns: tuple[tuple[int, ...], ...]
    grown: bool = False  # from a word and its opposite, so that its patterns are those of other such families
    two_steps: bool = True  # whether the word and its opposite alone are a ladder


@dataclass(frozen=True, eq=False)
class Ladder:
    """One way to read labels as the steps of a ladder.

    Attributes
    ----------
    steps : label as it stands in the file -> its step, 1 the worst or least
    words : the usual wording of every step
    pattern : the levels of its steps, None where the words follow no pattern
    """

    steps: Mapping[str, int]
    words: tuple[str, ...]
    pattern: tuple[int, ...] | None

    @property
    def complete(self) -> bool:
        """Whether every step was chosen by somebody."""
        return len(self.steps) == len(self.words)

    @property
    def scale(self) -> Scale:
        """1..k with the labels as the file words them, the usual wording where nobody chose a step."""
        own = {step: label for label, step in self.steps.items()}
        labels = {step: own.get(step, word) for step, word in enumerate(self.words, start=1)}
        return Scale(1, len(self.words), labels=labels)


@dataclass(frozen=True, eq=False)
class Readings:
    """What the labels of a question can be: ladders, all in the same order, and labels that are no answer -> reason."""

    ladders: tuple[Ladder, ...]
    missing: Mapping[str, str]


def plain_label(label: str) -> str:
    """A label without option letter, score in brackets, blanks between Chinese words and difference of case."""
    text = _SCORE.sub("", " ".join(plain_text(label).casefold().split())).rstrip(" .。!！")
    text = _IN_BRACKETS.sub(r"\1", _PREFIX.sub("", text, count=1).strip())
    return text if text.isascii() else text.replace(" ", "")


def number_beside(label: str) -> int | None:
    """The number an option carries beside its words: 5 in `5 非常满意`, `非常满意(5分)`; None when there is none."""
    found = _NUMBERED.match(plain_text(label)) or _SCORED.search(plain_text(label))
    return int(found[1]) if found else None


def no_answer(label: str) -> str | None:
    """The reason an option such as 不适用 gives for a missing answer, None for an answer."""
    return _no_answers().get(plain_label(label))


def read_ladders(labels: Iterable[str]) -> Readings | None:
    """The ladders that know all labels, each on a step of its own; None when there is none or two disagree."""
    labels = list(labels)
    if len(labels) > _MOST:
        return None
    plain = {label: plain_label(label) for label in labels}
    missing: dict[str, str] = {}
    found = _fitting(plain)
    if not found:
        missing = {label: _no_answers()[text] for label, text in plain.items() if text in _no_answers()}
        plain = {label: text for label, text in plain.items() if label not in missing}
        found = _fitting(plain) if missing else []
    ladders, orders = [], set()
    for family in found:
        levels = {label: family.levels[text] for label, text in plain.items()}
        orders.add(tuple(sorted(levels, key=levels.__getitem__)))
        usual: dict[int, str] = {}
        for label, level in family.levels.items():
            usual.setdefault(level, label)
        patterns = [pattern for pattern in family.patterns if set(levels.values()) <= set(pattern)]
        for pattern in patterns or [tuple(sorted(levels.values()))] * (len(levels) > 1):
            steps = {label: pattern.index(level) + 1 for label, level in levels.items()}
            words = tuple(usual[level] for level in pattern)
            ladders.append(Ladder(steps, words, pattern if family.grown else None))
    return Readings(tuple(ladders), missing) if ladders and len(orders) == 1 else None


def _fitting(plain: Mapping[str, str]) -> list[Family]:
    """The families that know all labels, each on a level of its own; words of the middle alone fit none."""
    words = list(plain.values())
    if not words or set(words) <= _middle():
        return []
    found = []
    for family in families():
        if all(word in family.levels for word in words):
            levels = {family.levels[word] for word in words}
            if len(levels) == len(words) and (family.two_steps or not levels <= {-2, 2}):
                found.append(family)
    return found


@cache
def _words() -> dict[str, Any]:
    import yaml

    text = files("csi.data.readers").joinpath("ladders.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def _no_answers() -> dict[str, str]:
    return {label: reason for reason, labels in _words()["no_answer"].items() for label in labels}


@cache
def _middle() -> frozenset[str]:
    return frozenset(label for labels in _words()["middle"].values() for label in labels)


@cache
def families() -> tuple[Family, ...]:
    """All families, those grown from a word and its opposite first."""
    words = _words()
    patterns = tuple(tuple(pattern) for pattern in words["patterns"])
    grown = [
        Family(_grow(language, word, against), patterns, True, word in words["two_steps"])
        for language in ("chinese", "english")
        for word, against in words[language].items()
    ]
    listed = [
        Family({label: at for at, step in enumerate(steps) for label in step}, (tuple(range(len(steps))),))
        for steps in words["listed"]
    ]
    return (*grown, *listed)


def _grow(language: str, word: str, against: Sequence[str]) -> dict[str, int]:
    """Label -> level of a word, its opposites and the words of degree before them; opposites are 不 + word if empty."""
    gap = "" if language == "chinese" else " "
    degree = {name: _words()[name][language] for name in ("middle", "very", "fairly", "not_quite", "not_at_all")}
    if word == "agree":
        degree["very"] = ["strongly", *degree["very"]]
    bare = word.removeprefix("有")
    against = list(against) or ([f"没{word}", f"没什么{bare}"] if bare != word else [f"不{word}"])
    levels = {f"{very}{gap}{word}": 3 for very in degree["very"]} | {word: 2}
    levels |= {f"{fairly}{gap}{word}": 1 for fairly in degree["fairly"]} | dict.fromkeys(degree["middle"], 0)
    for other in against:
        if language == "chinese":
            levels |= {f"既不{word}也不{other}": 0, f"既不{word}也{other}": 0}
        else:
            levels |= {f"neither {word} nor {other}": 0, f"neither {word} or {other}": 0}
    levels |= {f"{not_quite}{gap}{word}": -1 for not_quite in degree["not_quite"]}
    levels |= {f"{fairly}{gap}{other}": -1 for other in against for fairly in degree["fairly"]}
    levels |= dict.fromkeys(against, -2)
    levels |= {f"{very}{gap}{other}": -3 for other in against for very in degree["very"]}
    return levels | {f"{not_at_all}{gap}{word}": -3 for not_at_all in degree["not_at_all"]}


def usual_patterns(readings: Iterable[Readings]) -> Counter[tuple[int, ...]]:
    """How many questions of a survey would be read by each pattern if each were alone."""
    alone = (choose_ladder(one, {}, None, MANY) for one in readings)
    return Counter(ladder.pattern for ladder in alone if ladder.pattern is not None)


def choose_ladder(
    readings: Readings, usual: Mapping[tuple[int, ...], int], positions: Mapping[str, int] | None, answers: int
) -> Ladder:
    """The ladder of a question: how many steps it has where not all of them were chosen.

    Positions settle it. Else a ladder all of whose steps were chosen by many; else the pattern most common in the
    survey; else five steps, else the fewest.

    Parameters
    ----------
    readings : what its labels can be
    usual : pattern -> number of questions of the survey
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
            return Ladder({label: step for step, label in enumerate(own, start=1)}, tuple(own), None)
    if answers >= MANY:
        ladders = tuple(ladder for ladder in ladders if ladder.complete) or ladders

    def rank(ladder: Ladder) -> tuple[int, bool, bool, int]:
        votes = usual.get(ladder.pattern, 0) if ladder.pattern is not None else 0
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
