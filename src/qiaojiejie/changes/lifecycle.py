"""States of a change. Parties: asker, asked, payer (the household), system (which acts where nobody is asked)."""

from qiaojiejie.changes import facts
from qiaojiejie.core.lifecycle import Lifecycle, step

CHANGE = Lifecycle("change", "asked", {
    "asked": "待对方同意", "to_pay": "待补差价", "done": "已生效", "refused": "对方未同意", "withdrawn": "已撤回",
    "lapsed": "已失效"}, [
    #    step       from           to           who             fact
    step("agree",    "asked",        "to_pay",    "asked system", facts.AGREED),
    step("settle",   "asked to_pay", "done",      "asked system", ""),
    step("refuse",   "asked",        "refused",   "asked",        facts.REFUSED),
    step("withdraw", "asked to_pay", "withdrawn", "asker payer",  facts.WITHDRAWN),
    step("lapse",    "asked to_pay", "lapsed",    "system",       facts.LAPSED),
])

#: states in which it holds the worker's time
OPEN = ("asked", "to_pay")
