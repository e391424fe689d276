"""A small town whose ledger is written by hand, so that every figure is known to the unit."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.ledger import service as ledger
from tests import factories

MARKS = ("skill", "attitude", "punctuality", "honesty", "communication")


@contextmanager
def at(moment: str) -> Iterator[None]:
    """A moment in Suqian."""
    with clock.frozen(datetime.fromisoformat(f"{moment}+08:00")):
        yield


@dataclass
class City:
    """Writes what happened."""

    firm_id: UUID
    others: UUID
    bookings: int = field(default=0)

    def tell(self, fact: str, subject: str, **data: Any) -> int:
        """An entry of the ledger, now."""
        entry_id = ledger.append(fact, subject=subject, actor="system", data=data)
        assert entry_id is not None
        return entry_id

    def worker(self, no: int, grade: str | None, firm_id: UUID | None = None) -> str:
        """A worker who joined a firm and had a grade published."""
        key = f"00000000-0000-7000-8000-{no:012}"
        self.tell("worker.joined", f"worker:{key}", firm=str(firm_id or self.firm_id))
        if grade:
            self.grade(key, grade)
        return key

    def grade(self, worker: str, grade: str) -> None:
        """A grade of hers is published."""
        self.tell("credit.published", f"worker:{worker}", grade=grade, score=700)

    def order(self, worker: str, ends: str = "completed") -> str:
        """A paid order and how it ended; its subject."""
        booking = self.paid(worker)
        self.end(booking, worker, ends)
        return booking

    def paid(self, worker: str) -> str:
        """An order that was paid."""
        self.bookings += 1
        self.tell("booking.confirmed", f"booking:{self.bookings}", worker=worker)
        return f"booking:{self.bookings}"

    def end(self, booking: str, worker: str, ends: str) -> int:
        """How it ended."""
        return self.tell(f"booking.{ends}", booking, worker=worker)

    def rate(self, booking: str, total: int, overall: int = 5, side: str = "household") -> int:
        """Five marks that sum to ``total``."""
        marks = [total // 5 + (place < total % 5) for place in range(5)]
        return self.tell("review.published", booking, side=side, overall=overall,
                         aspects=dict(zip(MARKS, marks, strict=True)))

    def complain(self, booking: str, severity: int) -> int:
        """A complaint that was substantiated."""
        self.tell("complaint.opened", booking, complaint=f"of {booking}", kind="damage")
        return self.tell("complaint.substantiated", booking, complaint=f"of {booking}", severity=severity)

    def void(self, entry_id: int) -> None:
        """An appeal against it was upheld."""
        self.tell("credit.voided", "worker:1", ref=entry_id)


@pytest.fixture()
def town(world: sa.Connection) -> City:
    """Nothing has happened yet."""
    return City(factories.firm(name="春风家政").id, factories.firm(name="明月家政").id)
