"""Looking at a booking's refunds; they are made by what happens to the booking."""

from uuid import UUID

from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.core.access import Role, actor, allow
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import page_of
from qiaojiejie.refunds import queries
from qiaojiejie.refunds.schemas import RefundOut

blp = Blueprint("refunds", description="退款 · Money going back")


@blp.route("/bookings/<uuid:booking_id>/refunds", methods=["GET"])
@allow(Role.HOUSEHOLD, Role.WORKER, Role.FIRM_MANAGER, Role.BROKER)
@refuses(BookingNotFound)
@blp.response(200, page_of(RefundOut))
def show(booking_id: UUID) -> Page:
    """查看退款 · A booking's refunds

    To the parties of the booking, in order; there are few, so one page holds them all.
    """
    return queries.of_booking(actor(), booking_id)
