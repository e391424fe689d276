"""The Merkle tree of RFC 6962: hashes, growth, inclusion and consistency proofs, and their verification.

A node is (level, index): the complete subtree of 2^level leaves that begins at leaf index·2^level. Every hash the log
ever needs folds from complete subtrees, so those are all that is stored, once and for ever.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

Node = tuple[int, int]
#: the root of a tree without leaves
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 ‖ body)."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over neighbouring complete subtrees, the largest first."""
    if not hashes:
        return EMPTY
    result = hashes[-1]
    for left in hashes[-2::-1]:
        result = node_hash(left, result)
    return result


def peaks(low: int, high: int) -> list[Node]:
    """The complete subtrees, largest first, that leaves low…high−1 consist of; ``low`` is 0 or as in a proof."""
    found = []
    while low < high:
        level = (high - low).bit_length() - 1
        found.append((level, low >> level))
        low += 1 << level
    return found


def grow(size: int, standing: Mapping[int, bytes], leaves: Sequence[bytes]) -> Iterator[tuple[Node, bytes]]:
    """The nodes that appear when ``leaves`` (hashes) join a tree of ``size``, themselves first, then level by level.

    ``standing``: the hashes of the tree's ``peaks`` by level.
    """
    level, start, row = 0, size, list(leaves)
    while row:
        yield from (((level, start + offset), each) for offset, each in enumerate(row))
        if start % 2:
            row.insert(0, standing[level])
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        level, start = level + 1, start // 2


def _split(low: int, high: int) -> int:
    """Where RFC 6962 divides leaves low…high−1: after the largest power of two that is less than all of them."""
    return low + (1 << (high - low - 1).bit_length() - 1)


def inclusion_path(index: int, size: int) -> list[list[Node]]:
    """What an inclusion proof consists of: the ``peaks`` that fold to each of its hashes. Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    low, high, path = 0, size, []
    while high - low > 1:
        middle = _split(low, high)
        if index < middle:
            path.append(peaks(middle, high))
            high = middle
        else:
            path.append(peaks(low, middle))
            low = middle
    return path[::-1]


def consistency_path(old: int, new: int) -> list[list[Node]]:
    """What a consistency proof consists of, as ``inclusion_path``. Raises ValueError unless 0 <= old <= new."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} does not continue one of {old}")
    low, high, path = 0, new, []
    while old and old != high:
        middle = _split(low, high)
        if old <= middle:
            path.append(peaks(middle, high))
            high = middle
        else:
            path.append(peaks(low, middle))
            low = middle
    return ([peaks(low, high)] if low else []) + path[::-1]


def verify_inclusion(*, leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """True when ``proof`` shows that the leaf with this hash is number ``index`` of the tree with this root."""
    if not 0 <= index < size:
        return False
    here, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here % 2 or here == last:
            result = node_hash(sibling, result)
            while here % 2 == 0 and here:
                here, last = here >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and result == root


def verify_consistency(*, old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """True when ``proof`` shows that the tree of ``new`` leaves begins with the tree of ``old``, nothing changed."""
    if not 0 <= old <= new:
        return False
    if old == 0 or old == new:
        return not proof and old_root == (new_root if old else EMPTY)
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    here, last = old - 1, new - 1
    while here % 2:
        here, last = here >> 1, last >> 1
    return _climb(here, last, path) == (old_root, new_root)


def _climb(here: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a consistency proof leads to; None when it is too long or too short."""
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if here % 2 or here == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while here % 2 == 0 and here:
                here, last = here >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        here, last = here >> 1, last >> 1
    return (before, after) if last == 0 else None
