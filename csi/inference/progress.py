"""Progress of long work, for whoever wants to show it: a terminal, a notebook, nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Batch = TypeVar("Batch")
_listener: ContextVar[Callable[[int, int], None] | None] = ContextVar("csi_progress", default=None)


@contextmanager
def show_progress(listener: Callable[[int, int], None]) -> Iterator[None]:
    """Within the block, call `listener(done, total)` after each batch of replicates.

    Parameters
    ----------
    listener : takes the number of replicates done and their total

    Examples
    --------
    >>> from csi.inference.progress import show_progress
    >>> with show_progress(lambda done, total: None):
    ...     pass

    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def report(batches: Iterator[tuple[int, Batch]], total: int) -> Iterator[tuple[int, Batch]]:
    """Hand on batches that come with the number of their first replicate, and tell the listener how far it is."""
    listener = _listener.get()
    for first, values in batches:
        if listener is not None:
            listener(first, total)
        yield first, values
    if listener is not None:
        listener(total, total)
