"""A booking as its parties see it."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import joinedload

from qiaojiejie.booking import rules
from qiaojiejie.booking.lifecycle import ANSWERS, BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules import days
from qiaojiejie.core import clock
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Address, Household
from qiaojiejie.workers.models import Worker

#: whom and what a booking is about, beside it in one query
AROUND = (joinedload(Booking.worker).load_only(Worker.called, Worker.no, Worker.account_id, Worker.barred),
          joinedload(Booking.firm).load_only(Firm.name, Firm.state, Firm.barred),
          joinedload(Booking.household).load_only(Household.account_id),
          joinedload(Booking.address).load_only(Address.label, Address.region_code),
          joinedload(Booking.service), joinedload(Booking.member))


class Shown:
    """A booking as one of its parties sees it: the door code and the note are the household's alone."""

    def __init__(self, booking: Booking, party: str) -> None:
        self._booking, self._party = booking, party

    def __getattr__(self, name: str) -> Any:
        return getattr(self._booking, name)

    @property
    def party(self) -> str:
        """Who is looking: household, worker or firm."""
        return self._party

    @property
    def door_code(self) -> str | None:
        """Four digits, to the household."""
        return self._booking.door_code.reveal() if self._party == "household" else None

    @property
    def note(self) -> str | None:
        """The household's note, to the household (the worker reads it with the address)."""
        note = self._booking.note
        return note.reveal() if note is not None and self._party == "household" else None

    @property
    def member_id(self) -> UUID | None:
        """Whom of the household it is for, to the household."""
        return self._booking.member_id if self._party == "household" else None

    @property
    def cared_for(self) -> dict[str, Any] | None:
        """Whom it is for, without the name: to the household always, to who works while they have to know."""
        booking, closes = self._booking, rules.contact_closes(self._booking.end, self._booking.ended_at)
        told = self._party == "household" or (booking.state in rules.TOLD_STATES and clock.now() <= closes)
        return rules.cared_for(booking.member, clock.today().year) if told else None

    @property
    def door(self) -> dict[str, Any] | None:
        """How far from the address she checked in, if her phone said."""
        return rules.door(self._booking.door_metres)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return BOOKING.states[self._booking.state]

    @property
    def unattended(self) -> bool:
        """Confirmed, over, and nobody has said what happened; it stays open until someone does."""
        return self._booking.state == "confirmed" and self._booking.end <= clock.now()

    @property
    def steps(self) -> list[str]:
        """Steps this party may take from this state (their times are checked when they are taken)."""
        return [row.name for row in BOOKING.steps.values()
                if self._booking.state in row.sources and self._party in row.parties and row.name not in ANSWERS
                and rules.turned_down(row.name, self._booking.state, self._booking.payable_from)
                and days.possible(row.name, self._booking.plan is not None, self._booking.awaited)]
