"""LimeSurvey exports: codes or full wording as headings, after the columns of the platform.

Marks: seen = in a real export or in parser code; unverified = described, not seen.

    id,submitdate,lastpage,startlanguage,seed     seen; the words: platforms.yaml
    Q3[SQ001], Q3[other], Q5[SQ001][1]            seen; R writes Q3.SQ001., SPSS and VV write Q3_SQ001
    stem [row]                                    seen, with full wording as headings
    Q3[SQ001]. stem [row]                         unverified, code and wording
    Y, N/A, -oth-                                 chosen, not shown, the option in words
    A1, AO01                                      positions of options, whose words stand in the structure file only
    submitdate empty                              not sent off
"""

from __future__ import annotations

import re

from csi.data.raw import Export, RawTable
from csi.data.readers.platform_columns import Column, clean, columns_of, export_of, key_of, platform_words
from csi.data.readers.several_answers import as_choices, as_ranks
from csi.language import Note, note

_SHOWY = ("sent", "page", "language", "seed", "last")
_TIMING = re.compile(r"(?:group|question)time.*|.*\dtime")
_BOTH = re.compile(r"([A-Za-z]\w*(?:\[[^\]]*\])*)\.\s+(\S.*)", re.DOTALL)
_PARTS = (
    re.compile(r"(?P<code>[A-Za-z]\w*)\[(?P<row>[^\]]+)\](?:\[(?P<scale>[^\]]+)\])?"),
    re.compile(r"(?P<code>[A-Za-z]\w*)\.(?P<row>\w+)\.(?:\.(?P<scale>\w+)\.)?"),
    re.compile(r"(?P<code>[A-Za-z]\w*)_(?P<row>SQ\d+|other)(?:[_.#](?P<scale>\d))?"),
    re.compile(r"(?P<code>.*\S)\s*\[(?P<row>[^\[\]]+)\](?:\s*\[(?P<scale>[^\[\]]+)\])?", re.DOTALL),
)
_TYPED = re.compile(
    r"other|otro|otra|sonstiges|autre|outro|outra|altro|anders|其他|其它|.*comment|.*\bcomentario|.*\bkommentar",
    re.IGNORECASE,
)
_POSITION = re.compile(r"[A-Z]{1,2}\d{1,3}")
_CHOSEN = ("y", "yes", "sí", "si", "ja", "oui", "sim", "是")
_NOT_CHOSEN = ("n", "no", "nein", "non", "não", "nee", "否", "")
_GONE = {"N/A": "not_asked"}


def recognise(table: RawTable) -> Note | None:
    """How the table shows that it is a LimeSurvey export: three of the platform's columns."""
    found = {_role(_split(name)[0]): name for name in table.headings}
    if sum(role in found for role in _SHOWY) < 2 or len(set(found) - {None}) < 3:
        return None
    return note("limesurvey_by_columns", columns=[name for role, name in found.items() if role in _SHOWY])


def _role(heading: str) -> str | None:
    key = key_of(heading)
    return next((role for role, words in platform_words()["limesurvey"].items() if key in words), None)


def _split(heading: str) -> tuple[str, str]:
    """Code and wording of a heading that holds both."""
    both = _BOTH.fullmatch(heading.strip())
    return (both[1], both[2]) if both else (heading, "")


def export(table: RawTable) -> Export:
    """What the format says: arrays, several answers, other, questions not shown, answers not sent off."""
    columns = columns_of(table)
    coded = 2 * sum(bool(_split(name)[1]) for name in table.headings) > len(columns)
    stems, notes = [], []
    for column in columns:
        if coded:
            code, text = _split(column.name)
            column.name, column.text = code, clean(text)
        stems.append("" if _platform(column) else _part(column))
    for column in columns:
        if "N/A" in column.labels and not column.system:
            column.missing = dict(_GONE)
    for stem in dict.fromkeys(filter(None, stems)):  # the columns of a dual scale stand in turns
        _question([column for column, own in zip(columns, stems, strict=True) if own == stem], stem)
    sent = next((column for column in columns if column.system and _role(column.name) == "sent"), None)
    open_ends = int(sent.where(lambda text: text in ("", "N/A", "NA")).sum()) if sent is not None else 0
    if open_ends:
        notes.append(note("not_sent_off", file=table.file, count=open_ends, rows=len(table)))
    positions = [column for column in columns if column.kind is None and _positions(column)]
    for column in positions:
        column.kind = "category"
    if positions:
        found = [column.name for column in positions]
        notes.append(note("only_positions", file=table.file, columns=found, cells=positions[0].labels[:3]))
    return export_of(table, columns, "limesurvey", recognise(table), notes)


def _platform(column: Column) -> bool:
    role = _role(column.name)
    if role is not None:
        column.mark(role if role in ("respondent", "duration") else "", private=role == "private")
    elif _TIMING.fullmatch(key_of(column.name)):
        column.mark()
    return column.system


def _part(column: Column) -> str:
    """The question a column is a part of, "" where it is a question of its own; its row becomes its wording."""
    for pattern in _PARTS:
        if found := pattern.fullmatch(column.name):
            break
    else:
        return ""
    row, scale = found["row"], found["scale"]
    stem, words = found["code"], None
    if column.text and (words := _PARTS[-1].fullmatch(column.text)):
        stem, row, scale = words["code"], words["row"], words["scale"] or scale
    if words or pattern is _PARTS[-1]:
        column.text = clean(row)
    if _TYPED.fullmatch(row) or _TYPED.fullmatch(found["row"]):
        column.kind = "text"
    return f"{stem} [{scale}]" if scale else stem


def _question(columns: list[Column], stem: str) -> None:
    """Say what the columns of one question are."""
    own = [column for column in columns if column.kind is None]
    if len(own) < 2:
        return
    for column in own:
        column.stem = stem
    words = {label.casefold() for column in own for label in column.labels if label not in _GONE}
    if words & set(_CHOSEN) and words <= {*_CHOSEN, *_NOT_CHOSEN}:
        for column in own:
            column.become(lambda cell: "0" if cell and cell.casefold() in _NOT_CHOSEN else cell or None)
        as_choices(own, sure=True, gone=_GONE)
    elif not as_choices(own, gone=_GONE):
        as_ranks(own)


def _positions(column: Column) -> bool:
    """Whether the answers are positions of options, such as A1 to A5."""
    found = [label for label in column.labels if label not in _GONE and label not in ("-oth-", "Other")]
    return (
        len(found) > 1
        and all(map(_POSITION.fullmatch, found))
        and len({label.rstrip("0123456789") for label in found}) == 1
    )
