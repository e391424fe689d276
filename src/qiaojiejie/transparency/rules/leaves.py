"""Leaves: what one says, how it is written down to the byte, and how its payload is committed to and opened."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

SALT_BYTES = 16
MOST_BYTES = 2**16 - 1
#: names of a leaf and of an export line; a payload has none of them
OWN_NAMES = frozenset({"type", "seq", "t", "subject", "n", "firm", "category", "order", "commitment", "index", "salt"})
_EXACT = 2**53
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Leaf:
    """What the log says of one ledger entry. Every key is opaque (``queries.opaque``); nothing personal anywhere.

    ``payload``: strings, integers, booleans, null, lists and objects of these; its names are none of the leaf's own.
    """

    type: str
    payload: dict[str, Any]
    subject: str | None = None
    firm: str | None = None
    category: str | None = None
    order: str | None = None


def canonical(value: Any) -> bytes:
    """The value as RFC 8785 canonical JSON. Raises ValueError for a float, an integer past 2^53, half a surrogate."""
    return _ENCODER.encode(_ordered(value)).encode()


def _utf_16(name: str) -> bytes:
    return name.encode("utf-16-be")


def _ordered(value: Any) -> Any:
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > _EXACT:
            raise ValueError(f"{value} is not the same number everywhere: write it as a string")
        return value
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            raise ValueError("an object's names are strings")
        names = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=_utf_16)
        return {name: _ordered(value[name]) for name in names}
    if isinstance(value, list | tuple):
        return [_ordered(each) for each in value]
    raise ValueError(f"{type(value).__name__} has no place in a leaf")


def commitment(salt: bytes, payload: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the salt and the canonical payload: says nothing of it, yet no other can be shown later."""
    return hashlib.sha256(salt + canonical(dict(payload))).hexdigest()


def body(leaf: Leaf, *, seq: int, t: int, n: int | None, salt: bytes) -> str:
    """The leaf as it stands in the tree: the canonical JSON text whose bytes are hashed.

    ``seq``: the ledger entry's id. ``t``: its day since 1970-01-01 in Asia/Shanghai. ``n``: how many leaves the subject
    has had with this one, None without a subject. Raises ValueError when the payload takes a name of the leaf's own, or
    the leaf does not fit in a bundle.
    """
    taken = OWN_NAMES & leaf.payload.keys()
    if taken:
        raise ValueError(f"{leaf.type}: a payload may not have the names {sorted(taken)}")
    text = canonical({
        "type": leaf.type, "seq": seq, "t": t, "subject": leaf.subject, "n": n, "firm": leaf.firm,
        "category": leaf.category, "order": leaf.order, "commitment": commitment(salt, leaf.payload)})
    if len(text) > MOST_BYTES:
        raise ValueError(f"{leaf.type}: a leaf has at most {MOST_BYTES} bytes")
    return text.decode()


def day_number(day: date) -> int:
    """Whole days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def export_line(text: str, index: int, salt: bytes | None, payload: Mapping[str, Any] | None) -> dict[str, Any]:
    """A line of an exported log: the leaf's own fields, its index and, unless that was deleted, what it opens to."""
    line = json.loads(text)
    del line["commitment"]
    if salt is None or payload is None:
        return {**line, "index": index}
    return {**line, **payload, "index": index, "salt": salt.hex()}


def body_of_line(line: Mapping[str, Any]) -> bytes:
    """The leaf (as it is hashed) that an export line with its opening stands for: ``export_line`` the other way round.

    Raises KeyError when the line lacks a field, ValueError when one has no place in a leaf.
    """
    own = ("type", "seq", "t", "subject", "n", "firm", "category", "order")
    payload = {name: value for name, value in line.items() if name not in OWN_NAMES}
    return canonical({**{name: line[name] for name in own},
                      "commitment": commitment(bytes.fromhex(line["salt"]), payload)})
