"""What workers do when told, and from time to time."""

from uuid import UUID

from qiaojiejie.core import clock, jobs
from qiaojiejie.firms import facts as firm_facts
from qiaojiejie.ledger import queries as ledger_queries, service as ledger
from qiaojiejie.workers import queries, service as workers


@ledger.follows(firm_facts.ACCEPTED, firm_facts.SUSPENDED, firm_facts.RESUMED, firm_facts.BARRED,
                firm_facts.UNBARRED, name="workers.relist")
def relist(entry_id: int) -> None:
    """A firm came on the platform or left it, or the block list: its workers are shown, or not."""
    subject = ledger_queries.get(entry_id).subject
    workers.refresh_many(worker_ids=queries.of_firm_ids(UUID(subject.removeprefix("firm:"))))


@jobs.every(60)
def turn_the_year() -> None:
    """Age bands and years of work turn with the year: render last year's cards again, some at a time."""
    new_year = clock.today().replace(month=1, day=1)
    workers.refresh_many(worker_ids=queries.rendered_before(new_year, limit=2_000))
