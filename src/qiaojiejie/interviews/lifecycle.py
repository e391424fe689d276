"""States of an interview. Parties: household, worker, firm (hers), station (its clerk), system."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.interviews import facts

INTERVIEW = Lifecycle("interview", "booked", {
    "booked": "已约好", "held": "已面谈", "cancelled": "已取消", "missed_by_family": "家庭未到",
    "missed_by_worker": "服务人员未到", "lapsed": "未登记结果",
}, [
    #    step          from      to                  who                      fact
    step("hold",        "booked lapsed", "held",      "household station",     facts.HELD),
    step("judge",       "held",   "held",             "household",             facts.JUDGED),
    step("cancel",      "booked", "cancelled",        "household worker firm", facts.CANCELLED),
    step("miss_family", "booked", "missed_by_family", "worker firm station",   facts.MISSED_BY_FAMILY),
    step("miss_worker", "booked", "missed_by_worker", "household station",     facts.MISSED_BY_WORKER),
    step("lapse",       "booked", "lapsed",           "system",                facts.LAPSED),
])
