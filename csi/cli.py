"""The command `csi`: from a file of answers to a page; also what there is to choose from.

Nothing heavy is imported before a command needs it, so that help and mistakes answer at once.
"""

from __future__ import annotations

import argparse
import locale
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from csi import __version__
from csi.errors import CsiError, DataError, EstimationError, ModelError, OptionError, choose
from csi.language import LANGUAGES, Note, current_language, note, say, use_language
from csi.views import align, width

if TYPE_CHECKING:
    from csi.data.survey import Survey
    from csi.models.path import PathModel
    from csi.study import Study

COMMANDS = ("report", "models", "samples")
TEXT_ENDINGS = (".csv", ".tsv", ".txt")
EXCEL_ENDINGS = (".xlsx", ".xls")
BAR = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, 2 after a mistake that a sentence explains, 130 after Ctrl-C.

    Parameters
    ----------
    arguments : what stands after `csi`; the command line when None

    Notes
    -----
    Results go to standard output; progress and mistakes to standard error. Errors that are not about the user's
    input are not caught.

    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that cannot show Chinese shows question marks
    given = list(sys.argv[1:] if arguments is None else arguments)
    with use_language(_language_of_computer()):
        try:
            with use_language(_language(given)):
                try:
                    return _dispatch(given)
                except KeyboardInterrupt:
                    print(say("cli.interrupted"), file=sys.stderr)
                    return 130
                except CsiError as problem:
                    return _fail(problem)
        except CsiError as problem:
            return _fail(problem)


def _fail(problem: CsiError) -> int:
    print(f"csi: {' '.join(str(problem).split())}", file=sys.stderr)
    return 2


def _language_of_computer() -> str:
    """Chinese where the locale is Chinese, else English."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if not named and os.name == "nt":
        named = locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


def _language(arguments: Sequence[str]) -> str:
    """The language that was asked for, before anything is read; help and mistakes are in it too."""
    for i, word in enumerate(arguments):
        if word == "--language" and i + 1 < len(arguments):
            return choose("--language", arguments[i + 1], LANGUAGES)
        if word.startswith("--language="):
            return choose("--language", word.partition("=")[2], LANGUAGES)
    wished = os.environ.get("CSI_LANGUAGE")
    return choose("CSI_LANGUAGE", wished, LANGUAGES) if wished else current_language()


def _dispatch(arguments: Sequence[str]) -> int:
    parser, commands = _parsers()
    command = next((word for word in arguments if word in COMMANDS), "")
    try:
        options, unknown = parser.parse_known_args(arguments)
    except argparse.ArgumentError as problem:
        raise _bad_argument(problem, command) from None
    if options.version:
        print(f"csi {__version__}")
        return 0
    if options.help:
        print((commands[options.command] if options.command else parser).format_help(), end="")
        return 0
    if unknown:
        raise OptionError("cli_unknown_arguments", arguments=unknown, command=options.command or "")
    if options.command is None:
        raise OptionError("cli_no_command", choices=COMMANDS)
    return {"report": _report, "models": _models, "samples": _samples}[options.command](options)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise OptionError("cli_bad_arguments", problem=message, command=self.prog.partition(" ")[2])


class _Help(argparse.HelpFormatter):
    """Help in the current language; lines are broken by the width they take on a terminal."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, say("cli.usage") if prefix is None else prefix)

    def _split_lines(self, text: str, columns: int) -> list[str]:
        return _wrapped(text, columns)

    def _fill_text(self, text: str, columns: int, indent: str) -> str:
        return "\n".join(indent + line for line in _wrapped(text, columns))


def _wrapped(text: str, columns: int) -> list[str]:
    """Break between words, and between Chinese characters, which stand without blanks."""
    lines, line, word = [], "", ""
    for character in f"{' '.join(text.split())} ":
        if width(character) == 1 and character != " ":
            word += character
            continue
        if width(line + word) > columns and line.strip():
            lines, line = [*lines, line.strip()], ""
        line, word = line + word + (character if character == " " else ""), ""
        if character != " ":
            if width(line + character) > columns and character not in "，。；：、）":
                lines, line = [*lines, line.strip()], ""
            line += character
    return [*lines, line.strip()] if line.strip() else lines or [""]


def _parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """The parser of `csi` and those of its commands by name."""
    common: dict[str, Any] = {
        "formatter_class": _Help,
        "add_help": False,
        "exit_on_error": False,
        "allow_abbrev": False,
    }
    parser = _Parser(prog="csi", description=say("cli.description"), epilog=say("cli.top_example"), **common)
    everywhere = parser.add_argument_group(say("cli.options"))
    _everywhere(everywhere, None)
    everywhere.add_argument("--version", action="store_true", help=say("cli.help_version"))
    chosen = parser.add_subparsers(dest="command", title=say("cli.commands"), metavar="COMMAND", parser_class=_Parser)
    commands = {}
    for name in COMMANDS:
        text = say("cli.report_description") if name == "report" else say(f"cli.{name}_help")
        commands[name] = chosen.add_parser(name, help=say(f"cli.{name}_help"), description=text, **common)
    _report_arguments(commands["report"])
    for name in COMMANDS:
        _everywhere(commands[name].add_argument_group(say("cli.options")), argparse.SUPPRESS)
    return parser, commands


def _everywhere(group: Any, default: Any) -> None:
    """The options of every command; SUPPRESS keeps a command from undoing what stands before it."""
    group.add_argument("-h", "--help", action="store_true", default=default, help=say("cli.help_help"))
    group.add_argument("--language", metavar="LANGUAGE", default=default, help=say("cli.help_language"))


def _report_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = say("cli.report_example")
    parser.add_argument_group(say("cli.arguments")).add_argument(
        "file", metavar="FILE", nargs="?", help=say("cli.help_file")
    )
    group = parser.add_argument_group(say("cli.report_options"))
    group.add_argument("--codebook", metavar="FILE", help=say("cli.help_codebook"))
    group.add_argument("--model", metavar="MODEL", help=say("cli.help_model"))
    group.add_argument("--by", metavar="COLUMN", action="append", help=say("cli.help_by"))
    group.add_argument("-o", "--output", metavar="FILE", help=say("cli.help_output"))
    group.add_argument("--n-boot", metavar="N", default="5000", help=say("cli.help_n_boot"))
    group.add_argument("--seed", metavar="N", default="1", help=say("cli.help_seed"))


def _bad_argument(problem: argparse.ArgumentError, command: str) -> OptionError:
    """An argument that argparse refused, in the current language."""
    if problem.argument_name and problem.argument_name.startswith("-"):
        return OptionError("cli_no_value", option=problem.argument_name, command=command)
    wrong = problem.message.partition("'")[2].partition("'")[0]
    return OptionError("cli_unknown_command", command=wrong, choices=COMMANDS)


def _whole(option: str, text: str, lowest: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = lowest - 1
    if number < lowest:
        raise OptionError("cli_not_whole", option=option, value=text, lowest=lowest)
    return number


def _report(options: argparse.Namespace) -> int:
    """Check what was asked for, read, analyse, write; say the answer and where the page is."""
    from csi.report.files import check_target

    if options.file is None:
        raise OptionError("cli_no_file")
    n_boot, seed = _whole("--n-boot", options.n_boot, 0), _whole("--seed", options.seed, 0)
    by = _columns(options.by)
    file, output = Path(options.file), options.output
    if output is None:
        output = f"{file.stem}-report.html"
    inputs = tuple(Path(name) for name in (options.file, options.codebook, options.model) if name and "~" not in name)
    check_target(output, inputs=(*inputs, file.with_suffix(".yaml")))
    model = None if options.model is None else _model(options.model)
    survey, remarks = _survey(file, options.codebook)
    study = _study(survey, model, by, remarks, n_boot=n_boot, seed=seed)
    from csi.report.html import write_report

    page = write_report(study, output)
    for remark in study.notes:
        print(remark)
    print(study.answer_line())
    print(say("cli.written", file=str(page)))
    return 0


def _columns(given: Sequence[str] | None) -> list[str] | None:
    if given is None:
        return None
    columns = [name.strip() for part in given for name in part.replace("，", ",").split(",") if name.strip()]
    if not columns:
        raise OptionError("cli_no_column", option="--by")
    return columns


def _survey(file: Path, codebook: str | None) -> tuple[Survey, list[Note]]:
    """Read the answers by the ending of the file's name; what has neither ending nor existence may be a sample."""
    from csi.data.readers import read_csv, read_excel
    from csi.data.samples import list_samples, load_sample

    ending = file.suffix.lower()
    if not ending and not file.exists() and file.name in set(list_samples()["name"]):
        survey = load_sample(file.name)
        return survey.with_codebook(codebook) if codebook else survey, [note("sample_used", name=file.name)]
    if ending not in TEXT_ENDINGS + EXCEL_ENDINGS and file.is_file():
        choices = TEXT_ENDINGS + EXCEL_ENDINGS
        raise DataError("cli_unknown_ending", file=str(file), ending=ending, choices=choices)
    remarks = []
    beside = file.with_suffix(".yaml")
    if codebook is None and beside.is_file():
        codebook = str(beside)
        remarks.append(note("codebook_beside", file=beside.name))
    return (read_excel if ending in EXCEL_ENDINGS else read_csv)(file, codebook), remarks


def _model(given: str) -> PathModel:
    """A model of the catalogue, else a file that holds one, else the text itself."""
    from csi.models.catalog import load_model
    from csi.models.path import PathModel

    if "~" in given:
        return PathModel.parse(given)
    try:
        return load_model(given)
    except ModelError as problem:
        if problem.code != "unknown_model":
            raise
        file = Path(given)
        if not file.is_file():
            raise ModelError("cli_unknown_model", model=given, models=problem.values["models"]) from None
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ModelError("cli_model_unreadable", file=given, problem=note("not_utf8")) from None
    except OSError as problem:
        raise ModelError("cli_model_unreadable", file=given, problem=problem.strerror or "?") from None
    return PathModel.parse(text, name=file.stem)


def _study(survey: Survey, model: PathModel | None, by: list[str] | None, remarks: list[Note], **options: int) -> Study:
    """Analyse; without `--by` the groups are those of the codebook's case, where they can be estimated."""
    from csi.inference.progress import show_progress
    from csi.study import analyse_survey

    def analyse(columns: list[str] | None) -> Study:
        if not sys.stderr.isatty():
            return analyse_survey(survey, model, by=columns, **options)
        listener, clear = _progress()
        try:
            with show_progress(listener):
                return analyse_survey(survey, model, by=columns, **options)
        finally:
            clear()

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


def _progress() -> tuple[Callable[[int, int], None], Callable[[], None]]:
    """What shows progress on one line of the terminal, and what removes that line."""
    longest = 0

    def show(done: int, total: int) -> None:
        nonlocal longest
        full = BAR * done // max(total, 1)
        line = f"{say('cli.progress', done=done, total=total)} [{'#' * full}{'.' * (BAR - full)}]"
        longest = max(longest, width(line))
        print(f"\r{line}", end="", file=sys.stderr, flush=True)

    def clear() -> None:
        if longest:
            print(f"\r{' ' * longest}\r", end="", file=sys.stderr, flush=True)

    return show, clear


def _models(options: argparse.Namespace) -> int:
    from csi.models.catalog import list_models

    columns = ("name", "title", "year", "constructs", "paths")
    rows = [
        ["" if value is None else str(value) for value in row]
        for row in list_models()[list(columns)].astype(object).where(lambda frame: frame.notna(), None).to_numpy()
    ]
    print("\n".join(align([[say(f"cli.model_{name}") for name in columns], *rows])))
    return 0


def _samples(options: argparse.Namespace) -> int:
    from csi.data.samples import list_samples

    columns = ("name", "respondents", "items", "title")
    rows = [[str(value) for value in row] for row in list_samples()[list(columns)].to_numpy()]
    print("\n".join(align([[say(f"cli.sample_{name}") for name in columns], *rows])))
    return 0
