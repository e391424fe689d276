"""Which leaves of the public log an audit looks at, and what so many defects say of all of them. Pure, whole numbers.

Both the platform and whoever checks it from outside (``credit-audit sample``) compute a draw by these functions.
"""

from collections.abc import Iterable
from hashlib import sha256
from heapq import nsmallest
from math import comb

#: defect rate in 1/10000 → the sample that shows at least one such defect with 95 % certainty
SIZES = {500: 59, 200: 149, 100: 299, 50: 598}
NONCE_BYTES = 32
WHOLE = 10_000


def commitment(nonce: bytes) -> str:
    """What is handed in a week before the draw: hex SHA-256 of the nonce's 32 bytes."""
    return sha256(nonce).hexdigest()


def seed(root: bytes, nonce: bytes, public_draw: str) -> bytes:
    """SHA-256 of the root's 32 bytes, the nonce's 32 bytes and the public draw in UTF-8, one after the other."""
    if len(root) != 32 or len(nonce) != NONCE_BYTES:
        raise ValueError("root and nonce have 32 bytes each")
    return sha256(root + nonce + public_draw.encode()).digest()


def sample(seed: bytes, frame: Iterable[int], size: int) -> list[int]:
    """The ``size`` leaves of a frame (indices in the log) with the least SHA-256(seed ‖ index as 8 bytes, big endian);
    all of a smaller frame. In index order."""
    return sorted(nsmallest(size, frame, key=lambda index: sha256(seed + index.to_bytes(8, "big")).digest()))


def upper_bound(drawn: int, defects: int, frame: int) -> int:
    """The one-sided exact upper bound of the defect rate at 95 % (Clopper–Pearson), in 1/10000, rounded up.

    Where the whole frame was looked at there is nothing left to be uncertain of: the rate itself. Nothing drawn
    says nothing: all.
    """
    if not 0 <= defects <= drawn <= frame:
        raise ValueError("defects of those drawn, drawn of the frame")
    if drawn == 0:
        return WHOLE
    if drawn == frame:
        return -(-defects * WHOLE // drawn)
    low, high = 0, WHOLE  # the least rate at which so few defects are at most 5 % likely
    while low < high:
        middle = (low + high) // 2
        if _at_most_five_percent(drawn, defects, middle):
            high = middle
        else:
            low = middle + 1
    return low


def _at_most_five_percent(drawn: int, defects: int, rate: int) -> bool:
    likely = sum(comb(drawn, k) * rate**k * (WHOLE - rate)**(drawn - k) for k in range(defects + 1))
    return 20 * likely <= WHOLE**drawn
