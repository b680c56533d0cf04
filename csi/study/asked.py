"""What a questionnaire asked that a report knows how to answer: the questions of a Survey by what they are for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from csi.data.headings import Heading, heading_of
from csi.data.survey import Survey
from csi.errors import CsiError
from csi.measures.quality.kano_answers import read_answers

PAIRS = 3  # questions asked twice before they are taken for a battery of pairs
LEVELS = 40  # categories of a question that is counted
EXPECTED = ("e", "exp", "expect", "expected", "expectation", "expectations", "期望", "预期", "期待")
PERCEIVED = ("p", "perc", "perceived", "perception", "perceptions", "performance", "actual", "感知", "实际", "感受")
FUNCTIONAL = ("f", "func", "functional", "pos", "positive", "with", "正向", "正", "有", "具备", "提供")
DYSFUNCTIONAL = (
    "d",
    "dys",
    "dysfunctional",
    "neg",
    "negative",
    "without",
    "反向",
    "反",
    "负",
    "没有",
    "不具备",
    "不提供",
)
STATED = ("i", "imp", "importance", "重要性", "重要")
POINTS = ("points_", "points", "weight_", "分值_", "分配_")
EVENTS = ("defaulted", "replied", "followed_up", "rectified", "rectified_satisfied", "days_to_rectify")
_SPLIT = re.compile(r"^(.*?)[\s_.-]*(\d+[a-z]?)$|^(.*?)[_.-](.+)$", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Asked:
    """The questions of a survey.

    Attributes
    ----------
    survey : where they were asked; private columns are never among them
    """

    survey: Survey

    @cached_property
    def visible(self) -> tuple[str, ...]:
        """Items that are not private."""
        return tuple(name for name in self.survey.items if name not in self.survey.codebook.private)

    @cached_property
    def rated(self) -> tuple[str, ...]:
        """Ratings and numbers with a scale of more than two points."""
        items = self.survey.codebook.items
        return tuple(
            name
            for name in self.visible
            if items[name].scale is not None
            and items[name].numeric
            and items[name].scale.hi - items[name].scale.lo > items[name].scale.step
        )

    @cached_property
    def ratings(self) -> tuple[str, ...]:
        """Ratings of what was experienced: neither Kano's questions, importance and expectations, nor points."""
        aside = {*self.functional, *self.dysfunctional, *self.expected, *self.points.values()}
        worded = self.overall, *self.recommend
        return tuple(
            name
            for name in self.rated
            if name not in aside
            and (name in worded or not {"importance", "expectation"} & set(self.about(name)) or self._met(name))
        )

    def _met(self, name: str) -> bool:
        """Whether a question names expectations to ask how far they were met."""
        return "satisfaction" in self.about(name) or "sat" in re.split(r"[_\W]", name.casefold())

    def headings(self, name: str) -> tuple[Heading, ...]:
        """What the name of an item and its wordings say."""
        texts = (name, *self.survey.codebook.items[name].text.values())
        return tuple(heading_of(text) for text in dict.fromkeys(texts))

    def about(self, name: str) -> tuple[str, ...]:
        """What a question is about, by its name or any of its wordings."""
        return tuple(dict.fromkeys(topic for one in self.headings(name) for topic in one.about))

    @cached_property
    def recommend(self) -> tuple[str, ...]:
        """Questions for recommendation on 0-10 or 1-10."""
        return tuple(
            name
            for name in self.rated
            if self._ends(name) in ((0, 10), (1, 10)) and any(one.recommend for one in self.headings(name))
        )

    @cached_property
    def ease(self) -> tuple[str, ...]:
        """Questions how easy it was, on 1-7 or 1-5."""
        return tuple(name for name in self.rated if self._ends(name) in ((1, 7), (1, 5)) and "ease" in self.about(name))

    @cached_property
    def overall(self) -> str | None:
        """The question for overall satisfaction; the only one for satisfaction where none says overall."""
        worded = [name for name in self.rated if any(one.overall for one in self.headings(name))]
        worded = [name for name in worded if name not in (*self.recommend, *self.expected)]
        sure = [name for name in worded if "satisfaction" in self.about(name)]
        if sure or len(worded) == 1:
            return (sure or worded)[0]
        asked = [
            name
            for name in self.rated
            if "satisfaction" in self.about(name) and not {"intention", "importance"} & set(self.about(name))
        ]
        return asked[0] if len(asked) == 1 else None

    @cached_property
    def battery(self) -> tuple[str, ...]:
        """The ratings of the scale that most of them share; no intentions, and none that few were asked."""
        kept = [name for name in self.ratings if not self._consequence(name) and name not in self.ease]
        ends = [self._ends(name) for name in kept]
        if not kept:
            return ()
        most = max(ends, key=ends.count)
        alike = [name for name, own in zip(kept, ends, strict=True) if own == most]
        answered = (~np.isnan(self.survey.matrix(alike))).sum(axis=0)
        return tuple(name for name, count in zip(alike, answered, strict=True) if 2 * count >= answered.max())

    def drivers(self, outcome: str) -> tuple[str, ...]:
        """Ratings that may move the outcome: not itself, nor its construct, nor what follows from it."""
        home = self.survey.codebook.items[outcome].construct if outcome in self.survey.items else None
        items = self.survey.codebook.items
        return tuple(
            name
            for name in self.ratings
            if name != outcome
            and not self._consequence(name)
            and (home is None or items[name].construct != home)
            and not any(one.overall for one in self.headings(name))
        )

    def _consequence(self, name: str) -> bool:
        """Whether a question asks what a customer means to do, which satisfaction moves and not the reverse."""
        return "intention" in self.about(name) or any(one.recommend for one in self.headings(name))

    # -- pairs

    @cached_property
    def expected(self) -> tuple[str, ...]:
        """Expectations of SERVQUAL, in the order of `perceived`."""
        return self._pairs(EXPECTED, PERCEIVED)[0]

    @cached_property
    def perceived(self) -> tuple[str, ...]:
        """Perceptions of SERVQUAL."""
        return self._pairs(EXPECTED, PERCEIVED)[1]

    @cached_property
    def points(self) -> dict[str, str]:
        """Construct of the perceptions -> the item in which respondents gave it points; empty where one lacks."""
        items = self.survey.codebook.items
        homes = list(dict.fromkeys(items[name].construct for name in self.perceived))
        found = {
            home: next((f"{start}{home.casefold()}" for start in POINTS if f"{start}{home.casefold()}" in items), None)
            for home in homes
            if home is not None
        }
        return {} if None in (*homes, *found.values()) else found  # type: ignore[return-value]

    @cached_property
    def functional(self) -> tuple[str, ...]:
        """Kano's questions "if it is there", in the order of `dysfunctional`."""
        return self._kano[0]

    @cached_property
    def dysfunctional(self) -> tuple[str, ...]:
        """Kano's questions "if it is not there"."""
        return self._kano[1]

    @cached_property
    def stated(self) -> tuple[str, ...]:
        """Stated importance of each of Kano's features; empty where one lacks."""
        keys = self._by_prefix(STATED)
        found = [keys.get(self._key(name)) for name in self.functional]
        return () if None in found else tuple(found)  # type: ignore[arg-type]

    @cached_property
    def _kano(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        first, second = self._pairs(FUNCTIONAL, DYSFUNCTIONAL)
        if not first or not any(self.survey.codebook.items[name].scale.labels for name in first):
            return (), ()
        try:
            read_answers(self.survey, list(first), list(second), None)
        except CsiError:  # the labels are not those of Kano's answers
            return (), ()
        return first, second

    def _pairs(self, first: Sequence[str], second: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Items that differ in a beginning only, on one scale, three pairs or more."""
        one, other = self._by_prefix(first), self._by_prefix(second)
        keys = [key for key in one if key in other and self._ends(one[key]) == self._ends(other[key])]
        if len(keys) < PAIRS:
            return (), ()
        return tuple(one[key] for key in keys), tuple(other[key] for key in keys)

    def _by_prefix(self, prefixes: Sequence[str]) -> dict[str, str]:
        """Rest of the name -> item, for ratings whose name begins so."""
        return {self._key(name): name for name in self.rated if self._start(name) in prefixes}

    def _start(self, name: str) -> str:
        found = _SPLIT.match(name)
        return "" if found is None else (found[1] or found[3] or "").casefold()

    def _key(self, name: str) -> str:
        found = _SPLIT.match(name)
        return name if found is None else (found[2] or found[4]).casefold()

    def _ends(self, name: str) -> tuple[float, float]:
        scale = self.survey.codebook.items[name].scale
        return (scale.lo, scale.hi)

    # -- everything else

    @cached_property
    def events(self) -> bool:
        """Whether each row is a case of a public service: its rating, and what was done about it."""
        return "rating" in self.rated and any(name in self.visible for name in EVENTS)

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Amounts: numbers without a scale that are no identifiers and have answers."""
        items = self.survey.codebook.items
        return tuple(
            name
            for name in self.visible
            if items[name].kind == "number"
            and name not in self.rated
            and not any(one.amount == "id" for one in self.headings(name))
            and self.survey.answers[name].notna().any()
        )

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Questions answered by words or by ticks, that are counted."""
        items = self.survey.codebook.items
        return tuple(
            name
            for name in self.visible
            if items[name].kind in ("category", "multiple") and 0 < len(self.survey.labels_of(name)[0]) <= LEVELS
        )

    @property
    def listed(self) -> tuple[str, ...]:
        """Questions that are shown one by one."""
        return (*self.rated, *self.numbers, *self.categories)

    @cached_property
    def comments(self) -> tuple[str, ...]:
        """Questions answered in the respondent's own words."""
        return tuple(name for name in self.visible if self.survey.codebook.items[name].kind == "text")
