"""States of an alarm. Parties: ``caller`` (who raised it), ``firm`` (the worker's), ``duty`` (the federation)."""

from qiaojiejie.alarms import facts
from qiaojiejie.core.lifecycle import Lifecycle, step

ALARM = Lifecycle("alarm", "open", {
    "open": "待响应", "acknowledged": "处理中", "withdrawn": "本人报平安", "resolved": "已处置"}, [
    step("acknowledge", "open",              "acknowledged", "firm duty", facts.ACKNOWLEDGED),
    step("withdraw",    "open acknowledged", "withdrawn",    "caller",    facts.WITHDRAWN),
    step("resolve",     "open acknowledged", "resolved",     "firm duty", facts.RESOLVED),
])
#: states in which help is still on its way
ACTIVE = ("open", "acknowledged")
