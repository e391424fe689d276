"""Read petitions and lock them; who may see which credit event; what a decision would change."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.casework.models import Complaint
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FEDERATION, FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.credit import queries as credit
from qiaojiejie.credit.facts import OF_FIRM, day_number
from qiaojiejie.credit.models import CreditEvent
from qiaojiejie.households import queries as households
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.petitions import rules
from qiaojiejie.petitions.errors import CreditEventNotFound, PetitionNotFound
from qiaojiejie.petitions.lifecycle import DECIDED
from qiaojiejie.petitions.models import Petition, PetitionEvent
from qiaojiejie.standings import queries as standings
from qiaojiejie.transparency.queries import opaque
from qiaojiejie.transparency.rules import Leaf
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.models import Worker

ALARM_EVERY = timedelta(days=7)
#: events of these types bear on the firm alone when it is the firm that appeals
_FIRMS_OWN = ("cancel_firm", "complaint_answered", "complaint_dismissed", "mediation", "blocked_worker_sent")


def role_of(actor: Actor) -> str:
    """As what she files: worker, firm or household."""
    return "firm" if actor.role in FIRM else str(actor.role)


def get(petition_id: UUID, lock: bool = False) -> Petition:
    """A petition. Raises PetitionNotFound."""
    found = db.session.get(Petition, petition_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise PetitionNotFound()
    return found


def of_petitioner(actor: Actor, petition_id: UUID, lock: bool = False) -> Petition:
    """One's own petition, or one's firm's. Raises PetitionNotFound for anybody else."""
    petition = get(petition_id, lock=lock)
    own = petition.org_id == actor.org_id if petition.org_id else petition.account_id == actor.account_id
    if not own or petition.role != role_of(actor):
        raise PetitionNotFound()
    return petition


def of_party(actor: Actor, petition_id: UUID) -> Petition:
    """A petition for who filed it and for the federation. Raises PetitionNotFound for anybody else."""
    return get(petition_id) if actor.role in FEDERATION else of_petitioner(actor, petition_id)


def mine(actor: Actor, *, cursor: str | None, limit: int) -> paging.Page:
    """What the actor, in her present role, or her firm filed, newest first, one page."""
    own = Petition.org_id == actor.org_id if actor.role in FIRM else sa.and_(
        Petition.account_id == actor.account_id, Petition.role == role_of(actor))
    return paging.keyset(sa.select(Petition).where(own), [Petition.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("my-petitions", [actor.account_id, actor.role, actor.org_id]))


def queue(*, state: str | None, kind: str | None, overdue: bool, cursor: str | None, limit: int) -> paging.Page:
    """Petitions for the federation, first due first; without a state those that wait for an officer."""
    stmt = sa.select(Petition).where(Petition.state.in_([state] if state else ["submitted", "proposed"]))
    if kind:
        stmt = stmt.where(Petition.kind == kind)
    if overdue:
        stmt = stmt.where(Petition.due_on < clock.today())
    return paging.keyset(stmt, [Petition.due_on, Petition.id], cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("petitions", [state, kind, overdue]))


def _household(actor: Actor) -> UUID | None:
    own = households.find_of_account(actor.account_id)
    return own.id if own else None


def own_household(actor: Actor) -> UUID:
    """The actor's household. Raises CreditEventNotFound: it has no weight as a rater yet."""
    found = _household(actor)
    if found is None:
        raise CreditEventNotFound()
    return found


def events_for(actor: Actor, entry_ids: Iterable[int]) -> list[CreditEvent]:
    """The credit events of these ledger entries. Raises CreditEventNotFound unless all concern the actor: a worker's
    own, a family's own bookings', a firm's and its workers'."""
    wanted = set(entry_ids)
    found = credit.of_entries(wanted)
    if {event.entry_id for event in found} != wanted or not _concern(actor, found):
        raise CreditEventNotFound()
    return found


def _concern(actor: Actor, events: Sequence[CreditEvent]) -> bool:
    if actor.role == Role.HOUSEHOLD:
        household = _household(actor)
        return all(event.household_id is not None and event.household_id == household for event in events)
    if actor.role == Role.WORKER:
        own = db.session.scalar(sa.select(Worker.id).where(Worker.account_id == actor.account_id))
        return all(event.worker_id is not None and event.worker_id == own for event in events)
    named = {event.worker_id for event in events if event.worker_id}
    staff = set(db.session.scalars(sa.select(Worker.id).where(Worker.id.in_(named), Worker.firm_id == actor.org_id)))
    return all(event.worker_id in staff or event.firm_id == actor.org_id and (
        event.worker_id is None or event.type in OF_FIRM) for event in events)


def about(role: str, event: CreditEvent) -> tuple[str, UUID | None]:
    """Whose standing an event bears on in the eyes of who appeals: ("worker" | "firm", id)."""
    if event.worker_id is None or (role == "firm" and event.type in _FIRMS_OWN):
        return "firm", event.firm_id
    return "worker", event.worker_id


def still_heard(events: Sequence[CreditEvent]) -> bool:
    """Whether a complaint one of the events is about has not been decided."""
    ids = [UUID(event.data["complaint"]) for event in events if "complaint" in event.data]
    return bool(ids) and db.session.scalar(sa.select(sa.exists().where(
        Complaint.id.in_(ids), Complaint.state.in_(("open", "answered"))))) is True


def decided_before(entry_ids: Iterable[int], *, kind: str, ground: str) -> bool:
    """Whether one of these events was upheld already, or decided upon on the same ground."""
    stmt = sa.select(PetitionEvent.entry_id).join(Petition, Petition.id == PetitionEvent.petition_id).where(
        PetitionEvent.entry_id.in_(list(entry_ids)), Petition.kind == kind, Petition.state.in_(DECIDED),
        sa.or_(PetitionEvent.outcome == "upheld", Petition.ground == ground))
    return db.session.scalar(stmt.limit(1)) is not None


def objected_before(list_entry_id: UUID, ground: str) -> bool:
    """Whether an objection to a list entry was decided upon on the same ground."""
    stmt = sa.select(Petition.id).where(Petition.list_entry_id == list_entry_id, Petition.ground == ground,
                                        Petition.state.in_(DECIDED))
    return db.session.scalar(stmt.limit(1)) is not None


def graded(worker_id: UUID | None, firm_id: UUID | None) -> list[dict[str, Any]]:
    """Everything grave that stands against a worker or a firm: {entry, type, day, tier}."""
    of = CreditEvent.worker_id == worker_id if worker_id else sa.and_(
        CreditEvent.firm_id == firm_id, CreditEvent.worker_id.is_(None))
    void = sa.select(sa.cast(CreditEvent.data["ref"].astext, sa.BigInteger)).where(of, CreditEvent.type.in_(
        ("appeal_upheld", "credit_repair")))
    stmt = sa.select(CreditEvent).where(of, CreditEvent.entry_id.not_in(void), CreditEvent.type.in_(
        ("complaint_substantiated", "sanction", "blacklist_on")))
    return [{"entry": event.entry_id, "type": event.type, "day": event.day, "tier": rules.tier(event.type, event.data)}
            for event in db.session.scalars(stmt)]


def voided_with(entry_ids: Iterable[int]) -> list[CreditEvent]:
    """The events of these entries and, of a complaint that should never have counted, everything about it."""
    events = credit.of_entries(entry_ids)
    complaints = [event.data["complaint"] for event in events if event.type in rules.WHOLE_COMPLAINT]
    orders = {event.order_ref for event in events}
    if not complaints:
        return events
    stmt = sa.select(CreditEvent).where(CreditEvent.worker_id.in_({event.worker_id for event in events}),
                                        CreditEvent.order_ref.in_(orders),
                                        CreditEvent.data["complaint"].as_string().in_(complaints))
    return sorted({event.entry_id: event for event in (*events, *db.session.scalars(stmt))}.values(),
                  key=lambda event: event.entry_id)


def effect(petition: Petition, entry_ids: Sequence[int]) -> dict[str, Any] | None:
    """The score as it is shown, and what it would be had these entries never been; None where no score follows."""
    found = standings.find(petition.worker_id) if petition.worker_id else (
        standings.find_firm(petition.firm_id) if petition.firm_id else None)
    if found is None or not entry_ids:
        return None
    without = standings.without(worker_id=petition.worker_id, firm_id=petition.firm_id, entry_ids=list(entry_ids))
    return {"before": {"score": found.score, "grade": found.grade}, "without": without}


def running_notice(worker_id: UUID) -> dict[str, Any] | None:
    """The notice of a fall that is still to be shown, of a worker who has one."""
    told = [event for event in credit.events_of(worker_id) if event["type"] == "fall_noticed"]
    return told[-1] if told and told[-1]["until"] > day_number(clock.today()) else None


def overdue(today: date, limit: int) -> Sequence[Petition]:
    """Petitions past their last day of which nobody was alarmed in a week, locked."""
    stmt = sa.select(Petition).where(
        Petition.state.in_(("submitted", "proposed")), Petition.due_on < today,
        sa.or_(Petition.alarmed_on.is_(None), Petition.alarmed_on <= today - ALARM_EVERY))
    return db.session.scalars(stmt.order_by(Petition.due_on, Petition.id).limit(limit).with_for_update(
        skip_locked=True)).all()


def lapsed(before: datetime, limit: int) -> Sequence[Petition]:
    """Petitions returned before a moment that nobody completed, locked."""
    stmt = sa.select(Petition).where(Petition.state == "returned", Petition.returned_at <= before)
    return db.session.scalars(stmt.order_by(Petition.returned_at).limit(limit).with_for_update(skip_locked=True)).all()


def accounts_of(petition: Petition) -> list[UUID]:
    """Who is told: who filed it (or her firm), and the worker it is about."""
    filed = identity.accounts_in(petition.org_id, *FIRM) if petition.org_id else [petition.account_id]
    worker = workers.get(petition.worker_id).account_id if petition.worker_id else None
    return sorted({*filed, *([worker] if worker else [])})


def leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """Petitions in the public log: what they ask for, and what was decided, when and why; no word of anybody's."""
    people = workers.persons({UUID(entry.data["worker"]) for entry in entries if "worker" in entry.data})
    found = {}
    for entry in entries:
        data = entry.data
        subject = opaque("person", people[UUID(data["worker"])].hex()) if "worker" in data else opaque(
            "firm", data["firm"]) if "firm" in data else opaque("household", data["household"])
        said = {"request": opaque("request", data["petition"]), "ground": data["ground"], "refs": data["refs"],
                **({"entry": opaque("entry", data["list_entry"])} if "list_entry" in data else {})}
        if "outcome" in data:
            said |= {name: data[name] for name in ("outcome", "reason", "upheld", "days", "effect")}
        type_ = f"{data['kind']}_opened" if "outcome" not in data else "petition_decided"
        found[entry.id] = Leaf(type_, said, subject=subject)
    return found
