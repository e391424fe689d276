"""States of an order and of what somebody took.

Parties: ``station`` (a clerk of the order's), ``maker`` (she alone: nobody says for her that she was
paid), ``system``.
"""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.handwork import facts

ORDER = Lifecycle("handwork_order", "open", {"open": "可领料", "closed": "已结束"}, [
    step("close", "open", "closed", "station system", facts.CLOSED),
])

TAKE = Lifecycle("handwork_take", "taken", {
    "taken": "已领料", "returned": "已退料", "delivered": "已交货", "judged": "已验收", "paid": "已支付",
    "received": "本人确认收款", "missed": "本人未收到"}, [
    step("give_back", "taken",        "returned",  "maker station", facts.RETURNED),
    step("deliver",   "taken",        "delivered", "station",       facts.DELIVERED),
    step("judge",     "delivered",    "judged",    "station",       facts.JUDGED),
    step("pay",       "judged missed", "paid",     "station",       facts.PAID),
    step("receive",   "paid",         "received",  "maker",         facts.RECEIVED),
    step("miss",      "paid",         "missed",    "maker",         facts.MISSED),
])
#: states in which pieces have been judged
JUDGED = ("judged", "paid", "received", "missed")
