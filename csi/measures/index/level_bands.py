"""Levels of satisfaction as bands of 0-100: what a level counts, and which level a score belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from csi.data.scales import FrozenMapping, bilingual, brief
from csi.errors import DataError, choose
from csi.measures.index.bands import check_bands
from csi.views import public_names

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
POSITIONS = ("representative", "lower", "middle", "upper")
TOP = 100.0
UNMENTIONED = ("not_mentioned", "not mentioned", "未提及", "未反映", "没有反映")

# As the chemical company printed them, with middles and other spellings: name, lo, hi, en, zh, words.
PRINTED = (
    ("very_satisfied", 90, 100, "very satisfied", "很满意", ("非常满意",)),
    ("satisfied", 70, 90, "satisfied", "满意", ()),
    ("fairly_satisfied", 60, 70, "fairly satisfied", "比较满意", ("较满意",)),
    ("fairly_dissatisfied", 40, 60, "fairly dissatisfied", "比较不满意", ("较不满意",)),
    ("dissatisfied", 20, 40, "dissatisfied", "不满意", ()),
)


@dataclass(frozen=True)
class Level:
    """One level.

    Attributes
    ----------
    name : of the level
    lo, hi : its band of scores: lo belongs to it, hi belongs to the level above (100 to the highest)
    representative : what the level counts, the middle of the band when None
    text : wording `{"en": ..., "zh": ...}`
    words : other spellings in records
    """

    name: str
    lo: float
    hi: float
    representative: float | None = None
    text: Mapping[str, str] = field(default_factory=FrozenMapping)
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        value = self.representative
        ends = [_number(part) for part in (self.lo, self.hi)]
        value = sum(ends) / 2 if value is None else _number(value)
        if not (np.isfinite([*ends, value]).all() and 0 <= ends[0] < ends[1] <= TOP and ends[0] <= value <= ends[1]):
            band = f"{self.lo}-{self.hi}, {'-' if self.representative is None else self.representative}"
            raise DataError("band_ends", level=self.name, band=band)
        for key, one in (("lo", ends[0]), ("hi", ends[1]), ("representative", value)):
            object.__setattr__(self, key, one)
        object.__setattr__(self, "text", bilingual(self.text))
        object.__setattr__(self, "words", tuple(self.words))

    def __str__(self) -> str:
        """Return the name with the band."""
        return f"{self.name} {brief(self.lo)}-{brief(self.hi)}"


@dataclass(frozen=True)
class LevelBands:
    """Levels of satisfaction from the lowest to the highest, and what each counts in points of 0-100.

    Use it for records that hold levels and no scores, such as notes of a visit (`score_blend`).

    Parameters
    ----------
    levels : `Level` objects in any order, or rows (name, lo, hi) or (name, lo, hi, representative); those that the
        chemical company printed when left out
    unmentioned : words that mean that an item did not come up

    Raises
    ------
    DataError
        `band_ends` (not 0 <= lo < hi <= 100, or a representative outside), `bands_overlap`, `bands_gap`, with the two
        levels; `band_twice`; `bands_columns`, `bands_no_row` from a table.

    Notes
    -----
    The printed bands 100-90, 90-70, 70-60, 60-40, 40-20 share their ends, are of unequal width, leave 0-20 to nobody,
    have three levels above and two below, and no value per level. Here a band holds its lower end and not its upper one
    (the highest holds 100), and a level counts the middle of its band: 95, 80, 65, 50, 30. In R: cut(right = FALSE).

    Examples
    --------
    >>> import csi
    >>> bands = csi.LevelBands()
    >>> bands.values().tolist(), bands.names_of([100, 90, 89.9, 20, 5])
    ([30.0, 50.0, 65.0, 80.0, 95.0], ['very_satisfied', 'very_satisfied', 'satisfied', 'dissatisfied', None])
    >>> bands.uncovered
    ((0.0, 20.0),)

    """

    levels: tuple[Level, ...] = ()
    unmentioned: tuple[str, ...] = UNMENTIONED

    __dir__ = public_names

    def __post_init__(self) -> None:
        given = [_level(one) for one in self.levels]
        if not given:
            given = [Level(name, lo, hi, None, {"en": en, "zh": zh}, words) for name, lo, hi, en, zh, words in PRINTED]
        names = [level.name for level in given]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DataError("band_twice", levels=twice)
        given.sort(key=lambda level: (level.lo, level.hi))
        check_bands({level.name: (level.lo, level.hi) for level in given})
        object.__setattr__(self, "levels", tuple(given))
        object.__setattr__(self, "unmentioned", tuple(self.unmentioned))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> LevelBands:
        """Bands from a table with the columns level, lo, hi, and if there are representative, en and zh."""
        columns = [str(name) for name in frame.columns]
        if not {"level", "lo", "hi"} <= set(columns):
            raise DataError("bands_columns", columns=columns)
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        if not rows:
            raise DataError("bands_no_row")
        return cls(
            tuple(
                Level(
                    str(row["level"]), row["lo"], row["hi"], row.get("representative"),
                    {language: str(row[language]) for language in ("en", "zh") if row.get(language)},
                )
                for row in rows
            )
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """The table that `from_frame` reads: level, lo, hi, representative, en, zh; the lowest level first."""
        import pandas as pd

        rows = [
            (one.name, one.lo, one.hi, one.representative, one.text.get("en", ""), one.text.get("zh", ""))
            for one in self.levels
        ]
        return pd.DataFrame(rows, columns=["level", "lo", "hi", "representative", "en", "zh"])

    def __repr__(self) -> str:
        """Return a line per level, the highest first."""
        return "\n".join(f"{one}: {brief(one.representative)}" for one in reversed(self.levels))

    @property
    def names(self) -> tuple[str, ...]:
        """(k,) names from the lowest level, whose code is 1, to the highest."""
        return tuple(level.name for level in self.levels)

    @property
    def uncovered(self) -> tuple[tuple[float, float], ...]:
        """Parts of 0-100 that belong to no level, below the lowest and above the highest."""
        ends = ((0.0, self.levels[0].lo), (self.levels[-1].hi, TOP))
        return tuple((lo, hi) for lo, hi in ends if lo < hi)

    def values(self, position: str = "representative") -> Array:
        """(k,) points of the levels from the lowest.

        Parameters
        ----------
        position : {"representative", "lower", "middle", "upper"} of the bands
        """
        choose("position", position, POSITIONS)
        ends = np.array([(level.lo, level.hi) for level in self.levels])
        if position == "representative":
            return np.array([level.representative for level in self.levels], dtype=float)
        return {"lower": ends[:, 0], "upper": ends[:, 1], "middle": ends.mean(axis=1)}[position]

    def codes_of(self, scores: ArrayLike) -> NDArray[np.int64]:
        """(n,) code of the level of each score, 1 for the lowest; 0 for a score that no band holds, and for NaN."""
        return check_bands({level.name: (level.lo, level.hi) for level in self.levels}).place(scores) + 1

    def names_of(self, scores: ArrayLike) -> list[str | None]:
        """Name of the level of each score, None where no band holds it."""
        return [self.names[code - 1] if code else None for code in self.codes_of(scores).tolist()]

    def code_words(self) -> dict[str, int]:
        """Spelling -> code: names and wordings in both languages; 0 for those that mean an item did not come up."""
        found = {word.casefold(): 0 for word in self.unmentioned}
        for code, level in enumerate(self.levels, 1):
            for word in (level.name, *level.text.values(), *level.words):
                found[word.casefold()] = code
        return found

    def points(self, level: str) -> float:
        """What one level counts."""
        choose("level", level, self.names)
        return float(self.values()[self.names.index(level)])


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _level(given: Any) -> Level:
    if isinstance(given, Level):
        return given
    if isinstance(given, tuple | list) and len(given) in (3, 4):
        return Level(str(given[0]), *given[1:])
    raise DataError("band_ends", level=str(given), band="-")
