"""Read coupons: who issued which, which are mine, what one takes off a price."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.models import Service
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Refusal
from qiaojiejie.coupons import rules
from qiaojiejie.coupons.errors import CouponCodeUnknown, CouponNotFound
from qiaojiejie.coupons.models import Coupon, CouponGrant, CouponUse
from qiaojiejie.firms.models import Firm
from qiaojiejie.households import queries as households
from qiaojiejie.households.models import Household
from qiaojiejie.identity import queries as identity

_WITH_FIRM = joinedload(Coupon.firm).load_only(Firm.name)


def own(actor: Actor, coupon_id: UUID, lock: bool = False) -> tuple[Coupon, str]:
    """A coupon and who the actor is to it: its ``issuer``, or the ``federation`` looking at a firm's.

    Raises CouponNotFound, to a firm of what is not its own.
    """
    stmt = sa.select(Coupon).where(Coupon.id == coupon_id).options(_WITH_FIRM)
    if lock:
        stmt = stmt.with_for_update(of=Coupon, key_share=True).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None or (actor.role not in FEDERATION and found.firm_id != actor.org_id):
        raise CouponNotFound()
    return found, "issuer" if (found.payer == "platform") == (actor.role in FEDERATION) else "federation"


def issued(actor: Actor, *, payer: str | None = None, state: str | None = None, cursor: str | None = None,
           limit: int) -> paging.Page:
    """A page of coupons, newest first: every one to the federation, a firm's own to the firm."""
    stmt = sa.select(Coupon).options(_WITH_FIRM)
    if actor.role not in FEDERATION:
        stmt = stmt.where(Coupon.firm_id == actor.org_id)
    for column, value in ((Coupon.payer, payer), (Coupon.state, state)):
        if value is not None:
            stmt = stmt.where(column == value)
    return paging.keyset(stmt, (Coupon.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("coupons", [actor.org_id, payer, state]))


def of_code(code: str) -> Coupon:
    """The coupon of a code, however it was written. Raises CouponCodeUnknown."""
    found = db.session.scalars(sa.select(Coupon).where(Coupon.code == rules.normal(code)).options(_WITH_FIRM)
                               .execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise CouponCodeUnknown()
    return found


def uses(household_id: UUID, coupon_ids: Collection[UUID]) -> dict[UUID, int]:
    """How often a household uses each of these coupons now."""
    stmt = sa.select(CouponUse.coupon_id, sa.func.count()).where(
        CouponUse.household_id == household_id, CouponUse.coupon_id.in_(coupon_ids), CouponUse.state == "used")
    return {coupon_id: count for coupon_id, count in db.session.execute(stmt.group_by(CouponUse.coupon_id))}


def _granted(account_id: UUID) -> sa.Select[UUID]:
    return sa.select(CouponGrant.coupon_id).where(CouponGrant.phone_index == identity.account(account_id).phone_index)


def line(*, code: str, household: Household, firm_id: UUID | None, service: Service,
         lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The line a coupon adds to a price of ``lines`` (of which it takes off), for a household, today.

    Raises CouponCodeUnknown, and of rules.obstacles the first.
    """
    coupon, total = of_code(code), sum(each["amount"] for each in lines)
    fee = sum(each["amount"] for each in lines if each["line"] == "platform_fee")
    granted = coupon.audience == "granted" and db.session.scalar(
        _granted(household.account_id).where(CouponGrant.coupon_id == coupon.id)) is not None
    mine = rules.Mine(used=uses(household.id, [coupon.id]).get(coupon.id, 0), granted=granted)
    asked = rules.Asked(firm_id, service.code, service.name, service.category, total, fee)
    for refusal in rules.obstacles(coupon, mine, clock.today(), asked):
        raise refusal
    return rules.line(coupon.id, coupon.payer, rules.taken_off(coupon, total_fen=total, fee_fen=fee))


@dataclass(frozen=True)
class Held:
    """A coupon as a family sees it among its own: whether it can be used, and every reason why not."""

    coupon: Coupon
    used: int
    why_not: list[Refusal]

    @property
    def usable(self) -> bool:
        """Nothing stands in the way."""
        return not self.why_not


def mine(actor: Actor, *, service_code: str | None = None, firm_id: UUID | None = None, total_fen: int | None = None,
         cursor: str | None = None, limit: int) -> paging.Page:
    """A page of a family's coupons, newest first: those for everyone that are still good, those granted to it, those
    it uses or used. Judged for today and, when they are said, for a service, a firm and a price in fen.

    Raises UnknownService.
    """
    today, household = clock.today(), households.find_of_account(actor.account_id)
    open_to_all = sa.select(Coupon.id).where(
        Coupon.audience == "everyone", Coupon.state == "live", Coupon.valid_until >= today)
    granted = _granted(actor.account_id)
    known = [open_to_all, granted]
    if household is not None:
        known.append(sa.select(CouponUse.coupon_id).where(CouponUse.household_id == household.id))
    stmt = sa.select(Coupon).where(Coupon.id.in_(sa.union(*known))).options(_WITH_FIRM)
    page = paging.keyset(stmt, (Coupon.id,), cursor=cursor, limit=limit, scope=paging.scope_of(
        "my-coupons", [actor.account_id, service_code, firm_id, total_fen]))
    asked = _asked(service_code, firm_id, total_fen)
    found = [coupon.id for coupon in page.items]
    given = set(db.session.scalars(granted.where(CouponGrant.coupon_id.in_(found))))
    counts = uses(household.id, found) if household is not None else {}
    return paging.Page([_held(coupon, rules.Mine(counts.get(coupon.id, 0), coupon.id in given), asked)
                        for coupon in page.items], page.next_cursor)


def _asked(service_code: str | None, firm_id: UUID | None, total_fen: int | None) -> rules.Asked:
    if service_code is None:
        return rules.Asked(firm_id=firm_id, total_fen=total_fen)
    service = catalog.service(service_code)
    return rules.Asked(firm_id, service.code, service.name, service.category, total_fen)


def _held(coupon: Coupon, mine: rules.Mine, asked: rules.Asked) -> Held:
    return Held(coupon, mine.used, list(rules.obstacles(coupon, mine, clock.today(), asked)))


def standing(booking_ids: Collection[UUID]) -> Sequence[CouponUse]:
    """The uses of these bookings that stand, locked; then their coupons, locked in the order of their ids."""
    found = db.session.scalars(sa.select(CouponUse).where(
        CouponUse.booking_id.in_(booking_ids), CouponUse.state == "used").order_by(CouponUse.coupon_id, CouponUse.id)
        .with_for_update(key_share=True).execution_options(populate_existing=True)).all()
    db.session.scalars(sa.select(Coupon).where(Coupon.id.in_({use.coupon_id for use in found})).order_by(Coupon.id)
                       .with_for_update(key_share=True).execution_options(populate_existing=True)).all()
    return found
