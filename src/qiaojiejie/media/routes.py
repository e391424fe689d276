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
from qiaojiejie.media.schemas import MediaIn, MediaOut

blp = Blueprint("media", description="图片与文件 · Uploaded images and documents")


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
@blp.response(200, {"type": "string", "format": "binary"}, content_type="image/jpeg")
@blp.alt_response(200, schema={"type": "string", "format": "binary"}, content_type="image/webp", success=True)
@blp.alt_response(200, schema={"type": "string", "format": "binary"}, content_type="application/pdf", success=True)
def download(media_id: UUID) -> Response:
    """查看图片或文件 · Get an image or a document

    Photos need no sign-in. For other files send a token, and name the role in X-Acting-As if you have several;
    someone else's private file leaves a look in the uploader's record.
    """
    found = queries.get(media_id)
    return _file(found, media.open_for(visitor=None if found.public else visitor(), media=found))


def _file(found: Media, content: bytes) -> Response:
    response = Response(content, mimetype=found.content_type)
    response.set_etag(found.sha256.hex())
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    shown = found.content_type.startswith("image/")
    response.headers["Content-Disposition"] = f"{'inline' if shown else 'attachment'}; filename={found.id}"
    response.headers["Cache-Control"] = ("public, max-age=31536000, immutable" if found.public
                                         else "private, no-cache")
    return response
