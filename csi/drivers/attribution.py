"""list_attribution_emotions: what customers feel by what they hold to be the cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csi.errors import choose
from csi.language import say

if TYPE_CHECKING:
    import pandas as pd

OUTCOMES = ("favourable", "unfavourable")
CAUSES = ("controllable", "uncontrollable", "stable", "unstable")


def list_attribution_emotions(outcome: str | None = None, cause: str | None = None) -> pd.DataFrame:
    """What customers feel and do, by how it went and what they hold to be the cause; words in the current language.

    Use it to read open answers and complaints: the same failure makes one customer angry and another patient.

    Parameters
    ----------
    outcome : {"favourable", "unfavourable"}, optional
        How it went; both when None.
    cause : {"controllable", "uncontrollable", "stable", "unstable"}, optional
        Whether the firm could have done otherwise, or whether it will go like this again; all when None.

    Returns
    -------
    DataFrame
        One row per outcome and cause: `outcome`, `cause`, `emotion`.

    Raises
    ------
    OptionError
        `unknown_option`: an outcome or a cause that is not in the table; the message lists what is.

    Notes
    -----
    A table to look things up in: no answers, so nothing is missing or weighted. The grid of the source is lost and is
    read as: control decides between praise or anger and surprise or patience, stability whether they come back.
    Source: Folkes (1984); Weiner's dimensions of causes.

    Examples
    --------
    >>> import csi
    >>> csi.list_attribution_emotions("unfavourable", "controllable")["emotion"].tolist()
    ['criticism, anger']

    """
    import pandas as pd

    if outcome is not None:
        choose("outcome", outcome, OUTCOMES)
    if cause is not None:
        choose("cause", cause, CAUSES)
    rows = [
        (first, second, say(f"emotions.{first}_{second}"))
        for first in OUTCOMES
        for second in CAUSES
        if outcome in (None, first) and cause in (None, second)
    ]
    return pd.DataFrame(rows, columns=["outcome", "cause", "emotion"])
