"""Members who were removed go when no booking needs them any more."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking import service as booking
from qiaojiejie.booking.lifecycle import BOOKING, LIVE
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.households.models import Household, Member
from qiaojiejie.identity.models import Account
from tests import factories

KEPT = timedelta(days=180)
SECOND = timedelta(seconds=1)


@pytest.fixture()
def now(world: sa.Connection) -> datetime:
    """When she is removed."""
    return clock.now()


@pytest.fixture()
def house(now: datetime) -> Household:
    """A family."""
    return factories.household()


@pytest.fixture()
def mother(house: Household, now: datetime) -> Member:
    """Its grandmother, removed now."""
    return factories.member_of(house, removed_at=now)


def gone(member: Member, at: datetime) -> bool:
    """Whether the sweep of a moment leaves nothing of her."""
    with clock.frozen(at):
        booking.erase_members()
        db.session.flush()
    left = (member.name, member.birth_year, member.needs)
    assert left == (None, None, None) or None not in left, "all of it or nothing"
    assert (member.erased_at is not None) == (left[0] is None)
    return left[0] is None


def ended(house: Household, member: Member, at: datetime, state: str = "completed", **fields: Any) -> Any:
    """A booking for her that was over at a moment."""
    return factories.booking(state, house, start=factories.tomorrow(), member_id=member.id,
                             **{"closed_at": at, "created_at": at - timedelta(days=3), **fields})


def test_who_was_never_booked_for_is_erased_180_days_after_she_was_removed(mother: Member, now: datetime) -> None:
    assert not gone(mother, now + KEPT - SECOND)
    assert gone(mother, now + KEPT)
    assert mother.relation == "parent" and mother.care == []


def test_who_was_not_removed_is_never_erased(house: Household, now: datetime) -> None:
    assert not gone(factories.member_of(house), now + KEPT * 20)


def test_the_last_booking_for_her_keeps_her_180_days_more(house: Household, mother: Member, now: datetime) -> None:
    ended(house, mother, now - timedelta(days=30))
    last = now + timedelta(days=40)
    ended(house, mother, last, "cancelled")
    assert not gone(mother, now + KEPT)
    assert not gone(mother, last + KEPT - SECOND)
    assert gone(mother, last + KEPT)


def test_a_booking_that_was_over_before_does_not_keep_her_longer(house: Household, mother: Member,
                                                                 now: datetime) -> None:
    ended(house, mother, now - SECOND)
    assert not gone(mother, now + KEPT - SECOND)
    assert gone(mother, now + KEPT)


@pytest.mark.parametrize("state", sorted(BOOKING.states))
def test_while_a_booking_for_her_lives_she_stays(house: Household, mother: Member, now: datetime, state: str) -> None:
    ended(house, mother, now, state, **({"closed_at": None} if state in LIVE else {}))
    assert gone(mother, now + KEPT * 5) == (state not in LIVE)


def test_an_open_complaint_keeps_her(house: Household, mother: Member, now: datetime) -> None:
    of = ended(house, mother, now, complaint_open=True)
    assert not gone(mother, now + KEPT * 2)
    of.complaint_open = False
    db.session.flush()
    assert gone(mother, now + KEPT * 2)


def test_anothers_booking_keeps_nobody(house: Household, mother: Member, now: datetime) -> None:
    other = factories.member_of(house)
    factories.booking("confirmed", house, member_id=other.id)
    assert gone(mother, now + KEPT)
    assert other.name is not None


def test_a_booking_for_somebody_erased_is_for_nobody_named(client: FlaskClient, house: Household, mother: Member,
                                                           now: datetime) -> None:
    of = ended(house, mother, now)
    headers = factories.headers(db.session.get_one(Account, house.account_id))
    read = f"/api/v1/bookings/{of.id}"
    first: Any = client.get(read, headers=headers)
    assert first.json["cared_for"]["relation"] == "parent"
    assert gone(mother, now + KEPT)
    second: Any = client.get(read, headers=headers)
    assert (second.status_code, second.json["cared_for"]) == (200, None)


def test_half_a_member_cannot_be_kept(mother: Member) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="ck_household_member_erased"), db.session.begin_nested():
        db.session.execute(sa.update(Member).where(Member.id == mother.id).values(birth_year=None))
