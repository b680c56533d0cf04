"""Parquet files: typed columns; what pandas or others noted about them is not used."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import pandas as pd

from csi.data.raw import Export, RawTable
from csi.data.readers.detect import file_bytes
from csi.data.readers.platform_columns import Column, export_of
from csi.errors import DataError
from csi.language import note


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
