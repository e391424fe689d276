"""Sequencing, and the witness run here."""

from qiaojiejie.core import jobs
from qiaojiejie.core.db import checkpoint
from qiaojiejie.transparency import service

#: batches in one sweep, so that the other sweeps have their turn
ROUNDS = 10


@jobs.every(3)
def sequence() -> None:
    """Put what the ledger has learned in the tree."""
    for _ in range(ROUNDS):
        if service.sequence() < service.BATCH:
            return
        checkpoint()


@jobs.every(5)
def cosign() -> None:
    """Look whether the log only grew, and say so where others can see it."""
    service.cosign()
