"""What competitions do by themselves: close entries, make results final, tell people; what the public log takes up."""

from collections.abc import Sequence

from qiaojiejie.competitions import facts
from qiaojiejie.competitions.service import competitions, news, results
from qiaojiejie.core import jobs
from qiaojiejie.ledger import service as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.queries import opaque
from qiaojiejie.transparency.rules import Leaf

#: fact → type of its leaf; medals and titles of workers are credit's events and stand there
LEAVES = {facts.ENTRIES_OPENED: "competition_opened", facts.ENTRIES_CLOSED: "competition_entries_closed",
          facts.SEALED: "competition_sealed", facts.PUBLISHED: "competition_results",
          facts.FINALISED: "competition_final", facts.CANCELLED: "competition_cancelled",
          facts.HEAD_NAMED: "firm_head_named", facts.HEAD_REVOKED: "firm_head_revoked"}


@ledger.follows(*news.NEWS, name="competitions.tell")
def tell(entry_id: int) -> None:
    """Those concerned find it in the inbox."""
    news.tell(entry_id=entry_id)


@jobs.every(300)
def close_entries() -> None:
    """Entries whose last day is over are closed, and numbers drawn."""
    competitions.close_due()


@jobs.every(300)
def finish() -> None:
    """Results nobody objects to any more are final."""
    results.finish_due()


@transparency.publishes(*LEAVES)
def leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """What the draw was committed to, that marks were sealed and which, every edition of the results, its end."""
    return {entry.id: _leaf(entry) for entry in entries}


def _leaf(entry: LedgerEntry) -> Leaf:
    kind, _, about = entry.subject.partition(":")
    if kind == "firm":
        return Leaf(LEAVES[entry.fact], {"title": entry.data["title"], "competition": entry.data["competition"]},
                    subject=opaque("firm", about))
    return Leaf(LEAVES[entry.fact], {**entry.data, "competition": about})
