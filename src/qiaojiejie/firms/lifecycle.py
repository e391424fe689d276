"""A firm's standing on the platform. Parties: ``firm`` (its manager), ``federation``."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.firms import facts

FIRM = Lifecycle("firm", "applied", {
    "applied": "已申请", "under_review": "审核中", "returned": "退回修改", "on_platform": "已入驻", "suspended": "已暂停",
}, [
    #    step             from                      to              who          fact
    step("resubmit",      "returned",               "applied",      "firm",      facts.APPLIED),
    step("start_review",  "applied",                "under_review", "federation", facts.REVIEW_STARTED),
    step("return",        "applied under_review",   "returned",     "federation", facts.RETURNED),
    step("accept",        "applied under_review",   "on_platform",  "federation", facts.ACCEPTED),
    step("suspend",       "on_platform",            "suspended",    "federation", facts.SUSPENDED),
    step("resume",        "suspended",              "on_platform",  "federation", facts.RESUMED),
])
