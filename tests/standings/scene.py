"""What happens in a town, written straight into the ledger, and the standings that follow."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from qiaojiejie.booking import facts as booking
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import facts, replay, service as credit
from qiaojiejie.documents import facts as documents
from qiaojiejie.ledger import service as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.reviews import facts as reviews
from qiaojiejie.standings import facts as standing_facts, queries, service as standings
from qiaojiejie.standings.models import FirmStanding, Standing
from qiaojiejie.transparency import queries as log, service as transparency
from qiaojiejie.workers.models import Worker

#: noon of a day in Suqian, written in UTC
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def tell(fact: str, subject: str, at: datetime = NOON, **data: Any) -> int:
    """A fact in the ledger, at a time; its id."""
    with clock.frozen(at):
        entry_id = ledger.append(fact, subject=subject, actor="system", data=data)
    assert entry_id is not None
    return entry_id


def verify(worker: Worker, at: datetime = NOON, kinds: tuple[str, ...] = ("identity", "background", "health")) -> None:
    """Her papers were verified."""
    for kind in kinds:
        tell(documents.VERIFIED, f"worker:{worker.id}", at, document=str(uuid4()), kind=kind, level=None,
             insurance_class=None, conclusion="clear" if kind == "background" else None, firm=str(worker.firm_id),
             valid_until=None if kind == "identity" else "2027-11-01")


def parties(worker: Worker, household: UUID) -> dict[str, str]:
    """What every entry about a booking says."""
    return {"household": str(household), "worker": str(worker.id), "firm": str(worker.firm_id), "service": "cleaning",
            "category": "cleaning"}


def complete(worker: Worker, household: UUID, at: datetime = NOON, late: int = 0) -> str:
    """A booking came to its end; its id."""
    order = str(uuid4())
    tell(booking.COMPLETED, f"booking:{order}", at, by="household", start=at.isoformat(), late_minutes=late,
         total=12000, **parties(worker, household))
    return order


def review(worker: Worker, household: UUID, order: str, mark: int = 5, at: datetime = NOON, side: str = "household",
           ) -> int:
    """A review of it came out."""
    return tell(reviews.PUBLISHED, f"booking:{order}", at, review=str(uuid4()), side=side, overall=mark,
                aspects=dict.fromkeys(facts.ASPECTS, mark), **parties(worker, household))


def standing(worker: Worker) -> Standing:
    """What stands of her now."""
    db.session.expire_all()
    found = queries.find(worker.id)
    assert found is not None
    return found


def published(worker: Worker) -> list[dict[str, Any]]:
    """Every score published of her."""
    return list(db.session.scalars(sa.select(LedgerEntry.data).where(
        LedgerEntry.fact == standing_facts.PUBLISHED,
        LedgerEntry.subject == f"worker:{worker.id}").order_by(LedgerEntry.id)))


def event_of(type_: str, worker: Worker, **data: Any) -> int:
    """An event of the rule that a room above has recorded about a worker; its entry's id."""
    entry_id = credit.record(type=type_, by="system", worker_id=worker.id, firm_id=worker.firm_id, **data)
    assert entry_id is not None
    return entry_id


def firm_standing(firm_id: UUID) -> FirmStanding:
    """What stands of a firm now."""
    found = queries.find_firm(firm_id)
    assert found is not None
    return found


def everything(kind: str | None = None) -> dict[str, dict[str, Any]]:
    """Every standing as it is published, by opaque key."""
    found, cursor = list[dict[str, Any]](), None
    while True:
        page = queries.standings(kind=kind, cursor=cursor, limit=100)
        found, cursor = [*found, *page.items], page.next_cursor
        if cursor is None:
            return {each.pop("subject"): {name: each[name] for name in queries.LINE} for each in found}


def exported() -> list[dict[str, Any]]:
    """The public log as its export lines, after all that happened was taken up."""
    while transparency.sequence():
        db.session.expire_all()
    found, cursor = list[dict[str, Any]](), None
    while True:
        page = log.openings(cursor, 2000)
        found, cursor = [*found, *page.items], page.next_cursor
        if cursor is None:
            return json.loads(json.dumps(found))


def replayed() -> dict[str, dict[str, Any]]:
    """Everybody's standing today as a stranger computes it from the export."""
    found = replay.run(exported(), as_of=facts.day_number(clock.today()))
    return {each.pop("subject"): each for each in found}


def assert_all_replays() -> None:
    """Everything published is what a stranger computes, once the firms' sweep has come by."""
    standings.rescore_due_firms()
    assert everything() == replayed()
