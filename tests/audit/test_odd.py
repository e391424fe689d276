"""What the daily sweep notices, and what it leaves alone: every rule on both sides of its edge."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from qiaojiejie.audit import queries, service as audits
from qiaojiejie.audit.errors import ReasonMissing
from qiaojiejie.audit.models import AddressPrint, AuditFlag
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.households.models import Household
from qiaojiejie.identity.models import Account
from qiaojiejie.ledger import service as ledger
from qiaojiejie.reviews.models import Review
from qiaojiejie.standings.models import Standing
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.audit.conftest import Office

NOW = datetime.fromisoformat("2026-11-24T03:00:00+08:00")
Sweep = Callable[[str], None]


@pytest.fixture(autouse=True)
def night(world: sa.Connection) -> Any:
    """Three in the morning."""
    with clock.frozen(NOW):
        yield


def order(by: Worker, of: Household, days: float, rated: bool = False, **fields: Any) -> Any:
    """A completed order of so many days ago."""
    if "address_id" not in fields:
        fields["address_id"] = factories.address(of, detail=f"{of.id.hex} 号").id
    made = factories.booking("completed", of, by, start=NOW - timedelta(days=days, hours=2), minutes=60,
                             closed_at=NOW - timedelta(days=days), **fields)
    if rated:
        review(made, days)
    return made


def review(booking: Any, days: float) -> None:
    """A family's marks of so many days ago."""
    moment = NOW - timedelta(days=days)
    db.session.add(Review(booking_id=booking.id, household_id=booking.household_id, worker_id=booking.worker_id,
                          side="household", overall=5, skill=5, attitude=5, punctuality=5, honesty=5, communication=5,
                          words="", written_at=moment, publish_at=moment, published_at=moment))
    db.session.flush()


def found(sweep: Sweep) -> dict[tuple[str, str], dict[str, Any]]:
    """(kind, subject) → numbers of every flag, after a sweep."""
    sweep("look_for_what_is_odd")
    return {(flag.kind, flag.subject): flag.evidence for flag in db.session.scalars(sa.select(AuditFlag))}


def city(share: float, orders: int = 40, families: int = 8) -> Worker:
    """A worker like the others: some families, each several times, rated to a share."""
    her = factories.worker()
    homes = [factories.household() for _ in range(families)]
    for number in range(orders):
        order(her, homes[number % families], 20 + number * 3, rated=number < orders * share)
    return her


def test_a_city_where_all_are_alike_has_no_flags(sweep: Sweep) -> None:
    for _ in range(2):
        city(0.5)
    assert found(sweep) == {}


def test_a_worker_of_whom_far_more_orders_are_rated_than_elsewhere(sweep: Sweep) -> None:
    for _ in range(3):
        city(0.3)
    odd = city(1.0)
    flags = found(sweep)
    assert set(flags) == {("rated_share", f"worker:{odd.id}")}
    assert flags["rated_share", f"worker:{odd.id}"] == {"orders": 40, "rated": 40, "permille": 1000,
                                                        "city_permille": 475}


def test_a_worker_whose_families_came_once(sweep: Sweep) -> None:
    for _ in range(3):
        city(0.5)
    odd = city(0.5, orders=25, families=25)
    assert ("one_order_households", f"worker:{odd.id}") in found(sweep)


@pytest.mark.parametrize(("detail", "odd"), [("幸福路1号2单元301", True), ("幸福路1号2单元302", False)])
def test_two_families_of_a_firm_at_one_door(sweep: Sweep, detail: str, odd: bool) -> None:
    firm = factories.firm()
    her = factories.worker(firm)
    for text in ("幸福路 1 号 2 单元 301", detail):
        family = factories.household()
        order(her, family, 5, address_id=factories.address(family, detail=text).id)
    assert (("shared_address", f"firm:{firm.id}") in found(sweep)) is odd


def test_a_family_at_the_address_of_the_firm_it_orders_from(sweep: Sweep) -> None:
    firm = factories.firm(address="宿迁市宿城区幸福中路 66 号")
    family = factories.household()
    order(factories.worker(firm), family, 5, address_id=factories.address(family, detail="幸福中路66号").id)
    assert found(sweep)["shared_address", f"firm:{firm.id}"] == {"addresses": 1, "households": 1, "at_the_firm": 1}


def test_addresses_meet_without_standing_in_plain_anywhere(sweep: Sweep) -> None:
    factories.address(factories.household(), detail="幸福路 9 号")
    sweep("look_for_what_is_odd")
    prints = db.session.scalars(sa.select(AddressPrint)).all()
    assert prints and all(len(each.digest) == 32 for each in prints)
    assert "幸福路" not in str([(each.of, each.digest) for each in prints])


def test_a_firm_that_moved_gets_another_print(sweep: Sweep) -> None:
    firm = factories.firm(address="甲路 1 号")
    sweep("look_for_what_is_odd")
    before = db.session.get_one(AddressPrint, f"firm:{firm.id}").digest
    firm.address = "乙路 2 号"
    sweep("look_for_what_is_odd")
    assert db.session.get_one(AddressPrint, f"firm:{firm.id}").digest != before


def test_a_worker_whose_phone_is_a_familys(sweep: Sweep) -> None:
    family = factories.household()
    number = db.session.get_one(Account, family.account_id).phone.reveal()
    firm = factories.firm()
    odd, colleague = factories.worker(firm, phone=number), factories.worker(firm)
    order(colleague, family, 5)
    assert found(sweep)["shared_phone", f"worker:{odd.id}"] == {"households": 1, "orders": 1, "orders_from_her": 0}


def test_somebody_who_runs_a_firm_orders_from_it(sweep: Sweep) -> None:
    firm, family = factories.firm(), factories.household()
    factories.member(Role.BROKER, firm.id, db.session.get_one(Account, family.account_id))
    order(factories.worker(firm), family, 5)
    order(factories.worker(), family, 6)
    assert set(found(sweep)) == {("own_people", f"firm:{firm.id}")}


@pytest.mark.parametrize(("ratings", "odd"), [(4, False), (5, True)])
def test_many_ratings_on_one_day(sweep: Sweep, ratings: int, odd: bool) -> None:
    her = factories.worker()
    for number in range(ratings):
        review(order(her, factories.household(), 10 + number), 3)
    assert (("rating_burst", f"worker:{her.id}") in found(sweep)) is odd


@pytest.mark.parametrize(("score", "odd"), [(729, False), (730, True)])
def test_a_score_that_rises_while_fewer_families_come_again(sweep: Sweep, score: int, odd: bool) -> None:
    her, regular = factories.worker(), factories.household()
    for number in range(11):
        order(her, regular, 100 + number * 10)
    for number in range(11):
        order(her, factories.household(), 2 + number * 3)
    with clock.frozen(NOW - timedelta(days=120)):
        ledger.append("credit.published", subject=f"worker:{her.id}", actor="system", data={"score": 700, "grade": "A"})
    db.session.add(Standing(worker_id=her.id, score=score, grade="A", explanation={}, rule="v1", as_of=clock.today(),
                            through_entry=1, computed_at=NOW, own={}))
    db.session.flush()
    assert (("rising_falling", f"worker:{her.id}") in found(sweep)) is odd


def test_a_flag_is_looked_at_closed_with_words_and_stays_closed_for_ninety_days(office: Office, sweep: Sweep) -> None:
    firm, family = factories.firm(), factories.household()
    factories.member(Role.BROKER, firm.id, db.session.get_one(Account, family.account_id))
    order(factories.worker(firm), family, 5)
    found(sweep)
    flag = db.session.scalars(sa.select(AuditFlag)).one()
    order(factories.worker(firm), family, 4)
    assert found(sweep)["own_people", f"firm:{firm.id}"]["orders"] == 2  # today's numbers, the same flag
    audits.step_flag(actor=office.one, flag_id=flag.id, step="look", words=None)
    with pytest.raises(ReasonMissing):
        audits.step_flag(actor=office.one, flag_id=flag.id, step="close", words=None)
    db.session.refresh(flag)
    audits.step_flag(actor=office.one, flag_id=flag.id, step="close", words="经理为自家老人下单，属实")
    with pytest.raises(StepNotPossible):
        audits.step_flag(actor=office.one, flag_id=flag.id, step="look", words=None)
    db.session.refresh(flag)
    for days, live in ((89, 0), (91, 1)):
        with clock.frozen(NOW + timedelta(days=days)):
            found(sweep)
            page = queries.flags(state="raised", kind=None, cursor=None, limit=20)
            assert len(page.items) == live, days
