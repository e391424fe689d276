"""An entry's states. Parties: ``first`` (the officer who proposed what waits), ``second`` (any other), ``petition`` (a
repair or an objection that was upheld), ``system``."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.lists import facts

LIST_ENTRY = Lifecycle("list_entry", "proposed", {
    "proposed": "待复核", "in_force": "在列", "correcting": "更正待复核", "left": "已移出", "rejected": "未予列入",
    "withdrawn": "已撤回",
}, [
    #    step                  from                            to            who             fact
    step("confirm",            "proposed",                     "in_force",   "second",       facts.ENTERED),
    step("reject",             "proposed",                     "rejected",   "second",       facts.REJECTED),
    step("withdraw",           "proposed",                     "withdrawn",  "first",        facts.WITHDRAWN),
    step("propose_correction", "in_force",                     "correcting", "first second", facts.CORRECTION_PROPOSED),
    step("refuse_correction",  "correcting",                   "in_force",   "first second", facts.CORRECTION_REFUSED),
    step("confirm_correction", "correcting",                   "left",       "second",       facts.LEFT),
    step("expire",             "in_force correcting",          "left",       "system",       facts.LEFT),
    step("repair",             "in_force correcting",          "left",       "petition",     facts.LEFT),
    step("uphold_objection",   "proposed in_force correcting left", "left",       "petition",     facts.LEFT),
])

#: states in which it counts, and in which no second one of its kind may be
IN_FORCE = ("in_force", "correcting")
LIVE = ("proposed", *IN_FORCE)
