"""Facts enrolment follows, what runs out by time, and what of it the public log takes up."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from qiaojiejie.core import jobs
from qiaojiejie.credit.facts import day_number
from qiaojiejie.enrolment import facts
from qiaojiejie.enrolment.service import news, register, reviews
from qiaojiejie.firms import facts as firms
from qiaojiejie.ledger import queries as ledger_queries, service as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.queries import opaque
from qiaojiejie.transparency.rules import Leaf


@ledger.follows(firms.APPLIED, firms.ACCEPTED, name="enrolment.match")
def match(entry_id: int) -> None:
    """A firm applied or was accepted: the register's entry of its credit code points at it."""
    entry = ledger_queries.get(entry_id)
    register.match(firm_id=UUID(entry.subject.removeprefix("firm:")))


@ledger.follows(*news.NEWS, name="enrolment.tell")
def tell(entry_id: int) -> None:
    """Those concerned by a grading or a visit find it in the inbox."""
    news.tell(entry_id=entry_id)


@jobs.every(300)
def lapse_due() -> None:
    """Grades that ran out, or whose yearly check was not done, lapse."""
    reviews.lapse_due()


@jobs.every(3600)
def announce_checks() -> None:
    """Yearly checks that come due are made known."""
    reviews.announce_checks()


@transparency.publishes(facts.GRADED, facts.LAPSED, facts.REVOKED)
def leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """A published grade and its end before its day, as the public log says them; of the firm's opaque key alone."""
    return {entry.id: _leaf(entry) for entry in entries}


def _leaf(entry: LedgerEntry) -> Leaf:
    data, subject = entry.data, opaque("firm", entry.subject.removeprefix("firm:"))
    if entry.fact == facts.GRADED:
        return Leaf("firm_graded", {
            "grade": data["grade"], "points": data["points"], "standard": data["standard"],
            "valid_until": day_number(date.fromisoformat(data["valid_until"]))}, subject=subject)
    because = "revoked" if entry.fact == facts.REVOKED else data["because"]
    return Leaf("firm_grade_lapsed", {"grade": data["grade"], "because": because}, subject=subject)
