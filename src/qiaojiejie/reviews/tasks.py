"""What reviews do by themselves: invite both sides, publish after seven days, say that a review is out."""

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.core import jobs
from qiaojiejie.ledger import service as ledger
from qiaojiejie.reviews import facts
from qiaojiejie.reviews import service as reviews


@ledger.follows(booking_facts.COMPLETED, name="reviews.invite")
def invite(entry_id: int) -> None:
    """A completed booking can be reviewed."""
    reviews.invite(entry_id=entry_id)


@jobs.every(60)
def publish_reviews() -> None:
    """Reviews the other side did not answer in seven days."""
    reviews.publish_due()


@ledger.follows(facts.PUBLISHED, name="reviews.tell")
def tell(entry_id: int) -> None:
    """Both sides learn that a review can be read."""
    reviews.tell(entry_id=entry_id)
