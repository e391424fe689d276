"""The states of an audit, of its tasks and of flags.

Parties: ``federation`` (any account of it), ``assignee`` (whose task it is), ``reviewer`` (an account of the federation
that did not write the finding).
"""

from qiaojiejie.audit import facts
from qiaojiejie.core.lifecycle import Lifecycle, step

AUDIT = Lifecycle("audit", "planned", {
    "planned": "已计划", "drawn": "已抽样", "reported": "已公布", "cancelled": "已取消",
}, [
    #    step      from             to           who           fact
    step("draw",   "planned",       "drawn",     "federation", facts.DRAWN),
    step("report", "drawn",         "reported",  "federation", facts.REPORTED),
    step("cancel", "planned drawn", "cancelled", "federation", facts.CANCELLED),
])

TASK = Lifecycle("audit_task", "open", {
    "open": "待分派", "assigned": "核查中", "found": "待复核", "returned": "退回重查", "accepted": "复核通过",
}, [
    step("assign", "open assigned returned", "assigned", "federation", facts.ASSIGNED),
    step("find",   "assigned returned",      "found",    "assignee",   facts.FOUND),
    step("accept", "found",                  "accepted", "reviewer",   facts.ACCEPTED),
    step("return", "found",                  "returned", "reviewer",   facts.RETURNED),
])

FLAG = Lifecycle("audit_flag", "raised", {"raised": "待查看", "looked_at": "查看中", "closed": "已办结"}, [
    step("look",  "raised",           "looked_at", "federation", facts.FLAG_LOOKED_AT),
    step("close", "raised looked_at", "closed",    "federation", facts.FLAG_CLOSED),
])
