"""Days of work and endings are their own parties' affair; what is contested is every mediator's, page by page."""

import pytest

from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories
from tests.attendance.conftest import Engage
from tests.attendance.engagement import Engagement
from tests.attendance.test_workdays import contested, refused, states

Headers = dict[str, str]


def strangers() -> list[Headers]:
    """Another family, another nurse, another firm's manager and its broker."""
    firm, nurse = factories.firm(), factories.worker_with_account()
    return [factories.headers(db.session.get_one(Account, factories.household().account_id)),
            factories.headers(db.session.get_one(Account, nurse.account_id)),
            factories.headers(factories.manager_of(firm)), factories.headers(factories.member(Role.BROKER, firm.id))]


@pytest.fixture()
def it(engage: Engage) -> Engagement:
    """An engagement of three days under way."""
    return engage(days=3).under_way()


def test_to_strangers_there_is_no_such_engagement_and_no_such_day(it: Engagement) -> None:
    workday = it.write_down(1).json["id"]
    for number, who in enumerate(strangers()):
        shown = it.client.get(f"/api/v1/bookings/{it.id}/workdays", headers=who)
        assert refused(shown) == (404, "BookingNotFound")
        for answer in ("agree", "contest", "amend", "withdraw"):
            found = it.answer(workday, answer, who, it.evening(1), minutes=300, reason="other")
            assert refused(found) == (404, "WorkdayNotFound"), (number, answer)
        assert refused(it.write_down(2, who=who)) == ((404, "BookingNotFound") if number else (403, "RoleRequired"))
        hers = (403, "RoleRequired") if number == 1 else (404, "BookingNotFound")
        assert refused(it.end_quote(1, who)) == hers and refused(it.end(1, 0, who)) == hers
    assert states(it) == ["recorded"]


def test_officers_read_no_days_and_say_nothing_of_them(it: Engagement) -> None:
    workday = contested(it, 1)
    officer = factories.headers(factories.member(Role.FEDERATION_ADMIN))
    assert it.client.get(f"/api/v1/bookings/{it.id}/workdays", headers=officer).status_code == 403
    assert it.answer(workday, "uphold", officer, it.evening(1)).status_code == 403
    assert it.client.get("/api/v1/contested-workdays", headers=officer).status_code == 403
    assert it.client.get(f"/api/v1/bookings/{it.id}/workdays", headers=it.mediator).status_code == 403
    for who in (it.family, it.nurse, it.firm):
        assert it.client.get("/api/v1/contested-workdays", headers=who).status_code == 403


def test_each_party_sees_every_day_with_its_price_and_what_was_written(it: Engagement) -> None:
    workday = contested(it, 2)
    seen = [it.client.get(f"/api/v1/bookings/{it.id}/workdays", headers=who).json["items"]
            for who in (it.family, it.nurse, it.firm)]
    assert seen[0] == seen[1] == seen[2]
    assert [each["day"] for each in seen[0]] == [it.day(number).isoformat() for number in (1, 2, 3)]
    assert [each["workday"] and each["workday"]["id"] for each in seen[0]] == [None, workday, None]
    assert it.post(f"/bookings/{it.id}/workdays", it.nurse, {"day": it.day(1).isoformat()}).status_code == 422


def test_a_visit_has_no_days(it: Engagement) -> None:
    visit = factories.booking("held", of=it.household, by=it.worker, start=it.evening(9))
    it.id = visit.id
    assert refused(it.client.get(f"/api/v1/bookings/{visit.id}/workdays", headers=it.family)) == (409, "NotByTheDay")
    assert refused(it.write_down(1)) == (409, "NotByTheDay")
    assert refused(it.end_quote(1)) == (409, "NotByTheDay") and refused(it.end(1, 0)) == (409, "NotByTheDay")


def test_the_mediator_finds_what_is_contested_page_by_page_oldest_first(engage: Engage) -> None:
    it = engage(days=7).under_way()
    days = [contested(it, number) for number in range(1, 7)]
    it.answer(days[2], "agree", at=it.evening(7))
    it.write_down(7)
    found, cursor = [], ""
    for size in (2, 2, 1):
        page = it.client.get(f"/api/v1/contested-workdays?limit=2{cursor}", headers=it.mediator).json
        assert len(page["items"]) == size
        found += [each["id"] for each in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None and found == [*days[:2], *days[3:]]
    assert all(each["booking_id"] == str(it.id) and each["reason"] == "not_there" for each in page["items"])
    assert it.client.get("/api/v1/contested-workdays?cursor=no", headers=it.mediator).status_code in (400, 422)
