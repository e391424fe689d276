"""A booking's states. Parties to the booking: household, worker, firm, system, and the series it is a visit of."""

from qiaojiejie.booking import facts
from qiaojiejie.core.lifecycle import Lifecycle, step

BOOKING = Lifecycle("booking", "held", {
    "held": "待支付", "asked": "待企业答复", "confirmed": "已确认", "under_way": "服务中", "served": "待确认完成",
    "completed": "已完成", "expired": "已过期", "cancelled": "已取消", "declined": "企业已婉拒",
    "worker_absent": "阿姨未到", "household_absent": "家中无人",
}, [
    #    step                from            to                  who                 fact
    step("confirm_payment",  "held",         "confirmed",        "system",           facts.CONFIRMED),
    step("ask",              "held",         "asked",            "system",           facts.ASKED),
    step("accept",           "asked",        "confirmed",        "firm",             facts.ACCEPTED),
    step("lapse",            "asked",        "declined",         "system",           facts.LAPSED),
    step("pay_balance",      "confirmed",     "confirmed",        "system",           facts.BALANCE_PAID),
    step("say_beginning",    "confirmed",    "confirmed",        "household firm system", facts.BEGINNING_SAID),
    step("expire",           "held",         "expired",          "system",           facts.EXPIRED),
    step("cancel",           "held asked confirmed", "cancelled", "household",     facts.CANCELLED),
    step("move_hold",        "held",         "held",             "series",           facts.HOLD_MOVED),
    step("reseat_hold",      "held",         "held",             "series",           facts.HOLD_RESEATED),
    step("withdraw",         "held confirmed", "cancelled",      "worker",           facts.CANCELLED),
    step("decline",          "held asked confirmed", "declined", "firm",             facts.DECLINED),
    step("reschedule",       "confirmed",    "confirmed",        "household system", facts.RESCHEDULED),
    step("extend",           "under_way",    "under_way",        "household worker system", facts.EXTENDED),
    step("substitute",       "confirmed",    "confirmed",        "household",        facts.SUBSTITUTED),
    step("take_nobody",      "confirmed",    "declined",         "household system", facts.DECLINED),
    step("check_in",         "confirmed",    "under_way",        "worker",           facts.CHECKED_IN),
    step("end_early",        "under_way",     "under_way",        "household firm system", facts.ENDED_EARLY),
    step("seek_replacement", "under_way",    "under_way",        "household firm",   facts.REPLACEMENT_SOUGHT),
    step("replace",          "under_way",    "under_way",        "household",        facts.REPLACED),
    step("check_out",        "under_way",    "served",           "worker system",    facts.CHECKED_OUT),
    step("complete",         "served",       "completed",        "household system", facts.COMPLETED),
    step("miss_worker",      "confirmed",    "worker_absent",    "household",        facts.WORKER_ABSENT),
    step("miss_household",   "confirmed",    "household_absent", "worker firm",      facts.HOUSEHOLD_ABSENT),
])

#: steps that answer what another side asked, taken where it was asked
ANSWERS = ("substitute", "take_nobody", "seek_replacement", "replace")
#: States in which the worker's interval is engaged.
LIVE = ("held", "asked", "confirmed", "under_way", "served")
