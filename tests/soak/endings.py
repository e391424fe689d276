"""Bookings of one firm refunded, completed, cancelled and paid out at the same moment: no fen too much (R6)."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from qiaojiejie.books import rules as books
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.payments.rules import between
from tests import factories
from tests.family import LINES
from tests.soak import paid
from tests.soak.ground import Ground
from tests.soak.paid import TOTAL, Visit
from tests.soak.trial import Trial, Untrue

#: full refunds of one booking asked for at once
FULL = 20
NOTHING = "no batch to decide on"
Headers = dict[str, str]
Step = Callable[[], str]


def run(ground: Ground, seed: int, size: int, until_wrong: bool = False) -> Trial:
    """So many firms, each with three bookings that end at once."""
    maker, second = _officers(ground)
    ground.execute("UPDATE payout_terms SET minimum_fen = 1")  # whatever is owed is paid out, in every case
    return Trial("R6 firms whose bookings are refunded, released and paid out at once", seed).run(
        range(size), lambda chance: Case(ground, chance, maker, second).live(), until_wrong)


def _officers(ground: Ground) -> tuple[Headers, Headers]:
    with ground.city.app_context():
        maker, second = (factories.headers(factories.member(Role.FEDERATION_ADMIN)) for _ in range(2))
        db.session.commit()
    return maker, second


class Case:
    """One firm, its bookings, and what its families were promised."""

    def __init__(self, ground: Ground, chance: random.Random, maker: Headers, second: Headers) -> None:
        self.ground, self.chance, self.maker, self.second = ground, chance, maker, second
        self.visits = [paid.held(ground)]
        self.firm = self.visits[0].firm
        self.visits += [paid.held(ground, self.firm) for _ in range(2)]
        self.promised, self.lock = Counter[UUID](), threading.Lock()
        with ground.city.app_context():
            self.manager = factories.headers(factories.member(Role.FIRM_MANAGER, org_id=self.firm))
            db.session.commit()

    def live(self) -> list[str]:
        """From paying to the last fen; what came of it."""
        self._account()
        for visit in self.visits:
            visit.pay()
        done = [visit for visit in self.visits if self.chance.random() < 0.75]
        for visit in done:
            self._serve(visit)
            if self.chance.random() < 0.4:
                visit.post(f"/bookings/{visit.id}/confirmations")
        if self.chance.random() < 0.5:
            self.ground.work()
        outcomes = self.ground.at_once(self._steps(done))
        self.ground.work(2)
        outcomes += self.ground.at_once([self._decide, *self._steps(done, again=True)])
        self.ground.work(2)
        outcomes += self._send()
        self._settle()
        self._check()
        return outcomes

    def _account(self) -> None:
        status, made = self._post(f"/firms/{self.firm}/payout-accounts", self.manager, kind="bank", branch="宿城支行",
                                  bank_name="工商银行", number="6222020200112233445")
        if status != 201 or self._post(f"/payout-accounts/{made['id']}/decisions", self.second,
                                       step="verify")[0] != 201:
            raise Untrue(f"no account: {status} {made}")

    def _post(self, path: str, who: Headers, **body: Any) -> tuple[int, Any]:
        return paid.post(self.ground, path, who, **body)

    def _serve(self, visit: Visit) -> None:
        self.ground.execute("UPDATE booking SET state = 'served', started_at = confirmed_at, ended_at = confirmed_at"
                            " WHERE id = :id", id=visit.id)

    def _steps(self, done: list[Visit], again: bool = False) -> list[Step]:
        """What happens at once: goodwill in parts or in full, twenty times or few, completion, cancelling, a batch."""
        steps: list[Step] = []
        for visit in self.visits:
            if visit not in done:
                if self.chance.random() < 0.6:
                    steps += [partial(self._cancel, visit)] * self.chance.choice((1, 2))
                continue
            if self.chance.random() < (0.1 if again else 0.25):
                steps += [partial(self._grant, visit, TOTAL)] * FULL
            else:
                steps += [partial(self._grant, visit, self.chance.choice((1, 345, 4600, 6900, TOTAL - 1)))
                          for _ in range(self.chance.randrange(4))]
            if self.chance.random() < 0.7:
                steps.append(partial(self._complete, visit))
        if not again:
            steps.append(self._batch)
        steps += [self._work] * 2
        self.chance.shuffle(steps)
        return steps

    def _grant(self, visit: Visit, amount: int) -> str:
        status, _ = self._post(f"/bookings/{visit.id}/refund-grants", self.manager, amount=amount, reason="goodwill")
        if status == 201:
            self._promise(visit, amount)
        return f"given back {status}"

    def _promise(self, visit: Visit, amount: int) -> None:
        with self.lock:
            self.promised[visit.id] += amount

    def _complete(self, visit: Visit) -> str:
        return f"completed {visit.post(f'/bookings/{visit.id}/confirmations')[0]}"

    def _cancel(self, visit: Visit) -> str:
        status = visit.cancel(TOTAL)
        if status == 200:
            self._promise(visit, TOTAL)
        return f"cancelled {status}"

    def _batch(self) -> str:
        return f"batch {self._post('/payout-batches', self.maker, through=clock.today().isoformat())[0]}"

    def _decide(self) -> str:
        verdict = self.chance.choice(("approvals", "approvals", "rejections"))
        waiting = self.ground.rows("SELECT id FROM payout_batch WHERE state = 'waiting'")
        for batch in waiting:
            self._post(f"/payout-batches/{batch['id']}/{verdict}", self.second)
        return verdict if waiting else NOTHING

    def _work(self) -> str:
        self.ground.work()
        return "work"

    def _send(self) -> list[str]:
        """The bank carries out what was approved, or does not."""
        outcomes = []
        for item in self.ground.rows("SELECT id FROM payout_item WHERE state = 'approved'"):
            if self.chance.random() < 0.8:
                status, _ = self._post(f"/payout-items/{item['id']}/bank-references", self.maker,
                                       reference=f"ICBC{item['id'].int % 10**20}")
                outcomes.append(f"paid out {status}")
            else:
                status, _ = self._post(f"/payout-items/{item['id']}/failures", self.maker, reason="户名不符")
                outcomes.append(f"payout failed {status}")
        return outcomes

    def _settle(self) -> None:
        self.ground.work()
        if self._decide() != NOTHING:
            self.ground.work()
        self.ground.later("refunds.tasks.reconcile", "payments.tasks.reconcile", "payouts.tasks.resume")

    def _check(self) -> None:
        due = 0
        for visit in self.visits:
            state, promised = visit.state(), self.promised[visit.id]
            if promised > TOTAL:
                raise Untrue(f"{promised} of {TOTAL} fen were promised")
            [rows] = self.ground.rows("SELECT coalesce(sum(refund.amount_fen), 0)::int AS fen FROM refund JOIN payment"
                                      " ON payment.id = payment_id WHERE booking_id = :id AND refund.state ="
                                      " 'succeeded'", id=visit.id)
            released = state in ("completed", "cancelled")
            due += between(LINES, TOTAL, 0, TOTAL - promised).net if released else 0
            self.ground.check(at_stripe=(visit.back(), promised), refunded=(rows["fen"], promised),
                              held=(visit.escrow(), 0 if released else TOTAL - promised))
        self.ground.check(firms_part=(self._firms_part(), due))
        if self.ground.rows("SELECT * FROM payouts_health"):
            raise Untrue("payouts_health")

    def _firms_part(self) -> int:
        """What the firm was paid, is being paid and is owed, less what it owes."""
        [owed] = self.ground.rows("SELECT coalesce(-sum(amount_fen), 0)::int AS fen FROM posting WHERE account = ANY("
                                  ":of)", of=[books.firm_payable(self.firm), books.firm_receivable(self.firm)])
        [out] = self.ground.rows("SELECT coalesce(sum(amount_fen), 0)::int AS fen FROM payout_item WHERE firm_id = :id"
                                 " AND state IN ('batched', 'approved', 'sent', 'paid')", id=self.firm)
        return int(owed["fen"]) + int(out["fen"])
