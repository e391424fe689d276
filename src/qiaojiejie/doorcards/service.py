"""Show a card, scan it, grant and use a deeper look."""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from qiaojiejie.certificates import gateway
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import blind
from qiaojiejie.documents import queries as documents
from qiaojiejie.doorcards import facts, queries, rules
from qiaojiejie.doorcards.errors import DoorTokenInvalid, DoorTokenOver, GrantTooLong
from qiaojiejie.doorcards.lifecycle import GRANT
from qiaojiejie.doorcards.models import DoorScan, FileGrant
from qiaojiejie.households import queries as households
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.errors import WorkerNotFound


def card(*, actor: Actor, worker_id: UUID) -> dict[str, Any]:
    """The worker's own card for her phone, with a token that lives a minute. Raises WorkerNotFound for another's."""
    worker = workers.of_account(actor.account_id)
    if worker.id != worker_id:
        raise WorkerNotFound()
    until = clock.now().replace(microsecond=0) + rules.LIFE
    signed = rules.written(worker.id, until)
    token = f"{signed}.{_signature(signed)}"
    url = f"{gateway.public_url()}/door/{token}"
    import segno

    drawn = BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, nl=False, border=2, scale=6)
    return {**queries.face(worker), "token": token, "token_until": until, "url": url, "svg": drawn.getvalue().decode()}


def _signature(signed: str) -> str:
    return blind("door-card", signed).hex()[:32]


def scan(*, visitor: Actor | None, token: str) -> dict[str, Any]:
    """Who stands at the door, by the QR on her phone; to a family that signed in, whether she is whom it booked.

    Every scan is kept, and the worker can read that it was. Raises DoorTokenInvalid, DoorTokenOver, WorkerNotFound.
    """
    read = rules.read(token)
    if read is None or not hmac.compare_digest(_signature(read[0]), read[3]):
        raise DoorTokenInvalid()
    now = clock.now()
    if now.timestamp() >= read[2]:
        raise DoorTokenOver()
    worker = workers.get(read[1])
    shown = queries.face(worker)
    found, visit, home = "none", None, None
    if visitor is not None and visitor.role == Role.HOUSEHOLD:
        home = households.find_of_account(visitor.account_id)
    if home is not None:
        midnight = clock.midnight(clock.today() + timedelta(days=1))
        found, visit = rules.match(queries.visits(worker.id, home.id, now - timedelta(days=1), midnight), now, midnight)
    made = DoorScan(id=ids.new(), worker_id=worker.id, household_id=home.id if home else None, match=found,
                    booking_id=visit.id if visit else None, colour=shown["safety"]["colour"], at=now)
    db.session.add(made)
    db.session.flush()
    ledger.append(facts.SCANNED, subject=f"worker:{worker.id}", actor=visitor.ref if visitor else ledger.SYSTEM, data={
        "scan": str(made.id), "colour": made.colour, "match": found, "booking": str(visit.id) if visit else None})
    about = visit or (queries.last_visit(worker.id, home.id) if home else None)
    return {**shown, "scan_id": made.id, "at": now, "signed_in": home is not None, "match": found,
            "booking_id": visit.id if visit else None, "service_name": visit.service.name if visit else None,
            "start": visit.during.lower if visit else None, "end": visit.during.upper if visit else None,
            "actions": rules.actions(about.state, about.id) if about else []}


def grant(*, actor: Actor, booking_id: UUID, fields: Sequence[str], until: datetime) -> FileGrant:
    """A worker lets the family of a booking see fields of her file until a moment.

    Raises WorkerNotFound, NotYourBooking, GrantTooLong.
    """
    worker = workers.of_account(actor.account_id)
    booking = queries.own_booking(worker, booking_id)
    now = clock.now()
    if not now < until <= now + rules.LONGEST:
        raise GrantTooLong(days=rules.LONGEST.days)
    made = FileGrant(id=ids.new(), worker_id=worker.id, household_id=booking.household_id, booking_id=booking.id,
                     state=GRANT.initial, fields=[each for each in rules.FIELDS if each in fields], until=until,
                     granted_at=now)
    db.session.add(made)
    db.session.flush()
    ledger.append(facts.GRANTED, subject=made.subject, actor=actor.ref, data={
        "grant": str(made.id), "household": str(made.household_id), "fields": made.fields, "until": until.isoformat()})
    return made


def revoke(*, actor: Actor, grant_id: UUID) -> FileGrant:
    """Take a grant back. Raises GrantNotFound, StepNotPossible."""
    found = queries.given(actor, grant_id)
    row = GRANT.move(found, "revoke", party="worker")
    found.revoked_at = clock.now()
    ledger.append(row.fact, subject=found.subject, actor=actor.ref, data={"grant": str(found.id)})
    db.session.flush()
    return found


def look(*, actor: Actor, grant_id: UUID) -> dict[str, Any]:
    """What a grant lets a family see, now; each field leaves a look that the worker can read. Raises GrantNotFound."""
    found = queries.received(actor, grant_id)
    for field in found.fields:
        identity.look(actor=actor, subject=found.subject, field=field, reason=f"grant:{found.id}")
    worker, plain = found.worker, {"name", "id_number"} & set(found.fields)
    papers = [paper for paper in documents.files([worker.id])
              if paper.kind in found.fields and paper.state == "verified"]
    return {"grant_id": found.id, "worker_id": worker.id, "until": found.until,
            "name": worker.name.reveal() if "name" in plain else None,
            "id_number": worker.id_number.reveal() if "id_number" in plain else None, "papers": papers}
