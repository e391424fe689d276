"""Photos of a booking over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response

from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.casework.errors import NoOpenComplaint
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.media.schemas import WidthFilter
from qiaojiejie.photos import errors
from qiaojiejie.photos import service as photos
from qiaojiejie.photos.models import VisitPhoto
from qiaojiejie.photos.schemas import VisitPhotoFilter, VisitPhotoIn, VisitPhotoOut, VisitPhotoPageOut

blp = Blueprint("photos", description="服务前后照片 · Photos from before and after a service")

TAKERS = (Role.HOUSEHOLD, Role.WORKER)
READERS = (*TAKERS, *FIRM, Role.MEDIATOR)
_FILE = {"type": "string", "format": "binary"}


@blp.route("/bookings/<uuid:booking_id>/photos", methods=["POST"])
@allow(*TAKERS)
@refuses(BookingNotFound, errors.VisitPhotoNotYours, errors.PhotosNotNow, errors.PhotosFull)
@blp.arguments(VisitPhotoIn)
@blp.response(201, VisitPhotoOut)
def add_photo(body: dict[str, Any], booking_id: UUID) -> VisitPhoto:
    """添加服务照片 · Add a photo from before or after the service

    By the worker or the family, from check-in until the booking is completed; nine from before and nine from after at
    most. Upload it first (`POST /media`, kind `visit`): place and time of taking are removed.
    """
    return photos.add(actor=actor(), booking_id=booking_id, **body)


@blp.route("/bookings/<uuid:booking_id>/photos", methods=["GET"])
@allow(*READERS)
@refuses(BookingNotFound, NoOpenComplaint)
@blp.arguments(VisitPhotoFilter, location="query")
@blp.response(200, VisitPhotoPageOut)
def list_photos(filters: dict[str, Any], booking_id: UUID) -> Page:
    """服务照片 · The photos of a booking

    To the family, the worker and the firm, in the order they were added; to a mediator while a complaint is open, and
    her look is recorded. They are erased 180 days after the booking is over, not while a complaint or dispute is open.
    """
    return photos.show(actor=actor(), booking_id=booking_id, **filters)


@blp.route("/bookings/<uuid:booking_id>/photos/<uuid:visit_photo_id>", methods=["GET"])
@allow(*READERS)
@refuses(BookingNotFound, NoOpenComplaint, errors.VisitPhotoNotFound)
@blp.arguments(WidthFilter, location="query")
@blp.response(200, _FILE, content_type="image/jpeg")
@blp.alt_response(200, schema=_FILE, content_type="image/webp", success=True)
def show_photo(args: dict[str, int], booking_id: UUID, visit_photo_id: UUID) -> Response:
    """查看照片 · Get a photo of a booking"""
    found, content = photos.open_image(actor=actor(), booking_id=booking_id, photo_id=visit_photo_id, **args)
    return Response(content, mimetype=found.content_type, headers={
        "Content-Disposition": f'inline; filename="{found.id}"', "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox"})


@blp.route("/bookings/<uuid:booking_id>/photos/<uuid:visit_photo_id>", methods=["DELETE"])
@allow(*TAKERS)
@refuses(BookingNotFound, errors.VisitPhotoNotFound, errors.OthersPhoto, errors.PhotoStays)
@blp.response(204)
def remove_photo(booking_id: UUID, visit_photo_id: UUID) -> None:
    """删除照片 · Take back a photo of one's own

    Within an hour; it is erased at once. Not while a complaint or a dispute is open.
    """
    photos.remove(actor=actor(), booking_id=booking_id, photo_id=visit_photo_id)
