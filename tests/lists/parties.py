"""Officers of the federation, and entries in any state."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.lists import service as lists
from qiaojiejie.lists.models import ListEntry
from tests import factories


def officer(role: Role = Role.FEDERATION_AUDITOR) -> Actor:
    """Somebody of the federation."""
    return Actor(factories.member(role).id, ids.new(), role, None)


def entry(state: str = "proposed", kind: str = "block", by: Actor | None = None, **fields: Any) -> ListEntry:
    """An entry in a state, about a worker unless ``firm_id`` is given; its period to object is over."""
    by, second = by or officer(), officer(Role.FEDERATION_ADMIN)
    if "firm_id" not in fields and "worker_id" not in fields:
        fields["worker_id"] = factories.worker_with_account().id
    reason = {"block": "grave_breach", "honour": "public_good", "sanction": "breach"}[kind]
    entered = state in ("in_force", "correcting", "left")
    made = ListEntry(**{
        "kind": kind, "state": state, "reason": reason, "level": 2 if kind == "sanction" else None, "note": "说明",
        "evidence": [], "proposed_by": by.account_id, "proposed_at": clock.now() - timedelta(days=20),
        "objection_until": clock.today() - timedelta(days=5), "entered_at": clock.now() if entered else None,
        "until": clock.today() + timedelta(days=365) if entered else None,
        "reviewed_by": second.account_id if entered or state == "rejected" else None,
        "correction_by": by.account_id if state == "correcting" else None, **fields})
    db.session.add(made)
    db.session.flush()
    return made


def block(*, worker_id: UUID | None = None, firm_id: UUID | None = None, reason: str = "harm_to_person") -> ListEntry:
    """Put a worker or a firm on the block list as two officers do, at once for safety's sake."""
    made = lists.propose(actor=officer(), kind="block", reason=reason, note="说明", worker_id=worker_id,
                         firm_id=firm_id)
    return lists.decide(actor=officer(Role.FEDERATION_ADMIN), entry_id=made.id, step="confirm", note="同意")


def on(day: date) -> Any:
    """The clock at noon of a day."""
    return clock.frozen(clock.midnight(day) + timedelta(hours=12))
