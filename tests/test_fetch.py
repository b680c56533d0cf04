"""fetch_dataset against a server of our own on 127.0.0.1; nothing here touches the outside network."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest

import csi
from csi.data import fetch, samples
from csi.data.codebook import Codebook
from csi.data.fetch import fetch_dataset
from csi.errors import DataError


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("CSI_CACHE", str(folder))
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return folder


@pytest.fixture
def server():
    """A server whose `files` are handed out by path; a path in `cut` ends half-way."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = self.server.files.get(self.path)
            self.server.asked.append(self.path)
            self.send_response(404 if content is None else 200)
            content = content or b"not here"
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if self.path in self.server.cut else content)

        def log_message(self, *_):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.files, http.cut, http.asked = {}, set(), []
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    http.base = f"http://127.0.0.1:{http.server_address[1]}"
    yield http
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def made_up(monkeypatch):
    """Ratings of our own under the columns of mobi, registered as the data set; returns the file as R writes it."""
    names = list(Codebook.read(fetch._TABLES / "mobi.yaml").items)
    table = pd.DataFrame((np.arange(30 * 24) * 7 % 10 + 1).reshape(30, 24), columns=names)
    digest = hashlib.sha256(fetch.canonical_text(table).encode()).hexdigest()
    monkeypatch.setitem(fetch._DATASETS, "mobi", fetch._Dataset("http://127.0.0.1:1/absent.csv", digest))
    table.index = range(1, 31)
    return table.to_csv(quoting=2).encode()


def codes(survey):
    return [note.code for note in survey.notes]


def test_download_once_then_from_the_cache(server, made_up, cache):
    server.files["/mobi.csv"] = made_up
    survey = fetch_dataset("mobi", url=f"{server.base}/mobi.csv")
    assert (len(survey), len(survey.items), survey.name) == (30, 24, "mobi")
    assert survey.answers["IMAG2"].tolist() == [(row * 24 + 1) * 7 % 10 + 1 for row in range(30)]
    assert codes(survey)[:2] == ["dataset_origin", "dataset_columns_left"]
    assert "no licence" in str(survey.notes[0])
    again = fetch_dataset("mobi", url=f"{server.base}/mobi.csv")
    pd.testing.assert_frame_equal(again.answers, survey.answers)
    assert server.asked == ["/mobi.csv"]
    assert [path.name for path in cache.iterdir()] == ["mobi.csv"]


def test_a_damaged_cached_copy_is_downloaded_again_and_said_so(server, made_up, cache):
    server.files["/mobi.csv"] = made_up
    fetch_dataset("mobi", url=f"{server.base}/mobi.csv")
    (cache / "mobi.csv").write_bytes(made_up[:-40])
    survey = fetch_dataset("mobi", url=f"{server.base}/mobi.csv")
    assert "dataset_again" in codes(survey)
    assert (cache / "mobi.csv").read_bytes() == made_up
    assert len(server.asked) == 2


def test_wrong_content_is_left_aside_and_named(server, made_up, cache):
    wrong = made_up.replace(b"\n1,", b"\n1,9", 1) if b"\n1," in made_up else made_up.replace(b'"1",1,', b'"1",2,', 1)
    assert wrong != made_up
    server.files["/mobi.csv"] = wrong
    with pytest.raises(DataError) as raised:
        fetch_dataset("mobi", url=f"{server.base}/mobi.csv")
    said = str(raised.value)
    assert raised.value.code == "dataset_hash"
    assert fetch._DATASETS["mobi"].sha256 in said
    assert raised.value.values["found"] in said
    assert str(cache / "mobi.rejected.csv") in said
    assert [path.name for path in cache.iterdir()] == ["mobi.rejected.csv"]
    assert (cache / "mobi.rejected.csv").read_bytes() == wrong


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_network_says_from_file(server, made_up, cache, language):
    server.files["/half.csv"] = made_up
    server.cut.add("/half.csv")
    addresses = (f"{server.base}/absent.csv", "http://127.0.0.1:1/mobi.csv", "no address", f"{server.base}/half.csv")
    for address in addresses:
        with csi.use_language(language), pytest.raises(DataError, match="from_file=") as raised:
            fetch_dataset("mobi", url=address)
        assert raised.value.code == "dataset_no_network", address
        with csi.use_language(language):
            assert address in str(raised.value)
        assert list(cache.iterdir()) == []


def test_the_published_address_is_used_when_none_is_given(server, made_up, monkeypatch):
    server.files["/source.csv"] = made_up
    digest = fetch._DATASETS["mobi"].sha256
    monkeypatch.setitem(fetch._DATASETS, "mobi", fetch._Dataset(f"{server.base}/source.csv", digest))
    assert len(fetch_dataset("mobi")) == 30
    assert server.asked == ["/source.csv"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\xef\xbb\xbf" + text.replace(b'"', b""),
        lambda text: pd.read_csv(pd.io.common.BytesIO(text)).iloc[:, ::-1].to_csv(index=False).encode(),
    ],
    ids=["line ends", "byte order mark, no quotes", "columns turned round"],
)
def test_the_way_a_copy_was_written_does_not_matter(made_up, tmp_path, cache, change):
    (tmp_path / "copy.csv").write_bytes(change(made_up))
    survey = fetch_dataset("mobi", from_file=tmp_path / "copy.csv")
    assert len(survey) == 30
    assert survey.items[:2] == ("IMAG1", "IMAG2")
    assert not cache.exists()


def test_another_row_order_or_value_does(made_up, tmp_path):
    head, *rows = made_up.splitlines(keepends=True)
    (tmp_path / "copy.csv").write_bytes(head + b"".join(reversed(rows)))
    with pytest.raises(DataError, match=r"copy\.csv") as raised:
        fetch_dataset("mobi", from_file=tmp_path / "copy.csv")
    assert raised.value.code == "dataset_hash"


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00\x01", b'"unclosed\n1\n2,3,4\n'])
def test_a_file_that_is_something_else(made_up, tmp_path, content):
    (tmp_path / "other.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"other\.csv.*IMAG1") as raised:
        fetch_dataset("mobi", from_file=tmp_path / "other.csv")
    assert raised.value.code == "dataset_columns"


def test_words_where_numbers_should_be(made_up, tmp_path):
    (tmp_path / "copy.csv").write_bytes(made_up.replace(b",8,", b",eight,", 1))
    with pytest.raises(DataError, match="SHA-256"):
        fetch_dataset("mobi", from_file=tmp_path / "copy.csv")


def test_no_such_file_and_no_such_data_set(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        fetch_dataset("mobi", from_file=tmp_path / "nowhere.csv")
    with pytest.raises(DataError, match=r"'moby'.*mobi"):
        fetch_dataset("moby")


def test_acache_folder_that_cannot_be_made(made_up, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("CSI_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="CSI_CACHE") as raised:
        fetch_dataset("mobi")
    assert raised.value.code == "dataset_cache"


def test_the_real_file_passes_and_has_the_published_moments(shared):
    survey = fetch_dataset("mobi", from_file=shared / "data" / "mobi.csv")
    assert codes(survey)[:1] == ["dataset_origin"]
    assert "github" in str(survey.notes[0])
    assert (survey.reasons == 0).all(axis=None)
    table = samples.load_moments("mobi")
    moments = survey.moments(table.names)
    assert moments.mean == pytest.approx(table.mean, abs=1e-12)
    assert moments.cov == pytest.approx(table.cov, abs=1e-12)
    blocks = {name: len(items) for name, items in survey.codebook.constructs().items()}
    assert list(blocks.values()) == [5, 3, 7, 2, 3, 1, 3]
    assert list(blocks) == ["Image", "Expectation", "Quality", "Value", "Satisfaction", "Complaints", "Loyalty"]
