"""SPSS (.sav, .zsav, .por), Stata (.dta) and Parquet files: typed columns, labels, declared missing codes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from csi.data.cells import label_of, plain_text
from csi.data.ladders import no_answer, read_ladders
from csi.data.raw import Export, RawTable
from csi.data.readers.detect import file_bytes
from csi.data.readers.platform_columns import Column, clean, export_of, give_stem, groups_of, key_of, platform_words
from csi.data.readers.several_answers import as_choices
from csi.data.scales import Scale
from csi.errors import DataError, OptionError
from csi.language import note

_SEPARATORS = (" - ", ": ", "：", "—")
_STEM = re.compile(r"(.*\S)(?:\s-\s|:\s|：|—)\s*\S.*")
_BATTERY = 4  # so many labels in a row on three columns or more are a scale, whatever their words
_OUTSIDE = 0.05  # so large a share of values outside a labelled scale says that the labels are no scale
_CHOSEN = {"selected", "checked", "quoted", "mentioned", "yes", "选中", "选择", "已选", "是"}
_NOT_CHOSEN = {
    "notselected",
    "unselected",
    "unchecked",
    "notquoted",
    "notmentioned",
    "no",
    "未选中",
    "未选",
    "没选",
    "否",
}


def export_spss(path: str | PathLike[str], encoding: str | None = None) -> Export:
    """Read an SPSS file as what its format says: wording, labels, user-missing codes, sets of several answers.

    Parameters
    ----------
    path : file name of a .sav, .zsav or .por file
    encoding : encoding of the texts, such as "GB18030" in old Chinese files; what the file declares when None, and
        GB18030 where that fails

    Raises
    ------
    DataError
        `package_missing`, `format_broken`, `no_respondents` and those of a file that cannot be opened.

    """
    pyreadstat = _pyreadstat(path)
    if Path(path).suffix.lower() == ".por":
        return _export(path, "spss", lambda name, _: pyreadstat.read_por(name), None)
    return _export(
        path, "spss", lambda name, code: pyreadstat.read_sav(name, encoding=code, user_missing=True), encoding
    )


def export_stata(path: str | PathLike[str], encoding: str | None = None) -> Export:
    """Read a Stata file as what its format says: wording, labels, the kinds of missing answers .a to .z.

    Parameters
    ----------
    path : file name of a .dta file
    encoding : as in `export_spss`

    Raises
    ------
    DataError
        As `export_spss`.

    """
    pyreadstat = _pyreadstat(path)
    return _export(
        path, "stata", lambda name, code: pyreadstat.read_dta(name, encoding=code, user_missing=True), encoding
    )


def _pyreadstat(path: str | PathLike[str]) -> Any:
    file_bytes(Path(path))
    try:
        import pyreadstat
    except ImportError:
        raise DataError("package_missing", file=Path(path).name, package="pyreadstat") from None
    return pyreadstat


def _export(
    path: str | PathLike[str], source: str, read: Callable[[str, str | None], Any], encoding: str | None
) -> Export:
    path, notes = Path(path), []
    frame, meta, used = _read(path, source, read, encoding)
    if used != encoding:
        notes.append(note("encoding_tried", file=path.name, encoding=used))
    columns, assumed = [], []
    table = table_of(frame, path.name)
    often = Counter(
        frozenset(labels.items()) for labels in meta.variable_value_labels.values() if len(labels) >= _BATTERY
    )
    for name, cells in zip(table.headings, table.columns, strict=True):
        column = Column(name, cells, text=clean(meta.column_names_to_labels.get(name) or ""))
        labels = {code: clean(str(label)) for code, label in meta.variable_value_labels.get(name, {}).items()}
        same = often[frozenset(meta.variable_value_labels.get(name, {}).items())]
        if not _judge(column, labels, _declared(column, labels, name, meta), source == "stata", same):
            assumed.append(column)
        columns.append(column)
    if assumed:
        ends = [next(iter(assumed[0].scale.labels[end].values())) for end in (assumed[0].scale.lo, assumed[0].scale.hi)]
        names = [column.name for column in assumed]
        notes.append(note("label_direction_assumed", file=path.name, columns=names, low=ends[0], high=ends[1]))
    for group in groups_of(
        match[1] if (match := _STEM.fullmatch(column.text)) and not match[1].isupper() else "" for column in columns
    ):
        give_stem([columns[i] for i in group], _SEPARATORS)
    _sets(columns, getattr(meta, "mr_sets", None) or {})
    title = clean(meta.file_label or "")
    return export_of(table, columns, source, note(f"{source}_typed"), notes, title=title)


def _read(
    path: Path, source: str, read: Callable[[str, str | None], Any], encoding: str | None
) -> tuple[Any, Any, str | None]:
    """Frame, metadata and the encoding that worked."""
    problem = ""
    for code in [encoding] if encoding else [None, "GB18030"]:
        try:
            frame, meta = read(str(path), code)
        except LookupError:
            raise OptionError("encoding_unknown", encoding=encoding) from None
        except Exception as error:  # the classes of pyreadstat's own errors have no common parent but this
            problem = problem or " ".join(str(error).split())
        else:
            return frame, meta, code
    raise DataError("format_broken", file=path.name, format={"spss": "SPSS", "stata": "Stata"}[source], problem=problem)


def _declared(column: Column, labels: Mapping[Any, str], name: str, meta: Any) -> dict[Any, str]:
    """Code -> reason for the codes the file declares as no answer."""
    codes = {*labels, *column.cells.categories}
    found: dict[Any, str] = {}
    for ends in meta.missing_ranges.get(name, ()):
        lo, hi = ends["lo"], ends["hi"]
        kind = str if isinstance(lo, str) else int | float
        found |= {code: "" for code in codes if isinstance(code, kind) and lo <= code <= hi}
    if meta.file_format == "dta":
        found |= {
            code: "" for code in codes if isinstance(code, str) and re.fullmatch("[a-z]", code) and _mixed(column)
        }
    return {code: _reason(labels.get(code, "")) or "blank" for code in found}


def _mixed(column: Column) -> bool:
    """Whether it is a column of numbers: .a to .z come as letters among them."""
    return not all(isinstance(code, str) for code in column.cells.categories if not re.fullmatch("[a-z]", str(code)))


def _reason(label: str) -> str | None:
    """Why there is no answer, by the words of a label."""
    text = plain_text(label).casefold()
    if known := no_answer(label):
        return known
    return next((reason for reason, words in platform_words()["why"].items() if re.search(words, text)), None)


def _judge(column: Column, labels: dict[Any, str], missing: dict[Any, str], stata: bool, same: int) -> bool:
    """Say what the labels make of a column: a rating, a category, or nothing; False when its direction is assumed.

    `same` is the number of columns with the same labels.
    """
    if stata:
        dotted = {code: f".{code}" for code in missing}
        _replace(column, dotted)
        labels = {dotted.get(code, code): label for code, label in labels.items()}
        missing = {dotted[code]: why for code, why in missing.items()}
    labels, missing = _shifted(column, labels, missing)
    labels = {code: label for code, label in labels.items() if label and label != label_of(code)}
    said = {
        code: why for code, label in labels.items() if code not in missing and (why := _undeclared(code, label, labels))
    }
    column.missing = {**missing, **said}
    left = {code: label for code, label in labels.items() if code not in column.missing}
    observed = [code for code in column.cells.categories if code not in column.missing]
    if not left or not observed:
        return True
    bare = [code for code in observed if code not in left]
    ladder = _ladder(left)
    codes = [] if any(isinstance(code, str) for code in (*left, *observed)) else sorted(left)
    if ladder is not None and codes and _scaled(column, left, ladder, observed):
        return True
    if ladder is None and not bare and same >= 3 and len(codes) >= _BATTERY and set(np.diff(codes)) == {1}:
        column.kind, column.scale = "rating", Scale(codes[0], codes[-1], labels=left)
        return False
    long = ladder is not None and len(left) > 2
    if bare and (long or not _beside(left, observed)):
        return True  # some points of a scale have words: the numbers are judged by evidence
    words = _distinct(labels)
    _replace(column, words)
    column.missing = {words.get(code, code): why for code, why in column.missing.items()}
    column.kind = None if long else "category"  # words of a ladder in no order of their codes: evidence reads words
    return True


def _shifted(column: Column, labels: dict[Any, str], missing: dict[Any, str]) -> tuple[dict[Any, str], dict[Any, str]]:
    """Codes as the labels number them, where all of these stand equally far from their codes: 1 to 11 for 0-10."""
    numbers = {code: float(label) for code, label in labels.items() if re.fullmatch(r"-?\d{1,3}", label)}
    apart = {number - code for code, number in numbers.items() if not isinstance(code, str)}
    if len(numbers) < 3 or len(apart) > 1 or apart == {0.0} or 2 * len(numbers) < len(labels):
        return labels, missing
    by = apart.pop()
    moved = {
        code: code + by for code in {*labels, *column.cells.categories} - set(missing) if not isinstance(code, str)
    }
    _replace(column, moved)
    return {moved.get(code, code): label for code, label in labels.items()}, missing


def _undeclared(code: Any, label: str, labels: Mapping[Any, str]) -> str | None:
    """The reason of a code that the file does not declare as missing: clear words, or parts of words at an odd code."""
    known = no_answer(label)
    if known is not None and known != "blank":  # a label None may be an answer
        return known
    others = [
        other for other in labels if other != code and not isinstance(other, str) and _reason(labels[other]) is None
    ]
    odd = not isinstance(code, str) and (code < 0 or (others and code > max(others) + 1))
    return _reason(label) if odd else None


def _ladder(labels: Mapping[Any, str]) -> Mapping[str, int] | None:
    """Label -> step where all labels are steps of one answer ladder."""
    readings = read_ladders(labels.values()) if len(labels) > 1 else None
    steps = readings.ladders[0].steps if readings is not None else {}
    return steps if steps and set(labels.values()) <= set(steps) else None


def _scaled(column: Column, labels: Mapping[Any, str], ladder: Mapping[str, int], observed: list[Any]) -> bool:
    """Make it a rating when the steps of its labels are in the order of the codes; whether they are."""
    codes = sorted(labels)
    steps = np.diff([ladder[labels[code]] for code in codes])
    gaps = set(np.diff(codes).tolist())  # 1, or as much as the points between the labelled ones
    if not ((steps > 0).all() or (steps < 0).all()) or len(gaps) > 1 or any(float(code) % 1 for code in codes):
        return False
    if codes[-1] - codes[0] < 2:  # satisfied or not: two answers are no scale to rate on
        return False
    values = np.array([code for code in column.cells.categories if code in observed], dtype=float)
    counts = np.bincount(column.cells.codes[column.cells.codes >= 0], minlength=len(column.cells.categories))
    weights = counts[[code in observed for code in column.cells.categories]]
    outside = (values < codes[0]) | (values > codes[-1]) | (values % 1 != 0)
    if weights.sum() and weights[outside].sum() > _OUTSIDE * weights.sum():
        return False
    column.kind, column.turned = "rating", bool(steps[0] < 0)
    column.scale = Scale(codes[0], codes[-1], labels=dict(labels))
    return True


def _beside(labels: Mapping[Any, str], observed: list[Any]) -> bool:
    """Whether the values without a label stand outside of those with one, and most values have one."""
    bare = [code for code in observed if code not in labels]
    if any(isinstance(code, str) for code in (*bare, *labels)):
        return 2 * len(bare) < len(observed)
    return 2 * len(bare) < len(observed) and bool(labels) and not any(min(labels) < code < max(labels) for code in bare)


def _distinct(labels: Mapping[Any, str]) -> dict[Any, str]:
    """Code -> label, with the code where two codes have one label."""
    words = list(labels.values())
    return {
        code: f"{label} ({label_of(code)})" if words.count(label) > 1 else label
        for code, label in labels.items()
        if label
    }


def _replace(column: Column, cells: Mapping[Any, Any]) -> None:
    values = pd.Series([cells.get(code, code) for code in column.cells.categories], dtype=object)
    column.cells = pd.Categorical.from_codes(column.cells.codes, pd.Index(values, dtype=object))


def _sets(columns: list[Column], sets: Mapping[str, Mapping[str, Any]]) -> None:
    """Make the dichotomies of several answers 0/1: those the file declares, and neighbours said to be chosen or not."""
    by_name = {column.name: column for column in columns}
    for name, one in sets.items():
        own = [by_name[item] for item in one.get("variable_list", ()) if item in by_name]
        counted = one.get("counted_value")
        if one.get("is_dichotomy") and own and counted is not None:
            _dichotomies(
                own, lambda cell, counted=counted: _key(cell) == _key(counted), clean(one.get("label") or name)
            )
    chosen = [c.stem if c.kind == "category" and _ticks(c) else "" for c in columns]
    for group in groups_of(chosen):
        if chosen[group[0]] and len(group) > 1:
            _dichotomies([columns[i] for i in group], lambda label: _key(label) in _CHOSEN, "")


def _key(cell: Any) -> str:
    return key_of(label_of(cell))


def _ticks(column: Column) -> bool:
    words = {_key(label) for label in column.labels if label not in column.missing}
    return bool(words & _CHOSEN) and words <= _CHOSEN | _NOT_CHOSEN


def _dichotomies(columns: list[Column], test: Callable[[str], bool], stem: str) -> None:
    gone = {label: why for column in columns for label, why in ((label_of(k), w) for k, w in column.missing.items())}
    for column in columns:
        column.become(lambda cell: cell if cell in gone else None if not cell else "1" if test(cell) else "0")
        column.kind, column.scale, column.turned, column.missing = None, None, False, {}
        column.stem = stem or column.stem
    as_choices(columns, sure=True, gone=gone)


def export_parquet(path: str | PathLike[str]) -> Export:
    """Read a parquet file as what its format says: typed cells; ordered categories keep their order.

    Parameters
    ----------
    path : file name

    Raises
    ------
    DataError
        `package_missing`, `format_broken`, `no_respondents` and those of a file that cannot be opened.

    """
    path = Path(path)
    file_bytes(path)
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise DataError("package_missing", file=path.name, package="pyarrow") from None
    try:
        frame = parquet.read_table(path).to_pandas(ignore_metadata=True, date_as_object=False)
    except (ArrowException, OSError, ValueError) as error:
        raise DataError(
            "format_broken", file=path.name, format="parquet", problem=" ".join(str(error).split())
        ) from None
    frame = frame[[name for name in frame.columns if not str(name).startswith("__index_level_")]]
    table = table_of(frame, path.name)
    columns = [Column(name, cells) for name, cells in zip(table.headings, table.columns, strict=True)]
    return export_of(table, columns, "parquet", note("parquet_typed"))


def table_of(frame: pd.DataFrame, file: str) -> RawTable:
    """A typed table as raw cells.

    Raises
    ------
    DataError
        `no_respondents` when it has no rows.

    """
    if not len(frame) or not frame.shape[1]:
        raise DataError("no_respondents", file=file)
    columns = tuple(_cells(frame.iloc[:, at]) for at in range(frame.shape[1]))
    return RawTable(file, tuple(str(name).strip() for name in frame.columns), columns, line=1)


def _cells(series: pd.Series) -> pd.Categorical:
    if isinstance(series.dtype, pd.CategoricalDtype):
        made = series.cat.remove_unused_categories()
        return pd.Categorical.from_codes(
            made.cat.codes, pd.Index(made.cat.categories.astype(object)), ordered=made.cat.ordered
        )
    try:
        codes, distinct = pd.factorize(series)
    except TypeError:  # lists, mappings
        codes, distinct = pd.factorize(series.map(str, na_action="ignore"))
    return pd.Categorical.from_codes(codes, pd.Index(distinct.astype(object)))
