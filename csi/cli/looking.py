"""`csi doctor` and `csi anonymise`: what a file is and what is doubtful, and the file without private columns."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from csi.cli.arguments import quoted
from csi.cli.reading import check_files, read_answers, say_doubts
from csi.errors import AskedError, OptionError
from csi.language import say
from csi.views import align

if TYPE_CHECKING:
    from csi.data.survey import Survey


_SAID = ("no_codebook", "kinds_guessed", "private_guessed")  # what the lists of columns say already


def doctor(options: argparse.Namespace) -> int:
    """Say what was recognised, how many answered, the scales, what is suspected, what is missing, the next command."""
    check_files(options.files, "doctor")
    question = None
    try:
        survey, remarks = read_answers(options)
    except AskedError as problem:
        if "scale" not in problem.answers[0][1] and "missing" not in problem.answers[0][1]:
            raise
        question = problem
        survey, remarks = read_answers(options, ask=False)
    for remark in remarks:
        print(remark)
    for line in _head(survey):
        print(line)
    say_doubts(survey)
    rows = _items(survey)
    if rows:
        print()
        columns = ("item", "scale", "direction", "answers", "missing", "mean", "score")
        print("\n".join(align([[say(f"cli.doctor_{name}") for name in columns], *rows])))
    for line in _others(survey):
        print(line)
    print()
    if question is not None:
        print(say("cli.doctor_question", question=question))
    print(_next(survey, options, question))
    return 0


def _head(survey: Survey) -> list[str]:
    book = survey.codebook
    ratings = [item for item in book.items.values() if item.kind == "rating" and item.name not in book.private]
    lines = [say("cli.doctor_head", name=survey.name, n=len(survey), ratings=len(ratings))]
    roles = [f"{role}: {column}" for role, column in book.roles.items() if column not in book.private]
    if roles:
        lines.append(say("views.survey_roles", roles=roles))
    return lines


def _items(survey: Survey) -> list[list[str]]:
    """One row a rating: its scale and direction, answers, missing by reason, mean rating and score 0-100 (weighted)."""
    from csi.data.codebook import REASONS
    from csi.data.columns import reason_word

    weight = survey.design().weight
    rows = []
    for item in survey.codebook.items.values():
        if item.kind != "rating" or item.name in survey.codebook.private:
            continue
        values = survey.answers[item.name].to_numpy()
        known = np.isfinite(values)
        own = np.ones(len(values)) if weight is None else weight
        mean = float((values[known] * own[known]).sum() / own[known].sum()) if own[known].sum() > 0 else np.nan
        tally = np.bincount(survey.reasons[item.name].to_numpy(), minlength=len(REASONS))
        missing = [f"{reason_word(i)} {count}" for i, count in enumerate(tally) if i and count]
        score = np.nan
        if item.scale is not None:
            score = 100 * (mean - item.scale.lo) / (item.scale.hi - item.scale.lo)
            score = 100 - score if item.reversed else score
        rows.append([
            item.name, str(item.scale) if item.scale else "?", say(f"cli.doctor_{'low' if item.reversed else 'high'}"),
            str(int(known.sum())), say("views.list", parts=missing) if missing else "0",
            _number(mean, 3), _number(score, 1),
        ])  # fmt: skip
    return rows


def _number(value: float, decimals: int) -> str:
    return "-" if np.isnan(value) else f"{value:.{decimals}f}"


def _others(survey: Survey) -> list[str]:
    book = survey.codebook
    lines = []
    for kind in ("multiple", "number", "category", "date", "text"):
        names = [item.name for item in book.items.values() if item.kind == kind and item.name not in book.private]
        if names:
            shown = [*names[:12], "..."] if len(names) > 12 else names
            lines.append(say("cli.doctor_kind", kind=say(f"notes.kind_{kind}"), count=len(names), columns=shown))
    if book.private:
        lines.append(say("cli.doctor_private", count=len(book.private)))
    known = (*survey.doubts, *(one for one in survey.notes if one.code in _SAID))
    return [*lines, *(str(remark) for remark in survey.notes if remark not in known)]


def _next(survey: Survey, options: argparse.Namespace, question: AskedError | None) -> str:
    files = " ".join(quoted(name) for name in options.files)
    given = "".join(f" {part}" for part in _given(options))
    if question is not None:
        return say("cli.doctor_next", command=f"csi doctor {files}{given} {question.values['first']}")
    command = "report" if options.codebook or not survey.doubts else "codebook"
    return say("cli.doctor_next", command=f"csi {command} {files}{given}")


def _given(options: argparse.Namespace) -> list[str]:
    """The options about the file that were given, to be given again."""
    found = []
    for name in ("codebook", "source", "sheet", "encoding", "delimiter", "decimal"):
        value = getattr(options, name, None)
        found += [f"--{name} {quoted(str(value))}"] if value is not None else []
    for name in ("missing", "scale"):
        found += [f"--{name} {quoted(value)}" for value in getattr(options, name, None) or ()]
    return found + (["--strict"] if options.strict else [])


def anonymise(options: argparse.Namespace) -> int:
    """Write the same export without its private columns."""
    from csi.data.cells import label_of
    from csi.data.raw import Export
    from csi.data.readers.door import private_columns
    from csi.data.readers.opened import table_of_file
    from csi.report.files import check_target, write_file

    check_files(options.files, "anonymise")
    if len(options.files) != 1:
        raise OptionError("cli_many_files", command="anonymise", count=len(options.files))
    file = Path(options.files[0])
    target = Path(options.output or f"{file.stem}-anonymous.csv")
    check_target(target, inputs=(file,))
    table, _ = table_of_file(file, options.sheet, options.encoding, options.delimiter)
    table = table.table if isinstance(table, Export) else table
    dropped = private_columns(table)
    kept = [i for i in range(len(table.headings)) if i not in dropped]
    cells = [
        np.array([*map(label_of, table.columns[i].categories), ""], dtype=object)[table.columns[i].codes] for i in kept
    ]
    rows = [[table.headings[i] for i in kept], *map(list, zip(*cells, strict=True))]
    write_file(target, _content(rows, target))
    print(say("cli.anonymised", count=len(dropped), columns=[table.headings[i] for i in sorted(dropped)] or "-"))
    open_text = [table.headings[i] for i in kept if _is_long(table.labels(i))]
    if open_text:
        print(say("cli.anonymised_text", columns=open_text[:12]))
    print(say("cli.anonymised_written", file=str(target)))
    return 0


def _is_long(labels: Sequence[str]) -> bool:
    return len(labels) > 5 and float(np.mean([len(label) for label in labels[:200]])) > 25


def _content(rows: list[list[Any]], target: Path) -> bytes:
    import csv
    import io

    if target.suffix.lower() == ".xlsx":
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in rows:
            sheet.append([f"'{cell}" if str(cell)[:1] in "=+@" else cell for cell in row])
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")
