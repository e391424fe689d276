"""A visit that went on longer, asked for while she was there: the change, the facts on the way, the price then."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.changes import facts
from qiaojiejie.changes.rules import ANSWERED_WITHIN, PAID_WITHIN
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.dice import Dice

#: what the ledger says of the change alone
ASIDE = (facts.ASKED, facts.AGREED)
#: how long before its end it is asked for; how soon she agrees, the family begins to pay and has paid
BEFORE_END, AGREED, BEGUN, PAID = (timedelta(minutes=each) for each in (30, 2, 3, 4))


def extend(dice: Dice, row: load.Row, until: datetime, lines: list[dict[str, Any]]) -> load.Row:
    """Let a booking last until then at that price: the change that made it so."""
    at, total = row["during"][1] - BEFORE_END, sum(line["amount"] for line in lines)
    made = {"id": dice.id_at(at), "booking_id": row["id"], "worker_id": row["worker_id"], "kind": "extension",
            "asked_by": "household", "state": "done", "was": row["during"], "during": (row["during"][0], until),
            "lines": lines, "difference_fen": total - row["total_fen"], "payment_begun_at": at + BEGUN,
            "created_at": at, "expires_at": at + AGREED + PAID_WITHIN, "settled_at": at + PAID}
    row |= {"during": made["during"], "lines": lines, "total_fen": total, "paid_fen": total}
    return made


def story(row: load.Row, made: load.Row) -> Iterator[tuple[datetime, str, str, load.Row]]:
    """When it was asked for, agreed to and came to be: the fact, whose it is, what it says."""
    (start, was), (_, until), at = made["was"], made["during"], made["created_at"]
    about = {"change": str(made["id"]), "kind": made["kind"], "asked_by": made["asked_by"],
             "start": start.isoformat(), "end": until.isoformat(), "difference": made["difference_fen"]}
    yield at, facts.ASKED, "household", {**about, "expires_at": (at + ANSWERED_WITHIN).isoformat()}
    yield at + AGREED, facts.AGREED, "worker", {**about, "by": "worker", "expires_at": made["expires_at"].isoformat()}
    yield made["settled_at"], booking_facts.EXTENDED, "system", {
        "by": "system", "was": {"worker": str(row["worker_id"]), "start": start.isoformat(), "end": was.isoformat()},
        "end": until.isoformat(), "total": row["total_fen"], "paid": made["difference_fen"]}
