"""The round that keeps everybody's days true, and rolls them forward each night."""

import structlog

from qiaojiejie.calendars import service as calendars
from qiaojiejie.core import jobs

log = structlog.get_logger()


@jobs.every(10)
def check_days() -> None:
    """Check, mend and roll forward the next workers of the day's round; after the last one nothing until midnight."""
    wrong = calendars.check_some()
    if wrong:
        log.warning("days of workers were not true to their intervals and were drawn anew", days=wrong)
