"""Answers in words that say nothing: 没意见, 很好, ok, or punctuation only."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.yamltext import load_yaml


@cache
def perfunctory_words() -> frozenset[str]:
    """The answers that count as perfunctory, in the form `bare` gives; they stand in csi/data/perfunctory.yaml."""
    text = files("csi").joinpath("data", "perfunctory.yaml").read_text(encoding="utf-8")
    return frozenset(bare(word) for words in load_yaml(text, "perfunctory.yaml").values() for word in words)


def bare(answer: str) -> str:
    """Letters and digits of an answer, full-width ones made ordinary, in small letters; "" for punctuation only.

    Examples
    --------
    >>> from csi.data.perfunctory import bare
    >>> bare(" 没意见。。。"), bare("Very  good!!"), bare("……")
    ('没意见', 'verygood', '')

    """
    plain = unicodedata.normalize("NFKC", answer).casefold()
    return "".join(character for character in plain if character.isalnum())


def perfunctory_answers(cells: pd.Series, more: Iterable[str] = ()) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which cells of one column of texts were answered, and which of those answers say nothing.

    Parameters
    ----------
    cells : (n,) texts, missing where nothing was written
    more : further answers that count as perfunctory

    Returns
    -------
    answered, perfunctory : (n,) each

    Notes
    -----
    An answer is compared as a whole: "服务很好" is an answer, "很好！" is none. Each different text is looked at once.

    Examples
    --------
    >>> import pandas as pd
    >>> from csi.data.perfunctory import perfunctory_answers
    >>> answered, empty = perfunctory_answers(pd.Series(["没意见", "等了很久", None, "OK!"]))
    >>> answered.tolist(), empty.tolist()
    ([True, True, False, True], [True, False, False, True])

    """
    codes, texts = pd.factorize(cells)
    known = perfunctory_words() | {bare(word) for word in more}
    says_nothing = np.array([not bare(str(text)) or bare(str(text)) in known for text in texts], dtype=bool)
    answered = codes >= 0
    found = np.zeros(len(codes), dtype=bool)
    found[answered] = says_nothing[codes[answered]]
    return answered, found
