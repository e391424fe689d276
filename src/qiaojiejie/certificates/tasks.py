"""What certificates do by themselves, and what the public log takes up of them."""

from collections.abc import Sequence
from uuid import UUID

from qiaojiejie.certificates import facts
from qiaojiejie.certificates.service import bodies, certificates
from qiaojiejie.core import jobs
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.rules import Leaf

OF_BODIES = {facts.ACCREDITED: "body_accredited", facts.SUSPENDED: "body_suspended", facts.RESUMED: "body_resumed",
             facts.KEY_ROTATED: "body_key_rotated"}
OF_WORKERS = {facts.ISSUED: "certificate_issued", facts.RESIGNED: "certificate_resigned",
              facts.REVOKED: "certificate_revoked"}


@jobs.task(bodies.RESIGN)
def resign(key_id: str) -> None:
    """What a compromised key signed is signed again."""
    certificates.resign(key_id=UUID(key_id))


@transparency.publishes(*OF_BODIES)
def leaves_of_bodies(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """Who may certify, with which keys, since when."""
    return {entry.id: Leaf(OF_BODIES[entry.fact], dict(entry.data)) for entry in entries}


@transparency.publishes(*OF_WORKERS)
def leaves_of_certificates(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """Every credential's hash when it was signed and when it was revoked; neither its serial nor whose it is."""
    return {entry.id: Leaf(OF_WORKERS[entry.fact], {
        name: entry.data[name] for name in ("credential", "body", "key", "occupation", "level", "reason")
        if name in entry.data}) for entry in entries}
