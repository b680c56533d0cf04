"""Samples and published moments that ship with csi, found by listing their folder."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from csi.data.codebook import Codebook
from csi.data.readers.doors import read_csv
from csi.data.survey import Survey
from csi.errors import DataError, in_a_line, is_name
from csi.language import pick
from csi.moments import Moments

_HERE = Path(__file__).resolve()
_FOLDERS = (_HERE.parents[1] / "_samples", _HERE.parents[2] / "data" / "samples")  # in the wheel, in the repository
_TABLES = _HERE.parent / "tables"


def load_sample(name: str) -> Survey:
    """Load a sample that ships with csi, with its codebook.

    Parameters
    ----------
    name : {"tiny", "mobile", "pvc_customers", "pvc_visits", "pvc_complaints", "service_hall", "hotel", "app_kano", \
"drivers", "expectations"}
        `tiny` is 12 respondents by 6 items, typed by hand, without missing answers: every item has a mean of 7 or 6 and
        a standard deviation of 2. `mobile` is simulated: four operators in three waves, 3,000 respondents, with a
        sampling design, every kind of missing answer and 120 careless respondents; what it was drawn from stands in
        `survey.codebook.truth`, as for all that follow: 60 business customers by questionnaire, visit and complaint log
        (three tables joined by `firm`), 6,000 rated cases of a service hall (好差评), 600 hotel guests with
        expectations and perceptions, 500 users of an app with Kano questions, 1,400 customers of a delivery service
        with eight drivers of satisfaction, 900 buyers before and after use. `list_samples()` names all.

    Returns
    -------
    Survey
        Ratings in the unit of their scale; the same object each time, since a Survey cannot change.

    Raises
    ------
    DataError
        `unknown_sample`: the message lists the samples that exist.

    Notes
    -----
    Missing answers are NaN with their reason in `survey.reasons`; weights are kept in the codebook's role and used by
    every estimate. Source: tools/samples.py of the repository, one seed.

    Examples
    --------
    >>> import csi
    >>> survey = csi.load_sample("tiny")
    >>> len(survey), survey.items
    (12, ('q1', 'q2', 's1', 's2', 's3', 'l1'))
    >>> survey.answers["s1"].mean().item(), survey.answers["s1"].std().item()
    (7.0, 2.0)

    """
    found = _sample_files()
    if not is_name(name, found):
        raise DataError("unknown_sample", name=in_a_line(name), choices=list(found) or ["-"])
    return _load(found[name])


def list_samples() -> pd.DataFrame:
    """List the samples that ship with csi.

    Returns
    -------
    DataFrame
        One row per sample: name, respondents (number), items (number), title in the current language.

    Examples
    --------
    >>> import csi
    >>> csi.list_samples()[["name", "respondents", "items"]].to_dict("records")[-1]
    {'name': 'tiny', 'respondents': 12, 'items': 6}

    """
    rows = []
    for name in _sample_files():
        survey = load_sample(name)
        rows.append((name, len(survey), len(survey.items), pick(survey.codebook.title) or name))
    return pd.DataFrame(rows, columns=["name", "respondents", "items", "title"])


def sample_path(name: str) -> Path:
    """The folder of a sample that ships as the files of a survey platform.

    Parameters
    ----------
    name : {"mobile_wenjuanxing"}
        `mobile` as a pair of 问卷星 files, mobile_按文本.xlsx and mobile_按序号.xlsx, with codebook.yaml.

    Raises
    ------
    DataError
        `unknown_sample`: the message lists the folders that exist.

    Examples
    --------
    >>> import csi
    >>> from csi.data.samples import sample_path
    >>> folder = sample_path("mobile_wenjuanxing")
    >>> text, code = folder / "mobile_按文本.xlsx", folder / "mobile_按序号.xlsx"
    >>> len(csi.read_wenjuanxing(text, code, folder / "codebook.yaml"))
    3000

    """
    base = next((folder for folder in _FOLDERS if folder.is_dir()), None)
    folders = {} if base is None else {path.name: path for path in sorted(base.iterdir()) if path.is_dir()}
    if not is_name(name, folders):
        raise DataError("unknown_sample", name=in_a_line(name), choices=list(folders) or ["-"])
    return folders[name]


def sample_names() -> tuple[str, ...]:
    """Names of the samples that ship with csi."""
    return tuple(_sample_files())


def load_moments(name: str) -> Moments:
    """Load the published moments of a real survey: number of respondents, means, standard deviations, correlations.

    Parameters
    ----------
    name : {"mobi", "acsi2015"}
        `mobi`: European index, mobile phones, 250 respondents, 24 items (Tenenhaus et al. 2005). `acsi2015`: American
        index, public sample of 2015, 7,422 respondents complete on 12 items (Morgeson et al. 2023).

    Returns
    -------
    Moments
        In ratings 1-10; the citation is its `source`. Items worded the other way round were stored reversed by their
        publishers, so a high mean is good everywhere.

    Raises
    ------
    DataError
        `unknown_moments`: the message lists the tables that exist.

    Notes
    -----
    Listwise complete and unweighted. Without rows, standard errors are those of normal theory.

    Examples
    --------
    >>> import csi
    >>> moments = csi.load_moments("mobi")
    >>> moments.n, dict(zip(moments.names, moments.mean.tolist()))["CUSA1"]
    (250, 7.988)

    """
    found = {path.stem: path for path in sorted(_TABLES.glob("*.json"))}
    if not is_name(name, found):
        raise DataError("unknown_moments", name=in_a_line(name), choices=list(found))
    table = json.loads(found[name].read_text(encoding="utf-8"))
    correlation = np.full((len(table["names"]),) * 2, np.nan)
    for row, values in enumerate(table["correlation_lower"]):
        correlation[row, : row + 1] = values
    return Moments.from_table(
        table["names"],
        n=table["n"],
        mean=table["mean"],
        sd=table["sd"],
        correlation=correlation,
        lo=table["lo"],
        hi=table["hi"],
        source=table["source"],
    )


def _sample_files() -> dict[str, Path]:
    """Name -> CSV of every pair of .csv and .yaml in the first folder that exists."""
    for folder in _FOLDERS:
        if folder.is_dir():
            return {path.stem: path for path in sorted(folder.glob("*.csv")) if path.with_suffix(".yaml").is_file()}
    return {}


@cache
def _load(path: Path) -> Survey:
    return read_csv(path, Codebook.read(path.with_suffix(".yaml")))
