"""States of an endpoint and of a delivery. Parties: firm, system."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.webhooks import facts

ENDPOINT = Lifecycle("webhook_endpoint", "on", {"on": "使用中", "off": "已停用", "removed": "已删除"}, [
    #    step          from      to         who       fact
    step("switch_off", "on",     "off",     "system", facts.SWITCHED_OFF),
    step("switch_on",  "off",    "on",      "firm",   facts.SWITCHED_ON),
    step("remove",     "on off", "removed", "firm",   facts.REMOVED),
])

#: each attempt is a row of its own; only what a person asked for is a fact
DELIVERY = Lifecycle("webhook_delivery", "pending", {"pending": "待送达", "delivered": "已送达", "given_up": "已放弃"}, [
    #    step       from                  to           who       fact
    step("deliver", "pending",            "delivered", "system", ""),
    step("give_up", "pending",            "given_up",  "system", ""),
    step("replay",  "delivered given_up", "pending",   "firm",   facts.REPLAYED),
])
