"""What a picture reads: a Result or a Study, its tables, and what its constructs are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from csi.errors import DataError, OptionError
from csi.language import pick, say
from csi.models.catalog import MODELS, load_model
from csi.results import Result
from csi.study import Study, level_text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Source:
    """One Result and the words for what it names.

    Attributes
    ----------
    picture : name of the function, for messages
    result : its tables are all that is drawn
    given : construct, item or group -> label, as the caller wants them
    study : where the Result comes from a Study
    level : level of the intervals
    group : whose rows `group_rows` takes
    """

    picture: str
    result: Result
    given: Mapping[str, str]
    study: Study | None
    level: float
    group: str | None

    def label(self, construct: str) -> str:
        """What a construct is called: as given, as the study says, as the catalogue says, or its name."""
        if construct in self.given:
            return self.given[construct]
        if self.study is not None:
            return self.study.label(construct)
        return self.catalogue.get(construct, construct)

    def own_label(self, name: str) -> str:
        """What an item or a driver is called: as given, or its name."""
        return self.given.get(name, name)

    def caption(self, name: str, known: bool) -> str:
        """How to read points with their intervals, or points alone where none are known."""
        key = f"plots.{name}_caption" if known else f"plots.{name}_caption_alone"
        return say(key, level=level_text(self.level))

    @cached_property
    def catalogue(self) -> dict[str, str]:
        """Wording of the catalogue model of this name; empty for a model of one's own."""
        facts = self.result.glance()
        name = facts["model"].iloc[0] if "model" in facts else ""
        if name not in MODELS:
            return {}
        return {one.name: pick(one.text) or one.name for one in load_model(name).constructs}

    def decimals(self, table: str) -> int:
        """Digits a person sees."""
        return self.result.table(table).decimals

    def rows(self, table: str) -> pd.DataFrame:
        """A table with its intervals; a Result that lacks it raises."""
        if table not in self.result.tables:
            choices = list(self.result.tables)
            raise OptionError("plot_lacks_table", picture=self.picture, table=table, choices=choices)
        return self.result.tidy(table, self.level)

    def group_rows(self, table: str) -> pd.DataFrame:
        """The rows of the group; without groups all rows."""
        frame, group = self.rows(table), self.group
        if "group" not in frame:
            if group is not None:
                raise OptionError("plot_no_groups", group=group)
            return frame
        groups = list(dict.fromkeys(frame["group"]))
        if group is None:
            raise OptionError("plot_needs_group", picture=self.picture, choices=groups)
        if group not in groups:
            raise OptionError("unknown_option", option="group", value=group, choices=groups)
        return frame[frame["group"] == group].drop(columns="group").reset_index(drop=True)


def read_source(
    picture: str,
    given: Any,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    group: str | None = None,
    *,
    groups: bool = False,
) -> Source:
    """A Result or a Study as the source of a picture.

    Parameters
    ----------
    picture : name of the function, for messages
    given : Result or Study
    labels : construct -> label, or None
    level : of the intervals; None means that of the Study, .95 for a Result
    group : one group of a Result with groups; None takes the whole sample of a Study
    groups : take the groups of a Study although none is named

    Raises
    ------
    DataError
        `plot_needs_result`.

    """
    if isinstance(given, Study):
        split = given.groups is not None and (groups or group is not None)
        result = given.groups if split else given.fit
        return Source(picture, result, dict(labels or {}), given, given.level if level is None else level, group)
    if not isinstance(given, Result):
        raise DataError("plot_needs_result", picture=picture, kind=type(given).__name__)
    return Source(picture, given, dict(labels or {}), None, 0.95 if level is None else level, group)
