"""The page as a browser shows it: nothing cut, nothing on top of another, no empty glyph, no request."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import require

import csi

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def has_letters() -> bool:
    """Whether the browser finds any font of the machine; where nothing tells, it is thought to."""
    lister = shutil.which("fc-list")
    return lister is None or bool(subprocess.run([lister], capture_output=True, check=False).stdout.strip())


# Runs in a copy of the page and writes what it found into a <pre>.
MEASURE = r"""
const found = {cut: [], overlap: [], outside: [], empty: [], counts: {}};
const short = (node) => (node.getAttribute('aria-label') || node.textContent || '').trim().slice(0, 40);
const seen = (node) => node.getClientRects().length
  && (node.tagName === 'SUMMARY' || !node.closest('details:not([open])'));
const page = document.documentElement;
if (page.scrollWidth > page.clientWidth + 1) found.cut.push(`the page is ${page.scrollWidth} wide`);
const blocks = [...document.querySelectorAll('main td, main th, p, li, h1, h2, dt, dd, caption, summary, .wide, nav a')]
  .filter((node) => seen(node));
for (const node of blocks)
  if (node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== 'inline')
    found.cut.push(`${node.tagName} ${short(node)}: ${node.scrollWidth} in ${node.clientWidth}`);
const box = (node) => node.getBoundingClientRect();
const meet = (a, b) => Math.min(Math.min(a.right, b.right) - Math.max(a.left, b.left),
                                Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
const pairs = (items, room, name) => {
  const boxes = items.map(box);
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++)
    if (meet(boxes[i], boxes[j]) > room)
      found.overlap.push(`${name}: ${i} ${short(items[i])} and ${j} ${short(items[j])}`);
};
document.querySelectorAll('table').forEach((table) => pairs([...table.querySelectorAll('td, th')]
  .filter(seen), 1, 'table'));
const sections = [...document.querySelectorAll('header, nav, section > *, details')].filter(
  (node) => seen(node) && !node.parentElement.closest('details'));
pairs(sections, 1, 'section');
let texts = 0;
document.querySelectorAll('svg').forEach((svg) => {
  const lines = [...svg.querySelectorAll('g')].filter((node) => /scale\(/.test(node.getAttribute('transform') || '')
    && [...node.children].some((child) => child.tagName === 'use'));
  texts += lines.length;
  const all = box(svg);
  lines.forEach((line, i) => {
    const one = box(line);
    if (one.left < all.left - 1 || one.right > all.right + 1 || one.top < all.top - 1 || one.bottom > all.bottom + 1)
      found.outside.push(`${svg.getAttribute('aria-label')}: text ${i}`);
  });
  pairs(lines, 1.5, svg.getAttribute('aria-label'));
});
const canvas = document.createElement('canvas');
canvas.width = canvas.height = 32;
const pen = canvas.getContext('2d', {willReadFrequently: true});
const look = getComputedStyle(document.body);
const drawn = (character) => {
  pen.clearRect(0, 0, 32, 32);
  pen.font = `20px ${look.fontFamily}`;
  pen.fillText(character, 4, 24);
  return pen.getImageData(0, 0, 32, 32).data.join();
};
const missing = drawn('\u{10FFFD}');
const characters = [...new Set(document.body.innerText)].filter((one) => one.trim());
found.empty = characters.filter((one) => drawn(one) === missing);
const pictures = document.querySelectorAll('svg').length;
found.counts = {blocks: blocks.length, texts: texts, characters: characters.length, pictures: pictures};
const pre = document.createElement('pre');
pre.id = 'measure';
pre.textContent = JSON.stringify(found);
document.body.append(pre);
"""


def browse(tmp_path: Path, page: str, *options: str) -> str:
    """The document after its scripts have run."""
    require("browser", BROWSER is not None, "no Chromium on this machine")
    require(
        "browser", has_letters(), "Chromium has no font at all here, not even for Latin letters, so it draws nothing"
    )
    file = tmp_path / "measured.html"
    file.write_text(page, encoding="utf-8")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    command = [BROWSER, *FLAGS, profile, *options, "--dump-dom", file.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    return done.stdout.decode("utf-8")


def measure(tmp_path: Path, page: str, width: int) -> dict:
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
    assert len(policy.findall(page)) == 1
    page = policy.sub("", page).replace("</body>", f"<script>{MEASURE}</script></body>")
    shown = browse(tmp_path, page, f"--window-size={width},1200")
    return json.loads(html.unescape(re.search(r'<pre id="measure">(.*?)</pre>', shown, re.DOTALL)[1]))


def as_printed(page: str) -> str:
    """The page with the rules for paper on the screen."""
    return page.replace("@media print", "@media screen")


CONSTRUCTS = {
    "对办事流程与材料要求的总体评价": 3, "对窗口工作人员专业水平和服务态度的评价": 4,
    "网上办事大厅与移动端的易用程度": 3, "公众满意": 3, "对本地政务服务机构的长期信任": 3,
    "Complaints_and_the_way_they_were_handled": 2,
}  # fmt: skip
PLACES = ("海淀区", "朝阳区", "浦东新区", "天河区", "武侯区", "江汉区", "雁塔区", "鼓楼区", "渝中区")


@pytest.fixture(scope="module")
def study():
    """Long names everywhere: six constructs, nine groups, wordings of two lines, a model of its own."""
    rng = np.random.default_rng(8)
    n, names = 540, list(CONSTRUCTS)
    process, staff, online, satisfied, trust, complaint = names
    latent = {process: rng.normal(size=n)}
    for name, causes in (
        (staff, {process: 0.5}), (online, {process: 0.4}), (satisfied, {process: 0.3, staff: 0.4, online: 0.2}),
        (trust, {satisfied: 0.7}), (complaint, {satisfied: 0.4}),
    ):  # fmt: skip
        latent[name] = sum(weight * latent[cause] for cause, weight in causes.items()) + 0.7 * rng.normal(size=n)
    scale = csi.Scale(1, 5)
    frame, items = {}, {}
    for number, (name, size) in enumerate(CONSTRUCTS.items(), start=1):
        for i in range(size):
            item = f"第{number}部分第{i + 1}题"
            wording = {
                "zh": f"请根据您最近一次办事的实际感受，对“{name}”的第 {i + 1} 个方面作出评价？",
                "en": f"{name} {i + 1}",
            }
            items[item] = csi.Item(item, scale, wording, name)
            frame[item] = np.clip(np.round(3 + latent[name] + 0.5 * rng.normal(size=n)), 1, 5).astype(object)
            frame[item][rng.random(n) < 0.02] = "(跳过)"
    frame["中心"] = [f"{PLACES[i % 9]}人民政府政务服务管理局第{i % 9 + 1}综合服务中心" for i in range(n)]
    frame["意见"] = ["<script>document.title='x'</script>=cmd"] * n
    items["意见"] = csi.Item("意见", kind="text")
    book = csi.Codebook(
        items,
        title={"zh": "九个政务服务中心的公众满意度调查（二〇二六年第一期，含线上与线下渠道）", "en": "Nine centres"},
    )
    survey = csi.Survey.from_frame(pd.DataFrame(frame), book, name="centres")
    model = csi.PathModel.parse(
        f"{staff} ~ {process}\n{online} ~ {process}\n{satisfied} ~ {process} + {staff} + {online}\n"
        f"{trust} ~ {satisfied} + {complaint}\n{complaint} ~ {satisfied}"
    )
    return csi.analyse_survey(survey, model, by="中心", n_boot=200)


@pytest.fixture(scope="module")
def pages(study):
    from csi.report.html import report_page

    return {language: report_page(study, language, tables="x-tables.xlsx") for language in ("en", "zh")}


def test_a_chinese_font_is_installed():
    from csi.report.fonts import chinese_faces

    require("fonts", bool(chinese_faces()), "no Chinese font on this machine")


@pytest.mark.parametrize("medium", ["wide screen", "narrow screen", "paper"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_covered_or_empty(pages, tmp_path, language, medium):
    from csi.report.fonts import chinese_faces

    require("fonts", bool(chinese_faces()), "no Chinese font on this machine")
    page = as_printed(pages[language]) if medium == "paper" else pages[language]
    found = measure(tmp_path, page, {"wide screen": 1280, "narrow screen": 1000, "paper": 680}[medium])
    counts = found.pop("counts")
    assert found == {"cut": [], "overlap": [], "outside": [], "empty": []}
    assert counts["pictures"] == 6
    assert counts["texts"] > 200
    assert counts["blocks"] > 300
    assert counts["characters"] > (150 if language == "en" else 300)


def test_folded_tables_open_without_harm(pages, tmp_path):
    opened = pages["zh"].replace("<details>", "<details open>")
    found = measure(tmp_path, opened, 1280)
    assert (found["overlap"], found["empty"]) == ([], [])


def test_the_measure_sees_what_is_wrong(pages, tmp_path):
    """A test of the test: a cut cell, two texts on each other, text outside its picture, a glyph nobody has."""
    bad = pages["en"].replace(
        "</main>", "<p style='width:40px;white-space:nowrap'>much too long for its place</p></main>"
    )
    bad = bad.replace("</main>", "<p>\U0010fff0</p></main>")
    bad = bad.replace("</h2>", "</h2><p style='margin-bottom:-60px'>a</p>", 1)
    line = re.search(r'<g [^>]*transform="translate\([^"]*scale\([^>]*>.*?</g>', bad, re.DOTALL)[0]
    moved = re.sub(r"translate\([-\d.]+", "translate(-90", line)
    bad = bad.replace(line, line + line + moved, 1)
    found = measure(tmp_path, bad, 1280)
    assert any("much too long" in one for one in found["cut"])
    assert any(one.startswith("section") for one in found["overlap"])
    assert any(not one.startswith("section") for one in found["overlap"])
    assert found["outside"]
    assert found["empty"] == ["\U0010fff0"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_asks_nobody_for_anything(pages, language, tmp_path):
    page = pages[language]
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:\"" in page
    addresses = re.findall(r"""(?:src|href|url|action|data|poster|xmlns(?::\w+)?)\s*[=(]\s*["']?([^"'\s)>]+)""", page)
    assert [
        one for one in addresses if not one.startswith(("#", "data:image/png;base64,", "data:font/otf;base64,"))
    ] == []
    cited = page.partition('<section id="citations">')[2].partition("</section>")[0]
    assert re.findall(r"https?://", page.replace(cited, "")) == []


def test_answers_never_run(pages, tmp_path):
    shown = browse(tmp_path, re.sub(r"<meta http-equiv[^>]*>", "", pages["en"]))
    title = re.search(r"<title>(.*?)</title>", shown)[1]
    assert title.startswith("Nine centres")
