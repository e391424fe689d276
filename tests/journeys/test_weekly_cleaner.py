"""A weekly cleaner for three months: a holiday, one skipped, a colleague once because she is ill, all others served; or
one moved, one not paid, the rest cancelled. Every fen is where it belongs."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import service as workers
from tests.family import books_balance  # noqa: F401
from tests.series.scene import DAY, HERS, HOUR, PRICE, SECOND, Weekly, orphans
from tests.stripe_sandbox import StripeSandbox


#: what she has of a visit of three hours
WAGE = 12_000


@pytest.fixture()
def it(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
       books_balance: None) -> Iterator[Weekly]:  # noqa: F811
    """A family that wants thirteen visits, the fifth of which would be on a holiday."""
    db.session.execute(sa.text("DELETE FROM statutory_holiday"))
    made = Weekly(client, stripe_sandbox, run_jobs, count=13)
    db.session.execute(sa.text("INSERT INTO statutory_holiday VALUES (:day, '元旦')"), {"day": made.day(5)})
    yield made
    db.session.flush()
    assert orphans() == []


def books() -> dict[str, int]:
    """Every account that is not at zero, by its name without the id."""
    return {account: int(fen) for account, fen in db.session.execute(sa.text(
        "SELECT split_part(account, ':', 1), sum(amount_fen) FROM posting GROUP BY 1 HAVING sum(amount_fen) <> 0"))}


def moved() -> tuple[int, int]:
    """Fen that were paid, and that went back."""
    taken, back = db.session.execute(sa.text(
        "SELECT (SELECT sum(amount_fen) FROM payment WHERE state = 'succeeded'),"
        " (SELECT sum(amount_fen) FROM refund)")).one()
    return int(taken), int(back or 0)


def paid_and_served(it: Weekly, number: int, who: dict[str, str] | None = None) -> None:
    """Two days before a visit the family pays it; she comes."""
    booking = it.booking(number)
    with clock.frozen(booking.start - 2 * DAY):
        it.pay(booking.id)
    it.serve(number, who)


def edited(it: Weekly) -> None:
    """One skipped, one moved, one given to another worker; the days of all others stay."""
    it.done("skips", day=it.said(3))
    it.done("moves", day=it.said(4), start=(it.at(4) + DAY + 2 * HOUR).isoformat())
    it.done("worker-changes", scope="one", day=it.said(6), worker_id=it.other_id, expected_price=HERS)
    it.run_jobs()


def a_colleague_comes(it: Weekly, number: int) -> None:
    """Two days before a visit that is paid she is ill: the firm offers a colleague, and the family takes her."""
    booking = it.booking(number)
    with clock.frozen(booking.start - 3 * DAY):
        it.pay(booking.id)
    with clock.frozen(booking.start - 2 * DAY):
        offered = it.post(f"/bookings/{booking.id}/substitutions", {
            "reason": "worker_ill", "worker_ids": [it.other_id]}, it.firm)
        assert offered.status_code == 201, offered.json
        taken = it.post(f"/substitutions/{offered.json['id']}/answers", {"worker_id": it.other_id})
        assert taken.status_code == 200, taken.json
        it.run_jobs()


def test_a_weekly_cleaner_comes_for_three_months(it: Weekly) -> None:
    workers.refresh(worker=it.other)
    it.standing(holidays="skip")
    it.done("skips", day=it.said(9))
    others = [number for number in range(1, 14) if number not in (5, 6, 9)]
    days = [it.at(number) for number in sorted([*others, 6])]
    assert it.engaged() == days, "nobody else has her then, and on the holiday and the day skipped she is free"
    for number in range(1, 14):
        if number == 6:
            a_colleague_comes(it, number)
            assert it.engaged() == [it.at(each) for each in others] and it.engaged(it.other) == [it.at(6)]
            it.serve(number, it.headers(db.session.get_one(Account, it.other.account_id)))
        elif number == 1:  # paid when it was booked
            it.serve(number)
        elif number in others:
            paid_and_served(it, number)
    assert it.states() == ["skipped" if number in (5, 9) else "completed" for number in range(1, 14)]
    taken, back = moved()
    assert (taken, back) == (11 * PRICE, 0), "whoever comes, at the price agreed"
    found = books()
    assert "escrow" not in found and found["firm_payable"] + found["platform_fee"] == -taken
    earned = [sum(each["earned"]["amount"] for each in it.get("/me/wages", who).json["items"]) for who in (
        it.cleaner, it.headers(db.session.get_one(Account, it.other.account_id)))]
    assert earned == [10 * WAGE, WAGE]
    assert "substitute_proposed" in it.notices() and "booking_taken_over" in it.notices(it.worker.account_id)


def test_a_weekly_cleaner_is_cancelled_after_two_months(it: Weekly, sweep: Callable[[str], None]) -> None:
    seen = it.preview(holidays="skip").json
    assert seen["total"]["amount"] == 12 * PRICE and seen["troubled"] == 0
    it.standing(holidays="skip")
    edited(it)
    it.serve(1)
    paid_and_served(it, 2)
    paid_and_served(it, 4)
    paid_and_served(it, 6, it.headers(db.session.get_one(Account, it.other.account_id)))
    with clock.frozen(it.at(7) - 71 * HOUR):
        sweep("remind_of_visits")
    with clock.frozen(it.at(7) - DAY + SECOND):
        sweep("expire_holds")
        it.run_jobs()
    with clock.frozen(it.at(8) - 3 * DAY):
        it.pay(it.booking(8).id)
    with clock.frozen(it.at(8) - 10 * HOUR):
        quoted = it.done("cancellation-quotes", scope="following", day=it.said(8))
        fee = PRICE * 3 // 10
        assert (quoted["fee"]["amount"], quoted["refund"]["amount"]) == (fee, PRICE - fee)
        assert [date.fromisoformat(each["day"]) for each in quoted["visits"]] == [it.day(n) for n in range(8, 14)]
        it.done("cancellations", scope="following", day=it.said(8), expected_refund=PRICE - fee)
        it.run_jobs()
    assert it.states() == ["completed", "completed", "skipped", "completed", "skipped", "completed", "expired",
                           *["cancelled"] * 6]
    money(it, fee)
    told = it.notices()
    assert {kind: told.count(kind) for kind in told if kind.startswith("series")} == {
        "series_confirmed": 1, "series_skipped": 1, "series_moved": 1, "series_reseated": 1, "series_visit_due": 1,
        "series_visit_expired": 1, "series_cancelled": 1}


def money(it: Weekly, fee: int) -> None:
    """Four visits and the fee of one are the firm's and the platform's; all else went back or was never taken."""
    kept = 3 * PRICE + HERS + fee
    assert moved() == (4 * PRICE + HERS, PRICE - fee)
    bookings = db.session.execute(sa.text(
        "SELECT sum(paid_fen) - sum(refund_fen) FROM booking WHERE household_id = :id"), {"id": it.household.id})
    assert bookings.scalar_one() == kept
    found = books()
    assert "escrow" not in found and found["firm_payable"] + found["platform_fee"] == -kept
    facts = [each["fact"] for each in it.get(f"/series/{it.id}/history").json["items"]]
    assert facts == ["series.opened", "series.confirmed", "series.skipped", "series.moved", "series.reseated",
                     "series.visit_expired", "series.ended"]
