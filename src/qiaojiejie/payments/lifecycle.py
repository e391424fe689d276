"""The states of a payment, all moved by what Stripe says. Forward only: nothing leads out of the last three."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.payments import facts

PAYMENT = Lifecycle("payment", "created", {
    "created": "已创建", "requires_action": "待支付", "processing": "处理中", "succeeded": "已支付", "failed": "失败",
    "cancelled": "已取消",
}, [
    #    step       from                                  to                 who       fact
    step("present", "created requires_action",            "requires_action", "system", ""),
    step("process", "created requires_action",            "processing",      "system", ""),
    step("decline", "created requires_action processing", "requires_action", "system", facts.DECLINED),
    step("succeed", "created requires_action processing", "succeeded",       "system", facts.SUCCEEDED),
    step("fail",    "created",                            "failed",          "system", ""),
    step("cancel",  "created requires_action processing", "cancelled",       "system", ""),
])

#: States out of which a payment may still move.
OPEN = ("created", "requires_action", "processing")
