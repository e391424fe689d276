"""Register a mandate, book by it, let the family change its mind for an hour."""

import base64
import json
import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.models import Quote
from qiaojiejie.booking.rules import news_data, wall
from qiaojiejie.core import clock, ids, jobs
from qiaojiejie.core.access import FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import ring
from qiaojiejie.households import service as households
from qiaojiejie.households.models import Address, Member
from qiaojiejie.identity import gateway
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import queries as entries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.mandates import facts, queries, rules
from qiaojiejie.mandates.errors import OwnWorkersOnly, UndoOver
from qiaojiejie.mandates.lifecycle import MANDATE
from qiaojiejie.mandates.models import Errand, Mandate, MandateAddress, MandateMember
from qiaojiejie.messages import service as messages
from qiaojiejie.payments import service as payments
from qiaojiejie.workers import queries as workers

BATCH = 500


def register(*, actor: Actor, phone: str, name: str, how: str, consenter: str, note: str,
             given_at: datetime | None = None) -> Mandate:
    """Write down that somebody lets the actor's station or firm book for them; asked again, the consent is renewed.

    ``phone``: theirs or a relative's, who is told by text message. The household is opened where there is none.
    Raises BadPhone.
    """
    account = identity.account_for(phone=phone)
    identity.grant(account_id=account.id, role=Role.HOUSEHOLD, by=actor.ref)
    household = households.open_for(account_id=account.id)
    assert actor.org_id is not None  # the roles that may are of an organisation
    now = clock.now()
    standing = queries.given_to(household.id, actor.org_id)
    if standing is not None:
        _end(standing, party="agent", by=actor)
    made = Mandate(id=ids.new(), household_id=household.id, account_id=account.id, org_id=actor.org_id, name=name,
                   state=MANDATE.initial, how=how, consenter=consenter, note=note, given_at=given_at or now,
                   registered_by=actor.account_id, until=now + rules.GOOD_FOR)
    db.session.add(made)
    db.session.flush()
    _record(facts.GIVEN, made, actor.ref, household=str(household.id), org=str(actor.org_id), role=str(actor.role),
            how=how, consenter=consenter)
    return queries.shown(actor, made.id)


def end(*, actor: Actor, mandate_id: UUID) -> Mandate:
    """By who gave it or who holds it. Raises MandateNotFound, StepNotPossible."""
    found, party = queries.of_party(actor, mandate_id, lock=True)
    _end(found, party=party, by=actor)
    return found


def end_due() -> None:
    """Mandates of which the time is over, a batch of them."""
    for found in queries.to_end(clock.now(), BATCH):
        _end(found, party="system", by=None)


def _end(found: Mandate, *, party: str, by: Actor | None) -> None:
    row = MANDATE.move(found, "end", party=party)
    found.ended_at, found.ended_by = clock.now(), by.account_id if by else None
    db.session.flush()
    _record(row.fact, found, by.ref if by else ledger.SYSTEM, by=party)


def _principal(actor: Actor, mandate: Mandate) -> Actor:
    """The household, acted for by the clerk, whom the ledger names."""
    return actor.acting_for(mandate.account_id)


def add_address(*, actor: Actor, mandate_id: UUID, **words: Any) -> Address:
    """An address for the household, as ``households.add_address`` takes it. Raises MandateNotFound, MandateEnded and
    what that raises."""
    mandate = queries.good(actor, mandate_id)
    made = households.add_address(actor=_principal(actor, mandate), **words)
    db.session.add(MandateAddress(mandate_id=mandate.id, address_id=made.id))
    return made


def add_member(*, actor: Actor, mandate_id: UUID, **words: Any) -> Member:
    """Somebody cared for, as ``households.add_member`` takes it. Raises MandateNotFound, MandateEnded, MembersFull."""
    mandate = queries.good(actor, mandate_id)
    made = households.add_member(actor=_principal(actor, mandate), **words)
    db.session.add(MandateMember(mandate_id=mandate.id, member_id=made.id))
    return made


def quote(*, actor: Actor, mandate_id: UUID, worker_id: UUID, address_id: UUID, member_id: UUID | None = None,
          **words: Any) -> Quote:
    """Price something for the household. Raises MandateNotFound, MandateEnded, NotUnderMandate, OwnWorkersOnly and what
    ``booking.quote`` raises."""
    mandate = queries.good(actor, mandate_id)
    queries.check_came_in(mandate.id, address_id, member_id)
    if actor.role in FIRM and workers.get(worker_id).firm_id != actor.org_id:
        raise OwnWorkersOnly()
    return booking_service.quote(actor=_principal(actor, mandate), worker_id=worker_id, address_id=address_id,
                                 member_id=member_id, **words)


def book(*, actor: Actor, mandate_id: UUID, quote_id: UUID, note: str | None = None) -> bookings.Shown:
    """Book what was quoted, held for an hour; the household is told by text message and may undo it for an hour.

    Raises MandateNotFound, MandateEnded, OwnWorkersOnly and what ``booking.book`` raises.
    """
    mandate = queries.good(actor, mandate_id)
    shown = booking_service.book(actor=_principal(actor, mandate), quote_id=quote_id, note=note,
                                 held_for=rules.HELD_FOR)
    if actor.role in FIRM and shown.firm_id != actor.org_id:
        raise OwnWorkersOnly()
    token, now = secrets.token_urlsafe(16), clock.now()
    until = rules.undo_until(now, shown.start)
    db.session.add(Errand(booking_id=shown.id, mandate_id=mandate.id, made_by=actor.account_id, made_at=now,
                          undo_until=until, token_hash=rules.digest(token)))
    db.session.flush()
    _record(facts.BOOKED, mandate, actor.ref, booking=str(shown.id), undo_until=until.isoformat())
    sealed = ring().seal(json.dumps({"phone": mandate.phone.reveal(), "token": token}), "sms")
    jobs.defer("mandates.send_word", booking_id=str(shown.id), sealed=base64.b64encode(sealed).decode())
    return shown


def send_word(*, booking_id: UUID, sealed: str) -> None:
    """The text message of a booking made for somebody; sent again it is the same message. Raises Unavailable."""
    booking = bookings.get(booking_id)
    opened = json.loads(ring().open(base64.b64decode(sealed), "sms"))
    gateway.terms().sms.send(opened["phone"], "booked_for_you", {
        "service": booking.service.name, "worker": booking.worker.called,
        "start": wall(clock.local(booking.start)), "token": opened["token"]}, f"errand:{booking_id}")


def begin_payment(*, actor: Actor, booking_id: UUID, method: str) -> payments.Charge:
    """Begin to pay at the counter: the code is shown on the clerk's screen. Raises ErrandNotFound, MandateEnded and
    what ``payments.begin`` raises."""
    found = queries.errand(actor, booking_id)
    mandate = queries.good(actor, found.mandate_id)
    return payments.begin(actor=_principal(actor, mandate), booking_id=booking_id, method=method)


def undo(*, actor: Actor, booking_id: UUID) -> Errand:
    """The family changes its mind, itself or through the clerk: everything comes back.

    Raises ErrandNotFound, UndoOver, StepNotPossible.
    """
    return _undo(queries.errand(actor, booking_id), actor.ref)


def undo_by_token(*, token: str) -> Errand:
    """The same with the text message alone. Raises UndoUnknown, UndoOver, StepNotPossible."""
    found = queries.of_token(rules.digest(token))
    return _undo(found, f"account:{found.mandate.account_id}")


def _undo(found: Errand, by: str) -> Errand:
    now = clock.now()
    if now >= found.undo_until:
        raise UndoOver()
    refund = booking_service.undo(booking_id=found.booking_id, by=by)
    found.undone_at = now
    db.session.flush()
    _record(facts.UNDONE, found.mandate, by, booking=str(found.booking_id), refund=refund)
    return found


def _record(fact: str, mandate: Mandate, by_whom: str, /, **more: Any) -> None:
    ledger.append(fact, subject=f"mandate:{mandate.id}", actor=by_whom, data=more)


def tell(*, entry_id: int) -> None:
    """The family finds in its inbox what was booked for it, and until when that is undone."""
    entry = entries.get(entry_id)
    mandate = db.session.get_one(Mandate, UUID(entry.subject.removeprefix("mandate:")))
    booking = bookings.get(UUID(entry.data["booking"]))
    until = datetime.fromisoformat(entry.data["undo_until"])
    data = news_data(booking=str(booking.id), service_name=booking.service.name, amount_fen=booking.total_fen,
                     worker_called=booking.worker.called, start=clock.local(booking.start))
    messages.notify(account_id=mandate.account_id, kind="mandate_booked", key=f"ledger:{entry_id}",
                    data={**data, "until": wall(clock.local(until))})
