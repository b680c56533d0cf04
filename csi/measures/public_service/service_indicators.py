"""What a public service can be asked about, on site and online: two small indicator trees."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from csi.errors import choose
from csi.language import pick
from csi.words import package_yaml

if TYPE_CHECKING:
    import pandas

CHANNELS = ("on_site", "online")


@cache
def _trees() -> dict[str, Any]:
    return package_yaml("measures", "public_service", "service_indicators.yaml")


def list_service_indicators(channel: str | None = None) -> pandas.DataFrame:
    """List indicators for the evaluation of a public service, as two trees: on site and online.

    Use it as a draft of a questionnaire, a tree for an index, or a check list; the trees are this package's own.

    Parameters
    ----------
    channel : {"on_site", "online"}, None for both

    Returns
    -------
    DataFrame
        One row per indicator: channel, construct (the branch), branch (its wording), item, text (wording in the current
        language).

    Raises
    ------
    OptionError
        An unknown channel.

    Examples
    --------
    >>> import csi
    >>> csi.list_service_indicators("online")[["construct", "item"]].head(2).to_numpy().tolist()
    [['matter', 'guidance_found'], ['matter', 'online_whole']]

    """
    import pandas

    choose("channel", channel, (None, *CHANNELS))
    rows = [
        {"channel": name, "construct": key, "branch": pick(branch["text"]), "item": item, "text": pick(text)}
        for name in CHANNELS
        if channel in (None, name)
        for key, branch in _trees()[name].items()
        for item, text in branch["items"].items()
    ]
    return pandas.DataFrame(rows)
