"""What Stripe tells, told never, once, thrice, thirty times at once, in any order: the end is the same (R2)."""

import random
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.soak import paid
from tests.soak.ground import Ground
from tests.soak.paid import TOTAL, Visit
from tests.soak.trial import Trial, Untrue
from tests.stripe_sandbox import StripeSandbox

#: what the payer does, and how booking and payment then stand
LIVES = {"pay": ("confirmed", "succeeded"), "decline pay": ("confirmed", "succeeded"),
         "decline expire pay": ("confirmed", "succeeded"), "decline": ("held", "requires_action"),
         "nothing": ("held", "requires_action"), "cancelled there": ("held", "cancelled"),
         "pay cancel": ("cancelled", "succeeded"), "decline pay cancel": ("cancelled", "succeeded")}
METHODS = ("alipay", "wechat_pay")
AT_ONCE = 30


def run(ground: Ground, seed: int, size: int, heals: bool = True, until_wrong: bool = False) -> Trial:
    """So many histories. ``heals``: whether what was not heard is asked after, as the service does."""
    return Trial("R2 histories of what Stripe tells", seed).run(
        range(size), lambda chance: History(ground, chance, heals).live(), until_wrong)


class History:
    """One booking's money, and what is heard of it."""

    def __init__(self, ground: Ground, chance: random.Random, heals: bool) -> None:
        self.ground, self.chance, self.heals = ground, chance, heals
        self.counts = list[str]()

    def live(self) -> list[str]:
        """From the hold to its end; what came of it."""
        kind = self.chance.choice(list(LIVES))
        visit, heard = paid.held(self.ground), set[str]()
        intent = self._act(visit, kind)
        if self.chance.random() < 0.2:  # the answer to the first request was lost: nothing was written down
            self.ground.execute("UPDATE payment SET intent_id = NULL, state = 'created', next_action = NULL"
                                " WHERE booking_id = :id", id=visit.id)
            self.counts.append("heard before the intent was written down")
            heard |= self._tell(self.ground.stripe.events(intent), all_of=True)
        else:
            heard |= self._tell(self.ground.stripe.events(intent))
        self._come_right()
        if kind.endswith("cancel"):
            if visit.cancel(TOTAL) != 200:
                raise Untrue(f"{kind}: it cannot be cancelled, being {visit.state()}")
            self.ground.work(self.chance.choice((1, 3)))
            heard |= self._tell(self.ground.stripe.events(intent))
            self._come_right()
        self._check(visit, kind, intent, heard)
        return [kind, *self.counts]

    def _act(self, visit: Visit, kind: str) -> str:
        method = self.chance.choice(METHODS)
        intent = visit.begin(method)
        for action in kind.split():
            if action in ("pay", "decline", "expire"):
                if not self.ground.stripe.act(intent, action).ok:
                    visit.begin(method)  # declined once, a wallet is asked anew
                    if not self.ground.stripe.act(intent, action).ok:
                        raise Untrue(f"{kind}: {action} is not taken")
            elif action == "cancelled":
                self.ground.stripe.cancel(intent)
        return intent

    def _tell(self, events: list[dict[str, Any]], all_of: bool = False) -> set[str]:
        """Tell each event as often and in what order chance has it; ids of those that were told."""
        copies = [self.chance.choice((1, 3) if all_of else (0, 1, 1, 3)) for _ in events]
        if events and self.chance.random() < 0.15:
            copies[self.chance.randrange(len(events))] = AT_ONCE
        if not all_of and self.chance.random() < 0.1:
            copies = [0] * len(events)
        self.counts += [f"told {each} times" for each in copies]
        parcels = [(event, 1) for event, many in zip(events, copies, strict=True) if many < AT_ONCE
                   for _ in range(many)]
        parcels += [(event, AT_ONCE) for event, many in zip(events, copies, strict=True) if many == AT_ONCE]
        parcels += [(event, 1) for event in self._strangers()]
        self.chance.shuffle(parcels)
        for event, many in parcels:
            self._deliver(event, many)
            if self.chance.random() < 0.3:
                self.ground.work(self.chance.choice((1, 3)))
        self.ground.work(self.chance.choice((1, 3)))
        return {event["id"] for event, _ in parcels}

    def _strangers(self) -> Iterator[dict[str, Any]]:
        """Events about what is not ours."""
        for ref in self.chance.sample(("pi_foreign", "re_foreign", "cus_1", "du_foreign", "nothing"), 2):
            if self.chance.random() < 0.2:
                self.counts.append("about what is not ours")
                yield {"id": f"evt_{uuid.UUID(int=self.chance.getrandbits(128))}{ref}", "type": "x.changed",
                       "data": {"object": {"id": ref}}}

    def _deliver(self, event: dict[str, Any], many: int) -> None:
        answers = self.ground.at_once([partial(deliver, self.ground.city, event)] * many)
        if set(answers) != {200}:
            raise Untrue(f"a webhook was answered {sorted(set(answers))}")

    def _come_right(self) -> None:
        if self.heals:
            self.ground.later("inbox.tasks.remind", "payments.tasks.reconcile", "refunds.tasks.reconcile")

    def _check(self, visit: Visit, kind: str, intent: str, heard: set[str]) -> None:
        state, payment_state = LIVES[kind]
        came, back = (TOTAL if "pay" in kind else 0), (TOTAL if "cancel" in kind.split() else 0)
        [payment] = self.ground.rows("SELECT state, intent_id FROM payment WHERE booking_id = :id", id=visit.id)
        facts = self.ground.rows("SELECT fact, count(*) AS many FROM ledger_entry WHERE subject = :it AND fact IN"
                                 " ('payment.succeeded', 'booking.confirmed') GROUP BY 1", it=f"booking:{visit.id}")
        inbox = self.ground.rows("SELECT id FROM webhook_event WHERE id = ANY(:ids) AND handled_at IS NOT NULL",
                                 ids=sorted(heard))
        self.ground.check(
            booking=(visit.state(), state), payment=(payment["state"], payment_state),
            intent=(payment["intent_id"], intent), held=(visit.escrow(), came - back), given_back=(visit.back(), back),
            facts=({row["fact"]: row["many"] for row in facts},
                   {"payment.succeeded": 1, "booking.confirmed": 1} if came else {}),
            heard=({row["id"] for row in inbox}, heard))
        if state == "held":  # and it comes to rest
            visit.run_out()
            self.ground.later("payments.tasks.close_overdue")
            self.ground.check(in_the_end=(visit.state(), "expired"))


def deliver(city: Flask, event: dict[str, Any]) -> int:
    """Post an event as Stripe would; the status."""
    client: FlaskClient = city.test_client()
    return int(StripeSandbox.deliver(client, event).status_code)
