"""Raw data that may not ship: downloaded from the public source, checked, cached; or read from a local copy."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pandas as pd

from csi.data.codebook import Codebook
from csi.data.survey import Survey, survey_of
from csi.errors import DataError, in_a_line, is_name
from csi.language import Note, note

_TABLES = Path(__file__).resolve().parent / "tables"


@dataclass(frozen=True)
class _Dataset:
    """Where a data set lies, and the SHA-256 of its `canonical_text`; the codebook is tables/<name>.yaml."""

    url: str
    sha256: str


_DATASETS = {
    "mobi": _Dataset(
        url="https://raw.githubusercontent.com/GoogleCloudPlatform/plspm-python/"
        "f53c5ba8528edf34ded4c40c6f275fcee4b8ab51/tests/data/mobi.csv",
        sha256="eeedf61c7a980dda4c13cb39102d31da859e70d39d86f7d67437ad60e2e789ef",
    ),
}


def fetch_dataset(name: str, *, from_file: str | os.PathLike[str] | None = None, url: str | None = None) -> Survey:
    """Fetch the raw answers of a public data set, from its source, the cache or a local copy.

    The file is downloaded once and kept in the cache folder: that of the environment variable CSI_CACHE, or the user's
    cache folder. Whether the moments are enough is worth asking first: `load_moments` needs no network.

    Parameters
    ----------
    name : {"mobi"}
        `mobi`: European index, mobile phones, 250 respondents, 24 ratings 1-10, no missing answers, no weights.
    from_file : path of a copy you already have; then nothing is downloaded and nothing is cached
    url : another address of the same file, such as a mirror you can reach

    Returns
    -------
    Survey
        With a codebook in both languages; its notes say where the data come from.

    Raises
    ------
    DataError
        `unknown_dataset`; `dataset_no_file`; `dataset_no_network` (what to do without one); `dataset_columns` and
        `dataset_hash` when the content is not that of the data set (the message says where the file lies);
        `dataset_cache` when the cache folder cannot be written.

    Notes
    -----
    The SHA-256 is taken over the values, not the bytes: columns of the codebook in alphabetical order, a header line,
    one line per respondent, whole numbers, commas and line feeds. So copies that differ in line ends, quotes, row
    numbers or order of columns pass, and a changed rating does not.

    References
    ----------
    Tenenhaus, Esposito Vinzi, Chatelin and Lauro (2005), Computational Statistics & Data Analysis 48:159-205.

    Examples
    --------
    >>> import csi
    >>> survey = csi.fetch_dataset("mobi", from_file="mobi.csv")  # doctest: +SKIP
    >>> len(survey)  # doctest: +SKIP
    250

    """
    if not is_name(name, _DATASETS):
        raise DataError("unknown_dataset", name=in_a_line(name), choices=list(_DATASETS))
    dataset = _DATASETS[name]
    codebook = Codebook.read(_TABLES / f"{name}.yaml")
    address = url or dataset.url
    notes = [note("dataset_origin", name=name, source=codebook.source, address=dataset.url)]
    if from_file is not None:
        content, place = _read(from_file, name), str(from_file)
    else:
        content, place, more = _cached(name, dataset, codebook, address)
        notes += more
    frame, left = _checked(content, name, dataset, codebook, place)
    if left:
        notes.append(note("dataset_columns_left", name=name, columns=left))
    return survey_of(frame, codebook, name, tuple(notes))


def canonical_text(frame: pd.DataFrame) -> str:
    """Whole-number ratings as text that does not depend on how a file was written; what the SHA-256 is taken of."""
    names = sorted(frame.columns)
    lines = [",".join(names), *(",".join(f"{value:g}" for value in row) for row in frame[names].to_numpy(dtype=float))]
    return "\n".join(lines) + "\n"


def _read(path: str | os.PathLike[str], name: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        raise DataError("dataset_no_file", name=name, file=str(path)) from None


def _checked(
    content: bytes, name: str, dataset: _Dataset, codebook: Codebook, place: str
) -> tuple[pd.DataFrame, list[str]]:
    """The data set's columns in the order of the codebook, and the names of columns left out; raises if changed."""
    wanted = list(codebook.items)
    try:
        frame = pd.read_csv(BytesIO(content), encoding="utf-8-sig")
        absent = [column for column in wanted if column not in frame.columns]
    except (ValueError, pd.errors.ParserError):
        frame, absent = pd.DataFrame(), wanted
    if absent:
        raise DataError("dataset_columns", name=name, file=place, columns=absent)
    try:
        found = hashlib.sha256(canonical_text(frame[wanted]).encode()).hexdigest()
    except ValueError:  # words where numbers should be
        found = "-"
    if found != dataset.sha256:
        raise DataError("dataset_hash", name=name, file=place, expected=dataset.sha256, found=found)
    return frame[wanted], [str(column) for column in frame.columns if column not in wanted]


def _cached(name: str, dataset: _Dataset, codebook: Codebook, address: str) -> tuple[bytes, str, list[Note]]:
    """Content and place of the file in the cache, downloaded if it is not there or no longer what it was."""
    folder = cache_folder()
    target = folder / f"{name}.csv"
    notes = []
    if target.is_file():
        try:
            content = target.read_bytes()
            _checked(content, name, dataset, codebook, str(target))
            return content, str(target), notes
        except (DataError, OSError):
            notes.append(note("dataset_again", name=name, file=str(target)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=folder, prefix=f"{name}-", suffix=".part")
        os.close(handle)
    except OSError as error:
        raise DataError("dataset_cache", name=name, folder=str(folder), reason=error.strerror or str(error)) from None
    try:
        _download(address, part, name)
        content = Path(part).read_bytes()
        rejected = folder / f"{name}.rejected.csv"
        try:
            _checked(content, name, dataset, codebook, str(rejected))
        except DataError:
            os.replace(part, rejected)
            raise
        os.replace(part, target)
    finally:
        Path(part).unlink(missing_ok=True)
    return content, str(target), notes


def cache_folder() -> Path:
    """Where fetched data are kept: the folder CSI_CACHE names, or the user's cache folder."""
    import pooch

    return Path(os.environ.get("CSI_CACHE") or pooch.os_cache("csi"))


def _download(address: str, part: str, name: str) -> None:
    import pooch

    try:
        pooch.HTTPDownloader(progressbar=False, timeout=30)(address, part, None)
    except (OSError, ValueError) as error:  # requests' errors are OSErrors; a malformed address is a ValueError
        raise DataError("dataset_no_network", name=name, address=address, reason=type(error).__name__) from None
