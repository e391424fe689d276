"""Return petitions, propose a decision and confirm it by a second officer; then do what follows from it."""

from collections.abc import Sequence
from uuid import UUID

from qiaojiejie.casework import service as casework
from qiaojiejie.core import clock, workdays
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.credit import queries as credit_queries, service as credit
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.lists import queries as list_queries, service as lists
from qiaojiejie.lists.errors import SameOfficer
from qiaojiejie.lists.lifecycle import IN_FORCE
from qiaojiejie.messages import service as messages
from qiaojiejie.petitions import facts, queries, rules
from qiaojiejie.petitions.lifecycle import PETITION
from qiaojiejie.petitions.models import Petition
from qiaojiejie.petitions.service.filing import check_repairable
from qiaojiejie.petitions.service.records import close, hold_fall, record

BATCH = 50
#: fact → the kind of notification, and who is told: who it concerns, or the federation's officers
NEWS = {facts.OPENED: ("petition_opened", "officers"), facts.RESUBMITTED: ("petition_opened", "officers"),
        facts.RETURNED: ("petition_returned", "petitioner"), facts.PROPOSED: ("petition_proposed", "officers"),
        facts.SENT_BACK: ("petition_sent_back", "officers"), facts.DECIDED: ("petition_decided", "petitioner")}
#: the step that decides → the state as the fact says it
_OUTCOMES = {name: row.target for name, row in PETITION.steps.items() if row.fact == facts.DECIDED}


def open_for(*, actor: Actor, petition_id: UUID) -> Petition:
    """A petition with its words; an officer's look is recorded. Raises PetitionNotFound."""
    petition = queries.of_party(actor, petition_id)
    if actor.role in FEDERATION or actor.account_id != petition.account_id:
        identity.look(actor=actor, subject=f"petition:{petition.id}", field="words", reason=petition.kind)
    return petition


def send_for_more(*, actor: Actor, petition_id: UUID, words: str) -> Petition:
    """Return a petition for what it lacks. Raises PetitionNotFound, OwnConcern, StepNotPossible."""
    petition = _for_officer(actor, petition_id)
    row = PETITION.move(petition, "return", party="officer")
    petition.returned_at, petition.returned_words = clock.now(), words
    record(row.fact, petition, actor.ref)
    return petition


def propose(*, actor: Actor, petition_id: UUID, reason: str, words: str, upheld: Sequence[int] = (),
            whole: bool = False) -> Petition:
    """Propose, event by event, what to uphold (``whole``: of a petition that names no event), and work out what the
    score would be then. Another officer confirms.

    Raises PetitionNotFound, OwnConcern, StepNotPossible, OutcomeDoesNotFit, and of a repair what it lacks by now.
    """
    petition = _for_officer(actor, petition_id)
    PETITION.find("propose", state=petition.state, party="officer")
    step = rules.check_outcome(refs=petition.refs, upheld=upheld, whole=whole, reason=reason)
    if petition.kind == "repair" and step != "dismiss":
        check_repairable(petition, upheld)
    petition.proposed_by, petition.proposed_at, petition.proposal = actor.account_id, clock.now(), step
    petition.upheld, petition.reason, petition.decision_words = sorted(set(upheld)), reason, words
    petition.effect = queries.effect(petition, _undone(petition))
    row = PETITION.move(petition, "propose", party="officer")
    record(row.fact, petition, actor.ref, outcome=_OUTCOMES[step])
    return petition


def _undone(petition: Petition) -> list[int]:
    """The ledger entries that count no more when the proposal stands."""
    if petition.proposal == "dismiss":
        return []
    if petition.kind == "objection" and petition.list_entry_id is not None:
        entry = list_queries.get(petition.list_entry_id)
        return [entry.credit_entry_id] if entry.credit_entry_id else []
    if petition.kind == "repair":
        return petition.upheld
    return [event.entry_id for event in queries.voided_with(petition.upheld)]


def decide(*, actor: Actor, petition_id: UUID, confirm: bool, words: str = "") -> Petition:
    """A second officer confirms what was proposed, which then happens, or sends it back for another proposal.

    Raises PetitionNotFound, OwnConcern, SameOfficer, StepNotPossible, and what ``casework.reopen`` raises.
    """
    petition = _for_officer(actor, petition_id)
    PETITION.find("send_back", state=petition.state, party="second")
    if petition.proposed_by == actor.account_id:
        raise SameOfficer()
    if not confirm or petition.proposal is None:
        row = PETITION.move(petition, "send_back", party="second")
        petition.returned_words = words
        record(row.fact, petition, actor.ref)
        return petition
    undone = _undone(petition)
    row = PETITION.move(petition, petition.proposal, party="second")
    petition.decided_by, petition.decided_at = actor.account_id, clock.now()
    for event in petition.events:
        event.outcome = "upheld" if event.entry_id in petition.upheld else "dismissed"
    if row.name != "dismiss":
        _FOLLOWS[petition.kind](petition, undone, actor)
    close(petition)
    days = workdays.between(clock.local(petition.filed_at).date(), clock.today())
    record(row.fact, petition, actor.ref, outcome=row.target, reason=petition.reason, upheld=petition.upheld,
           days=days, effect=petition.effect)
    return petition


def _grant_appeal(petition: Petition, undone: Sequence[int], actor: Actor) -> None:
    """What was upheld is void: the score is as if it never was. A complaint wrongly dismissed is heard anew; one
    wrongly found true says so."""
    if petition.ground == rules.RATER:
        credit.record(type="rater_restored", by=actor.ref, household_id=petition.household_id)
    for event in queries.voided_with(undone):
        credit.record(type="appeal_upheld", by=actor.ref, worker_id=event.worker_id, firm_id=event.firm_id,
                      ref=event.entry_id)
        if event.type == "complaint_dismissed" and petition.role == "household":
            casework.reopen(actor=actor, complaint_id=UUID(event.data["complaint"]))
        elif event.type == "complaint_substantiated":
            casework.overturn(actor=actor, complaint_id=UUID(event.data["complaint"]))


def _grant_repair(petition: Petition, undone: Sequence[int], actor: Actor) -> None:
    """What was made good weighs nothing any more; who is on a list for it leaves the list."""
    for event in credit_queries.of_entries(undone):
        entry = list_queries.of_credit_entry(event.entry_id)
        if entry is not None and entry.state in IN_FORCE:
            lists.leave(entry_id=entry.id, because="repair", actor=actor)
        elif entry is None:
            credit.record(type="credit_repair", by=actor.ref, worker_id=event.worker_id, firm_id=event.firm_id,
                          ref=event.entry_id)


def _grant_objection(petition: Petition, undone: Sequence[int], actor: Actor) -> None:
    """The entry is off the list, and was never right; a proposal comes to nothing."""
    assert petition.list_entry_id is not None
    if list_queries.get(petition.list_entry_id).state not in ("rejected", "withdrawn"):
        lists.leave(entry_id=petition.list_entry_id, because="objection", actor=actor)


_FOLLOWS = {"appeal": _grant_appeal, "repair": _grant_repair, "objection": _grant_objection}


def _for_officer(actor: Actor, petition_id: UUID) -> Petition:
    petition = queries.get(petition_id, lock=True)
    lists.require_outsider(actor, petition.firm_concerned)
    return petition


def alarm_overdue() -> None:
    """Tell every officer, once a week, of petitions past their last day; a fall one holds back waits on."""
    today, officers = clock.today(), list_queries.officers()
    for petition in queries.overdue(today, BATCH):
        petition.alarmed_on = today
        if petition.holds_fall:
            hold_fall(petition=petition, until=rules.due_on(today))
        for account_id in officers:
            messages.notify(account_id=account_id, kind="petition_overdue", key=f"petition:{petition.id}:{today}",
                            data=_said(petition))


def tell(*, entry_id: int) -> None:
    """Tell whom a fact about a petition concerns, once each."""
    entry = ledger_queries.get(entry_id)
    petition, (kind, whom) = queries.get(UUID(entry.data["petition"])), NEWS[entry.fact]
    for account_id in list_queries.officers() if whom == "officers" else queries.accounts_of(petition):
        if f"account:{account_id}" != entry.actor:
            messages.notify(account_id=account_id, kind=kind, data=_said(petition), key=f"ledger:{entry_id}")


def _said(petition: Petition) -> dict[str, str]:
    ground = petition.ground_words
    return {"petition": str(petition.id), "kind_zh": rules.KINDS[petition.kind], "kind_en": petition.kind,
            "ground": ground["zh"], "ground_en": ground["en"], "state_zh": petition.state_name,
            "state_en": petition.state.replace("_", " "), "due_on": petition.due_on.isoformat()}
