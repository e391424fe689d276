"""The states of a payment and of a refund. Parties: ``system`` (what Stripe says), ``household``."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.payments import facts

PAYMENT = Lifecycle("payment", "created", {
    "created": "已创建", "requires_action": "待支付", "processing": "处理中", "succeeded": "已支付", "failed": "失败",
    "cancelled": "已取消",
}, [
    #    step       from                                  to                 who       fact
    step("present", "created",                            "requires_action", "system", ""),
    step("process", "created requires_action",            "processing",      "system", ""),
    step("succeed", "created requires_action processing", "succeeded",       "system", facts.SUCCEEDED),
    step("fail",    "created requires_action processing", "failed",          "system", facts.FAILED),
    step("cancel",  "created requires_action processing", "cancelled",       "system", ""),
])

REFUND = Lifecycle("refund", "requested", {
    "requested": "已申请", "submitted": "已提交", "pending": "处理中", "succeeded": "已退款", "failed": "退款失败",
}, [
    step("submit",  "requested",                          "submitted",       "system", ""),
    step("pend",    "requested submitted",                "pending",         "system", ""),
    step("succeed", "requested submitted pending",        "succeeded",       "system", facts.REFUND_SUCCEEDED),
    step("fail",    "requested submitted pending succeeded", "failed",       "system", facts.REFUND_FAILED),
])
