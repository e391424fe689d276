"""File petitions, add to them, withdraw them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.credit import queries as credit_queries
from qiaojiejie.credit.models import CreditEvent
from qiaojiejie.ledger import service as ledger
from qiaojiejie.lists import queries as list_queries, service as lists
from qiaojiejie.lists.lifecycle import LIVE
from qiaojiejie.petitions import facts, queries, rules
from qiaojiejie.petitions.errors import (
    AlreadyDecided, AlreadyPetitioned, FiledTooLate, NothingNamed, SeveralConcerned, StillHeard, TooMuchEvidence)
from qiaojiejie.petitions.lifecycle import PETITION
from qiaojiejie.petitions.models import Petition, PetitionEvent, PetitionEvidence
from qiaojiejie.petitions.service.records import close, hold_fall, record
from qiaojiejie.workers import queries as worker_queries

BATCH = 50
_DAY = timedelta(days=1)
#: at most one open petition about each
ONE_OPEN = ("uq_petition_event_open", "uq_petition_objection_open", "uq_petition_rater_open")


def appeal(*, actor: Actor, ground: str, words: str, entry_ids: Sequence[int] = (),
           media_ids: Sequence[UUID] = ()) -> Petition:
    """Appeal against credit events by their ledger entries, or (``rater``, a family) against one's weight as a rater.

    While a fall waits to be shown to everybody, it waits on until this is decided. Raises GroundDoesNotFit,
    NothingNamed, CreditEventNotFound, SeveralConcerned, NotAppealable, FiledTooLate, StillHeard, AlreadyDecided,
    AlreadyPetitioned, EvidenceNotYours.
    """
    role = queries.role_of(actor)
    rules.check_ground("appeal", ground)
    if (ground == rules.RATER) != (not entry_ids) or (ground == rules.RATER and role != "household"):
        raise NothingNamed()
    if not entry_ids:
        return _file(actor, "appeal", ground, words, {"household_id": queries.own_household(actor)}, [], media_ids)
    events = queries.events_for(actor, entry_ids)
    rules.check_appeal(role=role, types=[event.type for event in events], days=[event.day for event in events],
                       today=clock.today())
    if queries.still_heard(events):
        raise StillHeard()
    return _file(actor, "appeal", ground, words, _about(role, events), events, media_ids)


def repair(*, actor: Actor, entry_ids: Sequence[int], words: str, promise: bool, media_ids: Sequence[UUID],
           authority_media_id: UUID | None = None) -> Petition:
    """Ask for the repair of credit events that were made good: by their tier, with proof and a signed promise.

    Raises CreditEventNotFound, SeveralConcerned, NotRepairable, TooEarlyToRepair, BlamedSince, PromiseRequired,
    RemedyNotProven, AuthorityRequired, EvidenceNotYours, AlreadyDecided, AlreadyPetitioned.
    """
    events = queries.events_for(actor, entry_ids)
    about = _about(queries.role_of(actor), events)
    _check_events(events, **about)
    rules.check_proof(tiers=[rules.tier(event.type, event.data) for event in events], promise=promise,
                      proofs=len(media_ids), authority=authority_media_id is not None)
    return _file(actor, "repair", "remedied", words, about, events, media_ids, authority_media_id, promise=True)


def object_to(*, actor: Actor, entry_id: UUID, ground: str, words: str, media_ids: Sequence[UUID] = ()) -> Petition:
    """Object to an entry on a list, or to its proposal while that may still be objected to.

    Raises ListEntryNotFound, GroundDoesNotFit, FiledTooLate, AlreadyDecided, AlreadyPetitioned, EvidenceNotYours.
    """
    entry = list_queries.of_party(actor, entry_id, lock=True)
    rules.check_ground("objection", ground)
    if entry.state not in LIVE or (entry.state == "proposed" and clock.today() > entry.objection_until):
        raise FiledTooLate(days=(entry.objection_until - clock.local(entry.proposed_at).date()).days)
    if entry.entered_at is not None:
        rules.check_in_time([clock.local(entry.entered_at).date()], clock.today())
    if queries.objected_before(entry.id, ground):
        raise AlreadyDecided()
    about = {"worker_id": entry.worker_id, "firm_id": entry.firm_id, "list_entry_id": entry.id}
    made = _file(actor, "objection", ground, words, about, [], media_ids)
    lists.contest(entry_id=entry.id, contested=True)
    return made


def _about(role: str, events: Sequence[CreditEvent]) -> dict[str, UUID | None]:
    """{worker_id} or {firm_id}: whose standing all the events bear on. Raises SeveralConcerned."""
    concerned = {queries.about(role, event) for event in events}
    if len(concerned) != 1:
        raise SeveralConcerned()
    [(kind, about)] = concerned
    return {f"{kind}_id": about}


def check_repairable(petition: Petition, entry_ids: Sequence[int]) -> None:
    """May these of a petition's events still be repaired now? Raises TooEarlyToRepair, BlamedSince."""
    _check_events(credit_queries.of_entries(entry_ids), worker_id=petition.worker_id, firm_id=petition.firm_id)


def _check_events(events: Sequence[CreditEvent], *, worker_id: UUID | None = None,
                  firm_id: UUID | None = None) -> None:
    asked = [{"entry": event.entry_id, "type": event.type, "day": event.day,
              "tier": rules.tier(event.type, event.data)} for event in events]
    rules.check_repair(asked, queries.graded(worker_id, firm_id), today=clock.today())


def _file(actor: Actor, kind: str, ground: str, words: str, about: Mapping[str, UUID | None],
          events: Sequence[CreditEvent], media_ids: Sequence[UUID], authority_id: UUID | None = None, *,
          promise: bool = False) -> Petition:
    refs = [event.entry_id for event in events]
    if queries.decided_before(refs, kind=kind, ground=ground):
        raise AlreadyDecided()
    list_queries.require_evidence(actor, [*media_ids, *([authority_id] if authority_id else [])])
    worker_id = about.get("worker_id")
    worker = worker_queries.get(worker_id) if worker_id else None
    made = Petition(id=ids.new(), kind=kind, state=PETITION.initial, ground=ground, words=Sealed("text", words),
                    promise=promise, account_id=actor.account_id, role=queries.role_of(actor), org_id=actor.org_id,
                    filed_at=clock.now(), due_on=rules.due_on(clock.today()), holds_fall=False, **about,
                    firm_concerned=about.get("firm_id") or (worker.firm_id if worker else None))
    made.events = [PetitionEvent(entry_id=event.entry_id, type=event.type, day=event.day, open=True,
                                 tier=rules.tier(event.type, event.data)) for event in events]
    made.evidence = _files(media_ids, authority_id)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) not in ONE_OPEN:
            raise
        raise AlreadyPetitioned() from error
    if kind == "appeal" and made.role != "household":
        made.holds_fall = hold_fall(petition=made, until=made.due_on + _DAY)
    record(facts.OPENED, made, actor.ref)
    return made


def _files(media_ids: Sequence[UUID], authority_id: UUID | None = None) -> list[PetitionEvidence]:
    files = {media_id: False for media_id in media_ids} | ({authority_id: True} if authority_id else {})
    return [PetitionEvidence(media_id=media_id, authority=authority, added_at=clock.now())
            for media_id, authority in files.items()]


def add_evidence(*, actor: Actor, petition_id: UUID, media_ids: Sequence[UUID]) -> Petition:
    """Put in more files, while it is not proposed how to decide. Raises PetitionNotFound, StepNotPossible,
    EvidenceNotYours, TooMuchEvidence."""
    petition = queries.of_petitioner(actor, petition_id, lock=True)
    if petition.state != "returned":
        PETITION.find("return", state=petition.state, party="officer")
    list_queries.require_evidence(actor, media_ids)
    known = {each.media_id for each in petition.evidence}
    if len(known | set(media_ids)) > rules.MOST_EVIDENCE:
        raise TooMuchEvidence(most=rules.MOST_EVIDENCE)
    petition.evidence.extend(_files([each for each in media_ids if each not in known]))
    return petition


def resubmit(*, actor: Actor, petition_id: UUID, words: str) -> Petition:
    """Hand a returned petition in again, completed; its time to be decided begins anew.

    Raises PetitionNotFound, StepNotPossible.
    """
    petition = queries.of_petitioner(actor, petition_id, lock=True)
    row = PETITION.move(petition, "resubmit", party="petitioner")
    petition.words, petition.due_on = Sealed("text", words), rules.due_on(clock.today())
    if petition.holds_fall:
        hold_fall(petition=petition, until=petition.due_on + _DAY)
    record(row.fact, petition, actor.ref)
    return petition


def withdraw(*, actor: Actor, petition_id: UUID) -> Petition:
    """Take one's petition back before it is decided. Raises PetitionNotFound, StepNotPossible."""
    petition = queries.of_petitioner(actor, petition_id, lock=True)
    _withdraw(petition, "petitioner", actor.ref)
    return petition


def lapse_due() -> None:
    """Returned petitions nobody completed are over, a batch of them."""
    for petition in queries.lapsed(clock.now() - timedelta(days=rules.LAPSE_DAYS), BATCH):
        _withdraw(petition, "system", ledger.SYSTEM)


def _withdraw(petition: Petition, party: str, by: str) -> None:
    row = PETITION.move(petition, "withdraw", party=party)
    close(petition)
    record(row.fact, petition, by)
