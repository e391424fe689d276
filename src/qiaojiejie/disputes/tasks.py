"""What disputes follow and do by themselves. Each job may run twice and calls Stripe with nothing locked."""

from uuid import UUID

from qiaojiejie.core import jobs
from qiaojiejie.disputes import queries
from qiaojiejie.disputes import service as disputes
from qiaojiejie.inbox import service as inbox
from qiaojiejie.ledger import service as ledger


@inbox.receives("dp_", name="disputes.look_at")
def look_at(stripe_id: str) -> None:
    """A webhook spoke of a dispute: ask Stripe how it stands."""
    disputes.look_at(stripe_id=stripe_id)


@jobs.task("disputes.look_for")
def look_for(stripe_id: str) -> None:
    """A dispute no webhook spoke of: ask Stripe how it stands."""
    disputes.look_at(stripe_id=stripe_id)


@jobs.task("disputes.look_again")
def look_again(dispute_id: str) -> None:
    """Tell Stripe our answer, or ask how a dispute stands."""
    disputes.look_again(dispute_id=UUID(dispute_id))


@jobs.task("disputes.discover")
def discover() -> None:
    """Look through Stripe's latest disputes."""
    disputes.discover()


@ledger.follows(*disputes.NEWS, name="disputes.tell")
def tell(entry_id: int) -> None:
    """The firm and the federation find it in their inboxes."""
    disputes.tell(entry_id=entry_id)


@jobs.every(60)
def reconcile() -> None:
    """Open disputes Stripe was not asked about for a while: no webhook is needed for a verdict to be heard."""
    for dispute_id in queries.mark_stale():
        jobs.defer("disputes.look_again", dispute_id=str(dispute_id))


@jobs.every(300)
def search() -> None:
    """Disputes of which no webhook ever came."""
    jobs.defer("disputes.discover")
