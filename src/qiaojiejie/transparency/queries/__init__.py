"""Read the public log.

For other rooms: ``opaque``, ``head``, ``proof_for``, ``leaves_for``, ``leaves_of``, ``taken_up``.
"""

from qiaojiejie.transparency.queries.lists import (alarms, checkpoints, leaves_for, leaves_of, opaque, openings, status,
                                                   taken_up, witness_state)
from qiaojiejie.transparency.queries.tree import (FRESH, TreeBroken, bundle, checkpoint_of, consistency, consistency_of,
                                                  cosigned_note, hashes, head, hold, latest_note, newest, proof_for,
                                                  roots_at, tile)
from qiaojiejie.transparency.queries.walk import faults

__all__ = [
    "FRESH", "TreeBroken", "alarms", "bundle", "checkpoint_of", "checkpoints", "consistency", "consistency_of",
    "cosigned_note", "faults", "hashes", "head", "hold", "latest_note", "leaves_for", "leaves_of", "newest", "opaque",
    "openings", "proof_for", "roots_at", "status", "taken_up", "tile", "witness_state"]
