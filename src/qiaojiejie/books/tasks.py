"""What is looked after in the books by itself."""

from qiaojiejie.books import queries as books
from qiaojiejie.core import jobs, metrics

_TROUBLES = metrics.last("ledger_troubles", "What was wrong in the books when they were last checked")
_CHECKED = metrics.last("ledger_checked_timestamp_seconds", "When the books were last checked")


@jobs.every(600)
def check() -> None:
    """How many things are wrong in the books, for whoever watches the service."""
    _TROUBLES.set(len(books.troubles()))
    _CHECKED.set_to_current_time()
