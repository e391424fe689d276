"""What is going on in the sample city on its day: something of each kind, for the demo's family, manager and worker."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.booking.models import Booking
from qiaojiejie.chat.models import ChatMessage
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import ring
from qiaojiejie.identity.models import Account
from tests.sandbox.town import DAY, rows, value

FAMILY, MANAGER, WORKER = "13800000001", "13800000002", "13800000003"


def account(phone: str) -> Any:
    """The account of a phone."""
    return db.session.scalars(sa.select(Account.id).where(Account.phone_index == ring().blind("phone", phone))).one()


@pytest.fixture(scope="module")
def home(town: Flask) -> Any:
    """The demo's household."""
    return value(f"SELECT id FROM household WHERE account_id = '{account(FAMILY)}'")


@pytest.fixture(scope="module")
def firm(town: Flask) -> Any:
    """The demo's firm."""
    return value(f"SELECT org_id FROM membership WHERE account_id = '{account(MANAGER)}'")


def test_three_firms_offer_the_demo_family_different_prices_for_one_open_need(town: Flask, home: Any) -> None:
    [need] = rows(f"SELECT id, closes_at FROM need WHERE household_id = '{home}' AND state = 'open'")
    quotes = rows(f"SELECT firm_id, total_fen, good_until FROM need_quote WHERE need_id = '{need.id}'"
                  " AND state = 'offered'")
    assert len({quote.firm_id for quote in quotes}) == 3 == len({quote.total_fen for quote in quotes})
    assert all(DAY < quote.good_until <= need.closes_at for quote in quotes)


def test_one_need_of_the_demo_family_was_ordered_and_one_lapsed(town: Flask, home: Any) -> None:
    [ordered] = rows(f"SELECT id, booking_id FROM need WHERE household_id = '{home}' AND state = 'ordered'")
    assert value(f"SELECT state FROM booking WHERE id = '{ordered.booking_id}'") == "confirmed"
    assert sorted(row.state for row in rows(f"SELECT state FROM need_quote WHERE need_id = '{ordered.id}'")) == [
        "chosen", "passed_over"]
    assert value(f"SELECT count(*) FROM need WHERE household_id = '{home}' AND state = 'lapsed'"
                 f" AND closes_at < '{DAY}'") == 1


def test_other_families_look_for_something_too_and_what_was_ordered_is_what_was_quoted(
        town: Flask, home: Any, firm: Any) -> None:
    others = {row.state: row.number for row in rows(
        f"SELECT state, count(*) AS number FROM need WHERE household_id <> '{home}' GROUP BY 1")}
    assert others["open"] >= 3 and others["ordered"] >= 2 and others["lapsed"] >= 2
    assert value(f"""SELECT count(*) FROM need WHERE state = 'open' AND household_id <> '{home}' AND NOT EXISTS (
                     SELECT FROM need_quote q WHERE q.need_id = need.id AND q.firm_id = '{firm}')""") == others["open"]
    assert value("""SELECT count(*) FROM need JOIN booking b ON b.id = booking_id JOIN need_quote q
                    ON q.need_id = need.id AND q.state = 'chosen' WHERE q.worker_id <> b.worker_id
                    OR q.firm_id <> b.firm_id OR q.total_fen <> b.total_fen OR q.during <> b.during
                    OR q.lines <> b.lines""") == 0


def test_a_visit_was_moved_one_went_on_longer_and_both_were_paid_for(town: Flask, home: Any) -> None:
    done = rows(f"""SELECT change.kind, difference_fen, payment.amount_fen, b.paid_fen, b.total_fen, b.state,
                    b.during = change.during AS there FROM change JOIN booking b ON b.id = booking_id
                    JOIN payment ON payment.change_id = change.id AND payment.state = 'succeeded'
                    WHERE change.state = 'done' AND b.household_id = '{home}' ORDER BY change.kind""")
    assert [(row.kind, row.state) for row in done] == [("extension", "completed"), ("reschedule", "confirmed")]
    assert all(row.there and row.difference_fen == row.amount_fen > 0 and row.paid_fen == row.total_fen for row in done)


def test_a_firm_asks_the_demo_family_for_another_time(town: Flask, home: Any) -> None:
    [asked] = rows(f"""SELECT change.state, asked_by, change.expires_at FROM change JOIN booking b ON b.id = booking_id
                       WHERE change.state <> 'done' AND b.household_id = '{home}'""")
    assert (asked.state, asked.asked_by) == ("asked", "firm") and asked.expires_at > DAY


def test_the_demo_family_met_two_nurses_at_the_demo_station_and_meets_another(town: Flask, home: Any) -> None:
    met = rows(f"""SELECT i.state, i.outcome, i.starts, i.worker_id, r.starts AS room FROM interview i
                   JOIN station_room ON station_room.station_id = i.station_id JOIN room_reservation r
                   ON r.room_no = station_room.no AND r.ref = 'interview:' || i.id
                   WHERE household_id = '{home}' ORDER BY i.starts""")
    assert [(row.state, row.outcome) for row in met] == [("held", "suitable"), ("held", "suitable"), ("booked", None)]
    assert all(row.room == row.starts for row in met) and met[1].starts < DAY < met[2].starts
    assert len({row.worker_id for row in met}) == 3


def test_family_worker_and_firm_talk_about_tomorrow_and_the_family_has_not_read_all_of_it(
        town: Flask, home: Any, firm: Any) -> None:
    [chat] = rows("SELECT booking_id, last_number, household_read FROM chat")
    booking = db.session.get_one(Booking, chat.booking_id)
    assert (booking.household_id, booking.firm_id, booking.state) == (home, firm, "confirmed")
    assert booking.worker.account_id == account(WORKER)
    said = db.session.scalars(sa.select(ChatMessage).order_by(ChatMessage.number)).all()
    assert {each.party for each in said} == {"household", "worker", "firm"}
    assert said[-1].flags == ["phone"] and chat.household_read < chat.last_number == len(said)


def test_two_colleagues_are_offered_instead_of_who_was_booked(town: Flask, home: Any, firm: Any) -> None:
    [offered] = rows(f"""SELECT s.id, s.until, b.substitute_sought FROM substitution s
                         JOIN booking b ON b.id = booking_id
                         WHERE s.state = 'offered' AND b.household_id = '{home}' AND b.firm_id = '{firm}'""")
    assert offered.until > DAY and offered.substitute_sought
    assert value(f"SELECT count(*) FROM substitution_candidate WHERE substitution_id = '{offered.id}'") == 2


def test_a_carer_is_to_be_replaced_within_days(town: Flask, home: Any) -> None:
    [sought] = rows(f"""SELECT g.state, b.state AS booking, r.until, b.worker_id, b.plan -> 'waiting' AS waiting
                        FROM replacement r JOIN guarantee g ON g.booking_id = r.booking_id
                        JOIN booking b ON b.id = r.booking_id
                        WHERE r.settled_at IS NULL AND b.household_id = '{home}'""")
    assert (sought.state, sought.booking) == ("replacing", "under_way") and sought.until > DAY
    assert len(sought.waiting) >= 20
    assert value(f"""SELECT count(*) FROM worker_interval JOIN worker ON worker.no = worker_no
                     WHERE worker.id = '{sought.worker_id}' AND kind = 'engaged' AND lower(worker_interval.during)
                     BETWEEN '2026-11-22' AND '2026-12-10'""") == 0


def test_the_demo_firm_is_asked_for_a_visit_and_its_worker_has_one_tomorrow(
        town: Flask, home: Any, firm: Any) -> None:
    [asked] = rows("SELECT household_id, firm_id, answer_by, paid_fen, total_fen FROM booking WHERE state = 'asked'")
    assert (asked.household_id, asked.firm_id, asked.paid_fen) == (home, firm, asked.total_fen)
    assert asked.answer_by > DAY
    assert value(f"""SELECT count(*) FROM booking b JOIN worker w ON w.id = b.worker_id WHERE b.state = 'confirmed'
                     AND w.account_id = '{account(WORKER)}' AND (lower(during) AT TIME ZONE 'Asia/Shanghai')::date
                     = '2026-11-21'""") == 1
