"""Post and close orders; take, give back, deliver, judge, pay, confirm."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.handwork import facts, queries, rules
from qiaojiejie.handwork.errors import (
    HandworkDaysDoNotFit, HandworkOver, PaymentReferenceMissing, PiecesDoNotFit, PiecesTooMany)
from qiaojiejie.handwork.lifecycle import ORDER, TAKE
from qiaojiejie.handwork.models import HandworkOrder, HandworkTake
from qiaojiejie.ledger import queries as entries, service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.stations import service as stations

#: orders closed in one transaction
BATCH = 200
#: fact → kind of notification to the maker
NEWS = {facts.JUDGED: "handwork_judged", facts.PAID: "handwork_paid"}


def post(*, actor: Actor, pieces: int, due_on: date, **told: Any) -> HandworkOrder:
    """Put an order on the board of the clerk's station. Raises HandworkDaysDoNotFit."""
    if actor.org_id is None:
        raise PermissionError("a clerk belongs to a station")
    if not clock.today() <= due_on <= clock.today() + timedelta(days=rules.LONGEST):
        raise HandworkDaysDoNotFit(most=rules.LONGEST)
    made = HandworkOrder(id=ids.new(), board_id=actor.org_id, pieces=pieces, free=pieces, due_on=due_on,
                         state=ORDER.initial, posted_by=actor.account_id, posted_at=clock.now(), **told)
    db.session.add(made)
    db.session.flush()
    ledger.append(facts.POSTED, subject=made.ref, actor=actor.ref, data={
        "station": str(made.board_id), "pieces": pieces, "unit_fen": made.unit_fen})
    return queries.get(made.id)


def close(*, actor: Actor, order_id: UUID) -> HandworkOrder:
    """Take an order off the board; what was taken goes on. Raises HandworkNotFound, StepNotPossible."""
    found = queries.own(actor, order_id, lock=True)
    _close(found, "station", actor.ref)
    db.session.flush()
    return found


def close_due() -> None:
    """Orders come off the board after the day of delivery."""
    for order_id in queries.over(clock.today(), BATCH):
        found = queries.get(order_id, lock=True)
        if found.state == "open":
            _close(found, "system", ledger.SYSTEM)


def _close(found: HandworkOrder, party: str, by: str) -> None:
    row = ORDER.move(found, "close", party=party)
    found.closed_at = clock.now()
    ledger.append(row.fact, subject=found.ref, actor=by, data={"left": found.free})


def take(*, actor: Actor, order_id: UUID, pieces: int, name: str, phone: str | None,
         consent: str | None) -> HandworkTake:
    """Take pieces home: for oneself, or by a clerk for who asked at her desk. Never more than are left.

    Raises HandworkNotFound, HandworkOver, PiecesTooMany, VisitorUnknown, BadPhone.
    """
    asked = stations.asking(actor=actor, phone=phone, consent=consent)
    order = queries.get(order_id, lock=True)
    if order.state != "open" or clock.today() > order.due_on:
        raise HandworkOver()
    if pieces > order.free:
        raise PiecesTooMany(left=order.free)
    order.free -= pieces
    made = HandworkTake(id=ids.new(), order_id=order.id, pieces=pieces, name=name, state=TAKE.initial,
                        changed_at=clock.now(), **asked)
    db.session.add(made)
    db.session.flush()
    _record(facts.TAKEN, made, actor.ref, pieces=pieces, via=made.via,
            station=str(made.station_id) if made.station_id else None)
    return queries.take(made.id)


def answer(*, actor: Actor, take_id: UUID, answer: str, accepted: int | None, reason: str | None,
           reference: str | None) -> HandworkTake:
    """``give_back``, ``deliver``, ``judge`` (how many are good), ``pay`` (with its number), ``receive``, ``miss``.

    What is given back or not good is on the board again.
    Raises TakeNotFound, NotYourStep, StepNotPossible, PiecesDoNotFit, PaymentReferenceMissing.
    """
    order = queries.get(queries.take(take_id).order_id, lock=True)
    found = queries.take(take_id, lock=True)
    party = queries.party(actor, found)
    TAKE.find(answer, state=found.state, party=party)
    data: dict[str, Any] = {}
    if answer == "give_back":
        order.free += found.pieces
        data = {"pieces": found.pieces}
    elif answer == "judge":
        data = _judge(order, found, accepted, reason)
    elif answer == "pay":
        if not reference:
            raise PaymentReferenceMissing()
        found.reference = reference
        data = {"pay_fen": found.pay_fen}
    row = TAKE.move(found, answer, party=party)
    found.reason, found.changed_at = reason or found.reason, clock.now()
    db.session.flush()
    _record(row.fact, found, actor.ref, **data)
    return found


def _judge(order: HandworkOrder, found: HandworkTake, accepted: int | None, reason: str | None) -> dict[str, Any]:
    if accepted is None or not rules.fair(accepted, found.pieces, reason):
        raise PiecesDoNotFit(taken=found.pieces)
    found.accepted, found.pay_fen = accepted, rules.pay(accepted, order.unit_fen)
    found.judged_on = clock.today()
    order.free += found.pieces - accepted
    return {"accepted": accepted, "back": found.pieces - accepted, "pay_fen": found.pay_fen}


def _record(fact: str, found: HandworkTake, by: str, /, **data: Any) -> None:
    ledger.append(fact, subject=f"account:{found.account_id}", actor=by, data={
        "order": str(found.order_id), "take": str(found.id), **data})


def tell(*, entry_id: int) -> None:
    """The maker finds what was judged and paid in the inbox."""
    entry = entries.get(entry_id)
    found = queries.take(UUID(entry.data["take"]))
    messages.notify(account_id=found.account_id, kind=NEWS[entry.fact], key=f"ledger:{entry_id}", data={
        "take": str(found.id), "title": found.order.title, "accepted": found.accepted, "pieces": found.pieces})
