"""Disputes of card charges: a bank takes the money back, and gives it again when the evidence is good."""

import time
from typing import Any

from qiaojiejie.sandbox.stripe.balance import DISPUTE_FEE, Balance
from qiaojiejie.sandbox.stripe.events import Events
from qiaojiejie.sandbox.stripe.refusals import invalid, missing
from qiaojiejie.sandbox.stripe.state import Object, State, new_id

#: what Stripe's test mode takes for good and for bad evidence
VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}
ANSWERABLE = ("needs_response", "warning_needs_response")
DAYS_TO_ANSWER = 7


class Disputes:
    """Every change of a dispute. Call inside ``state.changing()``."""

    def __init__(self, state: State, events: Events, balance: Balance) -> None:
        self._state, self._events, self._balance = state, events, balance

    def get(self, ref: str) -> Object:
        """A dispute; 404 when there is none."""
        found = self._state.find(ref, "dispute")
        if found is None:
            raise missing("dispute", ref)
        return found

    def standing(self, intent: str) -> bool:
        """Whether an intent's charge is disputed, and not won again."""
        return any(each["status"] != "won" for each in self._state.newest("dispute", parent=intent))

    def open(self, charge: Object, reason: str = "fraudulent") -> Object:
        """The cardholder's bank takes back what is left of a charge, and Stripe its fee for it."""
        left = charge["amount"] - charge["amount_refunded"]
        if charge["payment_method_details"]["type"] != "card" or charge["status"] != "succeeded" or left <= 0:
            raise invalid("Only a paid card charge that was not refunded in full can be disputed.")
        if self.standing(charge["payment_intent"]):
            raise invalid("This charge is disputed already.")
        now = int(time.time())
        made: dict[str, Any] = {
            "id": new_id("dp"), "object": "dispute", "amount": left, "charge": charge["id"], "created": now,
            "currency": charge["currency"], "evidence": {}, "is_charge_refundable": False, "livemode": False,
            "evidence_details": {"due_by": now + DAYS_TO_ANSWER * 86400, "has_evidence": False, "past_due": False,
                                 "submission_count": 0},
            "metadata": {}, "payment_intent": charge["payment_intent"], "reason": reason, "status": "needs_response"}
        made["balance_transactions"] = [self._balance.get(
            self._balance.move("adjustment", made["id"], -left, DISPUTE_FEE))]
        self._state.put({**charge, "disputed": True}, kind="charge", parent=charge["payment_intent"])
        self._save(made, "created")
        return self._save(made, "funds_withdrawn")

    def update(self, dispute: Object, given: Object) -> Object:
        """Take evidence; once handed in the bank decides by what it says, as in Stripe's test mode."""
        self._answerable(dispute)
        evidence = {**dispute["evidence"], **(given.get("evidence") or {})}
        dispute.update(evidence=evidence, metadata={**dispute["metadata"], **(given.get("metadata") or {})})
        dispute["evidence_details"]["has_evidence"] = bool(evidence)
        if not given.get("submit", True):
            return self._save(dispute, "updated")
        dispute["evidence_details"]["submission_count"] += 1
        dispute["status"] = "under_review"
        self._save(dispute, "updated")
        verdict = VERDICTS.get(str(evidence.get("uncategorized_text")))
        return self._decide(dispute, verdict) if verdict else dispute

    def close(self, dispute: Object) -> Object:
        """Give in."""
        self._answerable(dispute)
        return self._decide(dispute, "lost")

    def decide(self, dispute: Object, verdict: str) -> Object:
        """What the bank does once it has looked at the evidence, or waited for it in vain: ``won`` or ``lost``."""
        if dispute["status"] not in (*ANSWERABLE, "under_review") or verdict not in VERDICTS.values():
            raise invalid("This dispute is closed already, or that is no verdict.")
        return self._decide(dispute, verdict)

    def _answerable(self, dispute: Object) -> None:
        if dispute["status"] not in ANSWERABLE:
            raise invalid("This dispute is already closed or under review.", code="dispute_not_answerable")

    def _decide(self, dispute: Object, verdict: str) -> Object:
        dispute["status"] = verdict
        if verdict == "won":
            dispute["balance_transactions"].append(self._balance.get(
                self._balance.move("adjustment", dispute["id"], dispute["amount"])))
            self._save(dispute, "funds_reinstated")
        return self._save(dispute, "closed")

    def _save(self, dispute: Object, event: str) -> Object:
        self._state.put(dispute, kind="dispute", parent=dispute["payment_intent"])
        self._events.record(f"charge.dispute.{event}", dispute)
        return dispute
