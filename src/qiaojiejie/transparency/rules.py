"""The public log's arithmetic: leaves, tree, proofs, signed notes. Pure; the standard library alone."""

from dataclasses import dataclass
from typing import Any


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
