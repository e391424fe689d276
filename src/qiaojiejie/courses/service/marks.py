"""Assess, re-sit, pass, certify."""

from datetime import date, timedelta
from uuid import UUID

import structlog

from qiaojiejie.certificates.errors import BodyMayNotIssue
from qiaojiejie.certificates.service import certificates
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.courses import facts
from qiaojiejie.courses.errors import (AlreadyPassedPart, AssessorNotIndependent, AttendanceTooLow, NoAttemptsLeft,
                                       ResitTooSoon)
from qiaojiejie.courses.lifecycle import PLACE
from qiaojiejie.courses.models import CourseMark, CoursePlace
from qiaojiejie.courses.queries import places
from qiaojiejie.courses.rules import marks as rules
from qiaojiejie.courses.service import queue

log = structlog.get_logger()

#: certificates that were held up, issued in one transaction
BATCH = 50


def give(*, actor: Actor, place_id: UUID, part: str, points: int, note: str) -> CoursePlace:
    """An assessor's mark for one part. Who has passed all parts has passed, and is certified at once.

    Raises PlaceNotFound, StepNotPossible, AssessorNotIndependent, AttendanceTooLow, AlreadyPassedPart, ResitTooSoon,
    NoAttemptsLeft.
    """
    place = places.get(place_id, lock=True)
    course = place.session.course
    PLACE.find("pass", state=place.state, party="assessor")
    _require_independent(actor, place, part)
    attended = places.attended(place)
    if attended < course.least_attendance:
        raise AttendanceTooLow(attended=attended // 10, least=course.least_attendance // 10)
    attempt = _next_attempt(place, part)
    passed = points >= (course.theory_pass if part == "theory" else course.practice_pass)
    mark = CourseMark(id=ids.new(), place_id=place.id, part=part, attempt=attempt, points=points, passed=passed,
                      assessor_id=actor.account_id, note=note, at=clock.now())
    db.session.add(mark)
    db.session.flush()
    queue.record(facts.MARKED, [place], actor.ref, part=part, attempt=attempt, points=points, passed=passed)
    if rules.passed([*place.marks, mark], rules.parts_of(course.theory_minutes, course.practice_minutes)):
        _pass(place, actor)
    db.session.flush()
    db.session.expire(place)
    return places.get(place.id)


def _require_independent(actor: Actor, place: CoursePlace, part: str) -> None:
    taught = part == "practice" and actor.account_id == place.session.trainer_id
    if taught or actor.account_id == place.worker.account_id:
        raise AssessorNotIndependent()


def _next_attempt(place: CoursePlace, part: str) -> int:
    course, there = place.session.course, rules.of_part(place.marks, part)
    if rules.passed(place.marks, [part]):
        raise AlreadyPassedPart()
    if len(there) >= course.attempts:
        raise NoAttemptsLeft(most=course.attempts)
    day = rules.resit_from(place.marks, part, course.resit_days)
    if day is not None and clock.today() < day:
        raise ResitTooSoon(day=day.isoformat())
    return len(there) + 1


def _pass(place: CoursePlace, actor: Actor) -> None:
    row = PLACE.move(place, "pass", party="assessor")
    if place.session.state == "finished":
        place.completed = True
    queue.record(row.fact, [place], actor.ref)
    _certify(place, actor)


def _certify(place: CoursePlace, actor: Actor) -> None:
    """The certificate; while the body may not issue, the pass stands and the certificate follows (``certify_due``)."""
    course, today = place.session.course, clock.today()
    try:
        with db.session.begin_nested():
            made = certificates.issue(
                actor=actor, worker_id=place.worker_id, body_id=course.body_id, occupation=course.occupation,
                level=course.level, title=course.title, title_en=course.title_en,
                hours=(course.theory_minutes + course.practice_minutes) // 45, issued_on=today,
                valid_until=None if course.valid_years is None else years_on(today, course.valid_years),
                assessed_by=actor.account_id, ref=f"place:{place.id}")
    except BodyMayNotIssue:
        log.warning("a pass waits for its certificate", place=str(place.id), body=str(course.body_id))
        return
    place.serial = made.serial


def years_on(day: date, years: int) -> date:
    """The last day of so many years from a day."""
    try:
        return day.replace(year=day.year + years) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)


def certify_due() -> None:
    """Certificates that were held up by their body, signed by who assessed last."""
    for place_id in places.uncertified(BATCH):
        place = places.get(place_id, lock=True)
        if place.serial is None and place.session.course.body.state == "accredited":
            assessor = place.marks[-1].assessor_id
            _certify(place, Actor(assessor, assessor, Role.TRAINER, None))
