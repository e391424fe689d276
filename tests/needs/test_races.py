"""Two orders, a close or a withdrawal at once, on a database that really commits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.needs import service as needs
from qiaojiejie.needs.models import Need, NeedQuote
from tests import factories, races
from tests.needs.scene import Bidder


def scene(city: Flask, workers: int = 2) -> tuple[Actor, Actor, UUID, list[UUID]]:
    """A family, a firm, a need, and a quote with each of the firm's workers; committed."""
    with city.app_context():
        family = factories.household()
        actor = Actor(family.account_id, ids.new(), Role.HOUSEHOLD, None)
        firm = Bidder(city.test_client())
        manager = Actor(firm.account.id, ids.new(), Role.FIRM_MANAGER, firm.firm.id)
        need = needs.post(actor=actor, service_code="cleaning", address_id=factories.address(family).id, member_id=None,
                          start=factories.tomorrow(10, days=3), from_day=None, to_day=None, minutes=180, days=None,
                          note=None, closes_at=clock.now() + timedelta(days=1), budget_fen=None).id
        made = [needs.quote(actor=manager, need_id=need, worker_id=(firm.worker if n == 0 else firm.hire()).id,
                            price_fen=4000, start=None, good_until=None, message="").id for n in range(workers)]
        db.session.commit()
        return actor, manager, need, made


def ends(city: Flask, need: UUID) -> tuple[str, int, list[str]]:
    """The need's state, how many bookings there are, and how its quotes stand."""
    with city.app_context():
        state = db.session.scalars(sa.select(Need.state).where(Need.id == need)).one()
        bookings = db.session.scalars(sa.select(sa.func.count(Booking.id))).one()
        quotes = list(db.session.scalars(sa.select(NeedQuote.state).where(NeedQuote.need_id == need)))
    return state, bookings, sorted(quotes)


def order(actor: Actor, need: UUID, quote: UUID) -> Callable[[], Any]:
    """Order from a quote."""
    return lambda: needs.order(actor=actor, need_id=need, quote_id=quote).state


def test_of_orders_at_once_from_several_quotes_one_wins(city: Flask) -> None:
    family, _, need, made = scene(city, workers=4)
    answers = races.at_once(city, [order(family, need, quote) for quote in made])
    assert sorted(answers) == ["NeedNotOpen"] * 3 + ["held"]
    assert ends(city, need) == ("ordered", 1, ["chosen", "passed_over", "passed_over", "passed_over"])


def test_of_two_families_that_order_the_same_worker_at_once_one_gets_her_and_the_other_keeps_its_need(
        city: Flask) -> None:
    family, firm, need, made = scene(city, workers=1)
    with city.app_context():
        other = factories.household()
        second = Actor(other.account_id, ids.new(), Role.HOUSEHOLD, None)
        start, worker = db.session.execute(sa.select(Need.start, NeedQuote.worker_id).where(
            Need.id == need, NeedQuote.need_id == Need.id)).one()
        theirs = needs.post(actor=second, service_code="cleaning", address_id=factories.address(other).id,
                            member_id=None, start=start, from_day=None, to_day=None, minutes=180, days=None, note=None,
                            closes_at=clock.now() + timedelta(days=1), budget_fen=None).id
        quote = needs.quote(actor=firm, need_id=theirs, worker_id=worker, price_fen=4000, start=None, good_until=None,
                            message="").id
        db.session.commit()
    answers = races.at_once(city, [order(family, need, made[0]), order(second, theirs, quote)])
    assert sorted(answers) == ["SlotTaken", "held"]
    lost = need if answers[0] == "SlotTaken" else theirs
    assert ends(city, lost) == ("open", 1, ["offered"])


@pytest.mark.parametrize("turn", range(3))
def test_an_order_a_withdrawal_and_a_closing_at_once_leave_one_truth(city: Flask, turn: int) -> None:
    family, firm, need, made = scene(city)
    answers = races.at_once(city, [
        order(family, need, made[0]), lambda: needs.withdraw(actor=firm, quote_id=made[0]).state,
        lambda: needs.close(actor=family, need_id=need).state])
    state, bookings, quotes = ends(city, need)
    assert (state, bookings) in (("ordered", 1), ("closed", 0)), answers
    assert quotes in ((["chosen", "passed_over"],) if state == "ordered" else
                      (["passed_over", "passed_over"], ["passed_over", "withdrawn"])), answers


def test_a_family_that_posts_ten_at_once_has_three(city: Flask) -> None:
    with city.app_context():
        family = factories.household()
        actor, place = Actor(family.account_id, ids.new(), Role.HOUSEHOLD, None), factories.address(family).id
        start = factories.tomorrow(10, days=3)
        db.session.commit()

    def post() -> str:
        return str(needs.post(
            actor=actor, service_code="cleaning", address_id=place, member_id=None, start=start, from_day=None,
            to_day=None, minutes=180, days=None, note=None, closes_at=clock.now() + timedelta(days=1),
            budget_fen=None).state)

    assert sorted(races.at_once(city, [post] * 8)) == ["TooManyNeeds"] * 5 + ["open"] * 3


def test_one_worker_is_quoted_once_by_a_firm_that_sends_it_twice(city: Flask) -> None:
    _, firm, need, made = scene(city, workers=1)
    with city.app_context():
        needs.withdraw(actor=firm, quote_id=made[0])
        worker = db.session.scalars(sa.select(NeedQuote.worker_id)).first()
        db.session.commit()
    assert worker is not None

    def quote() -> str:
        return needs.quote(actor=firm, need_id=need, worker_id=worker, price_fen=4000, start=None, good_until=None,
                           message="").state

    assert sorted(races.at_once(city, [quote] * 3)) == ["AlreadyQuoted", "AlreadyQuoted", "offered"]
