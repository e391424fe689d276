"""The states of a proposal and of a rollback.

Parties: ``first`` (the account that drafted or proposed it), ``second`` (any other of the federation), ``system``.
"""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.governance import facts

PROPOSAL = Lifecycle("rule_proposal", "drafted", {
    "drafted": "草案，影子测算中", "shadowed": "影子测算完成", "noticed": "公告期", "in_force": "已生效", "withdrawn": "已撤回",
}, [
    #    step       from                        to           who             fact
    step("shadow",   "drafted",                  "shadowed",  "system",       facts.SHADOWED),
    step("renew",    "shadowed",                 "drafted",   "first second", facts.SHADOW_ASKED),
    step("notice",   "shadowed",                 "noticed",   "second",       facts.NOTICED),
    step("activate", "noticed",                  "in_force",  "system",       facts.IN_FORCE),
    step("withdraw", "drafted shadowed noticed", "withdrawn", "first second", facts.WITHDRAWN),
])

ROLLBACK = Lifecycle("rule_rollback", "proposed", {"proposed": "待复核", "done": "已回退", "withdrawn": "已撤回"}, [
    step("confirm",  "proposed", "done",      "second",       facts.ROLLED_BACK),
    step("withdraw", "proposed", "withdrawn", "first second", facts.ROLLBACK_WITHDRAWN),
])
