"""Read workers, and lock them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.catalog.models import Region, Service
from qiaojiejie.core import clock
from qiaojiejie.core.db import db, read
from qiaojiejie.core.paging import Page, keyset, scope_of
from qiaojiejie.core.secrets import blind
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity.rules import mobile
from qiaojiejie.media.models import Media
from qiaojiejie.workers.errors import PhotoNotYours, WorkerNotFound
from qiaojiejie.workers.models import Employment, Worker, WorkerService
from qiaojiejie.workers.rules import words as words_of


def get(id: UUID, lock: bool = False) -> Worker:
    """A worker. Raises WorkerNotFound."""
    return _one(sa.select(Worker).where(Worker.id == id), lock)


def of_account(account_id: UUID, lock: bool = False) -> Worker:
    """The worker who signs in with an account. Raises WorkerNotFound."""
    return _one(sa.select(Worker).where(Worker.account_id == account_id), lock)


def of_firm(firm_id: UUID, worker_id: UUID, lock: bool = False) -> Worker:
    """A worker on a firm's staff. Raises WorkerNotFound, also when she is on another's."""
    return _one(sa.select(Worker).where(Worker.id == worker_id, Worker.firm_id == firm_id), lock)


def _one(stmt: sa.Select[Worker], lock: bool) -> Worker:
    if lock:
        stmt = stmt.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise WorkerNotFound()
    return found


def known(id_indexes: Iterable[bytes]) -> dict[bytes, Worker]:
    """Workers by the blind index of their ID number, whoever's staff they are on; locked in id order."""
    stmt = sa.select(Worker).where(Worker.id_index.in_(list(id_indexes))).order_by(Worker.id)
    stmt = stmt.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {worker.id_index: worker for worker in db.session.scalars(stmt)}


def with_account(account_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these accounts are a worker's already."""
    stmt = sa.select(Worker.account_id).where(Worker.account_id.in_(list(account_ids)))
    return {account_id for account_id in db.session.scalars(stmt) if account_id is not None}


def persons(worker_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """The blind index of the ID number, by which a person is known for ever, of each of these workers."""
    stmt = sa.select(Worker.id, Worker.id_index).where(Worker.id.in_(list(worker_ids)))
    return {row.id: row.id_index for row in db.session.execute(stmt)}


def services_of(worker_ids: Sequence[UUID]) -> dict[UUID, list[WorkerService]]:
    """What each of these workers offers, in the catalogue's order."""
    stmt = (sa.select(WorkerService).join(Service, Service.code == WorkerService.service_code)
            .where(WorkerService.worker_id.in_(worker_ids)).order_by(Service.position))
    found: dict[UUID, list[WorkerService]] = {worker_id: [] for worker_id in worker_ids}
    for row in db.session.scalars(stmt):
        found[row.worker_id].append(row)
    return found


def employments(worker_ids: Iterable[UUID]) -> dict[UUID, Employment]:
    """The present employment of each of these workers who has one."""
    stmt = sa.select(Employment).where(Employment.worker_id.in_(list(worker_ids)), Employment.left_on.is_(None))
    return {row.worker_id: row for row in db.session.scalars(stmt)}


def require_photo(firm_id: UUID | None, photo_id: UUID) -> None:
    """Nothing, when it is a photo that was uploaded for this firm. Raises PhotoNotYours."""
    stmt = sa.select(Media.id).where(Media.id == photo_id, Media.kind == "photo", Media.org_id == firm_id)
    if db.session.scalar(stmt) is None:
        raise PhotoNotYours()


def file_of(worker: Worker) -> dict[str, Any]:
    """A worker's columns with ``services`` and ``joined_on`` beside them."""
    columns = {column.key: getattr(worker, column.key) for column in Worker.__table__.columns}
    employed = employments([worker.id]).get(worker.id)
    return {**columns, "services": services_of([worker.id])[worker.id],
            "joined_on": employed.joined_on if employed else None}


def staff(firm_id: UUID, *, words: str | None = None, service: str | None = None, lapsing_within: int | None = None,
          cursor: str | None = None, limit: int = 20) -> Page:
    """A firm's staff in the order they joined the platform, one page.

    ``words`` are looked for in her card's text, or are her whole phone number; ``lapsing_within``: those of whom
    identity, health, insurance or background is not verified, or will have lapsed in so many days.
    """
    stmt = sa.select(Worker).where(Worker.firm_id == firm_id)
    if words:
        sought = " & ".join(f"'{word}'" for word in words_of(words))
        stmt = stmt.where(sa.or_(Worker.search.op("@@")(sa.cast(sought, sa.Text).op("::")(sa.text("tsquery"))),
                                 Worker.phone_index == blind("phone", mobile(words) or words)))
    if service:
        stmt = stmt.where(sa.exists().where(WorkerService.worker_id == Worker.id,
                                            WorkerService.service_code == service))
    if lapsing_within is not None:
        last = clock.today() + timedelta(days=lapsing_within)
        stmt = stmt.where(sa.or_(Worker.identity_verified_on.is_(None), *(
            sa.or_(until.is_(None), until < last)
            for until in (Worker.health_until, Worker.insured_until, Worker.background_until))))
    scope = scope_of("staff", [str(firm_id), words, service, lapsing_within])
    return keyset(stmt, (Worker.no,), scope=scope, cursor=cursor, limit=limit, descending=False)


_FIGURES = """
    SELECT count(*) AS staff, count(*) FILTER (WHERE listed) AS listed,
           count(*) FILTER (WHERE identity_verified_on IS NOT NULL) AS identity_verified,
           count(*) FILTER (WHERE health_until >= :today) AS health_in_date,
           count(*) FILTER (WHERE insured_until >= :today) AS insured,
           count(*) FILTER (WHERE jsonb_array_length(certificates) > 0) AS certified,
           count(*) FILTER (WHERE jsonb_array_length(certificates) > 0) * 100 / nullif(count(*), 0) AS certified_percent
    FROM worker WHERE firm_id = :firm_id
"""


def figures(firm_id: UUID) -> sa.Row[Any]:
    """How many work for a firm today, and of how many what was verified. Raises FirmNotFound."""
    firms.open_firm(firm_id)
    return read(_FIGURES, {"firm_id": firm_id, "today": clock.today()})[0]


def of_firm_ids(firm_id: UUID) -> list[UUID]:
    """Ids of everyone on a firm's staff."""
    return list(db.session.scalars(sa.select(Worker.id).where(Worker.firm_id == firm_id).order_by(Worker.id)))


def rendered_before(day: date, limit: int) -> list[UUID]:
    """Workers whose card was last rendered before a day."""
    stmt = sa.select(Worker.id).where(Worker.card_on < day).order_by(Worker.card_on, Worker.id).limit(limit)
    return list(db.session.scalars(stmt.with_for_update(skip_locked=True, key_share=True)))


_CARD = (sa.select(
    Worker.id, Worker.called, Worker.photo_id, Worker.birth_year, Worker.native_place, Worker.working_since,
    Worker.district, Region.name.label("district_name"), Worker.firm_id, Firm.name.label("firm_name"),
    Firm.state.label("firm_state"), Worker.identity_verified_on, Worker.health_until, Worker.insured_until,
    Worker.insured_class, Worker.background_until, Worker.grade, Worker.score, Worker.rating_sum,
    Worker.rating_count, Worker.completed_count, Worker.certificates, Worker.honours, Worker.live_in, Worker.bio,
    sa.or_(Worker.barred, Firm.barred).label("barred"),
).join(Region, Region.code == Worker.district).outerjoin(Firm, Firm.id == Worker.firm_id)
    .where(Worker.id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid)))).order_by(Worker.id)
    .with_for_update(of=Worker, key_share=True))

_OFFERED = (sa.select(WorkerService.worker_id, WorkerService.service_code, WorkerService.price_fen,
                      WorkerService.provisional, Service.name, Service.unit, Service.care,
                      Service.insurance_class, Service.certificates)
            .join(Service, Service.code == WorkerService.service_code)
            .where(WorkerService.worker_id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
            .order_by(WorkerService.worker_id, Service.position))


def for_cards(worker_ids: Sequence[UUID]) -> tuple[Sequence[Any], dict[UUID, list[Any]]]:
    """What cards are rendered from, in two queries: workers with firm and district (locked), and their services."""
    workers = db.session.execute(_CARD, {"ids": worker_ids}).all()
    offered: dict[UUID, list[Any]] = {row.id: [] for row in workers}
    for row in db.session.execute(_OFFERED, {"ids": worker_ids}):
        offered[row.worker_id].append(row)
    return workers, offered
