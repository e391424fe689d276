"""The blind draw: numbers of entrants and names of judges follow from a seed that was committed to before. Pure.

The commitment is published when entries open, the seed with the results: nobody could choose a draw, nobody could tell
a number's owner while it was judged, and everybody can draw again.
"""

import hashlib
from collections.abc import Iterable

SEED_BYTES = 32


def commitment(seed: bytes) -> str:
    """SHA-256 of the seed, in hex."""
    return hashlib.sha256(seed).hexdigest()


def _place(seed: bytes, *what: str) -> bytes:
    return hashlib.sha256(seed + "".join(f":{each}" for each in what).encode()).digest()


def numbers(seed: bytes, event: str, entrants: Iterable[str]) -> dict[str, int]:
    """Entrant id → number from 1, of one event's entrants: in the order of SHA-256(seed ‖ ":event:entrant")."""
    ordered = sorted(entrants, key=lambda entrant: _place(seed, event, entrant))
    return {entrant: number for number, entrant in enumerate(ordered, 1)}


def labels(seed: bytes, judges: Iterable[str]) -> dict[str, str]:
    """Judge id → J1, J2 …: in the order of SHA-256(seed ‖ ":judge:id"), so that it says nothing of who she is."""
    ordered = sorted(judges, key=lambda judge: _place(seed, "judge", judge))
    return {judge: f"J{number}" for number, judge in enumerate(ordered, 1)}
