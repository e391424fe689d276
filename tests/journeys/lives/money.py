"""What a life of a booking's money is lived with: its family, its bank, its firm and who pays the firm, over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from qiaojiejie.clearing import service as clearing
from qiaojiejie.clearing.gateway import Moved, statement
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from tests import factories
from tests.payouts.conftest import Desk
from tests.stripe_sandbox import StripeSandbox

#: how a firm is paid and what becomes of it
PAYOUTS = ("", "paid", "failed", "reversed", "transferred", "rejected")
#: what becomes of refunds that come back
FAILING = ("", "again", "by hand")
#: what a cardholder's bank does, and when: right after it was paid, around the end, or once all was released
BANKS = ("", "", "won at once", "lost at once", "won meanwhile", "lost meanwhile", "won after", "lost after")


@dataclass(frozen=True)
class Fortune:
    """What befalls the money of any booking: how it is paid, which refunds fail at first, what the bank does and to
    which payment, the thousandths of what is kept that the firm gives back, and how the firm is paid."""

    method: str
    failing: str
    bank: str
    disputes_first: bool
    grants: tuple[int, ...]
    payout: str


class Lived:
    """Hands on a booking that lives one life. ``expected``: fen its family was told it gets back, in all."""

    client: Any
    stripe: StripeSandbox
    run_jobs: Callable[[], int]
    booking: Any

    def __init__(self, world: sa.Connection, sweep: Callable[[str], None], fortune: Fortune) -> None:
        self.world, self.sweep, self.fortune, self.expected = world, sweep, fortune, 0
        self.officer = factories.headers(factories.member(Role.FEDERATION_ADMIN))
        self._told, self._since = set[str](), datetime.now(UTC) - timedelta(seconds=2)
        self._before = {moved.id for moved in statement().since(self._since)}
        world.execute(sa.text("UPDATE payout_terms SET minimum_fen = 1"))

    def ask(self, path: str, who: dict[str, str], /, **body: Any) -> Any:
        """One POST that must succeed."""
        answer = self.client.post(f"/api/v1{path}", headers=who, json=body or None)
        assert answer.status_code in (200, 201), (path, answer.json)
        return answer.json

    def of(self, step: str, who: dict[str, str], /, **body: Any) -> Any:
        """One step of the booking that must succeed."""
        return self.ask(f"/bookings/{self.booking.id}/{step}", who, **body)

    def intents(self) -> list[str]:
        """The booking's intents, in order."""
        return list(db.session.execute(sa.text(
            "SELECT intent_id FROM payment WHERE booking_id = :id ORDER BY created_at, id"),
            {"id": self.booking.id}).scalars())

    def hear(self) -> None:
        """What Stripe has said since the last time is heard and worked on."""
        for event in [event for intent in self.intents() for event in self.stripe.events(intent)]:
            if event["id"] not in self._told:
                self._told.add(event["id"])
                assert self.stripe.deliver(self.client, event).status_code == 200
        self.run_jobs()

    def settle(self) -> None:
        """What is due happens; a refund that came back is tried again or paid by hand, once no bank is in the way."""
        self.run_jobs()
        self.hear()
        self.stripe.control()
        for refund_id in self.failed():
            if self.fortune.failing == "again":
                self.ask(f"/refunds/{refund_id}/retries", self.officer)
            else:
                self.ask(f"/refunds/{refund_id}/repayments", self.officer, reference=f"R{refund_id}")
        self.run_jobs()
        self.hear()

    def failed(self) -> list[Any]:
        """Refunds that came back and of which no bank is in the way."""
        db.session.flush()
        return list(db.session.execute(sa.text(
            "SELECT refund.id FROM refund JOIN payment ON payment.id = payment_id WHERE refund.state = 'failed'"
            " AND payment.booking_id = :id AND disputed_fen = 0"), {"id": self.booking.id}).scalars())

    def fail_refunds(self) -> None:
        """From now until all is settled Stripe's refunds come back, in lives where some do."""
        if self.fortune.failing:
            self.stripe.control(refund_fail=1)

    def bank(self, when: str) -> None:
        """What the cardholder's bank does at a moment of this life: at once, meanwhile, the end, or after."""
        verdict, _, then = self.fortune.bank.partition(" ")
        if self.fortune.method != "card" or then != when:
            return
        intents = self.intents()
        opened = self.stripe.dispute(intents[0 if self.fortune.disputes_first else -1])
        if opened.ok:  # it was not all given back
            self.hear()
            if when != "meanwhile":
                self.decide()

    def decide(self) -> None:
        """The bank decides what it has not decided yet."""
        db.session.flush()
        for stripe_id in list(self.world.execute(sa.text("SELECT stripe_id FROM dispute WHERE decided_at IS NULL"))
                              .scalars()):
            self.stripe.decide(stripe_id, self.fortune.bank.partition(" ")[0])
            self.hear()

    def grant(self, manager: dict[str, str]) -> None:
        """The firm gives back parts of what is kept, each so many thousandths of it."""
        for permille in self.fortune.grants:
            db.session.expire_all()
            amount = (self.booking.paid_fen - self.booking.refund_fen) * permille // 1000
            if amount and self.booking.state in ("served", "completed", "cancelled", "household_absent"):
                self.of("refund-grants", manager, amount=amount, reason="goodwill")
                self.expected += amount

    def pay_firm(self, desk: Desk) -> None:
        """A batch is made and decided on; what the bank or Stripe then says of it."""
        kind = {} if self.fortune.payout != "transferred" else {
            "kind": "stripe", "stripe_account": "acct_1QiaoJieJie"}
        if not self.world.execute(sa.text("SELECT count(*) FROM payout_account")).scalar_one():
            desk.account(**kind)
        batch = desk.batch(day=60)
        if self.fortune.payout == "rejected":
            desk.post(f"/payout-batches/{batch['id']}/rejections", desk.second)
            self.run_jobs()
            return
        desk.approve(batch)
        for item in desk.items(batch) if self.fortune.payout != "transferred" else []:
            if self.fortune.payout == "failed":
                desk.post(f"/payout-items/{item['id']}/failures", desk.maker, reason="账号有误")
                continue
            desk.post(f"/payout-items/{item['id']}/bank-references", desk.maker, reference=f"B{item['id']}")
            if self.fortune.payout == "reversed":
                desk.post(f"/payout-items/{item['id']}/reversals", desk.maker, reason="退票")

    def live(self) -> None:
        """From paying to the last refund and the last payout."""
        self.pay_for_it()
        self.bank("at once")
        self.fail_refunds()
        self.come_to_its_end(first=True)
        self.bank("meanwhile")
        self.come_to_its_end(first=False)
        desk = Desk(self, self.world, self.sweep)  # type: ignore[arg-type]
        self.settle()
        if self.fortune.payout:
            self.pay_firm(desk)
        self.decide()
        self.bank("after")
        self.grant(desk.manager)
        self.settle()
        if self.fortune.payout:
            self.pay_firm(desk)

    def pay_for_it(self) -> None:
        """The family pays."""
        raise NotImplementedError

    def come_to_its_end(self, first: bool) -> None:
        """The booking comes to its end, in two halves."""
        raise NotImplementedError

    def moved(self) -> list[Moved]:
        """What moved at Stripe in this life; its fees are booked."""
        found = [each for each in statement().since(self._since) if each.id not in self._before]
        clearing.keep(found)
        return found


def ledger() -> dict[tuple[str, str], int]:
    """What the kinds of movement left on the kinds of account."""
    db.session.flush()
    return {(kind, account): int(fen) for kind, account, fen in db.session.execute(sa.text(
        "SELECT tx.kind, split_part(line.account, ':', 1), sum(line.amount_fen) FROM posting line"
        " JOIN posting_tx tx ON tx.id = line.tx_id GROUP BY 1, 2"))}
