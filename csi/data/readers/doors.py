"""The doors of `read_survey` for one kind of file each; they take its arguments."""

from __future__ import annotations

from os import PathLike
from typing import Any

from csi.data.codebook import Codebook
from csi.data.readers.door import open_survey, read_survey
from csi.data.ruling import as_ruling
from csi.data.survey import Survey

Path = str | PathLike[str]
Book = Codebook | str | PathLike[str] | None
_RULES = ("missing", "scale", "strict", "decimal")


def _limited(path: Path, codebook: Book, kinds: tuple[str, ...], options: dict[str, Any]) -> Survey:
    ruling = as_ruling(**{name: options.pop(name) for name in _RULES if name in options})
    return open_survey(path, codebook, ruling, kinds=kinds, **options)


def read_csv(path: Path, codebook: Book = None, *, encoding: str | None = None, **options: Any) -> Survey:
    r"""Read a survey from a text file with one respondent a line.

    The first line that is no title holds the column names. Comma, semicolon, tab and bar are told apart as delimiters;
    the encoding is found out, or asked for. The Survey and the errors are those of `read_survey`; `file_is_other` for a
    file that is no text.

    Parameters
    ----------
    path : file name
    codebook : a Codebook or the name of its file; without one kinds and scales are decided by evidence
    encoding : name of the encoding, when it cannot be told from the bytes
    **options : `source`, `delimiter`, `decimal`, `missing`, `scale`, `strict`, `name`, as in `read_survey`

    Examples
    --------
    >>> import csi, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "shop.csv"
    >>> _ = file.write_text("满意度;推荐意愿(0-10)\n7;10\n9;\n", encoding="gb18030")
    >>> survey = csi.read_csv(file, scale={"满意度": (1, 10)})
    >>> survey.answers.to_dict("list")
    {'满意度': [7.0, 9.0], '推荐意愿(0-10)': [10.0, nan]}

    """
    return _limited(path, codebook, ("text",), {"encoding": encoding, **options})


def read_excel(path: Path, codebook: Book = None, *, sheet: str | int | None = None, **options: Any) -> Survey:
    """Read a survey from one sheet of a workbook, .xlsx or .xls, one respondent a row.

    The Survey and the errors are those of `read_survey`; `file_is_other` for a file that is no workbook.

    Parameters
    ----------
    path : file name of a workbook
    codebook : a Codebook or the name of its file; without one kinds and scales are decided by evidence
    sheet : name or number of the sheet; the one with the answers when None, with a note when there are others
    **options : `source`, `decimal`, `missing`, `scale`, `strict`, `name`, as in `read_survey`

    Examples
    --------
    >>> import csi, pandas, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "shop.xlsx"
    >>> pandas.DataFrame({"sat": [7, 9], "loyal": [10, None]}).to_excel(file, index=False)
    >>> csi.read_excel(file, scale=(1, 10)).answers.to_dict("list")
    {'sat': [7.0, 9.0], 'loyal': [10.0, nan]}

    """
    return _limited(path, codebook, ("xlsx", "xls"), {"sheet": sheet, **options})


def read_qualtrics(path: Path, codebook: Book = None, **options: Any) -> Survey:
    r"""Read a Qualtrics export (csv, tsv, xlsx) with its two or three heading rows.

    Rows 2 and 3 are wording, never respondents; previews are left out; -99 is "seen, not answered"; columns of a
    question with several answers are 0/1; the columns of the platform are no ratings.

    path, codebook, options, errors : as in `read_survey`, and `source_differs` for a file of another kind.

    Examples
    --------
    >>> import csi, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "q.csv"
    >>> head = 'ResponseId,Q1\nResponse ID,How satisfied are you?\n'
    >>> head += '"{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}"'
    >>> _ = file.write_text(head + "\nR_1,5\nR_2,1\nR_3,2\nR_4,4\nR_5,3\n")
    >>> survey = csi.read_qualtrics(file)
    >>> len(survey), survey.answers["Q1"].tolist()
    (5, [5.0, 1.0, 2.0, 4.0, 3.0])

    """
    return read_survey(path, codebook, source="qualtrics", **options)


def read_tencent(path: Path, codebook: Book = None, **options: Any) -> Survey:
    r"""Read a 腾讯问卷 export.

    答题时长 in seconds; options of a question with several answers are 0/1; 编号 is the respondent.

    path, codebook, options, errors : as in `read_survey`, and `source_differs` for a file of another kind.

    Examples
    --------
    >>> import csi, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "t.csv"
    >>> head = "编号,开始答题时间,结束答题时间,答题时长,1.总体满意度\n"
    >>> rows = [f"{i},2026/5/26 12:00,2026/5/26 12:01,1分{i}秒,{i}" for i in (1, 2, 3, 4, 5)]
    >>> _ = file.write_text(head + "\n".join(rows), encoding="utf-8")
    >>> csi.read_tencent(file).answers["答题时长"].tolist()
    [61.0, 62.0, 63.0, 64.0, 65.0]

    """
    return read_survey(path, codebook, source="tencent", **options)


def read_surveymonkey(path: Path, codebook: Book = None, **options: Any) -> Survey:
    r"""Read a SurveyMonkey export with its two heading rows.

    The second heading row is wording; rows of a matrix share a question; names, e-mails and IPs are private.

    path, codebook, options, errors : as in `read_survey`, and `source_differs` for a file of another kind.

    Examples
    --------
    >>> import csi, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "s.csv"
    >>> head = "Respondent ID,Collector ID,Start Date,End Date,How satisfied are you?\n,,,,Response\n"
    >>> rows = [f"1140{i},9,03/01/2026 10:00:00,03/01/2026 10:05:00,{i}" for i in (1, 2, 3, 4, 5)]
    >>> _ = file.write_text(head + "\n".join(rows))
    >>> len(csi.read_surveymonkey(file))
    5

    """
    return read_survey(path, codebook, source="surveymonkey", **options)


def read_google_forms(path: Path, codebook: Book = None, **options: Any) -> Survey:
    r"""Read a Google Forms export (csv, xlsx, or the packed csv of a download).

    The timestamp is no question; rows of a grid share a question; several answers in one cell become 0/1 columns
    where the options can be told; user names and e-mail addresses are private.

    path, codebook, options, errors : as in `read_survey`, and `source_differs` for a file of another kind.

    Examples
    --------
    >>> import csi, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "g.csv"
    >>> rows = [f"2026/03/0{i} 10:00:00,{i}" for i in (1, 2, 3, 4, 5)]
    >>> _ = file.write_text("Timestamp,How satisfied are you?\n" + "\n".join(rows))
    >>> csi.read_google_forms(file).answers["How satisfied are you?"].tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0]

    """
    return read_survey(path, codebook, source="google_forms", **options)


def read_limesurvey(path: Path, codebook: Book = None, **options: Any) -> Survey:
    r"""Read a LimeSurvey export, headed by codes or by the text of the questions.

    Rows of an array such as Q3[SQ001] share a question; Y and N are 1 and 0; N/A was not asked; the columns of the
    platform are no ratings; answer codes A1, A2 whose meaning the file does not say stay categories.

    path, codebook, options, errors : as in `read_survey`, and `source_differs` for a file of another kind.

    Examples
    --------
    >>> import csi, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "l.csv"
    >>> rows = [f"{i},2026-03-01 10:00:00,3,en,1,{i},{6 - i}" for i in (1, 2, 3, 4, 5)]
    >>> _ = file.write_text("id,submitdate,lastpage,startlanguage,seed,Q1[SQ001],Q1[SQ002]\n" + "\n".join(rows))
    >>> str(csi.read_limesurvey(file).codebook.items["Q1[SQ002]"].scale)
    '1-5'

    """
    return read_survey(path, codebook, source="limesurvey", **options)


def read_spss(path: Path, codebook: Book = None, **options: Any) -> Survey:
    """Read an SPSS file, .sav, .zsav or .por; needs pyreadstat.

    Value labels of a ladder of words become ratings with their direction, others categories; user-missing values
    are missing with their reason; variable labels are wording.

    path, codebook, options (`encoding="GB18030"` for old Chinese files), errors : as in `read_survey`, and
    `package_missing`, `format_broken`.

    Examples
    --------
    >>> import csi, pandas, pathlib, pyreadstat, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "s.sav"
    >>> frame = pandas.DataFrame({"q1": [1.0, 2, 3, 4, 5, 9]})
    >>> pyreadstat.write_sav(frame, str(file), missing_ranges={"q1": [9]})
    >>> csi.read_spss(file).answers["q1"].tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0, nan]

    """
    return read_survey(path, codebook, source="spss", **options)


def read_stata(path: Path, codebook: Book = None, **options: Any) -> Survey:
    """Read a Stata file, .dta; needs pyreadstat.

    As `read_spss`; .a to .z are missing with their reason.

    path, codebook, options, errors : as in `read_survey`, and `package_missing`, `format_broken`.

    Examples
    --------
    >>> import csi, pandas, pathlib, pyreadstat, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "s.dta"
    >>> pyreadstat.write_dta(pandas.DataFrame({"q1": [1.0, 2, 3, 4, 5]}), str(file))
    >>> csi.read_stata(file).answers["q1"].tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0]

    """
    return read_survey(path, codebook, source="stata", **options)


def read_parquet(path: Path, codebook: Book = None, **options: Any) -> Survey:
    """Read a Parquet file; needs pyarrow.

    path, codebook, options, errors : as in `read_survey`, and `package_missing`, `format_broken`.

    Examples
    --------
    >>> import csi, pandas, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "s.parquet"
    >>> pandas.DataFrame({"q1": [1, 2, 3, 4, 5]}).to_parquet(file)
    >>> csi.read_parquet(file).answers["q1"].tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0]

    """
    return read_survey(path, codebook, source="parquet", **options)
