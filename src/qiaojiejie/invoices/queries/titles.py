"""Read a family's invoice titles."""

from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import paging
from qiaojiejie.core.db import db
from qiaojiejie.households.models import Household
from qiaojiejie.invoices.errors import InvoiceTitleNotFound
from qiaojiejie.invoices.models import InvoiceTitle


def own(account_id: UUID, title_id: UUID, lock: bool = False) -> InvoiceTitle:
    """A title of the family an account opened. Raises InvoiceTitleNotFound, for another's too."""
    stmt = sa.select(InvoiceTitle).where(InvoiceTitle.id == title_id,
                                         InvoiceTitle.household_id == _household(account_id))
    if lock:
        stmt = stmt.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise InvoiceTitleNotFound()
    return found


def page(account_id: UUID, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of the titles of the family an account opened, newest first."""
    stmt = sa.select(InvoiceTitle).where(InvoiceTitle.household_id == _household(account_id))
    return paging.keyset(stmt, [InvoiceTitle.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("invoice-titles", account_id))


def count(household_id: UUID) -> int:
    """How many titles a family keeps."""
    stmt = sa.select(sa.func.count()).select_from(InvoiceTitle).where(InvoiceTitle.household_id == household_id)
    return db.session.scalars(stmt).one()


def _household(account_id: UUID) -> sa.ScalarSelect[UUID]:
    return sa.select(Household.id).where(Household.account_id == account_id).scalar_subquery()
