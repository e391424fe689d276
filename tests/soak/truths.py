"""What must be true once all has settled: our rows, Stripe's and what families were told, held against each other."""

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import psycopg
from psycopg.rows import dict_row

from tests.soak.people import Storybook, Visit

Row = dict[str, Any]


@dataclass(frozen=True)
class Truth:
    """One thing that must be true: of how many it was asked, and of which it is not."""

    name: str
    count: int
    untrue: list[str]


@dataclass
class Findings:
    """Everything there is, read once: our tables, Stripe's objects."""

    bookings: dict[str, Row] = field(default_factory=dict)
    payments: list[Row] = field(default_factory=list)
    refunds: list[Row] = field(default_factory=list)
    intervals: list[str] = field(default_factory=list)
    health: list[Row] = field(default_factory=list)
    postings: int = 0
    jobs: Counter[str] = field(default_factory=Counter)
    orphans: list[str] = field(default_factory=list)
    events: int = 0
    unheard: list[str] = field(default_factory=list)
    facts: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: at Stripe
    intents: list[Row] = field(default_factory=list)
    given_back: list[Row] = field(default_factory=list)
    #: refunds at Stripe that a wallet has not settled yet
    settling: int = 0
    #: what the last comparison with Stripe's account was made of: movements, fen there and in our books
    compared: Row = field(default_factory=dict)
    #: every request Stripe was sent, whole
    told: list[str] = field(default_factory=list)


def read(database_url: str, stripe_state: Path) -> Findings:
    """Read both sides. Raises psycopg.OperationalError while PostgreSQL is away."""
    found = Findings()
    with psycopg.connect(database_url, row_factory=dict_row) as db:
        found.bookings = {row["id"]: row for row in db.execute("""
            SELECT id::text, quote_id::text AS quote, state, total_fen AS total, refund_fen AS refund,
                confirmed_at IS NOT NULL AS confirmed FROM booking""")}
        found.payments = db.execute("""SELECT id::text, booking_id::text AS booking, state, intent_id AS intent,
            amount_fen AS amount FROM payment""").fetchall()
        found.refunds = db.execute("""SELECT refund.id::text, state, amount_fen AS amount, stripe_id AS stripe,
            because, payment_id::text AS payment FROM refund""").fetchall()
        found.intervals = [row["ref"] for row in db.execute("SELECT ref FROM worker_interval WHERE kind = 'engaged'")]
        found.health = db.execute('SELECT "check", subject, detail FROM ledger_health').fetchall()
        [counts] = db.execute("""SELECT (SELECT count(*) FROM posting_tx) AS postings,
            (SELECT count(*) FROM webhook_event) AS events""").fetchall()
        found.postings, found.events = counts["postings"], counts["events"]
        found.unheard = [row["id"] for row in db.execute("SELECT id FROM webhook_event WHERE handled_at IS NULL")]
        found.jobs = Counter(row["status"] for row in db.execute("SELECT status FROM procrastinate_jobs"))
        found.orphans = [f"{row['id']} {row['task_name']}" for row in db.execute("""
            SELECT job.id, task_name FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker
            ON worker.id = job.worker_id WHERE job.status = 'doing'
            AND coalesce(worker.last_heartbeat, '-infinity') < now() - interval '45 seconds'""")]
        found.facts = Counter((row["fact"], row["subject"]) for row in db.execute("""
            SELECT fact, subject FROM ledger_entry WHERE subject LIKE 'booking:%'"""))
        found.compared = db.execute("""SELECT movements, stripe_fen, books_fen, in_flight FROM clearing_run
            WHERE asked_by IS NOT NULL ORDER BY id DESC LIMIT 1""").fetchone() or {}
    with closing(sqlite3.connect(f"file:{stripe_state}?mode=ro", uri=True, timeout=30)) as stripe:
        objects = [(kind, json.loads(body)) for kind, body in stripe.execute(
            "SELECT kind, body FROM object WHERE kind IN ('payment_intent', 'refund')")]
        found.settling = stripe.execute("SELECT count(*) FROM settlement").fetchone()[0]
        found.told = [unquote_plus(" ".join(row)) for row in stripe.execute(
            "SELECT method, path, headers, body, params, key FROM asked")]
    found.intents = [body for kind, body in objects if kind == "payment_intent"]
    found.given_back = [body for kind, body in objects if kind == "refund"]
    return found


def all_of(found: Findings, story: Storybook) -> list[Truth]:
    """Every truth."""
    return [check(found, story) for check in (
        _books, _kept_once, _charged_once, _given_back_once, _as_promised, _never_neither, _intervals, _jobs, _heard,
        _told_once, _as_stripe_counts, _nobody_named)]


def _truth(name: str) -> Callable[[Callable[[Findings, Storybook], tuple[int, Iterator[str]]]],
                                  Callable[[Findings, Storybook], Truth]]:
    def wrap(func: Callable[[Findings, Storybook], tuple[int, Iterator[str]]]) -> Callable[..., Truth]:
        def check(found: Findings, story: Storybook) -> Truth:
            count, untrue = func(found, story)
            return Truth(name, count, list(untrue))

        return check

    return wrap


@_truth("nothing is wrong in the books (ledger_health); movements of money")
def _books(found: Findings, _: Storybook) -> tuple[int, Iterator[str]]:
    return found.postings, (f"{row['check']} {row['subject']}: {row['detail']}" for row in found.health)


@_truth("what a family was answered 201 is there, and once for its key; bookings answered")
def _kept_once(found: Findings, story: Storybook) -> tuple[int, Iterator[str]]:
    of_quote = Counter(booking["quote"] for booking in found.bookings.values())
    known = {visit.quote for visit in story.visits}

    def untrue() -> Iterator[str]:
        for visit in story.visits:
            if len(visit.booked) > 1:
                yield f"key {visit.key} was answered with {sorted(visit.booked)}"
            for lost in visit.booked - found.bookings.keys():
                yield f"booking {lost} was answered 201 and is lost"
            if of_quote[visit.quote] > 1:
                yield f"quote {visit.quote} made {of_quote[visit.quote]} bookings"
        for stranger in of_quote.keys() - known:
            yield f"a booking of quote {stranger}, which nobody booked"

    return sum(len(visit.booked) for visit in story.visits), untrue()


@_truth("one intent a payment, succeeded at Stripe exactly when with us; payments that succeeded")
def _charged_once(found: Findings, story: Storybook) -> tuple[int, Iterator[str]]:
    ours = {row["intent"]: row for row in found.payments if row["intent"]}
    pressed = {intent for visit in story.visits for intent in visit.paid}

    def untrue() -> Iterator[str]:
        standing = Counter(intent["metadata"]["payment"] for intent in found.intents if intent["status"] != "canceled")
        yield from (f"payment {payment} has {many} intents" for payment, many in standing.items() if many > 1)
        charged = Counter(intent["metadata"]["booking"] for intent in found.intents if intent["status"] == "succeeded")
        yield from (f"booking {booking} was charged {many} times" for booking, many in charged.items() if many > 1)
        for intent in found.intents:
            row = ours.get(intent["id"])
            if (intent["status"] == "succeeded") != (row is not None and row["state"] == "succeeded"):
                yield f"intent {intent['id']} is {intent['status']}, with us {row and row['state']}"
            elif row and intent["status"] == "succeeded" and row["amount"] != intent["amount_received"]:
                yield f"intent {intent['id']}: {intent['amount_received']} came, we say {row['amount']}"
        at_stripe = {intent["id"] for intent in found.intents if intent["status"] == "succeeded"}
        yield from (f"intent {lost} was paid at the pay page and is not paid at Stripe" for lost in pressed - at_stripe)
        yield from (f"payment {row['id']} succeeded at no intent of Stripe's" for row in found.payments
                    if row["state"] == "succeeded" and row["intent"] not in at_stripe)

    return sum(row["state"] == "succeeded" for row in found.payments), untrue()


@_truth("what Stripe gave back is what our rows say, one for one; refunds")
def _given_back_once(found: Findings, _: Storybook) -> tuple[int, Iterator[str]]:
    at_stripe = {refund["id"]: refund for refund in found.given_back}
    ours = {row["stripe"]: row for row in found.refunds if row["stripe"]}

    def untrue() -> Iterator[str]:
        for ref, refund in at_stripe.items():
            row = ours.get(ref)
            if row is None:
                yield f"refund {ref} of {refund['amount']} at Stripe is none of ours"
            elif (row["state"], row["amount"]) != (refund["status"], refund["amount"]):
                yield f"refund {ref}: {refund['status']} {refund['amount']}, with us {row['state']} {row['amount']}"
        for row in found.refunds:
            if row["stripe"] not in at_stripe:
                yield f"refund {row['id']} of {row['amount']} is {row['state']} and not at Stripe"

    return len(found.refunds), untrue()


def _back(found: Findings) -> dict[str, int]:
    """Fen that Stripe gave back, by booking."""
    booking_of = {intent["id"]: intent["metadata"]["booking"] for intent in found.intents}
    back: dict[str, int] = defaultdict(int)
    for refund in found.given_back:
        if refund["status"] == "succeeded":
            back[booking_of[refund["payment_intent"]]] += refund["amount"]
    return back


@_truth("a family that cancelled got exactly what it was quoted; cancellations accepted")
def _as_promised(found: Findings, story: Storybook) -> tuple[int, Iterator[str]]:
    back, charged = _back(found), _charged(found)
    cancelled = [(visit, booking) for visit in story.visits if visit.promised is not None for booking in visit.booked]

    def untrue() -> Iterator[str]:
        for visit, booking in cancelled:
            stood = found.bookings.get(booking, {}).get("confirmed")
            due = visit.promised if stood else charged.get(booking, 0)
            if back.get(booking, 0) != due:
                yield f"booking {booking} ({visit.habit}): {due} fen were due, {back.get(booking, 0)} came back"

    return len(cancelled), untrue()


def _charged(found: Findings) -> dict[str, int]:
    """Fen that came, by booking."""
    charged: dict[str, int] = defaultdict(int)
    for intent in found.intents:
        charged[intent["metadata"]["booking"]] += intent["amount_received"]
    return charged


@_truth("paid is confirmed or given back, never neither and never both; bookings that were paid")
def _never_neither(found: Findings, _: Storybook) -> tuple[int, Iterator[str]]:
    back, charged = _back(found), _charged(found)

    def untrue() -> Iterator[str]:
        for ref, booking in found.bookings.items():
            kept = charged.get(ref, 0) - back.get(ref, 0)
            due = booking["total"] - booking["refund"] if booking["confirmed"] else 0
            if kept != due:
                yield f"booking {ref} is {booking['state']}: {kept} fen are kept, {due} should be"
            if booking["state"] == "held":
                yield f"booking {ref} is still held"
        yield from (f"{ref} is no booking and was paid" for ref in charged
                    if charged[ref] and ref not in found.bookings)

    return sum(1 for fen in charged.values() if fen), untrue()


@_truth("hours are engaged exactly where a booking stands; live bookings")
def _intervals(found: Findings, _: Storybook) -> tuple[int, Iterator[str]]:
    live = {f"booking:{ref}" for ref, row in found.bookings.items() if row["state"] in ("held", "confirmed")}
    return len(live), (f"{ref}: hours and state do not agree" for ref in live ^ set(found.intervals))


@_truth("no job is being done by nobody, none was given up; jobs there are")
def _jobs(found: Findings, _: Storybook) -> tuple[int, Iterator[str]]:
    lost = [f"job {orphan} is being done by nobody" for orphan in found.orphans]
    return found.jobs.total(), iter([*lost, *["a job was given up"] * found.jobs["failed"]])


@_truth("every event that was heard was seen to; events")
def _heard(found: Findings, _: Storybook) -> tuple[int, Iterator[str]]:
    return found.events, (f"event {event} was not seen to" for event in found.unheard)


@_truth("each step stands in the ledger once; facts")
def _told_once(found: Findings, _: Storybook) -> tuple[int, Iterator[str]]:
    once = {"booking.held", "booking.confirmed", "booking.expired", "booking.cancelled", "payment.succeeded",
            "payment.overtaken"}
    return found.facts.total(), (f"{subject}: {fact} {many} times" for (fact, subject), many in found.facts.items()
                                 if fact in once and many > 1)


@_truth("Stripe's account and the books are equal to the fen; movements compared")
def _as_stripe_counts(found: Findings, _: Storybook) -> tuple[int, Iterator[str]]:
    run = found.compared
    there, here = run.get("stripe_fen"), run.get("books_fen")
    wrong = [] if run and there == here and not run["in_flight"] else [f"{run or 'never compared'}"]
    return run.get("movements", 0), iter(wrong)


@_truth("Stripe was told nobody's name, phone, address or ID number; requests")
def _nobody_named(found: Findings, story: Storybook) -> tuple[int, Iterator[str]]:
    return len(found.told), named(found.told, story.private)


def named(told: list[str], private: frozenset[str]) -> Iterator[str]:
    """What of ``private`` stands in what was told, with the request it stands in."""
    wanted = re.compile("|".join(map(re.escape, sorted(private)))) if private else re.compile("(?!)")
    return (f"{hit.group()} was told in {each[:300]}" for each in told for hit in [wanted.search(each)] if hit)


def lost_and_repeated(truths: list[Truth]) -> tuple[int, int]:
    """Bookings answered and lost, and made more than once for a key."""
    untrue = truths[1].untrue
    return sum("is lost" in each for each in untrue), sum("made" in each or "answered with" in each for each in untrue)


def visits_by_habit(visits: list[Visit]) -> Counter[str]:
    """How many families did what."""
    return Counter(visit.habit for visit in visits if visit.booked)
