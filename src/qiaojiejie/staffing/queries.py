"""Read staff imports, and lock them."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.core.paging import Page, keyset, scope_of
from qiaojiejie.staffing.errors import ImportNotFound
from qiaojiejie.staffing.models import StaffImport, StaffImportRow


def get(import_id: UUID, lock: bool = False) -> StaffImport:
    """An import. Raises ImportNotFound."""
    found = db.session.get(StaffImport, import_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise ImportNotFound()
    return found


def of_firm(firm_id: UUID, import_id: UUID) -> StaffImport:
    """An import of a firm. Raises ImportNotFound."""
    found = get(import_id)
    if found.firm_id != firm_id:
        raise ImportNotFound()
    return found


def page(firm_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Page:
    """A firm's imports, newest first, one page."""
    stmt = sa.select(StaffImport).where(StaffImport.firm_id == firm_id)
    return keyset(stmt, (StaffImport.id,), scope=scope_of("staff-imports", str(firm_id)), cursor=cursor, limit=limit)


def rows(import_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Page:
    """The rows of an import that were rejected, in the file's order, one page."""
    stmt = sa.select(StaffImportRow).where(StaffImportRow.import_id == import_id)
    return keyset(stmt, (StaffImportRow.row_no,), scope=scope_of("staff-import-rows", str(import_id)), cursor=cursor,
                  limit=limit, descending=False)


def all_rows(import_id: UUID) -> Sequence[StaffImportRow]:
    """Every rejected row of an import, in the file's order."""
    return db.session.scalars(sa.select(StaffImportRow).where(StaffImportRow.import_id == import_id)
                              .order_by(StaffImportRow.row_no)).all()
