"""The states of a grading and of a visit. Parties: ``firm`` (its manager); ``reviewer``, ``assessor`` and
``second_reviewer`` (accounts of the federation, see ``service.gradings`` for who may not be whom); ``system``."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.enrolment import facts

#: states in which a grading is under way; a firm has one such at most
OPEN = ("draft", "returned", "city_review", "third_party", "second_review")

GRADING = Lifecycle("grading", "draft", {
    "draft": "企业自评中", "returned": "退回修改", "city_review": "市级审核中", "third_party": "第三方评分中",
    "second_review": "复审中", "published": "已公布", "fell_short": "未达标", "withdrawn": "已撤回", "lapsed": "已失效",
    "revoked": "已撤销", "replaced": "已由新评级取代",
}, [
    #    step        from                          to               who                fact
    step("submit",   "draft returned",             "city_review",   "firm",            facts.SUBMITTED),
    step("withdraw", "draft returned city_review", "withdrawn",     "firm",            facts.WITHDRAWN),
    step("return",   "city_review",                "returned",      "reviewer",        facts.RETURNED),
    step("pass",     "city_review",                "third_party",   "reviewer",        facts.REVIEWED),
    step("assess",   "third_party",                "second_review", "assessor",        facts.ASSESSED),
    step("send_back", "second_review",             "city_review",   "second_reviewer", facts.SENT_BACK),
    step("publish",  "second_review",              "published",     "second_reviewer", facts.GRADED),
    step("fail",     "second_review",              "fell_short",    "second_reviewer", facts.FELL_SHORT),
    step("keep",     "published",                  "published",     "reviewer",        facts.CHECKED),
    step("revoke",   "published",                  "revoked",       "reviewer",        facts.REVOKED),
    step("lapse",    "published",                  "lapsed",        "system",          facts.LAPSED),
    step("replace",  "published",                  "replaced",      "system",          facts.REPLACED),
])

#: an unannounced visit is planned too; the firm learns of it from its report
VISIT = Lifecycle("visit", "planned", {
    "planned": "已安排", "cancelled": "已取消", "reported": "待企业确认", "acknowledged": "企业已确认", "objected": "企业有异议",
    "closed": "已办结",
}, [
    step("cancel",      "planned",                        "cancelled",    "federation", facts.VISIT_CANCELLED),
    step("report",      "planned",                        "reported",     "federation", facts.VISIT_REPORTED),
    step("acknowledge", "reported",                       "acknowledged", "firm",       facts.VISIT_ACKNOWLEDGED),
    step("object",      "reported",                       "objected",     "firm",       facts.VISIT_OBJECTED),
    step("close",       "reported acknowledged objected", "closed",       "federation", facts.VISIT_CLOSED),
])
