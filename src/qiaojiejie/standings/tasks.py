"""What standings follow, do from time to time, and show in the public log."""

from collections.abc import Sequence

from qiaojiejie.core import jobs
from qiaojiejie.core.db import checkpoint
from qiaojiejie.credit import facts as credit_facts, service as credit
from qiaojiejie.credit.facts import READINGS
from qiaojiejie.ledger import service as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.standings import facts, queries, service as standings
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.rules import Leaf


@ledger.follows(*READINGS, name="standings.learn")
def learn(entry_id: int) -> None:
    """Something was recorded that bears on somebody's credit.

    A month that begins with it makes everyone due: that is let go of before a household or a worker is waited for.
    """
    if credit.calibrate_for(entry_id=entry_id):
        checkpoint()
    standings.learn(entry_id=entry_id)


@ledger.follows(credit_facts.CALIBRATED, credit_facts.ACTIVATED, name="standings.everyone_due")
def everyone_due(entry_id: int) -> None:
    """The rule takes other inputs, or is another."""
    standings.everyone_due(entry_id=entry_id)


@jobs.every(30)
def turn_the_day() -> None:
    """Evidence fades, silence counts after 14 days and papers end by the calendar: score those again who are due."""
    standings.rescore_due()
    checkpoint()
    standings.rescore_due_firms()


@transparency.publishes(facts.PUBLISHED, facts.FIRM_PUBLISHED)
def published(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """Every score and grade that was ever shown."""
    return queries.published_leaves(entries)
