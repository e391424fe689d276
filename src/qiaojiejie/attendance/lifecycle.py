"""States of a day of work. Parties: household, worker, firm, mediator, system (48 hours of silence)."""

from qiaojiejie.attendance import facts
from qiaojiejie.core.lifecycle import Lifecycle, step

WORKDAY = Lifecycle("workday", "recorded", {
    "recorded": "待家庭确认", "contested": "家庭有异议", "agreed": "已确认", "struck": "已撤销"}, [
    #    step         from                   to           who              fact
    step("agree",     "recorded contested",  "agreed",    "household",     facts.AGREED),
    step("lapse",     "recorded",            "agreed",    "system",        facts.AGREED),
    step("contest",   "recorded",            "contested", "household",     facts.CONTESTED),
    step("amend",     "recorded contested",  "recorded",  "worker firm",   facts.RECORDED),
    step("withdraw",  "recorded contested",  "struck",    "worker firm",   facts.STRUCK),
    step("uphold",    "contested",           "agreed",    "mediator",      facts.AGREED),
    step("strike",    "contested",           "struck",    "mediator",      facts.STRUCK),
])

#: states out of which a day may still move
OPEN = ("recorded", "contested")
