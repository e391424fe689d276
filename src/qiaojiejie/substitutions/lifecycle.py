"""States of a substitution. Parties: firm, household, system."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.substitutions import facts

SUBSTITUTION = Lifecycle("substitution", "offered", {
    "offered": "待家庭答复", "taken": "已换人", "refused": "家庭未接受", "lapsed": "逾期未答复", "withdrawn": "已撤回",
    "closed": "已关闭"}, [
    #    step        from       to           who          fact
    step("add",      "offered", "offered",   "firm",      facts.OFFERED),
    step("hasten",   "offered", "offered",   "system",    facts.HASTENED),
    step("take",     "offered", "taken",     "household", facts.TAKEN),
    step("refuse",   "offered", "refused",   "household", facts.REFUSED),
    step("withdraw", "offered", "withdrawn", "firm",      facts.WITHDRAWN),
    step("lapse",    "offered", "lapsed",    "system",    facts.LAPSED),
    step("close",    "offered", "closed",    "system",    facts.CLOSED),
])
