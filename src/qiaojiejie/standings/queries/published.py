"""What was published: each score and grade ever shown, those shown now, and the leaves about a booking."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking import queries as bookings
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.paging import Page, keyset, scope_of
from qiaojiejie.credit import queries as credit
from qiaojiejie.credit.facts import day_of
from qiaojiejie.credit.models import CreditEvent
from qiaojiejie.firms import queries as firms
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.standings import facts
from qiaojiejie.standings.models import FirmStanding, Standing
from qiaojiejie.standings.queries.kept import LINE, line
from qiaojiejie.transparency import queries as log
from qiaojiejie.transparency.queries import opaque
from qiaojiejie.transparency.rules import Leaf
from qiaojiejie.workers import queries as workers

_FACTS = {"worker": facts.PUBLISHED, "firm": facts.FIRM_PUBLISHED}
_TABLES: dict[str, tuple[type[Standing] | type[FirmStanding], Any]] = {
    "firm": (FirmStanding, FirmStanding.firm_id), "worker": (Standing, Standing.worker_id)}


def proof_url(entry_id: int) -> str:
    """Where the proof is that a ledger entry's leaf is in the public log."""
    return f"/api/v1/log/leaves/{entry_id}"


def last_published(kind: str, about: UUID) -> int | None:
    """The ledger entry by which a worker's or firm's standing was last published."""
    stmt = sa.select(LedgerEntry.id).where(LedgerEntry.subject == f"{kind}:{about}", LedgerEntry.fact == _FACTS[kind])
    return db.session.scalar(stmt.order_by(LedgerEntry.id.desc()).limit(1))


def history(kind: str, about: UUID, *, cursor: str | None = None, limit: int = 20) -> Page:
    """Every score and grade published of a worker or firm, newest first, one page.

    Raises WorkerNotFound, FirmNotFound.
    """
    workers.get(about) if kind == "worker" else firms.open_firm(about)
    stmt = sa.select(LedgerEntry).where(LedgerEntry.subject == f"{kind}:{about}", LedgerEntry.fact == _FACTS[kind])
    found = keyset(stmt, [LedgerEntry.id], scope=scope_of("credit-history", [kind, about]), cursor=cursor, limit=limit)
    return Page([{**entry.data, "day": clock.local(entry.at).date(), "seq": entry.id, "proof_url": proof_url(entry.id)}
                 for entry in found.items], found.next_cursor)


def standings(*, kind: str | None = None, cursor: str | None = None, limit: int = 20) -> Page:
    """Every standing as it is shown, firms before workers, one page: what a replay of the ledger must give."""
    kinds, scope = [kind] if kind else list(_TABLES), scope_of("standings", kind)
    after, found = paging.decode(scope, cursor), list[tuple[str, Any]]()
    for each in kinds[kinds.index(after[0]) if after else 0:]:
        table, key = _TABLES[each]
        stmt = sa.select(table).order_by(key).limit(limit + 1 - len(found))
        if after and after[0] == each:
            stmt = stmt.where(key > UUID(after[1]))
        found += [(each, standing) for standing in db.session.scalars(stmt)]
        if len(found) > limit:
            break
    page = found[:limit]
    more = paging.encode(scope, [page[-1][0], _about(page[-1][1])]) if len(found) > limit else None
    return Page(_lines([standing for _, standing in page]), more)


def _about(standing: Standing | FirmStanding) -> UUID:
    return standing.worker_id if isinstance(standing, Standing) else standing.firm_id


def _lines(found: Sequence[Standing | FirmStanding]) -> list[dict[str, Any]]:
    people = workers.persons([each.worker_id for each in found if isinstance(each, Standing)])
    rules = {version: credit.rule_set(version) for version in {each.rule for each in found}}
    return [{**line(each.explanation, each.notice if isinstance(each, Standing) else None, rules[each.rule]),
             "subject": opaque("person", people[each.worker_id].hex()) if isinstance(each, Standing)
             else opaque("firm", str(each.firm_id)), "as_of": each.as_of, "rule": each.rule} for each in found]


def published_leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """How published standings stand in the public log."""
    about = {entry.id: entry.subject.partition(":") for entry in entries}
    people = workers.persons([UUID(id) for kind, _, id in about.values() if kind == "worker"])
    found = {}
    for entry in entries:
        kind, _, id = about[entry.id]
        subject = opaque("person", people[UUID(id)].hex()) if kind == "worker" else opaque("firm", id)
        said = {name: entry.data[name] for name in (*LINE, "rule", "as_of") if name in entry.data}
        found[entry.id] = Leaf("standing", said, subject=subject)
    return found


def receipts(booking_id: UUID, *, actor: Actor, cursor: str | None = None, limit: int = 20) -> Page:
    """Every leaf about a booking with what it opens to, for its parties and the federation, oldest first, one page.

    Raises BookingNotFound for anybody else.
    """
    booking = bookings.get(booking_id)
    if actor.role not in FEDERATION:
        bookings.party_of(actor, booking)
    own = sa.select(LedgerEntry.id).where(LedgerEntry.subject == booking.ref)
    later = sa.select(CreditEvent.entry_id).where(
        CreditEvent.worker_id == booking.worker_id, CreditEvent.type.in_(("appeal_upheld", "credit_repair")),
        sa.cast(CreditEvent.data["ref"].astext, sa.BigInteger).in_(own))
    stmt = sa.select(LedgerEntry).where(LedgerEntry.id.in_(sa.union_all(own, later)))
    found = keyset(stmt, [LedgerEntry.id], scope=scope_of("receipts", booking_id), cursor=cursor, limit=limit,
                   descending=False)
    return Page([{"seq": each["seq"], "day": day_of(each["t"]),
                  "kind": each["type"], "line": each, "proof_url": proof_url(each["seq"])}
                 for each in log.leaves_for([entry.id for entry in found.items])], found.next_cursor)
