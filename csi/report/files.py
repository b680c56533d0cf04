"""Writing a file so that either the new one stands there whole or the old one is untouched."""

from __future__ import annotations

import os
import stat
import tempfile
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
    given = Path(path)
    file = str(given)
    if not os.fspath(path) or "\0" in file:
        raise OutputError("output_bad_name", file=file.replace("\0", "?"))
    target = _real(given)
    try:
        found = target.stat() if target.exists() else None
        folder_there = target.parent.is_dir()
    except OSError as problem:
        raise _failed(file, problem) from None
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
    """Write bytes to a file: first beside it, then in its place.

    Parameters
    ----------
    path : the file to be written; an existing one is replaced
    content : all of it

    Returns
    -------
    Path
        The path as it was given.

    Raises
    ------
    OutputError
        Those of `check_target`, `output_denied` (also when another program holds the file), `output_failed`.

    """
    given = check_target(path)
    target = _real(given)
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".csi-", suffix=".tmp", dir=target.parent)
        beside = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.chmod(_permissions(target))
        os.replace(beside, target)
        beside = None
    except OSError as problem:
        raise _failed(str(given), problem) from None
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
    return given


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


def _failed(file: str, problem: OSError) -> OutputError:
    if isinstance(problem, PermissionError):
        return OutputError("output_denied", file=file)
    return OutputError("output_failed", file=file, problem=problem.strerror or type(problem).__name__)
