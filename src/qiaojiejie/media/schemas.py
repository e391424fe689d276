"""Shapes of media."""

from flask_smorest.fields import Upload
from marshmallow import ValidationError, fields, validate
from werkzeug.datastructures import FileStorage

from qiaojiejie.core.schema import Moment, Schema, Text
from qiaojiejie.media import rules
from qiaojiejie.media.models import Media


def _url(media: Media) -> str:
    return rules.url(media.id)


def _is_file(value: object) -> None:
    if not isinstance(value, FileStorage):
        raise ValidationError("请选择文件|Send a file")


class MediaIn(Schema):
    """A file and what it is."""

    kind = Text(required=True, validate=validate.OneOf(rules.KINDS), metadata={"example": "photo"})
    file = Upload(required=True, validate=_is_file, metadata={
        "description": f"JPEG, PNG or WebP; a PDF too unless it is a photo; at most {rules.MEGABYTES} MB"})


class WidthFilter(Schema):
    """How wide a picture is sent."""

    width = fields.Integer(validate=validate.OneOf(rules.WIDTHS), metadata={
        "description": "pixels across; as it is kept, where that is less (no picture is made larger) or it is no photo",
        "example": 320})


class MediaOut(Schema):
    """A stored file: an image encoded anew, or a PDF."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"example": "photo"})
    content_type = fields.String(required=True, metadata={"example": "image/jpeg"})
    size = fields.Integer(required=True, metadata={"description": "bytes", "example": 182044})
    width = fields.Integer(required=True, allow_none=True, metadata={"description": "pixels", "example": 1536})
    height = fields.Integer(required=True, allow_none=True, metadata={"description": "pixels", "example": 2048})
    public = fields.Boolean(required=True, metadata={"description": "anyone may see it", "example": True})
    url = fields.Function(_url, required=True, metadata={
        "type": "string", "example": "/api/v1/media/0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    created_at = Moment(required=True)
