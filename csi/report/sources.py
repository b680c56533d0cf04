"""What a picture reads: a Result or a Study, its tables, and what its constructs are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from csi.errors import DataError, OptionError
from csi.language import pick
from csi.models.catalog import MODELS, load_model
from csi.results import Result
from csi.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Source:
    """One Result and the words for its constructs.

    Attributes
    ----------
    result : its tables are all that is drawn
    given : construct -> label, as the caller wants them
    study : where the Result comes from a Study
    level : level of the intervals
    """

    result: Result
    given: Mapping[str, str]
    study: Study | None
    level: float

    def label(self, construct: str) -> str:
        """What a construct is called: as given, as the study says, as the catalogue says, or its name."""
        if construct in self.given:
            return self.given[construct]
        if self.study is not None:
            return self.study.label(construct)
        return self.catalogue.get(construct, construct)

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

    def rows(self, table: str, picture: str) -> pd.DataFrame:
        """A table with its intervals; a Result that lacks it raises."""
        if table not in self.result.tables:
            raise OptionError("plot_lacks_table", picture=picture, table=table, choices=list(self.result.tables))
        return self.result.tidy(table, self.level)

    def group_rows(self, table: str, picture: str, group: str | None) -> pd.DataFrame:
        """The rows of one group; without groups all rows."""
        frame = self.rows(table, picture)
        if "group" not in frame:
            if group is not None:
                raise OptionError("plot_no_groups", group=group)
            return frame
        groups = list(dict.fromkeys(frame["group"]))
        if group is None:
            raise OptionError("plot_needs_group", picture=picture, choices=groups)
        if group not in groups:
            raise OptionError("unknown_option", option="group", value=group, choices=groups)
        return frame[frame["group"] == group].drop(columns="group").reset_index(drop=True)


def read_source(
    given: Any, picture: str, labels: Mapping[str, str] | None, level: float | None, *, groups: bool = False
) -> Source:
    """A Result or a Study as the source of a picture.

    Parameters
    ----------
    given : Result or Study
    picture : name of the function, for messages
    labels : construct -> label, or None
    level : of the intervals; None means that of the Study, .95 for a Result
    groups : take the groups of a Study instead of the whole sample

    Raises
    ------
    DataError
        `plot_needs_result`.

    """
    if isinstance(given, Study):
        result = given.groups if groups and given.groups is not None else given.fit
        return Source(result, dict(labels or {}), given, given.level if level is None else level)
    if not isinstance(given, Result):
        raise DataError("plot_needs_result", picture=picture, kind=type(given).__name__)
    return Source(given, dict(labels or {}), None, 0.95 if level is None else level)
