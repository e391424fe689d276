"""Families as good clients: what was not answered is sent again with its key, and what was answered is believed."""

import contextlib
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests

from tests.soak.town import Home, Slot
from tests.stripe_sandbox import JSON

#: what a family does, and how often of a hundred
HABITS = {"pay": 30, "decline": 12, "cancel": 16, "cancel late": 12, "give up": 6, "pay after giving up": 8,
          "leave": 6, "pay late": 10}
METHODS = ("alipay", "wechat_pay", "card")
#: seconds after which a family no longer asks
PATIENCE = 60.0
#: minutes the city's clock is moved, past the time of every hold
LEAP = timedelta(minutes=16)
#: refusals a storm brings about by right
BY_RIGHT = {"SlotTaken", "StepNotPossible", "HoldExpired", "QuoteExpired", "CancellationQuoteChanged",
            "payment_intent_unexpected_state", "PaymentNotFound"}


class GaveUp(Exception):
    """Nobody answered for as long as a family waits."""


@dataclass
class Visit:
    """What one family was told, and what it did."""

    quote: str
    key: str
    habit: str
    total: int
    #: ids of bookings it was answered with
    booked: set[str] = field(default_factory=set)
    #: what cancelling was to give back when it was accepted, in fen
    promised: int | None = None
    #: intents the pay page said were paid
    paid: set[str] = field(default_factory=set)


class Storybook:
    """What all families saw together, and the moments they wait for."""

    def __init__(self, private: frozenset[str] = frozenset()) -> None:
        self._lock = threading.Lock()
        #: what nobody outside may be told
        self.private = private
        #: what befell PostgreSQL, and the seconds from its end until a family could read and write again
        self.back: list[tuple[str, float]] = []
        #: what had been answered by then: nothing had been killed yet
        self.meanwhile: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.visits: list[Visit] = []
        #: answers no service may give
        self.wrong: list[str] = []
        self.leaps = 0
        self.longest = 0.0
        self.over = threading.Event()

    def note(self, answer: str, wrong: str = "") -> None:
        """An answer came, or none."""
        with self._lock:
            self.answers[answer] += 1
            if wrong:
                self.wrong.append(wrong)

    def begun(self, visit: Visit) -> None:
        """A family is about to book."""
        with self._lock:
            self.visits.append(visit)

    def waited(self, seconds: float) -> None:
        """How long one request took, all its repetitions together."""
        with self._lock:
            self.longest = max(self.longest, seconds)


class Client:
    """One family's hands on the service."""

    def __init__(self, base: str, home: Home, story: Storybook) -> None:
        self._base, self._home, self._story, self._session = base, home, story, requests.Session()

    def close(self) -> None:
        """End its connections."""
        self._session.close()

    def ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> tuple[int, Any]:
        """One request, sent again with its key until somebody answers: (status, answer). Raises GaveUp."""
        headers = {**self._home.headers, **({"Idempotency-Key": key} if key else {})}
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            pause = 0.2
            try:
                answer = self._session.request(method, f"{self._base}/api/v1{path}", json=body, headers=headers,
                                               timeout=20)
            except requests.RequestException as lost:
                self._story.note(type(lost).__name__)
            else:
                found = self._read(method, path, answer)
                if found is not None:
                    self._story.waited(time.monotonic() - began)
                    return found
                pause = min(float(answer.headers.get("Retry-After", 1)), 1)
            time.sleep(pause)
        raise GaveUp(f"{method} {path}")

    def _read(self, method: str, path: str, answer: requests.Response) -> tuple[int, Any] | None:
        """(status, answer), None when it is to be asked again."""
        code, said = "", None
        if answer.status_code >= 400:
            with contextlib.suppress(ValueError):
                said = answer.json()
                code = said.get("params", {}).get("code") or said["code"]
        wrong = answer.status_code >= 400 and answer.status_code != 503 and code not in BY_RIGHT
        if answer.status_code == 503 and "Retry-After" not in answer.headers:
            wrong = True
        self._story.note(f"{answer.status_code} {code}".strip(),
                         f"{method} {path}: {answer.status_code} {answer.text[:300]}" if wrong else "")
        if answer.status_code == 503 or answer.status_code >= 500:
            return None
        return answer.status_code, said if said is not None else answer.json()


class Family:
    """A family with one visit to book, and a habit."""

    def __init__(self, client: Client, stripe: str, story: Storybook, chance: random.Random) -> None:
        self._client, self._stripe, self._story, self._chance = client, stripe, story, chance

    def live(self, home: Home, slot: Slot, habit: str) -> None:
        """Quote, book, and whatever the habit says."""
        status, quote = self._client.ask("POST", "/quotes", {
            "worker_id": slot.worker, "service_code": "cleaning", "address_id": home.address,
            "start": slot.start.isoformat(), "minutes": 180}, key=uuid.uuid4().hex)
        if status != 201:
            return
        visit = Visit(quote["id"], uuid.uuid4().hex, habit, quote["total"]["amount"])
        self._story.begun(visit)
        status, made = self._client.ask("POST", "/bookings", {"quote_id": quote["id"]}, key=visit.key)
        if status != 201:
            return
        visit.booked.add(made["id"])
        if self._chance.random() < 0.2:  # whose answer was lost asks once more
            visit.booked.add(self._client.ask("POST", "/bookings", {"quote_id": quote["id"]}, key=visit.key)[1]["id"])
        ways: dict[str, Callable[[Visit, str], None]] = {
            "pay": self._pay, "decline": self._decline, "cancel": self._cancel, "cancel late": self._cancel_late,
            "give up": self._give_up, "pay after giving up": self._pay_after, "leave": self._leave,
            "pay late": self._pay_late}
        ways[habit](visit, made["id"])

    def _begin(self, booking: str) -> str | None:
        """Begin to pay: the pay page's intent, None when that is no longer possible."""
        method, key = self._chance.choice(METHODS), uuid.uuid4().hex
        status, payment = self._client.ask("POST", f"/bookings/{booking}/payment", {"method": method}, key=key)
        if status != 201 or not payment.get("next_action"):
            return None
        return str(payment["next_action"]["url"]).rpartition("/pay/")[2].partition("?")[0]

    def _press(self, visit: Visit, intent: str, button: str = "pay") -> bool:
        """Press a button of the pay page; whether the page took it."""
        answer = requests.post(f"{self._stripe}/pay/{intent}/{button}", headers=JSON, timeout=30)
        if answer.ok and answer.json()["status"] == "succeeded":
            visit.paid.add(intent)
        return answer.ok

    def _pay(self, visit: Visit, booking: str) -> None:
        intent = self._begin(booking)
        if intent is not None:
            self._press(visit, intent)

    def _decline(self, visit: Visit, booking: str) -> None:
        intent = self._begin(booking)
        if intent is not None and self._press(visit, intent, "decline"):
            self._pay(visit, booking)

    def _confirmed(self, booking: str) -> bool:
        """Wait until the booking stands; False when it does not come to that."""
        for _ in self._while_waiting(PATIENCE):
            state = self._client.ask("GET", f"/bookings/{booking}")[1]["state"]
            if state != "held":
                return bool(state == "confirmed")
        return False

    def _while_waiting(self, seconds: float) -> Iterator[None]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._story.over.wait(0.3):
            yield

    def _cancel(self, visit: Visit, booking: str) -> None:
        """Pay, and cancel for what is quoted."""
        self._pay(visit, booking)
        if self._confirmed(booking):
            self._call_off(visit, booking)

    def _cancel_late(self, visit: Visit, booking: str) -> None:
        """Pay, and cancel for what is quoted when the grace after paying is over."""
        self._pay(visit, booking)
        if self._confirmed(booking):
            self._leap()
            self._call_off(visit, booking)

    def _call_off(self, visit: Visit, booking: str) -> None:
        for _ in range(5):
            status, quote = self._client.ask("POST", f"/bookings/{booking}/cancellation-quotes", key=uuid.uuid4().hex)
            if status != 200:
                return
            refund = quote["refund"]["amount"]
            status, _ = self._client.ask("POST", f"/bookings/{booking}/cancellations", {"expected_refund": refund},
                                         key=uuid.uuid4().hex)
            if status == 200:
                visit.promised = refund
                return

    def _leap(self) -> None:
        """Wait until the clock was moved."""
        before = self._story.leaps
        for _ in self._while_waiting(PATIENCE):
            if self._story.leaps > before:
                return

    def _give_up(self, visit: Visit, booking: str) -> None:
        """Cancel unpaid, with a payment begun or not."""
        if self._chance.random() < 0.5:
            self._begin(booking)
        status, _ = self._client.ask("POST", f"/bookings/{booking}/cancellations", {"expected_refund": 0},
                                     key=uuid.uuid4().hex)
        if status == 200:
            visit.promised = 0

    def _pay_after(self, visit: Visit, booking: str) -> None:
        """Cancel, and pay all the same: at the pay page that is still open, perhaps while it is being cancelled."""
        intent = self._begin(booking)
        if intent is None:
            return
        pressing = threading.Thread(target=self._press, args=(visit, intent))
        early = self._chance.random() < 0.5
        if early:
            pressing.start()
        status, _ = self._client.ask("POST", f"/bookings/{booking}/cancellations", {"expected_refund": 0},
                                     key=uuid.uuid4().hex)
        if status == 200:
            visit.promised = 0
        if not early:
            pressing.start()
        pressing.join(timeout=60)

    def _leave(self, visit: Visit, booking: str) -> None:
        """Hold the hours, begin to pay or not, and never come back."""
        if self._chance.random() < 0.5:
            self._begin(booking)

    def _pay_late(self, visit: Visit, booking: str) -> None:
        """Begin to pay, and press when the time to pay is over."""
        intent = self._begin(booking)
        if intent is not None:
            self._leap()
            time.sleep(self._chance.uniform(0, 3))
            self._press(visit, intent)


def leap(base: str, story: Storybook) -> None:
    """Move the city's clock past every hold."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(requests.RequestException):
            shown = requests.get(f"{base}/api/v1/demo/clock", timeout=5)
            if shown.ok:
                later = datetime.fromisoformat(shown.json()["now"]) + LEAP
                moved = requests.put(f"{base}/api/v1/demo/clock", json={"now": later.isoformat()}, timeout=5)
                if moved.ok:
                    story.leaps += 1
                    return
        time.sleep(0.2)
    raise GaveUp("the clock")
