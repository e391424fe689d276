"""One visit of a series is edited and no other is touched; edits of many leave what was edited alone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import Terms
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import service as workers
from tests import factories
from tests.series.scene import DAY, HERS, HOUR, PRICE, WEEK, Weekly

Family = Callable[..., Weekly]


def others(it: Weekly, but: int) -> list[dict[str, Any]]:
    """All occurrences but one."""
    found = it.occurrences()
    return found[:but - 1] + found[but:]


def test_indico_4180_one_visit_is_skipped_and_no_other_is_touched(family: Family) -> None:
    it = family(count=5).standing()
    before = others(it, 3)
    gone = it.booking(3).id
    said = it.done("skips", day=it.said(3))
    assert (said["state"], said["because"]) == ("skipped", "family")
    assert others(it, 3) == before and it.at(3) not in it.engaged() and len(it.engaged()) == 4
    assert it.get(f"/bookings/{gone}").json["state"] == "cancelled"
    it.run_jobs()
    assert it.notices().count("series_skipped") == 1 and "booking_cancelled" not in it.notices()
    assert it.notices(it.worker.account_id).count("series_skipped") == 1


def test_a_paid_visit_is_skipped_for_exactly_what_was_quoted(family: Family) -> None:
    it = family(count=3).standing()
    with clock.frozen(it.at(1) - 10 * HOUR):
        quoted = it.done("cancellation-quotes", scope="one", day=it.said(1))
        assert quoted["refund"]["amount"] == PRICE - PRICE * 3 // 10
        refused = it.edit("skips", day=it.said(1), expected_refund=PRICE)
        assert refused.json["code"] == "CancellationQuoteChanged"
        it.done("skips", day=it.said(1), expected_refund=quoted["refund"]["amount"])
        it.run_jobs()
    assert it.states() == ["skipped", "held", "held"] and it.series.state == "confirmed"


def test_indico_4092_one_visit_is_moved_and_no_other_is_touched(family: Family) -> None:
    it = family(count=5).standing()
    before, booking = others(it, 3), it.booking(3).id
    start = it.at(3) + 2 * DAY + 3 * HOUR
    said = it.done("moves", day=it.said(3), start=start.isoformat())
    assert said["moved"] and said["day"] == it.said(3) and said["booking"]["id"] == str(booking)
    assert others(it, 3) == before
    found = it.booking(3)
    assert (found.start, found.expires_at, found.payable_from) == (start, start - DAY, start - 3 * DAY)
    assert start in it.engaged() and it.at(3) not in it.engaged() and found.total_fen == PRICE


def test_a_visit_is_not_moved_to_where_she_is_taken_or_not_at_work(family: Family) -> None:
    it = family(count=4).standing()
    calendars.add_leave(worker_no=it.worker.no, start=it.at(2) + DAY, end=it.at(2) + DAY + HOUR)
    taken = it.edit("moves", day=it.said(2), start=(it.at(2) + DAY).isoformat())
    assert taken.json["code"] == "SlotsTaken"
    assert it.edit("moves", day=it.said(2), start=(it.at(2) + 12 * HOUR).isoformat()).json["code"] == "OutsideHours"
    assert it.edit("moves", day=it.said(2), start=it.at(3).isoformat()).json["code"] == "SlotsTaken"
    assert it.edit("moves", day=it.said(2), start=(it.at(2) + 60 * WEEK).isoformat()).json["code"] == "BeyondSeries"
    assert it.engaged() == [it.at(number) for number in range(1, 5)]


def test_a_visit_is_moved_with_the_notice_she_needs(family: Family) -> None:
    it = family(count=3).standing()
    calendars.set_terms(worker_no=it.worker.no, terms=Terms(notice_minutes=3 * 24 * 60))
    soon = (it.start - DAY).isoformat()
    late = it.edit("moves", day=it.said(2), start=soon)
    assert (late.json["code"], late.json["params"]["minutes"]) == ("TooLittleNotice", 3 * 24 * 60)
    it.start += WEEK
    assert it.preview(moved=[{"day": it.said(2), "start": soon}]).json["code"] == "TooLittleNotice"


def test_calcom_16203_another_worker_comes_once_and_no_other_visit_is_touched(family: Family) -> None:
    it = family(count=5).standing()
    before = others(it, 3)
    said = it.done("worker-changes", scope="one", day=it.said(3), worker_id=str(it.other.id), expected_price=HERS)
    assert [each["day"] for each in said["changed"]] == [it.said(3)]
    assert others(it, 3) == before
    found = it.booking(3)
    assert (found.worker_id, found.total_fen, found.start) == (it.other.id, HERS, it.at(3))
    assert it.engaged(it.other) == [it.at(3)] and it.at(3) not in it.engaged()
    assert it.series.worker_id == it.worker.id and it.series.total_fen == PRICE
    it.run_jobs()
    for account in (it.household.account_id, it.worker.account_id, it.other.account_id):
        assert it.notices(account).count("series_reseated") == 1


def test_the_worker_is_changed_for_the_following_at_her_price(family: Family) -> None:
    it = family(count=5).standing()
    refused = it.edit("worker-changes", scope="following", day=it.said(3), worker_id=str(it.other.id),
                      expected_price=PRICE)
    assert refused.json["code"] == "SeriesPriceChanged" and refused.json["params"]["price"] == HERS
    it.done("moves", day=it.said(4), start=(it.at(4) + HOUR).isoformat())
    said = it.done("worker-changes", scope="following", day=it.said(3), worker_id=str(it.other.id),
                   expected_price=HERS)
    assert [each["day"] for each in said["changed"]] == [it.said(3), it.said(5)]
    assert said["exceptions_kept"] == [it.said(4)]
    assert it.engaged(it.other) == [it.at(3), it.at(5)] and it.series.worker_id == it.other.id
    assert it.engaged() == [it.at(1), it.at(2), it.at(4) + HOUR]


@pytest.mark.parametrize("scope", ["one", "all"])
def test_a_worker_of_another_firm_or_who_is_taken_does_not_come(family: Family, scope: str) -> None:
    it = family(count=3).standing()
    body = {"scope": scope, "day": it.said(2) if scope == "one" else None, "expected_price": PRICE}
    strange = factories.worker_with_account()
    if scope == "all":
        it.done("cancellations", scope="one", day=it.said(1), expected_refund=PRICE)
        it.run_jobs()
    assert it.edit("worker-changes", worker_id=str(strange.id), **body).json["code"] == "WorkerNotFound"
    calendars.add_leave(worker_no=it.other.no, start=it.at(2), end=it.at(2) + HOUR)
    taken = it.edit("worker-changes", worker_id=str(it.other.id), **{**body, "expected_price": HERS})
    assert taken.json["code"] == "SlotsTaken" and f"{it.day(2):%m-%d}" in taken.json["params"]["times"]
    assert it.engaged(it.other) == []


def test_paid_visits_are_not_moved_or_reseated_here(family: Family) -> None:
    it = family(count=3).standing()
    moved = it.edit("moves", day=it.said(1), start=(it.at(1) + HOUR).isoformat())
    assert (moved.status_code, moved.json["code"]) == (409, "VisitsPaid")
    assert moved.json["params"]["booking"] == str(it.booking(1).id)
    changed = it.edit("worker-changes", scope="one", day=it.said(1), worker_id=str(it.other.id), expected_price=HERS)
    assert changed.json["code"] == "VisitsPaid"


def test_edits_of_all_leave_what_is_paid_and_say_so(family: Family) -> None:
    it = family(count=3).standing()
    said = it.done("retimings", scope="all", time="14:00")
    assert said["paid_kept"] == [it.said(1)] and [each["day"] for each in said["changed"]] == [it.said(2), it.said(3)]
    assert it.engaged() == [it.at(1), it.at(2) + 4 * HOUR, it.at(3) + 4 * HOUR]
    said = it.done("worker-changes", scope="all", worker_id=str(it.other.id), expected_price=HERS)
    assert said["paid_kept"] == [it.said(1)] and it.engaged() == [it.at(1)] and len(it.engaged(it.other)) == 2
    for number in (2, 3):
        it.done("skips", day=it.said(number))
    assert it.edit("retimings", scope="all", time="15:00").json["code"] == "VisitsPaid"


def test_a_paid_visit_that_is_moved_as_a_booking_is_an_exception_of_its_series(family: Family) -> None:
    it = family(count=3).standing()
    path, wanted = f"/bookings/{it.booking(1).id}", {"start": (it.at(1) + DAY).isoformat(), "minutes": 120}
    quoted = it.post(f"{path}/reschedule-quotes", wanted).json["difference"]["amount"]
    moved = it.post(f"{path}/reschedules", {**wanted, "expected_difference": quoted})
    assert (moved.status_code, moved.json["state"]) == (201, "done"), moved.json
    it.run_jobs()
    first, second, _ = it.occurrences()
    assert first["moved"] and not first["reseated"] and not second["moved"]
    assert (first["start"], first["end"]) == (moved.json["start"], moved.json["end"])
    assert it.done("retimings", scope="all", time="14:00")["exceptions_kept"] == [it.said(1)]


def test_a_paid_visit_another_worker_is_offered_for_is_hers_alone(family: Family) -> None:
    it = family(count=3).standing()
    for who in (it.worker, it.other):
        workers.refresh(worker=who)
    offered = it.post(f"/bookings/{it.booking(1).id}/substitutions",
                      {"reason": "worker_ill", "worker_ids": [it.other_id]}, it.firm)
    assert offered.status_code == 201, offered.json
    assert it.post(f"/substitutions/{offered.json['id']}/answers", {"worker_id": it.other_id}).status_code == 200
    it.run_jobs()
    assert [(each["reseated"], each["moved"]) for each in it.occurrences()] == [(True, False)] + [(False, False)] * 2
    assert it.series.worker_id == it.worker.id and it.engaged(it.other) == [it.at(1)]


def test_a_visit_that_is_being_paid_keeps_its_worker(family: Family) -> None:
    it = family(count=3).standing()
    with clock.frozen(it.at(2) - 2 * DAY):
        assert it.post(f"/bookings/{it.booking(2).id}/payment", {"method": "alipay"}).status_code == 201
        changed = it.edit("worker-changes", scope="one", day=it.said(2), worker_id=str(it.other.id),
                          expected_price=HERS)
    assert changed.json["code"] == "VisitsBeingPaid"


def test_the_following_begin_at_another_time_and_exceptions_stay(family: Family) -> None:
    it = family(count=6).standing()
    it.done("skips", day=it.said(4))
    it.done("moves", day=it.said(5), start=(it.at(5) + DAY).isoformat())
    said = it.done("retimings", scope="following", day=it.said(3), time="14:30")
    assert [each["day"] for each in said["changed"]] == [it.said(3), it.said(6)]
    assert said["exceptions_kept"] == [it.said(4), it.said(5)]
    later = 4 * HOUR + HOUR / 2
    assert it.engaged() == [it.at(1), it.at(2), it.at(3) + later, it.at(5) + DAY, it.at(6) + later]


def test_when_one_of_the_following_is_taken_then_none_is_moved_and_it_is_named(family: Family) -> None:
    it = family(count=4).standing()
    calendars.add_leave(worker_no=it.worker.no, start=it.at(3) + 5 * HOUR, end=it.at(3) + 6 * HOUR)
    refused = it.edit("retimings", scope="following", day=it.said(2), time="14:00")
    assert refused.json["code"] == "SlotsTaken" and f"{it.day(3):%m-%d} 14:00" in refused.json["params"]["times"]
    assert it.engaged() == [it.at(number) for number in range(1, 5)]


def test_a_skipped_visit_is_brought_back_while_she_is_free(family: Family) -> None:
    it = family(count=4).standing()
    it.done("skips", day=it.said(3))
    gone = it.get(f"/series/{it.id}").json["visits"]
    assert (gone["booked"], gone["skipped"]) == (3, 1)
    back = it.done("restorations", day=it.said(3))
    assert back["state"] == "booked" and back["booking"]["state"] == "held"
    assert it.states() == ["confirmed", "held", "held", "held"] and it.booking(3).expires_at == it.at(3) - DAY
    assert it.edit("restorations", day=it.said(3)).json["code"] == "StillBooked"
    it.done("skips", day=it.said(2))
    calendars.add_leave(worker_no=it.worker.no, start=it.at(2), end=it.at(2) + HOUR)
    assert it.edit("restorations", day=it.said(2)).json["code"] == "SlotsTaken"


def test_a_visit_that_was_left_out_because_she_was_taken_is_brought_back_once_she_is_free(family: Family) -> None:
    it = family(count=3)
    away = calendars.add_leave(worker_no=it.worker.no, start=it.at(2), end=it.at(2) + HOUR)
    it.standing(if_taken="leave_out")
    assert it.edit("restorations", day=it.said(2)).json["code"] == "SlotsTaken"
    calendars.remove_leave(worker_no=it.worker.no, leave_id=away.id)
    it.done("restorations", day=it.said(2))
    assert it.states() == ["confirmed", "held", "held"]


def test_a_holiday_the_family_wants_is_kept_and_paid_like_any_other(
        family: Family, holiday: Callable[[date], None]) -> None:
    it = family(count=4)
    holiday(it.day(3))
    it.standing(holidays="ask")
    said = it.done("answers", day=it.said(3), wanted=True)
    assert said["state"] == "booked" and it.booking(3).expires_at == it.at(3) - DAY
    assert it.edit("answers", day=it.said(3), wanted=True).json["code"] == "StepNotPossible"
    assert it.edit("answers", day=it.said(3), wanted=False).json["code"] == "StepNotPossible"


def test_a_holiday_the_family_does_not_want_is_skipped(family: Family, holiday: Callable[[date], None]) -> None:
    it = family(count=3)
    holiday(it.day(3))
    it.standing(holidays="ask")
    assert it.done("answers", day=it.said(3), wanted=False)["state"] == "skipped"
    assert it.at(3) not in it.engaged()


def test_a_holiday_nobody_answers_for_is_skipped(
        family: Family, holiday: Callable[[date], None], sweep: Callable[[str], None]) -> None:
    it = family(count=4)
    holiday(it.day(3))
    it.standing(holidays="ask")
    with clock.frozen(it.at(3) - WEEK):
        sweep("expire_holds")
        it.run_jobs()
    assert it.states()[2:] == ["skipped", "held"] and it.occurrences()[2]["because"] == "silence"
    assert "series_lapsed" in it.notices() and it.at(3) not in it.engaged()
    assert it.edit("restorations", day=it.said(3)).status_code == 201


def test_a_calendar_app_shows_the_visits_as_the_bookings_they_are(family: Family) -> None:
    it = family(count=3).standing()
    start = it.at(3) + DAY
    it.done("moves", day=it.said(3), start=start.isoformat())
    path = it.client.post("/api/v1/me/calendar-feed", headers=it.family).json["path"]
    shown = it.client.get(path).text
    assert shown.count("BEGIN:VEVENT") == 3
    assert shown.count("STATUS:TENTATIVE") == 2 and shown.count("STATUS:CONFIRMED") == 1
    assert f"{start:%Y%m%dT%H%M%SZ}" in shown and f"{it.at(3):%Y%m%dT%H%M%SZ}" not in shown


def test_nothing_is_edited_before_the_first_visit_is_paid(family: Family) -> None:
    it = family(count=3).make()
    assert it.edit("skips", day=it.said(2)).json["code"] == "StepNotPossible"
    assert it.edit("moves", day=it.said(2), start=it.at(2).isoformat()).json["code"] == "StepNotPossible"


def test_a_day_that_is_not_in_the_rule_is_none_of_its_visits(family: Family) -> None:
    it = family(count=3).standing()
    missing = it.edit("skips", day=(it.day(1) + DAY).isoformat())
    assert (missing.status_code, missing.json["code"]) == (404, "OccurrenceNotFound")


def test_parties_read_the_series_and_strangers_do_not(family: Family) -> None:
    it = family(count=3).standing()
    strange = it.headers(factories.manager_of(factories.firm()))
    nobody = it.headers(db.session.get_one(Account, factories.household().account_id))
    for who in (it.family, it.cleaner, it.firm):
        assert [each["id"] for each in it.get("/series", who).json["items"]] == [it.id]
        assert len(it.occurrences(who)) == 3
        of_visit = it.get(f"/series?booking_id={it.booking(2).id}", who).json["items"]
        assert [each["id"] for each in of_visit] == [it.id]
        facts = [each["fact"] for each in it.get(f"/series/{it.id}/history", who).json["items"]]
        assert facts == ["series.opened", "series.confirmed"]
    for who in (strange, nobody, it.headers(factories.member(Role.WORKER))):
        assert it.get(f"/series/{it.id}", who).status_code in (403, 404)
        assert it.get(f"/series/{it.id}/occurrences", who).status_code in (403, 404)
    assert it.post(f"/series/{it.id}/skips", {"day": it.said(2)}, nobody).status_code == 404
