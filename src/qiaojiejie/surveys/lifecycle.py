"""States of a survey. Parties: ``officer`` (federation), ``system`` (after its last day)."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.surveys import facts

SURVEY = Lifecycle("survey", "draft", {"draft": "筹备中", "open": "进行中", "closed": "已结束", "dropped": "已放弃"}, [
    step("open",  "draft", "open",    "officer",        facts.OPENED),
    step("close", "open",  "closed",  "officer system", facts.CLOSED),
    step("drop",  "draft", "dropped", "officer",        facts.DROPPED),
])
