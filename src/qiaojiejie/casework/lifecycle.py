"""A complaint's states. Parties: household, firm, mediator, federation (on appeal)."""

from qiaojiejie.casework import facts
from qiaojiejie.core.lifecycle import Lifecycle, step

COMPLAINT = Lifecycle("complaint", "open", {
    "open": "待企业答复", "answered": "待裁定", "substantiated": "属实", "dismissed": "不属实",
    "overturned": "申诉成立，原认定撤销",
}, [
    #    step             from              to               who         fact
    step("answer",        "open",           "answered",      "firm",     facts.ANSWERED),
    step("substantiate",  "open answered",  "substantiated", "mediator", facts.SUBSTANTIATED),
    step("dismiss",       "open answered",  "dismissed",     "mediator", facts.DISMISSED),
    step("reopen",        "dismissed",      "answered",      "federation", facts.REOPENED),
    step("overturn",      "substantiated",  "overturned",    "federation", facts.OVERTURNED),
])

#: states in which somebody is still to answer or decide
LIVE = ("open", "answered")
