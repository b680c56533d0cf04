"""Which answers are missing together, on arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def missing_patterns(missing: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """The different rows of a table of missing answers and how often each occurs, the most frequent first.

    Parameters
    ----------
    missing : (n, k), true where an answer is missing

    Returns
    -------
    patterns : (m, k), one pattern a row; equally frequent ones in the order they first occur
    count : (m,) respondents

    Examples
    --------
    >>> import numpy as np
    >>> from csi.data.patterns import missing_patterns
    >>> patterns, count = missing_patterns(np.array([[False, True], [False, False], [False, True]]))
    >>> patterns.tolist(), count.tolist()
    ([[False, True], [False, False]], [2, 1])

    """
    n, k = missing.shape
    codes = np.zeros(n, dtype=np.int64)
    for start in range(0, k, 32):  # 32 items in one number; the numbers of all parts are counted through together
        part = missing[:, start : start + 32]
        word = part @ (np.int64(1) << np.arange(part.shape[1], dtype=np.int64))
        word = pd.factorize(word)[0]
        codes = pd.factorize(codes * (word.max(initial=0) + 1) + word)[0]
    count = np.bincount(codes)
    first = np.full(len(count), n)
    np.minimum.at(first, codes, np.arange(n))
    order = np.argsort(-count, kind="stable")
    return missing[first[order]], count[order]
