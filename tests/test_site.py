"""The site: built without a warning, every public name is on it, every link leads somewhere, and nothing is fetched."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

import pytest
from conftest import require
from test_page_in_browser import BROWSER, FLAGS, has_letters

import csi

ROOT = Path(__file__).resolve().parents[1]
LOOK = """
const seen = {wide: document.documentElement.scrollWidth - document.documentElement.clientWidth};
seen.asked = performance.getEntriesByType('resource').map((one) => one.name);
seen.empty = [...document.images].filter((one) => !one.naturalWidth).map((one) => one.src);
seen.links = [...document.querySelectorAll('.sidebar-tree a')].filter((one) => one.getClientRects().length).length;
const pre = document.createElement('pre');
pre.id = 'look';
pre.textContent = JSON.stringify(seen);
document.body.append(pre);
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    pytest.importorskip("sphinx", reason="the site is built by what the extra `docs` brings")
    folder = tmp_path_factory.mktemp("site") / "html"
    command = [sys.executable, str(ROOT / "tools" / "site.py"), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    assert str(folder / "index.html") in done.stdout
    return folder


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}


def test_every_public_name_and_every_page_is_there(site, pages):
    described = set(re.findall(r'<dt[^>]* id="csi\.(\w+)"', "".join(pages.values())))
    assert described == set(csi.__all__) - {"__version__"}
    for page in (ROOT / "docs").rglob("*.md"):
        assert (site / page.relative_to(ROOT / "docs")).with_suffix(".html") in pages
    assert "Numbers that moved" in pages[site / "changelog.html"]
    rooms = [text for path, text in pages.items() if path.parent.name == "api"]
    assert len(rooms) >= 14
    assert all(re.search(r"<h1>[^<]+\?<a", text) for text in rooms), "a room is a question"


def test_links_lead_somewhere_and_nothing_comes_from_elsewhere(site, pages):
    for path, text in pages.items():
        fetched = re.findall(r"<(?:script|img|iframe)\b[^>]*?\bsrc=\"([^\"]*)\"|<link\b[^>]*?\bhref=\"([^\"]*)\"", text)
        addresses = [one or other for one, other in fetched]
        assert [one for one in addresses if re.match(r"\w+:|//", one) and not one.startswith("data:")] == [], path
        inside = [one for one in re.findall(r'<a\b[^>]*?\bhref="([^"#?]+)', text) if not re.match(r"\w+:", one)]
        named = [unquote(re.split(r"[?#]", one)[0]) for one in [*addresses, *inside] if not one.startswith("data:")]
        assert [one for one in named if not (path.parent / one).exists()] == [], path


class Quiet(SimpleHTTPRequestHandler):
    """A server that writes no log."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(site):
    """The site as a web server shows it: of files alone a browser does not say which it read."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("width", [1280, 420])
def test_a_browser_shows_the_front_page_and_asks_nobody(site, address, tmp_path, width):
    require("browser", BROWSER is not None, "no Chromium on this machine")
    require("browser", has_letters(), "Chromium has no font at all here, so it draws nothing")
    looked = site / f"looked_{width}.html"
    front = (site / "index.html").read_text(encoding="utf-8")
    looked.write_text(front.replace("</body>", f"<script>onload = () => {{{LOOK}}}</script></body>"), encoding="utf-8")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    command = [BROWSER, *FLAGS, profile, f"--window-size={width},1000", "--dump-dom", address + looked.name]
    shown = subprocess.run(command, capture_output=True, timeout=120, check=False).stdout.decode("utf-8")
    seen = json.loads(html.unescape(re.search(r'<pre id="look">(.*?)</pre>', shown, re.DOTALL)[1]))
    assert seen["wide"] <= 1
    assert seen["empty"] == []
    assert len(seen["asked"]) >= 3, "its styles, scripts and picture"
    assert [one for one in seen["asked"] if not one.startswith(address)] == []
    assert seen["links"] >= 14


def test_the_code_of_the_front_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "docs" / "index.md").read_text(encoding="utf-8"), re.M | re.S
    )
    exec(compile(code, "index.md", "exec"), {})
    assert (tmp_path / "report.html").stat().st_size > 100_000
