"""What every step on a petition shares: its fact, its end, and the notice of a fall it holds back."""

from datetime import date
from typing import Any

from qiaojiejie.core import clock
from qiaojiejie.credit import facts as credit_facts, service as credit
from qiaojiejie.ledger import service as ledger
from qiaojiejie.lists import service as lists
from qiaojiejie.petitions import queries
from qiaojiejie.petitions.models import Petition


def hold_fall(*, petition: Petition, until: date) -> bool:
    """Tell credit to show a fall that was announced only from a day on; False when none waits to be shown.

    This is the one place where a petition touches a notice: another ``fall_noticed`` with what stood before.
    """
    notice = queries.running_notice(petition.worker_id) if petition.worker_id else None
    if notice is None:
        return False
    credit.record(type="fall_noticed", by=ledger.SYSTEM, worker_id=petition.worker_id,
                  **{name: notice[name] for name in ("score", "grade", "reasons", "neff", "households")},
                  until=credit_facts.day_number(until))
    return True


def close(petition: Petition) -> None:
    """It is over: its events can be petitioned again, a fall it held back is shown, its list entry can be entered."""
    for event in petition.events:
        event.open = False
    if petition.holds_fall:
        hold_fall(petition=petition, until=clock.today())
    if petition.list_entry_id is not None:
        lists.contest(entry_id=petition.list_entry_id, contested=False)


def record(fact: str, petition: Petition, by: str, /, **more: Any) -> None:
    """Write a fact about a petition: ids and codes, no word of anybody's."""
    about = {"worker": petition.worker_id, "firm": petition.firm_id, "household": petition.household_id,
             "list_entry": petition.list_entry_id}
    ledger.append(fact, subject=f"petition:{petition.id}", actor=by, data={
        "petition": str(petition.id), "kind": petition.kind, "ground": petition.ground, "refs": petition.refs,
        **{name: str(value) for name, value in about.items() if value is not None}, **more})
