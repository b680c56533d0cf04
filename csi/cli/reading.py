"""From the files a person names to a Survey and a model, whatever the files turn out to be."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from csi.errors import DataError, ModelError, OptionError
from csi.language import Note, note

if TYPE_CHECKING:
    from csi.data.survey import Survey
    from csi.models.path import PathModel

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
EXCEL_ENDINGS = (".xlsx", ".xls")
# Columns that stand in every export of 问卷星; three of them make one.
WENJUANXING = ("提交答卷时间", "所用时间", "来源详情", "来自IP", "序号")
_START = 200_000


def read_answers(
    files: Sequence[str], codebook: str | None = None, *, beside: bool = True
) -> tuple[Survey, list[Note]]:
    """Read the answers: by the columns of a 问卷星 export, else by the ending of the file's name.

    Parameters
    ----------
    files : one file, the text and code file of 问卷星, or the name of a sample
    codebook : file name
    beside : take the codebook of the same name beside the file when there is one

    Raises
    ------
    DataError
        `cli_unknown_ending`, `cli_two_files`, and those of the readers.

    """
    from csi.data.readers import read_csv, read_excel
    from csi.data.samples import list_samples, load_sample

    file = Path(files[0])
    ending = file.suffix.lower()
    if len(files) == 1 and not ending and not file.exists() and file.name in set(list_samples()["name"]):
        survey = load_sample(file.name)
        return survey.with_codebook(codebook) if codebook else survey, [note("sample_used", name=file.name)]
    for one in map(Path, files):
        if one.suffix.lower() not in TEXT_ENDINGS + EXCEL_ENDINGS and one.is_file():
            choices = TEXT_ENDINGS + EXCEL_ENDINGS
            raise DataError("cli_unknown_ending", file=str(one), ending=one.suffix.lower(), choices=choices)
    remarks = []
    found = file.with_suffix(".yaml")
    if codebook is None and beside and found.is_file():
        codebook = str(found)
        remarks.append(note("codebook_beside", file=found.name))
    if any(is_wenjuanxing(Path(one)) for one in files):
        from csi.data.readers.wenjuanxing import read_wenjuanxing

        return read_wenjuanxing(*files, codebook=codebook), remarks
    if len(files) > 1:
        raise DataError("cli_two_files", files=[Path(one).name for one in files], columns=WENJUANXING)
    return (read_excel if ending in EXCEL_ENDINGS else read_csv)(file, codebook), remarks


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


def is_wenjuanxing(file: Path) -> bool:
    """Whether a file has the columns of a 问卷星 export; False for one that cannot be opened."""
    try:
        data = file.read_bytes()
    except OSError:
        return False
    return any(sum(name in text for name in WENJUANXING) >= 3 for text in _texts(data))


def _texts(data: bytes) -> list[str]:
    """The texts of a file, as far as column names may stand in them."""
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                wanted = ("xl/sharedStrings.xml", "xl/worksheets/")
                names = [name for name in parts.namelist() if name.startswith(wanted)]
                return ["".join(_beginning(parts, name) for name in names)]
        except (zipfile.BadZipFile, OSError, RuntimeError):
            return []
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return [data.decode("utf-16-le", "ignore"), data[1:].decode("utf-16-le", "ignore")]
    start = data[:_START]
    return [start.decode(encoding, "ignore") for encoding in ("utf-8-sig", "gb18030", "utf-16")]


def _beginning(parts: zipfile.ZipFile, name: str) -> str:
    with parts.open(name) as part:
        return part.read(_START).decode("utf-8", "ignore")


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
