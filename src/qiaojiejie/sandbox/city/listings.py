"""Who stands on the lists on the city's day, who is to, who no longer does; and petitions that wait or were decided."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import facts as credit
from qiaojiejie.credit.facts import day_number
from qiaojiejie.credit.models import CreditEvent
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.lists import facts, rules
from qiaojiejie.lists.models import ListEntry
from qiaojiejie.petitions import facts as petition_facts, rules as petition_rules
from qiaojiejie.petitions.models import Petition, PetitionEvent
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.town import Officials
from qiaojiejie.workers.models import Worker

#: (kind, reason, level, state, proposed so many days ago, entered so many days ago)
_ENTRIES = (("honour", "long_good_service", None, "in_force", 50, 48),
            ("honour", "model_worker", None, "in_force", 90, 88), ("honour", "public_good", None, "proposed", 2, None),
            ("block", "grave_breach", None, "in_force", 60, 40),
            ("block", "off_platform", None, "proposed", 6, None), ("sanction", "breach", 1, "in_force", 50, 30),
            ("sanction", "off_platform", 1, "left", 160, 140), ("block", "false_records", None, "rejected", 70, None))
_CREDIT = {"honour": credit.HONOURED, "block": credit.BLOCKED, "sanction": credit.SANCTIONED}
_LINK = sa.text("""
    UPDATE list_entry SET credit_entry_id = fact.id FROM ledger_entry fact
    WHERE list_entry.entered_at = fact.at AND fact.subject = 'worker:' || list_entry.worker_id
    AND fact.fact = ANY(CAST(:facts AS text[]))""")
_PETITIONS = ("submitted", "returned", "proposed", "dismissed")


def write(dice: Dice, diary: load.Diary, officials: Officials, hands: Sequence[Hand], busy: set[Any]) -> None:
    """Entries of every kind and state, about the best and the worst workers without a visit ahead (``busy``)."""
    free = sorted((hand for hand in hands if hand.id not in busy), key=lambda hand: (hand.quality, str(hand.id)))
    low, high = iter(free), reversed(free)
    rows = [_entry(dice, diary, officials, next(high if given[0] == "honour" else low), *given) for given in _ENTRIES]
    load.put(ListEntry, sorted(rows, key=lambda row: str(row["id"])))
    blocked = [row["worker_id"] for row in rows if row["kind"] == "block" and row["state"] == "in_force"]
    db.session.execute(sa.update(Worker).where(Worker.id.in_(blocked)).values(barred=True))


def _entry(dice: Dice, diary: load.Diary, officials: Officials, hand: Hand, kind: str, reason: str, level: int | None,
           state: str, proposed: int, entered: int | None) -> load.Row:
    at = dice.moment(-proposed, 600)
    entered_at = None if entered is None else dice.moment(-entered, 660)
    on = clock.local(at).date()
    until = entered_at and rules.exit_date(reason=reason, level=level, today=clock.local(entered_at).date())
    left_at = clock.midnight(until + timedelta(days=1)) if state == "left" and until else None
    row: load.Row = {
        "id": dice.id_at(at), "kind": kind, "worker_id": hand.id, "firm_id": None, "state": state, "reason": reason,
        "level": level, "note": rules.REASONS[reason].chinese, "evidence": [], "proposed_by": officials.auditor,
        "proposed_at": at, "objection_until": rules.objection_until(kind=kind, reason=reason, today=on),
        "reviewed_by": None if state == "proposed" else officials.admin, "reviewed_at": entered_at,
        "entered_at": entered_at, "until": until, "left_at": left_at, "left_because": left_at and "expiry"}
    _note(diary, officials, row)
    return row


def _note(diary: load.Diary, officials: Officials, row: load.Row) -> None:
    subject, second = f"worker:{row['worker_id']}", f"account:{officials.admin}"
    about = {"entry": str(row["id"]), "kind": row["kind"], "reason": row["reason"],
             "urgent": rules.REASONS[row["reason"]].urgent}
    diary.note(row["proposed_at"], facts.PROPOSED, subject, f"account:{officials.auditor}",
               about | {"objection_until": row["objection_until"].isoformat()})
    if row["state"] == "rejected":
        diary.note(row["proposed_at"] + timedelta(days=16), facts.REJECTED, subject, second, about)
    if row["entered_at"]:
        more = {"level": row["level"], "until": day_number(row["until"])} if row["level"] else {}
        diary.note(row["entered_at"], _CREDIT[row["kind"]], subject, second,
                   {"worker": str(row["worker_id"]), **more})
        diary.note(row["entered_at"], facts.ENTERED, subject, second, about | {"until": row["until"].isoformat()})
    if row["left_at"]:
        diary.note(row["left_at"], facts.LEFT, subject, "system", about | {"because": "expiry", "entered": True})


def petition(dice: Dice, officials: Officials) -> None:
    """Appeals of workers against complaints that were found true: one that waits, one returned, proposed, dismissed.

    All on the city's day: whom the ledger numbers belong to is known only once its history is written.
    """
    db.session.execute(_LINK, {"facts": list(_CREDIT.values())})
    stmt = (sa.select(CreditEvent, Worker.account_id).join(Worker, Worker.id == CreditEvent.worker_id)
            .where(CreditEvent.type == "complaint_substantiated", Worker.account_id.is_not(None)))
    found = db.session.execute(stmt.order_by(CreditEvent.entry_id.desc()).limit(len(_PETITIONS))).all()
    at, petitions, events, entries = clock.now(), [], [], []
    for state, (event, account_id) in zip(_PETITIONS, found, strict=False):
        row = _petition(dice, officials, state, at, event, account_id)
        petitions.append(row)
        events.append({"petition_id": row["id"], "entry_id": event.entry_id, "type": event.type, "day": event.day,
                       "tier": event.data["severity"], "open": state != "dismissed",
                       "outcome": "dismissed" if state == "dismissed" else None})
        entries += _entries(row, event, account_id, officials)
    load.put(Petition, petitions)
    load.put(PetitionEvent, events)
    load.put(LedgerEntry, entries)


def _petition(dice: Dice, officials: Officials, state: str, at: datetime, event: CreditEvent,
              account_id: Any) -> load.Row:
    decided, proposed = state == "dismissed", state in ("proposed", "dismissed")
    return {"id": dice.id_at(at), "kind": "appeal", "state": state, "ground": "not_true",
            "words": "当日情况与认定不符，请复核现场照片。", "promise": False, "account_id": account_id, "role": "worker",
            "worker_id": event.worker_id, "firm_concerned": event.firm_id, "filed_at": at,
            "due_on": petition_rules.due_on(clock.local(at).date()), "holds_fall": False,
            "returned_at": at if state == "returned" else None,
            "returned_words": "请补充现场照片。" if state == "returned" else "",
            "proposed_by": officials.auditor if proposed else None,
            "proposed_at": at if proposed else None, "proposal": "dismiss" if proposed else None,
            "reason": "facts_stand" if proposed else None, "decision_words": "原认定清楚。" if proposed else "",
            "decided_by": officials.admin if decided else None,
            "decided_at": at if decided else None}


def _entries(row: load.Row, event: CreditEvent, account_id: Any, officials: Officials) -> list[load.Row]:
    about = {"petition": str(row["id"]), "kind": "appeal", "ground": row["ground"], "refs": [event.entry_id],
             "worker": str(event.worker_id)}
    told = [(row["filed_at"], petition_facts.OPENED, f"account:{account_id}", about)]
    if row["returned_at"]:
        told.append((row["returned_at"], petition_facts.RETURNED, f"account:{officials.auditor}", about))
    if row["proposed_at"]:
        told.append((row["proposed_at"], petition_facts.PROPOSED, f"account:{officials.auditor}",
                     about | {"outcome": "dismissed"}))
    if row["decided_at"]:
        told.append((row["decided_at"], petition_facts.DECIDED, f"account:{officials.admin}", about | {
            "outcome": "dismissed", "reason": row["reason"], "upheld": [], "days": 0, "effect": None}))
    return [{"at": at, "fact": fact, "subject": f"petition:{row['id']}", "actor": actor, "data": data}
            for at, fact, actor, data in told]
