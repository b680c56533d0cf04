"""Readers: one file per source, each turns a file into a Survey."""

from csi.data.readers.csv import read_csv
from csi.data.readers.excel import read_excel
from csi.data.readers.wenjuanxing import read_wenjuanxing

__all__ = ["read_csv", "read_excel", "read_wenjuanxing"]
