"""Post a need, quote for it, order from one quote; what is over lapses.

Locks, in this order: household, need, its quotes, calendars.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.booking import queries as booking_queries
from qiaojiejie.booking import rules as booking_rules
from qiaojiejie.booking import service as bookings
from qiaojiejie.booking.queries import pricing
from qiaojiejie.booking.rules import days as by_days
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.models import Service
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars.rules import USUAL
from qiaojiejie.core import clock, ids, money
from qiaojiejie.core.access import FIRM, Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.households import queries as households_queries
from qiaojiejie.households import service as households
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as entries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import queries as inbox
from qiaojiejie.messages import service as messages
from qiaojiejie.needs import errors, facts, queries, rules
from qiaojiejie.needs.lifecycle import NEED, NEED_QUOTE
from qiaojiejie.needs.models import Need, NeedQuote
from qiaojiejie.workers import queries as workers

#: what lapses in one transaction
BATCH = 100
#: fact → kind of notification; of a need to its family, of a quote to its firm (a new one to the family)
NEWS = {facts.QUOTED: "need_quoted", facts.LAPSED: "need_lapsed", facts.CHOSEN: "need_quote_chosen",
        facts.PASSED_OVER: "need_quote_passed_over", facts.REOPENED: "need_reopened"}
TO_FAMILY = (facts.QUOTED, facts.LAPSED)


def post(*, actor: Actor, service_code: str, address_id: UUID, member_id: UUID | None, start: datetime | None,
         from_day: date | None, to_day: date | None, minutes: int | None, days: int | None, note: str | None,
         closes_at: datetime, budget_fen: int | None) -> queries.Shown:
    """Say what the actor's household looks for: ``minutes`` or ``days`` from ``start``, or on a day of its choice.

    Raises AddressNotFound, MemberNotFound, UnknownService, NotAVisit, NotByDays, LengthNotPossible, StartNotOnHalfHour,
    TooLittleNotice, BeyondHorizon, NeedDaysDoNotFit, NeedClosesTooLate, TooManyNeeds.
    """
    households.open_for(account_id=actor.account_id)
    household = households_queries.of_account(actor.account_id, lock=True)  # its needs are counted: one at a time
    address, service = households_queries.address(household.id, address_id), catalog.service(service_code)
    if member_id is not None:
        households_queries.member(household.id, member_id)
    pricing.check_mode(service, days is not None)
    latest = _check_time(service, start, from_day, to_day, minutes)
    rules.check_closing(closes_at=closes_at, latest_start=latest, now=clock.now())
    if queries.count_open(household.id) >= rules.MOST_OPEN:
        raise errors.TooManyNeeds(most=rules.MOST_OPEN)
    made = Need(id=ids.new(), household_id=household.id, service_code=service.code, address_id=address.id,
                region_code=address.region_code, member_id=member_id, minutes=minutes, days=days, start=start,
                from_day=from_day, to_day=to_day, budget_fen=budget_fen, closes_at=closes_at, state=NEED.initial,
                note=None if note is None else Sealed("text", note), posted_at=clock.now())
    db.session.add(made)
    db.session.flush()
    _record(facts.POSTED, made, actor.ref, district=made.region_code)
    return queries.shown(actor, made.id)


def _check_time(service: Service, start: datetime | None, from_day: date | None, to_day: date | None,
                minutes: int | None) -> datetime:
    """May the work be at this time? The latest moment at which it could begin."""
    if minutes is not None:
        booking_rules.check_length(minutes=minutes, least_minutes=service.min_minutes)
    if start is None:
        assert from_day is not None and to_day is not None  # the shape of a need
        rules.check_days(from_day=from_day, to_day=to_day, today=clock.today())
        return clock.midnight(to_day)
    if minutes is None:
        by_days.check_start(start=start, now=clock.now(), terms=USUAL)
    else:
        booking_rules.check_time(start=start, minutes=minutes, least_minutes=service.min_minutes, now=clock.now(),
                                 terms=USUAL)
    return start


def close(*, actor: Actor, need_id: UUID) -> queries.Shown:
    """The household looks no further; firms that quoted are told. Raises NeedNotFound, StepNotPossible."""
    need = queries.own(actor, need_id, lock=True)
    _over(need, "close", party="household", by=actor.ref)
    _end_quotes(queries.standing([need.id]), "pass_over", party="household", by=actor.ref)
    return queries.shown(actor, need.id)


def quote(*, actor: Actor, need_id: UUID, worker_id: UUID, price_fen: int, start: datetime | None,
          good_until: datetime | None, message: str) -> NeedQuote:
    """The actor's firm offers a worker of its staff who may do the work and is free then, at a wage a unit for this
    once; the fees are those of every price.

    Raises NeedNotFound, NeedNotOpen, WorkerNotFound, ServiceNotOffered, StartNotAsked, GoodUntilDoesNotFit,
    QuotesUsedUp, AlreadyQuoted; what ``booking.priced`` raises.
    """
    need, now = queries.open_to(actor, need_id, lock=True), clock.now()
    rules.check_open(state=need.state, closes_at=need.closes_at, now=now)
    assert actor.org_id is not None  # open_to lets in firms alone
    worker = workers.of_firm(actor.org_id, worker_id)
    pricing.price(worker, need.service, by_days=need.days is not None)
    begins = rules.start_of(asked=need.start, from_day=need.from_day, to_day=need.to_day, offered=start)
    until = rules.good_until(wanted=good_until, closes_at=need.closes_at, start=begins, now=now,
                             notice=calendars.terms(worker.no).notice)
    if queries.count_quotes(need.id, actor.org_id) >= rules.MOST_QUOTES:
        raise errors.QuotesUsedUp(most=rules.MOST_QUOTES)
    terms = bookings.priced(worker=worker, service=need.service, start=begins, minutes=need.minutes,
                            price_fen=price_fen, address=households_queries.kept_address(need.address_id),
                            asked=None if need.days is None else bookings.Asked(days=need.days, start=begins))
    made = NeedQuote(id=ids.new(), need_id=need.id, firm_id=actor.org_id, worker_id=worker.id,
                     state=NEED_QUOTE.initial, price_fen=price_fen, message=message, good_until=until,
                     total_fen=sum(line["amount"] for line in terms["lines"]), quoted_by=actor.account_id,
                     quoted_at=now, **terms)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) != "uq_need_quote_live":
            raise
        raise errors.AlreadyQuoted() from error
    _note(facts.QUOTED, made, actor.ref, total=made.total_fen)
    return queries.quote(made.id)


def withdraw(*, actor: Actor, quote_id: UUID) -> NeedQuote:
    """The firm takes a quote back. Raises NeedQuoteNotFound, StepNotPossible."""
    queries.get(queries.quote_of_firm(actor, quote_id).need_id, lock=True)
    found = queries.quote_of_firm(actor, quote_id, lock=True)
    _end_quotes([found], "withdraw", party="firm", by=actor.ref)
    return found


def order(*, actor: Actor, need_id: UUID, quote_id: UUID) -> booking_queries.Shown:
    """The household orders from one quote: what it says is quoted and held at once, the others are passed over.

    The calendar decides whether she is still free. Raises NeedNotFound, NeedNotOpen, NeedQuoteNotFound,
    StepNotPossible, NeedQuoteOver; AddressNotFound, TooManyHolds, OnBlockList, WorkerNotBookable, WorkerNotEligible,
    SlotTaken, after which nothing must be committed.
    """
    household, now = households_queries.of_account(actor.account_id, lock=True), clock.now()
    need = queries.own(actor, need_id, lock=True)
    rules.check_open(state=need.state, closes_at=need.closes_at, now=now)
    standing = queries.standing([need.id])
    chosen = next((each for each in standing if each.id == quote_id), None) or _gone(need, quote_id)
    rules.check_good(until=chosen.good_until, now=now)
    households_queries.address(household.id, need.address_id)
    quoted = bookings.freeze(
        household_id=household.id, worker_id=chosen.worker_id, firm_id=chosen.firm_id, service_code=need.service_code,
        address_id=need.address_id, member_id=need.member_id, during=chosen.during, lines=chosen.lines,
        policy=chosen.policy, days=chosen.days, plan=chosen.plan, answer_minutes=None, expires_at=chosen.good_until)
    held = bookings.hold(actor=actor, quoted=quoted, note=need.note)
    need.booking_id = held.id
    _over(need, "order", party="household", by=actor.ref, quote=str(chosen.id), firm=str(chosen.firm_id),
          worker=str(chosen.worker_id), booking=str(held.id), total=chosen.total_fen)
    _end_quotes([chosen], "choose", party="household", by=actor.ref)
    _end_quotes([each for each in standing if each is not chosen], "pass_over", party="household", by=actor.ref)
    return booking_queries.shown(actor, held.id)


def _gone(need: Need, quote_id: UUID) -> NeedQuote:
    """A quote that does not stand: of this need, its state refuses; of another, there is none."""
    found = queries.quote(quote_id)
    if found.need_id != need.id:
        raise errors.NeedQuoteNotFound()
    NEED_QUOTE.find("choose", state=found.state, party="household")
    return found


def lapse_due() -> None:
    """Needs and quotes whose time is over, a batch of each."""
    now = clock.now()
    over = queries.due_to_lapse(now, BATCH)
    for need in over:
        _over(need, "lapse", party="system", by=ledger.SYSTEM)
    _end_quotes(queries.standing([need.id for need in over]), "lapse", party="system", by=ledger.SYSTEM)
    _end_quotes(queries.quotes_due_to_lapse(now, BATCH), "lapse", party="system", by=ledger.SYSTEM)


def reopen(*, booking_id: UUID) -> None:
    """What was ordered for a need was not paid in time: firms may quote for it again, or its time is over."""
    booking = booking_queries.get(booking_id)
    need = queries.ordered_as(booking.household_id, booking.id)
    if need is None:
        return
    need.booking_id = None
    if need.closes_at <= clock.now():
        _over(need, "lapse", party="system", by=ledger.SYSTEM)
        return
    row = NEED.move(need, "reopen", party="system")
    need.closed_at = None
    _record(row.fact, need, ledger.SYSTEM, booking=str(booking.id))


def _over(need: Need, step: str, *, party: str, by: str, **more: Any) -> None:
    row = NEED.move(need, step, party=party)
    need.closed_at = clock.now()
    _record(row.fact, need, by, **more)


def _end_quotes(quotes: Iterable[NeedQuote], step: str, *, party: str, by: str) -> None:
    """Take a step of many locked quotes; one fact each, all written at once."""
    ended: Sequence[NeedQuote] = list(quotes)
    for each in ended:
        NEED_QUOTE.move(each, step, party=party)
        each.closed_at = clock.now()
    db.session.flush()
    ledger.append_many(NEED_QUOTE.steps[step].fact, about=[(f"need:{each.need_id}", _about(each)) for each in ended],
                       actor=by)


def _about(quote: NeedQuote) -> dict[str, Any]:
    return {"quote": str(quote.id), "firm": str(quote.firm_id), "worker": str(quote.worker_id)}


def _note(fact: str, quote: NeedQuote, by: str, **more: Any) -> None:
    ledger.append(fact, subject=f"need:{quote.need_id}", actor=by, data={**_about(quote), **more})


def _record(fact: str, need: Need, by: str, **more: Any) -> None:
    db.session.flush()
    ledger.append(fact, subject=need.ref, actor=by, data={
        "household": str(need.household_id), "service": need.service_code, **more})


def tell(*, entry_id: int) -> None:
    """A family hears of quotes and that its need has lapsed; a firm what became of its quote."""
    entry = entries.get(entry_id)
    need = queries.get(UUID(entry.subject.removeprefix("need:")))
    data: dict[str, Any] = {"need": str(need.id), "service_name": need.service.name}
    if "quote" in entry.data:
        quoted = queries.quote(UUID(entry.data["quote"]))
        data |= {"worker_called": quoted.worker.called, "firm_name": quoted.firm.name,
                 "amount": money.display(quoted.total_fen)}
    messages.notify_all(account_ids=_concerned(need, entry.fact, entry.data), kind=NEWS[entry.fact], data=data,
                        key=f"ledger:{entry_id}")


def _concerned(need: Need, fact: str, data: dict[str, Any]) -> Sequence[UUID]:
    if fact == facts.REOPENED:
        return [need.household.account_id, *queries.accounts_that_quoted(need)]
    return [need.household.account_id] if fact in TO_FAMILY else identity.accounts_in(UUID(data["firm"]), *FIRM)


def tell_firms(*, entry_id: int) -> None:
    """Firms of the district that offer the service hear of a new need, the best of them first and not all; who leaves
    such news unread hears once a day that there is more."""
    need = queries.get(UUID(entries.get(entry_id).subject.removeprefix("need:")))
    near = queries.accounts_near(need, rules.MOST_TOLD) if need.state == "open" else []
    unread = inbox.unread_of("need_posted", near)
    crowded = [each for each in near if unread.get(each, 0) >= rules.MOST_UNREAD]
    messages.notify_all(
        account_ids=[each for each in near if each not in crowded], kind="need_posted", key=f"ledger:{entry_id}",
        data={"need": str(need.id), "service_name": need.service.name,
              "until": booking_rules.wall(clock.local(need.closes_at))})
    messages.notify_all(account_ids=crowded, kind="needs_waiting", data={}, key=f"needs_waiting:{clock.today()}")
