"""Keep the public log: which facts are public, and putting their leaves in the tree."""

from collections.abc import Callable, Sequence

from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency.rules import Leaf

Reader = Callable[[Sequence[LedgerEntry]], dict[int, Leaf]]

#: fact → how the room that knows it reads it; entries of any other fact make no leaf
READERS: dict[str, Reader] = {}


def publishes(*facts: str) -> Callable[[Reader], Reader]:
    """Declare facts public, and the decorated function how they read: entries → leaf by entry's id.

    It is called later, with many entries of these facts at once; an entry it leaves out makes no leaf. Raises
    ValueError when a fact is read by another function already.
    """

    def register(reader: Reader) -> Reader:
        for fact in facts:
            if READERS.setdefault(fact, reader) is not reader:
                raise ValueError(f"two rooms publish {fact}")
        return reader

    return register
