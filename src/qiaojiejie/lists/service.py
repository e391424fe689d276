"""Propose, review, enter, correct and end entries; bar and free whom the block list is about."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking import rules as booking_rules
from qiaojiejie.booking.queries import overdue
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.credit import facts as credit_facts, service as credit
from qiaojiejie.firms import queries as firm_queries, service as firms
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger_queries, service as ledger
from qiaojiejie.lists import facts, queries, rules
from qiaojiejie.lists.errors import AlreadyListed, OwnConcern, SameOfficer, SubjectRequired
from qiaojiejie.lists.lifecycle import LIST_ENTRY
from qiaojiejie.lists.models import ListEntry
from qiaojiejie.messages import service as messages
from qiaojiejie.workers import queries as worker_queries, service as workers

BATCH = 100
#: kind → the event of the rule when it is entered, and when it ends; a sanction carries its own end
EVENTS = {"block": ("blacklist_on", "blacklist_off"), "honour": ("honour_on", "honour_off"),
          "sanction": ("sanction", None)}
#: what ended an entry → the step of the lifecycle
STEPS = {"repair": "repair", "objection": "uphold_objection", "expiry": "expire", "correction": "confirm_correction"}
#: fact → the kind of notification, and whether the federation's officers are told as well
NEWS = {facts.PROPOSED: ("list_proposed", True), facts.ENTERED: ("list_entered", False),
        facts.REJECTED: ("list_rejected", False), facts.WITHDRAWN: ("list_withdrawn", False),
        facts.LEFT: ("list_left", False)}


def propose(*, actor: Actor, kind: str, reason: str, note: str, worker_id: UUID | None = None,
            firm_id: UUID | None = None, level: int | None = None, media_ids: Sequence[UUID] = ()) -> ListEntry:
    """Propose to put one worker or one firm on a list; another officer decides, after the period to object.

    Raises SubjectRequired, WorkerNotFound, FirmNotFound, ReasonNotOfList, LevelMismatch, EvidenceNotYours, OwnConcern,
    AlreadyListed.
    """
    if (worker_id is None) == (firm_id is None):
        raise SubjectRequired()
    rules.check(kind=kind, reason=reason, level=level)
    queries.require_evidence(actor, media_ids)
    through = worker_queries.get(worker_id).firm_id if worker_id else firm_queries.get(firm_id).id  # type: ignore
    require_outsider(actor, through)
    now, today = clock.now(), clock.today()
    made = ListEntry(kind=kind, worker_id=worker_id, firm_id=firm_id, state=LIST_ENTRY.initial, reason=reason,
                     level=level, note=note, evidence=list(media_ids), proposed_by=actor.account_id, proposed_at=now,
                     objection_until=rules.objection_until(kind=kind, reason=reason, today=today))
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) not in ("uq_list_entry_worker_live", "uq_list_entry_firm_live"):
            raise
        raise AlreadyListed() from error
    _record(facts.PROPOSED, made, actor.ref, objection_until=made.objection_until.isoformat())
    return queries.get(made.id)


def decide(*, actor: Actor, entry_id: UUID, step: str, note: str) -> ListEntry:
    """Take an officer's step: confirm, reject, withdraw, propose_correction, confirm_correction, refuse_correction.

    Raises ListEntryNotFound, OwnConcern, SameOfficer, NotYourStep, StepNotPossible, NoticeRunning, ObjectionOpen.
    """
    entry = queries.get(entry_id, lock=True)
    require_outsider(actor, queries.firm_of(entry))
    first = entry.correction_by if entry.state == "correcting" else entry.proposed_by
    party = "first" if actor.account_id == first else "second"
    row = LIST_ENTRY.steps[step]
    if party == "first" and "first" not in row.parties:
        raise SameOfficer()
    LIST_ENTRY.find(step, state=entry.state, party=party)
    if step in ("confirm", "reject"):
        entry.reviewed_by, entry.reviewed_at, entry.review_note = actor.account_id, clock.now(), note
    if step == "confirm":
        _enter(entry, actor)
    elif step == "confirm_correction":
        _leave(entry, "correction", party, actor)
    else:
        if step == "propose_correction":
            entry.correction_by, entry.correction_note = actor.account_id, note
        LIST_ENTRY.move(entry, step, party=party)
        _record(row.fact, entry, actor.ref)
    return entry


def _enter(entry: ListEntry, actor: Actor) -> None:
    today = clock.today()
    rules.check_entry(waits=entry.kind != "honour" and not entry.urgent, objection_until=entry.objection_until,
                      contested=entry.contested, today=today)
    row = LIST_ENTRY.move(entry, "confirm", party="second")
    entry.entered_at = clock.now()
    entry.until = rules.exit_date(reason=entry.reason, level=entry.level, today=today)
    more = {} if entry.level is None else {"level": entry.level, "until": credit_facts.day_number(entry.until)}
    entry.credit_entry_id = _to_credit(entry, EVENTS[entry.kind][0], actor.ref, **more)
    _bar(entry, True, actor.ref)
    _record(row.fact, entry, actor.ref, until=entry.until.isoformat())


def leave(*, entry_id: UUID, because: str, actor: Actor) -> ListEntry:
    """End an entry by a petition that was upheld: ``repair``, or ``objection`` (in time or after its term), by which it
    counts as if it never was. Raises ListEntryNotFound, StepNotPossible.
    """
    entry = queries.get(entry_id, lock=True)
    _leave(entry, because, "petition", actor)
    entry.contested = False
    return entry


def leave_due() -> None:
    """End entries whose last day is over, a batch of them."""
    for entry in queries.due_to_leave(clock.today(), BATCH):
        _leave(entry, "expiry", "system", None)


def _leave(entry: ListEntry, because: str, party: str, actor: Actor | None) -> None:
    row, by = LIST_ENTRY.move(entry, STEPS[because], party=party), actor.ref if actor else ledger.SYSTEM
    entry.left_at, entry.left_because, entry.left_by = clock.now(), because, actor.account_id if actor else None
    if entry.entered_at is not None:
        _end_in_credit(entry, because, by)
        _bar(entry, False, by)
    _record(row.fact, entry, by, because=because, entered=entry.entered_at is not None)


def _end_in_credit(entry: ListEntry, because: str, by: str) -> None:
    """What should never have been is voided; a sanction made good is repaired; else the list is left."""
    over = EVENTS[entry.kind][1]
    if because in ("objection", "correction"):
        _to_credit(entry, "appeal_upheld", by, ref=entry.credit_entry_id)
    elif over is not None:
        _to_credit(entry, over, by)
    elif because == "repair":
        _to_credit(entry, "credit_repair", by, ref=entry.credit_entry_id)


def contest(*, entry_id: UUID, contested: bool) -> None:
    """An objection is open, or was decided: meanwhile a proposal that can wait is not entered."""
    queries.get(entry_id, lock=True).contested = contested


def require_outsider(actor: Actor, firm_id: UUID | None) -> None:
    """Nothing, unless the actor belongs to the firm concerned. Raises OwnConcern."""
    if firm_id is not None and firm_id in {held.org_id for held in identity.memberships(actor.account_id)}:
        raise OwnConcern()


def _bar(entry: ListEntry, barred: bool, by: str) -> None:
    if entry.kind != "block":
        return
    if entry.firm_id is not None:
        firms.bar(firm_id=entry.firm_id, barred=barred, by=by)
    elif entry.worker_id is not None:
        worker = worker_queries.get(entry.worker_id, lock=True)
        worker.barred = barred
        workers.refresh(worker=worker)


def _to_credit(entry: ListEntry, type_: str, by: str, **data: Any) -> int | None:
    return credit.record(type=type_, by=by, worker_id=entry.worker_id, firm_id=entry.firm_id, **data)


def _record(fact: str, entry: ListEntry, by: str, /, **more: Any) -> None:
    ledger.append(fact, subject=entry.ref, actor=by, data={
        "entry": str(entry.id), "kind": entry.kind, "reason": entry.reason, "urgent": entry.urgent, **more})


def tell(*, entry_id: int) -> None:
    """Tell whom a fact about an entry concerns, once each: its subject, of proposals the other officers too."""
    fact = ledger_queries.get(entry_id)
    entry, (kind, officers) = queries.get(UUID(fact.data["entry"])), NEWS[fact.fact]
    data = {"entry": str(entry.id), "name": entry.worker.called if entry.worker else entry.name,
            "list_zh": rules.KINDS[entry.kind][0], "list_en": rules.KINDS[entry.kind][1],
            "reason": entry.reason_words["zh"], "reason_en": entry.reason_words["en"],
            "objection_until": entry.objection_until.isoformat(),
            "until": entry.until.isoformat() if entry.until else None}
    for account_id in queries.accounts_of(entry):
        messages.notify(account_id=account_id, kind=kind, data=data, key=f"ledger:{entry_id}")
    for account_id in queries.officers() if officers else ():
        if account_id != entry.proposed_by:
            messages.notify(account_id=account_id, kind="list_waiting", data=data, key=f"ledger:{entry_id}")


def tell_families(*, entry_id: int) -> None:
    """Families who booked whom the block list now names learn that they can cancel for nothing; so does the firm."""
    fact = ledger_queries.get(entry_id)
    entry = queries.get(UUID(fact.data["entry"]))
    if entry.kind != "block":
        return
    for booking in overdue.ahead(worker_id=entry.worker_id, firm_id=entry.firm_id):
        data = booking_rules.news_data(booking=str(booking.id), service_name=booking.service.name, amount_fen=None,
                                       worker_called=booking.worker.called, start=clock.local(booking.start))
        accounts = bookings.accounts_of(booking)
        for account_id in (*accounts["household"], *accounts["firm"]):
            messages.notify(account_id=account_id, kind="booking_barred", data=data,
                            key=f"ledger:{entry_id}:{booking.id}")


def blame(*, entry_id: int) -> None:
    """A visit was done by a worker who stood on the block list when it began: her firm had been told."""
    booking = bookings.get(UUID(ledger_queries.get(entry_id).subject.partition(":")[2]))
    entry = queries.blocked_at(booking.worker_id, booking.started_at or booking.start)
    if entry is not None:
        credit.record(type="blocked_worker_sent", by=ledger.SYSTEM, firm_id=booking.firm_id,
                      key=f"blocked_worker_sent:{booking.id}")
