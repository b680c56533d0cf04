"""Questions with several answers: `A┋B` and 0/1 columns, `A→B` and columns of ranks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.data.cells import natural_key, plain_text
from csi.data.readers.wjx_pair import TYPED, Coded, numbers_of
from csi.data.readers.wjx_table import BLANK, GONE, Column, Question
from csi.errors import DataError

_OUTSIDE = r"(?![^〖]*〗)"
_SPLIT = {False: re.compile("┋" + _OUTSIDE), True: re.compile("→" + _OUTSIDE)}
_HINT = re.compile(r"【[^】]*】|_{2,}")
_LONGEST = 60


@dataclass(frozen=True, eq=False)
class Chosen:
    """Option -> (n,) cells in the order of the questionnaire, and (n,) what was typed beside options."""

    options: dict[str, NDArray[np.object_]]
    typed: NDArray[np.object_] | None


def is_ranking(column: Column) -> bool:
    """Whether the answers of a text file are options put in order: most hold an arrow, none repeats an option."""
    counts = column.counts
    arrows = sum(count for label, count in counts.items() if "→" in label)
    if not arrows or 2 * arrows < sum(counts.values()):
        return False
    pieces = [[option for option, _ in _pieces(label, True)] for label in counts]
    distinct = {option for options in pieces for option in options}
    once = all(len(set(options)) == len(options) for options in pieces)
    return once and len(distinct) <= 30 and max(map(len, distinct)) <= _LONGEST


def options_of(column: Column, coded: Coded | None, question: Question, ranking: bool, files: Sequence[str]) -> Chosen:
    """The options of a question and who chose them.

    Without a code file the options are those somebody chose, in the order in which the answers hold them; with one, all
    options in the order of its columns.

    Raises
    ------
    DataError
        `wjx_pair_answers` when the code file says otherwise.

    """
    pieces = {label: _pieces(label, ranking) for label in column.answers}
    named = _in_order([[option for option, _ in found] for found in pieces.values()], ranking)
    cells: dict[str, NDArray[np.object_]] = {}
    for option in named:
        values = {
            label: next((place for place, (own, _) in enumerate(found, start=1) if own == option), 0)
            for label, found in pieces.items()
        }
        if ranking:
            cells[option] = column.mapped({label: value or "" for label, value in values.items()})
        else:
            cells[option] = column.mapped({label: int(value > 0) for label, value in values.items()})
    typed = None
    if any(text is not None for found in pieces.values() for _, text in found):
        words = {label: [text for _, text in found if text is not None] for label, found in pieces.items()}
        joined = {label: "; ".join(filter(None, texts)) or BLANK if texts else "" for label, texts in words.items()}
        typed = column.mapped(joined)
    if coded is not None:
        cells = _checked(cells, column, coded, question, ranking, files)
    return Chosen(cells, typed)


def _pieces(label: str, ranking: bool) -> list[tuple[str, str | None]]:
    """The options of one answer, each with what was typed beside it."""
    found = []
    for part in _SPLIT[ranking].split(label):
        typed = TYPED.search(part)
        option = TYPED.sub("", part).strip()
        if option or typed:
            found.append((option or part.strip(), typed[1].strip() if typed and option else None))
    return found


def _in_order(answers: Iterable[Sequence[str]], ranking: bool) -> list[str]:
    """The options in an order no answer contradicts; alphabetic where the answers leave it open or are ranks."""
    after: dict[str, set[str]] = {}
    for options in answers:
        for i, option in enumerate(options):
            after.setdefault(option, set()).update(() if ranking else options[:i])
    order: list[str] = []
    left = sorted(after, key=natural_key)
    while left:
        free = next((option for option in left if not after[option] - set(order)), left[0])
        order.append(free)
        left.remove(free)
    return order


def _checked(
    cells: dict[str, NDArray[np.object_]],
    column: Column,
    coded: Coded,
    question: Question,
    ranking: bool,
    files: Sequence[str],
) -> dict[str, NDArray[np.object_]]:
    """The options under the names and in the order of the code file, once both files say the same."""
    answered = ~np.isin(column.cells.astype(str), GONE)
    wanted = []
    for codes in coded.columns:
        values = numbers_of(codes)[answered]
        wanted.append(np.where(np.isfinite(values) & (values > 0), values, 0))
    told = {option: np.array([value or 0 for value in own[answered]], dtype=float) for option, own in cells.items()}
    found: dict[str, NDArray[np.object_]] = {}
    left = dict(told)
    for part, values in zip(coded.parts, wanted, strict=True):
        names = _spellings(part, question.title)
        option = next((own for own in left if names & _keys(own)), None)
        if option is None:
            option = next((own for own in left if values.any() and np.array_equal(left[own], values)), None)
        if option is None and not values.any():
            nobody = np.full(len(column.codes), "" if ranking else 0, dtype=object)
            nobody[~answered] = column.cells[~answered]
            found[_unused(part, question.title, found)] = nobody
            continue
        if option is None or not np.array_equal(left.pop(option), values):
            raise DataError("wjx_pair_answers", text=files[0], code=files[1], question=question.number)
        found[option] = cells[option]
    if left:
        raise DataError("wjx_pair_answers", text=files[0], code=files[1], question=question.number)
    return found


def _key(text: str) -> str:
    return "".join(plain_text(text).split()).casefold()


def _keys(option: str) -> set[str]:
    """Spellings of an option, with and without its hint such as 【请注明】."""
    return {_key(option), _key(_HINT.sub("", option))}


def _bare(part: str, title: str) -> str:
    """The option in a heading of the code file: without the title and the brackets after it."""
    if title and _key(part).startswith(_key(title)):
        rest = part[len(title) :].strip() if part.startswith(title) else part
        inner = re.fullmatch(r"[(（](.*)[)）]", rest, re.DOTALL)
        return inner[1].strip() if inner else rest
    return part


def _spellings(part: str, title: str) -> set[str]:
    found = _keys(part) | _keys(_bare(part, title))
    inner = re.search(r"[(（](.*)[)）]\s*$", part, re.DOTALL)  # from the first bracket to the last
    return found | (_keys(inner[1]) if inner else set())


def _unused(part: str, title: str, found: Iterable[str]) -> str:
    """The name of an option that nobody chose."""
    name = _bare(part, title) or part
    return f"{name} (2)" if name in found else name
