"""Tell a firm every decision on its grading and its visits, and the federation what a firm has sent in."""

from uuid import UUID

from qiaojiejie.core.access import Role
from qiaojiejie.enrolment import facts
from qiaojiejie.enrolment.queries import gradings, visits
from qiaojiejie.enrolment.rules import standards
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.messages import service as messages

#: fact → (kind of notification, what happened in Chinese, in English); to the firm's managers
TO_FIRM: dict[str, tuple[str, str, str]] = {
    facts.RETURNED: ("grading_step", "市级审核退回修改，请按原因补正后重新提交", "returned for mending; see the reasons and send it again"),
    facts.REVIEWED: ("grading_step", "市级审核已通过，进入第三方评分", "the first review is done; the third party scores next"),
    facts.ASSESSED: ("grading_step", "第三方评分已完成，进入复审", "the third party has scored; the second review comes next"),
    facts.SENT_BACK: ("grading_step", "复审退回市级审核", "sent back to the first review"),
    facts.GRADED: ("firm_graded", "已公布", "published"),
    facts.FELL_SHORT: ("grading_step", "得分未达最低星级，本次不予评级", "the points do not reach the lowest grade"),
    facts.CHECKED: ("grading_step", "年度检查已通过，等级继续有效", "the yearly check is done; the grade stands"),
    facts.CHECK_DUE: ("grading_check_due", "", ""),
    facts.REVOKED: ("firm_grade_ended", "已被撤销，请查看原因", "was revoked; see the reasons"),
    facts.LAPSED: ("firm_grade_ended", "已失效，可重新申请评级", "has lapsed; apply for a new grading"),
}
#: facts of visits that concern the firm; of an unannounced one it learns from the report on
VISITS: dict[str, tuple[str, str]] = {
    facts.VISIT_PLANNED: ("妇联将到企业走访", "the federation will visit the firm"),
    facts.VISIT_CANCELLED: ("走访已取消", "the visit is called off"),
    facts.VISIT_REPORTED: ("走访记录已填写，请确认或提出异议", "the visit was reported on; acknowledge it or object"),
    facts.VISIT_CLOSED: ("走访已办结", "the visit is closed"),
}
#: what a firm did that waits for the federation
FROM_FIRM: dict[str, tuple[str, str, str]] = {
    facts.SUBMITTED: ("grading_submitted", "", ""),
    facts.VISIT_OBJECTED: ("visit_news", "企业对走访记录提出异议", "the firm objects to the report of a visit"),
}
NEWS = (*TO_FIRM, *VISITS, *FROM_FIRM)


def tell(*, entry_id: int) -> None:
    """Put what a fact says in the inboxes of those it concerns, once each."""
    entry = ledger.get(entry_id)
    firm = firms.get(UUID(entry.subject.removeprefix("firm:")))
    if entry.fact in FROM_FIRM:
        accounts, (kind, chinese, english) = identity.accounts_with(Role.FEDERATION_ADMIN), FROM_FIRM[entry.fact]
    elif entry.fact in TO_FIRM:
        accounts, (kind, chinese, english) = identity.accounts_in(firm.id, Role.FIRM_MANAGER), TO_FIRM[entry.fact]
    elif entry.data.get("kind") == "unannounced" and entry.fact != facts.VISIT_REPORTED:
        return
    else:
        accounts, kind, (chinese, english) = (identity.accounts_in(firm.id, Role.FIRM_MANAGER), "visit_news",
                                              VISITS[entry.fact])
    data = {"step_zh": chinese, "step_en": english, **_about(entry, firm)}
    for account_id in accounts:
        messages.notify(account_id=account_id, kind=kind, key=f"ledger:{entry_id}", data=data)


def _about(entry: LedgerEntry, firm: Firm) -> dict[str, str | None]:
    said: dict[str, str | None] = {"firm": str(firm.id), "firm_name": firm.name}
    if "visit" in entry.data:
        visit = visits.get(UUID(entry.data["visit"]))
        return {**said, "visit": str(visit.id), "day": str(visit.planned_on)}
    grading = gradings.get(UUID(entry.data["grading"]))
    standard = standards.standard(grading.standard)
    return {**said, "grading": str(grading.id), "grade_zh": standard.grade_name(grading.grade, "zh"),
            "grade_en": standard.grade_name(grading.grade, "en"), "due": entry.data.get("due"),
            "valid_until": entry.data.get("valid_until")}
