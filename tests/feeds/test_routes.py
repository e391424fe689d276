"""A worker and a family subscribe to their bookings: a secret address, what it shows, how it dies."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from qiaojiejie.booking import facts
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.feeds import rules
from qiaojiejie.feeds.models import CalendarFeed
from qiaojiejie.identity.models import Account, Membership
from qiaojiejie.ledger import service as ledger
from qiaojiejie.ledger.models import LedgerEntry
from tests import factories
from tests.factories import tomorrow

FEED = "/api/v1/me/calendar-feed"
PRIVATE = ("王秀英", "王小明", "13700009999", "幸福路", "4821", "钥匙在花盆下", "138", "118.2755")


def signed_in(booking: Booking, party: str) -> dict[str, str]:
    """Headers of the family or the worker of a booking."""
    account_id = booking.household.account_id if party == "household" else booking.worker.account_id
    return factories.headers(db.session.get_one(Account, account_id))


@pytest.fixture()
def booking(world: sa.Connection) -> Booking:
    """A visit tomorrow at ten, with a note."""
    return factories.booking(note="钥匙在花盆下")


def engagement(state: str = "confirmed") -> Booking:
    """Twenty-six days in a row that begin in three days."""
    days = [{"day": (clock.today() + timedelta(days=3 + each)).isoformat(), "times": 1} for each in range(26)]
    plan = {"days": days, "deposit_permille": 300, "balance_days": 3, "half_minutes": 300, "early_permille": 0}
    return factories.booking(state, start=tomorrow(hour=0, days=3), minutes=26 * 24 * 60, plan=plan, days=26)


@pytest.fixture()
def subscribed(client: FlaskClient) -> Callable[[dict[str, str]], str]:
    """Makes a feed; its path."""

    def make(who: dict[str, str]) -> str:
        answer: Any = client.post(FEED, headers=who)
        assert answer.status_code == 201, answer.json
        path: str = answer.json["path"]
        return path

    return make


Subscribed = Callable[[dict[str, str]], str]


def events(client: FlaskClient, path: str) -> dict[str, Any]:
    """What a calendar app reads at an address: the events by booking."""
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8"), answer.json
    return {str(event["uid"]).partition("@")[0]: event for event in Calendar.from_ical(answer.data).walk("VEVENT")}


def refused(client: FlaskClient, path: str) -> tuple[int, dict[str, Any]]:
    """How an address is refused, without what differs from one request to the next."""
    answer: Any = client.get(path)
    return answer.status_code, {name: value for name, value in answer.json.items() if name != "request_id"}


@pytest.mark.parametrize("party", ["household", "worker"])
def test_both_sides_of_a_booking_find_it_in_their_calendar(
        client: FlaskClient, booking: Booking, subscribed: Subscribed, party: str) -> None:
    event = events(client, subscribed(signed_in(booking, party)))[str(booking.id)]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (booking.start, booking.end)
    assert event["location"] == "宿城区" and event["status"] == "CONFIRMED"


@pytest.mark.parametrize("party", ["household", "worker"])
def test_nothing_private_stands_in_a_feed(
        client: FlaskClient, booking: Booking, subscribed: Subscribed, party: str) -> None:
    told = client.get(subscribed(signed_in(booking, party))).get_data(as_text=True).replace("\r\n ", "")
    people = [booking.worker.phone.reveal(), booking.worker.id_number.reveal(), booking.address.detail.reveal()]
    assert "宿城区" in told
    assert [each for each in (*PRIVATE, *people, str(booking.household_id)) if each in told] == []


def test_a_feed_holds_nobody_elses_bookings(client: FlaskClient, booking: Booking, subscribed: Subscribed) -> None:
    other = factories.booking()
    assert set(events(client, subscribed(signed_in(booking, "household")))) == {str(booking.id)}
    assert set(events(client, subscribed(signed_in(other, "worker")))) == {str(other.id)}


def test_one_who_is_both_worker_and_family_has_a_feed_of_each(
        client: FlaskClient, booking: Booking, subscribed: Subscribed) -> None:
    person = db.session.get_one(Account, booking.household.account_id)
    factories.member(Role.WORKER, who=person)
    own = factories.booking(by=factories.working(factories.worker(account_id=person.id)))
    at_home = subscribed(factories.headers(person, Role.HOUSEHOLD))
    at_work = subscribed(factories.headers(person, Role.WORKER))
    assert (set(events(client, at_home)), set(events(client, at_work))) == ({str(booking.id)}, {str(own.id)})


def test_an_address_that_was_replaced_or_revoked_is_refused_as_one_that_never_was(
        client: FlaskClient, booking: Booking, subscribed: Subscribed) -> None:
    who = signed_in(booking, "household")
    old, never = subscribed(who), "/api/v1/calendar-feeds/nothing.ics"
    new = subscribed(who)
    assert refused(client, old) == refused(client, never) and refused(client, never)[0] == 404
    assert str(booking.id) in events(client, new)
    assert client.delete(FEED, headers=who).status_code == 204
    assert refused(client, new) == refused(client, never) == refused(client, never[:-4] + "x" * 36 + ".ics")
    again: Any = client.delete(FEED, headers=who)
    assert (again.status_code, again.json["code"]) == (404, "CalendarFeedNotFound")


@pytest.mark.parametrize("how", ["role ended", "account closed"])
def test_a_feed_ends_with_what_it_is_the_feed_of(
        client: FlaskClient, booking: Booking, subscribed: Subscribed, how: str) -> None:
    path, of = subscribed(signed_in(booking, "household")), booking.household.account_id
    if how == "role ended":
        db.session.execute(sa.update(Membership).where(Membership.account_id == of).values(ended_at=clock.now()))
    else:
        db.session.get_one(Account, of).closed_at = clock.now()
    db.session.commit()
    assert client.get(path).status_code == 404


def test_whether_there_is_a_feed_is_told_but_never_where(
        client: FlaskClient, booking: Booking, subscribed: Subscribed, world: sa.Connection) -> None:
    who = signed_in(booking, "household")
    none: Any = client.get(FEED, headers=who).json
    assert none == {"role": "household", "exists": False, "made_at": None, "fetched_at": None}
    path = subscribed(who)
    made: Any = client.get(FEED, headers=who).json
    assert made["exists"] and made["made_at"] and made["fetched_at"] is None
    events(client, path)
    fetched = client.get(FEED, headers=who)
    token = path.rpartition("/")[2].removesuffix(".ics")
    assert fetched.json["fetched_at"] and token not in fetched.get_data(as_text=True)
    row = world.execute(sa.select(CalendarFeed.__table__)).one()
    assert token not in str(row) and bytes(row.token_hash) == rules.digest(token)


def test_the_ledger_says_that_a_feed_was_made_replaced_and_revoked_and_never_its_token(
        client: FlaskClient, booking: Booking, subscribed: Subscribed) -> None:
    who = signed_in(booking, "worker")
    paths = [subscribed(who), subscribed(who)]
    client.delete(FEED, headers=who)
    told = db.session.execute(sa.select(LedgerEntry.fact, LedgerEntry.data).where(
        LedgerEntry.subject == f"account:{booking.worker.account_id}", LedgerEntry.fact.like("feed.%")).order_by(
        LedgerEntry.id)).all()
    assert [(row.fact, row.data) for row in told] == [
        ("feed.made", {"role": "worker", "replaced": False}), ("feed.made", {"role": "worker", "replaced": True}),
        ("feed.revoked", {"role": "worker"})]
    assert not [path for path in paths if path[-20:-4] in str(told)]


def test_a_change_makes_an_event_newer_and_a_cancelled_one_is_dropped_after_thirty_days(
        client: FlaskClient, world: sa.Connection, subscribed: Subscribed) -> None:
    booking = factories.booking(start=tomorrow(days=60))
    who = signed_in(booking, "household")
    path, key = subscribed(who), str(booking.id)
    before = events(client, path)[key]
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        cancelled = client.post(f"/api/v1/bookings/{key}/cancellations", headers=who,
                                json={"expected_refund": booking.total_fen})
        assert cancelled.status_code == 200, cancelled.json
        after = events(client, path)[key]
    assert (after["status"], after["uid"]) == ("CANCELLED", before["uid"])
    assert after["sequence"] > before["sequence"]
    assert after.decoded("last-modified") > before.decoded("last-modified")
    assert after.decoded("dtstamp") == after.decoded("last-modified")
    for days, there in ((29, True), (31, False)):
        with clock.frozen(clock.now() + timedelta(days=days)):
            assert (key in events(client, path)) is there, days


def test_a_feed_reaches_from_a_month_back_to_half_a_year_ahead(
        client: FlaskClient, booking: Booking, subscribed: Subscribed) -> None:
    path = subscribed(signed_in(booking, "household"))
    for days, there in ((-182, False), (-179, True), (30, True), (32, False)):
        with clock.frozen(booking.start + timedelta(days=days)):
            assert (str(booking.id) in events(client, path)) is there, days


def test_an_engagement_by_days_is_whole_days_and_no_evening_slips_into_the_next(
        client: FlaskClient, world: sa.Connection, subscribed: Subscribed) -> None:
    booking = engagement()
    first = clock.local(booking.start).date()
    event = events(client, subscribed(signed_in(booking, "worker")))[str(booking.id)]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (first, first + timedelta(days=26))


def test_the_days_after_an_engagement_was_ended_early_are_free(
        client: FlaskClient, world: sa.Connection, subscribed: Subscribed) -> None:
    booking = engagement(state="under_way")
    path = subscribed(signed_in(booking, "household"))
    first = clock.local(booking.start).date()
    with clock.frozen(booking.start + timedelta(days=4)):
        ledger.append(facts.ENDED_EARLY, subject=booking.ref, actor=ledger.SYSTEM)
        db.session.commit()
        event = events(client, path)[str(booking.id)]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (first, first + timedelta(days=5))


def test_an_app_that_has_the_newest_is_told_so_until_something_changes(
        client: FlaskClient, booking: Booking, subscribed: Subscribed) -> None:
    path = subscribed(signed_in(booking, "household"))
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    held = {"If-None-Match": answer.headers["ETag"]}
    unchanged = client.get(path, headers=held)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    db.session.get_one(Booking, booking.id).state = "under_way"
    factories.booking(of=booking.household, start=tomorrow(days=2))
    db.session.commit()
    assert client.get(path, headers=held).status_code == 200


def test_an_address_is_fetched_so_often_an_hour_and_no_other_suffers(
        client: FlaskClient, booking: Booking, subscribed: Subscribed) -> None:
    path, other = (subscribed(signed_in(booking, party)) for party in ("household", "worker"))
    with clock.frozen(tomorrow(9)):
        assert {client.get(path).status_code for _ in range(rules.FETCHES_AN_HOUR)} == {200}
        over: Any = client.get(path)
        assert (over.status_code, over.json["code"]) == (429, "FetchedTooOften") and over.headers["Retry-After"]
        assert client.get(other).status_code == 200
    with clock.frozen(tomorrow(10)):
        assert client.get(path).status_code == 200


def test_a_feed_asks_for_its_bookings_in_one_statement(
        app: Flask, client: FlaskClient, booking: Booking, subscribed: Subscribed, world: sa.Connection) -> None:
    for days in range(2, 12):
        factories.booking(of=booking.household, start=tomorrow(days=days))
    db.session.commit()
    path, asked = subscribed(signed_in(booking, "household")), list[str]()

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if "booking" in statement:
            asked.append(statement)

    sa.event.listen(world, "before_cursor_execute", note)
    try:
        assert len(events(client, path)) == 11
    finally:
        sa.event.remove(world, "before_cursor_execute", note)
    assert len(asked) == 1
