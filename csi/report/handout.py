"""What is handed on, whatever the file: the tables of a Study or of Results with all that must be known beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from csi.errors import DataError
from csi.language import has_words, note, pick, say
from csi.report.cells import Shown, shown
from csi.report.methods import method_text
from csi.report.sources import read_source
from csi.results import Result, check_level
from csi.study import Study, level_text
from csi.views import column_title, table_title

ABOUT, NOTES, QUESTIONS = "说明 About", "notes", "questions"
LONGEST_NAME = 31  # characters the name of a sheet can have in Excel


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table on its way into a file.

    Attributes
    ----------
    name : of the sheet, the file or the label; no two are the same
    part : title of its Result where there are several, else ""
    caption : what it holds
    shown : its cells, exact and as a person reads them
    remarks : sentences that belong under it: level of its limits, under the first table of a Result its notes
    """

    name: str
    part: str
    caption: str
    shown: Shown
    remarks: tuple[str, ...] = ()

    @property
    def printed(self) -> bool:
        """Whether a paper holds it: of the checks those that failed stand there as sentences, nothing else."""
        return self.shown.table != "check"

    def cells(self) -> tuple[list[str], list[list[str]], list[bool]]:
        """Headers, rows and which columns hold numbers, rounded and translated; facts of a fit stand on their side."""
        table = self.shown
        if table.table == "glance":
            facts = [[column_title(name), table.text(0, name)] for name in table.columns]
            return [say("handout.fact"), say("handout.value")], [row for row in facts if row[1]], [False, True]
        names = table.columns
        numeric = [table.frame[name].dtype.kind in "iuf" for name in names]
        rows = [[table.text(row, name) for name in names] for row in table.rows]
        return [column_title(name) for name in names], rows, numeric


@dataclass(frozen=True, eq=False)
class Handout:
    """Everything a file is made from, as sentences of one language.

    Attributes
    ----------
    title : what it is about
    facts : (label, sentence) that stand first: survey, model, answer and method of a Study
    failures : sentences of the checks that failed
    sheets : the tables
    notes : rows of the page of notes: the sentence, before it the Result where there are several
    remarks : those of them that belong to no Result
    citations : sources, each once
    questions : rows of the page of the model's questions, its header first; empty without a model
    level : of the intervals
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    failures: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    notes: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...]
    citations: tuple[str, ...]
    questions: tuple[tuple[str, ...], ...]
    level: float


def handout_of(given: object, level: float | None = None) -> Handout:
    """A Study, a Result, or a list or dict of Results as a Handout in the current language.

    Raises
    ------
    DataError
        `tables_need_results`: something else was given, or nothing.
    OptionError
        `bad_level`.

    """
    study = None
    if isinstance(given, Study):
        study = given if level is None else replace(given, level=check_level(level))
    results = results_of(given)
    level = check_level((0.95 if study is None else study.level) if level is None else level)
    titles = {
        name: _title(name, one) if study else str(one.title) if len(results) > 1 else ""
        for name, one in results.items()
    }
    notes = [(titles[name], str(remark)) for name, one in results.items() for remark in one.notes]
    if study is not None:
        notes = [("", str(remark)) for remark in study.all_notes]
    return Handout(
        title=_heading(results) if study is None else study.title,
        facts=() if study is None else tuple(_facts(study)),
        failures=tuple(_failures(results, titles)),
        sheets=tuple(_sheets(results, titles, level, study)),
        notes=tuple(dict.fromkeys(pair if pair[0] else pair[1:] for pair in notes)),
        remarks=() if study is None else tuple(_remarks(study)),
        citations=tuple(dict.fromkeys(line for one in results.values() for line in one.cite().splitlines())),
        questions=() if study is None or study.model is None else tuple(_questions(study)),
        level=level,
    )


def results_of(given: object) -> dict[str, Result]:
    """Results by names without doubles; errors as `handout_of`."""
    if isinstance(given, Study):
        return given.results
    if isinstance(given, Result):
        return {"": given}
    if isinstance(given, Mapping):
        found = [(str(name), one) for name, one in given.items()]
    elif isinstance(given, list | tuple):
        found = [(one.title.code if isinstance(one, Result) else "", one) for one in given]
    else:
        raise DataError("tables_need_results", kind=type(given).__name__)
    strangers = [type(one).__name__ for _, one in found if not isinstance(one, Result)]
    if strangers or not found:
        kind = type(given).__name__
        inside = note("holding", kind=kind, parts=list(dict.fromkeys(strangers))) if found else note("empty", kind=kind)
        raise DataError("tables_need_results", kind=inside)
    name_of = _names()
    return {name_of(name.removeprefix("title_").removesuffix("_title")): one for name, one in found}


def _names() -> Callable[[str], str]:
    """Makes names that Excel and files can bear, none of them twice."""
    unlike = no_doubles("_", {ABOUT.casefold(), NOTES, QUESTIONS}, LONGEST_NAME)
    return lambda wanted: unlike(re.sub(r"[^\w-]+", "_", wanted).strip("_") or "result")


def no_doubles(joint: str, used: set[str], longest: int | None = None) -> Callable[[str], str]:
    """Puts a number behind a name that was there before, whatever its capitals."""

    def name_of(wanted: str) -> str:
        name, count = wanted[:longest], 1
        while name.casefold() in used:
            count += 1
            end = f"{joint}{count}"
            name = wanted[: longest and longest - len(end)] + end
        used.add(name.casefold())
        return name

    return name_of


def _heading(results: Mapping[str, Result]) -> str:
    first, *others = results.values()
    return say("handout.title", count=len(results)) if others else str(first.title)


def _title(name: str, result: Result) -> str:
    """What a Result of a Study is called."""
    key = f"report.result_{name}"
    return say(key) if has_words(key) else str(result.title)


def _sheets(
    results: Mapping[str, Result], titles: Mapping[str, str], level: float, study: Study | None
) -> Iterator[Sheet]:
    """The tables of each Result, its checks and the facts of its fit; its notes under its first table, each once."""
    name_of, told = _names(), set()
    for name, result in results.items():
        label = read_source("write_tables", result, level=level).label if study is None else study.label
        captions = {table: table_title(result, table) for table in result.tables}
        captions |= {"check": say("report.all_tables_checks"), "glance": say("report.all_tables_glance")}
        fresh = tuple(dict.fromkeys(text for remark in result.notes if (text := str(remark)) not in told))
        told |= set(fresh)
        for table, holds in captions.items():
            cells = shown(result, name if study else "", table, level, label)
            remarks = (say("workbook.level", level=level_text(level)),) if "lower" in cells.columns else ()
            yield Sheet(
                name_of(f"{name}_{table}" if name else table), titles[name],
                f"{titles[name]}: {holds}" if titles[name] else holds, cells,
                (*remarks, *fresh) if table == result.headline else remarks,
            )  # fmt: skip


def _failures(results: Mapping[str, Result], titles: Mapping[str, str]) -> Iterator[str]:
    for name, result in results.items():
        for line in result.checks:
            if not line.ok:
                yield f"{titles[name]}: {line.meaning}" if titles[name] else line.meaning


def _facts(study: Study) -> Iterator[tuple[str, str]]:
    """Survey, model, the answer, and how the numbers were made."""
    yield say("workbook.survey"), study.survey.name
    if study.model is not None:
        yield say("workbook.model"), f"{pick(study.model.title)} ({study.model.name})".strip()
    yield say("workbook.answer"), study.answer_line()
    yield say("workbook.method"), method_text(study)


def _remarks(study: Study) -> Iterator[str]:
    """Notes of the Study that none of its Results has."""
    known = {str(remark) for result in study.results.values() for remark in result.notes}
    yield from (text for remark in study.all_notes if (text := str(remark)) not in known)


def _questions(study: Study) -> Iterator[tuple[str, ...]]:
    """Construct, what it is called, item, its wording, whether it is reversed."""
    yield "construct", "en", "zh", "item", "item en", "item zh", "reversed"
    book = study.survey.codebook.items
    for one in study.model.constructs:
        for item in one.items:
            known = book.get(item)
            text = known.text if known is not None else {}
            turned = say("views.yes") if known is not None and known.reversed else ""
            yield (
                one.name, one.text.get("en", ""), one.text.get("zh", ""), item, text.get("en", ""), text.get("zh", ""),
                turned,
            )  # fmt: skip
