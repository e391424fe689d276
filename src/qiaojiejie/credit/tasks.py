"""What credit does from time to time, and how its events read in the public log."""

from collections.abc import Sequence

from qiaojiejie.booking import facts as booking
from qiaojiejie.core import clock, jobs
from qiaojiejie.credit import facts, queries, service as credit
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.rules import Leaf


@jobs.every(3600)
def publish_the_month() -> None:
    """A new month has begun: publish its calibration, by which everyone is scored again."""
    credit.calibrate(month=clock.today().replace(day=1))


@transparency.publishes(*facts.READINGS, *booking.PAID)
def events(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """Everything the rule reads, and every paid order."""
    return queries.event_leaves(entries)


@transparency.publishes(facts.CALIBRATED)
def calibrations(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """A month's inputs of the rule, whole."""
    return queries.calibration_leaves(entries)


@transparency.publishes(facts.ACTIVATED)
def activations(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """A version of the rule comes into force."""
    return {entry.id: Leaf("rule_activation", dict(entry.data)) for entry in entries}
