"""Reading a list is a job; a firm that is closed lets its people go."""

from uuid import UUID

from qiaojiejie.core import jobs
from qiaojiejie.firms import facts as firm_facts
from qiaojiejie.ledger import queries as ledger_queries, service as ledger
from qiaojiejie.staffing import service as staffing


@jobs.task(staffing.JOB)
def run_import(import_id: str) -> None:
    """Read a kept list to its end."""
    staffing.run(import_id=UUID(import_id))


@ledger.follows(firm_facts.CLOSED, name="staffing.let_go")
def let_go(entry_id: int) -> None:
    """A firm's application was closed: whoever it had on its list may join another."""
    entry = ledger_queries.get(entry_id)
    staffing.let_go(firm_id=UUID(entry.subject.removeprefix("firm:")), by=entry.actor)
