"""How audits read in the public log, and the daily look for what is odd."""

from collections.abc import Sequence

from qiaojiejie.audit import facts, queries, service as audits
from qiaojiejie.core import jobs
from qiaojiejie.core.db import checkpoint
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.rules import Leaf


@transparency.publishes(facts.PLANNED, facts.DRAWN, facts.CANCELLED, facts.REPORTED)
def leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """What is promised, drawn, given up and found, for everybody."""
    return queries.leaves(entries)


@jobs.every(86_400)
def look_for_what_is_odd() -> None:
    """Addresses get their digests, then flags are raised."""
    audits.print_addresses()
    checkpoint()
    audits.raise_flags()
