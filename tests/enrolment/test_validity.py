"""A grade counts to the midnight its time is over, in Asia/Shanghai; the yearly check keeps it or lets it lapse."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.enrolment.rules import standards
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.messages.models import Notification
from tests.enrolment.scene import STANDARD, Scene

DAY = date(2026, 3, 31)
SECOND = timedelta(seconds=1)


def ends(day: date) -> datetime:
    """The midnight in Suqian that ends a day."""
    return clock.midnight(day + timedelta(days=1))


@pytest.fixture()
def graded(scene: Scene) -> Iterator[str]:
    """A grading published in the last second of 31 March 2026 in Suqian."""
    with clock.frozen(ends(DAY) - SECOND):
        yield scene.upto("published")


@pytest.mark.parametrize(("day", "months", "later"), [
    (date(2026, 3, 31), 24, date(2028, 3, 31)), (date(2028, 2, 29), 12, date(2029, 2, 28)),
    (date(2026, 12, 31), 2, date(2027, 2, 28)), (date(2026, 11, 24), 12, date(2027, 11, 24)),
    (date(2026, 12, 1), 1, date(2027, 1, 1))])
def test_months_later_is_the_same_day_or_the_months_last(day: date, months: int, later: date) -> None:
    assert standards.months_later(day, months) == later


def test_the_day_of_publishing_is_shanghais(scene: Scene) -> None:
    with clock.frozen(datetime(2026, 3, 31, 16, 0, tzinfo=UTC)):  # the first second of 1 April in Suqian
        grading = scene.upto("published")
        shown = scene.public()["current"]
    assert grading and (shown["published_on"], shown["valid_until"], shown["check_due_on"]) == (
        "2026-04-01", "2028-03-31", "2027-04-01")


@pytest.mark.parametrize("swept", [True, False])
def test_a_grade_checked_each_year_counts_to_its_last_midnight(scene: Scene, graded: str, swept: bool,
                                                               sweep: Callable[[str], None]) -> None:
    with clock.frozen(clock.midnight(date(2027, 3, 31))):
        kept = scene.check(graded).json
        assert (kept["state"], kept["check_due_on"], kept["valid_until"]) == ("published", None, "2028-03-30")
        assert scene.check(graded).json["code"] == "NoCheckDue"
    for moment, counts in ((ends(date(2028, 3, 30)) - SECOND, True), (ends(date(2028, 3, 30)), False)):
        with clock.frozen(moment):
            if swept:
                sweep("enrolment.tasks.lapse_due")
            assert (scene.public()["current"] is not None) == counts
            assert scene.state(graded) == ("lapsed" if swept and not counts else "published")
    if swept:
        with clock.frozen(ends(date(2028, 3, 30))):
            [old] = scene.public()["history"]
        assert (old["state"], old["ended_on"]) == ("lapsed", "2028-03-30")
        [lapse] = ledger.about(f"firm:{scene.firm.id}", "firm.grade_lapsed")
        assert lapse.data["because"] == "validity"


def test_a_grade_whose_yearly_check_is_not_done_lapses_after_its_grace(scene: Scene, graded: str,
                                                                       sweep: Callable[[str], None]) -> None:
    last = date(2027, 3, 31) + STANDARD.days("check_grace")
    with clock.frozen(ends(last) - SECOND):
        sweep("enrolment.tasks.lapse_due")
        assert scene.public()["current"]["grade"] == 4
    with clock.frozen(ends(last)):
        assert scene.check(graded).json["code"] == "StepNotPossible"
        sweep("enrolment.tasks.lapse_due")
        sweep("enrolment.tasks.lapse_due")
    [lapse] = ledger.about(f"firm:{scene.firm.id}", "firm.grade_lapsed")
    assert lapse.data["because"] == "check"


def test_a_yearly_check_can_be_done_from_its_notice_on(scene: Scene, graded: str) -> None:
    opens = date(2027, 3, 31) - STANDARD.days("check_notice")
    with clock.frozen(clock.midnight(opens) - SECOND):
        early = scene.check(graded).json
        assert (early["code"], early["params"]["opens_on"]) == ("CheckNotOpen", str(opens))
    with clock.frozen(clock.midnight(opens)):
        assert scene.check(graded).status_code == 201


def test_a_check_coming_due_is_announced_once(scene: Scene, graded: str, sweep: Callable[[str], None],
                                              run_jobs: Callable[[], int]) -> None:
    run_jobs()
    opens = clock.midnight(date(2027, 3, 31) - STANDARD.days("check_notice"))
    for moment, count in ((opens - SECOND, 0), (opens, 1), (opens + timedelta(days=1), 1)):
        with clock.frozen(moment):
            sweep("enrolment.tasks.announce_checks")
            run_jobs()
        told = db.session.scalars(sa.select(Notification.kind).where(
            Notification.account_id == scene.manager.id, Notification.kind == "grading_check_due")).all()
        assert len(told) == count


def test_a_new_grade_takes_the_place_of_the_one_that_stood(scene: Scene, graded: str) -> None:
    with clock.frozen(clock.midnight(date(2027, 6, 1)) - timedelta(days=70)):
        newer = scene.upto("second_review", total=95)
        assert scene.public()["current"]["grade"] == 4
        assert scene.again(newer).status_code == 201
        seen: Any = scene.public()
    assert (seen["current"]["grade"], [each["state"] for each in seen["history"]]) == (5, ["replaced"])
    assert scene.state(graded) == "replaced"


def test_a_revoked_grade_counts_no_more_at_once(scene: Scene, graded: str) -> None:
    assert scene.check(graded, "revoke").json["state"] == "revoked"
    assert (scene.public()["current"], scene.public()["history"][0]["state"]) == (None, "revoked")


def test_of_checks_every_year_the_next_is_counted_from_publishing() -> None:
    published, until = date(2028, 2, 29), date(2031, 2, 27)
    first = standards.CURRENT.next_check(published, date(2029, 2, 28), until)
    assert first == date(2030, 2, 28)
    assert standards.CURRENT.next_check(published, first, until) is None
