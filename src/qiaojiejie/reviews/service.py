"""Write a review; publish what both sides have written, or what was hidden for seven days."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.booking import queries as bookings
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.reviews import facts, queries, rules
from qiaojiejie.reviews.errors import AlreadyReviewed
from qiaojiejie.reviews.models import Review
from qiaojiejie.workers import service as workers

BATCH = 100


def write(*, actor: Actor, booking_id: UUID, overall: int, aspects: dict[str, int], words: str = "") -> Review:
    """One side's marks (1–5) and words on a completed booking, hidden until the other side has written too.

    Raises BookingNotFound, ReviewNotOpen, ReviewClosed, AlreadyReviewed.
    """
    booking, side = bookings.of_party(actor, booking_id, lock=True)
    now = clock.now()
    rules.check_open(state=booking.state, closed_at=booking.closed_at, now=now)
    review_id = db.session.scalar(insert(Review).values(
        id=ids.new(), booking_id=booking.id, household_id=booking.household_id, worker_id=booking.worker_id, side=side,
        overall=overall, **aspects, words=words, written_at=now, publish_at=now + rules.HIDDEN_FOR,
    ).on_conflict_do_nothing(constraint="uq_review_booking_id_side").returning(Review.id))
    if review_id is None:
        raise AlreadyReviewed()
    ledger.append(facts.WRITTEN, subject=booking.ref, actor=actor.ref, data={"review": str(review_id), "side": side})
    if queries.count(booking.id) == 2:
        for review in queries.hidden_of(booking.id):
            _publish(review)
    return queries.get(review_id)


def publish_due() -> None:
    """Publish what the other side did not answer in seven days, a batch of it."""
    for review in queries.due(clock.now(), BATCH):
        _publish(review)


def _publish(review: Review) -> None:
    review.published_at = clock.now()
    booking = review.booking
    if review.side == "household":
        workers.rate(worker_id=review.worker_id, overall=review.overall)
    ledger.append(facts.PUBLISHED, subject=booking.ref, actor=ledger.SYSTEM, data={
        "review": str(review.id), "side": review.side, "household": str(booking.household_id),
        "worker": str(booking.worker_id), "firm": str(booking.firm_id), "service": booking.service_code,
        "category": booking.service.category, "start": booking.start.isoformat(), "overall": review.overall,
        "aspects": review.aspects})


def invite(*, entry_id: int) -> None:
    """Ask both sides for a review, once their booking is completed."""
    _tell_both(entry_id, "review_invited")


def tell(*, entry_id: int) -> None:
    """Tell both sides that the reviews of their booking can be read."""
    _tell_both(entry_id, "review_published")


def _tell_both(entry_id: int, kind: str) -> None:
    booking = bookings.get(UUID(ledger_queries.get(entry_id).subject.partition(":")[2]))
    data: dict[str, Any] = {"booking": str(booking.id), "service_name": booking.service.name,
                            "worker_called": booking.worker.called}
    for account_id in (booking.household.account_id, booking.worker.account_id):
        if account_id is not None:
            messages.notify(account_id=account_id, kind=kind, data=data, key=f"{booking.ref}:{kind}")
