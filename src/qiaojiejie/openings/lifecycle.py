"""States of an opening and of an application.

Parties: ``employer`` (the firm's managers and brokers, or the station's clerks for its employers), ``applicant``
(herself alone: nobody says for her that she began), ``introducer`` (a clerk of the station that introduced her),
``system``.
"""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.openings import facts

OPENING = Lifecycle("job_opening", "open", {"open": "招聘中", "closed": "已结束"}, [
    step("close", "open", "closed", "employer system", facts.CLOSED),
])

APPLICATION = Lifecycle("job_application", "applied", {
    "applied": "待答复", "refused": "未录用", "withdrawn": "已撤回", "placed": "已录用", "confirmed": "本人确认上岗",
    "denied": "本人否认上岗",
}, [
    step("refuse",   "applied", "refused",   "employer",  facts.REFUSED),
    step("withdraw", "applied", "withdrawn", "applicant introducer", facts.WITHDRAWN),
    step("place",    "applied", "placed",    "employer",  facts.PLACED),
    step("confirm",  "placed",  "confirmed", "applicant", facts.CONFIRMED),
    step("deny",     "placed",  "denied",    "applicant", facts.DENIED),
])
#: states in which somebody can't apply again; states that count as placed in work
LIVE, AT_WORK = ("applied", "placed", "confirmed"), ("placed", "confirmed")
