"""Whole lives of a booking's money, made up at random: whatever happens, nobody gains or loses a fen.

Over the real endpoints, the real stand-in for Stripe and the real books. What a family was quoted is what the books say
and what Stripe gave back; what it paid is what it got back, what the firm has and what the platform has.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiaojiejie.books import queries as books_queries
from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.payments.rules import between
from tests import factories
from tests.family import Family
from tests.stripe_sandbox import StripeSandbox

API = "/api/v1"
#: minutes before the start at which a family gives up: both sides of each tier's bound
NOTICES = (25 * 60, 24 * 60, 24 * 60 - 1, 2 * 60, 2 * 60 - 1, 1, 0)
ENDS = (*(f"cancel {minutes}" for minutes in NOTICES), "withdraw", "decline", "worker absent", "household absent",
        "complete", "late")


@dataclass(frozen=True)
class Life:
    """What happens to a booking: fen of its lines, how it is paid, how it ends, what its firm gives back, when it was
    paid out, and which refunds fail at first."""

    wage: int
    firm_fee: int
    platform_fee: int
    method: str
    end: str
    grants: tuple[int, ...]
    granted_before: bool
    paid_out: bool
    failing: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The price in lines."""
        return [{"line": line, "name": line, "amount": amount} for line, amount in (
            ("wage", self.wage), ("firm_fee", self.firm_fee), ("platform_fee", self.platform_fee)) if amount]


lives = st.builds(
    Life, wage=st.integers(1, 99_999), firm_fee=st.integers(0, 9_999), platform_fee=st.integers(0, 2_000),
    method=st.sampled_from(["card", "alipay", "wechat_pay"]), end=st.sampled_from(ENDS),
    grants=st.lists(st.integers(1, 1000), max_size=3).map(tuple), granted_before=st.booleans(),
    paid_out=st.booleans(), failing=st.sampled_from(["", "", "again", "by hand"]))


class Lived(Family):
    """A family whose booking lives one life."""

    def __init__(self, client: FlaskClient, stripe: StripeSandbox, run_jobs: Callable[[], int], life: Life) -> None:
        self.client, self.stripe, self.run_jobs, self.life = client, stripe, run_jobs, life
        self.booking = factories.booking("held", lines=life.lines, start=factories.tomorrow(9, days=3),
                                         total_fen=sum(line["amount"] for line in life.lines))
        self.total, self.expected = self.booking.total_fen, 0
        self.headers = factories.headers(db.session.get_one(Account, self.booking.household.account_id))
        self.worker = factories.headers(db.session.get_one(Account, self.booking.worker.account_id)) \
            if self.booking.worker.account_id else {}
        self.manager = factories.headers(factories.member(Role.FIRM_MANAGER, org_id=self.booking.firm_id))
        self.admin = factories.headers(factories.member(Role.FEDERATION_ADMIN))

    def post(self, path: str, who: dict[str, str], status: int, **body: Any) -> Any:
        """One request that must be answered so."""
        answer = self.client.post(f"{API}{path}", headers=who, json=body or None)
        assert answer.status_code == status, answer.json
        return answer.json

    def at(self, minutes: int) -> Any:
        """The clock stands so many minutes after the start."""
        return clock.frozen(self.booking.start + timedelta(minutes=minutes))

    def settle(self) -> None:
        """What is due happens; what was to fail at first is seen to."""
        self.run_jobs()
        self.hear()
        if self.life.failing:
            self.stripe.control()
            for refund in [each for each in self.refunds() if each["state"] == "failed"]:
                if self.life.failing == "again":
                    self.post(f"/refunds/{refund['id']}/retries", self.admin, 201)
                else:
                    self.post(f"/refunds/{refund['id']}/repayments", self.admin, 201, reference="20261128-0001")
            self.run_jobs()
            self.hear()

    def pay(self) -> None:
        """Pay, in time or too late."""
        assert self.begin(self.life.method).status_code == 201
        if self.life.end == "late":
            self.press()
            self.cancel(0)
            self.run_jobs()
            self.expected = self.total
        else:
            self.press()
        self.hear()

    def end(self) -> None:
        """The booking ends as this life says; what the family is told it gets back is kept."""
        path = f"/bookings/{self.booking.id}"
        kind, _, minutes = self.life.end.partition(" ")
        if kind == "cancel":
            with self.at(-int(minutes)):
                quoted = self.post(f"{path}/cancellation-quotes", self.headers, 200)["refund"]["amount"]
                self.post(f"{path}/cancellations", self.headers, 200, expected_refund=quoted)
            self.expected = quoted
        elif self.life.end == "withdraw":
            self.post(f"{path}/withdrawals", self.worker, 200, reason="ill")
            self.expected = self.total
        elif self.life.end == "decline":
            self.post(f"{path}/declines", self.manager, 200, reason="overbooked")
            self.expected = self.total
        elif kind in ("worker", "household"):
            with self.at(15):
                who = self.headers if kind == "worker" else self.manager
                self.expected = self.post(f"{path}/absences", who, 200)["refund"]["amount"]
        elif kind == "complete":
            with self.at(0):
                self.post(f"{path}/check-ins", self.worker, 200, door_code="4821")
            with self.at(180):
                self.post(f"{path}/check-outs", self.worker, 200)
                if self.life.granted_before:
                    self.grant()
                self.post(f"{path}/confirmations", self.headers, 200)

    def grant(self) -> None:
        """The firm gives back parts of what is kept, each so many thousandths of it."""
        for permille in self.life.grants:
            amount = (self.total - self.expected) * permille // 1000
            if amount:
                self.post(f"/bookings/{self.booking.id}/refund-grants", self.manager, 201, amount=amount,
                          reason="goodwill")
                self.expected += amount

    def live(self) -> None:
        """From paying to the last refund."""
        self.pay()
        if self.life.failing:
            self.stripe.control(refund_fail=1)
        self.end()
        self.settle()
        if self.life.paid_out:
            payable = books.firm_payable(self.booking.firm_id)
            due = books_queries.held(payable)
            if due:
                books_service.post(kind="paid_out", ref=str(self.booking.id), lines={payable: due, books.BANK: -due})
        if self.life.end.startswith(("cancel", "household", "complete")):
            self.grant()
        self.settle()


@pytest.fixture()
def hands(client: FlaskClient, stripe_sandbox: StripeSandbox,
          run_jobs: Callable[[], int]) -> Iterator[tuple[FlaskClient, StripeSandbox, Callable[[], int]]]:
    """What a life is lived with."""
    yield client, stripe_sandbox, run_jobs


@settings(max_examples=40, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(life=lives)
def test_nobody_gains_or_loses_a_fen(hands: Any, world: sa.Connection, life: Life) -> None:
    client, stripe, run_jobs = hands
    stripe.control()
    db.session.remove()
    with world.begin_nested() as nested:
        told = Lived(client, stripe, run_jobs, life)
        told.live()
        db.session.flush()
        assert world.execute(sa.text("SELECT * FROM ledger_health")).all() == []
        left = {account: fen for account, fen in world.execute(sa.text(
            "SELECT split_part(account, ':', 1), sum(amount_fen)::int FROM posting GROUP BY 1")) if fen}
        assert sum(left.values()) == 0
        by_hand = sum(each["amount"]["amount"] for each in told.refunds() if each["state"] == "repaid")
        at_stripe = sum(each["amount"] for each in stripe.refunds(told.intent()) if each["status"] == "succeeded")
        kept = between(life.lines, told.total, 0, told.total - told.expected)
        firm = -left.get("firm_payable", 0) - left.get("firm_receivable", 0) - (left.get("bank", 0) + by_hand)
        assert at_stripe + by_hand == told.expected, "what was quoted came back"
        assert (firm, -left.get("platform_fee", 0)) == (kept.net, kept.fee), "and the rest is whose it should be"
        assert told.total == at_stripe + by_hand + firm - left.get("platform_fee", 0)
        assert left.get("escrow", 0) == 0
        db.session.remove()
        nested.rollback()
