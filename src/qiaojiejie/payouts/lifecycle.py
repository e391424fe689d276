"""States of where a firm is paid, of a batch, and of what one firm is paid in it.

Parties: ``firm`` (its manager), ``federation`` (its officers), ``system``.
"""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.payouts import facts

ACCOUNT = Lifecycle("payout_account", "submitted", {
    "submitted": "待核实", "verified": "已核实", "refused": "未通过", "replaced": "已更换"}, [
    step("verify",  "submitted",          "verified", "federation", facts.ACCOUNT_VERIFIED),
    step("refuse",  "submitted",          "refused",  "federation", facts.ACCOUNT_REFUSED),
    step("replace", "submitted verified", "replaced", "firm",       ""),
])

BATCH = Lifecycle("payout_batch", "making", {
    "making": "生成中", "waiting": "待复核", "approved": "已批准", "rejected": "已驳回"}, [
    step("present", "making",  "waiting",  "system",     ""),
    step("approve", "waiting", "approved", "federation", ""),
    step("reject",  "waiting", "rejected", "federation", ""),
])
#: states of a batch nobody decided on; there is one such batch at most
UNDECIDED = ("making", "waiting")

ITEM = Lifecycle("payout_item", "accrued", {
    "accrued": "累计中", "batched": "待复核", "approved": "已批准", "sent": "已发出", "paid": "已到账",
    "failed": "付款失败", "reversed": "已退回"}, [
    #    step            from             to          who                  fact
    step("batch",        "accrued",       "batched",  "system",            facts.BATCHED),
    step("give_back",    "batched",       "accrued",  "system",            facts.RETURNED),
    step("approve",      "batched",       "approved", "federation",        facts.APPROVED),
    step("send",         "approved",      "sent",     "federation system", facts.SENT),
    step("pay",          "sent",          "paid",     "federation system", facts.PAID),
    step("fail",         "approved sent", "failed",   "federation system", facts.FAILED),
    step("reverse",      "paid",          "reversed", "federation system", facts.REVERSED),
    step("reverse_part", "paid",          "paid",     "system",            facts.REVERSED),
])
#: states in which money is set aside for a firm
SET_ASIDE = ("batched", "approved", "sent")
#: states of an item whose money the firm is owed again, by a later one
OWED_AGAIN = ("failed", "reversed")
