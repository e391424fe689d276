"""Cancelled a day before, hours before, an hour before: what was quoted comes back to the fen; the books balance."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from qiaojiejie.booking import rules
from qiaojiejie.core import clock
from qiaojiejie.core.money import display
from qiaojiejie.payments.rules import platform_line, platform_share
from tests.family import books_balance  # noqa: F401
from tests.journeys.visits import Booked
from tests.stripe_sandbox import StripeSandbox

pytestmark = pytest.mark.usefixtures("books_balance")
SECOND = timedelta(seconds=1)


@pytest.fixture()
def visit(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int]) -> Booked:
    """A family with a paid booking three days from now."""
    made = Booked(client, stripe_sandbox, run_jobs)
    assert made.answer.status_code == 201, made.answer.json
    assert made.total % 10, "a total whose shares are whole fen shows no rounding"
    made.paid()
    return made


@pytest.mark.parametrize(("before", "permille"), [
    (timedelta(days=2), 0), (timedelta(hours=24), 0), (timedelta(hours=24) - SECOND, 300), (timedelta(hours=2), 300),
    (timedelta(hours=2) - SECOND, 500), (timedelta(hours=1), 500), (timedelta(0), 500), (-SECOND, 1000)],
    ids=["two days", "a day", "just under a day", "two hours", "just under two", "an hour", "at the start", "after it"])
def test_what_was_quoted_comes_back_to_the_fen(visit: Booked, before: timedelta, permille: int) -> None:
    with clock.frozen(visit.start - before):
        quoted = visit.step("cancellation-quotes").json
        fee, refund = quoted["fee"]["amount"], quoted["refund"]["amount"]
        assert fee == (visit.total * permille + 500) // 1000 and fee + refund == visit.total
        assert visit.step("cancellations", expected_refund=refund + 1).json["code"] == "CancellationQuoteChanged"
        assert visit.state() == "confirmed"
        answer = visit.step("cancellations", expected_refund=refund)
        assert (answer.status_code, answer.json["state"]) == (200, "cancelled")
        visit.run_jobs()
        visit.hear()
        assert visit.step("cancellations", expected_refund=refund).status_code == 409
    assert [(row["amount"]["amount"], row["state"]) for row in visit.refunds()] == (
        [(refund, "succeeded")] if refund else [])
    assert [row["amount"] for row in visit.stripe.refunds(visit.intent())] == ([refund] if refund else [])
    ours = platform_share(fee, fee=platform_line(visit.booking.lines), total=visit.total)
    assert visit.balances() == {account: fen for account, fen in (
        ("stripe_clearing", fee), ("firm_payable", ours - fee), ("platform_fee", -ours)) if fen}
    assert visit.history()[:4] == ["booking.held", "payment.succeeded", "booking.confirmed", "booking.cancelled"]
    assert ("refund_succeeded" in visit.notices()) == bool(refund)


def test_a_day_before_her_time_is_free_again_and_the_family_reads_what_comes_back(visit: Booked) -> None:
    with clock.frozen(visit.start - timedelta(days=1)):
        assert not visit.free_again()
        visit.cancel(visit.total)
        visit.run_jobs()
        visit.hear()
        assert visit.free_again()
    said: Any = visit.client.get("/api/v1/me/notifications", headers=visit.headers).json
    assert any(display(visit.total) in item["body"] for item in said["items"] if "退款" in item["title"])


def test_the_same_cancellation_sent_again_with_its_key_is_answered_alike_and_paid_back_once(visit: Booked) -> None:
    address = f"/api/v1/bookings/{visit.booking.id}/cancellations"
    headers = {**visit.headers, "Idempotency-Key": "cancel-once"}
    with clock.frozen(visit.start - timedelta(hours=1)):
        refund = visit.step("cancellation-quotes").json["refund"]["amount"]
        first, again = (visit.client.post(address, headers=headers, json={"expected_refund": refund}) for _ in range(2))
        visit.run_jobs()
        visit.hear()
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert [row["amount"] for row in visit.stripe.refunds(visit.intent())] == [refund]


def test_within_five_minutes_of_paying_it_is_free_however_near_the_visit(
        client: FlaskClient, run_jobs: Callable[[], int], stripe_sandbox: StripeSandbox) -> None:
    with clock.frozen(clock.midnight(clock.today() + timedelta(days=1)) + timedelta(hours=7)):
        visit = Booked(client, stripe_sandbox, run_jobs, days=0)
        assert visit.answer.status_code == 201, visit.answer.json
        visit.paid()
        paid_at = clock.now()
    grace = timedelta(minutes=visit.booking.policy["grace_minutes"])
    for late, fee in ((timedelta(0), 0), (SECOND, (visit.total * 500 + 500) // 1000)):
        with clock.frozen(paid_at + grace + late):
            assert visit.step("cancellation-quotes").json["fee"]["amount"] == fee
    with clock.frozen(paid_at + grace):
        visit.cancel(visit.total)
        visit.run_jobs()
        visit.hear()
    assert visit.balances() == {} and rules.whole_minutes(visit.start - paid_at) < 24 * 60


def test_what_a_worker_or_a_firm_gives_up_comes_back_whole(visit: Booked) -> None:
    from_worker = visit.client.post(f"/api/v1/bookings/{visit.booking.id}/withdrawals", json={"reason": "ill"},
                                    headers=visit.worker_headers())
    assert from_worker.status_code == 200, from_worker.json
    visit.run_jobs()
    visit.hear()
    assert visit.balances() == {} and visit.refunds()[0]["amount"]["amount"] == visit.total
