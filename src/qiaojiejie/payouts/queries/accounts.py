"""Where firms are paid, and the least that is."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.core import paging
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db
from qiaojiejie.firms import queries as firms
from qiaojiejie.payouts.errors import PayoutAccountNotFound
from qiaojiejie.payouts.models import PayoutAccount, PayoutTerms


def get(account_id: UUID, lock: bool = False) -> PayoutAccount:
    """An account with its firm. Raises PayoutAccountNotFound."""
    stmt = sa.select(PayoutAccount).where(PayoutAccount.id == account_id).options(joinedload(PayoutAccount.firm))
    if lock:
        stmt = stmt.with_for_update(of=PayoutAccount).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise PayoutAccountNotFound()
    return found


def visible(actor: Actor, account_id: UUID) -> PayoutAccount:
    """An account, to its firm and the federation. Raises PayoutAccountNotFound to others."""
    found = get(account_id)
    if actor.role not in FEDERATION and actor.org_id != found.firm_id:
        raise PayoutAccountNotFound()
    return found


def live(firm_id: UUID, lock: bool = False) -> PayoutAccount | None:
    """A firm's one account that is neither refused nor replaced: verified, or waiting to be."""
    stmt = sa.select(PayoutAccount).where(PayoutAccount.firm_id == firm_id,
                                          PayoutAccount.state.in_(("submitted", "verified")))
    if lock:
        stmt = stmt.with_for_update()
    return db.session.scalars(stmt.execution_options(populate_existing=True)).one_or_none()


def verified(firm_id: UUID) -> PayoutAccount | None:
    """Where a firm may be paid now."""
    found = live(firm_id)
    return found if found is not None and found.state == "verified" else None


def of_firm(actor: Actor, firm_id: UUID, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of a firm's accounts, newest first. Raises FirmNotFound to strangers."""
    firm = firms.of_insider(actor, firm_id)
    stmt = (sa.select(PayoutAccount).where(PayoutAccount.firm_id == firm.id).options(joinedload(PayoutAccount.firm)))
    return paging.keyset(stmt, (PayoutAccount.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("payout-accounts", [firm_id]))


def waiting(*, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of accounts that wait to be verified, oldest first."""
    stmt = (sa.select(PayoutAccount).where(PayoutAccount.state == "submitted").options(joinedload(PayoutAccount.firm)))
    return paging.keyset(stmt, (PayoutAccount.id,), descending=False, cursor=cursor, limit=limit,
                         scope=paging.scope_of("payout-accounts", ["waiting"]))


def minimum(on: date) -> int:
    """The least fen that are paid out on a day."""
    stmt = sa.select(PayoutTerms.minimum_fen).where(PayoutTerms.valid_from <= on)
    return db.session.execute(stmt.order_by(PayoutTerms.valid_from.desc()).limit(1)).scalar_one()
