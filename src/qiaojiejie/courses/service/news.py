"""Tell those whom a place or a claim concerns."""

from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.core.access import FIRM
from qiaojiejie.courses import facts
from qiaojiejie.courses.queries import places
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.messages import service as messages

#: fact → kind of notification
KINDS = {facts.WAITING: "course_waiting", facts.ENROLLED: "course_enrolled", facts.OFFERED: "course_offered",
         facts.LAPSED: "course_lapsed", facts.CALLED_OFF: "course_called_off", facts.MARKED: "course_marked",
         facts.PASSED: "course_passed", facts.FAILED: "course_failed"}
OF_CLAIMS = {facts.APPROVED: "subsidy_approved", facts.REFUSED: "subsidy_refused", facts.PAID: "subsidy_paid"}
NEWS = (*KINDS, *OF_CLAIMS)


def tell(*, entry_id: int) -> None:
    """Put what a fact says in the inboxes of the worker, and of her firm or the clerk where they enrolled her."""
    entry = ledger.get(entry_id)
    if entry.fact in OF_CLAIMS:
        claim = places.claim(UUID(entry.subject.removeprefix("claim:")))
        messages.notify(account_id=claim.claimed_by, kind=OF_CLAIMS[entry.fact], key=f"ledger:{entry_id}",
                        data={"claim": str(claim.id), "year": str(claim.year)})
        return
    place = places.get(UUID(entry.data["place"]))
    told = {place.worker.account_id} if place.worker.account_id else set()
    if place.via == "firm" and place.firm_id:
        told |= set(identity.accounts_in(place.firm_id, *FIRM))
    if place.via == "clerk":
        told.add(place.enrolled_by)
    session = place.session
    data = {"place": str(place.id), "session": str(session.id), "title": session.course.title,
            "called": place.worker.called,
            "starts": clock.local(session.starts_at).isoformat(timespec="minutes").replace("T", " ")[:16]}
    if entry.fact == facts.OFFERED and place.offer_until is not None:
        data["until"] = clock.local(place.offer_until).isoformat(timespec="minutes").replace("T", " ")[:16]
    if entry.fact == facts.MARKED:
        part, good = entry.data["part"], entry.data["passed"]
        data |= {"part_zh": {"theory": "理论", "practice": "实操"}[part], "part_en": part,
                 "points": str(entry.data["points"]), "passed_zh": "合格" if good else "不合格，可补考",
                 "passed_en": "passed" if good else "not passed; she can re-sit"}
    for account_id in sorted(told):
        messages.notify(account_id=account_id, kind=KINDS[entry.fact], key=f"ledger:{entry_id}", data=data)
