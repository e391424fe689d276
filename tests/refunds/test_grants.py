"""A firm gives money back, before and after it was released or paid out; refunds that came back are seen to."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from tests import factories
from tests.family import Family
from tests.refunds.test_service import TOTAL, Sweep, balances, states

FEE = 400


def grant(family: Family, amount: int, role: Role = Role.FIRM_MANAGER) -> tuple[int, str]:
    """The firm gives back; (status, code of the refusal)."""
    manager = factories.headers(factories.member(role, org_id=family.booking.firm_id))
    answer = family.client.post(f"/api/v1/bookings/{family.booking.id}/refund-grants", headers=manager,
                                json={"amount": amount, "reason": "quality"})
    return answer.status_code, (answer.json or {}).get("code", "")


def serve(world: sa.Connection) -> None:
    """The visit is over and waits for the family's word."""
    world.execute(sa.text("UPDATE booking SET state = 'served', started_at = confirmed_at, ended_at = confirmed_at"))
    db.session.expire_all()


def complete(family: Family, world: sa.Connection, sweep: Sweep) -> None:
    """The visit is over for 48 hours and its money released."""
    serve(world)
    with clock.frozen(clock.now() + timedelta(hours=49)):
        sweep("complete_served")
        family.run_jobs()


def settle(family: Family) -> None:
    """Whatever is due happens."""
    family.run_jobs()
    family.hear()


@pytest.mark.parametrize("released_first", [False, True])
@pytest.mark.parametrize("amount", [1, 345, 6900, TOTAL - 1, TOTAL])
def test_what_a_firm_gives_back_costs_it_its_part_and_the_platform_its_own(
        family: Family, world: sa.Connection, sweep: Sweep, amount: int, released_first: bool) -> None:
    family.paid()
    if released_first:
        complete(family, world, sweep)
        assert grant(family, amount) == (201, "")
        settle(family)
    else:
        serve(world)
        assert grant(family, amount) == (201, "")
        complete(family, world, sweep)
        settle(family)
    kept = TOTAL - amount
    fee = (2 * kept * FEE + TOTAL) // (2 * TOTAL)
    expected = {"stripe_clearing": kept, "firm_payable": fee - kept, "platform_fee": -fee}
    assert balances(world) == {account: fen for account, fen in expected.items() if fen}
    assert states(family) == ["succeeded"] and family.refunds()[0]["amount"]["amount"] == amount
    assert "booking_refund_granted" in family.notices()


def test_several_grants_add_up_and_never_pass_what_was_kept(family: Family, world: sa.Connection,
                                                            sweep: Sweep) -> None:
    family.paid()
    complete(family, world, sweep)
    for amount in (3333, 3333, 3333):
        assert grant(family, amount) == (201, "")
    assert grant(family, TOTAL - 9998) == (409, "RefundExceedsKept")
    settle(family)
    assert states(family) == ["succeeded"] * 3
    kept = TOTAL - 9999
    fee = (2 * kept * FEE + TOTAL) // (2 * TOTAL)
    assert balances(world) == {"stripe_clearing": kept, "firm_payable": fee - kept, "platform_fee": -fee}


def test_after_the_firm_was_paid_out_what_it_gives_back_is_its_debt(family: Family, world: sa.Connection,
                                                                    sweep: Sweep) -> None:
    family.paid()
    complete(family, world, sweep)
    payable, left = books.firm_payable(family.booking.firm_id), 1000
    books_service.post(kind="paid_out", ref="by hand", lines={payable: TOTAL - FEE - left, "bank": left + FEE - TOTAL})
    assert grant(family, 6900) == (201, "")
    settle(family)
    assert balances(world) == {"stripe_clearing": TOTAL - 6900, "bank": -(TOTAL - FEE - left),
                               "firm_receivable": 6700 - left, "platform_fee": -200}


@pytest.mark.parametrize("state", ["held", "confirmed"])
def test_before_the_work_is_over_a_firm_cancels_and_grants_nothing(family: Family, state: str) -> None:
    if state == "confirmed":
        family.paid()
    assert grant(family, 100) == (409, "RefundNotNow")


def test_another_firm_finds_no_booking_to_give_back_of(family: Family, world: sa.Connection, sweep: Sweep) -> None:
    family.paid()
    complete(family, world, sweep)
    other = factories.headers(factories.member(Role.FIRM_MANAGER, org_id=factories.firm().id))
    answer = family.client.post(f"/api/v1/bookings/{family.booking.id}/refund-grants", headers=other,
                                json={"amount": 100, "reason": "quality"})
    assert answer.status_code == 404
    assert grant(family, 0)[0] == 422


def failed(family: Family) -> str:
    """A refund that came back; its id."""
    family.paid()
    family.cancel(TOTAL)
    family.stripe.control(refund_fail=1)
    settle(family)
    family.stripe.control()
    assert states(family) == ["failed"]
    return str(family.refunds()[0]["id"])


def test_a_refund_that_came_back_is_tried_again_once(family: Family, world: sa.Connection) -> None:
    refund = failed(family)
    admin = factories.headers(factories.member(Role.FEDERATION_ADMIN))
    [waiting] = family.client.get("/api/v1/federation/failed-refunds", headers=admin).json["items"]  # type: ignore
    assert waiting["id"] == refund and waiting["failure"]
    again = f"/api/v1/refunds/{refund}/retries"
    assert family.client.post(again, headers=admin).status_code == 201
    assert family.client.post(again, headers=admin).status_code == 409
    settle(family)
    assert states(family) == ["replaced", "succeeded"] and balances(world) == {}
    assert family.client.get("/api/v1/federation/failed-refunds", headers=admin).json["items"] == []  # type: ignore


def test_a_refund_that_came_back_is_paid_by_transfer_with_its_reference(family: Family, world: sa.Connection) -> None:
    refund = failed(family)
    admin = factories.headers(factories.member(Role.FEDERATION_ADMIN))
    path = f"/api/v1/refunds/{refund}/repayments"
    assert family.client.post(path, headers=admin, json={"reference": "x"}).status_code == 422
    assert family.client.post(path, headers=family.headers, json={"reference": "2026112800012"}).status_code == 403
    assert family.client.post(path, headers=admin, json={"reference": "2026112800012"}).status_code == 201
    assert family.client.post(f"/api/v1/refunds/{refund}/retries", headers=admin).status_code == 409
    assert states(family) == ["repaid"] and "refund_repaid" in family.notices()
    assert balances(world) == {"stripe_clearing": TOTAL, "bank": -TOTAL}
