"""One line that shows how far the work is, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from csi.language import say
from csi.views import width

BAR = 30


@contextmanager
def shown_progress() -> Iterator[None]:
    """Show replicates as they are done; nothing where standard error is no terminal."""
    from csi.inference.progress import show_progress

    if not sys.stderr.isatty():
        yield
        return
    listener, clear = progress_line()
    try:
        with show_progress(listener):
            yield
    finally:
        clear()


def progress_line() -> tuple[Callable[[int, int], None], Callable[[], None]]:
    """What shows progress on one line of the terminal, and what removes that line."""
    longest = 0

    def show(done: int, total: int) -> None:
        nonlocal longest
        full = BAR * done // max(total, 1)
        line = f"{say('cli.progress', done=done, total=total)} [{'#' * full}{'.' * (BAR - full)}]"
        longest = max(longest, width(line))
        print(f"\r{line}", end="", file=sys.stderr, flush=True)

    def clear() -> None:
        if longest:
            print(f"\r{' ' * longest}\r", end="", file=sys.stderr, flush=True)

    return show, clear
