"""Writing a file so that either the new one stands there whole or the old one is untouched."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from os import PathLike
from pathlib import Path

from csi.errors import OutputError

WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def check_target(path: str | PathLike[str], *, inputs: tuple[Path, ...] = ()) -> Path:
    """Refuse a place where no file can be written, before the work that fills it.

    Parameters
    ----------
    path : the file to be written
    inputs : files that are read; none of them is overwritten

    Returns
    -------
    Path
        The path as it was given.

    Raises
    ------
    OutputError
        `output_is_folder`, `output_not_file`, `output_no_folder`, `output_read_only`, `output_denied`,
        `output_is_input`, `output_bad_name`.

    """
    if not isinstance(path, str | PathLike):
        raise OutputError("output_bad_name", file=ascii(path))
    given = Path(path)
    file = str(given)
    if not os.fspath(path) or "\0" in file:
        raise OutputError("output_bad_name", file=file.replace("\0", "?"))
    target = _real(given)
    try:
        found = target.stat() if target.exists() else None
        folder_there = target.parent.is_dir()
    except OSError as problem:
        raise failed_output(file, problem) from None
    if not folder_there:
        raise OutputError("output_no_folder", file=file, folder=str(given.parent))
    if found is None:
        if not os.access(target.parent, os.W_OK):
            raise OutputError("output_denied", file=file)
        return given
    if stat.S_ISDIR(found.st_mode):
        raise OutputError("output_is_folder", file=file)
    if not stat.S_ISREG(found.st_mode):
        raise OutputError("output_not_file", file=file)
    if not found.st_mode & WRITABLE or not os.access(target, os.W_OK):
        raise OutputError("output_read_only", file=file)
    if any(one.exists() and one.samefile(target) for one in inputs):
        raise OutputError("output_is_input", file=file)
    return given


def write_file(path: str | PathLike[str], content: bytes) -> Path:
    """Write bytes to one file, as `write_files` does."""
    return write_files({path: content})[0]


def write_files(contents: Mapping[str | PathLike[str], bytes]) -> list[Path]:
    """Write files that belong together, first beside their places: all of them stand there new, or none does.

    Parameters
    ----------
    contents : file to be written -> all of it; an existing one is replaced

    Returns
    -------
    list of Path
        The paths as they were given.

    Raises
    ------
    OutputError
        About the first file that fails: those of `check_target`, `output_denied` (also when another program holds the
        file), `output_failed`.

    """
    given = [check_target(path) for path in contents]
    with ExitStack() as cleanup:
        new = [_written_beside(path, content, cleanup) for path, content in zip(given, contents.values(), strict=True)]
        old = [_kept_beside(path, cleanup) for path in given[:-1]]  # the last is not replaced when it fails
        path = None
        try:
            for path, beside in zip(given, new, strict=True):
                os.replace(beside, _real(path))
        except BaseException as problem:  # a person may stop it at any moment
            if new[-1].exists():
                for done, beside, kept in zip(given, new, old, strict=False):
                    if not beside.exists():
                        os.replace(kept, _real(done)) if kept is not None else _real(done).unlink()
            if isinstance(problem, OSError):
                raise failed_output(str(path), problem) from None
            raise
    return given


def _written_beside(path: Path, content: bytes, cleanup: ExitStack) -> Path:
    """The content in a file of its own in the same folder."""
    target = _real(path)
    try:
        handle, name = tempfile.mkstemp(prefix=".csi-", suffix=".tmp", dir=target.parent)
        cleanup.callback(Path(name).unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(_permissions(target))
    except OSError as problem:
        raise failed_output(str(path), problem) from None
    return Path(name)


def _kept_beside(path: Path, cleanup: ExitStack) -> Path | None:
    """The file that will be replaced under a second name; None where there is none."""
    target = _real(path)
    if not target.exists():
        return None
    try:
        handle, name = tempfile.mkstemp(prefix=".csi-", suffix=".old", dir=target.parent)
        os.close(handle)
        cleanup.callback(Path(name).unlink, missing_ok=True)
        shutil.copy2(target, name)
    except OSError as problem:
        raise failed_output(str(path), problem) from None
    return Path(name)


def _real(path: Path) -> Path:
    """The file itself where the path is a link to it."""
    return Path(os.path.realpath(path))


def _permissions(target: Path) -> int:
    """Those of the file that is replaced, or what the user's mask gives a new one."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def failed_output(file: str, problem: OSError) -> OutputError:
    """What to say of a file that could not be written."""
    if isinstance(problem, PermissionError):
        return OutputError("output_denied", file=file)
    return OutputError("output_failed", file=file, problem=problem.strerror or type(problem).__name__)
