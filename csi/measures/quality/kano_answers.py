"""What the stored answers to Kano's questions mean: by a mapping, by the labels of the scale, or 1 to 5."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.scales import Scale, brief
from csi.data.survey import Survey
from csi.errors import DataError, choose
from csi.language import Note, note
from csi.measures.quality.kano_numbers import ANSWERS

Array = NDArray[np.float64]
# the words of the five answers in questionnaires; what comes first is asked first
WORDS = (
    ("dislike", r"dislike|do(es)? ?n[o']t like|would be unhappy|不喜欢|讨厌|不满意|反感"),
    ("live_with", r"live with|tolerate|put up|accept|能忍受|可以忍受|勉强|可以接受|能接受"),
    ("neutral", r"neutral|indifferent|not care|no matter|don't mind|无所谓|中立|不在乎"),
    ("expect", r"expect|must ?-?be|must have|should be|basic|理应|理所当然|应该|必须|必备"),
    ("like", r"like|enjoy|please|happy|喜欢|满意|高兴"),
)


def read_answers(
    survey: Survey, functional: Sequence[str], dysfunctional: Sequence[str], answers: Mapping[Any, str] | None
) -> tuple[tuple[Array, Array], tuple[Note, ...]]:
    """Numbers (n, K) 0 to 4, "like" to "dislike", of the functional and the dysfunctional answers; and remarks.

    Raises
    ------
    DataError
        `kano_outside` with values and counts, `kano_labels_unclear`.
    OptionError
        An unknown meaning in `answers`.

    """
    for meaning in (answers or {}).values():
        choose("answers", meaning, ANSWERS)
    wrong: list[Note] = []
    assumed: list[str] = []
    parts = [_read(survey, names, answers, wrong, assumed) for names in (functional, dysfunctional)]
    if wrong:
        raise DataError("kano_outside", survey=survey.name, count=len(wrong), found=wrong[:10], answers=list(ANSWERS))
    remarks = (note("kano_numbers_assumed", items=assumed),) if assumed else ()
    return (parts[0], parts[1]), remarks


def _read(
    survey: Survey, names: Sequence[str], answers: Mapping[Any, str] | None, wrong: list[Note], assumed: list[str]
) -> Array:
    found = np.full((len(names), len(survey)), np.nan)
    frame = survey.answers
    for row, name in zip(found, names, strict=True):
        item = survey.codebook.items[name]
        if answers is not None:
            row[:] = _by_meaning(frame[name], _with_labels(answers, item.scale))
        elif not item.numeric:
            row[:] = _by_meaning(frame[name], _by_words(frame[name]))
        else:
            meaning = _by_labels(name, item.scale)
            if meaning is None:
                assumed.append(name)
                row[:] = survey.matrix([name])[:, 0] - 1
            else:
                row[:] = _by_meaning(frame[name], meaning)
        given = frame[name].notna().to_numpy()
        bad = given & ~np.isin(row, range(len(ANSWERS)))
        if bad.any():
            values, counts = np.unique(frame[name].to_numpy()[bad].astype(str), return_counts=True)
            pairs = [f"{_trim(value)} ({count})" for value, count in zip(values[:5], counts[:5], strict=True)]
            wrong.append(note("kano_outside_item", item=name, values=pairs))
    return found.T


def _trim(value: str) -> str:
    return value[:-2] if value.endswith(".0") else value


def _by_meaning(cells: pd.Series, meaning: Mapping[Any, str]) -> Array:
    """Numbers 0-4 of cells; cells without a meaning are -1, empty ones NaN."""
    places = {key: float(ANSWERS.index(word)) for key, word in meaning.items()}
    if pd.api.types.is_numeric_dtype(cells):
        values = cells.to_numpy(dtype=float)
        found = np.where(np.isnan(values), np.nan, -1.0)
        for key, place in places.items():
            try:
                found[values == float(key)] = place
            except (TypeError, ValueError):
                continue
        return found
    known = cells.astype(object).map({str(key): place for key, place in places.items()}.get, na_action="ignore")
    return np.where(cells.isna(), np.nan, known.astype(float).fillna(-1.0))


def _with_labels(answers: Mapping[Any, str], scale: Scale | None) -> dict[Any, str]:
    """The mapping with labels of the scale turned into the ratings that are stored for them."""
    labels = {} if scale is None else scale.labels
    points = {wording: point for point, text in labels.items() for wording in text.values()}
    return {points.get(key, key): word for key, word in answers.items()}


def _by_words(cells: pd.Series) -> dict[str, str]:
    """Cell -> answer for cells of words, such as 喜欢 or "I can live with it"; 1-5 as numbers are read too."""
    found = {str(k + 1): word for k, word in enumerate(ANSWERS)}
    for cell in pd.unique(cells.dropna().astype(str)):
        word = _word(cell)
        if word is not None:
            found[cell] = word
    return found


def _by_labels(item: str, scale: Scale | None) -> dict[float, str] | None:
    """Rating -> answer, from labels at all five points; None where the labels agree with 1-5 or there are none."""
    if scale is None or not scale.labels:
        return None
    read: dict[float, str] = {}
    for point, text in scale.labels.items():
        words = {word for word in (_word(wording) for wording in text.values()) if word}
        if len(words) > 1:
            raise DataError("kano_labels_unclear", item=item, label=dict(text), found=sorted(words))
        if words:
            read[point] = words.pop()
    if len(read) == len(ANSWERS) == len(set(read.values())):
        return read
    strange = [f"{brief(point)} = {word}" for point, word in read.items() if ANSWERS.index(word) + 1 != point]
    if strange:
        raise DataError("kano_labels_unclear", item=item, label=strange, found=list(ANSWERS))
    return None


def _word(wording: str) -> str | None:
    return next((word for word, pattern in WORDS if re.search(pattern, wording.lower())), None)
