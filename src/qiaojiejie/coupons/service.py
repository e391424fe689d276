"""Issue, end and grant coupons; use one for a booking, give it back.

A coupon's row is locked last of all a booking's step locks, and several in the order of their ids.
"""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep
from qiaojiejie.core.secrets import blind
from qiaojiejie.coupons import facts, queries, rules
from qiaojiejie.coupons.errors import CouponDoesNotFit, CouponEnded, CouponGone
from qiaojiejie.coupons.lifecycle import COUPON, USE
from qiaojiejie.coupons.models import Coupon, CouponGrant, CouponUse
from qiaojiejie.identity import queries as identity
from qiaojiejie.identity.errors import BadPhone
from qiaojiejie.identity.rules import mobile
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages


def issue(*, actor: Actor, kind: str, amount_fen: int | None, permille: int | None, most_fen: int | None,
          valid_from: date, valid_until: date, services: list[str], **told: Any) -> Coupon:
    """A coupon of the platform's when the federation issues it, of the firm's own bookings when its manager does.

    Raises CouponDoesNotFit, UnknownService.
    """
    if not rules.fits(kind=kind, amount_fen=amount_fen, permille=permille, most_fen=most_fen, valid_from=valid_from,
                      valid_until=valid_until, today=clock.today()):
        raise CouponDoesNotFit()
    for code in dict.fromkeys(services):
        catalog.service(code)
    ours = actor.role in FEDERATION
    coupon = queries.own(actor, _insert(
        kind=kind, amount_fen=amount_fen, permille=permille, most_fen=most_fen, valid_from=valid_from,
        valid_until=valid_until, services=sorted(set(services)), payer="platform" if ours else "firm",
        firm_id=None if ours else actor.org_id, issued_by=actor.account_id, issued_at=clock.now(), **told))[0]
    ledger.append(facts.ISSUED, subject=coupon.ref, actor=actor.ref, data=_told(coupon))
    return coupon


def _insert(**columns: Any) -> UUID:
    """A row with a code that none has."""
    made: UUID | None = None
    while made is None:
        stmt = insert(Coupon).values(id=ids.new(), code=rules.make_code(secrets.choice), state=COUPON.initial, used=0,
                                     given_fen=0, **columns)
        made = db.session.scalar(stmt.on_conflict_do_nothing(index_elements=[Coupon.code]).returning(Coupon.id))
    return made


def _told(coupon: Coupon) -> dict[str, Any]:
    plain = ("payer", "kind", "amount_fen", "permille", "most_fen", "least_fen", "services", "categories", "audience",
             "most_uses", "most_per_household")
    return {**{name: getattr(coupon, name) for name in plain}, "firm": str(coupon.firm_id) if coupon.firm_id else None,
            "from": coupon.valid_from.isoformat(), "until": coupon.valid_until.isoformat()}


def end(*, actor: Actor, coupon_id: UUID) -> Coupon:
    """No more uses from now on; bookings that use it keep it. Raises CouponNotFound, NotYourStep, StepNotPossible."""
    coupon, party = queries.own(actor, coupon_id, lock=True)
    row = COUPON.move(coupon, "end", party=party)
    coupon.ended_at = clock.now()
    db.session.flush()
    ledger.append(row.fact, subject=coupon.ref, actor=actor.ref, data={"used": coupon.used, "given": coupon.given_fen})
    return coupon


def grant(*, actor: Actor, coupon_id: UUID, phone: str) -> CouponGrant:
    """Give a coupon to whoever signs in with a phone, now or later; given twice, it is one grant.

    Nobody learns whether the phone has an account. Raises CouponNotFound, NotYourStep, CouponEnded, BadPhone.
    """
    coupon, party = queries.own(actor, coupon_id, lock=True)
    if party != "issuer":
        raise NotYourStep(step="grant")
    if coupon.state != "live":
        raise CouponEnded()
    number = mobile(phone)
    if number is None:
        raise BadPhone()
    index = blind("phone", number)
    made = db.session.scalar(insert(CouponGrant).values(
        id=ids.new(), coupon_id=coupon.id, phone_index=index, granted_by=actor.account_id, granted_at=clock.now(),
    ).on_conflict_do_nothing().returning(CouponGrant.id))
    if made is not None:
        ledger.append(facts.GRANTED, subject=coupon.ref, actor=actor.ref, data={"grant": str(made)})
        _tell(coupon, number, made)
    return db.session.scalars(sa.select(CouponGrant).where(
        CouponGrant.coupon_id == coupon.id, CouponGrant.phone_index == index)).one()


def _tell(coupon: Coupon, phone: str, grant_id: UUID) -> None:
    account = identity.find_by_phone(phone)
    if account is not None:
        messages.notify(account_id=account.id, kind="coupon_granted", key=f"coupon_grant:{grant_id}", data={
            "coupon": str(coupon.id), "name": coupon.name, "code": coupon.code,
            "valid_until": coupon.valid_until.isoformat()})


def use(*, coupon_id: UUID, household_id: UUID, booking_id: UUID, amount: int) -> None:
    """A booking that is held uses a coupon, which takes ``amount`` fen off its price.

    The price was quoted on a day on which the coupon was good, so days are not asked again; that it is live and not
    used up is: counted in one conditional UPDATE, whose row lock also puts one household's uses in order.
    Raises CouponGone, and the caller's transaction must not go on.
    """
    stmt = sa.update(Coupon).where(
        Coupon.id == coupon_id, Coupon.state == "live",
        sa.or_(Coupon.most_uses.is_(None), Coupon.used < Coupon.most_uses),
    ).values(used=Coupon.used + 1, given_fen=Coupon.given_fen + amount).returning(Coupon.most_per_household)
    most = db.session.execute(stmt.execution_options(synchronize_session=False)).scalar_one_or_none()
    if most is None or queries.uses(household_id, [coupon_id]).get(coupon_id, 0) >= most:
        raise CouponGone()
    row = CouponUse(id=ids.new(), coupon_id=coupon_id, household_id=household_id, booking_id=booking_id,
                    amount_fen=amount, state=USE.initial, used_at=clock.now())
    db.session.add(row)
    db.session.flush()
    _record(facts.USED, row)


def give_back(*, kept: Mapping[UUID, int]) -> None:
    """Bookings have ended; ``kept``: fen kept of each. Those of which nothing was kept used no coupon after all.

    Told twice, it changes nothing.
    """
    returned = queries.standing([booking_id for booking_id, fen in kept.items() if fen <= rules.RETURNED_UP_TO])
    for row in returned:
        USE.move(row, "give_back", party="system")
        row.returned_at = clock.now()
        coupon = db.session.get_one(Coupon, row.coupon_id)  # locked, and in the session since
        coupon.used, coupon.given_fen = coupon.used - 1, coupon.given_fen - row.amount_fen
    db.session.flush()
    for row in returned:
        _record(facts.RETURNED, row)


def lower(*, booking_id: UUID, coupon_id: UUID, amount: int) -> None:
    """A booking's price fell so far that its coupon takes only ``amount`` fen off; it never takes off more than it did.
    """
    use_of = sa.select(CouponUse).where(CouponUse.booking_id == booking_id, CouponUse.amount_fen > amount)
    row = db.session.scalars(use_of.with_for_update(key_share=True)).one_or_none()
    if row is not None:
        less = row.amount_fen - amount
        row.amount_fen = amount
        db.session.flush()
        db.session.execute(sa.update(Coupon).where(Coupon.id == coupon_id).values(
            given_fen=Coupon.given_fen - less).execution_options(synchronize_session=False))


def _record(fact: str, row: CouponUse) -> None:
    ledger.append(fact, subject=f"coupon:{row.coupon_id}", actor=ledger.SYSTEM, data={
        "booking": str(row.booking_id), "household": str(row.household_id), "amount": row.amount_fen})
