"""Apply, mend, decide, renew a licence."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db, violated
from qiaojiejie.core.errors import NotFound
from qiaojiejie.core.lifecycle import Step
from qiaojiejie.firms import facts, queries, rules
from qiaojiejie.firms.errors import (FirmAlreadyRegistered, LicenceLapsed, LicenceNotYours, NotChangeableNow, OwnFirm,
                                     ReasonDoesNotFit, ReasonsRequired, RenewalNotNow, RenewalWaiting)
from qiaojiejie.firms.lifecycle import FIRM, RENEWAL
from qiaojiejie.firms.models import AnswerWindow, Firm, FirmDecision, FirmRenewal
from qiaojiejie.identity import queries as identity_queries, service as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.media import queries as media


def register(*, actor: Actor, uscc: str, **file: Any) -> Firm:
    """Apply with a firm's file (fields of Firm); the applicant becomes its manager at once, so that she can mend it.

    Raises FirmAlreadyRegistered, UnknownRegion, LicenceNotYours, LicenceLapsed.
    """
    _check(actor, file)
    firm = Firm(uscc=uscc, state=FIRM.initial, applied_by=actor.account_id, applied_at=clock.now(), **file)
    try:
        with db.session.begin_nested():
            db.session.add(firm)
    except IntegrityError as error:
        if violated(error) != "uq_firm_uscc":
            raise
        raise FirmAlreadyRegistered(uscc=uscc) from error
    db.session.refresh(firm)
    identity.grant(account_id=actor.account_id, role=Role.FIRM_MANAGER, org_id=firm.id, by=actor.ref)
    _record(facts.APPLIED, firm, actor)
    return firm


def change(*, actor: Actor, firm_id: UUID, **changes: Any) -> Firm:
    """Change a firm's file as its manager: everything but the USCC before it is on the platform, then its contact,
    districts and description only (``rules.CHANGEABLE``).

    Raises FirmNotFound, NotChangeableNow, UnknownRegion, LicenceNotYours, LicenceLapsed.
    """
    firm = queries.of_member(actor, firm_id, lock=True)
    frozen = rules.frozen_fields(firm.state, changes)
    if frozen:
        raise NotChangeableNow(state=firm.state, fields=", ".join(frozen), state_name=FIRM.states[firm.state],
                               field_names="、".join(rules.FIELD_NAMES[name] for name in frozen))
    _check(actor, changes)
    for name, value in changes.items():
        setattr(firm, name, value)
    db.session.flush()
    db.session.refresh(firm)
    if changes:
        ledger.append(facts.CHANGED, subject=f"firm:{firm.id}", actor=actor.ref, data={"fields": sorted(changes)})
    return firm


def resubmit(*, actor: Actor, firm_id: UUID) -> Firm:
    """Send a returned application in again. Raises FirmNotFound, StepNotPossible, LicenceLapsed."""
    firm = queries.of_member(actor, firm_id, lock=True)
    row = FIRM.move(firm, "resubmit", party="firm")
    _require_licence_in_date(firm)
    firm.applied_at = clock.now()
    _record(row.fact, firm, actor)
    return firm


def decide(*, actor: Actor, firm_id: UUID, step: str, reasons: list[dict[str, Any]], note: str) -> FirmDecision:
    """Take a step of the federation's on a firm; ``reasons``: [{"code", "field", "note"}].

    Raises FirmNotFound, OwnFirm, StepNotPossible, ReasonsRequired, ReasonDoesNotFit, LicenceLapsed (on accepting).
    """
    firm = queries.get(firm_id, lock=True)
    _require_outsider(actor, firm)
    row = FIRM.move(firm, step, party="federation")
    _require_reasons(step, [reason["code"] for reason in reasons])
    if step == "accept":
        _require_licence_in_date(firm)
    return _decided(row, firm, actor, reasons, note)


def renew(*, actor: Actor, firm_id: UUID, licence_media_id: UUID, licence_valid_until: date | None) -> FirmRenewal:
    """Send a new licence in for a firm on the platform; the old one stands until the federation accepts the new.

    Raises FirmNotFound, RenewalNotNow, LicenceNotYours, LicenceLapsed, RenewalWaiting.
    """
    firm = queries.of_member(actor, firm_id, lock=True)
    if firm.state not in rules.PUBLIC:
        raise RenewalNotNow(state=firm.state, state_name=FIRM.states[firm.state])
    _check(actor, {"licence_media_id": licence_media_id, "licence_valid_until": licence_valid_until})
    renewal = FirmRenewal(firm_id=firm.id, state=RENEWAL.initial, licence_media_id=licence_media_id,
                          licence_valid_until=licence_valid_until, submitted_by=actor.account_id,
                          submitted_at=clock.now(), note="")
    try:
        with db.session.begin_nested():
            db.session.add(renewal)
    except IntegrityError as error:
        if violated(error) != "uq_firm_renewal_waiting":
            raise
        raise RenewalWaiting() from error
    _record(facts.RENEWAL_SUBMITTED, firm, actor, **_said(renewal))
    return renewal


def decide_renewal(*, actor: Actor, renewal_id: UUID, step: str, note: str) -> FirmRenewal:
    """``accept`` or ``refuse`` (with a note) a new licence; accepted, it takes the old one's place.

    Raises RenewalNotFound, OwnFirm, StepNotPossible, ReasonsRequired, LicenceLapsed (on accepting).
    """
    firm = queries.get(queries.renewal(renewal_id).firm_id, lock=True)
    renewal = queries.renewal(renewal_id, lock=True)
    _require_outsider(actor, firm)
    row = RENEWAL.move(renewal, step, party="federation")
    if step == "refuse" and not note:
        raise ReasonsRequired()
    if step == "accept":
        if not rules.in_date(renewal.licence_valid_until, clock.today()):
            raise LicenceLapsed(valid_until=renewal.licence_valid_until)
        firm.licence_media_id, firm.licence_valid_until = renewal.licence_media_id, renewal.licence_valid_until
    renewal.note, renewal.decided_by, renewal.decided_at = note, actor.account_id, clock.now()
    _record(row.fact, firm, actor, **_said(renewal))
    return renewal


def set_answer_window(*, actor: Actor, firm_id: UUID, service_code: str, minutes: int | None) -> AnswerWindow:
    """Have the firm asked before a paid booking of a service stands, so many minutes; None: it stands at once.

    What is booked already keeps what it was quoted. Raises FirmNotFound, UnknownService.
    """
    firm, service = queries.of_member(actor, firm_id, lock=True), catalog.service(service_code)
    kept = db.session.get(AnswerWindow, (firm.id, service.code))
    if kept is not None:
        db.session.delete(kept)
        db.session.flush()
    window = AnswerWindow(firm_id=firm.id, service_code=service.code, minutes=minutes, set_by=actor.account_id,
                          set_at=clock.now())
    if minutes is not None:
        db.session.add(window)
        db.session.flush()
    _record(facts.ANSWER_WINDOW_SET, firm, actor, service=service.code, minutes=minutes)
    return window


def grade(*, firm_id: UUID, score: int, grade: str) -> None:
    """Take over a standing computed above."""
    firm = queries.get(firm_id, lock=True)
    firm.score, firm.grade = score, grade


def bar(*, firm_id: UUID, barred: bool, by: str) -> None:
    """Let nobody be booked through a firm, or let them again; its workers' cards follow."""
    firm = queries.get(firm_id, lock=True)
    if firm.barred != barred:
        firm.barred = barred
        ledger.append(facts.BARRED if barred else facts.UNBARRED, subject=f"firm:{firm.id}", actor=by)


def _said(renewal: FirmRenewal) -> dict[str, str | None]:
    until = renewal.licence_valid_until
    return {"renewal": str(renewal.id), "valid_until": until.isoformat() if until else None}


def open_application(*, actor: Actor, firm_id: UUID) -> Firm:
    """A firm's whole file for its members and the federation; the look at the representative's name is recorded.

    Raises FirmNotFound for anybody else.
    """
    firm = queries.of_insider(actor, firm_id)
    identity.look(actor=actor, subject=f"firm:{firm.id}", field="legal_representative", reason="application")
    return firm


def _decided(row: Step, firm: Firm, actor: Actor, reasons: list[dict[str, Any]], note: str) -> FirmDecision:
    firm.decided_at = clock.now()
    decision = FirmDecision(firm_id=firm.id, step=row.name, reasons=reasons, note=note, decided_by=actor.account_id,
                            decided_at=firm.decided_at)
    db.session.add(decision)
    db.session.flush()
    until = firm.licence_valid_until
    _record(row.fact, firm, actor, decision=str(decision.id), reasons=[reason["code"] for reason in reasons],
            **({"valid_until": until.isoformat() if until else None} if row.name == "accept" else {}))
    return decision


def _require_outsider(actor: Actor, firm: Firm) -> None:
    if firm.id in {held.org_id for held in identity_queries.memberships(actor.account_id)}:
        raise OwnFirm()


def _record(fact: str, firm: Firm, actor: Actor, **data: Any) -> None:
    ledger.append(fact, subject=f"firm:{firm.id}", actor=actor.ref, data=data)


def _check(actor: Actor, file: dict[str, Any]) -> None:
    """What the file says must hold: districts served, a licence of the actor's own, in date."""
    if "region_codes" in file:
        file["region_codes"] = [region.code for region in catalog.known_regions(file["region_codes"])]
    if file.get("licence_media_id") is not None:
        _require_own_licence(actor, file["licence_media_id"])
    if not rules.in_date(file.get("licence_valid_until"), clock.today()):
        raise LicenceLapsed(valid_until=file["licence_valid_until"])


def _require_own_licence(actor: Actor, media_id: UUID) -> None:
    try:
        licence = media.get(media_id)
    except NotFound as missing:
        raise LicenceNotYours() from missing
    if licence.account_id != actor.account_id or licence.kind != "licence":
        raise LicenceNotYours()


def _require_licence_in_date(firm: Firm) -> None:
    if not rules.in_date(firm.licence_valid_until, clock.today()):
        raise LicenceLapsed(valid_until=firm.licence_valid_until)


def _require_reasons(step: str, codes: list[str]) -> None:
    if step in rules.NEEDS_REASONS and not codes:
        raise ReasonsRequired()
    misfit = rules.misfit(step, codes)
    if misfit is not None:
        raise ReasonDoesNotFit(reason=misfit, step=step)
