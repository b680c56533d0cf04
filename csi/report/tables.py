"""write_tables: Results and Studies as files for Excel, Word, LaTeX and every other program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from csi.errors import OutputError
from csi.language import current_language, say, use_language
from csi.report.files import check_target, write_files
from csi.report.handout import NOTES, Handout, handout_of, results_of
from csi.report.latex import latex_content
from csi.report.word import word_content
from csi.report.workbook import workbook_content
from csi.results import Result
from csi.study import Study

if TYPE_CHECKING:
    import pandas as pd


def write_tables(
    results: Result | Study | Sequence[Result] | Mapping[str, Result],
    path: str | PathLike[str],
    *,
    language: str | None = None,
    level: float | None = None,
) -> Path:
    """Write every table of a Result, of several Results or of a Study to a file that can be handed on.

    The ending of the path says which file: `.xlsx` a workbook for Excel, `.docx` three-line tables to edit in Word,
    `.tex` three-line tables for LaTeX, `.csv` plain tables for any program. An `.xlsx` holds numbers in full precision;
    its first sheet says what the others hold, what each column means, how the numbers were made and what to cite, and
    each table stands under two frozen rows, the names of the columns as in `tidy` and what they are called in English
    and Chinese. A `.docx` or `.tex` holds rounded numbers, captions that the program numbers, and below
    the tables their notes; wide tables in smaller type or on a page on its side.

    Parameters
    ----------
    results : Result, list or dict of Results, or Study
        In a list each is named after its title, in a dict by its key; the name stands before that of each table.
    path : file to write, ending in .xlsx, .docx, .tex or .csv
        An existing one is replaced when the new one is complete, never before.
    language : {"en", "zh"}, optional
        Of all sentences, and of the cells of a .docx or .tex; None means the current language.
    level : float, optional
        Level of the intervals, between 0 and 1; None means that of the Study, .95 for Results.

    Returns
    -------
    Path
        The file that was written, as given.

    Raises
    ------
    DataError
        `tables_need_results`: something else was given.
    OutputError
        `tables_ending`: another ending; `no_python_docx`: a .docx needs that package; or the file cannot be written,
        and what stood there before is untouched.
    OptionError
        An unknown language, or a level outside 0-1.

    Notes
    -----
    Title, notes, failed checks, methods of a Study and citations come along; missing answers and weights are those of
    the Results. There is no date in any file: the same tables give the same bytes.

    A .csv (utf-8 with its mark, so that Excel shows Chinese) holds one table in full precision. For one Result that is
    its headline table; for several, and for a Study, the list of all tables: `file`, `table`, `caption`, `rows`. Beside
    it stands each other table as `NAME_TABLE.csv` (`NAME_RESULT_TABLE.csv` for several), checks and facts of the fit
    too, and `NAME_notes.csv` with title, failed checks, notes and citations; all of them are replaced together or none
    is. A .csv keeps every text as it is, so a spreadsheet program computes one that begins with = + - or @; in an .xlsx
    it stays text. A number that does not exist is an empty cell there, "–" in a .docx or .tex.

    Examples
    --------
    >>> import csi, pandas, pathlib, tempfile
    >>> folder, nps = pathlib.Path(tempfile.mkdtemp()), csi.score_nps(csi.load_sample("tiny"), "l1")
    >>> file = csi.write_tables(nps, folder / "nps.xlsx")
    >>> pandas.read_excel(file, sheet_name="nps", skiprows=[1], engine="calamine")["item"].tolist()
    ['l1']
    >>> csi.write_tables(nps, folder / "nps.csv").name, sorted(one.name for one in folder.glob("*.csv"))
    ('nps.csv', ['nps.csv', 'nps_check.csv', 'nps_glance.csv', 'nps_notes.csv', 'nps_shares.csv'])

    """
    with use_language(language or current_language()):
        results_of(results)  # what is wrong in the call is said before the long work
        file = check_target(path)
        make = MAKERS.get(file.suffix.lower())
        if make is None:
            raise OutputError("tables_ending", file=str(file), choices=list(MAKERS))
        write_files(make(handout_of(results, level), file))
    return file


def csv_contents(handout: Handout, file: Path) -> Mapping[Path, bytes]:
    """Each file with all its bytes; `write_tables` says which table stands in which."""
    import pandas as pd

    frames = {sheet.name: sheet.shown.frame for sheet in handout.sheets}
    beside = {name: file.with_name(f"{file.stem}_{name}{file.suffix}") for name in (*frames, NOTES)}
    alone = not any(sheet.part for sheet in handout.sheets)
    if alone:
        beside[handout.sheets[0].name] = file
    found = {beside[name]: _csv(frame) for name, frame in frames.items()}
    if not alone:
        rows = [(beside[one.name].name, one.name, one.caption, len(one.shown.frame)) for one in handout.sheets]
        found[file] = _csv(pd.DataFrame(rows, columns=["file", "table", "caption", "rows"]))
    return {**found, beside[NOTES]: _csv(pd.DataFrame(_sentences(handout), columns=["kind", "result", "text"]))}


def _sentences(handout: Handout) -> list[tuple[str, str, str]]:
    """Kind, title of the Result where there are several, sentence."""
    return [
        ("title", "", handout.title),
        *(("fact", label, text) for label, text in handout.facts),
        ("level", "", say("workbook.level", level=f"{100 * handout.level:.6g}%")),
        *(("failed check", "", text) for text in handout.failures),
        *(("note", row[0] if len(row) > 1 else "", row[-1]) for row in handout.notes),
        *(("citation", "", text) for text in handout.citations),
    ]


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig", errors="replace")


# Ending of the path -> what makes the files, each with all its bytes.
MAKERS: dict[str, Callable[[Handout, Path], Mapping[Path, bytes]]] = {
    ".xlsx": lambda handout, file: {file: workbook_content(handout, file)},
    ".csv": csv_contents,
    ".docx": lambda handout, file: {file: word_content(handout)},
    ".tex": lambda handout, file: {file: latex_content(handout, file.name)},
}
