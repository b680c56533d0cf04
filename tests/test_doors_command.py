"""The command where nobody listens, where nothing fits, and where it is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

import csi
from csi.language import words
from csi.report import files

MODEL = "Satisfaction ~ Quality; Loyalty ~ Satisfaction"
POSIX = pytest.mark.skipif(os.name != "posix", reason="pipes, limits and signals of POSIX")
LIMITED = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2); del sys.argv[1]"
PLAIN = "import csi.report.render; csi.report.render.draw = lambda *_: '<svg>' + 40_000 * ' ' + '</svg>'"
STARTED = "import sys; from csi.__main__ import start; sys.exit(start())"


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """The tiny sample and its codebook as files of a folder to work in."""
    monkeypatch.chdir(tmp_path)
    survey = csi.load_sample("tiny")
    survey.answers.to_csv(tmp_path / "shop.csv", index=False)
    (tmp_path / "book.yaml").write_text(survey.codebook.to_yaml(), encoding="utf-8")
    return ["report", "shop.csv", "--codebook", "book.yaml", "--model", MODEL, "--n-boot", "0", "-o", "shop.html"]


def shell(line: str, unbuffered: bool = False) -> subprocess.CompletedProcess[str]:
    """A line of the shell in which CSI is the command."""
    environment = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1" if unbuffered else ""}
    line = line.replace("CSI", f'"{sys.executable}" -m csi')
    return subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, env=environment, timeout=120, check=False
    )


@POSIX
@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("command", ["models", "samples", "report --help", "info --language zh"])
def test_a_closed_pipe_ends_without_a_word(command, unbuffered):
    done = shell(f"CSI {command} | head -1; echo ${{PIPESTATUS[0]}}", unbuffered)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 2
    assert done.stdout.splitlines()[1] in ("0", "141")


@POSIX
def test_a_report_into_a_closed_pipe_is_written(tiny, tmp_path):
    quoted = " ".join(f"'{word}'" for word in tiny)
    done = shell(f"CSI {quoted} | true; echo ${{PIPESTATUS[0]}}")
    assert (done.stderr, done.stdout) == ("", "0\n")
    assert (tmp_path / "shop.html").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full is needed")
@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("command", ["models", "--version", "samples --help"])
def test_a_full_device_is_one_sentence(command, unbuffered):
    done = shell(f"CSI {command} > /dev/full", unbuffered)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("csi: what csi has to say cannot be written")
    silent = shell(f"CSI nosuch 2> /dev/full; CSI {command} > /dev/full 2> /dev/full", unbuffered)
    assert (silent.returncode, silent.stdout, silent.stderr) == (2, "", "")


@POSIX
def test_closed_streams_do_no_harm():
    assert shell("CSI models >&-").returncode == 0
    assert shell("CSI nosuch 2>&-").returncode == 2


@POSIX
@pytest.mark.parametrize("number", ["99999999999999999999", "1000001", "19", "1e3", "-1"])
def test_replicates_that_nobody_can_wait_for(tiny, number, capsys):
    from csi import cli

    tiny[tiny.index("0")] = number
    assert cli.main(tiny) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert number in said


@POSIX
def test_an_interrupt_at_any_moment_ends_with_130(tiny, tmp_path):
    tiny[tiny.index("0")] = "200000"
    before_words = "csi: stopped; no file was changed\n"  # where the sentences themselves are still being imported
    stopped = ("", before_words, *(words(language)["cli.interrupted"] + "\n" for language in ("en", "zh")))
    for tenths in (1, 2, 3, 5, 8, 13, 25):
        process = subprocess.Popen(
            [sys.executable, "-c", f"print('.', flush=True); {STARTED}", *tiny],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )  # fmt: skip
        process.stdout.readline()  # Python itself has started
        time.sleep(tenths / 10)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130, said
        assert said in stopped
    assert {path.name for path in tmp_path.iterdir()} == {"shop.csv", "book.yaml"}


def test_an_interrupt_that_python_would_drop_comes_again():
    code = (
        "import signal, sys\nimport csi.__main__\nimport csi.cli\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job ignores it
        "class Lost:\n    def __del__(self):\n        raise KeyboardInterrupt\n"
        "def work(*_):\n    lost = Lost()\n    del lost\n    for _ in range(10**7):\n        pass\n    return 0\n"
        "csi.cli.main = work\nsys.exit(csi.__main__.start())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (130, "")


@POSIX
@pytest.mark.parametrize("limit", [1, 1500, 8000, 30_000])
def test_no_room_leaves_both_old_files(tiny, tmp_path, limit):
    (tmp_path / "shop.html").write_text("old page", encoding="utf-8")
    (tmp_path / "shop-tables.xlsx").write_bytes(b"old tables")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = subprocess.run(
        [sys.executable, "-c", f"{LIMITED}; {PLAIN}; {STARTED}", str(limit), *tiny],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert after == before
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "shop" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("old", [{}, {"a": b"old a"}, {"a": b"old a", "b": b"old b"}])
def test_files_that_belong_together_are_new_or_old_together(tmp_path, monkeypatch, old):
    for name, content in old.items():
        (tmp_path / name).write_bytes(content)
    real = os.replace

    def held(source, target):
        if os.path.basename(target) == "b" and str(source).endswith(".tmp"):
            raise PermissionError(13, "held by another program")
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", held)
        with pytest.raises(csi.OutputError):
            files.write_files({tmp_path / "a": b"new a", tmp_path / "b": b"new b"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == old
    files.write_files({tmp_path / "a": b"new a", tmp_path / "b": b"new b"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"new a", "b": b"new b"}
