"""Read contracts, and lock them (the booking first); who may see which; what one is drafted from."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload, undefer

from qiaojiejie.booking import queries as bookings, rules as booking_rules
from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules.days import Plan
from qiaojiejie.catalog.models import Region
from qiaojiejie.contracts import facts, rules
from qiaojiejie.contracts.errors import (
    ContractIdentityNotFound, ContractNotFound, ContractNotNeeded, ContractNotNow)
from qiaojiejie.contracts.lifecycle import STANDING
from qiaojiejie.contracts.models import Contract, ContractIdentity
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.money import display
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Address, Household
from qiaojiejie.identity.models import Account
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.workers.models import Worker

_AROUND = (selectinload(Contract.signatures), joinedload(Contract.worker).load_only(Worker.account_id))


def get(contract_id: UUID, *more: Any) -> Contract:
    """A version with its signatures. Raises ContractNotFound."""
    stmt = sa.select(Contract).where(Contract.id == contract_id).options(*_AROUND, *more)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise ContractNotFound()
    return found


def of_party(actor: Actor, contract_id: UUID, *, lock: bool = False, paper: bool = False) -> tuple[Contract, str]:
    """A version and what the actor is to it: household, firm, worker. Raises ContractNotFound, to strangers too.

    ``lock``: the booking and every version of its contract; ``paper``: with the bytes of it.
    """
    found = get(contract_id, *([undefer(Contract.paper)] if paper else []))
    booking = bookings.get(found.booking_id, lock=lock)
    if lock:
        versions(booking.id, lock=True)
    return found, _party(actor, found, booking)


def _party(actor: Actor, found: Contract, booking: Booking) -> str:
    if actor.role == Role.WORKER:
        if found.worker.account_id == actor.account_id:
            return "worker"
        raise ContractNotFound()
    try:
        return bookings.party_of(actor, booking)
    except BookingNotFound as stranger:
        raise ContractNotFound() from stranger


def versions(booking_id: UUID, lock: bool = False) -> Sequence[Contract]:
    """The versions of a booking's contract that stand (drafted, signed), oldest first."""
    stmt = sa.select(Contract).where(Contract.booking_id == booking_id, Contract.state.in_(STANDING))
    stmt = stmt.options(*_AROUND).order_by(Contract.version)
    if lock:
        stmt = stmt.with_for_update(of=Contract).execution_options(populate_existing=True)
    return db.session.scalars(stmt).all()


def newest_version(booking_id: UUID) -> int:
    """The number of the newest version, whatever became of it; 0 while there is none."""
    stmt = sa.select(sa.func.coalesce(sa.func.max(Contract.version), 0)).where(Contract.booking_id == booking_id)
    return int(db.session.scalars(stmt).one())


def page(actor: Actor, booking_id: UUID, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of the versions of a booking's contract, newest first; of a worker's, those that name her.

    Raises BookingNotFound.
    """
    booking, party = bookings.of_party(actor, booking_id)
    stmt = sa.select(Contract).where(Contract.booking_id == booking.id).options(*_AROUND)
    if party == "worker":
        stmt = stmt.where(Contract.worker_id == booking.worker_id)
    return paging.keyset(stmt, [Contract.version], cursor=cursor, limit=limit,
                         scope=paging.scope_of("contracts", [booking.id, party]))


def by_days(booking: Booking) -> Plan:
    """The plan of an engagement of which a contract may be drafted or signed now.

    Raises ContractNotNeeded, ContractNotNow.
    """
    if booking.plan is None:
        raise ContractNotNeeded()
    if booking.state not in rules.OPEN:
        raise ContractNotNow(state=booking.state, state_name=BOOKING.states[booking.state])
    return booking.plan


def personal(found: Contract) -> dict[str, str]:
    """The personal fields in plain text, and the salt: for the paper, and to compare versions."""
    opened: dict[str, str] = json.loads(found.personal.reveal())
    return opened


def fields_of(found: Contract) -> dict[str, str]:
    """Every field of a version, in plain text."""
    opened = personal(found)
    return {**found.data["fields"], **{code: opened[code] for code in opened if code in rules.PERSONAL}}


def identity_of(account_id: UUID, lock: bool = False) -> ContractIdentity:
    """What the family an account opened gave for its contracts. Raises ContractIdentityNotFound."""
    own = sa.select(Household.id).where(Household.account_id == account_id).scalar_subquery()
    stmt = sa.select(ContractIdentity).where(ContractIdentity.household_id == own)
    found = db.session.scalars(stmt.with_for_update() if lock else stmt).one_or_none()
    if found is None:
        raise ContractIdentityNotFound()
    return found


_SOURCES = (
    sa.select(Worker, Firm, Address, Region, Account.phone, ContractIdentity)
    .select_from(Booking).join(Worker, Worker.id == Booking.worker_id).join(Firm, Firm.id == Booking.firm_id)
    .join(Address, Address.id == Booking.address_id).join(Region, Region.code == Address.region_code)
    .join(Household, Household.id == Booking.household_id).join(Account, Account.id == Household.account_id)
    .outerjoin(ContractIdentity, ContractIdentity.household_id == Booking.household_id)
    .execution_options(populate_existing=True))


def values(booking: Booking, plan: Plan) -> dict[str, str | None]:
    """Every field of a contract in words, as things stand; None or empty: it is missing."""
    worker, firm, address, region, phone, own = db.session.execute(_SOURCES.where(Booking.id == booking.id)).one()
    place = f"{region.city}{region.name}{address.detail.reveal()}"
    cared_for = (booking_rules.cared_for(booking.member, clock.today().year) or {}).get("words", "")
    awaited = booking.awaited
    return {
        "firm_name": firm.name, "firm_uscc": firm.uscc, "firm_address": firm.address, "firm_phone": firm.phone,
        "firm_head": firm.legal_representative.reveal(), "variant": rules.VARIANTS[firm.mode],
        "worker_name": worker.name.reveal(), "worker_id_number": worker.id_number.reveal(),
        "worker_phone": worker.phone.reveal(), "worker_health": rules.health_in_words(worker.health_until),
        "worker_training": rules.training_in_words(worker.certificates),
        "worker_insurance": rules.insurance_in_words(worker.insured_until, worker.insured_class),
        "household_name": own.name.reveal() if own else None,
        "household_id_number": own.id_number.reveal() if own else None,
        "household_home": own.home.reveal() if own and own.home else place,
        "household_phone": phone.reveal(), "service_place": place, "cared_for": cared_for.replace(" · ", "，"),
        "service_content": rules.content_in_words(plan, booking.service.name, booking.service.category_name),
        "service_mode": rules.MODE_NAMES[booking.service.mode],
        "service_start": rules.starts_in_words(plan, booking.start, awaited),
        "service_end": rules.ends_in_words(plan, booking.end, awaited),
        "service_days": rules.days_in_words(plan, awaited), "service_holidays": rules.holidays_in_words(plan, awaited),
        "service_hours": rules.hours_in_words(plan, booking.start),
        "price_lines": rules.lines_in_words(booking.lines), "price_total": display(booking.total_fen),
        "price_parts": rules.parts_in_words(booking.parts), "price_payment": rules.PAYMENT}


def firm_mode(firm_id: UUID) -> str:
    """Whether a firm employs or introduces."""
    return db.session.scalars(sa.select(Firm.mode).where(Firm.id == firm_id)).one()


def shown(found: Contract) -> dict[str, Any]:
    """A version as its parties read it here: personal fields masked, the whole of them on the paper."""
    data, opened = found.data, personal(found)
    return {
        "contract": found, "title": data["title"], "number": data["number"], "drafted_on": data["drafted_on"],
        "effective_on": data["effective_on"], "lines": data["lines"], "total": data["total"], "parts": data["parts"],
        "changes": data["changes"], "clauses": [{"heading": each[0], "sentences": each[1]} for each in data["clauses"]],
        "fields": [{"field": each.code, "section": each.section, "name": each.name,
                    "value": data["fields"].get(each.code) if each.kind is None
                    else Sealed(each.kind, opened[each.code]).masked}
                   for each in rules.FIELDS if each.code in data["fields"] or each.code in opened]}


def terms(actor: Actor, booking_id: UUID) -> dict[str, Any]:
    """The terms of a booking in words, by what is frozen onto it. Raises BookingNotFound."""
    booking, _ = bookings.of_party(actor, booking_id)
    engaged = booking.plan is not None
    policy = booking.terms
    clauses = rules.clauses.visit(parts=booking.parts, total_fen=booking.total_fen, policy=policy,
                                  tiers=policy["tiers"], by_days=engaged)
    end = rules.day(rules.last_day(booking.end)) if engaged else rules.moment(booking.end)
    return {"booking_id": booking.id, "firm_name": booking.firm.name, "worker_called": booking.worker.called,
            "service_name": booking.service.name, "when": f"{rules.moment(booking.start)} 至 {end}",
            "lines": booking.lines, "total_fen": booking.total_fen, "contract_needed": engaged,
            "clauses": [{"heading": each[0], "sentences": each[1]} for each in clauses]}


def unsigned(booking: Booking) -> bool:
    """Whether an engagement by days has no signed contract."""
    stmt = sa.select(Contract.id).where(Contract.booking_id == booking.id, Contract.state == "signed")
    return booking.plan is not None and db.session.scalar(stmt) is None


def news(entry_id: int) -> list[dict[str, Any]]:
    """Whom to tell a fact about a contract, but for who did it: arguments of ``messages.service.notify``."""
    entry = ledger.get(entry_id)
    found = get(UUID(entry.data["contract"]))
    kind, parties = rules.NEWS[entry.fact]
    asked = parties if entry.fact == facts.SIGNED else found.sides
    return told(bookings.get(found.booking_id), kind, [party for party in parties if party in asked
                and party != entry.data.get("by")], key=f"ledger:{entry_id}")


def told(booking: Booking, kind: str, parties: Sequence[str], key: str) -> list[dict[str, Any]]:
    """What these parties of a booking are told: arguments of ``messages.service.notify``."""
    data = booking_rules.news_data(booking=str(booking.id), service_name=booking.service.name, amount_fen=None,
                                   worker_called=booking.worker.called, start=clock.local(booking.start))
    accounts = bookings.accounts_of(booking)
    return [{"account_id": account, "kind": kind, "data": data, "key": key}
            for party in parties for account in accounts[party]]
