"""Read series and their occurrences, and lock them: the series first, then its bookings."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from qiaojiejie.booking.lifecycle import LIVE
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.queries.shown import AROUND
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Household
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.series import rules
from qiaojiejie.series.errors import OccurrenceNotFound, SeriesNotFound
from qiaojiejie.series.lifecycle import SERIES, STANDING, UNDECIDED
from qiaojiejie.series.models import Occurrence, Series
from qiaojiejie.workers.models import Worker

_AROUND = (joinedload(Series.worker).load_only(Worker.called, Worker.no, Worker.account_id),
           joinedload(Series.firm).load_only(Firm.name), joinedload(Series.service),
           joinedload(Series.household).load_only(Household.account_id))


def get(id: UUID, lock: bool = False) -> Series:
    """A series with whom it is about. Raises SeriesNotFound."""
    stmt = sa.select(Series).where(Series.id == id).options(*_AROUND)
    if lock:  # first, then read, as ``booking.queries.get`` does
        db.session.execute(sa.select(Series.id).where(Series.id == id).with_for_update(key_share=True))
        stmt = stmt.execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise SeriesNotFound()
    return found


def of_party(actor: Actor, id: UUID) -> Series:
    """A series the actor, in her present role, is a party to. Raises SeriesNotFound, to strangers too."""
    found = get(id)
    mine = {Role.HOUSEHOLD: found.household.account_id == actor.account_id,
            Role.WORKER: found.worker.account_id == actor.account_id}
    if not (found.firm_id == actor.org_id if actor.role in FIRM else mine.get(actor.role, False)):
        raise SeriesNotFound()
    return found


def of_household(actor: Actor, id: UUID, step: str) -> Series:
    """A household's own series, locked, of which a step is possible. Raises SeriesNotFound, StepNotPossible."""
    found = of_party(actor, id)
    if actor.role != Role.HOUSEHOLD:
        raise SeriesNotFound()
    found = get(id, lock=True)
    SERIES.find(step, state=found.state, party="household")
    return found


def mine(actor: Actor, *, booking_id: UUID | None = None, cursor: str | None = None, limit: int) -> paging.Page:
    """Series of the actor in her present role, newest first, one page, each with how many visits it has in which
    state; the one a booking is a visit of, if that is asked."""
    stmt = sa.select(Series).options(*_AROUND)
    if actor.role == Role.HOUSEHOLD:
        stmt = stmt.where(Series.household_id == sa.select(Household.id).where(
            Household.account_id == actor.account_id).scalar_subquery())
    elif actor.role == Role.WORKER:
        stmt = stmt.where(Series.worker_id == sa.select(Worker.id).where(
            Worker.account_id == actor.account_id).scalar_subquery())
    else:
        stmt = stmt.where(Series.firm_id == actor.org_id)
    if booking_id is not None:
        stmt = stmt.where(Series.id == sa.select(Occurrence.series_id).where(
            Occurrence.booking_id == booking_id).scalar_subquery())
    page = paging.keyset(stmt, [Series.id], cursor=cursor, limit=limit, scope=paging.scope_of(
        "series", [actor.account_id, actor.role, actor.org_id, booking_id]))
    return paging.Page(counted(page.items), page.next_cursor)


def counted(found: Sequence[Series]) -> list[dict[str, Any]]:
    """Series with their ``visits``: how many there are in which state."""
    stmt = sa.select(Occurrence.series_id, Occurrence.state, sa.func.count()).where(
        Occurrence.series_id.in_([each.id for each in found])).group_by(Occurrence.series_id, Occurrence.state)
    counts: dict[UUID, dict[str, int]] = {each.id: dict.fromkeys(
        ("booked", "asked", "skipped", "cancelled"), 0) for each in found}
    for series_id, state, count in db.session.execute(stmt):
        counts[series_id][state] = count
    return [{"series": each, "visits": counts[each.id]} for each in found]


def occurrences(actor: Actor, id: UUID, *, cursor: str | None = None, limit: int) -> paging.Page:
    """The occurrences of a series in the order of its rule, one page. Raises SeriesNotFound."""
    of_party(actor, id)
    stmt = sa.select(Occurrence).where(Occurrence.series_id == id).options(
        joinedload(Occurrence.series), joinedload(Occurrence.booking).options(*AROUND))
    return paging.keyset(stmt, [Occurrence.day], descending=False, cursor=cursor, limit=limit,
                         scope=paging.scope_of("series-occurrences", [id]))


def shown(ids: Collection[UUID]) -> Sequence[Occurrence]:
    """Occurrences with their bookings as they stand now, in order."""
    stmt = sa.select(Occurrence).where(Occurrence.id.in_(ids)).order_by(Occurrence.day).options(
        joinedload(Occurrence.series), joinedload(Occurrence.booking).options(*AROUND))
    return db.session.scalars(stmt.execution_options(populate_existing=True)).all()


def history(actor: Actor, id: UUID) -> paging.Page:
    """What the ledger says of a series, in order, to its parties. Raises SeriesNotFound."""
    return paging.Page(ledger.about(of_party(actor, id).ref), None)


def rows(series: Series) -> Sequence[Occurrence]:
    """Every occurrence of a locked series, in order."""
    stmt = sa.select(Occurrence).where(Occurrence.series_id == series.id).order_by(Occurrence.day)
    return db.session.scalars(stmt.execution_options(populate_existing=True)).all()


def row(series: Series, day: date) -> Occurrence:
    """The occurrence of a day of the rule of a locked series. Raises OccurrenceNotFound."""
    found = [each for each in rows(series) if each.day == day]
    if not found:
        raise OccurrenceNotFound(day=day.isoformat())
    return found[0]


def in_scope(series: Series, scope: str, day: date | None) -> list[Occurrence]:
    """One occurrence of a locked series, that and the following, or all. Raises OccurrenceNotFound."""
    found = rows(series)
    if scope == "all" or day is None:
        return list(found)
    if day not in {each.day for each in found}:
        raise OccurrenceNotFound(day=day.isoformat())
    return [each for each in found if each.day == day or (scope == "following" and each.day > day)]


def bookings(of: Collection[Occurrence], lock: bool = False) -> dict[UUID, Booking]:
    """The bookings of occurrences, by their ids; locked in the order of those."""
    those = Booking.id.in_([each.booking_id for each in of if each.booking_id])
    if lock:  # first, then read, as ``booking.queries.get`` does
        db.session.execute(sa.select(Booking.id).where(those).order_by(Booking.id).with_for_update(key_share=True))
    stmt = sa.select(Booking).where(those).options(*AROUND).order_by(Booking.id).execution_options(
        populate_existing=True)
    return {booking.id: booking for booking in db.session.scalars(stmt)}


def ahead(of: Collection[Occurrence], found: dict[UUID, Booking]) -> list[tuple[Occurrence, Booking]]:
    """Those occurrences that stand and have not begun, with their bookings, in the order in which they begin."""
    now, pairs = clock.now(), list[tuple[Occurrence, Booking]]()
    for each in of:
        booking = found.get(each.booking_id) if each.booking_id else None
        if not booking or each.state not in STANDING or booking.start <= now:
            continue
        if booking.state in ("held", "asked", "confirmed"):
            pairs.append((each, booking))
    return sorted(pairs, key=lambda pair: pair[1].start)


def of_booking(booking_id: UUID) -> Occurrence | None:
    """The occurrence a booking stands for, if it does."""
    return db.session.scalars(sa.select(Occurrence).where(Occurrence.booking_id == booking_id)).one_or_none()


def unsettled() -> Sequence[UUID]:
    """Series that wait for their first visit to stand although it does, or is gone."""
    stmt = sa.select(Series.id).join(Booking, Booking.id == Series.first_id).where(
        Series.state == "held", Booking.state.not_in(UNDECIDED)).order_by(Series.id).limit(100)
    return db.session.scalars(stmt).all()


def over(series_id: UUID | None = None) -> Sequence[UUID]:
    """Series that stand although nothing of them is ahead or can be brought back, a batch of them; or one, if it is."""
    now = clock.now()
    ahead = sa.select(Occurrence.id).outerjoin(Booking, Booking.id == Occurrence.booking_id).where(
        Occurrence.series_id == Series.id, Occurrence.state != "cancelled", sa.or_(
            Occurrence.starts > now - Series.minutes * sa.text("interval '1 minute'"),
            sa.and_(Occurrence.state.in_(STANDING), Booking.state.in_(LIVE), sa.func.upper(Booking.during) > now)))
    stmt = sa.select(Series.id).where(Series.state == "confirmed", ~ahead.exists())
    if series_id is not None:
        stmt = stmt.where(Series.id == series_id)
    return db.session.scalars(stmt.order_by(Series.id).limit(100)).all()


def unanswered() -> Sequence[UUID]:
    """Bookings of occurrences that are asked although their time to answer is over."""
    stmt = sa.select(Booking.id).join(Occurrence, Occurrence.booking_id == Booking.id).where(
        Occurrence.state == "asked", Booking.state == "expired").order_by(Booking.id).limit(100)
    return db.session.scalars(stmt).all()


def due_to_remind(limit: int) -> Sequence[Occurrence]:
    """Occurrences whose family is to be told now that they are to be paid, locked; others' work is left to them."""
    stmt = sa.select(Occurrence).join(Occurrence.booking).join(Occurrence.series).where(
        Occurrence.remind_at <= clock.now()).options(
        contains_eager(Occurrence.booking).options(*AROUND), contains_eager(Occurrence.series))
    return db.session.scalars(stmt.order_by(Occurrence.remind_at).limit(limit).with_for_update(
        of=Occurrence, skip_locked=True).execution_options(populate_existing=True)).all()


def news(entry_id: int) -> list[dict[str, Any]]:
    """Whom to tell a fact about a series and in what words: arguments of ``messages.service.notify``."""
    entry = ledger.get(entry_id)
    series, (kind, parties) = get(UUID(entry.subject.removeprefix("series:"))), rules.NEWS[entry.fact]
    worker = db.session.get_one(Worker, UUID(entry.data["worker"]))
    data = rules.news_data(series=str(series.id), service_name=series.service.name, worker_called=worker.called,
                           data=entry.data)
    before = db.session.get(Worker, UUID(entry.data["was"])) if kind == "series_reseated" else None
    accounts = {"household": [series.household.account_id], "firm": identity.accounts_in(series.firm_id, *FIRM),
                "worker": [each.account_id for each in (worker, before) if each and each.account_id]}
    return [{"account_id": account, "kind": kind, "data": data, "key": f"ledger:{entry_id}"}
            for party in parties for account in accounts[party]]
