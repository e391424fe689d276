"""Draft a contract and its next versions, have it signed by each side, void it when the booking ends before it begins.

The booking is locked before the versions of its contract.
"""

import base64
import json
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules.days import Plan
from qiaojiejie.contracts import facts, queries, rules
from qiaojiejie.contracts.errors import (
    ConsentNeeded, ContractChanged, ContractSideNotAsked, ContractSignedAlready, SigningCodeWrong)
from qiaojiejie.contracts.lifecycle import CONTRACT
from qiaojiejie.contracts.models import Contract, ContractIdentity, ContractSignature
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.households import service as households
from qiaojiejie.identity import queries as accounts, service as identity
from qiaojiejie.identity.errors import WrongCode
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages


def give_identity(*, actor: Actor, name: str, id_number: str, home: str | None, consent: bool) -> ContractIdentity:
    """A family's name, ID number and home for its contracts; ``home`` None: where the service is.

    Raises ConsentNeeded.
    """
    if not consent:
        raise ConsentNeeded()
    own = households.open_for(account_id=actor.account_id)
    return db.session.merge(ContractIdentity(
        household_id=own.id, name=Sealed("name", name), id_number=Sealed("id_number", id_number),
        home=Sealed("text", home) if home else None, consented_at=clock.now()))


def forget_identity(*, actor: Actor) -> None:
    """Take it back; contracts keep what they were drafted with. Raises ContractIdentityNotFound."""
    db.session.delete(queries.identity_of(actor.account_id, lock=True))


def draft(*, actor: Actor, booking_id: UUID) -> Contract:
    """The household or the firm has the contract drafted, or its next version when something changed.

    A draft nobody has signed by all sides is superseded at once; a signed version stands until the next one is signed.
    Raises BookingNotFound, NotYourStep, ContractNotNeeded, ContractNotNow, ContractFieldMissing, ContractUnchanged.
    """
    booking, party = bookings.of_party(actor, booking_id, lock=True)
    if party == "worker":
        raise NotYourStep(step="draft")
    plan = queries.by_days(booking)
    found = queries.values(booking, plan)
    rules.check_complete(found)
    standing = queries.versions(booking.id, lock=True)
    fields, personal = rules.split(found)
    if standing:
        rules.check_changed(rules.changes(queries.fields_of(standing[-1]), {**fields, **personal}),
                            standing[-1].version)
    version = queries.newest_version(booking.id) + 1
    changes = rules.changes(queries.fields_of(standing[0]), {**fields, **personal}) if standing else []
    for old in standing:
        if old.state == "drafted":
            _supersede(booking, old, version)
    data = frozen(booking, plan, variant=queries.firm_mode(booking.firm_id), fields=fields, version=version,
                  changes=changes, amends=standing[0].version if standing else None, on=clock.today())
    made = keep(booking, data, {**personal, "salt": ids.new().hex + ids.new().hex})
    db.session.add(Contract(**made, drafted_by=actor.account_id, drafted_at=clock.now(), signed_at=None))
    db.session.flush()
    drafted = queries.get(made["id"])
    _record(facts.DRAFTED, booking, drafted, actor.ref, variant=drafted.variant, by=party,
            changes=[each["field"] for each in changes])
    return drafted


def frozen(booking: Booking, plan: Plan, *, variant: str, fields: dict[str, str], version: int,
           changes: list[dict[str, Any]], amends: int | None, on: date) -> dict[str, Any]:
    """All a version says but what is personal. ``amends``: the version its changes are told against."""
    parts = [{"part": part["part"], "amount": part["amount"], "payable": rules.payable(part)} for part in booking.parts]
    policy = booking.terms
    return {
        "title": rules.TITLES[variant], "variant": variant, "version": version, "drafted_on": on.isoformat(),
        "number": rules.number(booking.id, version), "amends": amends, "fields": fields, "parts": parts,
        "effective_on": max(on, clock.local(booking.start).date()).isoformat(),
        "lines": [{"name": line["name"], "amount": line["amount"]} for line in booking.lines],
        "total": booking.total_fen, "changes": changes,
        "clauses": rules.clauses.contract(variant=variant, parts=booking.parts, total_fen=booking.total_fen,
                                          policy=policy, tiers=policy["tiers"], plan=plan)}


def keep(booking: Booking, data: dict[str, Any], personal: dict[str, str]) -> dict[str, Any]:
    """The columns of a version that is drafted now: its paper is printed and hashed."""
    from qiaojiejie.contracts.rules.paper import pdf

    digest = rules.digest(data, personal)
    paper = pdf(data, personal, digest=digest)
    return {"id": ids.new(), "booking_id": booking.id, "worker_id": booking.worker_id, "version": data["version"],
            "variant": data["variant"], "state": CONTRACT.initial, "data": data,
            "personal": json.dumps(personal, ensure_ascii=False), "data_sha256": digest,
            "paper": base64.b64encode(paper).decode(), "sha256": sha256(paper).hexdigest()}


def send_code(*, actor: Actor, contract_id: UUID, address: str | None) -> None:
    """Send the actor, at the phone of her own account, the code she signs this version with; good for nothing else.

    Raises what ``sign`` raises before it looks at the code, and CodeLimit.
    """
    found, party = _signable(actor, contract_id)
    identity.request_code(phone=_phone(actor), address=address, purpose=_purpose(found, party))


def sign(*, actor: Actor, contract_id: UUID, sha256: str, code: str, address: str | None) -> Contract:
    """A side signs the paper it has read, by its SHA-256; with the last signature the version is signed.

    Raises ContractNotFound, ContractNotNow, ContractSideNotAsked, ContractSignedAlready, StepNotPossible,
    ContractChanged, SigningCodeWrong, TryLimit.
    """
    found, party = _signable(actor, contract_id)
    if sha256 != found.sha256:
        raise ContractChanged(sha256=found.sha256)
    try:
        identity.use_code(phone=_phone(actor), code=code, address=address, purpose=_purpose(found, party))
    except WrongCode as wrong:
        raise SigningCodeWrong() from wrong
    return endorse(actor=actor, found=found, party=party)


def endorse(*, actor: Actor, found: Contract, party: str) -> Contract:
    """A side has signed a version, locked with its booking; its code was right."""
    row = CONTRACT.move(found, "endorse", party=party)
    db.session.add(ContractSignature(contract_id=found.id, party=party, account_id=actor.account_id,
                                     sha256=found.sha256, signed_at=clock.now()))
    db.session.flush()
    booking = bookings.get(found.booking_id)
    _record(row.fact, booking, found, actor.ref, by=party)
    if {each.party for each in found.signatures} | {party} == set(found.sides):
        _conclude(booking, found)
    db.session.expire(found)
    return queries.get(found.id)


def _conclude(booking: Booking, found: Contract) -> None:
    for old in queries.versions(booking.id):
        if old.state == "signed":
            _supersede(booking, old, found.version)
    row = CONTRACT.move(found, "conclude", party="system")
    found.signed_at = clock.now()
    db.session.flush()
    _record(row.fact, booking, found, ledger.SYSTEM)


def _supersede(booking: Booking, old: Contract, version: int) -> None:
    row = CONTRACT.move(old, "supersede", party="system")
    db.session.flush()
    _record(row.fact, booking, old, ledger.SYSTEM, by=version)


def _signable(actor: Actor, contract_id: UUID) -> tuple[Contract, str]:
    found, party = queries.of_party(actor, contract_id, lock=True)
    if party not in found.sides:
        raise ContractSideNotAsked()
    CONTRACT.find("endorse", state=found.state, party=party)
    queries.by_days(bookings.get(found.booking_id))
    if any(each.party == party for each in found.signatures):
        raise ContractSignedAlready()
    return found, party


def _purpose(found: Contract, party: str) -> str:
    return f"signing:{found.id}:{party}"


def _phone(actor: Actor) -> str:
    return accounts.account(actor.account_id).phone.reveal()


def open_paper(*, actor: Actor, contract_id: UUID) -> bytes:
    """The PDF, to its parties; the look at what is personal in it is recorded. Raises ContractNotFound."""
    found, party = queries.of_party(actor, contract_id, paper=True)
    whose = {"household": [f"worker:{found.worker_id}"], "worker": [f"household:{found.booking.household_id}"]}
    subjects = whose.get(party) or [*whose["household"], *whose["worker"]]
    identity.look_at_all(actor=actor, subjects=subjects, field="contract", reason=f"contract:{found.id}")
    return base64.b64decode(found.paper.reveal())


def void(*, booking_id: UUID) -> None:
    """The booking was called off: no version of its contract stands any more."""
    booking = bookings.get(booking_id, lock=True)
    for found in queries.versions(booking.id, lock=True):
        row = CONTRACT.move(found, "void", party="system")
        db.session.flush()
        _record(row.fact, booking, found, ledger.SYSTEM)


def warn(*, booking_id: UUID, entry_id: int) -> None:
    """She has begun: household and firm are told when there is no signed contract. Nothing is held up."""
    booking = bookings.get(booking_id)
    if queries.unsigned(booking):
        for each in queries.told(booking, "contract_unsigned", ("household", "firm"), key=f"unsigned:{entry_id}"):
            messages.notify(**each)


def tell(*, entry_id: int) -> None:
    """Tell everybody a fact about a contract concerns, once each."""
    for each in queries.news(entry_id):
        messages.notify(**each)


def _record(fact: str, booking: Booking, found: Contract, actor: str, /, **more: Any) -> None:
    ledger.append(fact, subject=booking.ref, actor=actor, data={
        "contract": str(found.id), "version": found.version, "sha256": found.sha256, **more})
