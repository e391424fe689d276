"""Periods are published by themselves; every edition stands in the public log."""

from collections.abc import Sequence

from qiaojiejie.core import jobs
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.publications import facts, queries, service as publications
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.rules import Leaf


@jobs.every(30)
def publish_periods() -> None:
    """Months and quarters whose figures stand by now."""
    publications.publish_due()


@transparency.publishes(facts.PUBLISHED)
def leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """What was published, by its digest."""
    return queries.leaves(entries)
