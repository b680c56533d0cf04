"""What does the whole survey say? Everything a report needs, as sections that know when their data are there."""

from csi.study.analysis import analyse_survey as analyse_survey
from csi.study.answer import PREFERENCE as PREFERENCE
from csi.study.answer import Priority as Priority
from csi.study.answer import named_target as named_target
from csi.study.study import Study as Study
from csi.views import level_text as level_text
