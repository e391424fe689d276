"""Whether a draft can be a rule, how long notice takes, and how what it does is told. Pure."""

from qiaojiejie.governance.rules.effects import (OTHERS, SHOWN_FROM, Moved, age_band, fairness, moved,
                                                 province)
from qiaojiejie.governance.rules.notice import MOST_DAYS, NOTICE_DAYS, check_notice, earliest
from qiaojiejie.governance.rules.shape import Fault, faults

__all__ = ["MOST_DAYS", "NOTICE_DAYS", "OTHERS", "SHOWN_FROM", "Fault", "Moved", "age_band", "check_notice", "earliest",
           "fairness", "faults", "moved", "province"]
