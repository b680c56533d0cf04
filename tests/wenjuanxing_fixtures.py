"""Invented 问卷星 exports: questions draw answers, and say what the two files hold and what a reader should find.

Written from the description of the format alone; shares no code with the reader.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

SKIP, BLANK = "(跳过)", "(空)"
LADDER = ["非常不满意", "不满意", "一般", "满意", "非常满意"]
MISSING = {SKIP: "skipped", BLANK: "blank"}


@dataclass
class Made:
    """Headings and cells of both files, column by column, and item -> (answers, reasons) of what was drawn."""

    text: list[tuple[str, list]] = field(default_factory=list)
    code: list[tuple[str, list]] = field(default_factory=list)
    truth: dict[str, list] = field(default_factory=dict)
    reasons: dict[str, list] = field(default_factory=dict)
    skip_code: int = -3
    blank_code: int = -2

    def codes(self, cells: list, found: list) -> list:
        """Code cells: the codes of missing answers in place of the words."""
        own = {SKIP: self.skip_code, BLANK: self.blank_code}
        return [own.get(cell, value) for cell, value in zip(cells, found, strict=True)]

    def know(self, item: str, cells: list, answers: list) -> None:
        self.reasons[item] = [MISSING.get(cell, "answered") for cell in cells]
        self.truth[item] = [None if cell in MISSING else answer for cell, answer in zip(cells, answers, strict=True)]


def gaps(rng: random.Random, cells: list, skip: float = 0.06, blank: float = 0.06) -> list:
    """Cells with some skipped and some left blank."""
    return [SKIP if (u := rng.random()) < skip else BLANK if u < skip + blank else cell for cell in cells]


def meta(made: Made, rng: random.Random, n: int, dash: bool) -> None:
    mark = "-" if dash else "/"
    columns = {
        "序号": [str(i + 1) for i in range(n)],
        "提交答卷时间": [f"2026{mark}03{mark}{1 + i % 28:02d} 12:{i % 60:02d}:07" for i in range(n)],
        "所用时间": [f"{rng.randint(30, 900)}秒" for _ in range(n)],
        "来源": [rng.choice(["微信", "链接"]) for _ in range(n)],
        "来源详情": ["直接访问"] * n,
        "来自IP": [f"192.0.2.{1 + i % 250}(虚构-测试)" for i in range(n)],
    }
    for heading, cells in columns.items():
        made.text.append((heading, cells))
        made.code.append((heading, list(cells)))


def extra(made: Made, heading: str, cells: list) -> None:
    made.text.append((heading, cells))
    made.code.append((heading, list(cells)))


def single(made: Made, rng: random.Random, n: int, number: int, title: str, options: list[str], **given) -> None:
    """One option each; `other` marks the option beside which something is typed; `ranks` gives what a rating is."""
    other, ranks, spaces = given.get("other"), given.get("ranks"), given.get("spaces", "")
    picks = [rng.choice(options) for _ in range(n)]
    typed = [f"想法{rng.randint(1, 99)}" if pick == other else None for pick in picks]
    shown = gaps(rng, [p if t is None else f"{p}〖{t}〗" for p, t in zip(picks, typed, strict=True)])
    made.text.append((f"{number}、{title}{spaces}", shown))
    made.code.append((f"{number}、{title}", made.codes(shown, [options.index(p) + 1 for p in picks])))
    made.know(f"q{number}", shown, [ranks[p] for p in picks] if ranks else picks)
    if other:
        words = [BLANK if cell in MISSING else t for cell, t in zip(shown, typed, strict=True)]
        made.truth[f"q{number}_other"] = [None if word in (BLANK, None) else word for word in words]


def satisfaction(made: Made, rng: random.Random, n: int, number: int, title: str, listed: list[str], **given) -> None:
    single(made, rng, n, number, title, listed, ranks={label: LADDER.index(label) + 1 for label in LADDER}, **given)


def several(made: Made, rng: random.Random, n: int, number: int, title: str, options: list[str], style: str) -> None:
    chosen = [sorted(rng.sample(range(len(options)), rng.randint(1, len(options)))) for _ in range(n)]
    shown = gaps(rng, ["┋".join(options[i] for i in picks) for picks in chosen])
    made.text.append((f"{number}、{title}", shown))
    for at, option in enumerate(options):
        heading = {
            "old": f"第{number}题({option})",
            "new": f"{number}、{title}({option})",
            "bare": f"{number}、{option}",
        }[style]
        flags = [int(at in picks) for picks in chosen]
        made.code.append((heading, made.codes(shown, flags)))
        made.know(f"q{number}_{at + 1}", shown, flags)


def ranking(made: Made, rng: random.Random, n: int, number: int, title: str, options: list[str], style: str) -> None:
    orders = [rng.sample(range(len(options)), rng.randint(2, len(options))) for _ in range(n)]
    shown = gaps(rng, ["→".join(options[i] for i in order) for order in orders])
    made.text.append((f"{number}、{title}", shown))
    for at, option in enumerate(options):
        ranks = [order.index(at) + 1 if at in order else None for order in orders]
        heading = f"第{number}题({option})" if style == "old" else f"{number}、{title}({option})"
        made.code.append((heading, made.codes(shown, [made.blank_code if rank is None else rank for rank in ranks])))
        made.know(f"q{number}_{at + 1}", shown, ranks)
        here = made.reasons[f"q{number}_{at + 1}"]
        made.reasons[f"q{number}_{at + 1}"] = [
            "blank" if r is None and h == "answered" else h for r, h in zip(ranks, here, strict=True)
        ]


def matrix(made: Made, rng: random.Random, n: int, number: int, title: str, rows: list[str], style: str) -> None:
    """Rows of satisfaction, the options listed best first."""
    listed = LADDER[::-1]
    for at, row in enumerate(rows):
        if style == "old":
            heading = f"第{number}题({row})"
        elif at == 0:
            heading = f"{number}、{title}—{row}"
        else:
            heading = {
                "numbered": f"{number}、{row}",
                "dotted": f"{at + 1}.{row}",
                "bracketed": f"({at + 1}) {row}",
                "bare": row,
            }[style]
        picks = [rng.choice(LADDER) for _ in range(n)]
        shown = gaps(rng, picks)
        made.text.append((heading, shown))
        made.code.append((heading, made.codes(shown, [listed.index(p) + 1 for p in picks])))
        made.know(f"q{number}_{at + 1}", shown, [LADDER.index(p) + 1 for p in picks])


def free(
    made: Made, rng: random.Random, number: int, title: str, cells: list, known: list, item: str | None = None
) -> None:
    shown = gaps(rng, cells)
    made.text.append((f"{number}、{title}", shown))
    made.code.append((f"{number}、{title}", made.codes(shown, shown)))
    made.know(item or f"q{number}", shown, known)


def rich(seed: int, n: int = 60, style: str = "old", rows: str = "numbered", *, dash: bool = False, **codes) -> Made:
    """An export with every kind of question; styles of headings and the order of options are chosen by the caller."""
    rng = random.Random(seed)
    made = Made(**codes)
    meta(made, rng, n, dash)
    single(made, rng, n, 1, "您的性别", ["男", "女"], spaces=" \t")
    best_first = LADDER[::-1]
    satisfaction(made, rng, n, 2, "总体而言，\n您对我们　满意吗？", best_first)
    satisfaction(made, rng, n, 3, "您对环境满意吗？", list(LADDER))
    extra(made, "uid", [f"u{i:04d}" for i in range(n)])
    hobbies = ["运动", "ACG文化(动漫、游戏等)", "阅读(纸书(含杂志)、电子书)", "音乐"]
    several(made, rng, n, 4, "您的爱好(可多选)", hobbies, style)
    ranking(made, rng, n, 5, "请按重要程度排序", ["价格", "质量", "服务"], "old" if style == "old" else "new")
    matrix(made, rng, n, 6, "请评价——以下各项", ["环境(含卫生)", "价格", "态度"], rows)
    single(made, rng, n, 7, "您从哪里知道我们", ["朋友", "广告", "其他【请注明】"], other="其他【请注明】")
    scores = [rng.randint(1, 10) for _ in range(n)]
    free(made, rng, 8, "请打分(1-10分)", [str(score) for score in scores], scores)
    changes = [rng.choice([-3, -2, -1, 0, 12, 40]) for _ in range(n)]
    free(made, rng, 9, "气温变化多少度", [str(change) for change in changes], changes)
    comments = [f"第{i}条意见" for i in range(n)]
    free(made, rng, 10, "您的建议", comments, comments)
    phones = [f"1380000{i:04d}" for i in range(n)]
    free(made, rng, 11, "您的手机号码", phones, phones)
    return made


def write(columns: list[tuple[str, list]], path: Path, encoding: str = "utf-8") -> Path:
    """One file; the ending of its name says of which kind."""
    lines = [
        [heading for heading, _ in columns],
        *(list(row) for row in zip(*(cells for _, cells in columns), strict=True)),
    ]
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        book.active.title = "Sheet1"
        for line in lines:
            book.active.append(line)
        book.save(path)
        return path
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(lines)
    return path
