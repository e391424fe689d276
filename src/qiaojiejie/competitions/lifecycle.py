"""States of a competition, an entry, an objection and an honour. Parties: ``officer`` (of the federation), ``second``
(another officer than the one before), ``chief`` (of the jury), ``entrant`` (who was entered, or who entered her),
``system``."""

from qiaojiejie.competitions import facts
from qiaojiejie.core.lifecycle import Lifecycle, step

_BEFORE_RESULTS = "draft entries_open entries_closed judging sealed"

COMPETITION = Lifecycle("competition", "draft", {
    "draft": "筹备中", "entries_open": "报名中", "entries_closed": "报名截止", "judging": "评分中", "sealed": "已封卷",
    "provisional": "成绩公示中", "final": "成绩已确定", "cancelled": "已取消",
}, [
    #    step             from              to                who               fact
    step("open_entries",  "draft",          "entries_open",   "officer",        facts.ENTRIES_OPENED),
    step("close_entries", "entries_open",   "entries_closed", "officer system", facts.ENTRIES_CLOSED),
    step("begin_judging", "entries_closed", "judging",        "officer",        facts.JUDGING_BEGUN),
    step("seal",          "judging",        "sealed",         "chief",          facts.SEALED),
    step("publish",       "sealed",         "provisional",    "officer",        facts.PUBLISHED),
    step("correct",       "provisional",    "provisional",    "second",         facts.PUBLISHED),
    step("finalise",      "provisional",    "final",          "officer system", facts.FINALISED),
    step("cancel",        _BEFORE_RESULTS,  "cancelled",      "officer",        facts.CANCELLED),
])

ENTRANT = Lifecycle("entrant", "entered", {"entered": "已报名", "withdrawn": "已退出"}, [
    step("withdraw", "entered", "withdrawn", "entrant", facts.WITHDRAWN),
])

OBJECTION = Lifecycle("competition_objection", "submitted", {
    "submitted": "待处理", "upheld": "成立", "dismissed": "不成立", "withdrawn": "已撤回",
}, [
    step("uphold",   "submitted", "upheld",    "second",  facts.OBJECTION_UPHELD),
    step("dismiss",  "submitted", "dismissed", "second",  facts.OBJECTION_DISMISSED),
    step("withdraw", "submitted", "withdrawn", "entrant", facts.OBJECTION_WITHDRAWN),
])

HONOUR = Lifecycle("competition_honour", "standing", {"standing": "有效", "revoked": "已撤销"}, [
    step("revoke", "standing", "revoked", "second", facts.HONOUR_REVOKED),
])

#: states in which the results are open to everybody
SHOWN = ("provisional", "final")
