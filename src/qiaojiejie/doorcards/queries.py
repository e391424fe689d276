"""Read cards, scans and grants."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.doorcards.errors import GrantNotFound, NotYourBooking
from qiaojiejie.doorcards.models import DoorScan, FileGrant
from qiaojiejie.firms.models import Firm
from qiaojiejie.households import queries as households
from qiaojiejie.identity import queries as identity
from qiaojiejie.search.rules import safety
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.models import Worker


def face(worker: Worker) -> dict[str, Any]:
    """What a card shows of a worker today: who she is, through whom she works, her colour and why."""
    firm = db.session.get(Firm, worker.firm_id) if worker.firm_id else None
    return {"worker_id": worker.id, "called": worker.called, "name": worker.name, "photo_id": worker.photo_id,
            "firm_id": worker.firm_id, "firm_name": firm.name if firm else None, "grade": worker.grade,
            "barred": worker.barred,
            "certificates": [each for each in worker.certificates if each["verified"]],
            "safety": safety(identity_verified_on=worker.identity_verified_on, health_until=worker.health_until,
                             insured_until=worker.insured_until, on=clock.today())}


def visits(worker_id: UUID, household_id: UUID, since: datetime, until: datetime) -> Sequence[Booking]:
    """The bookings of a worker by a family that touch a span of time."""
    stmt = sa.select(Booking).where(Booking.worker_id == worker_id, Booking.household_id == household_id,
                                    Booking.during.op("&&")(sa.func.tstzrange(since, until)))
    return db.session.scalars(stmt).all()


def last_visit(worker_id: UUID, household_id: UUID) -> Booking | None:
    """The newest booking of a worker by a family."""
    stmt = sa.select(Booking).where(Booking.worker_id == worker_id, Booking.household_id == household_id)
    return db.session.scalars(stmt.order_by(Booking.id.desc()).limit(1)).first()


def own_booking(worker: Worker, booking_id: UUID) -> Booking:
    """A booking of hers. Raises NotYourBooking."""
    found = db.session.get(Booking, booking_id)
    if found is None or found.worker_id != worker.id:
        raise NotYourBooking()
    return found


def scans(actor: Actor, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of the scans of the worker's own card, newest first. Raises WorkerNotFound."""
    worker = workers.of_account(actor.account_id)
    return paging.keyset(sa.select(DoorScan).where(DoorScan.worker_id == worker.id), (DoorScan.id,), cursor=cursor,
                         limit=limit, scope=paging.scope_of("door-scans", worker.id))


def grants(actor: Actor, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of grants, newest first: those a worker gave, or a family was given."""
    if actor.role == Role.WORKER:
        of = FileGrant.worker_id == workers.of_account(actor.account_id).id
    else:
        of = FileGrant.household_id == households.of_account(actor.account_id).id
    stmt = sa.select(FileGrant).where(of).options(sa.orm.joinedload(FileGrant.worker))
    return paging.keyset(stmt, (FileGrant.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("grants", [actor.account_id, actor.role]))


def given(actor: Actor, grant_id: UUID) -> FileGrant:
    """A grant the worker gave, locked. Raises GrantNotFound."""
    found = db.session.get(FileGrant, grant_id, with_for_update=True, populate_existing=True)
    if found is None or found.worker.account_id != actor.account_id:
        raise GrantNotFound()
    return found


def received(actor: Actor, grant_id: UUID) -> FileGrant:
    """A grant the family holds now. Raises GrantNotFound, also when it is over or taken back."""
    found = db.session.get(FileGrant, grant_id)
    live = found is not None and found.state == "granted" and found.until > clock.now()
    if found is None or not live or found.household.account_id != actor.account_id:
        raise GrantNotFound()
    return found


def looks(actor: Actor, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of everybody's unmasked looks at the worker's own file, newest first. Raises WorkerNotFound."""
    return identity.looks(f"worker:{workers.of_account(actor.account_id).id}", cursor=cursor, limit=limit)
