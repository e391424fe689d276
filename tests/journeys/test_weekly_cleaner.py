"""A weekly cleaner for three months: a holiday, one skipped, one moved, one with another worker, one that was not paid,
the rest cancelled. Every fen is where it belongs."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests.family import books_balance  # noqa: F401
from tests.series.scene import DAY, HERS, HOUR, PRICE, SECOND, Weekly, orphans
from tests.stripe_sandbox import StripeSandbox


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


def test_a_weekly_cleaner_for_three_months(it: Weekly, sweep: Callable[[str], None]) -> None:
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
    taken, back = db.session.execute(sa.text(
        "SELECT (SELECT sum(amount_fen) FROM payment WHERE state = 'succeeded'),"
        " (SELECT sum(amount_fen) FROM refund)")).one()
    assert (taken, back) == (4 * PRICE + HERS, PRICE - fee)
    bookings = db.session.execute(sa.text(
        "SELECT sum(paid_fen) - sum(refund_fen) FROM booking WHERE household_id = :id"), {"id": it.household.id})
    assert bookings.scalar_one() == kept
    found = books()
    assert "escrow" not in found and found["firm_payable"] + found["platform_fee"] == -kept
    facts = [each["fact"] for each in it.get(f"/series/{it.id}/history").json["items"]]
    assert facts == ["series.opened", "series.confirmed", "series.skipped", "series.moved", "series.reseated",
                     "series.visit_expired", "series.ended"]
