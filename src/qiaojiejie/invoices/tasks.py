"""What invoices follow and do by themselves."""

from uuid import UUID

from qiaojiejie.core import jobs
from qiaojiejie.invoices import service as invoices
from qiaojiejie.invoices.queries import money
from qiaojiejie.ledger import queries as entries, service as ledger


@ledger.follows(*money.MOVES, name="invoices.compare")
def compare(entry_id: int) -> None:
    """Money went back: does the booking's invoice still say what is kept?"""
    kind, _, id = entries.get(entry_id).subject.partition(":")
    if kind == "booking":  # a prepaid card's money goes back too, and has no invoice here
        invoices.compare(booking_id=UUID(id))


@jobs.every(600)
def compare_again() -> None:
    """The same, though a job was lost."""
    invoices.compare_changed()


@jobs.every(3600)
def warn_late() -> None:
    """Firms are told of invoices they are late with."""
    invoices.warn_late()


@ledger.follows(*invoices.NEWS, name="invoices.tell")
def tell(entry_id: int) -> None:
    """Everybody a step concerns finds it in the inbox."""
    invoices.tell(entry_id=entry_id)
