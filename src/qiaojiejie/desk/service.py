"""Draw numbers, call them in order, end them."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db, violated
from qiaojiejie.desk import facts, queries
from qiaojiejie.desk.errors import NobodyWaiting, TicketHeld
from qiaojiejie.desk.lifecycle import TICKET
from qiaojiejie.desk.models import DeskDay, DeskTicket
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.stations import queries as stations

#: numbers ended in one transaction
BATCH = 500


def draw(*, actor: Actor, station_id: UUID, subject: str, phone: str | None) -> DeskTicket:
    """The day's next number: for oneself, or by the station's clerk for who walks in, with a phone or without.

    The count is a row of the day that who draws holds until the transaction ends: 1, 2, 3 without a hole or a double,
    from 1 again at midnight in Shanghai. Raises StationNotFound, TicketHeld, BadPhone.
    """
    clerk = actor.role == Role.STATION_CLERK
    station = stations.own(actor, station_id) if clerk else stations.get(station_id)
    whose = actor.account_id if not clerk else identity.account_for(phone=phone).id if phone else None
    day = clock.today()
    counted = insert(DeskDay).values(station_id=station.id, day=day, last=1)
    number = db.session.scalars(counted.on_conflict_do_update(
        index_elements=["station_id", "day"], set_={"last": DeskDay.last + 1}).returning(DeskDay.last)).one()
    made = DeskTicket(id=ids.new(), station_id=station.id, day=day, number=number, subject=subject, account_id=whose,
                      state=TICKET.initial, drawn_by=actor.account_id, drawn_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) != "uq_desk_ticket_held" or whose is None:
            raise
        raise TicketHeld(number=queries.held(station.id, day, whose)) from error
    _record(facts.DRAWN, made, actor.ref)
    return queries.get(made.id)


def call(*, actor: Actor, station_id: UUID, window: int, subjects: list[str] | None) -> DeskTicket:
    """Call the lowest number that waits to a window; two windows at once never call the same.

    Raises StationNotFound, NobodyWaiting.
    """
    station = stations.own(actor, station_id)
    found = queries.next_waiting(station.id, clock.today(), subjects)
    if found is None:
        raise NobodyWaiting()
    return _call(found, actor, window)


def answer(*, actor: Actor, ticket_id: UUID, answer: str, window: int | None) -> DeskTicket:
    """``serve``, ``miss``, ``call`` again (to a window): the station; ``leave``: the visitor too.

    Raises TicketNotFound, NotYourStep, StepNotPossible.
    """
    found = queries.get(ticket_id, lock=True)
    party = queries.party(actor, found)
    row = TICKET.find(answer, state=found.state, party=party)
    if answer == "call":
        return _call(found, actor, window or found.window or 1)
    TICKET.move(found, answer, party=party)
    found.ended_at = clock.now()
    db.session.flush()
    _record(row.fact, found, actor.ref)
    return found


def end_day() -> None:
    """Numbers of days gone by end; nobody is called tomorrow for today's."""
    for ticket_id in queries.open_before(clock.today(), BATCH):
        found = queries.get(ticket_id, lock=True)
        if found.state in TICKET.steps["leave"].sources:
            row = TICKET.move(found, "leave", party="system")
            found.ended_at = clock.now()
            _record(row.fact, found, ledger.SYSTEM)


def _call(found: DeskTicket, actor: Actor, window: int) -> DeskTicket:
    row = TICKET.move(found, "call", party="station")
    found.window, found.called_at = window, found.called_at or clock.now()
    db.session.flush()
    _record(row.fact, found, actor.ref)
    if found.account_id is not None:
        messages.notify(account_id=found.account_id, kind="desk_called",
                        key=f"desk:{found.id}:{clock.now().isoformat()}", data={
                            "ticket": str(found.id), "number": found.number, "window": window})
    return found


def _record(fact: str, found: DeskTicket, by: str) -> None:
    data = {"ticket": str(found.id), "number": found.number, "subject": found.subject}
    ledger.append(fact, subject=f"station:{found.station_id}", actor=by, data={
        **data, **({"window": found.window} if fact == facts.CALLED else {})})
