"""From the columns of one 问卷星 question to columns of a survey: what was asked, and each answer in its own cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.answers import cells_of
from csi.data.blocks import judge
from csi.data.cells import plain_text
from csi.data.codebook import Item
from csi.data.evidence import first_kind
from csi.data.judged import look
from csi.data.ladders import Readings, choose_ladder, no_answer, number_beside, plain_label, read_ladders
from csi.data.readers.wjx_options import Chosen, is_ranking, options_of
from csi.data.readers.wjx_pair import NUMBER, TYPED, Coded, positions_of
from csi.data.readers.wjx_table import BLANK, GONE, Column, Question, Table
from csi.data.ruling import Ruling
from csi.data.scales import Scale
from csi.data.wording import words_kind

_UNIT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:分|星|颗星|星级)")
_AMOUNT = re.compile(
    r"年龄|周岁|多少[次个人年元岁天名小分]|几[次个人年岁天名]|金额|花费|消费额|收入|次数|人数|数量|身高|体重|时长|百分之几|"
    r"how (?:many|much|old|often)|\bage\b|number of",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"姓名|联系方式|邮箱|身份证|微信号|QQ号|住址|详细地址|家庭地址|称呼|学号|工号|车牌|昵称|"
    r"\b(?:e-?mail|full name|your name|your address)\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"手机号|电话号码|(?:联系|您的|家庭|办公)电话|^电话|\bphone number\b", re.IGNORECASE)
_OPEN = re.compile(r"建议|意见|留言|评论|请说明|\bcomments?\b|\bsuggest", re.IGNORECASE)
_PERSONAL = re.compile(r"1[3-9]\d{9}|\d{17}[\dXx]|[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, eq=False)
class Field:
    """A column of the survey.

    Attributes
    ----------
    name : its name; headings are other names a codebook may use for it
    cells : (n,) raw cells
    item : its Item, None when it is not a question or private
    missing : cell -> reason, for this item only
    """

    name: str
    headings: tuple[str, ...]
    cells: NDArray[np.object_]
    item: Item | None = None
    private: bool = False
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Log:
    """What was decided, for the notes: names of columns under what happened to them."""

    happened: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, what: str, *values: Any) -> None:
        """Remember something."""
        self.happened.setdefault(what, []).extend(values)

    def seen(self, what: str) -> list[Any]:
        """What was remembered."""
        return self.happened.get(what, [])


@dataclass(frozen=True, eq=False)
class Asked:
    """A question with its answers, before its scale is known.

    Attributes
    ----------
    form : "options", "ranking" or "plain"
    columns : its columns, text typed beside an option taken out
    typed : (n,) what was typed, for the columns where anything was
    positions : label -> position, where a code file or numbers beside the options tell it
    ladders : the ladders its labels can be
    choice : whether it is answered by options: the code file shows positions, or something was typed beside one
    free : whether it is not: the code file repeats the words
    """

    question: Question
    form: str
    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    typed: Mapping[int, NDArray[np.object_]]
    coded: Coded | None
    positions: Mapping[str, int] | None = None
    ladders: Readings | None = None
    choice: bool = False
    free: bool = False

    @property
    def answers(self) -> list[str]:
        """The distinct answers of all columns."""
        return list(dict.fromkeys(label for column in self.columns for label in column.answers))

    @property
    def count(self) -> int:
        """The number of answers of the column with the most."""
        return max(sum(column.counts.values()) for column in self.columns)


def asked_of(question: Question, table: Table, coded: Coded | None, code_file: str) -> Asked:
    """What kind of question the columns are.

    Raises
    ------
    DataError
        `wjx_pair_answers`.

    """
    whole = tuple(table.columns[i] for i in question.columns)
    headings = tuple(table.headings[i] for i in question.columns)
    several = coded is not None and len(whole) == 1 and bool(coded.parts) and not question.parts
    if several or any("┋" in TYPED.sub("", label) for column in whole for label in column.answers):
        codes = {label for column in coded.columns for label in column.answers} if coded and several else set()
        form = "ranking" if any(NUMBER.fullmatch(code) and float(code) > 1 for code in codes) else "options"
        return Asked(question, form, whole, headings, {}, coded if several else None)
    if len(whole) == 1 and is_ranking(whole[0]):
        return Asked(question, "ranking", whole, headings, {}, None)
    typed: dict[int, NDArray[np.object_]] = {}
    columns = []
    for at, column in enumerate(whole):
        bare = {label: TYPED.sub("", label) or label for label in column.labels if TYPED.search(label)}
        if bare and any(bare[label] != label for label in bare):
            typed[at] = column.mapped({label: _typed(label) for label in column.labels})
            column = Column.of(column.mapped(bare))
        columns.append(column)
    asked = Asked(question, "plain", tuple(columns), headings, typed, coded, choice=bool(typed))
    if coded is not None and len(coded.columns) == len(columns):
        asked = _placed(asked, [table.file, code_file])
    ladders = read_ladders(asked.answers)
    if ladders is not None and asked.positions is None:
        beside = {label: number_beside(label) for label in asked.answers}
        if all(beside.values()):
            asked = replace(asked, positions={label: number or 0 for label, number in beside.items()})
    return replace(asked, ladders=ladders)


def _typed(label: str) -> str:
    """What was typed beside an option: an empty cell where the option was not chosen, blank where nothing was typed."""
    found = TYPED.search(label)
    if found is None:
        return label if label in GONE else ""
    return found[1].strip() or BLANK


def _placed(asked: Asked, files: Sequence[str]) -> Asked:
    """With the positions the code file gives its labels."""
    places: dict[str, int] = {}
    choice, agree = False, True
    for column, codes in zip(asked.columns, asked.coded.columns if asked.coded else (), strict=True):
        found = positions_of(column, codes, asked.question.number, files)
        if found is not None:
            choice = True
            agree &= all(places.setdefault(label, at) == at for label, at in found.items())
    return replace(
        asked, positions=places if choice and agree else None, choice=asked.choice or choice, free=not choice
    )


def fields_of(asked: Asked, usual: Counter[tuple[int, ...]], log: Log, files: Sequence[str]) -> list[Field]:
    """The columns of the survey that a question becomes; `log` gets what was decided."""
    if asked.form != "plain":
        return _option_fields(asked, log, files)
    names = _names(asked)
    fields = []
    kinds = _kinds(asked, usual, log, names)
    for at, (name, column) in enumerate(zip(names, asked.columns, strict=True)):
        kind, scale, values, missing = kinds[at]
        headings = _headings(asked, at)
        if _is_private(asked, at, kind):
            fields.append(Field(name, headings, column.cells, private=True))
            continue
        if kind == "category":
            log.add("category", (name, list(column.answers)))
        item = Item(name, scale=scale, text=_wording(asked.question, at), kind=kind)
        fields.append(Field(name, headings, column.mapped(values), item, missing=missing))
        if at in asked.typed:
            fields.append(_other(name, item, asked.typed[at], log))
    return fields


def _names(asked: Asked) -> list[str]:
    stem = f"q{asked.question.number}"
    return [f"{stem}_{at}" for at in range(1, len(asked.columns) + 1)] if asked.question.parts else [stem]


def _wording(question: Question, at: int, option: str = "") -> str:
    part = question.parts[at] if question.parts else ""
    return "：".join(text for text in (question.title, part, option) if text)


def _headings(asked: Asked, at: int) -> tuple[str, ...]:
    """Other names of a column: its heading, its title, title—row, the row."""
    question = asked.question
    if not question.parts:
        return (asked.headings[at], question.title)
    return (asked.headings[at], f"{question.title}—{question.parts[at]}", question.parts[at])


def _other(name: str, item: Item, cells: NDArray[np.object_], log: Log) -> Field:
    """The column of what was typed beside an option; nobody else was asked for it."""
    log.add("other", f"{name}_other")
    wording = next(iter(item.text.values()), name)
    own = Item(f"{name}_other", kind="text", text=f"{wording}：〖〗")
    return Field(own.name, (), cells, own, missing={"": "not_asked"})


Kind = tuple[str, Scale | None, dict[str, Any], dict[str, str]]


def _kinds(asked: Asked, usual: Counter[tuple[int, ...]], log: Log, names: Sequence[str]) -> list[Kind]:
    """Kind, scale, cells to replace and missing words of each column; the rows of a matrix share a ladder."""
    if asked.ladders is not None:
        ladder = choose_ladder(asked.ladders, usual, asked.positions, asked.count)
        scale = ladder.scale
        log.add("ladder", *((name, str(scale), ladder) for name in names))
        _log_missing(asked.ladders.missing, names, log)
        return [("rating", scale, {}, dict(asked.ladders.missing))] * len(names)
    pooled = _numbers(asked.answers)
    if pooled is None:
        return [_kind_alone(asked, at, name) for at, name in enumerate(names)]
    values, words, missing, turned = pooled
    if turned:
        log.add("turned", *names)
    _log_missing(missing, names, log)
    numbers = np.array(list(values.values()), dtype=float)
    if _is_amount(asked, numbers) or not _may_rate(asked, values):
        return [("number", None, values, missing)] * len(names)
    scale = Scale(*_ends(numbers, len(words)), labels=words) if words else None  # bare numbers: by evidence
    return [("rating", scale, values, missing)] * len(names)


def _may_rate(asked: Asked, values: Mapping[str, Any]) -> bool:
    """Whether the numbers of a question can be ratings at all."""
    tally: Counter[float] = Counter()
    for column in asked.columns:
        for label, count in column.counts.items():
            if label in values:
                tally[float(values[label])] += count
    known = sorted(tally)
    verdict = judge(np.array(known), np.array([tally[value] for value in known], dtype=np.intp))
    return verdict.ends is not None or bool(verdict.choices)


def _ends(numbers: NDArray[np.float64], words: int) -> tuple[float, float]:
    """The ends of a scale whose rungs carry words: the usual scale that holds the numbers, or as many as words."""
    distinct = np.unique(numbers)
    verdict = judge(distinct, np.ones(len(distinct), dtype=np.intp))
    fitting = [ends for ends in verdict.choices if ends[1] - ends[0] + 1 == words]
    return verdict.ends or (fitting or list(verdict.choices) or [(float(distinct[0]), float(distinct[-1]))])[-1]


def _log_missing(missing: Mapping[str, str], names: Sequence[str], log: Log) -> None:
    if missing:
        log.add("no_answer", *((name, label) for name in names for label in missing))


def _numbers(labels: Sequence[str]) -> tuple[dict[str, Any], dict[float, str], dict[str, str], bool] | None:
    """Label -> number, number -> words beside it, label -> reason, and whether small numbers are the good ones.

    None unless every answer is a number, alone, with a unit (5分) or with words of a ladder (5 非常满意).
    """
    values: dict[str, Any] = {}
    words: dict[str, float] = {}
    missing: dict[str, str] = {}
    for label in labels:
        text = plain_text(label)
        unit = _UNIT.fullmatch(text)
        if NUMBER.fullmatch(text) or unit:
            values[label] = float(unit[1] if unit else text)
        elif (reason := no_answer(label)) is not None:
            missing[label] = reason
        elif (number := number_beside(label)) is not None:
            values[label] = words[label] = float(number)
        else:
            return None
    if not values:
        return None
    turned = False
    if words:
        ladders = read_ladders(words)
        if ladders is None:
            return None
        lo, hi = _ends(np.array(list(values.values())), len(words))
        ladder = choose_ladder(ladders, {}, None, 0)
        middle, half = (lo + hi) / 2, (len(ladder.words) + 1) / 2
        sides = {(number - middle) * (ladder.steps[label] - half) < 0 for label, number in words.items()}
        turned = sides == {True}
        if len(sides) > 1:
            return None
        if turned:
            values = {label: lo + hi - number for label, number in values.items()}
    return values, {values[label]: plain_label(label) for label in words}, missing, turned


def _is_amount(asked: Asked, numbers: NDArray[np.float64]) -> bool:
    alike = asked.count >= 12 and len(numbers) == asked.count
    return alike or _AMOUNT.search(asked.question.wording) is not None


def _kind_alone(asked: Asked, at: int, name: str) -> Kind:
    """Words that are no ladder: options, a date or free text; a row of numbers in a block of blanks."""
    column = asked.columns[at]
    if asked.choice or at in asked.typed:
        kind = "category"
    else:
        cells = cells_of(pd.Series(list(column.cells), dtype=object), asked.question.title or name)
        kind = first_kind(look(cells, cells.name, Ruling(), {})) or "rating"
        kind = words_kind(look(cells, cells.name, Ruling(), {})) if kind == "words" else kind
        if kind == "category" and (asked.free or _OPEN.search(_wording(asked.question, at))):
            kind = "text"
    return ("number" if kind == "rating" else kind, None, {}, {})


def _is_private(asked: Asked, at: int, kind: str) -> bool:
    """Whether an open question asks who the respondent is, by its wording or because most answers look like it."""
    if asked.choice or kind not in ("text", "number", "category"):
        return False
    answers = asked.columns[at].counts
    personal = sum(count for label, count in answers.items() if _PERSONAL.fullmatch(plain_text(label)))
    wording = _wording(asked.question, at)
    if _PRIVATE.search(wording) or (kind != "category" and _PHONE.search(wording)):
        return True
    return 2 * personal > sum(answers.values())


def _option_fields(asked: Asked, log: Log, files: Sequence[str]) -> list[Field]:
    """One column per option: 0/1, or its rank; and what was typed beside options."""
    ranking = asked.form == "ranking"
    fields: list[Field] = []
    for at, (name, column) in enumerate(zip(_names(asked), asked.columns, strict=True)):
        chosen: Chosen = options_of(column, asked.coded, asked.question, ranking, files)
        for number, (option, cells) in enumerate(chosen.options.items(), start=1):
            wording = _wording(asked.question, at, option)
            item = Item(f"{name}_{number}", kind="number" if ranking else "multiple", text=wording)
            heading = asked.headings[at]
            names = (
                f"{heading}({option})",
                f"{asked.question.title}({option})",
                f"第{asked.question.number}题({option})",
            )
            fields.append(Field(item.name, names, cells, item))
        log.add(asked.form, (name, list(chosen.options)))
        if chosen.typed is not None:
            fields.append(_other(name, Item(name, text=_wording(asked.question, at)), chosen.typed, log))
    return fields
