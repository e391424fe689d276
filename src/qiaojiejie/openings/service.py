"""Post and close openings, apply, introduce, answer."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import FIRM, Actor, Role
from qiaojiejie.core.db import db, violated
from qiaojiejie.firms import queries as firms
from qiaojiejie.identity import queries as accounts, service as identity
from qiaojiejie.ledger import queries as entries, service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.openings import facts, queries, rules
from qiaojiejie.openings.errors import (
    AlreadyApplied, ApplicationNotFound, OpeningDaysDoNotFit, OpeningFull, OpeningOver,
    PlacedOnDoesNotFit, WageDoesNotFit, WorkNotBegun)
from qiaojiejie.openings.lifecycle import APPLICATION, OPENING
from qiaojiejie.openings.models import JobApplication, JobOpening
from qiaojiejie.stations import queries as places, service as stations

#: openings closed in one transaction
BATCH = 200
#: fact → kind of notification to who applied
NEWS = {facts.PLACED: "job_placed", facts.REFUSED: "job_refused"}


def post(*, actor: Actor, employer: str | None, region_code: str, wage_low_fen: int, wage_high_fen: int, until: date,
         **told: Any) -> JobOpening:
    """Put an opening on the wall: a firm's own in its own name, or by a clerk for an employer named.

    Raises FirmNotFound, StationNotFound, UnknownRegion, WageDoesNotFit, OpeningDaysDoNotFit.
    """
    if actor.org_id is None:
        raise PermissionError("roles that post belong to an organisation")
    firm = firms.open_firm(actor.org_id) if actor.role in FIRM else None
    station = None if firm else places.get(actor.org_id)
    catalog.region(region_code)
    if wage_low_fen > wage_high_fen:
        raise WageDoesNotFit()
    if not clock.today() <= until <= clock.today() + timedelta(days=rules.LONGEST):
        raise OpeningDaysDoNotFit(most=rules.LONGEST)
    made = JobOpening(
        id=ids.new(), firm_id=firm.id if firm else None, station_id=station.id if station else None,
        employer=firm.name if firm else employer or (station.name if station else ""), region_code=region_code,
        wage_low_fen=wage_low_fen, wage_high_fen=wage_high_fen, until=until, state=OPENING.initial, filled=0,
        posted_by=actor.account_id, posted_at=clock.now(), **told)
    db.session.add(made)
    db.session.flush()
    ledger.append(facts.POSTED, subject=made.ref, actor=actor.ref, data={
        "firm": str(made.firm_id) if made.firm_id else None, "places": made.places,
        "station": str(made.station_id) if made.station_id else None})
    return made


def close(*, actor: Actor, opening_id: UUID) -> JobOpening:
    """Take an opening off the wall; applications that wait can still be answered.

    Raises OpeningNotFound, StepNotPossible."""
    found = queries.own(actor, opening_id, lock=True)
    _close(found, "employer", actor.ref)
    db.session.flush()
    return found


def close_due() -> None:
    """Openings whose last day is over come off the wall."""
    for opening_id in queries.over(clock.today(), BATCH):
        found = queries.get(opening_id, lock=True)
        if found.state == "open":
            _close(found, "system", ledger.SYSTEM)


def _close(found: JobOpening, party: str, by: str) -> None:
    row = OPENING.move(found, "close", party=party)
    found.closed_at = clock.now()
    ledger.append(row.fact, subject=found.ref, actor=by, data={"filled": found.filled})


def apply(*, actor: Actor, opening_id: UUID, words: str, name: str, phone: str | None,
          consent: str | None) -> JobApplication:
    """Ask for work: for oneself, or by a clerk for who asked at her station.

    Who is introduced has an account by her phone, and finds the application there once she signs in.
    Raises OpeningNotFound, OpeningOver, VisitorUnknown, AlreadyApplied.
    """
    opening = queries.get(opening_id)
    if opening.state != "open" or clock.today() > opening.until:
        raise OpeningOver(until=opening.until.isoformat())
    made = JobApplication(id=ids.new(), opening_id=opening.id, name=name, words=words, state=APPLICATION.initial,
                          **stations.asking(actor=actor, phone=phone, consent=consent))
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) != "uq_job_application_person":
            raise
        raise AlreadyApplied() from error
    _record(facts.APPLIED, made, actor.ref, via=made.via, station=str(made.station_id) if made.station_id else None)
    return queries.application(made.id)


def answer(*, actor: Actor, application_id: UUID, answer: str, reason: str | None, on: date | None) -> JobApplication:
    """``place`` (from a day), ``refuse``: the employer's; ``confirm`` (from that day on), ``deny``: hers alone;
    ``withdraw``: hers, or her station's. Never more are placed than there are places.

    Raises ApplicationNotFound, NotYourStep, StepNotPossible, OpeningFull, PlacedOnDoesNotFit, WorkNotBegun.
    """
    opening = queries.get(queries.application(application_id).opening_id, lock=True)
    found = queries.application(application_id, lock=True)
    party = _party(actor, found, answer)
    row = APPLICATION.find(answer, state=found.state, party=party)
    if answer == "place":
        _place(opening, found, on)
    elif answer == "deny":
        opening.filled -= 1
    elif answer == "confirm" and found.placed_on is not None and clock.today() < found.placed_on:
        raise WorkNotBegun(on=found.placed_on.isoformat())
    APPLICATION.move(found, answer, party=party)
    found.answered_at, found.reason = clock.now(), reason
    db.session.flush()
    data = {"on": found.placed_on.isoformat()} if answer == "place" and found.placed_on else {}
    _record(row.fact, found, actor.ref, **data)
    return found


def _party(actor: Actor, found: JobApplication, answer: str) -> str:
    """Who she is to an application; a clerk may be both, then what the step asks for. Raises ApplicationNotFound."""
    parties = set()
    if queries.is_employer(actor, found.opening):
        parties.add("employer")
    if found.account_id == actor.account_id and actor.role in (Role.HOUSEHOLD, Role.WORKER):
        parties.add("applicant")
    if actor.role == Role.STATION_CLERK and found.station_id is not None and found.station_id == actor.org_id:
        parties.add("introducer")
    if not parties:
        raise ApplicationNotFound()
    return next(iter(parties & APPLICATION.steps[answer].parties or parties))


def _place(opening: JobOpening, found: JobApplication, on: date | None) -> None:
    first = on or clock.today()
    applied = clock.local(found.asked_at).date()
    if not applied <= first <= clock.today() + timedelta(days=rules.AHEAD):
        raise PlacedOnDoesNotFit(most=rules.AHEAD)
    if opening.free < 1:
        raise OpeningFull(places=opening.places)
    opening.filled += 1
    found.placed_on = first


def look(*, actor: Actor, application_id: UUID, reason: str) -> dict[str, Any]:
    """Name and phone in full of who applied, for the employer or the station that introduced her; each leaves a look.

    Raises ApplicationNotFound."""
    found = queries.application(application_id)
    introduced = found.station_id is not None and found.station_id == actor.org_id
    if not queries.is_employer(actor, found.opening) and not introduced:
        raise ApplicationNotFound()
    for field in ("name", "phone"):
        identity.look(actor=actor, subject=f"account:{found.account_id}", field=field, reason=reason)
    return {"name": found.name.reveal(), "phone": found.phone.reveal()}


def _record(fact: str, found: JobApplication, by: str, /, **data: Any) -> None:
    ledger.append(fact, subject=f"account:{found.account_id}", actor=by, data={
        "opening": str(found.opening_id), "application": str(found.id), **data})


def tell(*, entry_id: int) -> None:
    """The employer finds who applied in the inbox; who applied finds the answer."""
    entry = entries.get(entry_id)
    found = queries.application(UUID(entry.data["application"]))
    opening = found.opening
    data = {"application": str(found.id), "opening": str(opening.id), "title": opening.title,
            "employer": opening.employer}
    if entry.fact in NEWS:
        messages.notify(account_id=found.account_id, kind=NEWS[entry.fact], key=f"ledger:{entry_id}", data=data)
        return
    whom = accounts.accounts_in(opening.firm_id, *FIRM) if opening.firm_id else [opening.posted_by]
    for account_id in whom:
        messages.notify(account_id=account_id, kind="job_applied", key=f"ledger:{entry_id}", data=data)
