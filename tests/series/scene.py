"""A family with a cleaner every week, all through the API and the pay page."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.series.models import Series
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.stripe_sandbox import StripeSandbox

DAY, WEEK, HOUR, SECOND = timedelta(days=1), timedelta(days=7), timedelta(hours=1), timedelta(seconds=1)
#: three hours of cleaning at 40 yuan (50 of the other), 15 % for the firm, 2 % for the platform, 2 yuan of insurance
PRICE, HERS = 14_240, 17_750
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Weekly:
    """A household, its cleaner and another of the same firm, and everybody's hands on the API.

    Visits are asked for three days ahead at ten, every week, ``count`` times.
    """

    def __init__(self, client: FlaskClient, stripe: StripeSandbox | None, run_jobs: Callable[[], Any], *,
                 count: int = 12, day: date | None = None) -> None:
        self.client, self.stripe, self.run_jobs, self.count = client, stripe, run_jobs, count
        firm = factories.firm()
        self.household, self.worker = factories.household(), factories.worker_with_account(of=firm)
        self.other = factories.worker_with_account(of=firm, services={"cleaning": 5000}, called="李阿姨")
        self.start = factories.tomorrow(10, days=3)
        if day is not None:
            self.start = clock.midnight(day) + 10 * HOUR
        self.address = factories.address(self.household)
        self.family = self.headers(db.session.get_one(Account, self.household.account_id))
        self.cleaner = self.headers(db.session.get_one(Account, self.worker.account_id))
        self.firm = self.headers(factories.manager_of(firm))
        self.id: str = ""
        db.session.flush()
        self.body, self.worker_no = self.asked(), self.worker.no
        self.cleaner_id, self.other_id = str(self.worker.id), str(self.other.id)

    @staticmethod
    def headers(who: Account) -> dict[str, str]:
        """A session that outlasts the series."""
        made = factories.headers(who)
        db.session.execute(sa.text("UPDATE session SET expires_at = expires_at + interval '1 year'"))
        return made

    def post(self, path: str, body: Any = None, who: dict[str, str] | None = None) -> Any:
        """One request, the family's unless it is said."""
        return self.client.post(f"/api/v1{path}", headers=who or self.family, json=body)

    def get(self, path: str, who: dict[str, str] | None = None) -> Any:
        """One question, the family's unless it is said."""
        return self.client.get(f"/api/v1{path}", headers=who or self.family)

    def asked(self, **changes: Any) -> dict[str, Any]:
        """What the family asks for."""
        weekday = NAMES[clock.local(self.start).weekday()]
        return {"worker_id": str(self.worker.id), "service_code": "cleaning", "address_id": str(self.address.id),
                "start": self.start.isoformat(), "minutes": 180, "holidays": "keep",
                "rrule": f"FREQ=WEEKLY;INTERVAL=1;BYDAY={weekday};COUNT={self.count}", **changes}

    def preview(self, **changes: Any) -> Any:
        """Ask what it would be."""
        return self.post("/series/previews", self.asked(**changes))

    def ask(self, **changes: Any) -> Any:
        """Ask for it."""
        return self.post("/series", self.asked(**{"expected_price": PRICE, **changes}))

    def make(self, **changes: Any) -> "Weekly":
        """Book it."""
        made = self.ask(**changes)
        assert made.status_code == 201, made.json
        self.id = made.json["id"]
        return self

    def standing(self, **changes: Any) -> "Weekly":
        """Booked, and the first visit paid."""
        self.make(**changes)
        self.pay(self.series.first_id)
        assert self.series.state == "confirmed"
        return self

    def window(self, minutes: int) -> None:
        """The firm is asked first, and has so long to answer."""
        answer = self.client.put(f"/api/v1/firms/{self.worker.firm_id}/answer-windows/cleaning", headers=self.firm,
                                 json={"minutes": minutes})
        assert answer.status_code == 200, answer.json

    def edit(self, what: str, **body: Any) -> Any:
        """An edit of the series."""
        return self.post(f"/series/{self.id}/{what}", body)

    def done(self, what: str, **body: Any) -> Any:
        """An edit that succeeds."""
        answer = self.edit(what, **body)
        assert answer.status_code in (200, 201), answer.json
        return answer.json

    def day(self, number: int) -> date:
        """The day the rule gives the ``number``-th visit, from 1."""
        return clock.local(self.start).date() + (number - 1) * WEEK

    def said(self, number: int) -> str:
        """That day as requests name it."""
        return self.day(number).isoformat()

    def at(self, number: int) -> datetime:
        """When the rule has the ``number``-th visit begin."""
        return self.start + (number - 1) * WEEK

    def occurrences(self, who: dict[str, str] | None = None) -> list[dict[str, Any]]:
        """All of them, as the API says."""
        found, cursor = list[dict[str, Any]](), ""
        while cursor is not None:
            page = self.get(f"/series/{self.id}/occurrences?limit=5" + (cursor and f"&cursor={cursor}"), who)
            assert page.status_code == 200, page.json
            found, cursor = found + page.json["items"], page.json["next_cursor"]
        return found

    def states(self) -> list[str]:
        """Of each occurrence: its booking's state while it is booked, else its own."""
        return [each["booking"]["state"] if each["state"] == "booked" else each["state"]
                for each in self.occurrences()]

    def booking(self, number: int) -> Booking:
        """The booking that stands for the ``number``-th visit."""
        db.session.expire_all()
        found = self.occurrences()[number - 1]["booking"]
        return db.session.get_one(Booking, UUID(found["id"]))

    @property
    def series(self) -> Series:
        """The series as it stands."""
        db.session.expire_all()
        return db.session.get_one(Series, UUID(self.id))

    def pay(self, booking_id: UUID) -> None:
        """Pay a booking, and have it heard."""
        begun = self.post(f"/bookings/{booking_id}/payment", {"method": "alipay"})
        assert begun.status_code == 201 and self.stripe is not None, begun.json
        assert self.stripe.act(self.intent(booking_id)).ok
        self.hear(booking_id)

    def serve(self, number: int, who: dict[str, str] | None = None) -> None:
        """She comes, works for three hours and goes; the family says that it was done."""
        booking = self.booking(number)
        path, start, door = f"/bookings/{booking.id}", booking.start, booking.door_code.reveal()
        for at, what, by, body in ((start, "check-ins", who or self.cleaner, {"door_code": door}),
                                   (start + 3 * HOUR, "check-outs", who or self.cleaner, None),
                                   (start + 4 * HOUR, "confirmations", self.family, None)):
            with clock.frozen(at):
                answer = self.post(f"{path}/{what}", body, by)
                assert answer.status_code == 200, answer.json
                self.run_jobs()

    @staticmethod
    def intent(booking_id: UUID) -> str:
        """The newest intent of a booking at Stripe."""
        return str(db.session.execute(sa.text(
            "SELECT intent_id FROM payment WHERE booking_id = :id ORDER BY created_at DESC, id DESC LIMIT 1"),
            {"id": booking_id}).scalar_one())

    def hear(self, booking_id: UUID) -> None:
        """Everything Stripe says of a booking is heard and worked on."""
        assert self.stripe is not None
        for event in self.stripe.events(self.intent(booking_id)):
            assert self.stripe.deliver(self.client, event).status_code == 200
        self.run_jobs()

    def notices(self, of: UUID | None = None) -> list[str]:
        """Kinds of the notifications an account has, the family's unless it is said."""
        return list(db.session.execute(sa.text("SELECT kind FROM notification WHERE account_id = :id ORDER BY id"),
                                       {"id": of or self.household.account_id}).scalars())

    def engaged(self, worker: Worker | None = None) -> list[datetime]:
        """When the visits her time is engaged for begin, in order."""
        return list(db.session.execute(sa.text(
            "SELECT lower(during) + interval '30 minutes' FROM worker_interval"
            " WHERE worker_no = :no AND kind = 'engaged' ORDER BY 1"), {"no": (worker or self.worker).no}).scalars())


def orphans() -> list[Any]:
    """Live bookings without their interval, and intervals without a live booking."""
    return list(db.session.execute(sa.text(
        "SELECT booking.id, booking.state, interval.ref FROM booking"
        " FULL JOIN (SELECT * FROM worker_interval WHERE kind = 'engaged') interval"
        "   ON interval.ref = 'booking:' || booking.id"
        " WHERE (booking.id IS NULL OR interval.ref IS NULL OR booking.state NOT IN"
        "        ('held', 'confirmed', 'under_way', 'served', 'completed')"
        "        OR interval.during <> tstzrange(lower(booking.during) - interval '30 minutes',"
        "                                        upper(booking.during) + interval '30 minutes'))"
        "   AND (interval.ref IS NOT NULL OR booking.state IN ('held', 'confirmed'))")))
