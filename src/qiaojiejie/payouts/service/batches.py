"""Make a batch, firm by firm, and decide on it. What is set aside no refund can touch any more."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.books import queries as books_queries
from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.core import clock, ids, jobs
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import checkpoint, db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.payouts import facts, rules
from qiaojiejie.payouts.errors import BatchWaiting, PeriodBehind, PeriodNotOver, PeriodUnclear, SecondPersonRequired
from qiaojiejie.payouts.lifecycle import BATCH, ITEM
from qiaojiejie.payouts.models import PayoutBatch, PayoutItem
from qiaojiejie.payouts.queries import accounts, batches as queries, items
from qiaojiejie.payouts.service import records


def make(*, actor: Actor, month: str | None, through: date | None) -> PayoutBatch:
    """Begin a batch of what firms earned through a day or a whole month; a job goes through the firms.

    Raises PeriodUnclear, PeriodNotOver, PeriodBehind, BatchWaiting.
    """
    last = _last_day(month, through)
    if queries.is_undecided():
        raise BatchWaiting()
    settled = queries.settled_through()
    if settled is not None and last < settled:
        raise PeriodBehind(last=settled)
    batch_id = ids.new()
    made = db.session.execute(insert(PayoutBatch).values(
        id=batch_id, state=BATCH.initial, through=last, made_by=actor.account_id, made_at=clock.now(), note="")
        .on_conflict_do_nothing().returning(PayoutBatch.id)).scalar_one_or_none()
    if made is None:
        raise BatchWaiting()
    jobs.defer("payouts.fill", batch_id=str(batch_id))
    return queries.get(batch_id)


def _last_day(month: str | None, through: date | None) -> date:
    if (month is None) == (through is None):
        raise PeriodUnclear()
    last = through or rules.last_day(str(month))
    if last > clock.today():
        raise PeriodNotOver(last=clock.today())
    return last


def fill(*, batch_id: UUID) -> None:
    """Go through the firms the platform owes, each in a transaction of its own; then the batch waits for its decision.

    Begun again it goes on where it was.
    """
    for firm_id in queries.firms_owed():
        _take_up(batch_id, firm_id)
        checkpoint()
    batch = queries.get(batch_id, lock=True)
    if batch.state == "making":
        BATCH.move(batch, "present", party="system")


def _take_up(batch_id: UUID, firm_id: UUID) -> None:
    batch = queries.making(batch_id)
    if batch is None:
        return
    books_service.lock(books.firm_payable(firm_id))
    if items.is_in(batch_id, firm_id):
        return
    until = clock.midnight(batch.through + timedelta(days=1))
    movements, since = items.unclaimed(firm_id, until)
    last = items.last(firm_id)
    if movements or (last is not None and last.carried_fen > 0):
        item = last if last is not None and last.state == "accrued" else _open(firm_id, last, batch, items.day_after(
            last, since))
        _settle(item, batch, items.claim(item, until))


def _open(firm_id: UUID, last: PayoutItem | None, batch: PayoutBatch, since: date) -> PayoutItem:
    """The firm's next statement, nothing on it yet."""
    opening, now = last.carried_fen if last is not None else 0, clock.now()
    made = PayoutItem(
        id=ids.new(), firm_id=firm_id, number=last.number + 1 if last is not None else 1, state=ITEM.initial,
        since=min(since, batch.through), through=batch.through, opening_fen=opening, movements_fen=0, offset_fen=0,
        amount_fen=0, carried_fen=opening, times=0, attempt=1, reversed_fen=0, made_at=now, checked_at=now)
    db.session.add(made)
    db.session.flush()
    return made


def _settle(item: PayoutItem, batch: PayoutBatch, movements: int) -> None:
    """Cancel what the firm owes, set aside what it is paid, carry the rest. The firm's balance is locked."""
    firm_id, account = item.firm_id, accounts.verified(item.firm_id)
    found = rules.split(
        owed=item.opening_fen + movements - item.offset_fen, minimum=accounts.minimum(clock.today()),
        payable=books_queries.held(books.firm_payable(firm_id)),
        receivable=books_queries.balance(books.firm_receivable(firm_id)), somewhere=account is not None)
    with db.session.no_autoflush:  # state and amounts change together, or the table refuses them
        item.movements_fen, item.carried_fen = movements, found.carried
        item.through = max(item.through, batch.through)
        item.offset_fen += found.offset
        if account is not None and found.amount:
            row = ITEM.move(item, "batch", party="system")
            item.amount_fen, item.batch_id, item.account_id = found.amount, batch.id, account.id
            item.times += 1
        db.session.flush()
    if found.offset:
        books_service.post(kind="offset", ref=f"{item.id}:{item.offset_fen}", lines=books.offset(firm_id, found.offset))
    if account is not None and found.amount:
        books_service.post(kind="set_aside", ref=records.key(item),
                           lines=books.set_aside(item.id, firm_id, found.amount))
        records.record(row.fact, item, ledger.SYSTEM, batch=str(batch.id), offset=item.offset_fen)
    db.session.flush()


def approve(*, actor: Actor, batch_id: UUID, note: str) -> PayoutBatch:
    """Another person than the maker lets a batch be paid; who has no verified account any more is left out.

    Raises PayoutBatchNotFound, StepNotPossible, SecondPersonRequired.
    """
    batch = _decided(actor, batch_id, "approve", note)
    if batch.made_by == actor.account_id:
        raise SecondPersonRequired()
    approved = []
    for item in queries.set_aside(batch_id):
        if item.account is None or item.account.state != "verified":
            _give_back(item.id)
            continue
        ITEM.move(item, "approve", party="federation")
        item.checked_at = clock.now()
        approved.append(item)
    db.session.flush()
    ledger.append_many(facts.APPROVED, actor=actor.ref,
                       about=[records.about(item, batch=str(batch_id)) for item in approved])
    by_itself = [{"item_id": str(item.id)} for item in approved if item.account and item.account.kind == "stripe"]
    if by_itself:
        jobs.defer_many("payouts.transfer", by_itself)
    return batch


def reject(*, actor: Actor, batch_id: UUID, note: str) -> PayoutBatch:
    """Let nothing of a batch be paid: a job gives back what was set aside. Raises PayoutBatchNotFound, StepNotPossible.
    """
    batch = _decided(actor, batch_id, "reject", note)
    db.session.flush()
    jobs.defer("payouts.give_back")
    return batch


def _decided(actor: Actor, batch_id: UUID, step: str, note: str) -> PayoutBatch:
    batch = queries.get(batch_id, lock=True)
    BATCH.move(batch, step, party="federation")
    batch.decided_by, batch.decided_at, batch.note = actor.account_id, clock.now(), note
    return batch


def give_back() -> None:
    """What batches that were refused set aside is owed to the firms again, each in a transaction of its own."""
    for item_id in queries.to_give_back():
        _give_back(item_id)
        checkpoint()


def _give_back(item_id: UUID) -> None:
    item = items.locked(item_id)
    if item.state != "batched":
        return
    batch_id, amount = item.batch_id, item.amount_fen
    with db.session.no_autoflush:  # state and amounts change together, or the table refuses them
        row = ITEM.move(item, "give_back", party="system")
        item.carried_fen, item.amount_fen = item.carried_fen + amount, 0
        item.batch_id = item.account_id = None
        db.session.flush()
    records.record(row.fact, item, ledger.SYSTEM, batch=str(batch_id), amount=amount)
    books_service.post(kind="set_back", ref=records.key(item),
                       lines=books.reverse(books.set_aside(item.id, item.firm_id, amount)))


def resume() -> None:
    """Batches whose job was lost are made to the end; what was refused is given back."""
    for batch_id in queries.unfinished():
        jobs.defer("payouts.fill", batch_id=str(batch_id))
    if queries.to_give_back():
        jobs.defer("payouts.give_back")
