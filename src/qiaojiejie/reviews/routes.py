"""Endpoints of reviews."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.core.access import FIRM, Role, actor, allow, public
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter, page_of
from qiaojiejie.reviews import queries
from qiaojiejie.reviews import service as reviews
from qiaojiejie.reviews.errors import AlreadyReviewed, ReviewClosed, ReviewNotOpen
from qiaojiejie.reviews.models import Review
from qiaojiejie.reviews.schemas import ReviewIn, ReviewOut, WorkerReviewPageOut
from qiaojiejie.workers.errors import WorkerNotFound

blp = Blueprint("reviews", description="评价 · What a family and a worker said of each other")


@blp.route("/bookings/<uuid:booking_id>/reviews", methods=["POST"])
@allow(Role.HOUSEHOLD, Role.WORKER)
@refuses(BookingNotFound, ReviewNotOpen, ReviewClosed, AlreadyReviewed)
@blp.arguments(ReviewIn)
@blp.response(201, ReviewOut)
def write(body: dict[str, Any], booking_id: UUID) -> Review:
    """评价 · Review a completed booking

    By the household or the worker, once each, within 30 days; hidden until both have written or 7 days have passed.
    """
    return reviews.write(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/reviews", methods=["GET"])
@allow(Role.HOUSEHOLD, Role.WORKER, *FIRM)
@refuses(BookingNotFound)
@blp.response(200, page_of(ReviewOut))
def of_booking(booking_id: UUID) -> Page:
    """本次服务的评价 · Read the reviews of a booking

    To its parties: one's own always, the other side's once published. All on one page.
    """
    return queries.of_booking(actor(), booking_id)


@blp.route("/workers/<uuid:worker_id>/reviews", methods=["GET"])
@public
@refuses(WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, WorkerReviewPageOut)
def of_worker(args: dict[str, Any], worker_id: UUID) -> dict[str, object]:
    """服务人员的评价 · Read a worker's reviews

    Published reviews by households, newest first, with their average, number and spread. Households are not named.
    """
    return queries.page_of_worker(worker_id, cursor=args.get("cursor"), limit=args["limit"])
