"""The states of an offer (party: the firm that makes it) and of a card (its household; the system)."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.prepaid import facts

OFFER = Lifecycle("prepaid_offer", "offered", {"offered": "在售", "withdrawn": "已停售"}, [
    step("withdraw", "offered", "withdrawn", "firm", facts.WITHDRAWN),
])

CARD = Lifecycle("prepaid_card", "bought", {"bought": "待付款", "live": "可用", "closed": "已退卡", "lapsed": "已取消"}, [
    #    step       from      to        who          fact
    step("activate", "bought", "live",   "system",    facts.BOUGHT),
    step("lapse",    "bought", "lapsed", "system",    facts.LAPSED),
    step("close",    "live",   "closed", "household", facts.CLOSED),
    step("void",     "live",   "closed", "system",    facts.CLOSED),  # a bank gave its price back
])
