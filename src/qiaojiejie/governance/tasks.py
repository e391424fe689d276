"""Shadows are computed, officers told, and rules come into force on their day."""

from collections.abc import Sequence

from qiaojiejie.core import jobs
from qiaojiejie.governance import facts, queries, service as governance
from qiaojiejie.governance.service import proposing
from qiaojiejie.ledger import service as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.rules import Leaf


@ledger.follows(facts.DRAFTED, facts.SHADOW_ASKED, name="governance.shadow")
def shadow(entry_id: int) -> None:
    """What a draft would give everybody."""
    governance.shadow(entry_id=entry_id)


@ledger.follows(*proposing.NEWS, name="governance.tell")
def tell(entry_id: int) -> None:
    """Another officer has to act."""
    governance.tell(entry_id=entry_id)


@jobs.every(20)
def activate_rules() -> None:
    """Announced rules whose day has come."""
    governance.activate_due()


@transparency.publishes(*queries.LEAVES)
def leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """What is proposed, announced, given up and gone back to."""
    return queries.leaves(entries)
