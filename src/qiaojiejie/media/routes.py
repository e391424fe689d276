"""Endpoints of media."""

from typing import Any
from uuid import UUID

from flask import Response

from qiaojiejie.core.access import Role, actor, allow, public, visitor
from qiaojiejie.core.errors import Unauthorized
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.media import queries
from qiaojiejie.media import service as media
from qiaojiejie.media.errors import FileTooLarge, ImageTooLarge, MediaNotFound, NotADocument, NotAnImage
from qiaojiejie.media.models import Media
from qiaojiejie.media.rules import Shown
from qiaojiejie.media.schemas import MediaIn, MediaOut, WidthFilter

blp = Blueprint("media", description="图片与文件 · Uploaded images and documents")

FOR_EVER = "public, max-age=31536000, immutable"
MADE_SOON = "public, max-age=60"


@blp.route("/media", methods=["POST"])
@allow(*Role)
@refuses(FileTooLarge, ImageTooLarge, NotAnImage, NotADocument)
@blp.arguments(MediaIn, location="multipart")
@blp.response(201, MediaOut)
def upload(form: dict[str, Any]) -> Media:
    """上传图片或文件 · Upload an image or a document

    What it is is told by its bytes. Images are turned upright, scaled to 2048 pixels on the long side, encoded anew
    and lose all metadata (place and time of taking among it). Photos can be seen by anyone; licences, documents and
    evidence by whoever uploaded them, by those acting for the same organisation, and by the federation. Images for a
    chat or a visit that are not used within 24 hours are forgotten.
    """
    file = form["file"]
    return media.store(actor=actor(), kind=form["kind"], stream=file.stream, filename=file.filename,
                       content_type=file.mimetype)


@blp.route("/media/<uuid:media_id>", methods=["GET"])
@public
@refuses(MediaNotFound, Unauthorized)
@blp.arguments(WidthFilter, location="query")
@blp.response(200, {"type": "string", "format": "binary"}, content_type="image/jpeg")
@blp.alt_response(200, schema={"type": "string", "format": "binary"}, content_type="image/webp", success=True)
@blp.alt_response(200, schema={"type": "string", "format": "binary"}, content_type="application/pdf", success=True)
def download(args: dict[str, int], media_id: UUID) -> Response:
    """查看图片或文件 · Get an image or a document

    Photos need no sign-in, and what is at an address stays as it is. With `width` a photo comes as wide as it is
    shown; its sizes are made within moments of the upload, until then all of it comes. For other files send a token,
    and name the role in X-Acting-As if you have several; someone else's private file leaves a look in the uploader's
    record.
    """
    found = queries.get(media_id)
    return _file(found, media.open_for(visitor=None if found.public else visitor(), media=found, **args))


def _file(found: Media, shown: Shown) -> Response:
    response = Response(shown.content, mimetype=found.content_type)
    response.set_etag(shown.tag)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    how = "inline" if found.content_type.startswith("image/") else "attachment"
    response.headers["Content-Disposition"] = f"{how}; filename={found.id}"
    if found.public:
        response.headers["Cache-Control"] = FOR_EVER if shown.lasting else MADE_SOON
        response.vary.add("X-City")  # whoever asks, in whatever language, gets the same bytes
    return response
