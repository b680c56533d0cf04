"""`csi report` and `csi tour`: read, analyse, write the page and its workbook, say the answer and where they are."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csi.cli.arguments import column_names, whole_number
from csi.cli.progress import shown_progress
from csi.cli.reading import check_files, read_answers, read_model, say_doubts
from csi.errors import EstimationError, OutputError
from csi.language import Note, note, say

if TYPE_CHECKING:
    from csi.data.survey import Survey
    from csi.models.path import PathModel
    from csi.study import Study

# Remarks on single sections, which stand on the page.
OF_SECTIONS = ("drivers_grouped", "drivers_rare", "asymmetry_few", "no_model")
TOUR, TOUR_GROUPS, TOUR_FOLDER = "mobile_wenjuanxing", "operator", "csi-tour"


def report(options: argparse.Namespace) -> int:
    """Analyse a file of answers and write its page."""
    from csi.report.files import check_target
    from csi.report.html import tables_beside

    check_files(options.files, "report")
    n_boot, seed = whole_number("--n-boot", options.n_boot, 0), whole_number("--seed", options.seed, 0)
    by = column_names(options.by, "--by")
    first, output = Path(options.files[0]), options.output
    if output is None:
        output = f"{first.stem}-report.html"
    sections = column_names(options.sections, "--sections")
    named = (*options.files, options.codebook, options.model, options.visits, options.complaints, options.tree)
    inputs = (*(Path(name) for name in named if name and "~" not in name), first.with_suffix(".yaml"))
    check_target(output, inputs=inputs)
    check_target(tables_beside(output), inputs=inputs)
    model = None if options.model is None else read_model(options.model)
    survey, remarks = read_answers(options)
    say_doubts(survey)
    records = {name: _records(options, name) for name in ("visits", "complaints") if getattr(options, name)}
    more = {
        "outcome": options.outcome,
        "tree": None if options.tree is None else Path(options.tree),
        "sections": sections,
    }
    study = _study(survey, model, by, remarks, n_boot=n_boot, seed=seed, **more, **records)
    for remark in study.notes:
        if remark.code not in OF_SECTIONS:
            print(remark)
    return _write(study, output)


def tour(options: argparse.Namespace) -> int:
    """Analyse the bundled 问卷星 pair as if it were one's own export."""
    folder = Path(options.output or TOUR_FOLDER)
    try:
        folder.mkdir(exist_ok=True)
    except FileNotFoundError:
        raise OutputError("output_no_folder", file=str(folder), folder=str(folder.parent)) from None
    except FileExistsError:
        raise OutputError("output_not_folder", file=str(folder)) from None
    except OSError:
        raise OutputError("output_denied", file=str(folder)) from None
    survey = _tour_survey()
    print(say("cli.tour_data", title=survey.codebook.title or survey.name, n=len(survey)))
    study = _study(survey, None, [TOUR_GROUPS], [], n_boot=5000, seed=1)
    _write(study, folder / "report.html")
    print(say("cli.tour_next"))
    return 0


def _tour_survey() -> Survey:
    """The pair as it was exported, text and code file, with its codebook."""
    from csi.data.readers.wenjuanxing import read_wenjuanxing
    from csi.data.samples import sample_path

    folder = sample_path(TOUR)
    text, code = sorted(folder.glob("*按文本*"))[0], sorted(folder.glob("*按序号*"))[0]
    return read_wenjuanxing(text, code, codebook=folder / "codebook.yaml")


def _write(study: Study, output: str | Path) -> int:
    from csi.report.html import tables_beside, write_report
    from csi.report.pictures import what_pictures_lack

    page = write_report(study, output)
    print(study.answer_line())
    for line in (study.priority_line(), *what_pictures_lack()):
        if line:
            print(line)
    print(say("cli.written_tables", file=str(tables_beside(page))))
    print(say("cli.written", file=str(page)))
    return 0


def _records(options: argparse.Namespace, name: str) -> Survey:
    """The file of visits or complaints, read as the answers are: a sample by its name, a codebook beside it."""
    given = {"files": [getattr(options, name)], "codebook": None, "missing": None, "scale": None, "strict": False}
    given |= {"decimal": options.decimal, "source": None, "sheet": None, "encoding": None, "delimiter": None}
    return read_answers(argparse.Namespace(**given))[0]


def _study(
    survey: Survey, model: PathModel | None, by: Sequence[str] | None, remarks: list[Note], **options: Any
) -> Study:
    """Analyse; without `--by` the groups are those of the codebook's case, where they can be estimated."""
    from csi.study import analyse_survey

    def analyse(columns: Sequence[str] | None) -> Study:
        with shown_progress():
            return analyse_survey(survey, model, by=columns, **options)

    case = survey.codebook.case
    if by is not None or case is None or case in survey.codebook.private:
        study = analyse(by)
    else:
        try:
            study = analyse([case])
            remarks.append(note("by_of_codebook", column=case))
        except EstimationError as problem:
            if problem.code != "groups_too_small":
                raise
            study = analyse(None)
            remarks.append(note("by_dropped", column=case, reason=str(problem)))
    return replace(study, notes=(*remarks, *study.notes))
