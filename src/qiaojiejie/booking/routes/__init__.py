"""Endpoints of booking. Steps are POSTs on the booking; who may take them is said by its lifecycle."""

from qiaojiejie.core.http import Blueprint

blp = Blueprint("booking", description="报价与预约 · Quotes and bookings")

from qiaojiejie.booking.routes import bookings, steps  # noqa: E402, F401
