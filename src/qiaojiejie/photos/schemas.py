"""Shapes of photos."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import Moment, PageFilter, Schema, page_of
from qiaojiejie.photos.models import VisitPhoto
from qiaojiejie.photos.rules import PHASES, TAKERS

EXAMPLE = "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"


def _url(photo: VisitPhoto) -> str:
    return f"/api/v1/bookings/{photo.booking_id}/photos/{photo.id}"


class VisitPhotoIn(Schema):
    """An uploaded image (kind ``visit``) and when it was taken."""

    phase = fields.String(required=True, validate=validate.OneOf(list(PHASES)), metadata={"example": "before"})
    media_id = fields.UUID(required=True, metadata={"example": EXAMPLE})


class VisitPhotoOut(Schema):
    """A photo of a booking."""

    id = fields.UUID(required=True, metadata={"example": EXAMPLE})
    phase = fields.String(required=True, validate=validate.OneOf(list(PHASES)), metadata={"example": "before"})
    party = fields.String(required=True, validate=validate.OneOf(TAKERS), metadata={
        "description": "who added it", "example": "worker"})
    url = fields.Function(_url, required=True, metadata={
        "type": "string", "example": f"/api/v1/bookings/{EXAMPLE}/photos/{EXAMPLE}"})
    width = fields.Integer(required=True, allow_none=True, attribute="media.width", metadata={
        "description": "pixels", "example": 1536})
    height = fields.Integer(required=True, allow_none=True, attribute="media.height", metadata={
        "description": "pixels", "example": 2048})
    added_at = Moment(required=True)


VisitPhotoPageOut = page_of(VisitPhotoOut)


class VisitPhotoFilter(PageFilter):
    """Of one phase, or of both."""

    phase = fields.String(validate=validate.OneOf(list(PHASES)), metadata={"example": "after"})
