"""All that people do to a worker's calendar: each deed is meant at one moment and done, by somebody else's leave, when
all are done at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking import service as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.calendars import service as calendars
from qiaojiejie.changes import service as changes
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Refusal
from qiaojiejie.series import service as series
from qiaojiejie.substitutions import queries as substitutes
from qiaojiejie.substitutions import service as substitutions

Deed = Callable[[], Any]
HALF = timedelta(minutes=30)

BOOKINGS = """SELECT id, household_id, worker_id, firm_id, state, lower(during) AS start FROM booking
    WHERE {} ORDER BY id"""
CHANGES = """SELECT change.id, household_id, booking.worker_id, kind, asked_by, change.state, difference_fen FROM change
    JOIN booking ON booking.id = booking_id WHERE change.state IN ('asked', 'to_pay') ORDER BY change.id"""
OFFERS = """SELECT substitution.id, booking_id, household_id, firm_id, until, ARRAY(
        SELECT worker_id FROM substitution_candidate WHERE substitution_id = substitution.id) AS offered
    FROM substitution JOIN booking ON booking.id = booking_id WHERE substitution.state = 'offered'
    ORDER BY substitution.id"""
VISITS = """SELECT series_id, household_id, day, series_occurrence.starts, series.total_fen FROM series_occurrence
    JOIN series ON series.id = series_id WHERE series.state = 'confirmed' ORDER BY series_id, day"""
LEAVES = "SELECT worker_no, id FROM worker_interval WHERE kind = 'leave' ORDER BY id"


class Deeds:
    """What can be done now, by whom, drawn at random; a deed nobody can mean at the moment is None."""

    def __init__(self, *, dice: Random, workers: dict[UUID, Actor], families: dict[UUID, tuple[Actor, UUID]],
                 firms: dict[UUID, Actor], nos: dict[UUID, int]) -> None:
        self.dice, self.workers, self.families, self.firms, self.nos = dice, workers, families, firms, nos
        self.all: list[tuple[int, Callable[[datetime], Deed | None]]] = [
            (10, self.book), (6, self.pay), (3, self.cancel), (1, self.turn_down), (5, self.move), (8, self.say),
            (9, self.come), (9, self.extend), (2, self.go), (3, self.offer), (5, self.take), (4, self.begin_series),
            (8, self.edit_series), (1, self.end_series), (2, self.leave), (1, self.come_back), (2, self.answer)]

    def some(self, most: int, now: datetime) -> list[tuple[str, Deed]]:
        """So many deeds, each with its name; what can't be meant is left out."""
        deeds, weights = [deed for _, deed in self.all], [weight for weight, _ in self.all]
        meant = list[tuple[str, Deed]]()
        for deed in self.dice.choices(deeds, weights, k=4 * most):
            drawn = deed(now) if len(meant) < most else None
            meant += [] if drawn is None else [(deed.__name__, drawn)]
        return meant

    def one(self, query: str) -> Any:
        """One of the rows, or None."""
        rows = db.session.execute(sa.text(query)).all()
        return self.dice.choice(rows) if rows else None

    def booking(self, where: str) -> Any:
        """One of such bookings."""
        return self.one(BOOKINGS.format(where))

    def time(self, now: datetime) -> datetime:
        """A start soon, or at ten or two of today or tomorrow."""
        soon = now - timedelta(minutes=now.minute % 30) + self.dice.randint(3, 6) * HALF
        day = clock.midnight(clock.local(now).date()) + timedelta(days=self.dice.choice([0, 1]))
        return max(soon, self.dice.choice([soon, day + timedelta(hours=10), day + timedelta(hours=14)]))

    def book(self, now: datetime) -> Deed | None:
        """A visit that is quoted already."""
        actor, address = self.dice.choice(list(self.families.values()))
        try:
            quote_id = bookings.quote(
                actor=actor, worker_id=self.dice.choice(list(self.workers)), service_code="cleaning",
                address_id=address, start=self.time(now), minutes=self.dice.choice([120, 180, 240])).id
        except Refusal:
            return None
        return lambda: bookings.book(actor=actor, quote_id=quote_id)

    def pay(self, now: datetime) -> Deed | None:
        """The money came."""
        found = self.booking("state = 'held'")
        return found and (lambda: bookings.confirm_payment(booking_id=found.id))

    def cancel(self, now: datetime) -> Deed | None:
        """The family gives it up."""
        found = self.booking("state IN ('held', 'asked', 'confirmed')")
        if found is None:
            return None
        actor = self.families[found.household_id][0]

        def deed() -> Any:
            back = bookings.quote_cancellation(actor=actor, booking_id=found.id).refund_fen
            return bookings.cancel(actor=actor, booking_id=found.id, expected_refund=back)
        return deed

    def answer(self, now: datetime) -> Deed | None:
        """The firm takes what it was asked for."""
        found = self.booking("state = 'asked'")
        return found and (lambda: bookings.accept(actor=self.firms[found.firm_id], booking_id=found.id))

    def turn_down(self, now: datetime) -> Deed | None:
        """She withdraws, or her firm declines."""
        found = self.booking("state IN ('asked', 'confirmed')")
        if found is None:
            return None
        actor = self.dice.choice([self.firms[found.firm_id], self.workers[found.worker_id]])
        return lambda: bookings.turn_down(actor=actor, booking_id=found.id, reason="other")

    def move(self, now: datetime) -> Deed | None:
        """Another time, asked for by the family or its firm."""
        found = self.booking("state = 'confirmed'")
        if found is None:
            return None
        actor, start = self.families[found.household_id][0], self.time(now)
        more: dict[str, Any] = {"minutes": self.dice.choice([120, 180, 240])}
        if self.dice.random() < 0.3:
            actor, more = self.firms[found.firm_id], {}
        if self.dice.random() < 0.4:  # near enough to overlap its own time
            start = found.start + HALF * self.dice.randint(-3, 3)

        def deed() -> Any:
            its: dict[str, Any] = {"actor": actor, "booking_id": found.id, "start": start, **more}
            return changes.reschedule(**its, expected_difference=changes.quote_reschedule(**its).difference_fen)
        return deed

    def extend(self, now: datetime) -> Deed | None:
        """More time for a visit that runs."""
        found = self.booking("state = 'under_way'")
        if found is None:
            return None
        its: dict[str, Any] = {
            "actor": self.dice.choice([self.families[found.household_id][0], self.workers[found.worker_id]]),
            "booking_id": found.id, "minutes": self.dice.choice([30, 60, 120])}
        return lambda: changes.extend(**its, expected_difference=changes.quote_extension(**its).difference_fen)

    def say(self, now: datetime) -> Deed | None:
        """A change is agreed to, refused, taken back, or its money comes."""
        found = self.one(CHANGES)
        if found is None:
            return None
        family, she = self.families[found.household_id][0], self.workers[found.worker_id]
        asked = she if (found.kind, found.asked_by) == ("extension", "household") else family
        if found.state == "to_pay":
            return self.dice.choice([lambda: changes.settle(change_id=found.id)] * 3 + [
                lambda: changes.withdraw(actor=family, change_id=found.id)])
        return self.dice.choice([lambda: changes.agree(
            actor=asked, change_id=found.id, expected_difference=found.difference_fen)] * 3 + [
            lambda: changes.refuse(actor=asked, change_id=found.id)])

    def come(self, now: datetime) -> Deed | None:
        """She is at the door."""
        rows = [row for row in db.session.execute(sa.text(BOOKINGS.format("state = 'confirmed'")))
                if abs(row.start - now) <= 2 * HALF]
        if not rows:
            return None
        found = self.dice.choice(rows)
        code = db.session.get_one(Booking, found.id).door_code.reveal()
        return lambda: bookings.check_in(actor=self.workers[found.worker_id], booking_id=found.id, door_code=code)

    def go(self, now: datetime) -> Deed | None:
        """She has finished, early or late."""
        found = self.booking("state = 'under_way'")
        return found and (lambda: bookings.check_out(actor=self.workers[found.worker_id], booking_id=found.id))

    def offer(self, now: datetime) -> Deed | None:
        """The firm offers a colleague."""
        found = self.booking("state = 'confirmed' AND NOT substitute_sought")
        if found is None:
            return None
        fits = [each.worker.id for each in substitutes.for_booking(db.session.get_one(Booking, found.id))]
        return (lambda: substitutions.offer(actor=self.firms[found.firm_id], booking_id=found.id,
                                            reason="worker_ill", worker_ids=fits[:3])) if fits else None

    def take(self, now: datetime) -> Deed | None:
        """The family takes who is offered, or nobody; or the firm takes it back."""
        found = self.one(OFFERS)
        if found is None:
            return None
        family, it = self.families[found.household_id][0], found.id
        return self.dice.choice([
            *[lambda: substitutions.answer(actor=family, substitution_id=it, worker_id=found.offered[0])] * 4,
            lambda: substitutions.answer(actor=family, substitution_id=it, worker_id=None),
            lambda: substitutions.withdraw(actor=self.firms[found.firm_id], substitution_id=it)])

    def begin_series(self, now: datetime) -> Deed | None:
        """Three visits, a day of each week."""
        actor, address = self.dice.choice(list(self.families.values()))
        asked: dict[str, Any] = {
            "worker_id": self.dice.choice(list(self.workers)), "service_code": "cleaning", "address_id": address,
            "start": self.time(now), "minutes": self.dice.choice([120, 180]), "holidays": "keep"}
        weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[clock.local(asked["start"]).weekday()]
        asked["rrule"] = f"FREQ=WEEKLY;INTERVAL=1;BYDAY={weekday};COUNT=3"
        return lambda: series.make(actor=actor, **asked, if_taken=self.dice.choice(["refuse", "skip"]),
                                   expected_price=series.preview(actor=actor, **asked).total_fen)

    def edit_series(self, now: datetime) -> Deed | None:
        """One visit skipped, brought back, moved; the following at another hour or with another worker."""
        found = self.one(VISITS)
        if found is None:
            return None
        its: dict[str, Any] = {"actor": self.families[found.household_id][0], "series_id": found.series_id,
                               "day": found.day}
        scope, other = self.dice.choice(["one", "following"]), self.dice.choice(list(self.workers))
        start = found.starts + HALF * self.dice.randint(-4, 4)
        return self.dice.choice([
            lambda: series.skip(**its), lambda: series.restore(**its), lambda: series.move(**its, start=start),
            lambda: series.retime(**its, scope="following", minute=clock.local(start).hour * 60),
            lambda: series.change_worker(**its, scope=scope, worker_id=other, expected_price=found.total_fen)])

    def end_series(self, now: datetime) -> Deed | None:
        """All that is left of it."""
        found = self.one(VISITS)
        if found is None:
            return None
        its: dict[str, Any] = {"actor": self.families[found.household_id][0], "series_id": found.series_id,
                               "scope": "following", "day": found.day}
        return lambda: series.cancel(**its, expected_refund=series.quote_cancellation(**its)["refund_fen"])

    def leave(self, now: datetime) -> Deed | None:
        """She will be away."""
        no, start = self.dice.choice(list(self.nos.values())), self.time(now)
        return lambda: calendars.add_leave(worker_no=no, start=start, end=start + 2 * HALF)

    def come_back(self, now: datetime) -> Deed | None:
        """She won't be away after all."""
        found = self.one(LEAVES)
        return found and (lambda: calendars.remove_leave(worker_no=found.worker_no, leave_id=found.id))
