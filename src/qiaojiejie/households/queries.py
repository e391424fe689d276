"""Read households, their addresses and their members."""

from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import paging
from qiaojiejie.core.db import db
from qiaojiejie.households.errors import AddressNotFound, HouseholdNotFound, MemberNotFound
from qiaojiejie.households.models import Address, Household, Member


_OPENED = sa.select(Household).where(Household.account_id == sa.bindparam("account"))
_LOCKED = _OPENED.with_for_update(key_share=True)


def get(household_id: UUID) -> Household:
    """A household by its id. Raises HouseholdNotFound."""
    found = db.session.get(Household, household_id)
    if found is None:
        raise HouseholdNotFound()
    return found


def find_of_account(account_id: UUID) -> Household | None:
    """The household an account opened, if it did."""
    return db.session.scalar(sa.select(Household).where(Household.account_id == account_id))


def of_account(account_id: UUID, lock: bool = False) -> Household:
    """The household an account opened. Raises HouseholdNotFound.

    Who writes what is a locked household's need not wait: it may hold the time of which who locks it waits.
    """
    found = db.session.scalar(_LOCKED if lock else _OPENED, {"account": account_id})
    if found is None:
        raise HouseholdNotFound()
    return found


def address(household_id: UUID, address_id: UUID, lock: bool = False) -> Address:
    """An address in a household's book. Raises AddressNotFound for a removed one and for another family's."""
    stmt = sa.select(Address).where(Address.id == address_id, Address.household_id == household_id,
                                    Address.removed_at.is_(None))
    found = db.session.scalar(stmt.with_for_update() if lock else stmt)
    if found is None:
        raise AddressNotFound()
    return found


def kept_address(address_id: UUID) -> Address:
    """An address whether or not it is still in the book: where a booking was made for. Raises AddressNotFound."""
    found = db.session.get(Address, address_id)
    if found is None:
        raise AddressNotFound()
    return found


def addresses(account_id: UUID, *, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of an account's address book, newest first; empty when it never opened a household."""
    own = sa.select(Household.id).where(Household.account_id == account_id).scalar_subquery()
    stmt = sa.select(Address).where(Address.household_id == own, Address.removed_at.is_(None))
    return paging.keyset(stmt, [Address.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("addresses", account_id))


def own_address(account_id: UUID, address_id: UUID, lock: bool = False) -> Address:
    """An address in an account's book. Raises AddressNotFound."""
    own = find_of_account(account_id)
    if own is None:
        raise AddressNotFound()
    return address(own.id, address_id, lock=lock)


def count_addresses(household_id: UUID) -> int:
    """How many addresses are in a household's book."""
    stmt = sa.select(sa.func.count()).select_from(Address)
    return db.session.scalars(stmt.where(Address.household_id == household_id, Address.removed_at.is_(None))).one()


def member(household_id: UUID, member_id: UUID) -> Member:
    """A member a household keeps. Raises MemberNotFound for a removed one and for another family's."""
    found = find_member(household_id, member_id)
    if found is None:
        raise MemberNotFound()
    return found


def find_member(household_id: UUID, member_id: UUID) -> Member | None:
    """A member a household keeps, if it does."""
    return db.session.scalar(sa.select(Member).where(Member.id == member_id, Member.household_id == household_id,
                                                     Member.removed_at.is_(None)))


def members(account_id: UUID, *, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of the members of the household an account opened, newest first."""
    stmt = sa.select(Member).where(Member.household_id == _own(account_id), Member.removed_at.is_(None))
    return paging.keyset(stmt, [Member.id], cursor=cursor, limit=limit, scope=paging.scope_of("members", account_id))


def own_member(account_id: UUID, member_id: UUID, lock: bool = False) -> Member:
    """A member of the household an account opened. Raises MemberNotFound."""
    stmt = sa.select(Member).where(Member.id == member_id, Member.household_id == _own(account_id),
                                   Member.removed_at.is_(None))
    if lock:
        stmt = stmt.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(stmt)
    if found is None:
        raise MemberNotFound()
    return found


def count_members(household_id: UUID) -> int:
    """How many members a household keeps."""
    stmt = sa.select(sa.func.count()).select_from(Member)
    return db.session.scalars(stmt.where(Member.household_id == household_id, Member.removed_at.is_(None))).one()


def _own(account_id: UUID) -> sa.ScalarSelect[UUID]:
    return sa.select(Household.id).where(Household.account_id == account_id).scalar_subquery()
