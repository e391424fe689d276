"""States of a guarantee. Parties: household, firm, system."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.guarantees import facts

GUARANTEE = Lifecycle("guarantee", "on_trial", {
    "on_trial": "试用中", "replacing": "换人中", "kept": "试用已过", "refused": "家庭已终止", "lapsed": "逾期未换人",
    "ended": "服务已结束"}, [
    #    step      from                       to           who          fact
    step("doubt",  "on_trial",                "replacing", "household", facts.SOUGHT),
    step("recall", "on_trial kept",           "replacing", "firm",      facts.SOUGHT),
    step("offer",  "replacing",               "replacing", "firm",      facts.OFFERED),
    step("take",   "replacing",               "on_trial",  "household", facts.TAKEN),
    step("refuse", "replacing",               "refused",   "household", facts.REFUSED),
    step("lapse",  "replacing",               "lapsed",    "system",    facts.LAPSED),
    step("keep",   "on_trial",                "kept",      "system",    facts.KEPT),
    step("close",  "on_trial replacing kept", "ended",     "system",    facts.CLOSED),
])
