"""An engagement by days is quoted, held and paid in parts through Stripe; what goes back before it has begun."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from qiaojiejie.booking import service as booking_service
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars import service as calendars_service
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.ledger import queries as ledger
from tests import factories
from tests.attendance.conftest import Engage
from tests.attendance.engagement import DAY, Engagement

Sweep = Callable[[str], None]
#: 26 days of 500 yuan, 15 % and 2 % of it, 2 yuan
TOTAL = 1_300_000 + 195_000 + 200 + 26_000
DEPOSIT = 456_360
SECOND = timedelta(seconds=1)


def refused(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, (answer.json or {}).get("code", "")


def test_a_quote_by_days_has_a_price_for_each_day_and_parts_that_add_up(engage: Engage) -> None:
    it = engage()
    quote = it.quote().json
    assert quote["total"]["amount"] == TOTAL and quote["days"] == 26
    assert quote["lines"][0]["amount"]["amount"] == 1_300_000
    assert [(part["part"], part["amount"]["amount"]) for part in quote["parts"]] == [
        ("deposit", DEPOSIT), ("balance", TOTAL - DEPOSIT)]
    assert quote["parts"][1]["payable_from"] == clock.local(it.start - 7 * DAY).isoformat()
    assert sum(each["amount"]["amount"] for each in quote["schedule"]) == TOTAL
    assert [each["day"] for each in quote["schedule"]] == [it.day(n).isoformat() for n in range(1, 27)]
    assert quote["end"] == clock.local(clock.midnight(it.day(27))).isoformat()


def test_a_statutory_holiday_counts_three_days_of_a_nurse(engage: Engage, world: sa.Connection) -> None:
    it = engage(days=3)
    world.execute(sa.text("INSERT INTO statutory_holiday VALUES (:day, '节')"), {"day": it.day(2)})
    quote = it.quote().json
    assert quote["lines"][0]["amount"]["amount"] == 5 * 50_000
    assert [each["times"] for each in quote["schedule"]] == [1, 3, 1]
    one, holiday, other = (each["amount"]["amount"] for each in quote["schedule"])
    assert one + holiday + other == quote["total"]["amount"] and abs(holiday - 3 * one) <= 2


def test_a_month_of_help_at_home_is_paid_at_once_and_a_part_month_by_the_26th(engage: Engage) -> None:
    it = engage(service="live_in_help", price=500_000, days=10)
    quote = it.quote().json
    assert quote["lines"][0]["amount"]["amount"] == 192_308
    assert [part["part"] for part in quote["parts"]] == ["full"]


def test_who_comes_by_the_day_works_on_the_weekdays_of_her_hours(engage: Engage) -> None:
    it = engage(service="elder_care", price=520_000, days=8)
    off = (clock.local(it.start) + DAY).isoweekday()
    calendars_service.set_hours(worker_no=it.worker.no, hours=[
        (weekday, 480, 1200) for weekday in range(1, 8) if weekday != off])
    quote = it.quote().json
    assert it.day(2).isoformat() not in [each["day"] for each in quote["schedule"]]
    assert quote["schedule"][-1]["day"] == it.day(10).isoformat()  # both day 2 and day 9 are off
    assert refused(it.quote(start=(it.start + DAY).isoformat())) == (409, "OutsideHours")


@pytest.mark.parametrize("changes, expected", [
    ({"days": None}, (422, "Invalid")), ({"minutes": 180}, (422, "Invalid")), ({"days": 79}, (422, "Invalid")),
    ({"days": 0}, (422, "Invalid")), ({"days": None, "minutes": 180}, (409, "NotAVisit")),
])
def test_an_engagement_is_asked_for_by_days_and_by_nothing_else(engage: Engage, changes: dict[str, Any],
                                                                expected: tuple[int, str]) -> None:
    assert refused(engage().quote(**changes)) == expected


def test_a_visit_is_not_asked_for_by_days(engage: Engage) -> None:
    assert refused(engage(service="cleaning", price=4000).quote()) == (409, "NotByDays")


def test_the_whole_time_must_be_free_and_is_hers_no_more_once_it_is_held(engage: Engage) -> None:
    it = engage(days=5)
    visit = factories.booking("held", by=it.worker, start=it.start + 3 * DAY)
    assert refused(it.quote()) == (409, "SlotTaken")
    calendars_service.release(ref=visit.ref)
    quoted = it.quote().json
    it.book()
    assert refused(it.quote()) == (409, "SlotTaken")
    assert refused(it.post("/bookings", it.family, {"quote_id": quoted["id"]})) == (409, "SlotTaken")
    held = calendars.interval_of(it.booking.ref)
    assert held is not None and held.during.upper == clock.midnight(it.day(6)) + timedelta(minutes=30)
    booking_service.expire(booking_id=it.booking.id)
    assert it.quote().status_code == 201


def test_her_papers_must_last_until_the_last_day(engage: Engage) -> None:
    it = engage(days=5)
    it.worker.insured_until = it.day(4)
    db.session.flush()
    assert refused(it.quote()) == (409, "WorkerNotEligible")
    it.worker.insured_until = it.day(5)
    db.session.flush()
    assert it.quote().status_code == 201


def test_the_deposit_confirms_and_the_balance_is_paid_from_seven_days_before_until_she_comes(engage: Engage) -> None:
    it = engage()
    held = it.book()
    assert held["due"]["part"] == "deposit" and held["paid"]["amount"] == 0
    assert refused(it.begin(part="balance")) == (409, "PartNotDue")
    it.pay(part="deposit")
    assert (it.booking.state, it.booking.paid_fen) == ("confirmed", DEPOSIT)
    assert refused(it.begin()) == (409, "TooEarly")
    with clock.frozen(it.start - 7 * DAY - SECOND):
        assert refused(it.begin(part="balance")) == (409, "TooEarly")
    with clock.frozen(it.start - 7 * DAY):
        assert refused(it.begin(part="deposit")) == (409, "PartNotDue")
        it.pay(part="balance")
        assert (it.booking.state, it.booking.paid_fen, it.booking.due) == ("confirmed", TOTAL, None)
        assert refused(it.begin()) == (409, "StepNotPossible")
    shown = it.client.get(f"/api/v1/bookings/{it.id}/payment", headers=it.family).json
    assert shown is not None and (shown["part"], shown["amount"]["amount"]) == ("balance", TOTAL - DEPOSIT)
    paid = [(entry.fact, entry.data["paid"]) for entry in ledger.about(it.booking.ref) if "paid" in entry.data]
    assert paid == [("booking.confirmed", DEPOSIT), ("booking.balance_paid", TOTAL - DEPOSIT)]
    assert it.arrive().json["state"] == "under_way"
    assert it.balances() == {"stripe_clearing": TOTAL, "escrow": -TOTAL}


def test_nobody_begins_and_nobody_is_reported_absent_by_the_family_before_the_balance_is_paid(engage: Engage) -> None:
    it = engage()
    it.book()
    it.pay()
    answer = it.arrive()
    assert refused(answer) == (409, "BalanceDue")
    assert answer.json["params"]["amount"] == TOTAL - DEPOSIT and "尾款" in answer.json["title"]
    with clock.frozen(it.start + timedelta(hours=1)):
        assert refused(it.post(f"/bookings/{it.id}/absences", it.family)) == (409, "BalanceDue")
        it.pay()
        assert it.post(f"/bookings/{it.id}/absences", it.family).json["refund"]["amount"] == TOTAL
        it.run_jobs()
    assert [amount for _, _, amount in it.given_back()] == [TOTAL - DEPOSIT, DEPOSIT]


def test_the_family_is_told_of_the_balance_three_days_and_one_day_before_and_then_no_more(engage: Engage,
                                                                                          sweep: Sweep) -> None:
    it = engage()
    it.book()
    it.pay()

    def told(moment: timedelta) -> int:
        with clock.frozen(it.start - moment):
            sweep("remind_of_balances")
            sweep("remind_of_balances")
        return it.notices().count("booking_balance_due")

    assert [told(3 * DAY + SECOND), told(3 * DAY), told(2 * DAY), told(DAY + SECOND), told(DAY), told(-DAY)] == [
        0, 1, 1, 1, 2, 2]


def test_who_has_paid_the_balance_is_not_told_of_it(engage: Engage, sweep: Sweep) -> None:
    it = engage()
    it.book()
    it.pay_all()
    with clock.frozen(it.start - timedelta(hours=1)):
        sweep("remind_of_balances")
    assert "booking_balance_due" not in it.notices() and "booking_balance_paid" in it.notices()


def test_a_balance_declined_may_be_tried_again(engage: Engage) -> None:
    it = engage()
    it.book()
    it.pay()
    with clock.frozen(it.start - DAY):
        assert it.begin().status_code == 201
        it.stripe.act(it.intent(), "decline")
        it.hear()
        assert it.booking.paid_fen == DEPOSIT and "payment_failed" in it.notices()
        it.pay()
    assert it.booking.paid_fen == TOTAL


def test_a_balance_that_expires_at_stripe_leaves_the_booking_confirmed_and_can_be_begun_anew(engage: Engage) -> None:
    it = engage()
    it.book()
    it.pay()
    with clock.frozen(it.start - DAY):
        assert it.begin().status_code == 201
        it.stripe.act(it.intent(), "expire")
        it.stripe.cancel(it.intent())
        it.hear()
        assert (it.booking.state, it.booking.paid_fen) == ("confirmed", DEPOSIT)
        it.pay()
    assert it.booking.paid_fen == TOTAL


def test_a_balance_that_comes_after_the_firm_declined_goes_back_whole(engage: Engage) -> None:
    it = engage()
    it.book()
    it.pay()
    with clock.frozen(it.start - DAY):
        assert it.begin().status_code == 201
        declined = it.post(f"/bookings/{it.id}/declines", it.firm, {"reason": "worker_ill"})
        assert declined.json["refund"]["amount"] == DEPOSIT
        assert it.stripe.act(it.intent()).ok  # before anybody stopped waiting for it
        it.hear()
        it.hear()
    assert it.booking.paid_fen == DEPOSIT
    assert sorted(it.given_back()) == [("booking.declined", "succeeded", DEPOSIT),
                                       ("payment.overtaken", "succeeded", TOTAL - DEPOSIT)]
    assert it.balances() == {}


@pytest.mark.parametrize("notice, paid_too, fee", [
    (2 * DAY, False, 0), (DAY, False, 0), (DAY - SECOND, False, DEPOSIT), (timedelta(hours=1), False, DEPOSIT),
    (-SECOND, False, DEPOSIT), (DAY, True, 0), (DAY - SECOND, True, 456_360), (timedelta(hours=1), True, 760_600),
    (-SECOND, True, TOTAL),
])
def test_cancelling_costs_its_tier_of_the_total_and_never_more_than_was_paid(
        engage: Engage, notice: timedelta, paid_too: bool, fee: int) -> None:
    it = engage()
    it.book()
    it.pay()
    if paid_too:
        with clock.frozen(it.start - 3 * DAY):
            it.pay()
    paid = TOTAL if paid_too else DEPOSIT
    with clock.frozen(it.start - notice):
        quoted = it.post(f"/bookings/{it.id}/cancellation-quotes", it.family).json
        assert (quoted["fee"]["amount"], quoted["refund"]["amount"]) == (fee, paid - fee)
        body = {"expected_refund": paid - fee}
        assert refused(it.post(f"/bookings/{it.id}/cancellations", it.family, {"expected_refund": paid - fee + 1})) == (
            409, "CancellationQuoteChanged")
        assert it.post(f"/bookings/{it.id}/cancellations", it.family, body).status_code == 200
        it.run_jobs()
        it.hear()
    assert sum(amount for _, _, amount in it.given_back()) == paid - fee
    platform = (2 * fee * 26_000 + TOTAL) // (2 * TOTAL)
    expected = {"stripe_clearing": fee, "firm_payable": platform - fee, "platform_fee": -platform}
    assert it.balances() == {account: fen for account, fen in expected.items() if fen}


def test_a_held_engagement_is_cancelled_for_nothing_and_its_payment_closed(engage: Engage) -> None:
    it = engage()
    it.book()
    assert it.begin().status_code == 201
    assert it.post(f"/bookings/{it.id}/cancellations", it.family, {"expected_refund": 0}).status_code == 200
    it.run_jobs()
    assert it.stripe.get(f"/v1/payment_intents/{it.intent()}")["status"] == "canceled"


def test_nobody_at_home_costs_what_was_paid_and_nothing_more(engage: Engage) -> None:
    it = engage()
    it.book()
    it.pay()
    with clock.frozen(it.start + timedelta(minutes=15)):
        answer = it.post(f"/bookings/{it.id}/absences", it.nurse)
        assert answer.json["refund"]["amount"] == 0
        it.run_jobs()
    assert it.given_back() == [] and it.released() == DEPOSIT


def test_the_whole_may_be_paid_at_once_where_a_deposit_is_asked_for(world: sa.Connection) -> None:
    held = factories.booking("held", plan={"days": [{"day": "2027-03-01", "times": 1}], "deposit_permille": 300,
                                           "balance_days": 7, "half_minutes": 480, "early_permille": 0}, days=1)
    assert booking_service.confirm_payment(booking_id=held.id, part="balance") is False
    assert booking_service.confirm_payment(booking_id=held.id) is True
    assert (held.state, held.paid_fen) == ("confirmed", held.total_fen)
    assert booking_service.confirm_payment(booking_id=held.id) is True
    assert booking_service.confirm_payment(booking_id=held.id, part="deposit") is False


@pytest.mark.parametrize("state", ["held", "under_way", "served", "completed", "cancelled", "declined", "expired"])
def test_a_balance_is_taken_of_what_is_confirmed_alone(world: sa.Connection, state: str) -> None:
    plan = {"days": [{"day": "2027-03-01", "times": 1}], "deposit_permille": 300, "balance_days": 7,
            "half_minutes": 480, "early_permille": 0}
    booking = factories.booking(state, plan=plan, days=1, paid_fen=0 if state in ("held", "expired") else 4140)
    assert booking_service.confirm_payment(booking_id=booking.id, part="balance") is False
    assert booking.state == state


def test_the_database_keeps_what_was_paid_and_given_back_within_bounds(world: sa.Connection) -> None:
    booking = factories.booking()
    for broken in ("paid_fen = total_fen + 1", "paid_fen = 100, refund_fen = 101", "paid_fen = -1", "days = 3"):
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(sa.text(f"UPDATE booking SET {broken} WHERE id = :id"), {"id": booking.id})


def test_the_view_says_when_more_or_less_counts_as_paid_than_was(engage: Engage, world: sa.Connection) -> None:
    it = engage()
    it.book()
    it.pay()
    with world.begin_nested() as undo:
        world.execute(sa.text("UPDATE booking SET paid_fen = paid_fen + 1"))
        assert [row.check for row in world.execute(sa.text("SELECT * FROM attendance_health"))] == ["paid"]
        world.execute(sa.text("UPDATE booking SET paid_fen = paid_fen - 1, state = 'under_way'"))
        assert [row.check for row in world.execute(sa.text("SELECT * FROM attendance_health"))] == ["paid"]
        undo.rollback()


def test_a_visit_is_paid_at_once_as_before(engage: Engage) -> None:
    held: Engagement = engage()
    visit = factories.booking("held", of=held.household)
    held.id = visit.id
    held.pay()
    assert (held.booking.state, held.booking.paid_fen) == ("confirmed", held.booking.total_fen)
    payment = held.client.get(f"/api/v1/bookings/{visit.id}/payment", headers=held.family).json
    assert payment is not None and payment["part"] == "full"


def test_a_deposit_asks_the_firm_and_what_is_declined_gives_it_back(engage: Engage) -> None:
    it = engage()
    window = it.client.put(f"/api/v1/firms/{it.worker.firm_id}/answer-windows/{it.service}", headers=it.firm,
                           json={"minutes": 1440})
    assert window.status_code == 200, window.json
    assert it.book()["answer"]["words"] == "企业须在 24 小时内答复，婉拒或逾期全额退款"
    it.pay(part="deposit")
    assert (it.booking.state, it.booking.paid_fen, it.booking.due) == ("asked", DEPOSIT, None)
    assert refused(it.begin()) == (409, "StepNotPossible")
    assert it.post(f"/bookings/{it.id}/declines", it.firm, {"reason": "other"}).json["refund"]["amount"] == DEPOSIT
    it.run_jobs()
    assert [(why, fen) for why, _, fen in it.given_back()] == [("booking.declined", DEPOSIT)] and it.released() == 0


def test_the_balance_is_due_once_the_firm_accepted_the_deposit(engage: Engage) -> None:
    it = engage()
    it.client.put(f"/api/v1/firms/{it.worker.firm_id}/answer-windows/{it.service}", headers=it.firm,
                  json={"minutes": 1440})
    it.book()
    it.pay(part="deposit")
    assert it.booking.remind_at is None
    assert it.post(f"/bookings/{it.id}/acceptances", it.firm).json["due"]["part"] == "balance"
    db.session.expire_all()
    assert it.booking.remind_at is not None
    with clock.frozen(it.start - 7 * DAY):
        it.pay(part="balance")
    assert (it.booking.state, it.booking.paid_fen) == ("confirmed", TOTAL)
