"""Fetch what moved at Stripe, book its fees, and compare. Stripe is never called with anything locked."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.clearing import facts, queries, rules
from qiaojiejie.clearing.gateway import Moved, statement
from qiaojiejie.clearing.models import ClearingDifference, ClearingRun, StripeMovement
from qiaojiejie.core import bulk, clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.payments.gateway import CURRENCY

#: how far before the newest movement we know Stripe is asked again: it may list one later than a younger one
OVERLAP = timedelta(hours=1)
#: what is younger has perhaps not reached the other side yet
IN_FLIGHT = timedelta(minutes=10)


def fetch() -> int:
    """Import what moved at Stripe since the last time and book Stripe's fees; how many movements were new.

    Call with nothing locked. Raises StripeDown or StripeBroke, and then nothing of it is imported.
    """
    last = queries.newest()
    return keep(statement().since(last - OVERLAP if last else None))


def keep(moved: Sequence[Moved]) -> int:
    """Store the movements that are new, in one order so that two who do it at once wait for each other, and post what
    Stripe kept by each and what it sent on to our bank; how many were new."""
    have, now = queries.known(each.id for each in moved), clock.now()
    new = {each.id: each for each in moved if each.id not in have}
    stored = bulk.insert(StripeMovement, [
        {"id": each.id, "type": each.type, "source": each.source, "amount_fen": each.amount, "fee_fen": each.fee,
         "net_fen": each.net, "currency": each.currency, "created_at": each.created, "imported_at": now}
        for _, each in sorted(new.items())], returning=("id",), skip_conflicts=True)
    _book([new[row.id] for row in stored])
    return len(stored)


def _book(moved: Sequence[Moved]) -> None:
    fees = {each.id: _kept(each) for each in moved}
    books_service.post_many(kind="stripe_fee", lines={id: books.stripe_fee(fee) for id, fee in fees.items() if fee})
    books_service.post_many(kind="swept", lines={
        f"{each.source or each.id}:{each.id}": books.swept(-each.amount) for each in moved if _is_swept(each)})


def _is_swept(moved: Moved) -> bool:
    return moved.type in rules.OWN_BANK and moved.currency == CURRENCY


def _kept(moved: Moved) -> int:
    return rules.kept(moved.type, moved.source, moved.amount, moved.fee) if moved.currency == CURRENCY else 0


def compare(*, actor: Actor) -> ClearingRun:
    """Compare now, with what moved at Stripe until now. Call with nothing locked. Raises StripeDown or StripeBroke."""
    fetch()
    run_id = _compare(None, actor)
    assert run_id is not None  # only a night can have been compared already
    return queries.run(run_id)


def compare_night() -> None:
    """The night's comparison when it is due and was not made; two who make it at once make one."""
    night = rules.night_of(clock.local(clock.now()))
    if night is not None and not queries.ran(night):
        _compare(night, None)


def _compare(night: date | None, actor: Actor | None) -> UUID | None:
    now, run_id = clock.now(), ids.new()
    found = queries.compared(now - IN_FLIGHT)
    stmt = insert(ClearingRun).values(
        id=run_id, night=night, asked_by=actor.account_id if actor else None, at=now, movements=found.movements,
        upto=found.upto, stripe_fen=found.stripe_fen, books_fen=found.books_fen, in_flight=found.in_flight,
        differences=len(found.differences))
    stmt = stmt.on_conflict_do_nothing(index_elements=[ClearingRun.night])
    if db.session.execute(stmt.returning(ClearingRun.id)).scalar_one_or_none() is None:
        return None
    bulk.insert(ClearingDifference, [{"run_id": run_id, **each} for each in found.differences])
    ledger.append(facts.COMPARED, subject=f"clearing_run:{run_id}", actor=actor.ref if actor else ledger.SYSTEM,
                  data={"movements": found.movements, "differences": len(found.differences)})
    return run_id
