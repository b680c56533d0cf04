"""What does the whole survey say? Everything a report needs, as sections that know when their data are there."""

from csi.study.analysis import analyse_survey as analyse_survey
from csi.study.choosing import PREFERENCE as PREFERENCE
from csi.study.choosing import named_target as named_target
from csi.study.priority import Priority as Priority
from csi.study.study import Study as Study
from csi.study.words import level_text as level_text
