"""Large answers go over the wire packed (gzip) where the client takes it; small ones cost more than they save."""

import zlib
from typing import Any

from flask import Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

#: bytes from which it is worth a client's and our while
LARGE = 32_768
#: the quickest: a tenth of a calendar's size, 10 ms a megabyte
_LEVEL, _GZIP = 1, 31


def wanted(environ: dict[str, Any]) -> bool:
    """Whether the client takes it."""
    offered = environ.get("HTTP_ACCEPT_ENCODING", "")
    return bool(offered) and parse_accept_header(offered, Accept).quality("gzip") > 0


def packs(mimetype: str) -> bool:
    """Whether it is text: what else is sent is small or packed already."""
    return mimetype.startswith("text/") or mimetype.endswith(("/json", "+json", "/javascript"))


def tag(etag: str) -> str:
    """The ETag of the same answer, packed: other bytes, another tag."""
    return f"{etag}-gzip"


def packed(body: bytes) -> bytes:
    """The answer, packed; the same bytes for the same answer."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush()


def tag_and_pack(response: Response, api: bool) -> None:
    """An ETag for what the API answers, and gzip for what is large; nothing for who holds it already."""
    large = packs(response.mimetype or "") and (response.calculate_content_length() or 0) >= LARGE
    pack = large and not response.content_encoding and wanted(request.environ)
    if large:
        response.vary.add("Accept-Encoding")
    if api:
        response.add_etag()
        if pack:
            response.set_etag(tag(response.get_etag()[0] or ""))
        response.make_conditional(request)
    if pack and response.status_code == 200:
        response.set_data(packed(response.get_data()))
        response.content_encoding = "gzip"
