"""The events behind a standing as somebody may see them, and whether each still counts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.access import FEDERATION, FIRM, Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.paging import Page, keyset, scope_of
from qiaojiejie.credit import queries as credit, rules
from qiaojiejie.credit.facts import OF_FIRM, day_number
from qiaojiejie.credit.models import CreditEvent
from qiaojiejie.firms import queries as firm_queries
from qiaojiejie.households import queries as household_queries
from qiaojiejie.standings.queries.kept import find
from qiaojiejie.standings.queries.published import proof_url
from qiaojiejie.transparency.queries import opaque
from qiaojiejie.workers import queries as worker_queries
from qiaojiejie.workers.models import Worker

_UNDOING = {"appeal_upheld": "voided", "credit_repair": "repaired"}
#: what would tell outsiders of something that is not, or not yet, or no longer to be displayed
_WITHIN = (*_UNDOING, "fall_noticed", "rater_restored")


class Case(NamedTuple):
    """What became of somebody's events by today: entry → state, papers withdrawn, what outsiders don't see."""

    today: int
    undone: Mapping[int, str]
    withdrawn: frozenset[str]
    hidden: frozenset[int]
    complaints: frozenset[str]

    def state(self, event: CreditEvent) -> str:
        """``counts``, ``voided``, ``repaired`` or ``out_of_use``."""
        until, data = event.data.get("valid_until"), event.data
        worn = event.type == "complaint_substantiated" and self._worn_out(event)
        over = worn or data.get("document") in self.withdrawn or (until is not None and until < self.today)
        return self.undone.get(event.entry_id) or ("out_of_use" if over else "counts")

    def _worn_out(self, event: CreditEvent) -> bool:
        ends = rules.out_of_use_from({"t": day_number(event.day), **event.data})
        return ends is not None and ends <= self.today

    def open_to_all(self) -> list[sa.ColumnElement[bool]]:
        """What the events must be that anybody may see."""
        return [CreditEvent.type.not_in(_WITHIN), CreditEvent.entry_id.not_in(self.hidden),
                sa.func.coalesce(CreditEvent.data["complaint"].astext, "").not_in(self.complaints)]


def case_of(of: sa.ColumnElement[bool], rule: rules.RuleSet) -> Case:
    """What became of the events ``of`` whom it says."""
    stmt = sa.select(CreditEvent).where(of, CreditEvent.type.in_(
        (*_UNDOING, "document_withdrawn", "complaint_substantiated")))
    found, today = db.session.scalars(stmt.order_by(CreditEvent.entry_id.desc())).all(), day_number(clock.today())
    undone = {event.data["ref"]: _UNDOING[event.type] for event in found if event.type in _UNDOING}
    quiet = [event for event in found if event.type == "complaint_substantiated" and (
        event.entry_id in undone or not rules.displayed(
            {"type": event.type, "t": day_number(event.day), **event.data}, today, rule))]
    withdrawn = frozenset(event.data["document"] for event in found if event.type == "document_withdrawn")
    return Case(today, undone, withdrawn, frozenset({*undone, *(event.entry_id for event in quiet)}),
                frozenset(event.data["complaint"] for event in quiet))


def within(worker: Worker, viewer: Actor | None) -> bool:
    """Is it the worker herself, her firm or the federation who looks?"""
    return viewer is not None and (viewer.role in FEDERATION or worker.account_id == viewer.account_id
                                   or (viewer.role in FIRM and viewer.org_id == worker.firm_id))


def told(worker_id: UUID, *, actor: Actor, cursor: str | None = None, limit: int = 20) -> Page:
    """A worker's events as ``actor`` may see them, newest first, one page. Raises WorkerNotFound."""
    worker, standing = worker_queries.get(worker_id), find(worker_id)
    household, inside = household_queries.find_of_account(actor.account_id), within(worker, actor)
    of = CreditEvent.worker_id == worker_id
    case = case_of(of, credit.rule_on(clock.today()))
    stmt = sa.select(CreditEvent).where(of, *([] if inside else case.open_to_all()))
    found = keyset(stmt, (CreditEvent.entry_id, CreditEvent.id), cursor=cursor, limit=limit,
                   scope=scope_of("credit_events", [worker_id, inside]))
    everything = actor.role in FEDERATION or worker.account_id == actor.account_id
    return Page([_told(row, case, standing.explanation["events"] if standing else [], named=everything or (
        household is not None and row.household_id == household.id) or (
            actor.role in FIRM and row.firm_id == actor.org_id)) for row in found.items], found.next_cursor)


def told_of_firm(firm_id: UUID, *, actor: Actor, cursor: str | None = None, limit: int = 20) -> Page:
    """What bears on a firm's own points as ``actor`` may see it, newest first, one page. Raises FirmNotFound."""
    firm_queries.open_firm(firm_id)
    inside = actor.role in FEDERATION or (actor.role in FIRM and actor.org_id == firm_id)
    own = CreditEvent.firm_id == firm_id
    case = case_of(own, credit.rule_on(clock.today()))
    stmt = sa.select(CreditEvent).where(own, sa.or_(CreditEvent.worker_id.is_(None), CreditEvent.type.in_(OF_FIRM)),
                                        *([] if inside else case.open_to_all()))
    found = keyset(stmt, (CreditEvent.entry_id, CreditEvent.id), cursor=cursor, limit=limit,
                   scope=scope_of("firm_credit_events", [firm_id, inside]))
    return Page([_told(row, case, [], named=inside) for row in found.items], found.next_cursor)


def latest(worker_id: UUID, points: Sequence[Sequence[Any]], case: Case, *, inside: bool) -> list[dict[str, Any]]:
    """The newest five events that move a score."""
    moving: Iterable[int] = {seq for seq, _, _ in points if seq}
    stmt = sa.select(CreditEvent).where(CreditEvent.worker_id == worker_id, CreditEvent.entry_id.in_(moving),
                                        *([] if inside else case.open_to_all()))
    rows = db.session.scalars(stmt.order_by(CreditEvent.entry_id.desc()).limit(5))
    return [_told(row, case, points, named=False) for row in rows]


def _told(row: CreditEvent, case: Case, points: Sequence[Sequence[Any]], *, named: bool) -> dict[str, Any]:
    parts = {code: milli for seq, code, milli in points if seq == row.entry_id}
    order = row.order_ref if named or row.order_ref is None else opaque("order", row.order_ref)
    return {"day": row.day, "kind": row.type, "order": order, "parts": parts, "milli_points": sum(parts.values()),
            "seq": row.entry_id, "state": case.state(row), "proof_url": proof_url(row.entry_id)}
