"""A small town in which many do to the same few calendars whatever can be done to one, at random and at once; and what
is true of every calendar however it went."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.booking import service as bookings
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars import rules
from qiaojiejie.changes import service as changes
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import AnswerWindow
from qiaojiejie.series import service as series
from qiaojiejie.workers import service as workers
from tests import factories, races
from tests.booking.deeds import Deeds

#: each names what is wrong: no row, nothing is
WRONGS = {
    "engaged twice": """
        SELECT one.ref, other.ref FROM worker_interval one JOIN worker_interval other
            ON one.worker_no = other.worker_no AND one.id < other.id AND one.during && other.during""",
    "engaged for nothing": """
        SELECT held.ref FROM worker_interval held JOIN worker ON worker.no = held.worker_no
            LEFT JOIN booking ON held.ref = 'booking:' || booking.id AND booking.worker_id = worker.id
            LEFT JOIN change ON held.ref LIKE 'change:' || change.id || '%' AND change.worker_id = worker.id
        WHERE NOT coalesce(CASE split_part(held.ref, ':', 1)
            WHEN 'booking' THEN booking.state IN ('held', 'asked', 'confirmed', 'under_way', 'served', 'completed')
            WHEN 'change' THEN change.state IN ('asked', 'to_pay')
            WHEN 'leave' THEN held.kind = 'leave' END, false)""",
    "a live booking without its time": """
        SELECT booking.id, booking.state FROM booking JOIN worker ON worker.id = worker_id
            LEFT JOIN worker_interval held ON held.ref = 'booking:' || booking.id AND held.worker_no = worker.no
        WHERE booking.state IN ('held', 'asked', 'confirmed', 'under_way') AND (held.ref IS NULL OR booking.during <>
            tstzrange(lower(held.during) + held.buffer_before * interval '1 minute',
                      upper(held.during) - held.buffer_after * interval '1 minute'))""",
    "an open change without the time it needs": """
        SELECT change.id, change.state FROM change JOIN booking ON booking.id = booking_id
        WHERE change.state IN ('asked', 'to_pay') AND (booking.during <> was OR booking.worker_id <> change.worker_id
            OR booking.state NOT IN ('confirmed', 'under_way') OR NOT change.during <@ (
                SELECT range_agg(held.during) FROM worker_interval held
                WHERE held.ref = 'booking:' || booking.id OR held.ref LIKE 'change:' || change.id || '%'))""",
    "a visit of a series that stands for two days": """
        SELECT booking_id FROM series_occurrence WHERE booking_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1""",
}


class Town:
    """Two firms, of which one answers for itself before a booking stands; three workers, four families; one day, from
    seven on, which passes a few minutes at a time, and now and then an hour."""

    def __init__(self, city: Flask, seed: int) -> None:
        self.city, self.dice = city, Random(seed)
        self.told, self.last = Counter[tuple[str, str]](), list[tuple[str, str]]()
        self.now = factories.tomorrow(7)
        with city.app_context(), clock.frozen(self.now):
            firm, asked = factories.firm(), factories.firm()
            db.session.add(AnswerWindow(firm_id=asked.id, service_code="cleaning", minutes=60,
                                        set_by=factories.account().id, set_at=self.now))
            her = {made.id: made for made in (factories.worker_with_account(of=of) for of in (firm, firm, asked))}
            for each in her.values():
                workers.refresh(worker=each)
            homes = [factories.household() for _ in range(4)]
            self.deeds = Deeds(
                dice=self.dice, workers={id: self.actor(each.account_id, Role.WORKER) for id, each in her.items()},
                families={each.id: (self.actor(each.account_id, Role.HOUSEHOLD), factories.address(each).id)
                          for each in homes},
                firms={each.id: self.actor(factories.manager_of(each).id, Role.FIRM_MANAGER, each.id)
                       for each in (firm, asked)},
                nos={id: each.no for id, each in her.items()})
            db.session.commit()

    @staticmethod
    def actor(account_id: UUID | None, role: Role, org_id: UUID | None = None) -> Actor:
        """Somebody signed in."""
        assert account_id is not None
        return Actor(account_id, ids.new(), role, org_id)

    def round(self, hands: int = 8) -> None:
        """So many do something at the same moment; then every job is done."""
        with self.city.app_context(), clock.frozen(self.now):
            meant = self.deeds.some(hands, self.now)
            db.session.commit()
        given = races.at_once(self.city, [deed for _, deed in meant], self.now) if meant else []
        self.last = [(name, answer if isinstance(answer, str) else "done")
                     for (name, _), answer in zip(meant, given, strict=True)]
        self.told.update(self.last)
        self.work()

    def wait(self) -> None:
        """Time goes by, and what is due by then is done, the sweeps all at once as well."""
        self.now += timedelta(minutes=self.dice.choice([3, 3, 3, 60]))
        races.at_once(self.city, [bookings.expire_due, bookings.lapse_due, changes.lapse_due, series.settle_all],
                      self.now)
        self.work()

    def work(self) -> None:
        """Every job is done."""
        with clock.frozen(self.now):
            races.work(self.city)

    def wrong(self) -> list[Any]:
        """All that is not as it must be."""
        with self.city.app_context(), clock.frozen(self.now):
            found: list[Any] = [(name, *row) for name, query in WRONGS.items()
                                for row in db.session.execute(sa.text(query))]
            nos, days = list(self.deeds.nos.values()), rules.bookable(clock.today())
            kept, right = calendars.bits(nos, days), calendars.drawn(nos, days)
            return found + [("bits", *key) for key in right if kept.get(key) != right[key]]


def lived(town: Town, rounds: int) -> list[Any]:
    """What is wrong in a town after so many rounds, or after the first in which something went wrong."""
    for _ in range(rounds):
        for step in (town.round, town.wait):
            step()
            wrong = town.wrong()
            if wrong:
                return wrong
    return []
