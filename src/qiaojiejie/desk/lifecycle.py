"""States of a number at the desk. Parties: ``station`` (a clerk), ``visitor`` (whose number it is), ``system``."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.desk import facts

TICKET = Lifecycle("desk_ticket", "waiting", {
    "waiting": "排队中", "called": "已叫号", "served": "已办结", "absent": "过号", "left": "已离开"}, [
    step("call",  "waiting absent",        "called", "station",                facts.CALLED),
    step("serve", "called",                "served", "station",                facts.SERVED),
    step("miss",  "called",                "absent", "station",                facts.ABSENT),
    step("leave", "waiting called absent", "left",   "visitor station system", facts.LEFT),
])
#: states in which a visitor holds a number and draws no other
HELD = ("waiting", "called")
