"""What a life of a booking's money is lived with: its family, its bank, its firm and who pays the firm, over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from qiaojiejie.booking.models import Booking
from qiaojiejie.clearing import service as clearing
from qiaojiejie.clearing.gateway import Moved, statement
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories
from tests.attendance.engagement import DAY, Engagement
from tests.coupons import scene
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


class Visited(Lived, scene.Customer):
    """A visit that was quoted and booked, perhaps with a coupon, three days ahead."""

    def __init__(self, hands: tuple[Any, ...], fortune: Fortune, *, price: int, minutes: int, coupon: tuple[str, int],
                 ends: str) -> None:
        client, stripe, run_jobs, world, sweep = hands
        scene.Customer.__init__(self, client, stripe, run_jobs)
        Lived.__init__(self, world, sweep, fortune)
        self.ends = ends
        world.execute(sa.text("UPDATE worker_service SET price_fen = :fen"), {"fen": price})
        by, amount = coupon
        code = scene.coupon(scene.manager(self.firm) if by == "firm" else None, amount_fen=amount).code if by else None
        self.holds(code, start=factories.tomorrow(9, days=3).isoformat(), minutes=minutes)
        self.nurse = factories.headers(db.session.get_one(Account, self.worker.account_id))
        self.manager = factories.headers(factories.manager_of(self.firm))

    def at(self, minutes: int) -> Any:
        """The clock stands so many minutes after the start."""
        return clock.frozen(self.booking.start + timedelta(minutes=minutes))

    def pay_for_it(self) -> None:
        """In time, or too late."""
        assert self.begin(self.fortune.method).status_code == 201
        self.press()
        if self.ends == "late":
            self.cancel(0)
            self.run_jobs()
            self.expected = self.booking.total_fen
        self.hear()

    def come_to_its_end(self, first: bool) -> None:
        """As this life says; what the family is told it gets back is kept."""
        kind, _, minutes = self.ends.partition(" ")
        if kind == "complete":
            self._serve(first)
        elif kind == "late" or not first:
            return
        elif kind == "cancel":
            with self.at(-int(minutes)):
                self.expected = self.of("cancellation-quotes", self.headers)["refund"]["amount"]
                self.of("cancellations", self.headers, expected_refund=self.expected)
        elif kind in ("withdrawals", "declines"):
            self.of(kind, self.nurse if kind == "withdrawals" else self.manager, reason="other")
            self.expected = self.booking.paid_fen
        else:
            with self.at(15):
                self.expected = self.of("absences", self.headers if kind == "nobody" else self.manager)["refund"][
                    "amount"]

    def _serve(self, first: bool) -> None:
        if first:
            with self.at(0):
                self.of("check-ins", self.nurse, door_code=self.booking.door_code.reveal())
        else:
            with self.at(180):
                self.of("check-outs", self.nurse)
                self.of("confirmations", self.headers)


class Engaged(Lived, Engagement):
    """An engagement of some days. ``days``: what becomes of each; ``ends``: how it ends."""

    def __init__(self, hands: tuple[Any, ...], fortune: Fortune, *, price: int, days: tuple[str, ...],
                 deposit: int, early: int, ends: str) -> None:
        client, stripe, run_jobs, world, sweep = hands
        Engagement.__init__(self, client, stripe, run_jobs, days=len(days), price=price)
        Lived.__init__(self, world, sweep, fortune)
        self.fates, self.ends = days, ends
        world.execute(sa.text("UPDATE engagement_terms SET deposit_permille = :deposit, early_permille = :early"),
                      {"deposit": deposit, "early": early})
        self.book()
        self.prices = [each["amount"] for each in self.booking.schedule]
        self.kept = 0

    def pay_for_it(self) -> None:
        """A deposit at once and the balance two days before, or late, or never."""
        self.pay(method=self.fortune.method)
        if self.ends.startswith("deposit") or not self.booking.due:
            return
        with clock.frozen(self.start - 2 * DAY):
            assert self.begin(method=self.fortune.method).status_code == 201
            if self.ends == "late":
                self.of("declines", self.firm, reason="other")
            assert self.stripe.act(self.intent()).ok
            self.hear()

    def come_to_its_end(self, first: bool) -> None:
        """As this life says; what the family is told it gets back is kept."""
        kind, _, number = self.ends.removeprefix("deposit ").partition(" ")
        if kind in ("run", "family", "firm"):
            self._work(first, kind, int(number or len(self.fates)))
        elif first and kind == "cancel":
            with clock.frozen(self.start - timedelta(minutes=int(number))):
                self.expected = self.of("cancellation-quotes", self.family)["refund"]["amount"]
                self.of("cancellations", self.family, expected_refund=self.expected)
        elif first and kind == "nobody":
            with clock.frozen(self.start + timedelta(minutes=15)):
                self.expected = self.of("absences", self.nurse)["refund"]["amount"]
        elif kind == "late":
            self.expected = sum(self.prices)

    def _work(self, first: bool, kind: str, last: int) -> None:
        half = last // 2
        if first:
            assert self.arrive().status_code == 200
        for number in range(1, half + 1) if first else range(half + 1, last + 1):
            self._day(number, self.fates[number - 1])
        if not first:
            self._over(kind, last)

    def _day(self, number: int, fate: str) -> None:
        """A day is written down (or not), and the last word on it spoken (or not yet)."""
        if fate == "unwritten":
            return
        minutes, at = 300 if fate.startswith("half") else 600, self.evening(number) + timedelta(hours=1)
        workday = self.write_down(number, minutes).json["id"]
        said = {"agreed": ["agree"], "half": ["agree"], "upheld": ["contest", "uphold"], "half upheld": [
            "contest", "uphold"], "struck": ["contest", "strike"], "withdrawn": ["withdraw"], "half silent": []}
        for each in said.get(fate, []):
            who = {"uphold": self.mediator, "strike": self.mediator, "withdraw": self.nurse}.get(each)
            assert self.answer(workday, each, who, at, reason="other").status_code == 200
        if fate not in ("struck", "withdrawn"):
            price = self.prices[number - 1]
            self.kept += (price + 1) // 2 if minutes == 300 else price

    def _over(self, kind: str, last: int) -> None:
        """Ended early for what was quoted, or by its days; then time passes and silence agrees."""
        if kind != "run" and self.booking.state == "under_way":
            who = self.family if kind == "family" else self.firm
            quoted = self.end_quote(last, who).json
            ended = self.end(last, quoted["refund"]["amount"], who)
            assert ended.status_code == 200, ended.json
            self.kept += quoted["fee"]["amount"]
        for days in (4, 8, 12):
            with clock.frozen(self.evening(len(self.fates)) + days * DAY):
                for name in ("agree_in_silence", "finish_engagements", "complete_served"):
                    self.sweep(name)
                self.run_jobs()
        self.expected = max(0, self.booking.paid_fen - self.kept)
        assert self.booking.state == "completed"


def ledger(booking: Booking) -> dict[tuple[str, str], int]:
    """What the kinds of movement left on the kinds of account."""
    db.session.flush()
    return {(kind, account): int(fen) for kind, account, fen in db.session.execute(sa.text(
        "SELECT tx.kind, split_part(line.account, ':', 1), sum(line.amount_fen) FROM posting line"
        " JOIN posting_tx tx ON tx.id = line.tx_id GROUP BY 1, 2"))}
