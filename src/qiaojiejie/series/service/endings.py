"""The rest of a series is cancelled: exactly the rest, each visit by its own policy, for what was quoted for all."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.series import queries
from qiaojiejie.series.errors import NothingToChange
from qiaojiejie.series.lifecycle import OCCURRENCE, SERIES
from qiaojiejie.series.models import Occurrence, Series
from qiaojiejie.series.service.edits import Left, edited
from qiaojiejie.series.service.records import record

Pairs = Sequence[tuple[Occurrence, Booking]]


def quote_cancellation(*, actor: Actor, series_id: UUID, scope: str, day: date | None = None) -> dict[str, Any]:
    """What cancelling one visit ahead, the following or all would cost, each and in all. Nothing is changed.

    Raises SeriesNotFound, StepNotPossible, OccurrenceNotFound, NothingToChange.
    """
    series = queries.of_household(actor, series_id, "cancel")
    pairs = _rest(series, scope, day)
    found = booking_service.quote_cancelling([booking for _, booking in pairs])
    visits = [{"day": each.day, "start": booking.start, "booking_id": booking.id, "fee_fen": quoted.fee_fen,
               "refund_fen": quoted.refund_fen, "words": quoted.words, "words_en": quoted.words_en}
              for (each, booking), quoted in zip(pairs, found, strict=True)]
    until = [quoted.good_until for quoted in found if quoted.good_until is not None]
    return {"visits": visits, "fee_fen": sum(each.fee_fen for each in found),
            "refund_fen": sum(each.refund_fen for each in found), "good_until": min(until, default=None)}


def cancel(*, actor: Actor, series_id: UUID, scope: str, expected_refund: int, day: date | None = None
           ) -> dict[str, Any]:
    """Cancel one visit ahead, the following or all, for exactly the refund quoted for all of them.

    Raises SeriesNotFound, StepNotPossible, OccurrenceNotFound, NothingToChange, CancellationQuoteChanged.
    """
    series = queries.of_household(actor, series_id, "cancel")
    pairs = _rest(series, scope, day, lock=True)
    cancelled = [booking for _, booking in pairs]
    booking_service.cancel_all(bookings=cancelled, expected_refund=expected_refund, by=actor.ref, series=series.id)
    for found, _ in pairs:
        row = OCCURRENCE.move(found, "cancel", party="household")
        found.remind_at = None
    rows = queries.rows(series)
    if not queries.ahead(rows, queries.bookings(rows)):
        row = SERIES.move(series, "cancel", party="household")
        series.settled_at = clock.now()
    changed, refund = [found for found, _ in pairs], sum(booking.refund_fen for booking in cancelled)
    record(row.fact, series, actor.ref, changed, pairs[0][1].start, refund=refund,
           fee=sum(booking.paid_fen for booking in cancelled) - refund)
    return edited(changed, Left())


def _rest(series: Series, scope: str, day: date | None, lock: bool = False) -> Pairs:
    rows = queries.in_scope(series, scope, day)
    pairs = queries.ahead(rows, queries.bookings(rows, lock=lock))
    if not pairs:
        raise NothingToChange()
    return pairs
