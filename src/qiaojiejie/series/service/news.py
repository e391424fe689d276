"""Who is told what of a series, and when a family is reminded to pay."""

from qiaojiejie.booking.rules import news_data, wall
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.households.models import Household
from qiaojiejie.messages import service as messages
from qiaojiejie.series import queries, rules
from qiaojiejie.series.models import Occurrence

BATCH = 100


def tell(*, entry_id: int) -> None:
    """Tell everybody a fact about a series concerns, once each."""
    for news in queries.news(entry_id):
        messages.notify(**news)


def remind_due() -> None:
    """Tell families that a visit of a series is to be paid, 72 and 36 hours before it, a batch of them."""
    for found in queries.due_to_remind(BATCH):
        at, booking = found.remind_at, found.booking
        assert booking is not None  # joined
        if found.state == "booked" and booking.state == "held" and booking.expires_at > clock.now():
            _remind(found, f"series-due:{booking.id}:{at}")
        found.remind_at = rules.reminder(booking.start, clock.now()) if booking.state == "held" else None


def _remind(found: Occurrence, key: str) -> None:
    booking = found.booking
    assert booking is not None  # the caller has looked
    data = news_data(booking=str(booking.id), service_name=booking.service.name, amount_fen=booking.total_fen,
                     worker_called=booking.worker.called, start=clock.local(booking.start))
    messages.notify(account_id=db.session.get_one(Household, booking.household_id).account_id, kind="series_visit_due",
                    data={**data, "series": str(found.series_id), "until": wall(clock.local(booking.expires_at))},
                    key=key)
