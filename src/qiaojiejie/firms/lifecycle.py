"""A firm's standing on the platform. Parties: ``firm`` (its manager), ``federation``."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.firms import facts

FIRM = Lifecycle("firm", "applied", {
    "applied": "已申请", "under_review": "审核中", "returned": "退回修改", "on_platform": "已入驻", "suspended": "已暂停",
    "closed": "已关闭",
}, [
    #    step             from                      to              who          fact
    step("resubmit",      "returned",               "applied",      "firm",      facts.APPLIED),
    step("start_review",  "applied",                "under_review", "federation", facts.REVIEW_STARTED),
    step("return",        "applied under_review",   "returned",     "federation", facts.RETURNED),
    step("accept",        "applied under_review",   "on_platform",  "federation", facts.ACCEPTED),
    step("suspend",       "on_platform",            "suspended",    "federation", facts.SUSPENDED),
    step("resume",        "suspended",              "on_platform",  "federation", facts.RESUMED),
    step("close",  "applied under_review returned", "closed",       "federation", facts.CLOSED),
])

#: a new licence of a firm on the platform
RENEWAL = Lifecycle("renewal", "submitted", {"submitted": "待审核", "accepted": "已通过", "refused": "未通过"}, [
    step("accept", "submitted", "accepted", "federation", facts.RENEWAL_ACCEPTED),
    step("refuse", "submitted", "refused",  "federation", facts.RENEWAL_REFUSED),
])
