"""Read documents, and lock them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.core.paging import Page, keyset, scope_of
from qiaojiejie.documents.errors import DocumentNotFound, ImageNotYours
from qiaojiejie.documents.models import WorkerDocument
from qiaojiejie.firms.models import Firm
from qiaojiejie.media.models import Media
from qiaojiejie.workers.models import Worker


def get(document_id: UUID, lock: bool = False) -> WorkerDocument:
    """A document. Raises DocumentNotFound."""
    found = db.session.get(WorkerDocument, document_id, with_for_update=True if lock else None,
                           populate_existing=lock)
    if found is None:
        raise DocumentNotFound()
    return found


def of_worker(worker_id: UUID, document_id: UUID, lock: bool = False) -> WorkerDocument:
    """A document in a worker's file. Raises DocumentNotFound."""
    found = get(document_id, lock=lock)
    if found.worker_id != worker_id:
        raise DocumentNotFound()
    return found


def page(worker_id: UUID, *, kind: str | None = None, state: str | None = None, cursor: str | None = None,
         limit: int = 20) -> Page:
    """The documents in a worker's file, newest first, one page."""
    stmt = sa.select(WorkerDocument).where(WorkerDocument.worker_id == worker_id)
    if kind:
        stmt = stmt.where(WorkerDocument.kind == kind)
    if state:
        stmt = stmt.where(WorkerDocument.state == state)
    return keyset(stmt, (WorkerDocument.id,), scope=scope_of("documents", [str(worker_id), kind, state]), cursor=cursor,
                  limit=limit)


def queue(*, kind: str | None = None, cursor: str | None = None, limit: int = 20) -> Page:
    """Documents that wait for a reviewer, oldest first, one page: their columns with ``worker``, whose they are."""
    stmt = sa.select(WorkerDocument).where(WorkerDocument.state == "recorded")
    if kind:
        stmt = stmt.where(WorkerDocument.kind == kind)
    found = keyset(stmt, (WorkerDocument.id,), scope=scope_of("document-queue", kind), cursor=cursor, limit=limit,
                   descending=False)
    whose = _whose({paper.worker_id for paper in found.items})
    return Page([{**vars(paper), "worker": whose[paper.worker_id]} for paper in found.items], found.next_cursor)


def _whose(worker_ids: Iterable[UUID]) -> dict[UUID, Any]:
    """What a reviewer compares a paper with: who the worker is, and her firm's name."""
    stmt = (sa.select(Worker.id, Worker.called, Worker.name, Worker.id_number, Worker.sex, Worker.birth_year,
                      Worker.firm_id, Firm.name.label("firm_name"))
            .outerjoin(Firm, Firm.id == Worker.firm_id).where(Worker.id.in_(list(worker_ids))))
    return {row.id: row for row in db.session.execute(stmt)}


def files(worker_ids: Iterable[UUID], kind: str | None = None) -> Sequence[WorkerDocument]:
    """All documents in these workers' files, of one kind or of every kind."""
    stmt = sa.select(WorkerDocument).where(WorkerDocument.worker_id.in_(list(worker_ids)))
    if kind:
        stmt = stmt.where(WorkerDocument.kind == kind)
    return db.session.scalars(stmt.order_by(WorkerDocument.id)).all()


def require_image(org_id: UUID | None, media_id: UUID) -> None:
    """Nothing, when it is a document that was uploaded for this firm. Raises ImageNotYours."""
    stmt = sa.select(Media.id).where(Media.id == media_id, Media.kind == "document", Media.org_id == org_id)
    if db.session.scalar(stmt) is None:
        raise ImageNotYours()
