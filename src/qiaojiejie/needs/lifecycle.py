"""States of a need and of a quote for it. Parties: household, firm (that quotes), system."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.needs import facts

NEED = Lifecycle("need", "open", {"open": "征集中", "ordered": "已选定", "closed": "已关闭", "lapsed": "已过期"}, [
    step("order",  "open",         "ordered", "household", facts.ORDERED),
    step("reopen", "ordered",      "open",    "system",    facts.REOPENED),
    step("close",  "open",         "closed",  "household", facts.CLOSED),
    step("lapse",  "open ordered", "lapsed",  "system",    facts.LAPSED),
])

NEED_QUOTE = Lifecycle("need_quote", "offered", {
    "offered": "有效", "withdrawn": "已撤回", "chosen": "已选定", "passed_over": "未选中", "lapsed": "已过期",
}, [
    step("withdraw",  "offered", "withdrawn",   "firm",             facts.WITHDRAWN),
    step("choose",    "offered", "chosen",      "household",        facts.CHOSEN),
    step("pass_over", "offered", "passed_over", "household system", facts.PASSED_OVER),
    step("lapse",     "offered", "lapsed",      "system",           facts.QUOTE_LAPSED),
])
