"""States of a contract's version. Parties: household, firm, worker, system (the last signature, a cancellation)."""

from qiaojiejie.contracts import facts
from qiaojiejie.core.lifecycle import Lifecycle, step

CONTRACT = Lifecycle("contract", "drafted", {
    "drafted": "待签署", "signed": "已签署", "superseded": "已被新版本取代", "void": "已作废"}, [
    #    step         from              to            who                        fact
    step("endorse",   "drafted",        "drafted",    "household firm worker",   facts.ENDORSED),
    step("conclude",  "drafted",        "signed",     "system",                  facts.SIGNED),
    step("supersede", "drafted signed", "superseded", "system",                  facts.SUPERSEDED),
    step("void",      "drafted signed", "void",       "system",                  facts.VOIDED),
])

#: states in which a version says what is agreed, or is to be
STANDING = ("drafted", "signed")
