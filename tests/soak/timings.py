"""A hold runs out while its family pays, and sometimes cancels: confirmed or given back, never neither (R7)."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from functools import partial

from qiaojiejie.core import worker
from qiaojiejie.ledger import service as ledger
from qiaojiejie.payments import facts
from qiaojiejie.payments import service as payments
from tests.soak import paid
from tests.soak.ground import Ground
from tests.soak.paid import TOTAL, Visit
from tests.soak.trial import Trial, Untrue

#: what may come of it: the booking's state, and the fen that went back
ENDS = {("confirmed", 0), ("cancelled", 0), ("cancelled", TOTAL), ("expired", 0), ("expired", TOTAL)}
#: seconds by which the three may be apart
APART = 0.06


def run(ground: Ground, seed: int, size: int, until_wrong: bool = False) -> Trial:
    """So many holds, each with timings of its own."""
    return Trial("R7 timings of an expiry and a late payment", seed).run(
        range(size), lambda chance: [_one(ground, chance)], until_wrong)


@contextlib.contextmanager
def late_money_forgotten() -> Iterator[None]:
    """The control: nobody follows that money came too late."""
    names = ledger.FOLLOWERS.pop(facts.OVERTAKEN)
    try:
        yield
    finally:
        ledger.FOLLOWERS[facts.OVERTAKEN] = names


def _one(ground: Ground, chance: random.Random) -> str:
    visit = paid.held(ground)
    intent = visit.begin(chance.choice(("alipay", "wechat_pay")))
    visit.run_out()

    def pay() -> None:
        if ground.stripe.act(intent).ok:
            worker.run_framed(ground.city, payments.look_at, intent_id=intent)

    def close() -> None:
        worker.run_framed(ground.city, payments.close, booking_id=visit.id)

    def cancel() -> None:
        status = visit.cancel(chance.choice((0, TOTAL)))
        if status not in (200, 409):
            raise Untrue(f"cancelling was answered {status}")

    acts: list[Callable[[], None]] = [pay, close, *([cancel] if chance.random() < 0.6 else [])]
    waits = [chance.uniform(0, APART) for _ in acts]

    def after(wait: float, act: Callable[[], None]) -> None:
        time.sleep(wait)
        act()

    ground.at_once([partial(after, *each) for each in zip(waits, acts, strict=True)])
    ground.work()
    return _end(ground, visit, intent)


def _end(ground: Ground, visit: Visit, intent: str) -> str:
    """How it ended. Raises Untrue unless Stripe holds what the books say, and that is all of it or nothing."""
    ground.later("payments.tasks.close_overdue", "payments.tasks.reconcile", "refunds.tasks.reconcile")
    state, back = visit.state(), visit.back()
    kept = int(ground.stripe.get(f"/v1/payment_intents/{intent}")["amount_received"]) - back
    if (state, back) not in ENDS or kept != (TOTAL if state == "confirmed" else 0):
        raise Untrue(f"{state}: {back} fen went back, {kept} are kept")
    ground.check(held=(visit.escrow(), kept))
    return f"{state}, {back} went back"
