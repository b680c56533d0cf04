"""Make data/samples/: `tiny`, typed by hand, and `mobile`, simulated from one seed with its truth in its codebook;
`mobile` also as a pair of 问卷星 files in a folder of its own. The samples of the measures (business customers, a
service hall, a hotel, an app) and of the drivers (a delivery service, a product before and after use) come from
streams of the same seed.

python tools/samples.py           write the files
python tools/samples.py --check   rebuild in memory and compare byte for byte
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))

import samples_drivers
import samples_expectations
import samples_hall
import samples_hotel
import samples_kano
import samples_mobile
import samples_pvc
import samples_wenjuanxing

TARGET = Path(__file__).resolve().parents[1] / "data" / "samples"

# Every mean is 7 (s2 and s3: 6) and every standard deviation 2, so covariances are sums of products over 11.
TINY = {
    "q1": (8, 10, 6, 6, 5, 8, 10, 5, 9, 4, 7, 6),
    "q2": (8, 9, 8, 7, 4, 9, 9, 5, 7, 4, 9, 5),
    "s1": (8, 9, 6, 8, 4, 10, 6, 5, 8, 4, 7, 9),
    "s2": (6, 10, 5, 6, 4, 9, 4, 6, 8, 4, 5, 5),
    "s3": (8, 10, 5, 6, 3, 6, 5, 5, 7, 3, 7, 7),
    "l1": (7, 8, 4, 9, 5, 9, 5, 7, 10, 5, 9, 6),
}
RATING = {
    "lo": 1,
    "hi": 10,
    "labels": {1: {"en": "very poor", "zh": "非常差"}, 10: {"en": "excellent", "zh": "非常好"}},
}


TINY_TEXT = {
    "q1": ("Quality", "How good is the service?", "服务质量如何？"),
    "q2": ("Quality", "How well does the service meet your needs?", "服务在多大程度上满足您的需要？"),
    "s1": ("Satisfaction", "Overall, how satisfied are you?", "总体上您有多满意？"),
    "s2": ("Satisfaction", "How well were your expectations met?", "您的期望在多大程度上得到了满足？"),
    "s3": ("Satisfaction", "How close does it come to an ideal service?", "它与理想的服务有多接近？"),
    "l1": ("Loyalty", "How likely are you to come back?", "您有多大可能再次光顾？"),
}


def build() -> dict[str, bytes]:
    """Return every file of data/samples by name, without those in folders."""
    columns, truth = samples_mobile.mobile()
    tables = {"tiny": {name: [str(value) for value in values] for name, values in TINY.items()}, "mobile": columns}
    books = {"tiny": tiny_codebook(), "mobile": mobile_codebook(truth)}
    for simulator in (
        samples_pvc,
        samples_hall,
        samples_hotel,
        samples_kano,
        samples_drivers,
        samples_expectations,
    ):
        for name, (tables[name], books[name]) in simulator.tables().items():
            _check_cells(name, tables[name])
    files = {f"{name}.csv": csv_bytes(table) for name, table in tables.items()}
    return files | {f"{name}.yaml": yaml_bytes(book) for name, book in books.items()}


def build_wenjuanxing() -> dict[str, bytes]:
    """Return every file of data/samples/mobile_wenjuanxing by folder and name."""
    columns, _ = samples_mobile.mobile()
    made = samples_wenjuanxing.files(columns)
    return {name: content if isinstance(content, bytes) else yaml_bytes(content) for name, content in made.items()}


def tiny_codebook() -> dict[str, Any]:
    """Twelve guests, six questions, one scale."""
    return {
        "title": {"en": "Twelve guests, six questions", "zh": "十二位顾客、六个问题"},
        "source": "typed by hand in tools/samples.py",
        "scales": {"rating10": RATING},
        "items": {
            name: {"scale": "rating10", "construct": construct, "text": {"en": en, "zh": zh}}
            for name, (construct, en, zh) in TINY_TEXT.items()
        },
    }


def mobile_codebook(truth: dict[str, Any]) -> dict[str, Any]:
    """Roles, missing codes, questions and the planted truth."""
    items = {}
    for name, item in samples_mobile.ITEMS.items():
        entry = {key: item[key] for key in ("scale", "construct", "reversed") if key in item}
        items[name] = entry | {"text": {"en": item["en"], "zh": item["zh"]}}
    return {
        "title": {"en": "Four mobile operators, three waves", "zh": "四家移动运营商、三期调查"},
        "source": f"simulated by tools/samples.py, seed {samples_mobile.SEED}; the operators do not exist",
        "roles": {
            "weight": "weight",
            "strata": "region",
            "cluster": "interviewer",
            "case": "operator",
            "wave": "wave",
            "duration": "seconds",
            "respondent": "id",
        },
        "missing": {int(code): reason for reason, code in samples_mobile.CODES.items() if code},
        "scales": samples_mobile.SCALES,
        "items": items,
        "truth": truth,
    }


def csv_bytes(columns: dict[str, list[str]]) -> bytes:
    """UTF-8 with byte order mark (spreadsheets read it right), "\\n" line ends; no cell needs quotes."""
    rows = [",".join(columns), *(",".join(row) for row in zip(*columns.values(), strict=True))]
    return ("\n".join(rows) + "\n").encode("utf-8-sig")


def _check_cells(name: str, columns: dict[str, list[str]]) -> None:
    for column, cells in columns.items():
        if any(mark in cell for cell in cells for mark in ',"\n\r'):
            raise ValueError(f"{name}.{column}: a cell needs quotes")


def yaml_bytes(book: dict[str, Any]) -> bytes:
    """Innermost mappings on one line, Chinese as it is."""
    text = yaml.dump(book, Dumper=_Plain, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)
    return text.replace("? '' :", "'':").encode("utf-8")  # an empty cell as a missing code


class _Plain(yaml.SafeDumper):
    """Repeats an object that occurs twice instead of pointing to it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def main(arguments: list[str]) -> int:
    """Write the files or, with --check, name those that differ."""
    files = build() | build_wenjuanxing()
    if arguments == ["--check"]:
        paths = sorted(path for path in TARGET.rglob("*") if path.suffix in (".csv", ".yaml", ".xlsx"))
        found = {path.relative_to(TARGET).as_posix(): path.read_bytes() for path in paths}
        wrong = [name for name in sorted(files | found) if not _same(name, files.get(name), found.get(name))]
        for name in wrong:
            print(f"data/samples/{name} is not what tools/samples.py makes; run: python tools/samples.py")
        return 1 if wrong else 0
    if arguments:
        print(__doc__)
        return 2
    for name, content in files.items():
        (TARGET / name).parent.mkdir(parents=True, exist_ok=True)
        (TARGET / name).write_bytes(content)
    return 0


def _same(name: str, made: bytes | None, kept: bytes | None) -> bool:
    if made is None or kept is None or not name.endswith(".xlsx"):
        return made == kept
    return samples_wenjuanxing.same_workbook(made, kept)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
