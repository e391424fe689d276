"""A petition's states. Parties: ``petitioner``, ``officer`` (any of the federation), ``second`` (another officer than
who proposed the decision), ``system``."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.petitions import facts

PETITION = Lifecycle("petition", "submitted", {
    "submitted": "待处理", "returned": "待补充", "proposed": "待复核", "upheld": "成立", "partly_upheld": "部分成立",
    "dismissed": "不成立", "withdrawn": "已撤回",
}, [
    #    step            from                           to               who                  fact
    step("return",       "submitted",                   "returned",      "officer",           facts.RETURNED),
    step("resubmit",     "returned",                    "submitted",     "petitioner",        facts.RESUBMITTED),
    step("withdraw",     "submitted returned proposed", "withdrawn",     "petitioner system", facts.WITHDRAWN),
    step("propose",      "submitted",                   "proposed",      "officer",           facts.PROPOSED),
    step("send_back",    "proposed",                    "submitted",     "second",            facts.SENT_BACK),
    step("uphold",       "proposed",                    "upheld",        "second",            facts.DECIDED),
    step("uphold_partly", "proposed",                   "partly_upheld", "second",            facts.DECIDED),
    step("dismiss",      "proposed",                    "dismissed",     "second",            facts.DECIDED),
])

OPEN = ("submitted", "returned", "proposed")
DECIDED = ("upheld", "partly_upheld", "dismissed")
