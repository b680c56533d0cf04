"""Which file holds the answers? One reader per source, which says what its format knows; `read_survey` is the door."""

from csi.data.readers.door import read_survey
from csi.data.readers.doors import (
    read_csv,
    read_excel,
    read_google_forms,
    read_limesurvey,
    read_parquet,
    read_qualtrics,
    read_spss,
    read_stata,
    read_surveymonkey,
    read_tencent,
)  # fmt: skip
from csi.data.readers.wenjuanxing import read_wenjuanxing

__all__ = [
    "read_csv",
    "read_excel",
    "read_google_forms",
    "read_limesurvey",
    "read_parquet",
    "read_qualtrics",
    "read_spss",
    "read_stata",
    "read_survey",
    "read_surveymonkey",
    "read_tencent",
    "read_wenjuanxing",
]
