"""The states of a dispute. We answer or give in; the bank decides, and nothing leads out of what it decided."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.disputes import facts

DISPUTE = Lifecycle("dispute", "opened", {
    "opened": "待举证", "answered": "已举证，待银行决定", "conceded": "已认赔", "won": "胜诉", "lost": "败诉",
    "closed": "银行已撤销",
}, [
    #    step       from                        to          who                       fact
    step("answer",  "opened",                   "answered", "firm federation system", facts.ANSWERED),
    step("concede", "opened",                   "conceded", "federation",             facts.CONCEDED),
    step("reopen",  "answered conceded",        "opened",   "system",                 facts.REOPENED),
    step("win",     "opened answered conceded", "won",      "system",                 facts.WON),
    step("lose",    "opened answered conceded", "lost",     "system",                 facts.LOST),
    step("drop",    "opened answered conceded", "closed",   "system",                 facts.CLOSED),
])

#: States in which the bank has not decided.
OPEN = ("opened", "answered", "conceded")
