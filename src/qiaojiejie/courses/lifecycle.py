"""States of a course, a session, a place in it and a subsidy claim.

Parties: ``officer`` (federation), ``trainer`` (the session's, or an officer), ``holder`` (whose place it is, her firm,
or the clerk who enrolled her), ``second`` (another officer than who claimed), ``system``.
"""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.courses import facts

COURSE = Lifecycle("course", "draft", {"draft": "筹备中", "published": "开放", "retired": "已停用"}, [
    step("publish", "draft",     "published", "officer", facts.PUBLISHED),
    step("retire",  "published", "retired",   "officer", facts.RETIRED),
])

SESSION = Lifecycle("course_session", "planned", {
    "planned": "待开放报名", "open": "报名中", "running": "开班", "finished": "已结业", "cancelled": "已取消",
}, [
    step("open",   "planned",              "open",      "trainer",        facts.OPENED),
    step("begin",  "open",                 "running",   "trainer system", facts.BEGUN),
    step("finish", "running",              "finished",  "trainer",        facts.FINISHED),
    step("cancel", "planned open running", "cancelled", "trainer",        facts.CANCELLED),
])

PLACE = Lifecycle("course_place", "waiting", {
    "waiting": "排队中", "offered": "待确认名额", "enrolled": "已报名", "declined": "放弃名额", "lapsed": "逾期未确认",
    "left": "已退出", "called_off": "已取消", "passed": "考核合格", "failed": "未合格",
}, [
    #    step        from                       to            who               fact
    step("admit",    "waiting",                 "enrolled",   "system",         facts.ENROLLED),
    step("offer",    "waiting",                 "offered",    "system",         facts.OFFERED),
    step("accept",   "offered",                 "enrolled",   "holder",         facts.ENROLLED),
    step("decline",  "offered",                 "declined",   "holder",         facts.DECLINED),
    step("lapse",    "offered",                 "lapsed",     "system",         facts.LAPSED),
    step("leave",    "waiting enrolled",        "left",       "holder trainer", facts.LEFT),
    step("call_off", "waiting offered enrolled", "called_off", "system",        facts.CALLED_OFF),
    step("pass",     "enrolled failed",         "passed",     "assessor",       facts.PASSED),
    step("fail",     "enrolled",                "failed",     "system",         facts.FAILED),
])
#: places that take a seat; those that wait for one
SEATED, WAITING = ("offered", "enrolled", "passed", "failed"), ("waiting",)
LIVE = SEATED + WAITING

CLAIM = Lifecycle("subsidy_claim", "submitted", {
    "submitted": "待审核", "approved": "已核准", "refused": "未核准", "paid": "已拨付",
}, [
    step("approve", "submitted", "approved", "second",  facts.APPROVED),
    step("refuse",  "submitted", "refused",  "second",  facts.REFUSED),
    step("pay",     "approved",  "paid",     "officer", facts.PAID),
])
