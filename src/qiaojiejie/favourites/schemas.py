"""Shapes of favourites."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import Moment, PageFilter, Schema, page_of
from qiaojiejie.favourites.rules import STATUSES
from qiaojiejie.search.schemas import WorkerFoundOut


class FavouriteFilter(PageFilter):
    """Which favourites."""

    worker_id = fields.UUID(metadata={"description": "this worker alone: is she a favourite?",
                                      "example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})


class FavouriteOut(Schema):
    """A worker the family marked, as she is today."""

    worker_id = fields.UUID(required=True, metadata={"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    called = fields.String(required=True, metadata={"example": "王阿姨"})
    status = fields.String(required=True, validate=validate.OneOf(list(STATUSES)), metadata={
        "description": "available; paused: she takes no bookings at present; left: she works through no firm; barred: "
                       "she or her firm is on the block list", "example": "available"})
    status_name = fields.String(required=True, metadata={"example": "可预约"})
    created_at = Moment(required=True, metadata={"description": "when she was marked"})
    worker = fields.Nested(WorkerFoundOut, required=True, allow_none=True, metadata={
        "description": "her card as `GET /workers` shows it; null unless she is available"})


FavouritePageOut = page_of(FavouriteOut)
