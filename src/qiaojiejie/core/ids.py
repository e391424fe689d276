"""Identifiers: opaque UUIDs of version 7, which sort by the time they were made (RFC 9562)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from uuid_utils.compat import uuid7

_source: ContextVar[Callable[[], UUID]] = ContextVar("ids_source", default=uuid7)


def new() -> UUID:
    """A fresh identifier."""
    return _source.get()()


@contextmanager
def drawn(source: Callable[[], UUID]) -> Iterator[None]:
    """Have ``source`` make them for the length of a ``with`` block: the sample city's are the same every time."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)
