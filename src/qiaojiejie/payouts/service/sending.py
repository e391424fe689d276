"""Send what was approved. Never calls the outside with a row locked: sent first (committed), asked, then applied."""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError

from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import checkpoint, db, violated
from qiaojiejie.ledger import service as ledger
from qiaojiejie.payments.errors import PaymentRefused, StripeBroke
from qiaojiejie.payouts.errors import BankReferenceTaken, SentByItself, WrongTransfer
from qiaojiejie.payouts.gateway import Driver, Order, Transfer, driver
from qiaojiejie.payouts.lifecycle import ITEM
from qiaojiejie.payouts.models import PayoutItem
from qiaojiejie.payouts.queries import items as queries
from qiaojiejie.payouts.service import records

log = structlog.get_logger()

#: Stripe forgets a key after a day: long before, a transfer whose answer was lost is looked for rather than asked again
KEY_KEPT = timedelta(hours=12)


def record_reference(*, actor: Actor, item_id: UUID, reference: str) -> PayoutItem:
    """The bank carried a transfer out; ``reference``: the bank's.

    Raises PayoutItemNotFound, SentByItself, StepNotPossible, BankReferenceTaken.
    """
    item = _by_hand(item_id)
    row = ITEM.move(item, "send", party="federation")
    item.sent_at, item.bank_reference = clock.now(), reference
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as error:
        if violated(error) == "uq_payout_item_bank_reference":
            raise BankReferenceTaken() from error
        raise
    records.record(row.fact, item, actor.ref)
    _pay(item, "federation", actor.ref, kind="paid_out", ref=str(item.id))
    return item


def record_failure(*, actor: Actor, item_id: UUID, reason: str) -> PayoutItem:
    """The bank did not carry a transfer out: it is owed to the firm again.

    Raises PayoutItemNotFound, SentByItself, StepNotPossible.
    """
    item = _by_hand(item_id)
    _fail(item, reason, "federation", actor.ref)
    return item


def record_reversal(*, actor: Actor, item_id: UUID, reason: str) -> PayoutItem:
    """The bank sent a transfer back that had been paid: it is owed to the firm again.

    Raises PayoutItemNotFound, SentByItself, StepNotPossible.
    """
    item = _by_hand(item_id)
    ITEM.find("reverse", state=item.state, party="federation")
    item.failure = reason
    _take_back(item, item.amount_fen, "federation", actor.ref, kind="payout_reversed", ref=str(item.id))
    return item


def _by_hand(item_id: UUID) -> PayoutItem:
    item = queries.locked(item_id)
    if item.account is not None and _driver(item).by_itself:
        raise SentByItself()
    return item


def _driver(item: PayoutItem) -> Driver:
    assert item.account is not None  # whatever was batched has one (a check of the table)
    return driver(item.account.kind)


def transfer(*, item_id: UUID) -> None:
    """Have an approved item paid by a driver that does so by itself; one on its way, until its answer is known.

    Raises StripeDown: the job is tried again.
    """
    item = queries.locked(item_id)
    if item.state not in ("approved", "sent") or not _driver(item).by_itself:
        return
    if item.state == "approved":
        row = ITEM.move(item, "send", party="system")
        item.sent_at = clock.now()
        records.record(row.fact, item, ledger.SYSTEM)
    item.checked_at = clock.now()
    assert item.account is not None and item.sent_at is not None and item.account.stripe_account is not None
    order = Order(item.id, item.amount_fen, item.account.stripe_account, _key(item.id, item.attempt))
    attempt, sent_at, by = item.attempt, item.sent_at, _driver(item)
    checkpoint()
    try:
        news = by.send(order, asked_before=attempt > 1 or clock.now() - sent_at > KEY_KEPT)
    except StripeBroke:
        # Stripe keeps its 5xx under the key: the sweep asks again with another, having looked for the transfer first
        again = queries.locked(item_id)
        again.attempt = max(again.attempt, attempt + 1)
        return
    except PaymentRefused as refused:
        refused_item = queries.locked(item_id)
        if refused_item.state == "sent":
            _fail(refused_item, str(refused.params["code"]), "system", ledger.SYSTEM)
        return
    if news is not None:
        apply(news=news)


def _key(item_id: UUID, attempt: int) -> str:
    return str(item_id) if attempt == 1 else f"{item_id}:{attempt}"


def look_at(*, transfer_id: str) -> None:
    """Ask Stripe how a transfer stands (a webhook said it changed), and apply it; one Stripe has not got is let be."""
    news = driver("stripe").find(transfer_id)
    if news is not None:
        apply(news=news)


def apply(*, news: Transfer) -> None:
    """Make our row say what the outside says, forward only; the same news twice changes nothing.

    A transfer that is not ours is left alone. Raises WrongTransfer when amount, account or id differ.
    """
    found = queries.of_transfer(news.id, news.item)
    if found is None:
        log.info("not our transfer", transfer=news.id)
        return
    item = queries.locked(found.id)
    there = item.account.stripe_account if item.account is not None else None
    if (news.amount, news.destination) != (item.amount_fen, there) or item.transfer_id not in (None, news.id):
        raise WrongTransfer()
    item.transfer_id, item.checked_at = news.id, clock.now()
    if item.state == "sent":
        _pay(item, "system", ledger.SYSTEM, kind="transferred", ref=news.id)
    back = news.taken_back - item.reversed_fen
    if back > 0 and item.state == "paid":
        _take_back(item, back, "system", ledger.SYSTEM, kind="transfer_reversed", ref=f"{news.id}:{news.taken_back}")


def _pay(item: PayoutItem, party: str, by: str, *, kind: str, ref: str) -> None:
    row = ITEM.move(item, "pay", party=party)
    item.paid_at = clock.now()
    books_service.post(kind=kind, ref=ref, lines=books.paid_out(item.id, item.amount_fen, _driver(item).account))
    records.record(row.fact, item, by)
    records.tell("payout_paid", item, item.amount_fen)
    db.session.flush()


def _fail(item: PayoutItem, failure: str, party: str, by: str) -> None:
    row = ITEM.move(item, "fail", party=party)
    item.failure, item.ended_at = failure, clock.now()
    books_service.post(kind="payout_failed", ref=str(item.id),
                       lines=books.reverse(books.set_aside(item.id, item.firm_id, item.amount_fen)))
    records.record(row.fact, item, by, failure=failure)
    records.tell("payout_failed", item, item.amount_fen)
    db.session.flush()


def _take_back(item: PayoutItem, back: int, party: str, by: str, *, kind: str, ref: str) -> None:
    """``back`` fen of what was paid came back; all of it ends the item."""
    item.reversed_fen += back
    whole = item.reversed_fen == item.amount_fen
    row = ITEM.move(item, "reverse" if whole else "reverse_part", party=party)
    if whole:
        item.ended_at = clock.now()
    books_service.post(kind=kind, ref=ref, lines=books.sent_back(item.firm_id, back, _driver(item).account))
    records.record(row.fact, item, by, amount=back)
    records.tell("payout_reversed", item, back, times=f":{item.reversed_fen}")
    db.session.flush()
