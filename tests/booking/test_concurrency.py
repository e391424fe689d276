"""Many families want the same hours at once, each on a connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.booking import queries as bookings_queries
from qiaojiejie.booking import service as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db, engine_url
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Household
from qiaojiejie.identity.models import Account, Look
from qiaojiejie.ledger import queries as ledger
from tests import factories, races
from tests.conftest import config_for
from tests.soak.slots import AT_ONCE, at_once, rush, unguarded


@pytest.fixture(scope="module")
def city(new_database: Callable[[], str]) -> Iterator[Flask]:
    """An app on a database of its own, with a connection for every thread."""
    url = new_database()
    made = create_app(config_for(url))
    with made.app_context():
        upgrade()
        db.engine.dispose()
    wide = sa.create_engine(engine_url(url), pool_size=AT_ONCE, max_overflow=2, pool_timeout=30)
    made.extensions["db_override"] = wide
    yield made
    wide.dispose()


def test_of_fifty_at_once_exactly_one_gets_her_time(city: Flask) -> None:
    assert rush(city) == {"booked": 1, "SlotTaken": AT_ONCE - 1}


def test_without_the_constraint_she_would_be_booked_more_than_once(city: Flask) -> None:
    with unguarded(city):
        answers = rush(city)
    assert answers["booked"] > 1
    assert rush(city)["booked"] == 1


def test_who_comes_too_late_is_told_so_at_once_and_waits_for_nobody(city: Flask) -> None:
    with city.app_context():
        booked = factories.booking("confirmed")
        late = factories.household()
        quote_id, home = factories.quote(late, booked.worker, booked.start).id, late.id
        actor = Actor(late.account_id, ids.new(), Role.HOUSEHOLD, None)
        db.session.commit()
    with city.extensions["db_override"].connect() as other:
        other.execute(sa.select(Household.id).where(Household.id == home).with_for_update())
        assert at_once(city, [(actor, quote_id)]) == {"SlotTaken": 1}


def test_one_quote_sent_twenty_times_at_once_makes_one_booking(city: Flask) -> None:
    with city.app_context():
        family = factories.household()
        quote_id, actor = factories.quote(family).id, Actor(family.account_id, ids.new(), Role.HOUSEHOLD, None)
        db.session.commit()
    assert at_once(city, [(actor, quote_id)] * 20) == {"booked": 1, "QuoteUsed": 19}


def test_a_household_that_books_ten_at_once_holds_five(city: Flask) -> None:
    with city.app_context():
        family = factories.household()
        actor = Actor(family.account_id, ids.new(), Role.HOUSEHOLD, None)
        wanted = [(actor, factories.quote(family).id) for _ in range(10)]
        db.session.commit()
    assert at_once(city, wanted) == {"booked": 5, "TooManyHolds": 5}


def test_a_look_made_by_reading_is_kept_though_a_read_has_no_transaction(city: Flask) -> None:
    with city.app_context():
        made = factories.booking("confirmed")
        headers = factories.headers(db.session.get_one(Account, made.household.account_id))
        address, subject = f"/api/v1/bookings/{made.id}/contact", f"worker:{made.worker_id}"
        db.session.commit()
    override = city.extensions.pop("db_override")  # reads on the autocommit pool, as on a server
    try:
        assert city.test_client().get(address, headers=headers).status_code == 200
    finally:
        city.extensions["db_override"] = override
        city.extensions["db_reader"].dispose()
    with city.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(Look.subject == subject)) == 1
        db.engine.dispose()


@pytest.mark.parametrize("turn", range(3))
def test_of_a_firm_that_accepts_a_family_that_cancels_and_a_time_that_is_over_one_wins(city: Flask, turn: int) -> None:
    with city.app_context():
        made = factories.booking("asked")
        id, by, total = made.id, made.answer_by, made.total_fen
        assert by is not None
        family = Actor(made.household.account_id, ids.new(), Role.HOUSEHOLD, None)
        manager = factories.manager_of(db.session.get_one(Firm, made.firm_id))
        firm = Actor(manager.id, ids.new(), Role.FIRM_MANAGER, made.firm_id)
        db.session.commit()
    late = by + timedelta(milliseconds=1)

    def lapse() -> None:
        with clock.frozen(late):
            bookings.lapse_due()

    answers = races.at_once(city, [
        lambda: bookings.accept(actor=firm, booking_id=id).state,
        lambda: bookings.cancel(actor=family, booking_id=id, expected_refund=total).state, lapse], by)
    with city.app_context():
        state, refund = db.session.execute(sa.select(Booking.state, Booking.refund_fen).where(Booking.id == id)).one()
        facts = [entry.fact for entry in ledger.about(f"booking:{id}")]
        engaged = calendars.interval_of(f"booking:{id}") is not None
        db.engine.dispose()
    assert facts in (["booking.accepted"], ["booking.cancelled"], ["booking.lapsed"],
                     ["booking.accepted", "booking.cancelled"]), answers
    assert (refund, engaged) == ((0, True) if state == "confirmed" else (total, False))


def test_who_waits_for_a_booking_that_is_given_to_another_worker_sees_her(city: Flask) -> None:
    with city.app_context():
        made, other_id = factories.booking("confirmed"), factories.worker_with_account().id
        id = made.id
        db.session.commit()

    def seen() -> UUID:
        with city.app_context():
            return bookings_queries.get(id, lock=True).worker.id

    with ThreadPoolExecutor(1) as pool, city.app_context():
        bookings_queries.get(id, lock=True).worker_id = other_id
        db.session.flush()
        waiting = pool.submit(seen)
        with pytest.raises(TimeoutError):
            waiting.result(0.3)
        db.session.commit()
        assert waiting.result(20) == other_id
        db.engine.dispose()


def test_a_family_that_books_keeps_nobody_waiting_who_writes_what_is_its_own(city: Flask) -> None:
    with city.app_context():
        family = factories.household()
        actor, id = Actor(family.account_id, ids.new(), Role.HOUSEHOLD, None), family.id
        quote_id = factories.quote(family).id
        db.session.commit()

    def written() -> None:  # as an edit of its series does, with time in hand that a booking may wait for
        with city.app_context():
            db.session.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            factories.booking("held", db.session.get_one(Household, id))
            db.session.commit()

    with ThreadPoolExecutor(1) as pool, city.app_context():
        bookings.book(actor=actor, quote_id=quote_id)
        pool.submit(written).result(20)
        db.session.commit()
        db.engine.dispose()
