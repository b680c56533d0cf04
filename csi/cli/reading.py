"""From the files a person names to a Survey and a model, whatever the files turn out to be; what is open is asked."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csi.errors import AskedError, DataError, ModelError, OptionError
from csi.language import Note, note, say

if TYPE_CHECKING:
    from csi.data.ruling import Ruling
    from csi.data.survey import Survey
    from csi.models.path import PathModel

_SCALE = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:-|–|~|:|\.\.|至|到)\s*([+-]?\d+(?:\.\d+)?)")


def ruling_of(options: argparse.Namespace, ask: bool = True) -> Ruling:
    """What `--missing`, `--scale`, `--strict` and `--decimal` say.

    Raises
    ------
    OptionError
        `ruling_missing`, `ruling_scale`, `ruling_decimal`.

    """
    from csi.data.ruling import as_ruling

    missing: dict[str, list[Any]] = {}
    for given in options.missing or ():
        item, codes = _item_and_rest(given)
        missing.setdefault(item, []).extend(_code(code) for code in re.split(r"[,，]", codes) if code.strip())
    scale: dict[str, tuple[float, float]] = {}
    for given in options.scale or ():
        item, ends = _item_and_rest(given)
        found = _SCALE.fullmatch(ends.strip())
        if found is None:
            raise OptionError("ruling_scale", value=given, problem=ends or "?")
        scale[item] = (float(found[1]), float(found[2]))
    return as_ruling(missing or None, scale or None, bool(options.strict), options.decimal, ask)


def _item_and_rest(given: str) -> tuple[str, str]:
    item, sign, rest = given.rpartition("=")
    return (item.strip(), rest) if sign else ("", given)


def _code(text: str) -> Any:
    plain = text.strip()
    return int(plain) if re.fullmatch(r"[+-]?\d{1,15}", plain) else plain


def read_answers(options: argparse.Namespace, *, beside: bool = True, ask: bool = True) -> tuple[Survey, list[Note]]:
    """Read the answers of the files named; on a terminal what the evidence leaves open is asked and read again.

    Parameters
    ----------
    options : files, codebook and what was said about the file
    beside : take the codebook of the same name beside the file when there is one
    ask : whether an open question stops the reading

    Raises
    ------
    AskedError
        What is open, where nobody can be asked.
    DataError, OptionError
        Those of `read_survey`.

    """
    from csi.data.readers.door import open_survey
    from csi.data.samples import list_samples, load_sample

    ruling = ruling_of(options, ask)
    files, codebook = options.files, options.codebook
    file = Path(files[0])
    if len(files) == 1 and not file.suffix and not file.exists() and file.name in set(list_samples()["name"]):
        survey = load_sample(file.name)
        return survey.with_codebook(codebook) if codebook else survey, [note("sample_used", name=file.name)]
    remarks = []
    found = file.with_suffix(".yaml")
    if codebook is None and beside and found.is_file():
        codebook = str(found)
        remarks.append(note("codebook_beside", file=found.name))
    how = {
        "source": options.source,
        "sheet": options.sheet,
        "encoding": options.encoding,
        "delimiter": options.delimiter,
    }
    how["second"] = files[1] if len(files) > 1 else None
    for _ in range(20):
        try:
            return open_survey(file, codebook, ruling, **how), remarks
        except AskedError as problem:
            said = _ask(problem)
            if said is None:
                raise
            if "encoding" in said:
                how["encoding"] = said["encoding"]
            else:
                ruling = replace(ruling, **{key: {**getattr(ruling, key), **value} for key, value in said.items()})
    raise DataError("file_unreadable", file=str(file), problem="?")


def _ask(problem: AskedError) -> dict[str, Any] | None:
    """The answer of the person at the terminal; None where nobody is there or nothing is said."""
    if not problem.answers or not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    print(str(problem), file=sys.stderr)
    for number, (words, _) in enumerate(problem.answers, start=1):
        print(f"  {number}  {words}", file=sys.stderr)
    while True:
        print(say("cli.ask", count=len(problem.answers)), end=" ", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line or not line.strip():
            return None
        if line.strip().isdecimal() and 1 <= int(line) <= len(problem.answers):
            return problem.answers[int(line) - 1][1]


def say_doubts(survey: Survey, show: Callable[[str], None] = print) -> None:
    """The first lines of every command: what was found and what is doubtful."""
    for doubt in survey.doubts:
        show(f"! {doubt}")


def check_files(files: Sequence[str], command: str) -> None:
    """Refuse no file, and more than the two of a pair.

    Raises
    ------
    OptionError
        `cli_no_file`, `cli_many_files`.

    """
    if not files:
        raise OptionError("cli_no_file", command=command)
    if len(files) > 2:
        raise OptionError("cli_many_files", command=command, count=len(files))


def read_model(given: str) -> PathModel:
    """A model of the catalogue, else a file that holds one, else the text itself.

    Raises
    ------
    ModelError
        `cli_unknown_model`, `cli_model_unreadable`, and those of `PathModel.parse`.

    """
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
