"""States of an activity and of a place at it. Parties: ``station``, ``visitor`` (who signed up), ``system``."""

from qiaojiejie.activities import facts
from qiaojiejie.core.lifecycle import Lifecycle, step

ACTIVITY = Lifecycle("activity", "planned", {"planned": "报名中", "held": "已举办", "cancelled": "已取消"}, [
    step("hold",   "planned", "held",      "station", facts.HELD),
    step("cancel", "planned", "cancelled", "station", facts.CANCELLED),
])

PLACE = Lifecycle("activity_place", "waiting", {
    "signed": "已报名", "waiting": "候补", "attended": "已到场", "absent": "未到场", "left": "已退出", "called_off": "活动取消"}, [
    step("leave",    "signed waiting", "left",       "visitor station", facts.LEFT),
    step("admit",    "waiting",        "signed",     "system",          facts.ADMITTED),
    step("attend",   "signed waiting", "attended",   "station",         facts.ATTENDED),
    step("absent",   "signed waiting", "absent",     "system",          facts.ABSENT),
    step("call_off", "signed waiting", "called_off", "system",          facts.CALLED_OFF),
])
#: places that stand; somebody has one at most
STANDING = ("signed", "waiting", "attended")
