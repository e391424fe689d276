"""Identifiers: opaque UUIDs of version 7, which sort by the time they were made (RFC 9562)."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new() -> UUID:
    """A fresh identifier."""
    return uuid7()
