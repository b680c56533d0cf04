"""Values in the place of what was made from answers, for results that are pickled, copied or kept in little memory."""

from __future__ import annotations

import copyreg
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from csi.errors import CsiError, DataError


def same(value: Any) -> Any:
    """A value that is made already; with `partial` it stands where a function was."""
    return value


def kept(make: Callable[[], Any] | None) -> Callable[[], Any] | None:
    """What is made from answers, made already, or what making it raises."""
    if make is None:
        return None
    try:
        return make().copy
    except CsiError as problem:
        return partial(_raise, problem)


def let_go() -> Any:
    """Say that scores were let go to save memory."""
    raise DataError("scores_let_go")


def _raise(problem: CsiError) -> None:
    raise problem


# The options of a Study are such a view; pickle and copy do not know them by themselves.
copyreg.pickle(MappingProxyType, lambda view: (_view, (dict(view),)))


def _view(values: Mapping) -> MappingProxyType:
    return MappingProxyType(values)
