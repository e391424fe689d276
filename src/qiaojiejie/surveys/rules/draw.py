"""A stratified random sample that anybody with the frame and the seed draws again. Pure."""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID


def shares(frame: dict[str, int], size: int) -> dict[str, int]:
    """How many of each stratum: in proportion, by largest remainders, two of each at least where there are two."""
    whole = sum(frame.values())
    size = min(size, whole)
    if not size:
        return dict.fromkeys(frame, 0)
    exact = {code: divmod(count * size, whole) for code, count in frame.items()}
    found = {code: min(frame[code], max(2, floor)) for code, (floor, _) in exact.items()}
    for code in sorted(exact, key=lambda each: (-exact[each][1], each)):
        if sum(found.values()) < size and found[code] < frame[code]:
            found[code] += 1
    return found


def sample(frame: Sequence[tuple[UUID, str]], size: int, seed: bytes) -> list[tuple[UUID, str]]:
    """Who is drawn of (id, stratum): in each stratum the first by SHA-256(seed ‖ id); in that order over all."""
    left = shares(dict(Counter(stratum for _, stratum in frame)), size)
    drawn = []
    for each in sorted(frame, key=lambda one: sha256(seed + one[0].bytes).digest()):
        if left[each[1]]:
            left[each[1]] -= 1
            drawn.append(each)
    return drawn
