"""The states of a refund, moved by what Stripe says. A bank may send back even a refund that had succeeded.

What was paid from a prepaid card is returned to it at once.
``disputed``: it never left, and the cardholder's bank gave it back instead.
"""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.refunds import facts

REFUND = Lifecycle("refund", "requested", {
    "requested": "已申请", "submitted": "已提交", "pending": "处理中", "succeeded": "已退款", "failed": "退款失败",
    "replaced": "已重新发起", "repaid": "已转账退还", "disputed": "银行已退还",
}, [
    #    step       from                                     to           who       fact
    step("submit",  "requested",                             "submitted", "system", ""),
    step("pend",    "submitted",                             "pending",   "system", ""),
    step("succeed", "submitted pending",                     "succeeded", "system", facts.SUCCEEDED),
    step("return",  "requested",                             "succeeded", "system", facts.SUCCEEDED),
    step("fail",    "requested submitted pending succeeded", "failed",    "system", facts.FAILED),
    step("replace", "failed",                                "replaced",  "federation", facts.ASKED_AGAIN),
    step("repay",   "failed",                                "repaid",    "federation", facts.REPAID),
    step("settle",  "requested failed",                      "disputed",  "system", facts.DISPUTED),
])

#: States out of which a refund moves without anything going wrong.
OPEN = ("requested", "submitted", "pending")
