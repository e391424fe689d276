"""Read firms and what was decided on them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import paging
from qiaojiejie.core.access import FEDERATION, FIRM, Actor
from qiaojiejie.core.db import db
from qiaojiejie.firms import rules
from qiaojiejie.firms.errors import FirmNotFound, RenewalNotFound
from qiaojiejie.firms.models import AnswerWindow, Firm, FirmDecision, FirmRenewal
from qiaojiejie.identity import queries as identity

#: the steps of a firm's past that everybody may see
OPEN_STEPS = ("accept", "suspend", "resume")


def get(firm_id: UUID, lock: bool = False) -> Firm:
    """A firm by its id, in whatever state. Raises FirmNotFound."""
    found = db.session.get(Firm, firm_id, with_for_update={"key_share": True} if lock else None)
    if found is None:
        raise FirmNotFound()
    return found


def open_firm(firm_id: UUID) -> Firm:
    """A firm whose file is open to everybody. Raises FirmNotFound while it is only an applicant."""
    found = get(firm_id)
    if found.state not in rules.PUBLIC:
        raise FirmNotFound()
    return found


def require_member(actor: Actor, firm_id: UUID) -> None:
    """Nothing, when the actor acts as manager or broker of this firm. Raises FirmNotFound for anybody else."""
    if actor.role not in FIRM or actor.org_id != firm_id:
        raise FirmNotFound()


def of_member(actor: Actor, firm_id: UUID, lock: bool = False) -> Firm:
    """The firm the actor acts for. Raises FirmNotFound for anybody else."""
    require_member(actor, firm_id)
    return get(firm_id, lock=lock)


def of_insider(actor: Actor, firm_id: UUID) -> Firm:
    """A firm in whatever state, for its own members and the federation. Raises FirmNotFound for anybody else."""
    return get(firm_id) if actor.role in FEDERATION else of_member(actor, firm_id)


def open_file(firm_id: UUID, on: date) -> dict[str, Any]:
    """A firm's open file as of a day: its columns, ``years``, ``licence_in_date`` and ``history``.

    Raises FirmNotFound.
    """
    firm = open_firm(firm_id)
    return {**columns(firm), "years": rules.years(firm.founded_on, on),
            "licence_in_date": rules.in_date(firm.licence_valid_until, on),
            "history": decisions_on(firm_id, *OPEN_STEPS)}


def columns(firm: Firm) -> dict[str, Any]:
    """A firm's columns by name."""
    return {column.key: getattr(firm, column.key) for column in Firm.__table__.columns}


def page(*, limit: int, cursor: str | None = None, sort: str = "name", region: str | None = None,
         mode: str | None = None, words: str | None = None) -> paging.Page:
    """A page of the firms open to everybody, by ``name`` or ``newest`` first; ``words`` must all be in the name."""
    stmt = sa.select(Firm).where(Firm.state.in_(rules.PUBLIC))
    if region is not None:
        stmt = stmt.where(Firm.region_codes.contains([region]))
    if mode is not None:
        stmt = stmt.where(Firm.mode == mode)
    for word in (words or "").split():
        stmt = stmt.where(Firm.name.icontains(word, autoescape=True))
    scope = paging.scope_of("firms", [sort, region, mode, words])
    if sort == "newest":
        return paging.keyset(stmt, [Firm.id], scope=scope, cursor=cursor, limit=limit)
    return paging.keyset(stmt, [Firm.name, Firm.id], scope=scope, cursor=cursor, limit=limit, descending=False)


def waiting(*, limit: int, cursor: str | None = None, state: str | None = None) -> paging.Page:
    """A page of the applications that wait for the federation, longest waiting first."""
    stmt = sa.select(Firm).where(Firm.state.in_(rules.WAITING))
    if state is not None:
        stmt = stmt.where(Firm.state == state)
    return paging.keyset(stmt, [Firm.applied_at, Firm.id], scope=paging.scope_of("applications", state),
                         cursor=cursor, limit=limit, descending=False)


def of_account(account_id: UUID, *, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of the firms an account manages or brokers for, newest first."""
    orgs = [held.org_id for held in identity.memberships(account_id) if held.role in FIRM]
    return paging.keyset(sa.select(Firm).where(Firm.id.in_(orgs)), [Firm.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("my-firms", account_id))


def decisions(firm_id: UUID, *, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of the federation's decisions on a firm, newest first."""
    stmt = sa.select(FirmDecision).where(FirmDecision.firm_id == firm_id)
    return paging.keyset(stmt, [FirmDecision.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("firm-decisions", firm_id))


def decisions_on(firm_id: UUID, *steps: str) -> Sequence[FirmDecision]:
    """The decisions on a firm of the named steps, in the order they were taken."""
    stmt = sa.select(FirmDecision).where(FirmDecision.firm_id == firm_id, FirmDecision.step.in_(steps))
    return db.session.scalars(stmt.order_by(FirmDecision.id)).all()


def renewal(renewal_id: UUID, lock: bool = False) -> FirmRenewal:
    """A new licence that was sent in. Raises RenewalNotFound."""
    found = db.session.get(FirmRenewal, renewal_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise RenewalNotFound()
    return found


def renewals_of(firm_id: UUID, *, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of the new licences a firm sent in, newest first."""
    stmt = sa.select(FirmRenewal).where(FirmRenewal.firm_id == firm_id)
    return paging.keyset(stmt, [FirmRenewal.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("firm-renewals", firm_id))


def renewals_waiting(*, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of the new licences that wait for the federation, longest waiting first."""
    stmt = sa.select(FirmRenewal).where(FirmRenewal.state == "submitted")
    return paging.keyset(stmt, [FirmRenewal.id], cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("renewals-waiting", None))


def answer_minutes(firm_id: UUID | None, service_code: str) -> int | None:
    """How long a firm has to answer when a service is booked; None: it need not."""
    return db.session.scalar(sa.select(AnswerWindow.minutes).where(
        AnswerWindow.firm_id == firm_id, AnswerWindow.service_code == service_code))


def answer_windows(firm_id: UUID, *, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of the services an open firm answers for before they stand, by code. Raises FirmNotFound."""
    stmt = sa.select(AnswerWindow).where(AnswerWindow.firm_id == open_firm(firm_id).id)
    return paging.keyset(stmt, [AnswerWindow.service_code], cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("answer-windows", firm_id))
