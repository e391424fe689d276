"""Builds the city, room by room from the ground up, in one transaction."""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

import click
import sqlalchemy as sa
from tqdm import tqdm

from qiaojiejie.attendance.models import Workday
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.books.models import Posting, PostingTx
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars.models import WeeklyHours, WorkerDay, WorkerInterval
from qiaojiejie.calendars.rules import bookable
from qiaojiejie.casework.models import Complaint
from qiaojiejie.clearing.models import StripeMovement
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import service as credit
from qiaojiejie.credit.models import CreditEvent
from qiaojiejie.coupons.models import Coupon, CouponUse
from qiaojiejie.documents import service as documents
from qiaojiejie.documents.models import WorkerDocument
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Address, Household
from qiaojiejie.identity.models import Account, Membership
from qiaojiejie.invoices.models import InvoiceRequest, InvoiceTitle
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.payments.models import Payment
from qiaojiejie.payouts.models import PayoutAccount, PayoutBatch, PayoutItem, PayoutLine
from qiaojiejie.refunds.models import Refund
from qiaojiejie.reviews.models import Review
from qiaojiejie.sandbox.city import (
    agreements, competitions, enrolment, families, listings, livelihood, load, meetings, prepaid, present, square,
    surveys, training)
from qiaojiejie.sandbox.city.accounts import Accounts
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.dossiers import Dossiers
from qiaojiejie.sandbox.city.papers import Births
from qiaojiejie.sandbox.city.staff import Hand, Staff
from qiaojiejie.sandbox.city.town import Firms, FirmSeat, Officials, Post, found_officials, found_stations
from qiaojiejie.sandbox.city.year import Year
from qiaojiejie.standings import service as standings
from qiaojiejie.standings.models import Standing
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Employment, Worker, WorkerService, WorkerSkill

SEED = "巧姐姐"
#: workers written at a time, so that a million need no more memory than some thousands
AT_ONCE = 5_000
#: the first so many workers have a history of visits; those of a larger city beyond them are new
WITH_HISTORY = 3_000
DEMO_STAFF = 30
#: what the planner must know before the rooms derive theirs, and after
LOADED = (Account, Membership, Firm, Household, Address, Worker, WorkerService, Employment, WorkerDocument, WeeklyHours,
          WorkerInterval, Quote, Booking, Payment, Refund, PostingTx, Posting, StripeMovement, Review, Complaint,
          Coupon, CouponUse, PayoutAccount, PayoutBatch, PayoutItem, PayoutLine, InvoiceTitle, InvoiceRequest, Workday,
          LedgerEntry)
DERIVED = (Worker, WorkerSkill, WorkerDay, CreditEvent, Standing)


@dataclass(frozen=True)
class Size:
    """How much of everything there is."""

    workers: int
    firms: int
    households: int
    stations: int
    visits: int
    ahead: int

    @property
    def share(self) -> float:
        """How much of the newspaper's city this one is."""
        return min(1.0, self.workers / WITH_HISTORY)

    @classmethod
    def of(cls, workers: int) -> "Size":
        """The city of the newspaper for 3,000 workers; less for fewer; for more, more firms but no more history."""
        share = min(1.0, workers / WITH_HISTORY)
        return cls(workers=workers, firms=max(100, workers // 100) if share == 1.0 else max(8, workers // 25),
                   households=max(40, int(2000 * share)), stations=20 if share == 1.0 else 5,
                   visits=int(20_900 * share), ahead=max(10, int(500 * share)))


def is_empty() -> bool:
    """True while no firm has registered: only then is there room for the city."""
    return db.session.scalar(sa.select(sa.exists().select_from(Firm))) is False


def build(*, workers: int = 3000) -> None:
    """Fill the database with the city and commit. Needs an app context and the migrations' catalogue.

    ``workers``: 100 to 1,000,000. Raises click.ClickException, with one line, when there are firms already or the
    number is out of range.
    """
    if not 100 <= workers <= 1_000_000:
        raise click.ClickException(f"a city has 100 to 1,000,000 workers, not {workers}")
    if not is_empty():
        raise click.ClickException("示范城市只能建在空库里 · there are firms already: the sample city needs an empty database")
    with _nothing_swept():
        try:
            _build(Size.of(workers))
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise


@contextmanager
def _nothing_swept() -> Iterator[None]:
    """Hold the search for garbage in circles: there is none in the millions of rows, and looking takes a third more."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _build(size: Size) -> None:
    dice = Dice(f"{SEED}:{size.workers}:{clock.today()}", clock.today())
    diary = load.Diary()
    accounts = Accounts(dice, diary)
    with tqdm(total=6 * size.workers + 3 * size.visits, unit="", desc="sample city", leave=True,
              bar_format="{l_bar}{bar}| {elapsed}") as bar:
        officials, seats, posts = _found(dice, accounts, diary, size)
        bar.set_description("workers")
        hands = _engage(dice, accounts, diary, officials, seats, size, bar)
        bar.set_description("households")
        homes = families.settle(dice, accounts, diary, size.households)
        bar.set_description("visits")
        year = Year(dice, diary, officials, seats, hands, homes)
        purse = year.live(size.visits, size.ahead, bar)
        competitions.hold(Dice(f"{SEED}:competitions:{size.workers}:{dice.today}", dice.today), accounts, diary,
                          officials, hands)
        training.train(Dice(f"{SEED}:training:{size.workers}:{dice.today}", dice.today), accounts, diary, officials,
                       hands, officials.trainer)
        surveys.ask(Dice(f"{SEED}:surveys:{size.workers}:{dice.today}", dice.today), diary, officials,
                    size.share)
        square.live(Dice(f"{SEED}:square:{size.workers}:{dice.today}", dice.today), diary, posts, homes, size.share)
        meetings.hold(Dice(f"{SEED}:meetings:{size.workers}:{dice.today}", dice.today), diary, posts[0], homes[0],
                      hands)
        livelihood.find_work(Dice(f"{SEED}:work:{size.workers}:{dice.today}", dice.today), accounts, diary, posts,
                             seats, size.share)
        bar.set_description("ledger")
        diary.close()
        purse.flush_refunds()
        bar.update(size.visits)
        _derive(size, bar)
        listings.petition(dice, officials)
        agreements.sign(Dice(f"{SEED}:contracts:{size.workers}:{dice.today}", dice.today), seats[0], homes[0], hands)
        prepaid.keep_cards(Dice(f"{SEED}:prepaid:{size.workers}:{dice.today}", dice.today), seats[0], homes[0],
                           hands[1:DEMO_STAFF])  # the demo's own worker stays free
        present.tell(Dice(f"{SEED}:present:{size.workers}:{dice.today}", dice.today), seats, posts, homes, hands)
        bar.set_description("sample city")


def _found(dice: Dice, accounts: Accounts, diary: load.Diary,
           size: Size) -> tuple[Officials, list[FirmSeat], list[Post]]:
    """Officials, stations, firms: on the platform as many as the city has, and some that are not."""
    officials = found_officials(dice, accounts)
    accounts.flush()
    posts = found_stations(dice, accounts, size.stations)
    firms = Firms(dice, accounts, diary, officials)
    seats = [firms.admit(number) for number in range(size.firms)]
    for number in range(2):
        firms.suspend(firms.admit(size.firms + number))
    for number, state in enumerate(("applied", "applied", "applied", "under_review", "under_review", "returned",
                                    "returned")):
        firms.leave_waiting(size.firms + 2 + number, state)
    accounts.flush()
    firms.flush()
    apart = Dice(f"{SEED}:enrolment:{size.workers}:{dice.today}", dice.today)
    enrolment.survey(apart, diary, officials)
    enrolment.oversee(apart, diary, officials, seats[0].id)
    return officials, seats, posts


def _engage(dice: Dice, accounts: Accounts, diary: load.Diary, officials: Officials, seats: Sequence[FirmSeat],
            size: Size, bar: Any) -> list[Hand]:
    """Every worker; those with a history are kept in memory."""
    births = Births(dice, dice.today, size.workers)
    staff = Staff(dice, accounts, diary, births, Dossiers(dice, diary, officials))
    hands: list[Hand] = []
    for batch in _batched(_places(dice, seats, size.workers), AT_ONCE):
        for no, seat in batch:
            hand = staff.engage(no, seat)
            if no <= WITH_HISTORY:
                hands.append(hand)
        staff.flush()
        bar.update(len(batch))
    load.restart(Worker, "no")
    return hands


def _places(dice: Dice, seats: Sequence[FirmSeat], workers: int) -> Iterator[tuple[int, FirmSeat]]:
    """Worker numbers with their firms: first the demo firm's thirty, then one each, then by the firms' sizes."""
    demo = min(DEMO_STAFF, workers // 4)
    others = seats[1:]
    weights = [seat.weight for seat in others]
    for no in range(1, workers + 1):
        if no <= demo:
            yield no, seats[0]
        elif no - demo <= len(others):
            yield no, others[no - demo - 1]
        else:
            yield no, dice.choices(others, weights)[0]


def _batched(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


_COUNT_RATINGS = sa.text("""
    UPDATE worker SET rating_sum = r.total, rating_count = r.number
    FROM (SELECT worker_id, sum(overall) AS total, count(*) AS number FROM review
          WHERE side = 'household' AND published_at IS NOT NULL GROUP BY worker_id) r WHERE r.worker_id = worker.id""")
_COUNT_COMPLETED = sa.text("""
    UPDATE worker SET completed_count = b.number
    FROM (SELECT worker_id, count(*) AS number FROM booking WHERE state = 'completed' GROUP BY worker_id) b
    WHERE b.worker_id = worker.id""")


def _derive(size: Size, bar: Any) -> None:
    """What rooms work out from all that: ratings, credit, cards and skills, calendars."""
    db.session.execute(_COUNT_RATINGS)
    db.session.execute(_COUNT_COMPLETED)
    load.analyze(*LOADED)
    ids, nos = map(list, zip(*db.session.execute(sa.select(Worker.id, Worker.no).order_by(Worker.no)), strict=True))
    bar.set_description("cards")
    _in_batches(ids, _show_certificates, bar)
    bar.set_description("credit")
    credit.derive_events_all()
    standings.rescore_all()  # renders the cards of all it publishes a score of
    workers.refresh_many(worker_ids=db.session.scalars(sa.select(Worker.id).where(Worker.card_on.is_(None))).all())
    bar.update(size.workers)
    bar.set_description("calendars")
    _in_batches(nos, _draw, bar)
    load.analyze(*DERIVED)


def _show_certificates(worker_ids: Sequence[UUID]) -> None:
    documents.show_certificates(worker_ids=worker_ids)


def _draw(worker_nos: list[int]) -> None:
    """The days that can be booked, as ``calendars.redraw_many`` would draw them; there are none yet, so by COPY."""
    drawn = calendars.drawn(worker_nos, sorted(bookable(clock.today())))
    load.put(WorkerDay, [{"worker_no": no, "day": day, "bits": bits} for (no, day), bits in drawn.items()])


def _in_batches(values: Iterable[Any], work: Callable[[list[Any]], object], bar: Any) -> None:
    for batch in _batched(values, 500):
        work(batch)
        bar.update(2 * len(batch))
