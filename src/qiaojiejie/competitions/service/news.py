"""Tell those whom a competition concerns: entrants, their firms, judges, the federation."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from qiaojiejie.competitions import facts
from qiaojiejie.competitions.models import Competition
from qiaojiejie.competitions.queries import competitions, entrants, jury, results
from qiaojiejie.competitions.rules.shape import KINDS, MEDAL_NAMES
from qiaojiejie.core.access import FIRM, Role
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.messages import service as messages
from qiaojiejie.workers import queries as workers

#: fact → kind of notification, to the worker it is about and (honours) to her firm
TO_WORKER = {facts.ENTERED: "competition_entered", facts.NUMBER_DRAWN: "competition_number",
             facts.PLACED: "competition_placed", facts.OBJECTION_UPHELD: "competition_objection_upheld",
             facts.OBJECTION_DISMISSED: "competition_objection_dismissed",
             facts.MEDAL_AWARDED: "competition_honour", facts.TITLE_NAMED: "competition_honour",
             facts.HONOUR_REVOKED: "competition_honour_revoked"}
TO_FIRM = {facts.HEAD_NAMED: "competition_honour", facts.HEAD_REVOKED: "competition_honour_revoked",
           facts.MEDAL_AWARDED: "competition_honour", facts.TITLE_NAMED: "competition_honour"}
TO_OFFICERS = {facts.OBJECTED: "competition_objected"}
TO_JUDGE = {facts.JUDGE_APPOINTED: "competition_judge_appointed"}
TO_ENTRANTS = {facts.CANCELLED: "competition_cancelled"}
NEWS = tuple(dict.fromkeys((*TO_WORKER, *TO_FIRM, *TO_OFFICERS, *TO_JUDGE, *TO_ENTRANTS)))


def tell(*, entry_id: int) -> None:
    """Put what a fact says in the inboxes of those it concerns, once each."""
    entry = ledger.get(entry_id)
    kind, _, about = entry.subject.partition(":")
    competition_id = about if kind == "competition" else entry.data["competition"]
    competition = competitions.get(UUID(competition_id))
    data = {"competition": str(competition.id), "competition_name": competition.name, **_said(entry, competition)}
    for told, account_ids in _whom(entry, competition):
        for account_id in account_ids:
            messages.notify(account_id=account_id, kind=told, key=f"ledger:{entry_id}", data=data)


def _whom(entry: LedgerEntry, competition: Competition) -> list[tuple[str, Sequence[UUID]]]:
    """(kind of notification, accounts) of a fact."""
    fact, told = entry.fact, list[tuple[str, Sequence[UUID]]]()
    if fact in TO_WORKER:
        account_id = workers.get(UUID(entry.subject.removeprefix("worker:"))).account_id
        told.append((TO_WORKER[fact], [account_id] if account_id else []))
    if fact in TO_FIRM:
        firm_id = results.honour(competition.id, UUID(entry.data["honour"])).firm_id
        told.append((TO_FIRM[fact], identity.accounts_in(firm_id, *FIRM) if firm_id else []))
    if fact in TO_OFFICERS:
        told.append((TO_OFFICERS[fact], [each for role in (Role.FEDERATION_ADMIN, Role.FEDERATION_AUDITOR)
                                         for each in identity.accounts_with(role)]))
    if fact in TO_JUDGE:
        told.append((TO_JUDGE[fact], [each.account_id for each in jury.of(competition.id)
                                      if str(each.id) == entry.data["judge"]]))
    if fact in TO_ENTRANTS:
        told.append((TO_ENTRANTS[fact], [each.worker.account_id for each in entrants.entered(competition.id)
                                         if each.worker.account_id]))
    return told


def _said(entry: LedgerEntry, competition: Competition) -> dict[str, Any]:
    """What its words are made of besides the competition's name."""
    said: dict[str, Any] = {"held_on": str(competition.held_on), "reason": competition.cancelled_because,
                            "objection_until": competition.objection_until and str(competition.objection_until)}
    if "kind" in entry.data:
        said["seat"] = KINDS[entry.data["kind"]]
    if "honour" in entry.data:
        honour = results.honour(competition.id, UUID(entry.data["honour"]))
        said |= {"title": honour.name, "body": honour.body}
    elif "entrant" in entry.data:
        entrant = entrants.get(UUID(entry.data["entrant"]))
        event = next(each for each in competition.events if each.code == entrant.event)
        medal = MEDAL_NAMES[entrant.medal] if entrant.medal else None
        said |= {"event": event.name, "event_en": event.name_en, "number": entrant.number, "rank": entrant.rank,
                 "medal": medal}
    return said
