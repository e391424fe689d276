"""What the clearing does by itself. Each job may run twice and calls Stripe with nothing locked."""

from qiaojiejie.clearing import facts
from qiaojiejie.clearing import service as clearing
from qiaojiejie.core import jobs
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import checkpoint
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages


@jobs.task("clearing.look")
def look() -> None:
    """Import what moved at Stripe; then compare, when the night's comparison is due."""
    clearing.fetch()
    checkpoint()
    clearing.compare_night()


@jobs.every(300)
def look_again() -> None:
    """Every few minutes; in a job, so that Stripe is not called with the sweep's lock held."""
    jobs.defer("clearing.look")


@ledger.follows(facts.COMPARED, name="clearing.tell")
def tell(entry_id: int) -> None:
    """The federation's administrators are told of differences."""
    entry = ledger_queries.get(entry_id)
    if not entry.data["differences"]:
        return
    for account_id in identity.accounts_with(Role.FEDERATION_ADMIN):
        messages.notify(account_id=account_id, kind="clearing_differs", key=f"ledger:{entry_id}", data={
            "run": entry.subject.partition(":")[2], "count": entry.data["differences"]})
