"""Coupons over the API: what they take off, who bears it to the fen, and that none is used more often than it says."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.books.rules import Share
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.coupons import service as coupons
from qiaojiejie.payments.rules import between
from tests import factories, races
from tests.coupons.scene import (
    FEE, FIRM_FEE, INSURANCE, TOTAL, WAGE, Customer, balances, counts, coupon, manager, officer)

OFF = 2000


def test_a_coupon_is_a_line_of_the_price_and_is_used_when_the_booking_is_held(family: Customer) -> None:
    one = coupon()
    quote = family.quote(one.code).json
    assert [(line["line"], line["amount"]["amount"]) for line in quote["lines"]] == [
        ("wage", WAGE), ("firm_fee", FIRM_FEE), ("insurance", INSURANCE), ("platform_fee", FEE), ("discount", -OFF)]
    assert quote["total"]["amount"] == TOTAL - OFF and counts(one) == (0, 0)
    family.holds(one.code)
    assert family.booking.total_fen == TOTAL - OFF and counts(one) == (1, OFF)


@pytest.mark.parametrize(("payer", "firm", "promotion"), [
    ("platform", TOTAL - FEE, OFF), ("firm", TOTAL - FEE - OFF, 0)])
def test_who_issued_a_coupon_bears_it(family: Customer, world: sa.Connection, payer: str, firm: int,
                                      promotion: int) -> None:
    one = coupon(officer() if payer == "platform" else manager(family.firm))
    family.holds(one.code)
    family.paid()
    family.served()
    expected = {"stripe_clearing": TOTAL - OFF, "firm_payable": -firm, "platform_fee": -FEE, "promotion": promotion}
    assert balances(world) == {account: fen for account, fen in expected.items() if fen}


@pytest.mark.parametrize("payer", ["platform", "firm"])
def test_what_a_late_cancellation_keeps_is_shared_in_proportion(family: Customer, world: sa.Connection,
                                                                payer: str) -> None:
    one = coupon(officer() if payer == "platform" else manager(family.firm))
    booking = family.holds(one.code)
    family.paid()
    with clock.frozen(booking.start - timedelta(hours=5)):
        quoted: Any = family.client.post(f"/api/v1/bookings/{booking.id}/cancellation-quotes",
                                         headers=family.headers).json
        family.cancel(quoted["refund"]["amount"])
        family.run_jobs()
        family.hear()
    kept = booking.total_fen - quoted["refund"]["amount"]
    part: Share = between(booking.lines, booking.total_fen, 0, kept)
    assert kept == (3 * booking.total_fen + 5) // 10
    expected = {"stripe_clearing": kept, "firm_payable": -part.net, "platform_fee": -part.fee,
                "promotion": part.promotion}
    assert balances(world) == {account: fen for account, fen in expected.items() if fen}
    assert counts(one) == (1, OFF)


def test_a_booking_of_which_nothing_was_kept_used_no_coupon_after_all(family: Customer) -> None:
    one = coupon()
    family.holds(one.code)
    family.cancel(0)
    assert counts(one) == (0, 0)
    family.holds(one.code, start=factories.tomorrow(14).isoformat())
    assert counts(one) == (1, OFF)


def test_a_deposit_that_goes_back_whole_gives_its_coupon_back(family: Customer) -> None:
    given = coupon()
    family.worker = factories.worker_with_account(of=family.firm, services={"maternity_nurse": 50_000})
    family.worker.certificates = [{"title": "maternity_carer", "occupation": "maternity_carer", "level": 5,
                                   "verified": True, "valid_until": None}]
    db.session.flush()
    family.holds(given.code, service_code="maternity_nurse", minutes=None, days=26,
                 start=factories.tomorrow(9, days=20).isoformat())
    family.paid()
    assert 0 < family.booking.paid_fen < family.booking.total_fen and counts(given) == (1, 2000)
    family.step("declines", factories.manager_of(family.firm), reason="other")
    assert counts(given) == (0, 0) and family.booking.refund_fen == family.booking.paid_fen
    family.run_jobs()
    family.hear()


def test_a_hold_that_lapses_gives_its_coupon_back(family: Customer, sweep: Any) -> None:
    one = coupon()
    family.holds(one.code)
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        sweep("expire_holds")
    assert counts(one) == (0, 0)


def test_a_coupon_that_went_after_the_quote_is_said_and_nothing_is_held(family: Customer) -> None:
    one = coupon()
    quote = family.quote(one.code)
    coupons.end(actor=officer(), coupon_id=one.id)
    answer = family.book(quote)
    assert (answer.status_code, answer.json["code"]) == (409, "CouponGone")
    assert db.session.execute(sa.text("SELECT count(*) FROM booking")).scalar_one() == 0
    assert family.quote(None).status_code == 201


def test_a_household_uses_it_as_often_as_it_says(family: Customer) -> None:
    one = coupon()
    family.holds(one.code)
    again = family.quote(one.code, start=factories.tomorrow(15).isoformat())
    assert again.status_code in (409, 422) and "Coupon" in again.json["code"]


def test_the_last_coupon_is_one_familys(city: Flask) -> None:
    with city.app_context():
        one = coupon(most_uses=1)
        homes = [factories.household().id for _ in range(8)]
        bookings = [factories.booking("held", start=factories.tomorrow(9)).id for _ in range(8)]
        ref = one.id
        db.session.commit()

    def use(number: int) -> Any:
        return lambda: coupons.use(coupon_id=ref, household_id=homes[number], booking_id=bookings[number], amount=OFF)

    given = races.at_once(city, [use(number) for number in range(8)])
    assert sorted(map(str, given)) == ["CouponGone"] * 7 + ["done"]
    with city.app_context():
        assert db.session.execute(sa.text("SELECT used FROM coupon")).scalar_one() == 1


def test_a_firm_issues_for_its_own_and_sees_its_own(family: Customer) -> None:
    mine = coupon(manager(family.firm))
    other = factories.firm()
    theirs = factories.headers(factories.manager_of(other))
    assert family.client.get("/api/v1/coupons", headers=theirs).json["items"] == []  # type: ignore[index]
    assert family.client.post(f"/api/v1/coupons/{mine.id}/endings", headers=theirs).status_code == 404
    assert family.client.post("/api/v1/coupons", headers=family.headers, json={}).status_code == 403
    foreign = coupon(manager(other))
    refused = family.quote(foreign.code)
    assert refused.status_code in (409, 422) and refused.json["code"].startswith("Coupon")


def test_no_code_stands_in_the_ledger(family: Customer) -> None:
    one = coupon()
    family.holds(one.code)
    told = db.session.execute(sa.text("SELECT fact, data::text FROM ledger_entry")).all()
    assert [fact for fact, data in told if one.code in data] == []
    assert {"coupon.issued", "coupon.used"} <= {fact for fact, _ in told}


def test_a_family_finds_what_it_was_given_by_phone(family: Customer) -> None:
    one = coupon(audience="granted")
    assert family.client.get("/api/v1/me/coupons", headers=family.headers).json["items"] == []  # type: ignore[index]
    admin = factories.headers(factories.member(Role.FEDERATION_ADMIN))
    phone = family.account.phone.reveal()
    for _ in range(2):
        answer = family.client.post(f"/api/v1/coupons/{one.id}/grants", headers=admin, json={"phone": phone})
        assert answer.status_code == 201, answer.json
    [held] = family.client.get("/api/v1/me/coupons", headers=family.headers).json["items"]  # type: ignore[index]
    assert held["coupon"]["code"] == one.code and "coupon_granted" in notices(family)


def notices(family: Customer) -> list[str]:
    """Kinds of what the family was told."""
    return list(db.session.execute(sa.text("SELECT kind FROM notification WHERE account_id = :id"),
                                   {"id": family.account.id}).scalars())


def test_an_unknown_code_is_said(family: Customer) -> None:
    assert family.quote("ABCDEFGH").status_code in (404, 409, 422)
    assert family.quote(str(uuid4())).status_code == 422
