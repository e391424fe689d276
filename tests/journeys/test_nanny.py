"""A maternity nurse engaged for a due date, and the baby comes five days early: on days outside the three on either
side that are held. She is free then; or she is not, and a colleague comes. Every fen is where it belongs."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.attendance.conftest import days_balance  # noqa: F401
from tests.attendance.engagement import DAY
from tests.attendance.test_windows import HOUR, due, engaged, refused, say
from tests.attendance.test_workdays import completed, kept
from tests.contracts.scene import Signing, text_of
from tests.family import books_balance  # noqa: F401
from tests.guarantees.scene import Guarded
from tests.journeys.test_replacements import earned
from tests.stripe_sandbox import StripeSandbox

Sweep = Callable[[str], None]
#: fen a day; so many days after the due date statutory holidays fall that count three times
DAILY, HOLIDAYS = 43_333, (10, 23)
#: the whole, its deposit (30 %) and the platform's part of it (2 %), as quoted: 26 days, paid 30 times, of twins or one
TWINS, DEPOSIT = 2_281_683, 684_505
ONE, ONE_DEPOSIT = 1_521_189, 456_357
#: five days earlier the second holiday is over when the last day begins: paid 28 times
TWINS_EARLY, TWINS_FEE = 2_129_584, 36_400
ONE_EARLY, ONE_FEE = 1_419_789, 24_266


class Expecting(Signing, Guarded):
    """A family that expects ``babies`` in thirty days, its nurse and her firm."""

    def __init__(self, client: FlaskClient, stripe: StripeSandbox, run_jobs: Callable[[], int]) -> None:
        super().__init__(client, stripe, run_jobs, starts=30, price=DAILY)
        self.manager = self.firm
        firm = db.session.get_one(Firm, self.worker.firm_id)
        firm.address = "宿迁市宿城区测试路 9 号"
        workers.refresh(worker=self.worker)
        db.session.execute(sa.text("INSERT INTO statutory_holiday (day, name) VALUES (:one, '节日'), (:other, '节日')"),
                           dict(zip(("one", "other"), (due(self) + ahead * DAY for ahead in HOLIDAYS), strict=True)))

    def engage(self, babies: int) -> Any:
        """Quoted, held, the deposit paid; the contract drafted and signed by each side with her code."""
        quoted = self.quote(start=None, due_on=due(self).isoformat(), babies=babies)
        assert quoted.status_code == 201, quoted.json
        self.id = self.post("/bookings", self.family, {"quote_id": quoted.json["id"]}).json["id"]
        self.pay()
        held = self.client.get("/api/v1/me/notifications?limit=10", headers=self.family).json["items"][-1]
        assert held["kind"] == "booking_held" and f"应付 {quoted.json['parts'][0]['amount']['display']}" in held["body"]
        signed = self.signed(self.drafted())
        assert signed["contract"]["state"] == "signed" and signed["total"] == quoted.json["total"]
        assert quoted.json["total"]["display"] in text_of(self.paper(signed))
        return signed

    def amended(self) -> dict[str, Any]:
        """The next version, signed by both: what it says is another, by field."""
        made = self.draft()
        assert made.status_code == 201, made.json
        assert made.json["total"]["amount"] == self.booking.total_fen
        self.signed(made.json)
        assert self.states() == ["superseded", "signed"]
        return {each["field"]: (each["before"], each["after"]) for each in made.json["changes"]}

    def begins_early(self) -> None:
        """The rest is paid, and she comes five days before the due date; from now on days are counted from that."""
        self.start -= 5 * DAY
        with clock.frozen(self.start - 11 * HOUR):
            self.pay()
            assert self.booking.paid_fen == self.booking.total_fen and self.booking.due is None
        assert self.arrive().status_code == 200

    def settled(self, sweep: Sweep) -> None:
        """Silence agrees, and no day can be written down any more."""
        with clock.frozen(self.evening(26) + 4 * DAY):
            sweep("agree_in_silence")
            sweep("finish_engagements")
            self.run_jobs()
            self.hear()


@pytest.fixture()
def it(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
       books_balance: None, days_balance: None) -> Expecting:  # noqa: F811
    """A family that expects a birth."""
    return Expecting(client, stripe_sandbox, run_jobs)


def said(day: date) -> str:
    """A day as a contract says it."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def test_twins_come_five_days_early_while_she_is_free(it: Expecting, sweep: Sweep) -> None:
    first = it.engage(babies=2)
    assert (it.booking.total_fen, it.booking.paid_fen) == (TWINS, DEPOSIT)
    words = {each["field"]: each["value"] for each in first["fields"]}
    assert said(due(it)) in words["service_start"] and "双胞胎" in words["service_content"]

    answer = say(it, -5, it.firm)
    assert answer.status_code == 200, answer.json
    assert (answer.json["total"]["amount"], answer.json["due"]["amount"]["amount"]) == (
        TWINS_EARLY, TWINS_EARLY - DEPOSIT)
    assert engaged(it) == [(it.start - 5 * DAY, clock.midnight(due(it) + 21 * DAY))]

    with clock.frozen(it.start - 5 * DAY - 12 * HOUR):
        changed = it.amended()
    assert set(changed) == {"service_start", "service_end", "service_days", "service_holidays", "price_lines",
                            "price_total", "price_parts"}
    assert changed["price_total"] == ("¥22,816.83", "¥21,295.84")
    assert changed["service_end"][1] == said(due(it) + 20 * DAY)
    assert [said(due(it) + ahead * DAY) in changed["service_holidays"][1] for ahead in HOLIDAYS] == [True, False]

    holiday = due(it) + HOLIDAYS[0] * DAY
    it.begins_early()
    for number in range(1, 27):
        if number == 12:  # nobody says anything of this day
            assert it.write_down(number).status_code == 201
        elif number != 20:  # of this one nobody writes anything down: she was not there
            it.work(number, 480 if number == 7 else 600)
    it.settled(sweep)

    priced = {each["day"]: each["amount"] for each in it.booking.schedule}
    assert priced[holiday] == 228_169 and priced[it.day(7)] == priced[it.day(20)] == 76_057
    hers = TWINS_EARLY - 76_057 + 38_029 - 76_057
    assert (it.booking.paid_fen, it.booking.refund_fen, it.released()) == (TWINS_EARLY, TWINS_EARLY - hers, hers)
    assert sum(fen for _, state, fen in it.given_back() if state == "succeeded") == TWINS_EARLY - hers
    assert completed(it) == kept(hers, TWINS_EARLY, TWINS_FEE)


def test_a_baby_comes_five_days_early_and_a_colleague_comes_while_she_is_elsewhere(
        it: Expecting, sweep: Sweep) -> None:
    it.engage(babies=1)
    booked, she, colleague = it.booking, it.worker, it.colleague()
    assert (booked.total_fen, booked.paid_fen) == (ONE, ONE_DEPOSIT)
    elsewhere = factories.booking("held", by=she, start=it.start - 5 * DAY)
    held, birth = engaged(it), it.start - 5 * DAY - 15 * HOUR
    assert refused(say(it, -5, at=birth)) == (409, "NotFreeToBegin")
    assert engaged(it) == held and it.booking.window_ends == due(it) + 3 * DAY
    assert (it.booking.state, it.booking.paid_fen, it.states()) == ("confirmed", ONE_DEPOSIT, ["signed"])

    with clock.frozen(birth):
        instead(it, colleague)
    it.run_jobs()
    assert engaged(it) == held and "booking_taken_over" in it.notices(she.account_id)
    assert say(it, -5).json["total"]["amount"] == ONE_EARLY
    assert [row.worker_no for row in intervals(f"booking:{it.id}")] == [colleague.no]
    assert [row.worker_no for row in intervals(f"booking:{elsewhere.id}")] == [she.no], "the other family keeps her"

    with clock.frozen(it.start - 5 * DAY - 12 * HOUR):
        changed = it.amended()
    assert {"worker_name", "worker_phone", "worker_id_number", "service_start", "price_total"} <= set(changed)
    assert changed["worker_name"] == (None, None), "what is personal is not told twice"

    it.nurse = it.hands_of(colleague)
    it.begins_early()
    for number in range(1, 27):
        it.work(number)
    it.settled(sweep)
    assert (it.booking.paid_fen, it.booking.refund_fen, it.released()) == (ONE_EARLY, 0, ONE_EARLY)
    assert it.given_back() == [] and completed(it) == kept(ONE_EARLY, ONE_EARLY, ONE_FEE)
    assert earned(it, it.nurse) == DAILY * 28 and earned(it, it.hands_of(she)) == 0


def instead(it: Expecting, colleague: Worker) -> None:
    """The firm offers a colleague who is free, and the family takes her."""
    fitting = it.client.get(f"/api/v1/bookings/{it.id}/substitutes", headers=it.firm).json
    assert fitting is not None and str(colleague.id) in [each["worker"]["id"] for each in fitting["items"]]
    offered = it.of_booking("substitutions", it.firm, reason="overbooked", worker_ids=[str(colleague.id)])
    assert offered.status_code == 201, offered.json
    taken = it.post(f"/substitutions/{offered.json['id']}/answers", it.family, {"worker_id": str(colleague.id)})
    assert taken.status_code == 200, taken.json


def intervals(ref: str) -> list[Any]:
    """Whose time is engaged for a booking."""
    return list(db.session.execute(sa.text("SELECT worker_no FROM worker_interval WHERE ref = :ref"), {"ref": ref}))
