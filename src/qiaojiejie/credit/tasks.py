"""What credit does when told, and from time to time."""

from qiaojiejie.core import clock, jobs
from qiaojiejie.core.db import checkpoint
from qiaojiejie.credit import service as credit
from qiaojiejie.credit.facts import READINGS
from qiaojiejie.ledger import service as ledger


@ledger.follows(*READINGS, name="credit.learn")
def learn(entry_id: int) -> None:
    """Something was recorded that bears on a worker's credit.

    A month that begins with it makes everyone due: that is let go of before a household or a worker is waited for.
    """
    if credit.calibrate_for(entry_id=entry_id):
        checkpoint()
    credit.learn(entry_id=entry_id)


@jobs.every(3600)
def publish_the_month() -> None:
    """A new month has begun: publish its calibration, by which everyone is scored again."""
    credit.calibrate(month=clock.today().replace(day=1))


@jobs.every(30)
def turn_the_day() -> None:
    """Evidence fades, silence counts after 14 days and papers end by the calendar: score those again who are due."""
    credit.rescore_due()
