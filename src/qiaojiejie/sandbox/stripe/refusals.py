"""Stripe's errors: ``{"error": {type, code, message, param, …}}``."""

from typing import Any


class StripeRefusal(Exception):
    """An answer other than 200. ``stored``: work had begun, so the same idempotency key gets it again."""

    def __init__(self, status: int, kind: str, message: str, *, stored: bool = False, **more: Any) -> None:
        self.status = status
        self.stored = stored
        self.body = {"error": {"type": kind, "message": message, **more}}
        super().__init__(message)


def invalid(message: str, **more: Any) -> StripeRefusal:
    """400: the request's parameters are wrong; nothing was begun."""
    return StripeRefusal(400, "invalid_request_error", message, **more)


def missing(kind: str, ref: str) -> StripeRefusal:
    """404: no such object."""
    return StripeRefusal(404, "invalid_request_error", f"No such {kind}: '{ref}'", code="resource_missing", param="id")
