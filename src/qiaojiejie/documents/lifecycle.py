"""The states of a document in a worker's file.

Parties: ``firm``, ``reviewer`` (the federation), ``body`` (who issued it here).
"""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.documents import facts

DOCUMENT = Lifecycle("document", "recorded", {
    "recorded": "已登记（未核验）", "verified": "已核验", "rejected": "未通过", "withdrawn": "已撤销",
}, [
    #    step        from                   to           who         fact
    step("verify",   "recorded",            "verified",  "reviewer", facts.VERIFIED),
    step("reject",   "recorded",            "rejected",  "reviewer", facts.REJECTED),
    step("withdraw", "recorded verified",   "withdrawn", "firm reviewer body", facts.WITHDRAWN),
])
