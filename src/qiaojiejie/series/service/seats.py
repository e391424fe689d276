"""Another worker of the same firm comes: for one visit, the following, or all. The family asks, so it agrees."""

from datetime import date
from typing import Any
from uuid import UUID

from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.queries import pricing
from qiaojiejie.booking.rules import cancelling
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.money import display
from qiaojiejie.households import queries as households
from qiaojiejie.series import facts, queries, rules
from qiaojiejie.series.errors import NothingToChange, SeriesPriceChanged, VisitsBeingPaid
from qiaojiejie.series.lifecycle import OCCURRENCE
from qiaojiejie.series.queries.prospects import price
from qiaojiejie.series.service.edits import check_possible, edited, plain_ahead
from qiaojiejie.series.service.records import record
from qiaojiejie.workers import queries as workers


def change_worker(*, actor: Actor, series_id: UUID, scope: str, worker_id: UUID, expected_price: int,
                  day: date | None = None) -> dict[str, Any]:
    """Give unpaid visits to another worker of the firm, at her price of today: all of them or none. What is paid is
    left.

    Raises SeriesNotFound, StepNotPossible, OccurrenceNotFound, NothingToChange, VisitsPaid, VisitsBeingPaid,
    WorkerNotFound for one of another firm, ServiceNotOffered, AddressNotServed, SeriesPriceChanged, and what
    ``restore`` raises.
    """
    series = queries.of_household(actor, series_id, "edit")
    pairs, kept = plain_ahead(series, scope, day)
    pairs = [pair for pair in pairs if pair[1].worker_id != worker_id]
    if not pairs:
        raise NothingToChange()
    paying = [found.day for found, booking in pairs if booking.payment_begun_at is not None]
    if paying:
        raise VisitsBeingPaid(days=rules.in_words(paying))
    worker = workers.of_firm(series.firm_id, worker_id)
    lines, total = price(worker, series.service, pricing.price(worker, series.service), series.minutes)
    if total != expected_price:
        raise SeriesPriceChanged(price=total, price_display=display(total))
    pricing.check_place(worker, households.address(series.household_id, series.address_id).region_code)
    check_possible(series, worker, [booking.start for _, booking in pairs])
    before = pairs[0][1].worker_id
    asked = booking_service.Price(lines, total, cancelling.frozen(catalog.policy(clock.today())))
    booking_service.reseat_all(bookings=[booking for _, booking in pairs], worker=worker, price=asked, by=actor.ref,
                               series=series.id)
    for found, _ in pairs:
        if found.state == "booked":
            OCCURRENCE.move(found, "reseat", party="household")
        found.reseated = scope == "one"
    if scope != "one":
        series.worker_id, series.lines, series.policy, series.total_fen = worker.id, lines, asked.policy, total
    changed = [found for found, _ in pairs]
    record(facts.RESEATED, series, actor.ref, changed, pairs[0][1].start, worker=str(worker.id), was=str(before),
           total=total)
    return edited(changed, kept)
