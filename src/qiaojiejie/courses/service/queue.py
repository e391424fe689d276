"""Seats and who waits for them: one order, nobody jumps it, nothing is oversold.

Whatever changes a session's seats locks its row first, so that everybody who asks at once is put in one order.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from stdnum.cn import ric

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import FIRM, Actor, Role
from qiaojiejie.core.db import db, violated
from qiaojiejie.courses import facts
from qiaojiejie.courses.errors import (AlreadyEnrolled, ConsentRequired, EnrolmentClosed, NotEligible, OfferOver,
                                       PlaceNotFound)
from qiaojiejie.courses.lifecycle import PLACE, SESSION
from qiaojiejie.courses.models import CoursePlace, CourseSession
from qiaojiejie.courses.queries import places, sessions
from qiaojiejie.courses.rules import eligibility
from qiaojiejie.ledger import service as ledger
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.errors import WorkerNotFound
from qiaojiejie.workers.models import Worker
from qiaojiejie.workers.rules import in_date

#: offers ended in one transaction
BATCH = 100

Reason = tuple[str, str, str]


def enrol(*, actor: Actor, session_id: UUID, worker_id: UUID | None = None, consent: str | None = None) -> CoursePlace:
    """Enrol a worker (herself, one of the firm's, or who asked at a station), or put her at the end of the queue.

    Raises WorkerNotFound, ConsentRequired, CourseSessionNotFound, StepNotPossible, EnrolmentClosed, NotEligible,
    AlreadyEnrolled.
    """
    worker, via = _whom(actor, worker_id)
    if via == "clerk" and not consent:
        raise ConsentRequired()
    session = sessions.get(session_id, lock=True)
    require_open(session)
    lacking = reasons(session, worker)
    if lacking:
        raise NotEligible(reasons_zh="；".join(zh for _, zh, _ in lacking), reasons_en="; ".join(
            en for _, _, en in lacking), errors=[{"in": "body", "pointer": "/worker_id", "code": code,
                                                  "message": f"{zh} · {en}"} for code, zh, en in lacking])
    try:
        with db.session.begin_nested():
            [made] = put(session=session, people=[worker], via=via, by=actor,
                         consent=consent if via == "clerk" else None)
    except IntegrityError as error:
        if violated(error) != "uq_course_place_worker":
            raise
        raise AlreadyEnrolled() from error
    return places.get(made.id)


def require_open(session: CourseSession) -> None:
    """Nothing, while enrolment is open. Raises StepNotPossible, EnrolmentClosed."""
    SESSION.find("begin", state=session.state, party="system")
    if clock.now() >= session.starts_at:
        raise EnrolmentClosed(until=clock.local(session.starts_at).isoformat(timespec="minutes"))


def _whom(actor: Actor, worker_id: UUID | None) -> tuple[Worker, str]:
    if actor.role == Role.WORKER:
        own = workers.of_account(actor.account_id)
        if worker_id not in (None, own.id):
            raise WorkerNotFound()
        return own, "worker"
    if worker_id is None:
        raise WorkerNotFound()
    if actor.role in FIRM and actor.org_id is not None:
        return workers.of_firm(actor.org_id, worker_id), "firm"
    return workers.get(worker_id), "clerk"


def reasons(session: CourseSession, worker: Worker) -> list[Reason]:
    """Every condition of the course that a worker does not meet on the day the session begins."""
    on = clock.local(session.starts_at).date()
    return eligibility.reasons(session.course.conditions, born=ric.get_birth_date(worker.id_number.reveal()),
                               held=in_date(worker.certificates, on), on=on)


def put(*, session: CourseSession, people: Sequence[Worker], via: str, by: Actor,
        consent: str | None = None) -> list[CoursePlace]:
    """Give people (none of whom is there) the free seats in order, and the rest their places in the queue.

    While anybody waits, nobody who comes gets a seat: it is hers who waits. The session is locked.
    """
    free = 0 if places.is_queued(session.id) else session.free
    made = [CoursePlace(
        id=ids.new(), session_id=session.id, worker_id=worker.id, firm_id=worker.firm_id, state=PLACE.initial,
        position=session.queued + number, via=via, consent=consent, enrolled_by=by.account_id, asked_at=clock.now(),
        completed=False) for number, worker in enumerate(people, 1)]
    for place in made[:free]:
        PLACE.move(place, "admit", party="system")
    session.queued += len(made)
    session.taken += len(made[:free])
    db.session.add_all(made)
    db.session.flush()
    for fact, those in ((facts.ENROLLED, made[:free]), (facts.WAITING, made[free:])):
        record(fact, those, by.ref, via=via)
    return made


def record(fact: str, those: Sequence[CoursePlace], by: str, /, **more: Any) -> None:
    """The same fact of some places."""
    ledger.append_many(fact, actor=by, about=[
        (place.subject, {"session": str(place.session_id), "place": str(place.id), "position": place.position, **more})
        for place in those])


def answer(*, actor: Actor, place_id: UUID, answer: str) -> CoursePlace:
    """``accept`` or ``decline`` an offered seat, or ``leave``, by its holder; what becomes free is offered on at once.

    Raises PlaceNotFound, StepNotPossible, OfferOver, EnrolmentClosed.
    """
    session = sessions.get(places.held(actor, place_id).session_id, lock=True)
    place = places.get(place_id, lock=True)
    if not places.is_holder(actor, place):
        raise PlaceNotFound()
    row = PLACE.find(answer, state=place.state, party="holder")
    if answer == "leave":
        require_open(session)
    if answer == "accept" and place.offer_until is not None and clock.now() >= place.offer_until:
        raise OfferOver(until=clock.local(place.offer_until).isoformat(timespec="minutes"))
    frees = answer != "accept" and place.state != "waiting"
    PLACE.move(place, answer, party="holder")
    record(row.fact, [place], actor.ref)
    if frees:
        session.taken -= 1
        offer_free(session=session, by=actor.ref)
    db.session.flush()
    return place


def remove(*, actor: Actor, place_id: UUID) -> CoursePlace:
    """Take somebody off a session, by its trainer or the federation, before it begins.

    Raises PlaceNotFound, NotYourSession, StepNotPossible, EnrolmentClosed.
    """
    session = sessions.led(actor, places.get(place_id).session_id, lock=True)
    place = places.get(place_id, lock=True)
    row = PLACE.find("leave", state=place.state, party="trainer")
    require_open(session)
    session.taken -= place.state == "enrolled"
    PLACE.move(place, "leave", party="trainer")
    record(row.fact, [place], actor.ref)
    offer_free(session=session, by=actor.ref)
    db.session.flush()
    return place


def offer_free(*, session: CourseSession, by: str) -> None:
    """Offer every free seat to who waits first, until the session begins; the session is locked.

    An offered seat is taken until it is answered, so that two are never offered one.
    """
    now = clock.now()
    if session.state != "open" or session.free <= 0 or now >= session.starts_at:
        return
    db.session.flush()
    first = places.queue(session.id, session.free)
    until = min(now.replace(microsecond=0) + timedelta(hours=session.offer_hours), session.starts_at)
    for place in first:
        PLACE.move(place, "offer", party="system")
        place.offer_until = until
    session.taken += len(first)
    db.session.flush()
    record(facts.OFFERED, first, by, until=until.isoformat())


def end_offers() -> None:
    """Seats nobody took in time go to who is next, and so on until they are taken or nobody waits."""
    for session_id, place_id in places.over(clock.now(), BATCH):
        session = sessions.get(session_id, lock=True)
        place = places.get(place_id, lock=True)
        if place.state != "offered" or place.offer_until is None or place.offer_until > clock.now():
            continue
        row = PLACE.move(place, "lapse", party="system")
        session.taken -= 1
        record(row.fact, [place], ledger.SYSTEM)
        offer_free(session=session, by=ledger.SYSTEM)
